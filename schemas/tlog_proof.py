"""The proof of a single record as a text file (C2SP tlog-proof), suffix ``.tlog-proof``.

The second of the records ``one`` and ``two``; the signature is shortened here:

    c2sp.org/tlog-proof@v1
    index 1
    0Nc2CrefWKseHj/mStd+LqC8B+NrX0btIiPt2SmN+ek=

    evidence.police.example/main
    2
    T1X2GdkhUjV3iyufF9b0kVsWFxIU0VI4EpNml2Teci4=

    — evidence.police.example/main cnn1EcLv...

An optional line ``extra <base64>`` stands before the index; nothing vouches for it. The note is kept byte for byte.
Other readers let CR line ends, leading zeros and loose base64 pass; here every file has one spelling.
"""

from __future__ import annotations

import re

import msgspec

from schemas import limits, text
from schemas.checkpoint import Checkpoint, parse_checkpoint
from schemas.errors import RecordError

HEADER = "c2sp.org/tlog-proof@v1"

_SIGNATURE = re.compile(r"— [^\s+\x00-\x20]{1,255} ([A-Za-z0-9+/=]+)")


class TlogProof(msgspec.Struct, frozen=True):
    """An inclusion proof with the signed checkpoint that it leads to; nothing about it is verified yet.

    The index and the 32-byte ``nodes``, leaf's sibling first, are RFC 6962's. ``checkpoint`` is what the note says
    before anybody has looked at its signatures.
    """

    index: int
    nodes: tuple[bytes, ...]
    note: bytes
    extra: bytes = b""

    @property
    def checkpoint(self) -> Checkpoint:
        """Return the checkpoint in the note, unverified.

        Raises:
            RecordError: as `parse_checkpoint`.
        """
        return parse_checkpoint(self.note[: self.note.rfind(b"\n\n") + 1])


def format_tlog_proof(proof: TlogProof) -> bytes:
    """Return the file of ``proof``."""
    lines = [HEADER]
    if proof.extra:
        lines.append(f"extra {text.format_base64(proof.extra)}")
    lines += [f"index {proof.index}", *map(text.format_base64, proof.nodes), "", ""]
    return "\n".join(lines).encode("ascii") + proof.note


def parse_tlog_proof(raw: bytes) -> TlogProof:
    """Return the proof of which ``raw`` is the one spelling.

    Raises:
        RecordError: ``tlog-proof.malformed``, ``tlog-proof.header``, ``tlog-proof.extra``, ``tlog-proof.index``,
            ``tlog-proof.nodes``, ``tlog-proof.note`` where that part is wrong; ``checkpoint.*``.
    """
    head, gap, note = raw.partition(b"\n\n")
    if len(raw) > limits.NOTE_BYTES or not gap or not head.isascii():
        raise RecordError("tlog-proof.malformed", "expected a proof, an empty line and a note")
    lines = head.decode("ascii").split("\n")
    if lines.pop(0) != HEADER:
        raise RecordError("tlog-proof.header", f"expected {HEADER}")
    extra = _parse_extra(lines.pop(0)) if lines and lines[0].startswith("extra") else b""
    index = _parse_index(lines.pop(0) if lines else "")
    proof = TlogProof(index, _parse_nodes(lines), note, extra)
    _check_signature_lines(note)
    if index >= proof.checkpoint.size:
        raise RecordError("tlog-proof.index", f"expected an index below {proof.checkpoint.size}, found {index}")
    return proof


def _parse_extra(line: str) -> bytes:
    word, _, spelled = line.partition(" ")
    if word != "extra" or not spelled:
        raise RecordError("tlog-proof.extra", f"expected extra and base64, found {line[:40]!r}")
    try:
        return text.parse_base64(spelled)
    except RecordError as error:
        raise RecordError("tlog-proof.extra", error.text) from None


def _parse_index(line: str) -> int:
    word, _, spelled = line.partition(" ")
    if word != "index":
        raise RecordError("tlog-proof.index", f"expected index and a number, found {line[:40]!r}")
    try:
        return text.parse_decimal(spelled, maximum=limits.TREE_SIZE)
    except RecordError as error:
        raise RecordError("tlog-proof.index", error.text) from None


def _parse_nodes(lines: list[str]) -> tuple[bytes, ...]:
    if len(lines) > limits.PROOF_HASHES:
        raise RecordError("tlog-proof.nodes", f"expected at most {limits.PROOF_HASHES} hashes, found {len(lines)}")
    try:
        return tuple(text.parse_base64(line, size=32) for line in lines)
    except RecordError as error:
        raise RecordError("tlog-proof.nodes", error.text) from None


def _check_signature_lines(note: bytes) -> None:
    """Want signature lines of the one form, none twice; whose they are, the reader of the note decides."""
    try:
        lines = note[note.rfind(b"\n\n") + 2 :].decode("utf-8").split("\n")
    except UnicodeDecodeError:
        raise RecordError("tlog-proof.note", "expected a note in UTF-8") from None
    if b"\n\n" not in note or lines.pop() or not 0 < len(lines) <= limits.NOTE_SIGNATURES:
        raise RecordError("tlog-proof.note", f"expected a note with 1 to {limits.NOTE_SIGNATURES} signature lines")
    if len(set(lines)) != len(lines):
        raise RecordError("tlog-proof.note", "expected each signature line once")
    for line in lines:
        found = _SIGNATURE.fullmatch(line)
        try:
            is_signature = found is not None and len(text.parse_base64(found.group(1))) > 4
        except RecordError:
            is_signature = False
        if not is_signature:
            raise RecordError("tlog-proof.note", f"expected a signature line, found {line[:80]!r}")
