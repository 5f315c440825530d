"""Under which version of the consent gate each ledger stands, for the first page: a ledger keeps the rules of its day.

Whoever opens a ledger today by an older program, or by none, gets easier rules for ever; so a PASSED of it says less,
and a reader has to be told (docs/adr/0022, 0025).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from custody.report.counts import listed
from custody.report.safe_text import show
from custody.verify.rules.view import Ledger
from custody.verify.verify import Verified
from schemas.details.ledger import NEWEST_GATE, LedgerOpened
from schemas.types import UNSET, Unset, is_set

_SHOWN: Final = 8
"""Ledgers that a paragraph names before it counts the rest."""
_ITS_RULES: Final = {
    UNSET: "without a consent gate, so that nothing that left had to say to whom or to which country",
    "v1": "under version 1 of the consent gate",
}
_LESS: Final = (
    "So it was not asked of every act where the thing went, whether whoever got it or held it was in the country, "
    "whether a request behind a consent still stood, or whether what was sent kept the dates and words of its consent. "
    "A ledger keeps the rules under which it was opened; a new one would be under version 2."
)
OLDER: Final = "The newest rules of what may leave a country: {ledgers} opened under older ones, as is said above."


class Opening(NamedTuple):
    """A ledger's name, safe to show, and the version of its gate; none from before there was one."""

    ledger: str
    gate: str | Unset

    @property
    def is_older(self) -> bool:
        """Tell whether this program knows newer rules."""
        return self.gate != NEWEST_GATE


def openings_of(verified: Verified) -> tuple[Opening, ...]:
    """Return the ledger of a bundle and those of the bundles within, however deep, each once, by their entry 0."""
    return tuple(dict.fromkeys(_openings(verified)))


def opening_of(ledger: Ledger) -> Opening:
    """Return how a ledger was opened, by its state."""
    return Opening(show(ledger.origin), NEWEST_GATE if ledger.is_strict else "v1" if ledger.is_gated else UNSET)


def rows_of(openings: Sequence[Opening]) -> Iterator[tuple[str, str]]:
    """Yield under which version each ledger stands."""
    for ledger, gate in openings:
        version = f"version {str(gate)[1:]}" if is_set(gate) else "none"
        known = "the newest" if gate == NEWEST_GATE else f"older than version {NEWEST_GATE[1:]}, the newest"
        yield "consent gate", f"{ledger}: {version}, {known} that this program knows"


def paragraphs_of(openings: Sequence[Opening]) -> Iterator[str]:
    """Yield what a reader must know of ledgers under older rules, a paragraph for each version of them."""
    for gate, rules in _ITS_RULES.items():
        names = [item.ledger for item in openings if item.gate == gate]
        if names:
            were = "ledger was" if len(names) == 1 else "ledgers were"
            yield f"The {were} opened {rules}: {listed(names[:_SHOWN], len(names))}. {_LESS}"


def not_asked(openings: Sequence[Opening]) -> Iterator[str]:
    """Yield what was not asked where a ledger is under older rules."""
    older = sum(item.is_older for item in openings)
    if older:
        yield OLDER.format(ledgers="a ledger was" if older == 1 else f"{older} ledgers were")


def _openings(verified: Verified) -> Iterator[Opening]:
    opened = verified.entries.get(0)
    if opened is not None and isinstance(opened.event.details, LedgerOpened):
        yield Opening(show(opened.entry.ledger), opened.event.details.gate)
    for inner in verified.within:
        yield from _openings(inner)
