"""Exit codes, and the one place where an error becomes one (docs/errors.md).

A verdict never shares a code with a crash: 1 is left for bugs alone, 3 and 4 for what evidence or a ledger deserve.
"""

from __future__ import annotations

import errno
import os
import re
from enum import IntEnum
from typing import Final

import click

from schemas.errors import (
    CustodyError,
    RecordError,
    RefusedError,
    RuleViolation,
    SigningKeyError,
    StorageError,
    UndecidedError,
    UnknownVersionError,
    UsageError,
    VerificationError,
)  # fmt: skip


class Exit(IntEnum):
    """What the process says when it ends."""

    DONE = 0
    """Done, or PASSED."""
    CRASH = 1
    """A bug."""
    USAGE = 2
    """A command that makes no sense, or a file given to it that is none of ours."""
    FAILED = 3
    """Evidence, a bundle or the ledger does not verify."""
    INDETERMINATE = 4
    """It could not be decided."""
    REFUSED = 5
    """A rule, a lock, a key or a disk said no; nothing was written."""
    ATTENTION = 6
    """Something is due or overdue."""
    INTERRUPTED = 130
    """The person ended it."""


# The most special class first: the first that fits decides.
_EXITS: tuple[tuple[type[CustodyError], Exit], ...] = (
    (UnknownVersionError, Exit.INDETERMINATE),
    (UndecidedError, Exit.INDETERMINATE),
    (RecordError, Exit.FAILED),
    (VerificationError, Exit.FAILED),
    (RuleViolation, Exit.REFUSED),
    (RefusedError, Exit.REFUSED),
    (SigningKeyError, Exit.REFUSED),
    (StorageError, Exit.REFUSED),
    (UsageError, Exit.USAGE),
)
_NOT_THERE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENAMETOOLONG, errno.EINVAL})
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_DENIED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


# What click says of a value, in the order in which we say it: what was expected, and then what was found.
_CLICK: Final = tuple(
    (re.compile(known), ours)
    for known, ours in (
        (r"(?<=: )File ('.*') is a directory$", r"expected a file, found the folder \1"),
        (r"(?<=: )Directory ('.*') is a file$", r"expected a folder, found the file \1"),
        (r"(?<=: )('.*') is not a valid integer(?: range)?$", r"expected a whole number, found \1"),
        (r"(?<=: )('.*') is not one of ('.*')$", r"expected one of \2; found \1"),
        (r"(?<=: )(\S+) is not in the range (.*)$", r"expected a number in the range \2, found \1"),
        (r"^missing (?:option|argument) '(\S+)'(?: / '\S+')*\. Choose from: (.*)$", r"expected \1 (\2), found none"),
        (r"^missing (?:option|argument) '(\S+)'(?: / '\S+')*$", r"expected \1, found none"),
        (r"^missing command$", r"expected a command, found none"),
        (r"^option '(\S+)' requires an argument$", r"expected a value behind \1, found none"),
        (r"^got unexpected extra arguments? \((.*)\)$", r"expected nothing more, found \1"),
        (r"^no such option '(\S+)'", r"expected an option of this command, found \1"),
    )
)


def exit_of(error: CustodyError) -> Exit:
    """Return the exit code of an error of ours."""
    return next((code for kind, code in _EXITS if isinstance(error, kind)), Exit.REFUSED)


def from_click(error: click.ClickException) -> CustodyError:
    """Return click's own error as one of ours: all of them are about what was typed."""
    said = f"No such option '{error.option_name}'" if isinstance(error, click.NoSuchOption) else error.format_message()
    text = " ".join(said.split()).rstrip(".")
    text = text[:1].lower() + text[1:] if not text[:2].isupper() else text
    for known, ours in _CLICK:
        text = known.sub(ours, text)
    text += _near(error) if isinstance(error, click.NoSuchOption) else ""
    context = getattr(error, "ctx", None)
    hint = f"{context.command_path} --help" if context is not None else "custody --help"
    code = "usage.file" if isinstance(error, click.FileError) else "usage.command"
    return UsageError(code, text, hint=hint)


def _near(error: click.NoSuchOption) -> str:
    """Ask what was meant: options that begin with what was typed, or else the one spelled most like it."""
    import difflib

    options = [] if error.ctx is None else [name for option in error.ctx.command.params for name in option.opts]
    longer = sorted(name for name in options if name.startswith(error.option_name))
    near = longer[:3] or difflib.get_close_matches(error.option_name, options, n=1)
    return f"; did you mean {' or '.join(near)}?" if near else ""


def from_os(error: OSError) -> CustodyError:
    """Return the operating system's refusal as one of ours, with the file that it names."""
    reason = (error.strerror or str(error) or type(error).__name__).lower()
    # As it is: what can't be shown is escaped where the error is printed, once.
    where = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, str | bytes) else ""
    text = f"{where}{reason}"
    if error.errno in _FULL:
        return StorageError("storage.full", text, hint="make room; nothing that was acknowledged is lost")
    if error.errno in _DENIED:
        return StorageError("storage.denied", text, hint="ask who may read and write there")
    if error.errno in _NOT_THERE:
        return UsageError("usage.file", text, hint="check the path")
    return StorageError("storage.system", text)
