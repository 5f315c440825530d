"""What a worker process does with signatures. It imports next to nothing, so that it starts fast."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from keys.ed25519 import check_signature
from schemas.errors import VerificationError

Work: TypeAlias = tuple[int, bytes, bytes, bytes]
"""Number of the event, entry or checkpoint, raw key, signed message, signature."""


def failures_in(batch: Sequence[Work]) -> list[tuple[int, VerificationError]]:
    """Return those of a batch that don't hold, by number, and why."""
    failed = []
    for number, key, message, signature in batch:
        try:
            check_signature(key=key, message=message, signature=signature)
        except VerificationError as error:
            failed.append((number, error))
    return failed
