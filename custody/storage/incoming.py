"""Folders in a home for files on their way into the store; what a killed process left in them goes at the next chance.

    <home>/.incoming-<random>/    locked while its process lives; without a lock it is left over

The bytes in it are evidence in clear, so nothing of it may stay unseen: `custody erase` clears left-overs first, and
searches what somebody is still at work on.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

PREFIX: Final = ".incoming-"


@contextmanager
def incoming_folder(home: Path) -> Iterator[Path]:
    """Give an empty folder on the home's disk that is gone when the block ends; left-overs of others go first.

    Raises:
        OSError: the disk.
    """
    with _locked(home):
        _sweep(home, shutil.rmtree)
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=home))
        lock = os.open(folder, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def sweep_incoming(home: Path, *, remove: Callable[[Path], object] = shutil.rmtree) -> int:
    """Remove the folders whose process is gone, and return how many there were.

    Raises:
        OSError: the disk.
    """
    with _locked(home):
        return _sweep(home, remove)


@contextmanager
def _locked(home: Path) -> Iterator[None]:
    """Without this lock a folder that isn't locked yet would look left over."""
    outer = os.open(home, os.O_RDONLY)
    try:
        fcntl.flock(outer, fcntl.LOCK_EX)
        yield
    finally:
        os.close(outer)


def _sweep(home: Path, remove: Callable[[Path], object]) -> int:
    swept = 0
    for folder in sorted(home.glob(f"{PREFIX}*")):
        with suppress(FileNotFoundError):
            lock = os.open(folder, os.O_RDONLY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            else:
                remove(folder)
                swept += 1
            finally:
                os.close(lock)
    return swept
