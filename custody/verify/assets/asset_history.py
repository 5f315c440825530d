"""What was seen of an asset at its registration and later, in order, and what its accounts held over time.

An observation is an annotation: it takes no place in the exhibit's chain, and may come after its disposal. Balances
are compared by when they were seen, which a late capture of an early block doesn't disturb.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from operator import itemgetter
from typing import Final

import msgspec

from custody.verify.fold.fold import Placed
from custody.verify.rules.on_record import is_later
from schemas.details.asset import Asset, AssetState, AssetTransfer
from schemas.details.exhibit import ExhibitRegistered
from schemas.details.observation import AssetObserved
from schemas.details.transfer import TransferReceipt
from schemas.entry import ParsedEntry
from schemas.private import Disclosure
from schemas.report import Findings, Severity
from schemas.types import UNSET, Private

Story = Sequence[ParsedEntry]
"""All entries of an exhibit that the rules took, its registration first."""
_BEGINS: Final = frozenset(
    {"exhibit.registered", "exhibit.returned", "transfer.accepted", "transfer.recalled", "transfer.returned"}
)
_ENDS: Final = frozenset({"exhibit.disposed", "exhibit.released", "exhibit.voided", "transfer.dispatched"})
_DIGITS: Final = 78
FORMER: Final = 8
"""Custody wallets before the newest one that may still have sent it on."""


class Capture(msgspec.Struct, frozen=True):
    """What one entry says of an asset; ``transfers`` are the newest on record by then, the last one last."""

    index: int
    part: Asset | AssetObserved
    transfers: tuple[AssetTransfer, ...]

    def account(self, asset: Asset, disclosed: Mapping[str, Disclosure], *, is_wallet: bool) -> str:
        """Return what tells one account from another: its name as far as it is disclosed, else its commitment."""
        wallet = self.transfers[-1].wallet if self.transfers else None
        field = wallet if is_wallet else asset.account
        return (shown(field, disclosed) or field.commitment) if isinstance(field, Private) else ""


class Balance(msgspec.Struct, frozen=True):
    """What an account held in the asset's smallest unit, as a record or a proof of entry ``index`` says; ``at`` is when
    that was seen, or the date of the proof's block, of which ``rests_on`` says who vouches for it.
    """

    at: str
    index: int
    account: str
    is_wallet: bool
    amount: int
    rests_on: str = ""

    @property
    def when(self) -> str:
        """When it was seen, and in which kind of block."""
        return f"{self.at}, in {self.rests_on}," if self.rests_on else self.at


def stories_of(
    entries: Mapping[int, ParsedEntry], placed: Mapping[int, Placed], wanted: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], list[ParsedEntry]]:
    """Return the stories of some exhibits, in their order."""
    stories: dict[tuple[str, str], list[ParsedEntry]] = {name: [] for name in wanted}
    for index, place in sorted(placed.items()):
        for kind, *names in place.subjects if place.is_applied else ():
            if kind == "exhibit" and (name := (names[0], names[1])) in stories:
                stories[name].append(entries[index])
    return stories


def state_of(details: object) -> AssetState | None:
    """Return what a registration or an observation says that was seen of an asset."""
    part = details.asset if isinstance(details, ExhibitRegistered) else details
    state = part.state if isinstance(part, Asset | AssetObserved) else UNSET
    return state if isinstance(state, AssetState) else None


def check_dates(story: Story, findings: Findings) -> None:
    """Report what was recorded before it was seen, as the entry itself says; two clocks may differ a little.

    Findings: ``asset.observed-ahead`` (defect).
    """
    for entry in story:
        state, recorded_at = state_of(entry.event.details), entry.entry.recorded_at
        if state is not None and is_later(state.observed_at, recorded_at):
            text = f"expected a capture up to {recorded_at}, when it was recorded, found one of {state.observed_at}"
            findings.add(9, Severity.DEFECT, "asset.observed-ahead", f"entry {entry.entry.index}", text)


def captures_of(story: Story) -> list[Capture]:
    """Return what an exhibit's registration and the observations after it say of an asset."""
    found, transfers = list[Capture](), tuple[AssetTransfer, ...]()
    for entry in story:
        details = entry.event.details
        part = details.asset if isinstance(details, ExhibitRegistered) else details
        if isinstance(part, Asset | AssetObserved):
            if isinstance(part.transfer, AssetTransfer):
                transfers = (*transfers, part.transfer)[-FORMER - 1 :]
            found.append(Capture(entry.entry.index, part, transfers))
    return found


def recorded_balances(
    asset: Asset, captures: Iterable[Capture], disclosed: Mapping[str, Disclosure]
) -> Iterator[Balance]:
    """Yield the balances on record of an asset, as far as they are disclosed."""
    for item in captures:
        state = item.part.state
        text = shown(state.balance, disclosed) if isinstance(state, AssetState) else ""
        if isinstance(state, AssetState) and _is_amount(text):
            is_wallet = isinstance(item.part, AssetObserved) and item.part.balance_of == "wallet"
            account = item.account(asset, disclosed, is_wallet=is_wallet)
            yield Balance(state.observed_at, item.index, account, is_wallet, int(text))


