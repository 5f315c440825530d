"""The text of a list that a person saved from a spreadsheet or an editor: its encoding, and what parts its columns."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from io import StringIO
from typing import Final

SEPARATORS: Final = (",", ";", "\t")
"""Where a comma parts the digits of a number, spreadsheets save semicolons; copied cells have tabs."""
ENCODING_HINT: Final = "save the list as 'CSV UTF-8'"
_NAMED: Final = re.compile(r'\s*"?sep=([^"\w\s]|\t)"?\1*\s*', re.IGNORECASE)
"""The first line by which a spreadsheet is told the separator, whatever the country's is."""
_EMPTY: Final = " \r\t,;"


class ListSyntaxError(Exception):
    """A list that can't be parted into rows, from ``line`` on."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line = line


def has_header(text: str, column: str) -> bool:
    """Tell whether the first row that says something names ``column``, in whatever letters."""
    mark, plain = _part(text, column)
    return column in _cells_of(_first(plain), mark)


def rows_of(text: str, column: str) -> Iterator[tuple[int, list[str]]]:
    """Yield number and trimmed cells of each row that isn't empty.

    Rows are counted from 1, as they stand in the file, with those that are empty and the one that names the separator.
    Else the first row that says something shows it, by naming ``column``; a comma parts them where none does.

    Raises:
        ListSyntaxError: a quotation mark is not closed, or stands within a cell.
    """
    mark, plain = _part(text, column)
    # Only CR and LF end a row; splitting as text does would also cut a cell at other separators.
    reader = csv.reader(StringIO(plain, newline=""), strict=True, delimiter=mark)
    try:
        for number, cells in enumerate(reader, start=1):
            trimmed = [cell.strip() for cell in cells]
            if any(trimmed):
                yield number, trimmed
    except csv.Error as error:
        raise ListSyntaxError(reader.line_num, str(error)) from None


def lines_of(text: str, column: str) -> Iterator[tuple[int, str]]:
    """Yield number and trimmed text of each line that says more than a separator; counted as `rows_of` does."""
    _, plain = _part(text, column)
    for number, line in enumerate(plain.split("\n"), start=1):
        if line.strip(_EMPTY):
            yield number, line.strip()


def _part(text: str, column: str) -> tuple[str, str]:
    """Return the separator of a list, and its text with an empty line in place of the one that names it."""
    first = _first(text)
    named = _NAMED.fullmatch(first)
    if named is not None:
        return named[1], text.replace(first, "", 1)
    return next((mark for mark in SEPARATORS if column in _cells_of(first, mark)), ","), text


def _first(text: str) -> str:
    # Not by splitlines, which cuts at other signs too.
    return next((line for line in text.split("\n") if line.strip(_EMPTY)), "")


def _cells_of(line: str, separator: str) -> list[str]:
    """Return the trimmed cells of one line in small letters; none where it can't be read as such."""
    try:
        return [cell.strip().lower() for cell in next(csv.reader([line], delimiter=separator), [])]
    except csv.Error:
        return []
