"""A list of exhibits, as it comes from a spreadsheet: every row is checked before anything is done.

    exhibit,path,nature,kind,description,obtained,place,seized_from,seal
    EX-1,images/phone.dd,,phone,Image of the phone,seizure,Room 4,suspect-1,
    EX-2,,object,phone,The phone itself,seizure,Room 4,suspect-1,S-0001

The first row names the columns, in any order and in small or capital letters; only ``exhibit``, ``kind``,
``description`` and ``obtained`` must be there. UTF-8 with or without a byte order mark, LF or CRLF; commas part the
cells, or semicolons or tabs where the header has those, or whatever a first line ``sep=;`` names. Empty rows are
skipped, above the header too; cells are trimmed. Rows are counted as they stand in the file. Paths are taken from the
folder of the list.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

import msgspec

from custody.evidence.list_text import ENCODING_HINT, ListSyntaxError, rows_of
from custody.evidence.rows import REQUIRED, Cells, Method, RowError, check_row
from schemas import limits
from schemas.details.exhibit import Handling, Kind, Nature, Obtained
from schemas.details.seizure import Isolation, Power
from schemas.details.source import Channel, SourceType
from schemas.errors import UsageError

NEXT: Final = "next"
"""The exhibit number that stands for the next free one; it alone may occur in several rows."""


@dataclass(frozen=True, slots=True)
class Item:
    """One row. Absent cells are empty or None; ``handling`` and ``isolation`` are sorted, ``path``
    absolute. Where there is a ``left`` or an ``isolation`` there is a ``power``.

    ``method`` and what follows describe an acquisition, and then ``method``, ``tool`` and ``version`` are there.
    ``source_type`` and what follows say where records came from; their times are as they were typed.
    """

    row: int
    exhibit: str
    kind: Kind
    description: str
    obtained: Obtained
    nature: Nature
    path: Path | None
    place: str = ""
    seized_from: str = ""
    seal: str = ""
    identifiers: str = ""
    legal_authority: str = ""
    data_country: str = ""
    handling: tuple[Handling, ...] = ()
    method: Method | None = None
    tool: str = ""
    version: str = ""
    arguments: str = ""
    device: str = ""
    serial: str = ""
    write_blocker: str = ""
    power: Power | None = None
    left: Power | None = None
    isolation: tuple[Isolation, ...] = ()
    source_type: SourceType | None = None
    provider: str = ""
    account: str = ""
    period_from: str = ""
    period_to: str = ""
    time_zone: str = ""
    request: str = ""
    channel: Channel | None = None
    captured_url: str = ""
    captured_at: str = ""


COLUMNS: Final = tuple(field.name for field in fields(Item) if field.name != "row")


class ItemsError(UsageError):
    """A list with errors: all of them stand in ``errors``, and in the text."""

    def __init__(self, code: str, text: str, *, hint: str = "", errors: tuple[RowError, ...] = ()) -> None:
        super().__init__(code, text, hint=hint)
        self.errors = errors


def parse_items(raw: bytes, *, folder: Path) -> tuple[Item, ...]:
    """Return the rows of a list whose relative paths start at ``folder``.

    Raises:
        ItemsError: ``items.encoding``, ``items.header`` or ``items.empty`` for the list as a whole; ``items.rows`` for
            its rows, with every error of every row.
    """
    rows = _read_rows(raw)
    header = [cell.lower() for cell in next(rows, (1, []))[1]]
    while header and not header[-1]:
        # A spreadsheet that once had more columns still writes their commas.
        header.pop()
    names = _check_header(header)
    found: list[Cells] = []
    errors: list[RowError] = []
    for number, values in rows:
        if any(values[len(names) :]):
            errors.append(RowError(number, f"expected {len(names)} cells, found {len(values)}"))
        cells = Cells(number, dict(zip(names, values, strict=False)))
        errors.extend(check_row(cells, folder=folder))
        found.append(cells)
    errors.extend(_find_duplicates(found, folder))
    _raise_if_any(errors)
    if not found:
        raise ItemsError("items.empty", "expected at least one row below the header, found none")
    return tuple(_build(cells, folder) for cells in found)


def _read_rows(raw: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield number and trimmed cells of every row that isn't empty."""
    if len(raw) > limits.JSON_BYTES:
        raise ItemsError("items.size", f"expected a list of at most {limits.JSON_BYTES} bytes, found {len(raw)}")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = f"found byte 0x{error.object[error.start]:02x}"
        raise ItemsError("items.encoding", f"expected UTF-8, {found}", hint=ENCODING_HINT) from None
    try:
        yield from rows_of(text, "exhibit")
    except ListSyntaxError as error:
        hint = "a cell that starts with a quotation mark must end with one"
        expected = f"expected comma-separated values at line {error.line}: {error}"
        raise ItemsError("items.syntax", expected, hint=hint) from None


def _check_header(names: Sequence[str]) -> tuple[str, ...]:
    unknown = [name for name in names if name not in COLUMNS]
    if unknown:
        separator = "" if len(names) > 1 else "the columns must be separated by commas, semicolons or tabs"
        text = f"expected columns of {', '.join(COLUMNS)}; found {', '.join(repr(name) for name in unknown)}"
        raise ItemsError("items.header", text, hint=separator)
    if not names:
        raise ItemsError("items.header", f"expected a header that names {', '.join(REQUIRED)}, found an empty list")
    twice = sorted({name for name in names if names.count(name) > 1})
    missing = [name for name in REQUIRED if name not in names]
    if twice or missing:
        what = f"{twice[0]} twice" if twice else f"no {missing[0]}"
        raise ItemsError("items.header", f"expected each of {', '.join(REQUIRED)} once in the header, found {what}")
    return tuple(names)


def _find_duplicates(rows: Sequence[Cells], folder: Path) -> Iterator[RowError]:
    """Yield an error for every number and every path that an earlier row has."""
    numbers: dict[str, int] = {}
    paths: dict[str, int] = {}
    for cells in rows:
        number, path = cells["exhibit"], cells["path"]
        if number and number != NEXT:
            first = numbers.setdefault(number, cells.row)
            if first != cells.row:
                yield RowError(cells.row, f"expected a new exhibit number, found {number!r} of row {first}")
        # With a NUL it is none, which the row says by itself.
        if path and "\0" not in path:
            first = paths.setdefault(os.path.realpath(folder / path), cells.row)
            if first != cells.row:
                yield RowError(cells.row, f"expected a path of its own, found {path!r} of row {first}")


def _raise_if_any(errors: Sequence[RowError]) -> None:
    if errors:
        raise rows_error(sorted(errors, key=lambda error: error.row))


def rows_error(errors: Sequence[RowError]) -> ItemsError:
    """Return the error that names all of these, in this order."""
    text = f"expected rows without errors, found {len(errors)}: {'; '.join(map(str, errors))}"
    return ItemsError("items.rows", text, hint="nothing was registered; correct the list", errors=tuple(errors))


def _build(cells: Cells, folder: Path) -> Item:
    values: dict[str, object] = {column: cell for column, cell in cells.values.items() if cell}
    path = cells["path"]
    values["row"] = cells.row
    values["path"] = Path(os.path.abspath(folder / path)) if path else None
    values["handling"] = cells.handling
    values["isolation"] = cells.isolation
    values.setdefault("nature", "data" if path else "object")
    return msgspec.convert(values, Item)
