"""Making signed notes: a log signs its checkpoint (0x01), a cosigner adds his timed line (0x04)."""

from __future__ import annotations

from dataclasses import dataclass

from keys.note import Note, NoteSignature, UnverifiedNote, cosigned_message, format_note, parse_note
from keys.private.signer import Signer
from keys.verifier_key import KeyType, VerifierKey, verifier_key
from schemas.errors import UsageError


@dataclass(frozen=True, slots=True)
class NoteSigner:
    """A key that signs notes under a name: a log's is the ledger's origin, a cosigner's his own."""

    name: str
    signer: Signer
    type: KeyType = KeyType.LOG

    @property
    def verifier_key(self) -> VerifierKey:
        """The key to hand out to those who shall believe the notes.

        Raises:
            RecordError: ``vkey.name``.
        """
        return verifier_key(name=self.name, type=self.type, key=self.signer.public_key)


def sign_note(text: bytes, *signers: NoteSigner) -> bytes:
    """Return a note of ``text``, UTF-8 with every line ended, signed by one or more log keys.

    Raises:
        UsageError: ``signing.key-type`` for a key of another type.
        RecordError: ``note.*`` where ``text`` can't be a note's, ``vkey.name``.
        SigningKeyError: where a key cannot be used.
    """
    if any(signer.type is not KeyType.LOG for signer in signers):
        raise UsageError("signing.key-type", "expected a log's key to sign a note")
    lines = tuple(_line(signer.verifier_key, signer.signer.sign(text)) for signer in signers)
    return _strict(UnverifiedNote(text, lines))


def cosign_note(note: Note, raw: bytes, *, signer: NoteSigner, time: int) -> bytes:
    """Return ``raw`` with a cosigner's line added: 'at ``time`` (POSIX seconds) this was the largest tree I had seen'.

    ``note`` is what `keys.note.open_note` made of ``raw``: nobody cosigns what he has not verified. That the tree is
    consistent with those that he cosigned before is for the caller to have checked.

    Raises:
        UsageError: ``signing.key-type`` for a key of another type, ``signing.note`` where ``note`` is not of ``raw``.
        RecordError: ``note.*``, ``vkey.name``.
        SigningKeyError: where the key cannot be used.
    """
    read = parse_note(raw)
    if signer.type is not KeyType.COSIGNER:
        raise UsageError("signing.key-type", "expected a cosigner's key to cosign a note")
    if read.text != note.text:
        raise UsageError("signing.note", "expected the note that was opened, found another text")
    assert 0 <= time < 2**63, "a time in POSIX seconds"
    body = time.to_bytes(8, "big") + signer.signer.sign(cosigned_message(read.text, time=time))
    return _strict(UnverifiedNote(read.text, (*read.signatures, _line(signer.verifier_key, body))))


def _line(key: VerifierKey, body: bytes) -> NoteSignature:
    return NoteSignature(key.name, key.id, body)


def _strict(note: UnverifiedNote) -> bytes:
    """Format a note and read it as a stranger would: a text that another reader splits elsewhere is never sent."""
    raw = format_note(note)
    if parse_note(raw) != note:
        raise UsageError("signing.note", "expected a text of whole lines")
    return raw
