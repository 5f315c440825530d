"""Files that came from abroad on a condition, and stand in the same ledger without it.

`bound_to` follows what registrations say of where an exhibit comes from. Who unpacks what he accepted, and registers it
as his own, leaves that out; the digests of the files say it all the same (docs/spec/lawfulness.md, law row C10).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field

from custody.verify.contents import digests_of
from custody.verify.view import Exhibit
from schemas.details.transfer import TransferAccepted
from schemas.event import ParsedEvent

CODE = "release.bound-content"


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


@dataclass(slots=True)
class Firsts:
    """Which exhibit of a ledger held each digest first. Mutable: filled in ledger order."""

    holders: dict[str, Exhibit] = field(default_factory=dict)
    _brought: dict[str, set[str]] = field(default_factory=dict)

    def add(self, digest: str, holder: Exhibit) -> None:
        """Take in who holds a digest, unless somebody held it before."""
        if self.holders.setdefault(digest, holder) is holder:
            self._brought.setdefault(holder.registration, set()).add(digest)

    def taken_by(self, mine: Set[str]) -> Taken | None:
        """Return what an exhibit with the digests ``mine`` holds of bound ones that held it first, if anything."""
        taken = {item: self.holders[item] for item in sorted(mine) if item in self.holders}
        taken = {item: holder for item, holder in taken.items() if holder.bound_to}
        if not taken:
            return None
        bound = {holder.registration: holder for holder in taken.values()}
        is_whole = len(taken) == len(mine) or any(self._brought[item] <= mine for item in bound)
        return Taken(tuple(bound.values()), is_whole)


def files_of(event: ParsedEvent) -> frozenset[str]:
    """Return the digests of files, segments and media that a registration says in clear; its content root is none of
    them: it holds paths under salts, so two registrations never have the same one.
    """
    digests: Iterator[str] = digests_of(event.details)
    next(digests, None)
    return frozenset(digests)


def is_let_go(event: ParsedEvent) -> bool:
    """Tell whether an event accepts from another ledger; what is unbound then was let go by it."""
    return isinstance(event.details, TransferAccepted)


def firsts_of(holders: Mapping[str, tuple[Exhibit, ...]]) -> Firsts:
    """Return who held each digest first, of all its holders in ledger order."""
    found = Firsts()
    for digest, exhibits in holders.items():
        for exhibit in exhibits[:1]:
            found.add(digest, exhibit)
    return found
