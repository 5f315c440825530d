"""Lists of pieces in a bundle: which of a file's bytes are damaged, where the whole is not what was registered."""

from __future__ import annotations

from custody.verify.record.source import FoundFile, Source
from schemas import layout, limits, pieces
from schemas.content import FileRecord, Pieces
from schemas.errors import CustodyError
from schemas.report import Findings, Severity


class PieceLists:
    """The lists that file records of one bundle call for, each read once; ``named`` are their members."""

    def __init__(self, source: Source, present: frozenset[str], findings: Findings) -> None:
        self._source = source
        self._present = present
        self._findings = findings
        self._lists: dict[str, bytes | None] = {}
        self.named: set[str] = set()

    def check(self, where: str, record: FileRecord) -> bytes | None:
        """Return the digests of a file's pieces, 32 bytes each; nothing where it has none, or none that count.

        Findings: ``content.pieces`` (failed), ``content.pieces-absent`` (note).
        """
        committed = record.pieces
        if not isinstance(committed, Pieces) or not isinstance(record.size, int):
            return None
        wanted = (limits.PIECE_BYTES, pieces.count_pieces(record.size))
        if (committed.size, committed.count) != wanted or not committed.count:
            text = f"expected {wanted[1]} pieces of {wanted[0]} bytes of a file of {record.size}"
            self._fail(where, f"{text}, found {committed.count} of {committed.size}")
            return None
        name = layout.pieces_name(committed.root)
        self.named.add(name)
        if name not in self._lists:
            self._lists[name] = self._read(name, committed)
        return self._lists[name]

    def differ(self, where: str, expected: bytes | None, found: FoundFile) -> None:
        """Compare the pieces of a file that is as a whole what was registered: then its list must be too.

        Findings: ``content.pieces`` (failed).
        """
        if expected is not None and found.pieces and found.pieces != expected:
            places = pieces.describe(pieces.damaged(expected, found.pieces, size=found.size)) or "its length"
            self._fail(where, f"expected the list of this file's pieces, found one that differs in {places}")

    def damage(self, expected: bytes | None, found: FoundFile | str, record: FileRecord) -> str:
        """Return which bytes are damaged of what was found, to be put behind a text; nothing where that isn't known.

        A member that doesn't read back, of which the name is given, is read once more, piece by piece.
        """
        if expected is None or not isinstance(record.size, int):
            return ""
        if isinstance(found, str):
            digests = self._source.pieces(found)
        elif not (digests := found.pieces or bytes.fromhex(found.digests.get("blake3", ""))):
            return ""
        damaged = pieces.damaged(expected, digests, size=record.size)
        return f"; damaged: {pieces.describe(damaged)}" if damaged else ""

    def _fail(self, where: str, text: str) -> None:
        self._findings.add(9, Severity.FAILED, "content.pieces", where, text)

    def _read(self, name: str, committed: Pieces) -> bytes | None:
        if name not in self._present:
            text = "not in the bundle: if the file were damaged, nobody could say where"
            self._findings.add(9, Severity.NOTE, "content.pieces-absent", name, text)
            return None
        try:
            return pieces.parse_list(self._source.lines(name, limits.PIECE_LINE), pieces=committed)
        except CustodyError as error:
            self._fail(name, error.text)
            return None
