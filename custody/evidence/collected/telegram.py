"""Telegram's JSON export: read as a stream of tokens, as an export may be larger than this machine's memory.

    {"name": "...", "messages": [{"id": 1, "date": "2026-11-21T20:23:00", "date_unixtime": "1795292580", ...}, ...]}

A message is an object that stands in an array ``messages``, whichever chat that is in. ``date_unixtime`` is UTC; older
exports have ``date`` alone, which is the local time of whoever exported.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from custody.evidence.collected.lines import BYTE_ORDER_MARK
from custody.evidence.collected.tally import Tally
from custody.evidence.collected.times import read_iso, read_time

_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
_PIECE: Final = 1 << 20
_LONGEST: Final = 4 << 20
"""Bytes of one string; an export has none that is longer, and a hostile one is not read on."""
_DEEPEST: Final = 64
_SIGNS: Final = (b'"', b"}", b"]", b",", b":", b"{", b"[")
_TIMES: Final = ("date", "date_unixtime")
_NAMED = re.compile(rb'"(?:messages|chats)"\s*:\s*[\[{]')


class _NotReadError(Exception):
    """The file is not what its beginning promised."""


def is_telegram(head: bytes, _: bytes) -> bool:
    """Tell whether it is an object with messages or chats and the fields that only Telegram's messages have."""
    is_object = head.removeprefix(BYTE_ORDER_MARK).lstrip().startswith(b"{")
    is_theirs = b'"date_unixtime"' in head or (b'"from_id"' in head and b'"type": "message"' in head)
    return is_object and is_theirs and _NAMED.search(head) is not None


def read_telegram(stream: BinaryIO, tally: Tally) -> None:
    """Count messages; what is broken ends the count, and counts as one thing not understood."""
    scan = _Scan(tally)
    try:
        for token in _tokens(stream):
            scan.take(token)
        if scan.levels:
            raise _NotReadError
    except _NotReadError:
        tally.unread += 1


def _tokens(stream: BinaryIO) -> Iterator[bytes]:
    """Yield strings with their quotes, signs and bare words."""
    rest = stream.read(_PIECE).removeprefix(BYTE_ORDER_MARK)
    while rest:
        piece = stream.read(_PIECE)
        end = 0
        for found in _TOKEN.finditer(rest):
            # A word at the end may go on in the next piece.
            if found.end() == len(rest) and piece and not found[0].endswith(_SIGNS):
                break
            if rest[end : found.start()].strip():
                break
            yield found[0]
            end = found.end()
        left = rest[end:].lstrip()
        if (left and not piece) or len(left) > _LONGEST:
            raise _NotReadError
        rest = left + piece


@dataclass(slots=True)
class _Level:
    """An open object or array: the key under which it stands, the key that was read last, and a message's times."""

    is_array: bool
    name: str
    key: str = ""
    is_message: bool = False
    times: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Scan:
    """Where in the document the tokens are. Mutable on purpose: a state machine."""

    tally: Tally
    levels: list[_Level] = field(default_factory=list)
    _is_value: bool = False

    def take(self, token: bytes) -> None:
        """Follow one token.

        Raises:
            _NotReadError: brackets that don't fit, or too many of them.
        """
        match token:
            case b"{" | b"[":
                self._open(is_array=token == b"[")
            case b"}" | b"]":
                self._close(is_array=token == b"]")
            case b":":
                self._is_value = True
            case b",":
                self._is_value = False
            case _:
                self._scalar(token)

    def _open(self, *, is_array: bool) -> None:
        above = self.levels[-1] if self.levels else None
        if len(self.levels) == _DEEPEST:
            raise _NotReadError
        is_message = not is_array and above is not None and above.is_array and above.name == "messages"
        name = "" if above is None or above.is_array else above.key
        self.levels.append(_Level(is_array, name, is_message=is_message))
        self._is_value = False

    def _close(self, *, is_array: bool) -> None:
        if not self.levels or self.levels[-1].is_array != is_array:
            raise _NotReadError
        closed = self.levels.pop()
        self._is_value = False
        if closed.is_message:
            told = read_time(closed.times.get("date_unixtime", "")) or read_iso(closed.times.get("date", ""))
            self.tally.add(told)

    def _scalar(self, token: bytes) -> None:
        if not self.levels:
            raise _NotReadError
        level = self.levels[-1]
        if level.is_array:
            return
        if not self._is_value:
            level.key = _text(token)
        elif level.is_message and level.key in _TIMES:
            level.times[level.key] = _text(token)


def _text(token: bytes) -> str:
    """Return a short string, or a bare word, as text; a long one is none of ours."""
    if len(token) > 200:
        return ""
    try:
        return str(json.loads(token))
    except (ValueError, RecursionError):
        return ""
