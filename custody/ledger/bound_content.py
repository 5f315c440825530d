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
from custody.verify.gate.contents import digests_of
from custody.verify.rules.view import Exhibit, View
from schemas.details.exhibit import ExhibitRegistered
from schemas.details.record import RecordExplained
from schemas.details.transfer import TransferAccepted
from schemas.entry import parse_entry
from schemas.event import ParsedEvent

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
    """What an exhibit holds of others that more ledgers bind, ``bound`` in order of digest; ``is_whole`` where it is
    all of its own files, or all that one of them brought.
    """

    bound: tuple[Exhibit, ...]
    is_whole: bool

    @property
    def origins(self) -> tuple[str, ...]:
        """The ledgers without whose consent it may not go."""
        return tuple(sorted({origin for item in self.bound for origin in item.bound_to}))

    def told_of(self, name: str) -> str:
        """Return in words what the exhibit of that name holds."""
        bound = ", ".join(item.name for item in self.bound)
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

    def taken_by(self, mine: Set[str], count: int, bound_to: Iterable[str]) -> Taken | None:
        """Return what an exhibit that is ``bound_to`` some ledgers, or none, holds of those that held it first and are
        bound to others, if anything: ``mine`` are those of its ``count`` digests that were added here.
        """
        taken = {item: self.holders[item] for item in sorted(mine) if item in self.holders}
        taken = {item: holder for item, holder in taken.items() if not set(holder.bound_to).issubset(bound_to)}
        if not taken:
            return None
        bound = {holder.registration: holder for holder in taken.values()}
        is_whole = len(taken) == count or any(self._brought[item] <= mine for item in bound)
        return Taken(tuple(bound.values()), is_whole)


