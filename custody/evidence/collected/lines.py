"""Lines of a hostile file: no line costs more memory than `LINE_BYTES`, however long it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final

LINE_BYTES: Final = 1 << 20
"""Longest line that is looked at; a longer one counts as not understood."""
BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


def lines_of(stream: BinaryIO) -> Iterator[bytes | None]:
    """Yield every line without its end (LF or CRLF) and without a byte order mark; nothing for one that is too long."""
    is_first = True
    while raw := stream.readline(LINE_BYTES + 2):
        if not raw.endswith(b"\n") and len(raw) > LINE_BYTES:
            while raw and not raw.endswith(b"\n"):
                raw = stream.readline(LINE_BYTES)
            yield None
        else:
            line = raw.removesuffix(b"\n").removesuffix(b"\r")
            yield line.removeprefix(BYTE_ORDER_MARK) if is_first else line
        is_first = False


def texts_of(stream: BinaryIO) -> Iterator[str | None]:
    """Yield the lines as text; bytes that are not UTF-8 stand in it as replacement characters."""
    for line in lines_of(stream):
        yield None if line is None else line.decode("utf-8", "replace")
