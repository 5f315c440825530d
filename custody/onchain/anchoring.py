"""Which block a proof is about, and whether it leads to a block that the reader pinned.

A block at or before a pinned one is certain, since hashes lead back to it. A block after it is only as certain as the
work from it on: six blocks are wanted, with as much work as nobody does for a single case, and only where that work can
be checked by the main chain's rules. So a pinned block of the early years, when work was cheap, vouches for nothing
after it. Without any pin of the chain nothing vouches for the block.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from custody.onchain.claims import Said
from schemas.errors import VerificationError
from schemas.report import Severity
from schemas.text import format_time
from schemas.trust import ChainPin

DEPTH: Final = 6
"""Blocks of work, its own among them, that a block after the pinned one must have."""
WORK: Final = 1 << 80
"""Hashes that these blocks must have cost: in 2021 all of the world's miners needed some two hours for as many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A block within headers that follow each other from ``first`` on; hashes as people write them.

    ``time`` is in seconds since 1970, as the block says. ``work`` is what it cost in hashes from the block on, 0 where
    that can't be known.
    """

    chain: str
    hashes: Sequence[str]
    first: int
    place: int
    time: int
    work: int = 0

    @property
    def date(self) -> str:
        """When it says that it was made, as records write times; empty for a time beyond all reason."""
        return format_time(datetime.fromtimestamp(self.time, UTC)) if self.time < 1 << 37 else ""

    @property
    def text(self) -> str:
        """The block in words."""
        when = f"{self.date[:10]} {self.date[11:19]} UTC" if self.date else "?"
        return f"block {self.first + self.place} of {self.chain} ({self.hashes[self.place]}, dated {when})"


def anchor(block: Block, pins: Sequence[ChainPin]) -> tuple[str, Said | None]:
    """Return in words what vouches for the block, and a finding where nothing does.

    Raises:
        VerificationError: ``asset.pin-contradicted`` where a pinned height has another hash.
    """
    own = [pin for pin in pins if pin.chain == block.chain]
    heights = range(block.first, block.first + len(block.hashes))
    reached = [pin for pin in own if pin.height in heights]
    for pin in reached:
        found = block.hashes[pin.height - block.first]
        if found != pin.hash:
            text = f"expected {pin.hash} as block {pin.height} of {pin.chain}, found {found}"
            raise VerificationError("asset.pin-contradicted", text)
    height = block.first + block.place
    after = [pin.height for pin in reached if pin.height >= height]
    if after:
        return _leads_to(height, min(after)), None
    if not own:
        text = f"the trust file pins no block of {block.chain}, so nothing vouches for {block.text} and its height"
        return "a block that nobody vouches for", Said(Severity.NOTE, "asset.not-pinned", text)
    if not reached or not block.work:
        text = f"{block.text} is not shown to lead to a pinned block: capture the headers between them"
        return "", Said(Severity.INDETERMINATE, "asset.pin-not-reached", text)
    depth = len(block.hashes) - block.place
    if depth < DEPTH or block.work < WORK:
        done = f"the work of {depth} blocks or 2^{block.work.bit_length() - 1} hashes from it on"
        wanted = f"{DEPTH} and 2^{WORK.bit_length() - 1} are wanted where the pinned block is an earlier one"
        text = f"{block.text} has {done}; {wanted}"
        return "", Said(Severity.INDETERMINATE, "asset.shallow", text)
    pinned = max(pin.height for pin in reached)
    return f"which continues the pinned block {pinned}, with the work of {depth} blocks from it on", None


def _leads_to(height: int, pinned: int) -> str:
    return "which is pinned" if pinned == height else f"which leads to the pinned block {pinned}"
