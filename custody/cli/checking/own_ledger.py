"""The ledger of the home: whoever works with it believes it, whether his trust file names it or not.

What comes home carries what left from here, so a trust file would have to hold one's own ledger, and be changed with
each of its log keys. Who records in a home believes it by that. Who only verifies believes it where he has signed in it
before, and it says of itself what it said then: a home in the folder of somebody else's stick vouches for nothing.
"""

from __future__ import annotations

from hashlib import sha256

from custody.cli.checking.newest import check_keys, checked_note
from custody.cli.checking.trust_file import EMPTY, format_trust, with_ledger
from custody.ledger.store import INDEX_HINT
from custody.report.words import format_value
from custody.storage.home import Home
from custody.verify.rules.view import Ledger
from custody.verify.verify import Trusted
from schemas.checkpoint import Checkpoint
from schemas.details.ledger import LedgerOpened
from schemas.entry import parse_entry
from schemas.errors import StorageError
from schemas.text import format_base64
from schemas.trust import LogKey, SeenCheckpoint, TrustedLedger
from schemas.types import UNSET


def describe_ledger(home: Home, *, with_checkpoint: bool = False) -> TrustedLedger:
    """Return what a stranger has to know to believe the ledger of a home.

    Raises:
        StorageError: ``ledger.unreadable`` where nothing opens it, or where its rows name other keys than its entries;
            others as the store does.
        VerificationError: as `checked_note`.
        RecordError: an entry or a checkpoint that is none.
    """
    with home.store.read() as reader:
        known, first = reader.view().ledger(), parse_entry(reader.entry(0))
        newest = checked_note(reader) if with_checkpoint else None
        if newest is None:
            check_keys(reader)
    opened = first.event.details
    if known is None or known.origin != home.origin or not isinstance(opened, LedgerOpened):
        text = f"expected an entry 0 that opens {home.origin}, and its row, found something else"
        raise StorageError("ledger.unreadable", text, hint=INDEX_HINT)
    authority = home.store.disclosures.get([opened.authority.commitment]).get(opened.authority.commitment)
    return TrustedLedger(
        authority="withheld" if authority is None else format_value(authority.value),
        country=opened.country,
        genesis=first.leaf.hex(),
        log_keys=log_keys_of(known),
        origin=known.origin,
        seen=() if newest is None else (_seen(*newest),),
    )


def log_keys_of(ledger: Ledger) -> tuple[LogKey, ...]:
    """Return the keys that sign a ledger's checkpoints, as a trust file names them."""
    keys = ledger.log_keys
    return tuple(LogKey(first=key.first, key=key.key, last=UNSET if key.last is None else key.last) for key in keys)


def _seen(note: bytes, checkpoint: Checkpoint) -> SeenCheckpoint:
    return SeenCheckpoint(note=format_base64(note), root=checkpoint.root.hex(), size=checkpoint.size)


def trusting_own(trusted: Trusted, home: Home) -> Trusted:
    """Return what was read from a trust file, and that the ledger of ``home`` is believed; one of its name stays as it
    is there.

    Raises:
        StorageError, RecordError: as `describe_ledger`.
    """
    believed = EMPTY if trusted.trust is None else trusted.trust
    if believed.ledger(home.origin) is not None:
        return trusted
    trust = with_ledger(believed, describe_ledger(home))
    return Trusted(trust, sha256(format_trust(trust)).hexdigest(), trusted.consistency)
