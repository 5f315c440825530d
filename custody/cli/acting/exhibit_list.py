"""A list of exhibits in a file: one a line, or a column of a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from custody.cli.acting.secrets_typed import refuse_in_bytes
from custody.cli.files import read_file
from custody.evidence.list_text import ENCODING_HINT, ListSyntaxError, has_header, lines_of, rows_of
from custody.report.safe_text import show_path
from schemas import limits
from schemas.errors import UsageError


def read_exhibit_list(path: Path) -> Iterator[tuple[int, str | None, str]]:
    """Yield line number, case if the list has a column for it, and exhibit of each row.

    Either one exhibit a line, or values separated by commas, semicolons or tabs, whose header names a column
    ``exhibit`` and perhaps ``case``: so the list by which exhibits were registered serves for what follows. Empty lines
    are skipped, and a first line ``sep=;`` says what parts the values.

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
    if has_header(text, "exhibit"):
        yield from _read_table(path, text)
    else:
        yield from ((number, None, line) for number, line in lines_of(text, "exhibit"))


def _read_table(path: Path, text: str) -> Iterator[tuple[int, str | None, str]]:
    rows = rows_of(text, "exhibit")
    try:
        header = [cell.lower() for cell in next(rows, (1, []))[1]]
        for number, cells in rows:
            row = dict(zip(header, cells, strict=False))
            yield number, row.get("case") or None, row.get("exhibit", "")
    except ListSyntaxError as error:
        text = f"expected comma-separated values in {show_path(path)} at line {error.line}: {error}"
        hint = "a cell that starts with a quotation mark must end with one"
        raise UsageError("usage.list", text, hint=hint) from None
