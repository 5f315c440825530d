r"""Text that somebody else wrote, made safe to show on a terminal or a page.

A name in evidence may hold an escape sequence that clears the screen, or a mark that turns the reading direction, so
that a judge sees `gpj.exe` where `exe.jpg` stands. What can't be seen as itself is shown by its code:

    "a\x1b[2Jb"     ->  a\x1b[2Jb    in visible characters
    "b\u202efdp"    ->  b\u202efdp   in visible characters

A text that holds a mark of the report (`marks.py`) stands in quotes, so that nobody takes it for the report's words:

    (withheld) "x" ->  "(withheld) \"x\""

Where anything is escaped or quoted, or was written so, a backslash of the text is doubled: no two are shown alike.
"""

from __future__ import annotations

import os
import re
import unicodedata

from custody.report.marks import is_imitated

_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
# Letters that draw nothing: two names that differ in one of them look the same.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_ESCAPE = re.compile(r"\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})")
_JOINERS = frozenset("\u200c\u200d")


def show(text: str, *, is_quoted: bool = False) -> str:
    """Return ``text`` on one line with everything escaped that a reader could not see as it is.

    Control and format characters, marks of direction, separators of lines, unassigned code points and the surrogates by
    which Python carries bytes that are not UTF-8. Zero-width joiners between letters stay: Persian and Hindi need them.
    A text that holds a mark of the report is quoted, and any other that the caller wants so.
    """
    is_quoted = is_quoted or is_imitated(text)
    if not is_quoted and text.isascii() and text.isprintable() and "\\" not in text:
        return text
    hidden = [_is_hidden(text, place) for place in range(len(text))]
    if not is_quoted and not any(hidden) and not _ESCAPE.search(text):
        return text
    shown = "".join(
        _escape(char) if is_hidden else char.replace("\\", "\\\\") for char, is_hidden in zip(text, hidden, strict=True)
    )
    return '"' + shown.replace('"', '\\"') + '"' if is_quoted else shown


def show_path(path: str | bytes | os.PathLike[str]) -> str:
    """Return a file's name as `show` does; bytes of it that are not UTF-8 appear as a backslash, x and two digits."""
    return show(os.fsdecode(path))


def _is_hidden(text: str, place: int) -> bool:
    char = text[place]
    if char in _JOINERS:
        before, after = text[:place][-1:], text[place + 1 :][:1]
        return not (before and after and all(unicodedata.category(other)[0] in "LM" for other in (before, after)))
    return char in _BLANK or unicodedata.category(char) in _UNSEEN


def _escape(char: str) -> str:
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:
        # PEP 383: the byte 0xNN that was no UTF-8 travels as U+DCNN.
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
