"""C2SP signed notes: a text, an empty line, and signature lines (c2sp.org/signed-note, c2sp.org/tlog-cosignature).

    This is an example message.

    — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=

One spelling only: UTF-8 without control characters, canonical base64, every line ended. The text ends at the last
empty line. An `UnverifiedNote` is only read; a `Note` comes from `open_note` alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from keys.ed25519 import SIGNATURE_BYTES, check_signature
from keys.verifier_key import NAME, KeyType, VerifierKey
from schemas import limits
from schemas.errors import RecordError, VerificationError
from schemas.text import format_base64, parse_base64

_LINE = re.compile(rf"— ({NAME}) ([A-Za-z0-9+/=]+)")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


class NoteSignature(msgspec.Struct, frozen=True):
    """One signature line as it stands: ``id`` has 4 bytes, ``body`` at least one. Nothing about it is verified."""

    name: str
    id: bytes
    body: bytes


class UnverifiedNote(msgspec.Struct, frozen=True):
    """A note that was read and not verified; ``text`` ends in a newline."""

    text: bytes
    signatures: tuple[NoteSignature, ...]


class VerifiedSignature(msgspec.Struct, frozen=True):
    """A signature that holds under ``key``; ``time`` is a cosigner's, in POSIX seconds, and None for a log's."""

    key: VerifierKey
    time: int | None


class Note(msgspec.Struct, frozen=True):
    """A note with at least one signature of a key that the caller knows."""

    text: bytes
    verified: tuple[VerifiedSignature, ...]
    unverified: tuple[NoteSignature, ...]


def parse_note(raw: bytes) -> UnverifiedNote:
    """Return text and signature lines of a note, of which nothing is verified.

    Raises:
        RecordError: ``note.malformed``, ``note.size``, ``note.signatures`` above 100 lines, ``text.base64``.
    """
    if len(raw) > limits.NOTE_BYTES:
        raise RecordError("note.size", f"expected at most {limits.NOTE_BYTES} bytes, found {len(raw)}")
    try:
        text, empty_line, tail = raw.decode("utf-8").rpartition("\n\n")
    except UnicodeDecodeError:
        raise RecordError("note.malformed", "expected a note in UTF-8") from None
    if not empty_line or not tail.endswith("\n") or _CONTROL.search(text + tail):
        raise RecordError("note.malformed", "expected a text, an empty line and signature lines, each ended by LF")
    lines = tail[:-1].split("\n")
    if len(lines) > limits.NOTE_SIGNATURES:
        raise RecordError("note.signatures", f"expected at most {limits.NOTE_SIGNATURES}, found {len(lines)}")
    return UnverifiedNote(f"{text}\n".encode(), tuple(map(_parse_line, lines)))


def _parse_line(line: str) -> NoteSignature:
    match = _LINE.fullmatch(line)
    blob = parse_base64(match[2]) if match else b""
    if not match or len(blob) < 5:
        raise RecordError("note.malformed", f"expected a signature line, found {line[:80]!r}")
    return NoteSignature(match[1], blob[:4], blob[4:])


def format_note(note: UnverifiedNote) -> bytes:
    """Return the bytes of a note."""
    lines = (f"— {line.name} {format_base64(line.id + line.body)}\n" for line in note.signatures)
    return note.text + b"\n" + "".join(lines).encode("utf-8")


def open_note(raw: bytes, verifiers: Iterable[VerifierKey]) -> Note:
    """Return the note, having checked each signature of a known key; unknown keys are ignored, as the C2SP rules say.

    A key is known by name and id together. Keys of UNKNOWN type verify nothing.

    Raises:
        RecordError: as `parse_note`.
        VerificationError: ``note.signature`` where a known key's signature is wrong (whoever sent the rest),
            ``note.unsigned`` where no known key signed, ``note.duplicate`` where one signed twice, ``note.ambiguous``
            where two of ``verifiers`` share name and id.
    """
    note = parse_note(raw)
    known = _index(verifiers)
    verified: dict[VerifierKey, VerifiedSignature] = {}
    unverified = []
    for line in note.signatures:
        key = known.get((line.name, line.id))
        if key is None:
            unverified.append(line)
        elif key in verified:
            raise VerificationError("note.duplicate", f"expected one signature of {key.name}, found two")
        else:
            verified[key] = VerifiedSignature(key, _check_line(note.text, line.body, key))
    if not verified:
        raise VerificationError("note.unsigned", "expected the signature of a known key, found none")
    return Note(note.text, tuple(verified.values()), tuple(unverified))


def _index(verifiers: Iterable[VerifierKey]) -> dict[tuple[str, bytes], VerifierKey]:
    known: dict[tuple[str, bytes], VerifierKey] = {}
    for key in verifiers:
        if key.type is not KeyType.UNKNOWN and known.setdefault((key.name, key.id), key) != key:
            raise VerificationError("note.ambiguous", f"expected one key {key.name}+{key.id.hex()}, found two")
    return known


def _check_line(text: bytes, body: bytes, key: VerifierKey) -> int | None:
    """Check one signature and return its time, if its type has one."""
    head, signature = body[:-SIGNATURE_BYTES], body[-SIGNATURE_BYTES:]
    time = int.from_bytes(head, "big") if key.type is KeyType.COSIGNER else None
    if len(head) != (0 if time is None else 8) or (time or 0) >= 2**63:
        raise VerificationError("note.signature", f"expected a signature of {key.name}, found {len(body)} bytes")
    message = text if time is None else cosigned_message(text, time=time)
    try:
        check_signature(key=key.key, message=message, signature=signature)
    except VerificationError:
        raise VerificationError("note.signature", f"expected the signature of {key.name}, found another") from None
    return time


def cosigned_message(text: bytes, *, time: int) -> bytes:
    """Return what a cosigner signs for a note's ``text`` at ``time``, in POSIX seconds (c2sp.org/tlog-cosignature)."""
    return b"cosignature/v1\ntime %d\n%s" % (time, text)