class BoundFiles:
    """Who held the files of a ledger's bound exhibits first, as it grows within one transaction. Found when somebody
    asks, by one reading of all lists, and again only where bound exhibits were put since. Mutable; holds each digest of
    a bound exhibit. ``explained`` are the registrations of which the transaction itself says how they came by theirs.
    """

    def __init__(self, reader: LedgerReader, lists: FileLists = NO_LISTS, *, state: WorkingState | None = None) -> None:
        self._reader = reader
        self._lists = lists
        self._state = WorkingState(reader.view()) if state is None else state
        self._firsts = Firsts()
        self._origins: set[str] = set()
        self._is_known = False
        self._new: list[str] = []
        self.explained: set[str] = set()

    def learn(self, event: ParsedEvent) -> None:
        """Take note of an event that was just put into the transaction's state."""
        if isinstance(event.details, ExhibitRegistered):
            exhibit = self._state.registered(event.hash)
            self._note([exhibit] if exhibit is not None and exhibit.bound_to else [])
        self.explained.update(_cured(event))

    def held_by(self, exhibit: Exhibit) -> Taken | None:
        """Return what an exhibit of the ledger holds of others that more ledgers bind, unless it is on record why."""
        if self._binders().issubset(exhibit.bound_to):
            return None
        self._read()
        place = self._state.event(exhibit.registration) if self._firsts.holders else None
        if place is None or place.type == "transfer.accepted":
            return None
        taken = self._taken(self._files(exhibit.registration), exhibit.bound_to)
        return None if taken is None or self._is_explained(exhibit) else taken

    def taken_by(self, registration: ParsedEvent, bound_to: Iterable[str]) -> Taken | None:
        """Return what an exhibit holds of bound ones, by the event that would register it, and bind it to some."""
        self._binders()
        self._read()
        # What another ledger let go, it let go.
        if not self._firsts.holders or isinstance(registration.details, TransferAccepted):
            return None
        return self._taken(self._all_of(digests_of(registration.details)), bound_to)

    def _taken(self, mine: frozenset[str], bound_to: Iterable[str]) -> Taken | None:
        return self._firsts.taken_by(mine & self._firsts.holders.keys(), len(mine), bound_to)

    def _binders(self) -> set[str]:
        """Return the ledgers that bind anything here."""
        if not self._is_known:
            self._note(self._reader.bound_exhibits())
            self._is_known = True
        return self._origins

    def _note(self, bound: Iterable[Exhibit]) -> None:
        """Take note of bound exhibits, whose files are looked at when somebody asks."""
        for exhibit in bound:
            self._new.append(exhibit.registration)
            self._origins.update(exhibit.bound_to)

    def _read(self) -> None:
        """Find who held first what bound exhibits have that nobody asked about yet."""
        if self._new:
            digests = frozenset(digest for registration in self._new for digest in self._files(registration))
            self._new.clear()
            self._find(digests - self._firsts.holders.keys())

    def _files(self, registration: str) -> frozenset[str]:
        """Return the digests of an exhibit's files, by its registration in the transaction or before."""
        put = self._state.digests(registration)
        if not put:
            places = self._reader.event_indexes([registration]).values()
            put = [
                item for place in places for item in digests_of(parse_entry(self._reader.entry(place)).event.details)
            ]
        return self._all_of(put)

    def _all_of(self, digests: Iterable[str]) -> frozenset[str]:
        """Return the digests of files, segments and media, those of a list too; a content root is none of them: it
        holds paths under salts, so two registrations never have the same one.
        """
        root, *rest = (*digests,) or ("",)
        # Who has up to 16 files has no list.
        return frozenset((*rest, *self._lists.digests(root))) if root else frozenset()

    def _find(self, digests: frozenset[str]) -> None:
        """Take in who held each of some digests first: who has it in his registration, or in a list at hand."""
        if not digests:
            return
        listed = {root: digests.intersection(self._lists.digests(root)) for root in self._lists.roots()}
        listed = {root: found for root, found in listed.items() if found}
        each: dict[str, set[str]] = {}
        for name, exhibits in self._reader.view().holders((*digests, *listed)).items():
            for exhibit in exhibits:
                each.setdefault(exhibit.registration, set()).update(listed.get(name, {name}))
        for registration, (root, *rest) in self._state.files():
            each.setdefault(registration, set()).update(digests.intersection(rest), listed.get(root, ()))
        places = {item: place.index for item in each if (place := self._state.event(item)) is not None}
        for registration in sorted(places, key=places.__getitem__):
            holder = self._state.registered(registration)
            assert holder is not None, "who holds files is registered"
            for digest in each[registration]:
                self._firsts.add(digest, holder)

    def _is_explained(self, exhibit: Exhibit) -> bool:
        """Tell whether somebody signed how an exhibit came to hold files of a bound one."""
        places = self._reader.subject_entries(("exhibit", exhibit.case, exhibit.number))
        return any(exhibit.registration in _cured(parse_entry(self._reader.entry(index)).event) for index in places)


class Binding(WorkingState):
    """A view in which what holds files of bound exhibits is bound as they are too, unless it is on record why it has
    them. Nothing is recorded: the gate is asked so. ``told`` are those that it came upon, with what they hold.
    """

    __slots__ = ("_found", "_seen", "told")

    def __init__(self, base: View, found: BoundFiles) -> None:
        super().__init__(base)
        self._found = found
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
        if exhibit is None or exhibit.registration in self._found.explained:
            return exhibit
        if exhibit.registration not in self._seen:
            self._seen[exhibit.registration] = self._origins(exhibit)
        origins = self._seen[exhibit.registration]
        return replace(exhibit, bound_to=tuple(sorted({*exhibit.bound_to, *origins}))) if origins else exhibit

    def _origins(self, exhibit: Exhibit) -> tuple[str, ...]:
        taken = self._found.held_by(exhibit)
        if taken is None or not taken.is_whole:
            return ()
        self.told.append((exhibit, taken))
        return taken.origins


def _cured(event: ParsedEvent) -> Iterator[str]:
    details, about = event.details, event.event.about
    if isinstance(details, RecordExplained) and isinstance(details.cures, tuple) and CODE in details.cures:
        yield from (str(item.event) for item in about) if isinstance(about, tuple) else ()
