"""Files that appear whole or not at all."""

from __future__ import annotations

import fcntl
import glob
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from custody.bundle.disk import disk_errors, sync_directory
from schemas.errors import UsageError

_SUFFIX: Final = ".part"


@contextmanager
def whole_file(target: Path) -> Iterator[BinaryIO]:
    """Give a temporary file beside ``target`` to write to; it becomes ``target`` when the block ends without error.

    An existing file is never replaced; what a killed process left of the same target goes first. The file is readable
    for its owner only.

    Raises:
        UsageError: ``bundle.exists``.
        StorageError: as `disk_errors`; nothing is left behind then, nor after any other error in the block.
    """
    _check_free(target)
    with disk_errors(f"writing {target}"):
        _sweep(target)
        descriptor, temporary = _begin(target)
    file = os.fdopen(descriptor, "w+b")
    try:
        yield file
        with disk_errors(f"writing {target}"):
            file.flush()
            os.fsync(file.fileno())
            file.close()
            _publish(temporary, target)
            _make_last(target)
    finally:
        # Closing flushes, which fails once more where the disk is full; the error to report is the first one.
        with suppress(OSError):
            file.close()
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _begin(target: Path) -> tuple[int, Path]:
    """Make the temporary file, locked as long as its process lives."""
    while True:
        descriptor, name = tempfile.mkstemp(prefix=_prefix(target), suffix=_SUFFIX, dir=target.parent)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        # Somebody else may have swept it before it was locked.
        if os.fstat(descriptor).st_nlink:
            return descriptor, Path(name)
        os.close(descriptor)


def _sweep(target: Path) -> None:
    for path in target.parent.glob(f"{glob.escape(_prefix(target))}*{_SUFFIX}"):
        with suppress(OSError), path.open("rb") as left:
            fcntl.flock(left, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()


def _prefix(target: Path) -> str:
    return f".{target.name[:100]}."


def _check_free(target: Path) -> None:
    if os.path.lexists(target):
        raise UsageError("bundle.exists", f"expected no file at {target} yet", hint="choose another name")


def _publish(temporary: Path, target: Path) -> None:
    """A hard link, unlike a rename, never replaces; memory sticks know no links, so there a check must do."""
    try:
        os.link(temporary, target)
    except FileExistsError:
        _check_free(target)
        raise
    except OSError:
        _check_free(target)
        temporary.rename(target)


def _make_last(target: Path) -> None:
    """Make the new name last; a name that may vanish with the next power cut is better gone at once."""
    try:
        sync_directory(target.parent)
    except OSError:
        target.unlink()
        raise
