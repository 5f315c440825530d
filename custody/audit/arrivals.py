"""One dispatch of another ledger that lives twice here: accepted or taken back, and registered beside that.

Each registration says where it comes from, and a dispatch is decided on once; but a plain registration decides nothing,
so a bundle of one of the two doesn't show the other. Only a whole ledger can tell.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Final, NamedTuple

from custody.verify.fold.fold import Placed
from custody.verify.rules.subjects import decided_in
from schemas.details.exhibit import ExhibitRegistered, Foreign
from schemas.details.transfer import TransferReturned
from schemas.entry import ParsedEntry
from schemas.report import Findings, Severity

STEP: Final = 12
COMING_IN: Final = (ExhibitRegistered, TransferReturned)
"""What says of an exhibit that it came from elsewhere: others need not be shown."""


class _Life(NamedTuple):
    entry: int
    name: str
    is_decision: bool


class Arrivals:
    """What an audit remembers of what came from elsewhere. Mutable: lives as long as one audit."""

    def __init__(self) -> None:
        self._lives: dict[str, list[_Life]] = defaultdict(list)

    def add(self, parsed: ParsedEntry, placed: Placed) -> None:
        """Take in an entry that the rules took."""
        event, details = parsed.event.event, parsed.event.details
        foreign = details.foreign if isinstance(details, ExhibitRegistered) else None
        heads = dict.fromkeys((*decided_in(details), *((foreign.head,) if isinstance(foreign, Foreign) else ())))
        for head in heads if isinstance(event.exhibit, str) else ():
            life = _Life(placed.index, f"{event.case}/{event.exhibit}", bool(decided_in(details)))
            self._lives[head].append(life)

    def check(self, findings: Findings) -> None:
        """Say which exhibits are the same dispatch under two numbers, where one of them was accepted or came back.

        Finding: ``defect.accepted-and-registered``, at each but the first.
        """
        for lives in self._lives.values():
            first, *more = lives if any(life.is_decision for life in lives) else lives[:1]
            for life in more:
                text = f"{life.name} is what stands here as {first.name} since entry {first.entry}: one dispatch"
                findings.add(STEP, Severity.DEFECT, "defect.accepted-and-registered", f"entry {life.entry}", text)
