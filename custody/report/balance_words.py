"""What the accounts of an asset held over time, as its records say: one row for each time that somebody looked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from custody.report.words import format_utc
from custody.verify.assets.asset_history import captures_of, recorded_balances
from schemas.details.asset import Asset
from schemas.entry import ParsedEntry
from schemas.private import Disclosure


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """What the account or the custody wallet held at a time, in the asset's smallest unit; ``change`` since the row of
    it before, if any.
    """

    at: str
    when: str
    is_wallet: bool
    amount: int
    change: int | None
    entry: int

    @property
    def holder(self) -> str:
        """Which of the two, in words."""
        return "the custody wallet" if self.is_wallet else "the account"

    @property
    def text(self) -> str:
        """The row on one line."""
        change = "" if not self.change else f" ({self.change:+,})"
        return f"{self.when}: {self.holder} held {self.amount:,}{change}, entry {self.entry}"


def balance_rows(story: Sequence[ParsedEntry], disclosed: Mapping[str, Disclosure]) -> tuple[BalanceRow, ...]:
    """Return the balances on record of an exhibit whose entries these are, in order of when they were seen.

    Nothing for an exhibit that is no asset, or of which no balance is disclosed.
    """
    captures = captures_of(story)
    if not captures or not isinstance(asset := captures[0].part, Asset):
        return ()
    last: dict[str, int] = {}
    rows = []
    for item in sorted(recorded_balances(asset, captures, disclosed), key=lambda item: (item.at, item.index)):
        before = last.get(item.account)
        change = None if before is None else item.amount - before
        rows.append(BalanceRow(item.at, format_utc(item.at), item.is_wallet, item.amount, change, item.index))
        last[item.account] = item.amount
    return tuple(rows)


def balance_lines(rows: Sequence[BalanceRow]) -> Iterator[str]:
    """Yield each balance with what changed, one line each."""
    for row in rows:
        yield f"      {row.text}"
