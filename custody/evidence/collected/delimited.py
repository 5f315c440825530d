"""CSV and its kin, as providers hand them out: a header, then rows of as many cells."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import BinaryIO, Final

from custody.evidence.collected.columns import columns_of_time
from custody.evidence.collected.lines import BYTE_ORDER_MARK, texts_of
from custody.evidence.collected.tally import Tally

_SUFFIXES: Final = (b".csv", b".tsv")
_DELIMITERS: Final = ",;\t|"
_WIDEST: Final = 4_096


def is_delimited(head: bytes, name: bytes) -> bool:
    """Tell whether the name says that it is CSV or TSV, and the first line has columns."""
    first = head.removeprefix(BYTE_ORDER_MARK).partition(b"\n")[0]
    return (
        name.lower().endswith(_SUFFIXES) and b"\0" not in head and delimiter_of(first.decode("utf-8", "replace")) != ""
    )


def delimiter_of(header: str) -> str:
    """Return the sign that cuts the header into the most columns; nothing where two cut it into as many, or none."""
    counts = sorted(((header.count(sign), sign) for sign in _DELIMITERS), reverse=True)
    return counts[0][1] if counts[0][0] > counts[1][0] else ""


def read_delimited(stream: BinaryIO, tally: Tally) -> None:
    """Count rows below the header; a row of another number of cells is not understood."""
    texts = texts_of(stream)
    first = next(texts, None)
    if first is None:
        tally.unread += 1
        return
    sign = delimiter_of(first)
    header = next(_rows(iter([first]), sign, tally), None)
    if header is None or len(header) > _WIDEST:
        tally.unread += 1
        return
    columns = columns_of_time(header)
    for cells in _rows(texts, sign, tally):
        if len(cells) == len(header):
            tally.add(columns.read(cells))
        elif cells:
            tally.unread += 1


def _rows(texts: Iterator[str | None], delimiter: str, tally: Tally) -> Iterator[list[str]]:
    """Yield the cells of every row; what is no CSV ends a row, and the next line begins another."""

    def counted() -> Iterator[str]:
        for text in texts:
            if text is None:
                tally.unread += 1
            else:
                yield text + "\n"

    reader = csv.reader(counted(), delimiter=delimiter, strict=True)
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error:
            tally.unread += 1
