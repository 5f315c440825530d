"""What one row of a list of exhibits may say; every error of a row is found, not only the first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, get_args

from custody.evidence.sources import find_sources
from schemas import text
from schemas.details.exhibit import Handling, Kind, Nature, Obtained
from schemas.details.seizure import Isolation, Power
from schemas.details.source import Channel, SourceType
from schemas.errors import CustodyError

REQUIRED: Final = ("exhibit", "kind", "description", "obtained")
Method = Literal["file-system", "live", "logical", "manual", "physical", "provider", "remote"]
_VOCABULARIES: Final = {
    "channel": Channel,
    "kind": Kind,
    "left": Power,
    "method": Method,
    "nature": Nature,
    "obtained": Obtained,
    "power": Power,
    "source_type": SourceType,
}
_ACQUISITION: Final = ("method", "tool", "version", "arguments", "device", "serial", "write_blocker")


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong in one row, counted as `custody.evidence.list_text.rows_of` does."""

    row: int
    text: str

    def __str__(self) -> str:
        return f"row {self.row}: {self.text}"


@dataclass(frozen=True, slots=True)
class Cells:
    """The trimmed cells of one row by column; an absent column is empty."""

    row: int
    values: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values.get(column, "")

    @property
    def handling(self) -> tuple[str, ...]:
        """The words of the cell ``handling``, separated by spaces or semicolons, sorted, once each."""
        return self._words("handling")

    @property
    def isolation(self) -> tuple[str, ...]:
        """The words of the cell ``isolation``, in the same way."""
        return self._words("isolation")

    def _words(self, column: str) -> tuple[str, ...]:
        return tuple(sorted({word for word in re.split(r"[;\s]+", self[column]) if word}))


def check_row(cells: Cells, *, folder: Path) -> Iterator[RowError]:
    """Yield every error that one row has by itself; a relative path starts at ``folder``."""
    for problem in (
        *_check_present(cells),
        *_check_words(cells),
        *_check_number(cells["exhibit"]),
        *_check_nature(cells),
        *_check_device(cells),
        *_check_path(cells["path"], folder),
    ):
        yield RowError(cells.row, problem)


def _check_present(cells: Cells) -> Iterator[str]:
    for column in REQUIRED:
        if not cells[column]:
            yield f"expected a value for {column}, found none"
    if any(cells[column] for column in _ACQUISITION):
        for column in ("method", "tool", "version"):
            if not cells[column]:
                yield f"expected a value for {column} as well where an acquisition is described, found none"


def _check_words(cells: Cells) -> Iterator[str]:
    for column, words in _VOCABULARIES.items():
        if cells[column] and cells[column] not in get_args(words):
            yield f"expected {column} to be one of {', '.join(get_args(words))}; found {cells[column][:40]!r}"
    for word in cells.handling:
        if word not in get_args(Handling):
            yield f"expected handling to be of {', '.join(get_args(Handling))}; found {word[:40]!r}"
    if cells["request"] and not re.match(text.TOKEN_PATTERN, cells["request"]):
        yield f"expected request to be an id such as req-2026-017, found {cells['request'][:40]!r}"
    if cells["data_country"] and not re.match(text.COUNTRY_PATTERN, cells["data_country"]):
        yield f"expected data_country to be two capital letters, found {cells['data_country'][:40]!r}"


def _check_number(number: str) -> Iterator[str]:
    if number:
        try:
            text.check_number(number)
        except CustodyError as error:
            yield error.text


def _check_nature(cells: Cells) -> Iterator[str]:
    if cells["nature"] == "object" and cells["path"]:
        yield "expected no path for an object, which has no files of its own"
    if cells["nature"] in {"data", "asset"} and not cells["path"]:
        yield f"expected a path for an exhibit of nature {cells['nature']}, found none"


def _check_device(cells: Cells) -> Iterator[str]:
    for word in cells.isolation:
        if word not in get_args(Isolation):
            yield f"expected isolation to be of {', '.join(get_args(Isolation))}; found {word[:40]!r}"
    if "none" in cells.isolation and len(cells.isolation) > 1:
        yield f"expected isolation none alone, found {', '.join(cells.isolation)}"
    if (cells["left"] or cells.isolation) and not cells["power"]:
        yield "expected a value for power where a device is described, found none"
    if cells["power"] and cells["path"]:
        yield "expected no power of an exhibit with a path, found one"


def _check_path(path: str, folder: Path) -> Iterator[str]:
    if not path:
        return
    try:
        find_sources([folder / path])
    except CustodyError as error:
        yield error.text
    except ValueError:
        yield f"expected a path, found {path[:40]!r}"
