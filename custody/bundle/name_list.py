"""The list of what was called what: a table that any spreadsheet opens and none runs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO, Final

from custody.bundle.names import show_text

COLUMNS: Final = ("original name", "written name", "sha256", "size", "kind", "modified", "link target")
WITHHELD: Final = "(withheld)"

# A spreadsheet runs a cell that begins so as a formula; in East Asia also with the wide forms of these signs.
_FORMULA = ("=", "+", "-", "@", "'", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@dataclass(frozen=True, slots=True)
class Row:
    """One record: its own name and link target as raw bytes (None: withheld), and what became of it."""

    original: bytes | None
    written: str
    sha256: str
    size: str
    kind: str
    modified: str = ""
    target: bytes | None = b""


class NameList:
    """Writes rows to ``file`` as CSV (RFC 4180) in UTF-8 with a byte order mark, without which Excel guesses wrong."""

    def __init__(self, file: BinaryIO) -> None:
        self._text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        self._table = csv.writer(self._text, lineterminator="\r\n")
        self._table.writerow(COLUMNS)

    def add(self, row: Row) -> None:
        """Write one row; names show what can't be seen as ``%XX``."""
        cells = (
            show_name(row.original),
            row.written,
            row.sha256,
            row.size,
            row.kind,
            row.modified,
            show_name(row.target),
        )
        self._table.writerow(map(guard_cell, cells))

    def close(self) -> None:
        """Write what is left, and close the file."""
        self._text.close()


def guard_cell(text: str) -> str:
    """Return ``text`` as a cell that no spreadsheet runs as a formula."""
    return "'" + text if text.startswith(_FORMULA) else text


def show_name(raw: bytes | None) -> str:
    """Return a name to read, in which nothing is hidden."""
    return WITHHELD if raw is None else show_text(raw)


def format_links(links: Iterable[tuple[bytes | None, bytes | None]]) -> bytes:
    """Return the listing of symbolic links: name and target, one link a line, neither of which can break a line."""
    return "".join(f"{show_name(name)}  ->  {show_name(target)}\n" for name, target in links).encode("utf-8")
