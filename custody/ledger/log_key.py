"""The log's own signature under a checkpoint: a key that signs notes, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from custody.verify.state import Ledger
from keys.note import NoteSignature, UnverifiedNote, format_note
from keys.private.signer import Signer
from keys.verifier_key import KeyType, VerifierKey, format_verifier_key, verifier_key
from schemas.checkpoint import Checkpoint, format_checkpoint
from schemas.errors import RefusedError


def log_verifier_key(origin: str, signer: Signer) -> VerifierKey:
    """Return the verifier key of a log key: type 0x01, named after the ledger's origin.

    Raises:
        RecordError: ``vkey.name``, ``key.public``.
    """
    return verifier_key(name=origin, type=KeyType.LOG, key=signer.public_key)


def sign_checkpoint(ledger: Ledger, checkpoint: Checkpoint, signers: Sequence[Signer]) -> bytes:
    """Return the signed note of ``checkpoint``, with one line of each of the ``signers``.

    Raises:
        RefusedError: ``append.log-key`` where a signer's key is none that the ledger has at this size.
        SigningKeyError: as a signer does.
    """
    body = format_checkpoint(checkpoint)
    lines = []
    for signer in signers:
        key = log_verifier_key(checkpoint.origin, signer)
        _check_declared(ledger, format_verifier_key(key), last=checkpoint.size - 1)
        lines.append(NoteSignature(key.name, key.id, signer.sign(body)))
    return format_note(UnverifiedNote(body, tuple(lines)))


def _check_declared(ledger: Ledger, key: str, *, last: int) -> None:
    """Who verifies believes only keys that the ledger's own entries declare for the entry at ``last``."""
    for known in ledger.log_keys:
        if known.key == key and known.first <= last and (known.last is None or last <= known.last):
            return
    raise RefusedError("append.log-key", f"expected a log key that {ledger.origin} has now, found {key}")
