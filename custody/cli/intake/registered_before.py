"""What is registered already: the same files under another number, or a number that looks the same.

Both may be meant, so both are said before anybody signs, and nothing is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from custody.cli.acting.exhibit_selection import format_exhibit
from custody.cli.context import Context
from custody.cli.output import note
from custody.cli.showing.holdings import Holdings
from custody.evidence.manifest import Manifests, digests_in
from custody.ledger.numbers import fold_number
from custody.report.safe_text import show
from custody.storage.reading import Reader
from custody.storage.registrations import alignments, find_registrations
from custody.verify.gate.contents import files_in
from custody.verify.rules.view import Exhibit
from schemas.content import Content, Digests
from schemas.details.exhibit import ExhibitRegistered
from schemas.entry import parse_entry
from schemas.event import ParsedEvent
from schemas.types import is_set


def note_repeats(context: Context, events: Iterable[ParsedEvent], spools: Mapping[str, Path]) -> None:
    """Tell of registrations about to be signed whose files are those of an exhibit that isn't voided, and don't say so.

    ``spools`` are the new lists of files, by content root.
    """
    lists = Holdings(context.ledger().home).manifests
    batch: dict[frozenset[str], str] = {}
    with context.ledger().home.store.read() as reader:
        for event in events:
            content = _content_of(event)
            if content is None:
                continue
            files = _digests(content, lists, spools)
            name = f"{event.event.case}/{event.event.exhibit}"
            known = [format_exhibit(item) for item in _with_files(reader, lists, content, files)]
            known += [batch[files]] if files in batch else []
            batch.setdefault(files, name)
            if known:
                same = ", ".join(map(show, known))
                note(context.settings, f"warning: {show(name)} has the same files as {same}, registered already")
                note(context.settings, f"  if it was made from that: --derived-from {show(known[0])}")


def warn_alike(context: Context, case: str, numbers: Iterable[str]) -> None:
    """Tell of numbers about to be given that differ from one of the same case by spaces, hyphens and the like alone."""
    wanted = {_letters(number): number for number in numbers}
    with context.ledger().read() as reader:
        for exhibit in reader.exhibits(case=case):
            number = wanted.get(_letters(exhibit.number), exhibit.number)
            if fold_number(number) != fold_number(exhibit.number):
                text = f"{show(number)} differs from {show(exhibit.number)} of this case in its signs alone"
                note(context.settings, f"warning: {text}: they are two exhibits")


def _letters(number: str) -> str:
    return "".join(filter(str.isalnum, fold_number(number)))


def _content_of(event: ParsedEvent) -> Content | None:
    """Return the content of a registration that doesn't say where its files come from; of no bytes there is none."""
    details = event.details
    if not isinstance(details, ExhibitRegistered) or not isinstance(details.content, Content):
        return None
    says_why = any(map(is_set, (details.derived_from, details.foreign, details.certificate)))
    return None if says_why or not details.content.bytes else details.content


def standing_registrations(
    reader: Reader, holding: str, fits: Callable[[ExhibitRegistered], bool]
) -> Iterator[Exhibit]:
    """Yield the exhibits, but those voided, whose registration fits, of those whose bytes hold an ASCII text."""
    for raw in find_registrations(reader.connection, holding=alignments(holding.encode("ascii"))):
        event = parse_entry(raw).event
        if isinstance(event.details, ExhibitRegistered) and fits(event.details):
            exhibit = reader.view().registered(event.hash)
            if exhibit is not None and exhibit.status != "voided":
                yield exhibit


def _with_files(reader: Reader, lists: Manifests, content: Content, files: frozenset[str]) -> Iterator[Exhibit]:
    def fits(details: ExhibitRegistered) -> bool:
        return isinstance(details.content, Content) and _digests(details.content, lists, {}) == files

    return standing_registrations(reader, f'"bytes":{content.bytes},"count":{content.count},', fits)


def _digests(content: Content, lists: Manifests, spools: Mapping[str, Path]) -> frozenset[str]:
    """Return the SHA-256 of each file that isn't empty, in the event or in its list."""
    inline = files_in(content)
    if inline:
        return frozenset(item.digests.sha256 for item in inline if isinstance(item.digests, Digests) and item.size)
    return frozenset(digests_in(spools.get(content.root) or lists.path(content.root)))
