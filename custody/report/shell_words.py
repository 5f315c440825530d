r"""Words of a command that somebody is to paste into a shell (POSIX, and ``$'...'`` of bash, zsh and ksh).

images/phone.dd  ->  images/phone.dd
Room 4/it's.dd   ->  'Room 4/it'"'"'s.dd'
证据.zip          ->  '证据.zip'
a\x1b[2J         ->  $'a\033[2J'      what can't be shown as itself; in octal, which `show` leaves alone
-o.zip           ->  ./-o.zip         a path that would be taken for an option
"""

from __future__ import annotations

import os
import shlex

from custody.report.safe_text import show


def shell_word(word: str | os.PathLike[str]) -> str:
    """Return one word as a shell reads it, on one line and without anything that a reader could not see as it is."""
    text = os.fspath(word)
    if isinstance(word, os.PathLike) and text.startswith("-"):
        text = f"./{text}"
    if show(text) == text:
        return shlex.quote(text)
    raw = text.encode("utf-8", "surrogateescape")
    return "$'" + "".join(chr(byte) if _is_plain(byte) else f"\\{byte:03o}" for byte in raw) + "'"


def _is_plain(byte: int) -> bool:
    return 0x20 <= byte < 0x7F and byte not in b"\\'"
