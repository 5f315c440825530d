"""Assets of another ledger as its verified bundle tells of them: what they are, and how their freeze stands there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from custody.verify.assets.asset_history import stories_of
from custody.verify.verify import Verified
from schemas.details.asset import Asset, Freeze, FreezeChanged, PlatformItem
from schemas.details.exhibit import ExhibitRegistered, Foreign
from schemas.details.letter import ReceiptOrigin
from schemas.entry import ParsedEntry
from schemas.report import LedgerReport
from schemas.types import Private, is_set

Plain = Callable[[object], Any]
"""Returns a private value in plain as far as it is disclosed, a word for one that was withheld, nothing for none."""
_NAMED = ("account", "amount", "asset")
_UNKNOWN = "not on record"


@dataclass(frozen=True, slots=True)
class Told:
    """A change of a freeze, and the entry of the other ledger that says so."""

    details: FreezeChanged
    origin: ReceiptOrigin


def plain_asset(verified: Verified, case: str, number: str, plain: Plain) -> Mapping[str, Any] | None:
    """Return what an exhibit of a bundle is as an asset, to be composed anew, and its freeze as it stands by then;
    nothing for one that is none. What was proven of it stays in the bundle.
    """
    story = _story(verified, case, number)
    first = story[0].event.details if story else None
    asset = first.asset if isinstance(first, ExhibitRegistered) else None
    if not isinstance(asset, Asset):
        return None
    platform, disclosed = asset.platform, verified.values.disclosed
    # A word in place of an account would be held against what is seen of the account later.
    named = {name: it for name in _NAMED if isinstance(it := getattr(asset, name), Private)}
    shown = {name: it for name, it in named.items() if it.commitment in disclosed}
    if not shown.keys() & {"account", "asset"} and not isinstance(platform, PlatformItem):
        shown |= named
    return {
        **{name: plain(it) for name, it in shown.items()},
        "characterisation": list(asset.characterisation) if isinstance(asset.characterisation, tuple) else None,
        "custody": asset.custody,
        "freeze": _freeze(asset, story, plain),
        "platform": {
            name: plain(getattr(platform, name)) for name in ("collection", "holder", "number", "platform")
        } if isinstance(platform, PlatformItem) else None,
    }  # fmt: skip


def stays_in(entries: Iterable[ParsedEntry]) -> Mapping[str, Foreign]:
    """Return as what an exhibit was in other ledgers, by the ledger: as it was accepted from there or came home."""
    found = (getattr(entry.event.details, "foreign", None) for entry in entries)
    return {foreign.ledger: foreign for foreign in found if isinstance(foreign, Foreign)}


def known_until(entries: Iterable[ParsedEntry], ledger: str) -> int:
    """Return how many entries of another ``ledger`` those about an exhibit here know, as far as its freeze goes."""
    known = [0]
    for details in (entry.event.details for entry in entries):
        if isinstance(foreign := getattr(details, "foreign", None), Foreign) and foreign.ledger == ledger:
            known.append(foreign.size)
        if isinstance(details, FreezeChanged) and isinstance(of := details.origin, ReceiptOrigin):
            known.append(of.index + 1 if of.ledger == ledger else 0)
    return max(known)


def changes_told(verified: Verified, case: str, number: str, *, since: int, own: str) -> tuple[Told, ...]:
    """Return the changes of the freeze of an exhibit that a bundle tells of, from entry ``since`` of its ledger on, but
    for those that it has from the ledger ``own``.
    """
    ledger = verified.report.ledger
    assert isinstance(ledger, LedgerReport), "the caller wants a bundle that was verified"
    return tuple(
        Told(
            details,
            ReceiptOrigin(
                event=entry.event.hash, index=entry.entry.index, ledger=ledger.origin, root=ledger.root,
                size=ledger.size,
            ),
        )
        for entry in _story(verified, case, number)
        if isinstance(details := entry.event.details, FreezeChanged)
        and entry.entry.index >= since
        and not (isinstance(details.origin, ReceiptOrigin) and details.origin.ledger == own)
    )  # fmt: skip


def plain_change(told: Told, plain: Plain) -> Mapping[str, Any]:
    """Return a change as it is composed anew."""
    details = told.details
    times = {name: getattr(details, name) for name in ("ends_at", "notified_at")}
    return {
        **{name: plain(getattr(details, name)) for name in ("approved_by", "order", "provider", "reason")},
        **{name: time for name, time in times.items() if is_set(time)},
        "change": details.change, "decided_at": details.decided_at, "origin": told.origin,
    }  # fmt: skip


def _story(verified: Verified, case: str, number: str) -> list[ParsedEntry]:
    return stories_of(verified.entries, verified.placed, [(case, number)])[case, number]


def _freeze(asset: Asset, story: list[ParsedEntry], plain: Plain) -> dict[str, Any] | None:
    """Return the freeze of an asset as its story leaves it, or nothing where it has none by then."""
    begun = asset.freeze
    found: dict[str, Any] | None = None
    provider: Any = None
    if isinstance(begun, Freeze):
        provider = plain(begun.provider)
        found = {"frozen_at": begun.frozen_at, "ends_at": begun.ends_at, **_whose(begun, plain)}
    for change in (entry.event.details for entry in story):
        if isinstance(change, FreezeChanged):
            provider = plain(change.provider) or provider
            known = {"frozen_at": change.decided_at} if found is None or change.change == "placed" else found
            whose = {name: value for name, value in _whose(change, plain).items() if value is not None}
            found = None if change.change == "lifted" else {**known, **whose, "ends_at": change.ends_at}
    if found is None:
        return None
    return {name: value for name, value in {**found, "provider": provider or _UNKNOWN}.items() if is_set(value)}


def _whose(part: Freeze | FreezeChanged, plain: Plain) -> dict[str, Any]:
    return {name: plain(getattr(part, name)) for name in ("approved_by", "order")}
