"""A list of exhibits in a file: one a line, or a column of a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from custody.cli.acting.secrets_typed import refuse_in_bytes
from custody.cli.files import read_file
from custody.evidence.list_text import ENCODING_HINT, cells_of, separator_of
from custody.report.safe_text import show_path
from schemas import limits
from schemas.errors import UsageError


def read_exhibit_list(path: Path) -> Iterator[tuple[int, str | None, str]]:
    """Yield line number, case if the list has a column for it, and exhibit of each row.

    Either one exhibit a line, or values separated by commas, semicolons or tabs, whose header names a column
    ``exhibit`` and perhaps ``case``: so the list by which exhibits were registered serves for what follows. Empty lines
    are skipped.

    Raises:
        UsageError: ``usage.list``, ``usage.size``, ``secret.refused``.
    """
    raw = read_file(path, maximum=limits.JSON_BYTES)
    refuse_in_bytes(raw)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = f"found byte 0x{error.object[error.start]:02x}"
        raise UsageError("usage.list", f"expected UTF-8 in {show_path(path)}, {found}", hint=ENCODING_HINT) from None
    mark = separator_of(text, "exhibit")
    lines = [(number, line.strip()) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if lines and "exhibit" in cells_of(lines[0][1], mark):
        yield from _read_table(path, text, mark)
    else:
        yield from ((number, None, line) for number, line in lines)


def _read_table(path: Path, text: str, mark: str) -> Iterator[tuple[int, str | None, str]]:
    reader = csv.reader(StringIO(text, newline=""), strict=True, delimiter=mark)
    header: list[str] = []
    try:
        for number, cells in enumerate(reader, start=1):
            trimmed = [cell.strip() for cell in cells]
            if not header:
                header = trimmed if any(trimmed) else []
                continue
            row = dict(zip(header, trimmed, strict=False))
            if any(trimmed):
                yield number, row.get("case") or None, row.get("exhibit", "")
    except csv.Error as error:
        text = f"expected comma-separated values in {show_path(path)} at line {reader.line_num}: {error}"
        raise UsageError("usage.list", text) from None
