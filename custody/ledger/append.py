"""The one write path: whatever stands in a ledger came through `append`.

All of it happens under the ledger's only write lock and in one transaction: events are read as a stranger would read
them, their keys and signatures matched as the verifier matches them, the custody rules asked, entries linked to the
head, and then entries, tiles, subjects, states and one checkpoint over all of them written. A batch stands wholly or
not at all, and what is refused leaves nothing behind.

Order in which things reach the disk, and what a crash leaves:

1. The private values of the batch, in their own file. A crash now leaves values that no entry commits to: nobody finds
   them, they prove nothing, and submitting the batch again finds them in place. The other order could leave an
   acknowledged entry whose values are lost for ever.
2. The ledger's transaction, synced by the commit. A crash before its end leaves the ledger as it was: the lock dies
   with the process, and the half-written log of the database is ignored. A crash after it leaves all of it.
3. Only then are receipts handed out: every entry that was acknowledged is on the disk.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Sized
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from custody.ledger.appending import Appending, LookBehind, Receipt
from custody.ledger.bound_content import NO_LISTS, FileLists
from custody.ledger.collector import without_collector
from custody.ledger.store import Head, LedgerStore
from custody.ledger.submission import AHEAD, Submission
from keys.private.signer import Signer
from schemas import text
from schemas.errors import RefusedError, UsageError

CHUNK: Final = 512
"""Events that are read, checked and written at a time, so that memory doesn't grow with a batch."""
JUMP: Final = timedelta(hours=24)


def append(
    store: LedgerStore,
    submissions: Iterable[Submission],
    *,
    at: datetime,
    log_signers: Sequence[Signer],
    clock_is_right: bool = False,
    may_spawn: bool = False,
    behind: LookBehind | None = None,
    lists: FileLists = NO_LISTS,
) -> tuple[Receipt, ...]:
    """Append a batch as one, in its order, at the time ``at`` (aware), and return a receipt for each event.

    ``may_spawn`` lets a batch of some thousand events use other processes for signatures; the program's main module
    must be guarded (``if __name__ == "__main__"``), as `multiprocessing` wants it.
    ``behind`` looks at the letters and proofs on which an event rests, and raises where they don't bear it. ``lists``
    are those of the files of large exhibits: what leaves may not hold the files of what is bound to another ledger.
    An event of type ``bundle.exported`` must be the last of its batch: its checkpoint ends with it.

    Raises:
        RecordError: bytes that are no event.
        VerificationError: ``keys.*``, ``signatures.*``, ``signature.invalid``, ``enrolment.proof``.
        RuleViolation: ``rule.*``.
        RefusedError: ``event.*``, ``disclosure.*``, ``number.*``, ``append.*``.
        StorageError: as the store does.
        UsageError: ``append.empty``, ``append.no-log-key``.
    """
    if not log_signers:
        raise UsageError("append.no-log-key", "expected a log key to sign the checkpoint with, found none")
    waiting = iter(submissions)
    expected = len(submissions) if isinstance(submissions, Sized) else 0
    with store.write() as writer, without_collector():
        recorded_at = recording_time(writer.head(), at=at, clock_is_right=clock_is_right)
        with Appending(writer, recorded_at=recorded_at, may_spawn=may_spawn, behind=behind, lists=lists) as appending:
            appending.expect(expected)
            while chunk := tuple(islice(waiting, CHUNK)):
                appending.add(chunk)
            appending.finish(log_signers)
        if appending.disclosures:
            store.disclosures.put(appending.disclosures)
    return tuple(appending.receipts)


def recording_time(head: Head, *, at: datetime, clock_is_right: bool) -> datetime:
    """Return the time under which the next entries are recorded: ``at``, or the newest entry's where that is later.

    Who waits for the lock reads the clock before he gets it, and clocks of two machines differ a little; so up to 300
    seconds are made up for. More means that some clock is wrong, and a wrong time stays in the ledger for ever.

    Raises:
        RefusedError: ``append.clock-backward``, ``append.clock-jump``.
    """
    if not head.size:
        return at
    newest = datetime.fromisoformat(head.recorded_at)
    if at < newest - AHEAD:
        raise RefusedError(
            "append.clock-backward",
            f"expected a time from {head.recorded_at} on, found {text.format_time(at)}",
            hint="set the clock of this machine",
        )
    if at > newest + JUMP and not clock_is_right:
        raise RefusedError(
            "append.clock-jump",
            f"expected a time within 24 h of the newest entry, {head.recorded_at}, found {text.format_time(at)}",
            hint="if the clock of this machine is right, say so with --clock-is-right",
        )
    return max(at, newest)
