"""The text of a list that a person saved from a spreadsheet or an editor: its encoding, and what parts its columns."""

from __future__ import annotations

import csv
from typing import Final

SEPARATORS: Final = (",", ";", "\t")
"""Where a comma parts the digits of a number, spreadsheets save semicolons; copied cells have tabs."""
ENCODING_HINT: Final = "save the list as 'CSV UTF-8'"


def separator_of(text: str, column: str) -> str:
    """Return the separator by which the first line that isn't empty names ``column``; a comma where none does."""
    # Not by splitlines, which cuts at other signs too.
    header = next((line for line in text.split("\n") if line.strip()), "")
    return next((mark for mark in SEPARATORS if column in cells_of(header, mark)), ",")


def cells_of(line: str, separator: str) -> list[str]:
    """Return the trimmed cells of one line; none where it can't be read as such."""
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=separator), [])]
    except csv.Error:
        return []
