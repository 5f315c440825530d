"""What a worker process does with signatures. It imports next to nothing, so that it starts fast."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import TypeAlias

from keys.ed25519 import check_signature
from schemas.errors import VerificationError

Work: TypeAlias = tuple[int, bytes, bytes, bytes]
"""Number of the event, entry or checkpoint, raw key, signed message, signature."""
Failures: TypeAlias = list[tuple[int, VerificationError]]
"""By that number, why a signature doesn't hold."""


def serve(connection: Connection) -> None:
    """Answer each batch that comes with a byte for each signature, 0 for one that doesn't hold, until the other side
    hangs up.

    So an answer is short however much has failed: one that fills the pipe would wait for a reader who is just sending
    the next batch.
    """
    # An interruption is for the caller, who hangs up then.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError, OSError):
        while True:
            connection.send_bytes(bytes(not failures_in([work]) for work in connection.recv()))


def failures_in(batch: Sequence[Work]) -> Failures:
    """Return those of a batch that don't hold, by number, and why."""
    failed = []
    for number, key, message, signature in batch:
        try:
            check_signature(key=key, message=message, signature=signature)
        except VerificationError as error:
            failed.append((number, error))
    return failed
