"""Files that came from abroad on a condition, and stand in the same ledger without it.

`bound_to` follows what registrations say of where an exhibit comes from. Who unpacks what he accepted, and registers it
as his own, leaves that out; the digests of the files say it all the same (docs/spec/lawfulness.md, law row C10). The
writer asks it of everything that is about to leave, and an auditor of the whole ledger.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, field
from typing import Protocol

from msgspec.structs import replace

from custody.ledger.store import LedgerReader
from custody.ledger.working import WorkingState
from custody.verify.contents import digests_of
from custody.verify.view import Exhibit, View
from schemas.content import Content
from schemas.details.exhibit import ExhibitRegistered
from schemas.details.record import RecordExplained
from schemas.details.transfer import TransferAccepted
from schemas.entry import parse_entry
from schemas.event import ParsedEvent
from schemas.types import is_set

CODE = "release.bound-content"


class FileLists(Protocol):
    """The lists of files of exhibits whose registrations hold none, by content root; those that are at hand."""

    def roots(self) -> Iterable[str]:
        """Return the content roots of all lists."""

    def digests(self, root: str) -> Iterable[str]:
        """Yield the SHA-256 of each file in a list that isn't empty; of none where it is not at hand."""


class _NoLists:
    def roots(self) -> Iterable[str]:
        return ()

    def digests(self, root: str) -> Iterable[str]:
        return ()


NO_LISTS: FileLists = _NoLists()


@dataclass(frozen=True, slots=True)
class Taken:
    """What an unbound exhibit holds of bound ones, ``bound`` in order of digest; ``is_whole`` where it is all of its
    own files, or all that one of them brought.
    """

    bound: tuple[Exhibit, ...]
    is_whole: bool

    @property
    def origins(self) -> tuple[str, ...]:
        """The ledgers without whose consent it may not go."""
        return tuple(sorted({origin for item in self.bound for origin in item.bound_to}))

    def told_of(self, name: str) -> str:
        """Return in words what the exhibit of that name holds."""
        bound = ", ".join(f"{item.case}/{item.number}" for item in self.bound)
        origins = ", ".join(self.origins)
        return f"{name} holds files of {bound}, which go on with the consent of {origins} only [{CODE}]"


@dataclass(slots=True)
class Firsts:
    """Which exhibit of a ledger held each digest first. Mutable: filled in ledger order."""

    holders: dict[str, Exhibit] = field(default_factory=dict)
    _brought: dict[str, set[str]] = field(default_factory=dict)

    def add(self, digest: str, holder: Exhibit) -> None:
        """Take in who holds a digest, unless somebody held it before."""
        if self.holders.setdefault(digest, holder) is holder:
            self._brought.setdefault(holder.registration, set()).add(digest)

    def taken_by(self, mine: Set[str], count: int) -> Taken | None:
        """Return what an exhibit holds of bound ones that held it first, if anything: ``mine`` are those of its
        ``count`` digests that were added here.
        """
        taken = {item: self.holders[item] for item in sorted(mine) if item in self.holders}
        taken = {item: holder for item, holder in taken.items() if holder.bound_to}
        if not taken:
            return None
        bound = {holder.registration: holder for holder in taken.values()}
        is_whole = len(taken) == count or any(self._brought[item] <= mine for item in bound)
        return Taken(tuple(bound.values()), is_whole)


def files_of(event: ParsedEvent, lists: FileLists) -> Iterator[str]:
    """Yield the digests of the files, segments and media of a registration, those in its list too; its content root is
    none of them: it holds paths under salts, so two registrations never have the same one.
    """
    digests = digests_of(event.details)
    next(digests, None)
    yield from digests
    root = listed_by(event)
    if root is not None:
        yield from lists.digests(root)


def listed_by(event: ParsedEvent) -> str | None:
    """Return the content root under which the files of a registration are listed, if they don't stand in it."""
    content = event.details.content if isinstance(event.details, ExhibitRegistered) else None
    return content.root if isinstance(content, Content) and content.count and not is_set(content.files) else None


