"""Cosigning a note: adding a line with a time (0x04). The log signs in `custody.ledger.log_key`."""

from __future__ import annotations

from dataclasses import dataclass

from keys.note import Note, NoteSignature, UnverifiedNote, cosigned_message, format_note, parse_note
from keys.private.signer import Signer
from keys.verifier_key import KeyType, VerifierKey, verifier_key
from schemas.errors import UsageError


@dataclass(frozen=True, slots=True)
class Cosigner:
    """A key that cosigns notes under a name of its own."""

    name: str
    signer: Signer

    @property
    def verifier_key(self) -> VerifierKey:
        """The key to hand out to those who shall believe the cosigner.

        Raises:
            RecordError: ``vkey.name``.
        """
        return verifier_key(name=self.name, type=KeyType.COSIGNER, key=self.signer.public_key)


def cosign_note(note: Note, raw: bytes, *, cosigner: Cosigner, time: int) -> bytes:
    """Return ``raw`` with a cosigner's line added: 'at ``time`` (POSIX seconds) this was the largest tree I had seen'.

    ``note`` is what `keys.note.open_note` made of ``raw``: nobody cosigns what he has not verified. That the tree is
    consistent with those that he cosigned before is for the caller to have checked.

    Raises:
        UsageError: ``signing.note`` where ``note`` is not of ``raw``.
        RecordError: ``note.*``, ``vkey.name``.
        SigningKeyError: where the key cannot be used.
    """
    read = parse_note(raw)
    if read.text != note.text:
        raise UsageError("signing.note", "expected the note that was opened, found another text")
    assert 0 <= time < 2**63, "a time in POSIX seconds"
    key = cosigner.verifier_key
    body = time.to_bytes(8, "big") + cosigner.signer.sign(cosigned_message(read.text, time=time))
    cosigned = format_note(UnverifiedNote(read.text, (*read.signatures, NoteSignature(key.name, key.id, body))))
    parse_note(cosigned)  # what a stranger would not read, such as a line too many, is never sent
    return cosigned
