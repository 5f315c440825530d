"""Which block a proof is about, and whether it leads to a block that the reader pinned.

A block at or before a pinned one is certain, since hashes lead back to it. A block after it is only as certain as the
work on top of it: so at least six blocks of it are wanted, and only where that work can be checked by the main chain's
rules. Without any pin of the chain nothing vouches for the block.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from custody.onchain.claims import Said
from schemas.errors import VerificationError
from schemas.report import Severity
from schemas.trust import ChainPin

DEPTH: Final = 6
"""Blocks of work, its own among them, that a block after the pinned one must have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A block within headers that follow each other from ``first`` on; hashes as people write them.

    ``time`` is in seconds since 1970, as the block says. ``has_work``: work on top of a pin counts.
    """

    chain: str
    hashes: Sequence[str]
    first: int
    place: int
    time: int
    has_work: bool

    @property
    def text(self) -> str:
        """The block in words."""
        when = datetime.fromtimestamp(self.time, UTC).strftime("%Y-%m-%d %H:%M:%S UTC") if self.time < 1 << 37 else "?"
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
        text = f"the trust file pins no block of {block.chain}, so nothing vouches for {block.text}"
        return "a block that nobody vouches for", Said(Severity.NOTE, "asset.not-pinned", text)
    if not reached or not block.has_work:
        text = f"{block.text} is not shown to lead to a pinned block: capture the headers between them"
        return "", Said(Severity.INDETERMINATE, "asset.pin-not-reached", text)
    depth = len(block.hashes) - block.place
    if depth < DEPTH:
        text = f"{block.text} has the work of {depth} blocks since the pinned one, {DEPTH} are wanted"
        return "", Said(Severity.INDETERMINATE, "asset.shallow", text)
    pinned = max(pin.height for pin in reached)
    return f"which continues the pinned block {pinned}, with the work of {depth} blocks from it on", None


def _leads_to(height: int, pinned: int) -> str:
    return "which is pinned" if pinned == height else f"which leads to the pinned block {pinned}"
