"""What is registered already: the same files under another number, or a number that looks the same.

Both may be meant, so both are said before anybody signs, and nothing is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Set
from pathlib import Path
from typing import Final

from custody.cli.context import Context
from custody.cli.output import note
from custody.cli.showing.holdings import Holdings
from custody.evidence.manifest import Manifests, digests_in
from custody.ledger.numbers import fold_number
from custody.report.safe_text import show
from custody.report.shell_words import shell_word
from custody.storage.reading import Reader
from custody.storage.registrations import alignments, find_registrations
from custody.verify.gate.contents import files_in
from custody.verify.rules.view import Exhibit
from schemas.content import Content, Digests
from schemas.details.exhibit import ExhibitRegistered
from schemas.entry import parse_entry
from schemas.errors import RefusedError
from schemas.event import ParsedEvent
from schemas.types import is_set

Files = tuple[int, int, frozenset[str]]
"""What a content consists of: bytes, count, digests of its files."""
_FEW: Final = 32


def note_repeats(context: Context, events: Iterable[ParsedEvent], spools: Mapping[str, Path]) -> None:
    """Tell of registrations about to be signed whose files are those of an exhibit that isn't voided, and don't say so.

    ``spools`` are the new lists of files, by content root. All that is registered is looked through once.
    """
    lists = Holdings(context.ledger().home).manifests
    contents = ((event.event, _content_of(event)) for event in events)
    new = [(f"{event.case}/{event.exhibit}", _files(content, lists, spools)) for event, content in contents if content]
    with context.ledger().home.store.read() as reader:
        known = _with_files(reader, lists, {files for _, files in new})
    for name, files in new:
        same = known.setdefault(files, [])
        if same:
            told = ", ".join(map(show, same))
            note(context.settings, f"warning: {show(name)} has the same files as {told}, registered already")
            note(context.settings, f"  if it was made from that: --derived-from {shell_word(same[0])}")
        same.append(name)


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
    reader: Reader, holding: Collection[str], fits: Callable[[ExhibitRegistered], bool]
) -> Iterator[tuple[Exhibit, ExhibitRegistered]]:
    """Yield the exhibits, but those voided, whose registration fits, of those whose bytes hold one of ASCII texts."""
    # Looking for many texts takes longer than reading what would hold none of them.
    parts = [part for text in holding for part in alignments(text.encode("ascii"))]
    for raw in find_registrations(reader.connection, holding=tuple(parts if len(holding) <= _FEW else [b""])):
        event = parse_entry(raw).event
        if isinstance(event.details, ExhibitRegistered) and fits(event.details):
            exhibit = reader.view().registered(event.hash)
            if exhibit is not None and exhibit.status != "voided":
                yield exhibit, event.details


def check_new_production(context: Context, certificate: str) -> None:
    """Raise where a production is registered already, however its file was packed; what was voided doesn't count.

    ``certificate`` is the SHA-256 of the certificate in it, which no other production shares: each has a nonce.

    Raises:
        RefusedError: ``certificate.twice``.
    """
    with context.ledger().home.store.read() as reader:
        found = standing_registrations(reader, [certificate], lambda details: details.certificate == certificate)
        names = ", ".join(show(item.name) for item, _ in found)
    if names:
        text = f"expected a production that is not registered yet, found it as {names}"
        raise RefusedError("certificate.twice", text, hint="--again registers it as one more exhibit all the same")


def _with_files(reader: Reader, lists: Manifests, wanted: Set[Files]) -> dict[Files, list[str]]:
    """Return the names of exhibits that have each of some sets of files; a list is read once for all that name it."""
    found: dict[Files, list[str]] = {}
    read: dict[str, Files] = {}

    def of(details: ExhibitRegistered) -> Files | None:
        content = details.content
        if not isinstance(content, Content) or (content.bytes, content.count) not in sizes:
            return None
        if content.root not in read:
            read[content.root] = _files(content, lists, {})
        return read[content.root]

    sizes = {files[:2] for files in wanted}
    texts = {f'"bytes":{size},"count":{count},' for size, count in sizes}
    fitting = standing_registrations(reader, texts, lambda details: of(details) in wanted) if wanted else ()
    for exhibit, details in fitting:
        files = of(details)
        assert files is not None, "it fits"
        found.setdefault(files, []).append(exhibit.name)
    return found


def _files(content: Content, lists: Manifests, spools: Mapping[str, Path]) -> Files:
    """Return bytes, count, and the SHA-256 of each file that isn't empty, in the event or in its list."""
    inline = files_in(content)
    held = (item.digests.sha256 for item in inline if isinstance(item.digests, Digests) and item.size)
    listed = () if inline else digests_in(spools.get(content.root) or lists.path(content.root))
    return content.bytes, content.count, frozenset((*held, *listed))