class BoundFiles:
    """The files of a ledger's bound exhibits, at one moment of it. Read when somebody asks for the first time: a ledger
    has few bound exhibits or none. Mutable: belongs to one transaction.
    """

    def __init__(self, reader: LedgerReader, lists: FileLists = NO_LISTS) -> None:
        self._reader = reader
        self._lists = lists
        self._names: list[str] | None = None
        self._bound: dict[str, int] | None = None
        self._holders: dict[str, list[str]] = {}
        self._listed: dict[str, str] = {}
        self._new: dict[str, ParsedEvent] = {}

    def learn(self, event: ParsedEvent) -> None:
        """Remember a registration that is about to stand in the ledger, if anything is bound in it."""
        if isinstance(event.details, ExhibitRegistered) and self._hashes():
            self._new[event.hash] = event

    def held_by(self, exhibit: Exhibit) -> Taken | None:
        """Return what an exhibit of the ledger holds of bound ones."""
        registration = exhibit.registration
        if registration in self._new:
            return self.taken_by(self._new[registration])
        place = self._reader.event_indexes([registration]).get(registration) if self._hashes() else None
        return None if place is None else self.taken_by(self._event(place))

    def taken_by(self, registration: ParsedEvent) -> Taken | None:
        """Return what an exhibit holds of bound ones, by the event that would register it or did."""
        bound = self._read()
        # What another ledger let go, it let go.
        if not bound or isinstance(registration.details, TransferAccepted):
            return None
        mine = frozenset(files_of(registration, self._lists))
        alike = {held for digest in mine for held in self._holders.get(digest, ())}
        alike |= {
            held
            for held, root in self._listed.items()
            if mine and held not in alike and any(digest in mine for digest in self._lists.digests(root))
        }
        alike.discard(registration.hash)
        if not alike:
            return None
        brought = frozenset(digest for held in alike for digest in files_of(self._event(bound[held]), self._lists))
        return self._firsts(brought).taken_by(mine & brought, len(mine))

    def _hashes(self) -> list[str]:
        if self._names is None:
            self._names = [item.registration for item in self._reader.bound_exhibits()]
        return self._names

    def _event(self, index: int) -> ParsedEvent:
        return parse_entry(self._reader.entry(index)).event

    def _read(self) -> dict[str, int]:
        """Return where the registrations of bound exhibits stand, by event hash."""
        if self._bound is None:
            self._bound = dict(self._reader.event_indexes(self._hashes()))
            for held, index in self._bound.items():
                event = self._event(index)
                for digest in files_of(event, NO_LISTS):
                    self._holders.setdefault(digest, []).append(held)
                root = listed_by(event)
                if root is not None:
                    self._listed[held] = root
        return self._bound

    def _firsts(self, digests: frozenset[str]) -> Firsts:
        """Return who held each of some digests first: who has it in his registration, or in a list at hand."""
        view = self._reader.view()
        listed = {root: digests.intersection(self._lists.digests(root)) for root in self._lists.roots()}
        roots = tuple(root for root, found in listed.items() if found)
        each: dict[str, tuple[Exhibit, set[str]]] = {}
        for name, exhibits in view.holders((*digests, *roots)).items():
            for exhibit in exhibits:
                held = each.setdefault(exhibit.registration, (exhibit, set()))[1]
                held |= listed.get(name, {name})
        places = self._reader.event_indexes(tuple(each))
        firsts = Firsts()
        for registration in sorted(each, key=places.__getitem__):
            exhibit, held = each[registration]
            for digest in held:
                firsts.add(digest, exhibit)
        return firsts


class Binding(WorkingState):
    """A view in which what holds the files of bound exhibits is bound as they are, unless it is on record why it has
    them. Nothing is recorded: the gate is asked so. ``told`` are those that it came upon, with what they hold.
    """

    __slots__ = ("_found", "_reader", "_seen", "told")

    def __init__(self, base: View, reader: LedgerReader, found: BoundFiles) -> None:
        super().__init__(base)
        self._reader, self._found = reader, found
        self._seen: dict[str, tuple[str, ...]] = {}
        self.told: list[tuple[Exhibit, Taken]] = []

    def exhibit(self, case: str, number: str) -> Exhibit | None:
        """Return the exhibit of that number in the case of its registration."""
        return self._bind(super().exhibit(case, number))

    def registered(self, event_hash: str) -> Exhibit | None:
        """Return the exhibit whose registration has that event hash."""
        return self._bind(super().registered(event_hash))

    def holders(self, digests: tuple[str, ...]) -> dict[str, tuple[Exhibit, ...]]:
        """Return the exhibits that hold each of some digests."""
        held = super().holders(digests)
        return {digest: tuple(filter(None, map(self._bind, exhibits))) for digest, exhibits in held.items()}

    def _bind(self, exhibit: Exhibit | None) -> Exhibit | None:
        if exhibit is None or exhibit.bound_to:
            return exhibit
        if exhibit.registration not in self._seen:
            self._seen[exhibit.registration] = self._origins(exhibit)
        origins = self._seen[exhibit.registration]
        return replace(exhibit, bound_to=origins) if origins else exhibit

    def _origins(self, exhibit: Exhibit) -> tuple[str, ...]:
        taken = self._found.held_by(exhibit)
        if taken is None or not taken.is_whole or is_explained(self._reader, exhibit):
            return ()
        self.told.append((exhibit, taken))
        return taken.origins


def is_explained(reader: LedgerReader, exhibit: Exhibit) -> bool:
    """Tell whether somebody signed how an exhibit came to hold files of a bound one."""
    places = reader.subject_entries(("exhibit", exhibit.case, exhibit.number))
    return any(exhibit.registration in _cured(parse_entry(reader.entry(index)).event) for index in places)


def _cured(event: ParsedEvent) -> Iterator[str]:
    details, about = event.details, event.event.about
    if isinstance(details, RecordExplained) and isinstance(details.cures, tuple) and CODE in details.cures:
        yield from (str(item.event) for item in about) if isinstance(about, tuple) else ()