def check_balances(captures: Sequence[Capture], disclosed: Mapping[str, Disclosure], findings: Findings) -> None:
    """Report each recorded balance that can't be compared with the others: one that is no number, or isn't shown.

    Findings: ``asset.balance-unread`` (defect; a note where it is withheld).
    """
    states = [(item.index, item.part.state) for item in captures if isinstance(item.part.state, AssetState)]
    stated = [(index, state.balance) for index, state in states if isinstance(state.balance, Private)]
    for index, field in stated:
        if field.commitment not in disclosed and len(stated) > 1:
            text = "the balance is withheld, so it was compared with none before or after it"
            findings.add(9, Severity.NOTE, "asset.balance-unread", f"entry {index}", text)
        elif field.commitment in disclosed and not _is_amount(shown(field, disclosed)):
            text = f"expected a balance of 1 to {_DIGITS} decimal digits, found none, so it was compared with no other"
            findings.add(9, Severity.DEFECT, "asset.balance-unread", f"entry {index}", text)


def _is_amount(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _DIGITS


class Custody:
    """When an exhibit was in custody, by what its acts say of when they happened. Worked out once for a story."""

    def __init__(self, story: Story) -> None:
        acts = [
            (event.event.occurred_at, place, is_back or event.type in _BEGINS)
            for place, event in enumerate(entry.event for entry in story)
            if (is_back := isinstance(event.details, TransferReceipt) and event.details.outcome == "refused")
            or event.type in _BEGINS | _ENDS
        ]
        self._times: list[str] = []
        self._kept: list[bool] = []
        newest = -1
        # Of all acts up to a time the last on record counts, whenever it happened.
        for at, place, is_kept in sorted(acts):
            if place > newest:
                newest = place
                self._times.append(at)
                self._kept.append(is_kept)

    def at(self, time: str) -> bool:
        """Tell whether it was in custody at a time."""
        place = bisect_right(self._times, time)
        return place > 0 and self._kept[place - 1]


class _Moves:
    """The transfers on record to other accounts than one: what its balance drops by. Mutable: each is used up once."""

    def __init__(self, every: Sequence[int], to_itself: Sequence[int]) -> None:
        self._every = every
        self._to_itself = to_itself
        self._used: list[tuple[int, int]] = []

    def take(self, first: int, last: int) -> bool:
        """Use up those in a range of entries; tell whether there was one left."""
        start = bisect_left(self._used, first, key=itemgetter(1))
        end = bisect_right(self._used, last, key=itemgetter(0))
        used = self._used[start:end]
        left = self._count(first, last) - sum(self._count(max(first, low), min(last, high)) for low, high in used)
        self._used[start:end] = [(min([first, *map(itemgetter(0), used)]), max([last, *map(itemgetter(1), used)]))]
        return left > 0

    def _count(self, first: int, last: int) -> int:
        within = (bisect_right(of, last) - bisect_left(of, first) for of in (self._every, self._to_itself))
        return next(within) - next(within)


def check_drops(
    custody: Custody,
    captures: Sequence[Capture],
    balances: Iterable[Balance],
    disclosed: Mapping[str, Disclosure],
    findings: Findings,
) -> None:
    """Report each account that held less than when it was seen before, in custody and without a recorded transfer.

    A transfer to another account, recorded with either of the two or between them, is what a balance drops by, once.

    Findings: ``asset.balance-dropped`` (defect).
    """
    series = defaultdict[str, list[Balance]](list)
    for balance in sorted(balances, key=lambda item: (item.at, item.index)):
        series[balance.account].append(balance)
    every, to = list[int](), defaultdict[str, list[int]](list)
    for item in captures:
        if isinstance(item.part.transfer, AssetTransfer):
            wallet = item.part.transfer.wallet
            every.append(item.index)
            for name in {wallet.commitment, shown(wallet, disclosed)}:
                to[name].append(item.index)
    for account, held in series.items():
        moves = _Moves(every, to.get(account, ()))
        for before, after in pairwise(held):
            if after.amount >= before.amount or not custody.at(after.at):
                continue
            if not moves.take(*sorted((before.index, after.index))):
                name = "the custody wallet" if after.is_wallet else "the recorded account"
                seen = f"as {name} held at {before.when} by entry {before.index}"
                found = f"{after.amount} at {after.when.removesuffix(',')}, and no transfer on record"
                text = f"expected {before.amount} or more, {seen}, found {found}"
                findings.add(9, Severity.DEFECT, "asset.balance-dropped", f"entry {after.index}", text)


def shown(field: object, disclosed: Mapping[str, Disclosure]) -> str:
    """Return a disclosed text, or an empty one."""
    found = disclosed.get(field.commitment) if isinstance(field, Private) else None
    return found.value if found is not None and isinstance(found.value, str) else ""
