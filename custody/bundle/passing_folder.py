"""Folders in which something is made that gets its own name when it is whole, and what killed processes left of them.

    <name>.custody-part/    locked while its process lives; what a killed one left goes with the next
        mark                names this folder and no copy of it: what has no such mark is somebody else's
        content/            what is made

Names that begin with a dot are not shown where people look.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from custody.bundle.whole_file import SUFFIX, lock

_MARK: Final = "mark"
_CONTENT: Final = "content"
_MARK_BYTES: Final = 2000
_READ: Final = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_LOOK: Final = _READ | getattr(os, "O_DIRECTORY", 0)


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def passing_folder(path: Path) -> Iterator[Path]:
    """Make a folder at ``path``, which is free and ends with `SUFFIX`, and give out the one in it that is to be filled.

    Whatever was not given another name by then goes with it at the end, however that comes.

    Raises:
        OSError: it can't be made.
    """
    path.mkdir(mode=0o700)
    held = None
    try:
        if _can_lock():
            held = os.open(path, _LOOK)
            lock(held, wait=True)
        # Locked before it is marked: whoever finds a mark without a lock knows that its process is gone.
        (path / _MARK).write_bytes(_mark_of(path))
        (path / _CONTENT).mkdir(mode=0o700)
        yield path / _CONTENT
    finally:
        _clear(path)
        if held is not None:
            os.close(held)


def sweep_passing(folder: Path, *, remove: Callable[[Path], object] = _remove) -> None:
    """Remove what killed processes left of such folders in ``folder``; of a disk without locks nothing.

    A folder without its own mark is not ours to remove, whatever its name.
    """
    if not _can_lock():
        return
    for path in folder.glob(f".*{SUFFIX}"):
        # What is somebody else's may be closed to us.
        with suppress(OSError):
            _sweep(path, remove)


def _sweep(path: Path, remove: Callable[[Path], object]) -> None:
    held = os.open(path, _LOOK)
    try:
        if lock(held, wait=False) and _is_marked(path):
            _clear(path, remove)
    finally:
        os.close(held)


def _clear(path: Path, remove: Callable[[Path], object] = _remove) -> None:
    """Remove a folder of ours, the mark last: what can't be removed now is known by it the next time."""
    if (path / _CONTENT).is_dir() and not (path / _CONTENT).is_symlink():
        remove(path / _CONTENT)
    if not (path / _CONTENT).exists():
        with suppress(OSError):
            (path / _MARK).unlink(missing_ok=True)
            path.rmdir()


def _can_lock() -> bool:
    """Tell whether the system opens folders: Windows doesn't, and there nothing is swept."""
    return hasattr(os, "O_DIRECTORY")


def _is_marked(path: Path) -> bool:
    with os.fdopen(os.open(path / _MARK, _READ), "rb") as file:
        return file.read(_MARK_BYTES) == _mark_of(path)


def _mark_of(path: Path) -> bytes:
    """Return what tells a folder from a copy of it, and from another one of its name."""
    return b"custody %d " % path.lstat().st_ino + os.fsencode(path.name) + b"\n"
