"""Files that appear whole or not at all, and what killed processes left of such files.

    .<name>.<random>.custody-part    beside the target, locked while its process lives

Whoever writes into a folder removes from it what no process holds any more, whatever it was to become: a person seldom
asks for the same name again. The ending is ours alone, so nothing of another program goes.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from custody.bundle.disk import disk_errors, sync_directory
from schemas.errors import UsageError

SUFFIX: Final = ".custody-part"
_NAME_BYTES: Final = 100
"""Bytes of the target's name in the temporary one, which must not grow too long for the disk."""
_CREATE: Final = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_LOOK: Final = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)


@contextmanager
def whole_file(target: Path, *, replace: bool = False, mode: int = 0o600) -> Iterator[BinaryIO]:
    """Give a temporary file beside ``target`` to write to; it becomes ``target`` when the block ends without error.

    An existing file is replaced only with ``replace``. The file gets ``mode``, less what the process's mask takes.

    Raises:
        UsageError: ``bundle.exists``.
        StorageError: as `disk_errors`; nothing is left behind then, nor after any other error in the block.
    """
    if not replace:
        _check_free(target)
    with disk_errors(f"writing {target}"):
        sweep(target.parent)
        descriptor, temporary = _begin(target, mode)
    file = os.fdopen(descriptor, "w+b")
    try:
        yield file
        with disk_errors(f"writing {target}"):
            file.flush()
            os.fsync(file.fileno())
            if os.name == "nt":
                # An open file can't be renamed there.
                file.close()
            # While it is locked: without that somebody might take it for left over.
            _publish(temporary, target, replace=replace)
            file.close()
            _make_last(target, replace=replace)
    finally:
        # Closing flushes, which fails once more where the disk is full; the error to report is the first one.
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        with suppress(OSError):
            file.close()


def sweep(folder: Path, *, remove: Callable[[Path], object] = Path.unlink) -> None:
    """Remove what processes that are gone left of whole files in ``folder``; of a disk without locks nothing."""
    with suppress(OSError), os.scandir(folder) as entries:
        left = [entry.path for entry in entries if entry.name.startswith(".") and entry.name.endswith(SUFFIX)]
        for path in left:
            with suppress(OSError):
                _remove(Path(path), remove)


def _remove(path: Path, remove: Callable[[Path], object]) -> None:
    descriptor = os.open(path, _LOOK)
    try:
        if stat.S_ISREG(os.fstat(descriptor).st_mode) and lock(descriptor, wait=False) and _is_at(path, descriptor):
            remove(path)
    finally:
        os.close(descriptor)


def _is_at(path: str | Path, descriptor: int) -> bool:
    """Tell whether an open file, once it is locked, still has this name: somebody may have swept it just before."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.lstat(path))
    except FileNotFoundError:
        return False


def lock(descriptor: int, *, wait: bool) -> bool:
    """Hold a lock on an open file until it is closed, and tell whether that was had: some disks know none."""
    try:
        # Windows has no such locks.
        import fcntl
    except ImportError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _begin(target: Path, mode: int) -> tuple[int, Path]:
    """Make the temporary file, locked as long as its process lives, under a name that no other one ever has."""
    name = os.fsdecode(os.fsencode(target.name)[:_NAME_BYTES])
    while True:
        temporary = target.with_name(f".{name}.{os.urandom(8).hex()}{SUFFIX}")
        with suppress(FileExistsError):
            descriptor = os.open(temporary, _CREATE, mode)
            lock(descriptor, wait=True)
            if _is_at(temporary, descriptor):
                return descriptor, temporary
            os.close(descriptor)


def _check_free(target: Path) -> None:
    if os.path.lexists(target):
        raise UsageError("bundle.exists", f"expected no file at {target} yet", hint="choose another name")


def _publish(temporary: Path, target: Path, *, replace: bool) -> None:
    """A hard link, unlike a rename, never replaces; memory sticks know no links, so there a check must do."""
    if replace:
        temporary.replace(target)
        return
    try:
        os.link(temporary, target)
    except FileExistsError:
        _check_free(target)
        raise
    except OSError:
        _check_free(target)
        temporary.rename(target)


def _make_last(target: Path, *, replace: bool) -> None:
    """Make the new name last; a new one that may vanish with the next power cut is better gone at once."""
    try:
        sync_directory(target.parent)
    except OSError:
        if not replace:
            target.unlink()
        raise
