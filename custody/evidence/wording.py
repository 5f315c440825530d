"""File names and system errors in words for a person."""

from __future__ import annotations

import errno
import os
import stat

_SPECIAL = (
    (stat.S_ISFIFO, "a named pipe"), (stat.S_ISSOCK, "a socket"), (stat.S_ISBLK, "a block device"),
    (stat.S_ISCHR, "a character device"),
)  # fmt: skip
SHOWN_CHARACTERS = 300
"""A longer name is cut in the middle of messages; records always hold all of it."""


class SpecialFileError(OSError):
    """What stands for the bytes of a pipe, socket or device among files: it says what it is, as nothing is read."""

    def __init__(self, mode: int) -> None:
        what = next((words for test, words in _SPECIAL if test(mode)), "no file of a kind that is known here")
        super().__init__(f"{what}, which holds no bytes of its own; not opened")


def shown(raw: bytes) -> str:
    r"""Return ``raw`` as one printable line: bytes that are not UTF-8 and characters that don't print as ``\x..``.

    A seized name may hold line feeds, terminal escapes or characters that reverse the writing direction; a message
    that quotes it must not obey it.
    """
    text = raw.decode("utf-8", "backslashreplace")
    clean = "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)
    if len(clean) > SHOWN_CHARACTERS:
        half = SHOWN_CHARACTERS // 2
        return f"{clean[:half]}...{clean[-half:]}"
    return clean


def reason_of(error: OSError) -> str:
    """Return the symbol and the words of a system error, such as ``EACCES: permission denied``."""
    if isinstance(error, SpecialFileError):
        return str(error)
    number = error.errno or 0
    where = getattr(error, "offset", None)
    at = "" if where is None else f" at byte {where}"
    return f"{errno.errorcode.get(number, 'unknown')}: {os.strerror(number).lower()}{at}"
