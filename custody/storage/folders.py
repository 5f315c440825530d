"""Folders that appear whole or not at all; what a killed process left of one goes when the next is made beside it."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from custody.bundle.passing_folder import passing_folder, sweep_passing
from custody.bundle.whole_file import SUFFIX
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
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        sweep_passing(folder.parent)
        with passing_folder(folder.parent / f".{folder.name}.{random(8).hex()}{SUFFIX}") as inside:
            yield inside
            sync_folder(inside)
            if folder.exists():
                folder.rmdir()
            inside.rename(folder)
            sync_folder(folder.parent)
    except OSError as error:
        raise _unwritable(folder, error) from None


def write_durably(path: Path, content: bytes) -> None:
    """Write a new file, on the disk when this returns; its folder is for the caller to sync."""
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _unwritable(path: Path, error: OSError) -> StorageError:
    reason = (error.strerror or type(error).__name__).lower()
    is_full = error.errno in {errno.ENOSPC, errno.EDQUOT}
    hint = "nothing was made; free some space, or name another disk" if is_full else "ask who may write there"
    return StorageError("home.unwritable", f"expected to write {path}, found {reason}", hint=hint)
