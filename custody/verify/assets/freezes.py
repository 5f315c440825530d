"""What became of the freeze of an asset at a provider, record by record (law row C17)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from schemas.details.asset import Asset, Freeze, FreezeChanged
from schemas.details.exhibit import ExhibitRegistered
from schemas.entry import ParsedEntry
from schemas.report import Findings, Severity
from schemas.types import is_set

HERE: Final = frozenset({"held", "in-transit", "lent"})
"""States of an exhibit that somebody here answers for: only of such does a freeze have to go on."""


class Frozen(msgspec.Struct, frozen=True):
    """A freeze as its newest record, entry ``index``, tells it. ``ends_at`` is empty where no end is on record;
    ``is_told`` is false where it was lifted and that its provider was told is not on record.
    """

    index: int
    ends_at: str = ""
    is_lifted: bool = False
    is_told: bool = True


def follow(frozen: Frozen | None, entry: ParsedEntry) -> Frozen | None:
    """Return the freeze of an exhibit after one more entry about it; nothing before it is frozen."""
    details, index = entry.event.details, entry.entry.index
    if isinstance(details, FreezeChanged):
        is_lifted = details.change == "lifted"
        # Of what another ledger lifted, that one answers for the notice.
        is_told = not is_lifted or is_set(details.notified_at) or is_set(details.origin)
        return Frozen(index, str(details.ends_at or ""), is_lifted, is_told)
    if isinstance(details, ExhibitRegistered) and isinstance(details.asset, Asset):
        freeze = details.asset.freeze
        return Frozen(index, str(freeze.ends_at or "")) if isinstance(freeze, Freeze) else None
    return frozen


def fault_of(name: str, nature: str, frozen: Frozen | None, change: str) -> tuple[str, str] | None:
    """Return code and text of what speaks against a change of the freeze of an exhibit; nothing where nothing does."""
    if nature != "asset":
        return "asset.none", f"expected an asset, found {name}, which is {nature}"
    is_frozen = frozen is not None and not frozen.is_lifted
    if is_frozen != (change == "placed"):
        return None
    wanted, known = ("no freeze", "frozen already") if is_frozen else (f"a freeze to be {change}", "not frozen")
    return "asset.freeze-state", f"expected {wanted}, found {name} {known} on record"


def check_freezes(subject: str, story: Sequence[ParsedEntry], findings: Findings) -> None:
    """Hold each change of the freeze of an exhibit against what is on record before it.

    Findings: ``asset.none``, ``asset.freeze-state`` (defects).
    """
    frozen, nature = None, getattr(story[0].event.details, "nature", "none") if story else "none"
    for entry in story:
        details = entry.event.details
        if isinstance(details, FreezeChanged) and (fault := fault_of(subject, nature, frozen, details.change)):
            findings.add(9, Severity.DEFECT, fault[0], f"entry {entry.entry.index}", fault[1])
        frozen = follow(frozen, entry)
