"""Checkpoints that go out of a home: none does before it was compared with the ledger's keys and its tree.

Whoever can write rows, and sign nothing, must not have a key or a note of his own handed out: kept by an auditor, it
would later speak against the ledger.
"""

from __future__ import annotations

from custody.bundle.closure import find_closure
from custody.ledger.agreement import check_entries
from custody.ledger.prove import TileNodes, tree_root
from custody.ledger.store import LedgerReader
from keys.note import open_note
from keys.verifier_key import parse_verifier_key
from schemas.checkpoint import Checkpoint, parse_checkpoint
from schemas.errors import VerificationError


def checked_note(reader: LedgerReader, size: int | None = None) -> tuple[bytes, Checkpoint]:
    """Return the checkpoint of all entries, or that made at ``size``, as it was signed and as it is read; its signature
    and the tree's root verified.

    Raises:
        VerificationError: ``note.*``, ``status.checkpoint`` where it isn't about this tree.
        StorageError: ``ledger.no-checkpoint``, as `check_keys`, and as the store does.
    """
    check_keys(reader)
    ledger, wanted = reader.view().ledger(), reader.head().size if size is None else size
    keys = [parse_verifier_key(key.key) for key in ledger.log_keys] if ledger is not None else []
    note = reader.checkpoint(size)
    checkpoint = parse_checkpoint(open_note(note, keys).text)
    root = tree_root(TileNodes(reader.tiles(), wanted), wanted)
    if (checkpoint.size, checkpoint.root) != (wanted, root):
        raise VerificationError(
            "status.checkpoint",
            f"expected a checkpoint of {wanted} entries and {root.hex()}, "
            f"found one of {checkpoint.size} and {checkpoint.root.hex()}",
            hint="custody audit says what is wrong; keep everything as it is",
        )
    return note, checkpoint


def check_keys(reader: LedgerReader) -> None:
    """Raise unless the rows name the log keys that the ledger's entries do.

    Raises:
        StorageError: ``ledger.unreadable``.
    """
    check_entries(reader.view(), find_closure(reader, [], size=reader.head().size).entries, ())
