"""Folders that appear whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

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
        raise StorageError("home.exists", f"expected no folder {folder}, or an empty one, found something in it")
    temporary = folder.parent / f".{folder.name}.{random(8).hex()}"
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary.mkdir(mode=0o700)
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


def write_durably(path: Path, content: bytes) -> None:
    """Write a new file, on the disk when this returns; its folder is for the caller to sync."""
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _unwritable(path: Path, error: OSError) -> StorageError:
    return StorageError("home.unwritable", f"expected to write {path}, found: {error.strerror}")
