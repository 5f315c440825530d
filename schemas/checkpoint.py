"""The checkpoint: what a ledger signs about its tree (C2SP tlog-checkpoint, without extension lines).

Three lines of UTF-8, each ended by LF: origin, size in decimal, RFC 6962 root in standard padded base64. Over the
records ``one`` and ``two``:

    evidence.police.example/main
    2
    T1X2GdkhUjV3iyufF9b0kVsWFxIU0VI4EpNml2Teci4=

Extension lines are refused: no monitor audits them, so nothing of ours may stand there.
"""

from __future__ import annotations

import re

import msgspec

from schemas import limits, text
from schemas.errors import RecordError
from schemas.merkle import EMPTY_ROOT

# A note's key name must hold no space and no plus, and a log's key is named after its origin.
_ORIGIN = re.compile(r"[^\s+\x00-\x1f\x7f-\x9f]+\Z")


class Checkpoint(msgspec.Struct, frozen=True):
    """The root of the first ``size`` entries of the ledger ``origin``; it's trusted only inside a verified note."""

    origin: str
    size: int
    root: bytes
    """32 bytes."""


def format_checkpoint(checkpoint: Checkpoint) -> bytes:
    """Return the three lines, which are the text of the signed note."""
    return f"{checkpoint.origin}\n{checkpoint.size}\n{text.format_base64(checkpoint.root)}\n".encode()


def parse_checkpoint(body: bytes) -> Checkpoint:
    """Return the checkpoint of which ``body`` is the one spelling.

    Raises:
        RecordError: ``checkpoint.malformed`` unless three lines of UTF-8, each ended by LF; ``checkpoint.origin``,
            ``checkpoint.size``, ``checkpoint.root`` where that line is wrong.
    """
    try:
        lines = body.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        raise RecordError("checkpoint.malformed", "expected a checkpoint in UTF-8") from None
    if len(lines) != 4 or lines[3]:
        raise RecordError("checkpoint.malformed", f"expected three lines, each ended by LF, found {len(lines) - 1}")
    origin = lines[0]
    if not _ORIGIN.match(origin) or len(origin.encode()) > limits.ORIGIN_BYTES:
        raise RecordError("checkpoint.origin", f"expected a name without space or plus, found {origin[:80]!r}")
    size = _parse_size(lines[1])
    return Checkpoint(origin, size, _parse_root(lines[2], size))


def _parse_size(line: str) -> int:
    try:
        return text.parse_decimal(line, maximum=limits.TREE_SIZE)
    except RecordError as error:
        raise RecordError("checkpoint.size", error.text) from None


def _parse_root(line: str, size: int) -> bytes:
    try:
        root = text.parse_base64(line, size=32)
    except RecordError as error:
        raise RecordError("checkpoint.root", error.text) from None
    if size == 0 and root != EMPTY_ROOT:
        raise RecordError("checkpoint.root", f"expected the root of nothing at size 0, found {root.hex()}")
    return root
