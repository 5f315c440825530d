"""Folders that appear whole or not at all; what a killed process left of one goes when the next is made beside it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from custody.bundle.whole_file import SUFFIX, lock
from keys.private.disk import sync_folder
from schemas.errors import StorageError

RandomBytes = Callable[[int], bytes]


@contextmanager
def fresh_folder(folder: Path, *, random: RandomBytes) -> Iterator[Path]:
    """Give out a folder under another name beside ``folder``, and give it that name when left without an error.

    Raises:
        StorageError: ``home.exists`` unless ``folder`` is absent or empty, ``home.unwritable``.
    """
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        found = "something in it" if folder.is_dir() and not folder.is_symlink() else "a file or a link of this name"
        raise StorageError("home.exists", f"expected nothing or an empty folder at {folder}, found {found}")
    temporary = folder.parent / f".{folder.name}.{random(8).hex()}{SUFFIX}"
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _sweep(folder.parent)
        temporary.mkdir(mode=0o700)
        held = _open(temporary)
        if held is not None:
            lock(held, wait=True)
    except OSError as error:
        raise _unwritable(temporary, error) from None
    try:
        yield temporary
        sync_folder(temporary)
        if folder.exists():
            folder.rmdir()
        temporary.rename(folder)
        sync_folder(folder.parent)
    except OSError as error:
        raise _unwritable(folder, error) from None
    finally:
        if temporary.exists():
            shutil.rmtree(temporary)
        if held is not None:
            os.close(held)


def _sweep(folder: Path) -> None:
    """Remove what killed processes left; a folder that was made and isn't locked yet is empty, so it isn't removed."""
    for path in folder.glob(f".*{SUFFIX}"):
        # What is somebody else's can't be opened.
        with suppress(OSError):
            if path.is_dir() and not path.is_symlink() and any(path.iterdir()):
                _remove(path)


def _remove(path: Path) -> None:
    held = _open(path)
    if held is None:
        return
    try:
        if lock(held, wait=False):
            shutil.rmtree(path)
    finally:
        os.close(held)


def _open(path: Path) -> int | None:
    """Open a folder to be locked, where the system can: Windows opens none, and there nothing is swept."""
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY) if hasattr(os, "O_DIRECTORY") else None


def write_durably(path: Path, content: bytes) -> None:
    """Write a new file, on the disk when this returns; its folder is for the caller to sync."""
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _unwritable(path: Path, error: OSError) -> StorageError:
    return StorageError("home.unwritable", f"expected to write {path}, found: {error.strerror}")
