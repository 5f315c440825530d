"""What an order to erase means: which values, names and files, of which exhibits, in how many events."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from custody.cli.acting.exhibit_selection import find_exhibit
from custody.cli.acting.subject_anchors import about_event
from custody.cli.checking.rehashing import content_of_exhibit
from custody.cli.context import Context
from custody.cli.intake.parents import find_event
from custody.cli.showing.holdings import Holdings
from custody.evidence.members import Member
from custody.ledger.store import LedgerReader
from custody.report.safe_text import show
from custody.verify.evidence.places import places_of
from custody.verify.gate.contents import documents_of, names_of
from custody.verify.rules.view import Exhibit
from schemas.content import Content, Digests
from schemas.details.exhibit import ExhibitRegistered
from schemas.errors import RefusedError, UsageError
from schemas.event import About, ParsedEvent
from schemas.text import HASH_PATTERN
from schemas.types import is_set

AT_ONCE = 100
"""Digests of one kind that one event names; more are several events, recorded as one batch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the options say: fields of the event, names and files of its content."""

    fields: tuple[str, ...] = ()
    everything: bool = False
    names: tuple[str, ...] = ()
    all_names: bool = False
    files: tuple[str, ...] = ()
    all_files: bool = False
    even_shared: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be destroyed, and whom the order speaks of."""

    about: tuple[About, ...]
    commitments: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    contents: tuple[str, ...] = ()

    def details(self) -> Iterator[dict[str, list[str] | None]]:
        """Yield the fields of one event after the other, each within what an event takes."""
        count = max(1, -(-len(self.commitments) // AT_ONCE), -(-len(self.files) // AT_ONCE))
        for number in range(count):
            part = slice(number * AT_ONCE, (number + 1) * AT_ONCE)
            yield {
                "commitments": list(self.commitments[part]),
                "contents": list(self.contents) if number == 0 and self.contents else None,
                "files": list(self.files[part]) or None,
                "names": list(self.names) if number == 0 and self.names else None,
            }


@dataclass(slots=True)
class _Found:
    """What is gathered on the way to a `Plan`."""

    commitments: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    contents: set[str] = field(default_factory=set)
    matched: set[str] = field(default_factory=set)
    """Names and digests that were typed and are known."""


def make_plan(context: Context, entry: str, wanted: Wanted) -> Plan:
    """Return what ``wanted`` means for the event of ``entry``: an entry number, an event hash, or an exhibit.

    Raises:
        UsageError: ``usage.event``, ``usage.exhibit``, ``usage.field``, ``usage.erase``.
        RefusedError: ``erase.shared`` where a file belongs to other exhibits too.
    """
    access = context.ledger()
    with access.read() as reader:
        event = _event(reader, entry)
        about = about_event(reader, event)
        exhibit = reader.view().exhibit(*_name(event)) if isinstance(event.details, ExhibitRegistered) else None
    found = _Found()
    if wanted.fields or wanted.everything:
        found.commitments += choose_values(event, wanted.fields, everything=wanted.everything)
    if exhibit is not None:
        _choose_content(context, exhibit, event, wanted, found)
    elif wanted.names or wanted.all_names or wanted.all_files:
        raise UsageError("usage.erase", f"expected a registration for names and files, found {event.type}")
    documents = set(documents_of(event)) & set(wanted.files)
    found.files |= documents
    for typed in (*wanted.names, *wanted.files):
        if typed not in found.matched | documents:
            raise UsageError("usage.field", f"expected a name, file or document of the event, found {show(typed)}")
    if not (found.commitments or found.names or found.files or found.contents):
        raise UsageError(
            "usage.field", "expected something to erase: --field, --everything, --name, --file; found none"
        )
    others = _others(context, exhibit, found, even_shared=wanted.even_shared) if exhibit is not None else ()
    return Plan(
        (*about, *others),
        tuple(dict.fromkeys(found.commitments)),
        tuple(sorted(found.names)),
        tuple(sorted(found.files)),
        tuple(sorted(found.contents)),
    )


def choose_values(event: ParsedEvent, fields: Sequence[str], *, everything: bool) -> tuple[str, ...]:
    """Return the commitments of the values that are meant, by a field's name or its place in the event.

    Raises:
        UsageError: ``usage.field`` where one is none of the event's private values.
    """
    places = places_of(event)
    known = ", ".join(place.removeprefix("/details/") for place in places.values()) or "none"
    if everything and places:
        return tuple(places)
    chosen: list[str] = []
    for name in fields:
        wanted = [
            commitment
            for commitment, place in places.items()
            if name in (place, place.removeprefix("/details/"), place.rpartition("/")[2])
        ]
        if not wanted:
            raise UsageError("usage.field", f"expected a private value of the event ({known}), found {name!r}")
        chosen += wanted
    return tuple(dict.fromkeys(chosen))


def _event(reader: LedgerReader, entry: str) -> ParsedEvent:
    if re.match(HASH_PATTERN, entry, re.ASCII) or (entry.isascii() and entry.isdigit()):
        return find_event(reader, entry)
    return find_event(reader, find_exhibit(reader, entry).registration)


def _name(event: ParsedEvent) -> tuple[str, str]:
    return str(event.event.case), str(event.event.exhibit)


def _choose_content(context: Context, exhibit: Exhibit, event: ParsedEvent, wanted: Wanted, found: _Found) -> None:
    content = content_of_exhibit(context, exhibit)
    all_names = wanted.all_names or wanted.everything
    if content is None or not content.count:
        if wanted.names or wanted.all_names or wanted.all_files:
            raise UsageError("usage.erase", f"expected an exhibit with files, found {exhibit.name}")
        return
    if wanted.all_files:
        found.contents.add(content.root)
    if all_names and not is_set(content.files):
        found.names.add(content.root)
    if not (wanted.names or wanted.files or (all_names and is_set(content.files))):
        return
    access = context.ledger()
    members = Holdings(access.home).members(content, access.disclosures_of([event]))
    _choose_members(members, wanted, found, all_names=all_names and is_set(content.files))


def _choose_members(members: Iterable[Member], wanted: Wanted, found: _Found, *, all_names: bool) -> None:
    """Go through the records once: names by what they were called, files by digest or by name."""
    typed = {name.encode("utf-8", "surrogateescape"): name for name in (*wanted.names, *wanted.files)}
    for member in members:
        digest = member.record.digests.sha256 if isinstance(member.record.digests, Digests) else ""
        name = typed.get(member.path) if member.path is not None else None
        if all_names or name in wanted.names:
            found.commitments += names_of(member.record)
        for file in {name, digest} & set(wanted.files) if digest else ():
            found.files.add(digest)
            found.matched.add(str(file))
        if name in wanted.names:
            found.matched.add(str(name))


def _others(context: Context, exhibit: Exhibit, found: _Found, *, even_shared: bool) -> tuple[About, ...]:
    """Return the other exhibits that lose something by the order: it has to speak of them too.

    Raises:
        RefusedError: ``erase.shared``.
    """
    access = context.ledger()
    with access.read() as reader:
        known = [item for item in reader.exhibits() if item.registration != exhibit.registration]
    content = content_of_exhibit(context, exhibit)
    digests = set(found.files)
    if content is not None and found.contents:
        digests |= set(digests_of(context, content))
    lists = found.names | ({content.root} if content is not None and found.commitments else set())
    shared, others = [], []
    for other in known:
        theirs = content_of_exhibit(context, other)
        if theirs is None:
            continue
        common = digests.intersection(digests_of(context, theirs)) if digests else set()
        if common:
            # By their own digests: the content root of one exhibit says nothing about another.
            found.files |= common
            shared.append(other)
        if theirs.root in lists or other in shared:
            others.append(About(exhibit=other.registration))
    if shared and not even_shared:
        names = ", ".join(show(item.name) for item in shared[:5])
        hint = "--even-shared destroys them for those too, and the order then speaks of them"
        raise RefusedError(
            "erase.shared", f"expected files of one exhibit, found some that {names} have too", hint=hint
        )
    return tuple(others)


def digests_of(context: Context, content: Content) -> Iterator[str]:
    """Yield the digests of the files of what was registered."""
    for member in Holdings(context.ledger().home).members(content, {}):
        if isinstance(member.record.digests, Digests):
            yield member.record.digests.sha256
