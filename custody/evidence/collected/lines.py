"""Lines of a hostile file: no line costs more memory than `LINE_BYTES`, however long it is."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from io import RawIOBase
from typing import Any, BinaryIO, Final

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


def is_utf16(head: bytes) -> bool:
    """Tell whether a file begins with the byte order mark of UTF-16, as spreadsheets on Windows write it."""
    return head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and not head.startswith(codecs.BOM_UTF32_LE)


class Utf8(RawIOBase):
    """A stream of UTF-16 with its mark, read as UTF-8; what is no UTF-16 becomes replacement characters."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-16")("replace")
        self._left = b""

    def readable(self) -> bool:
        """Say yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer with what comes next.

        Raises:
            OSError: the stream can't be read.
        """
        while not self._left:
            piece = self._stream.read(65_536)
            # Half a pair at a cut is a lone surrogate to nobody: the decoder keeps it for the next piece.
            self._left = self._decoder.decode(piece, final=not piece).encode("utf-8", "replace")
            if not piece:
                break
        count = min(len(buffer), len(self._left))
        buffer[:count] = self._left[:count]
        self._left = self._left[count:]
        return count
