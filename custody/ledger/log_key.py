"""The log's own signature under a checkpoint: a key that signs notes, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from custody.verify.rules.view import Ledger
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
    return _verifier_key(origin, signer.public_key)[0]


@lru_cache(maxsize=16)
def _verifier_key(origin: str, public_key: bytes) -> tuple[VerifierKey, str]:
    """Return a log's verifier key and its line; each append asks, and checking the point costs as much as signing."""
    key = verifier_key(name=origin, type=KeyType.LOG, key=public_key)
    return key, format_verifier_key(key)


def sign_checkpoint(ledger: Ledger, checkpoint: Checkpoint, signers: Sequence[Signer]) -> bytes:
    """Return the signed note of ``checkpoint``, with a line of each of the ``signers`` whose key the ledger declares.

    Who verifies believes only keys that the ledger's own entries declare for the newest entry; a key that is made but
    not yet declared, or ended already, stays silent.

    Raises:
        RefusedError: ``append.log-key`` where none of the keys is declared at this size.
        SigningKeyError: as a signer does.
    """
    body, last = format_checkpoint(checkpoint), checkpoint.size - 1
    declared = {key.key for key in ledger.log_keys if key.first <= last and (key.last is None or last <= key.last)}
    lines = []
    for signer in signers:
        key, line = _verifier_key(checkpoint.origin, signer.public_key)
        if line in declared:
            lines.append(NoteSignature(key.name, key.id, signer.sign(body)))
    if not lines:
        raise RefusedError("append.log-key", f"expected a log key that {ledger.origin} has at entry {last}, found none")
    return format_note(UnverifiedNote(body, tuple(lines)))
