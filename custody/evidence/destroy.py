"""Destroying what an order names: files, and names in lists of files. What is destroyed is overwritten first.

A file that goes loses its name first and its bytes after that, so that a crash in between leaves no half of it under
its name. What a file system, an SSD or a snapshot keeps of old blocks is out of reach (docs/operations.md).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from custody.evidence import left_over
from custody.evidence.disk import as_storage_error, disk_errors, sync_directory
from custody.evidence.manifest import read_manifest
from schemas import canonical
from schemas.content import Content, ManifestLine
from schemas.private import Disclosure, parse_disclosure
from schemas.types import UNSET

_ZEROS: Final = bytes(1 << 20)

IsGone = Callable[[Disclosure], bool]
"""Tells whether a value of a file record is to be destroyed."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What a list of files lost: the texts of the disclosures that stood in it."""

    texts: tuple[str, ...]


def destroy_file(path: Path) -> int | None:
    """Destroy a file and return how many bytes it had; nothing where there is none.

    A file that has other names too, outside of our folders, loses only this one: its bytes are somebody else's.

    Raises:
        StorageError: ``store.failed``; run again, and it goes on.
    """
    with disk_errors(f"destroying {path.name}"):
        if not path.is_file() or path.is_symlink():
            return None
        path.chmod(0o600)
        with path.open("r+b", buffering=0) as file:
            status = os.fstat(file.fileno())
            path.unlink()
            if status.st_nlink == 1:
                _overwrite(file.fileno(), status.st_size)
        sync_directory(path.parent)
    return status.st_size


def destroy_folder(folder: Path) -> None:
    """Destroy a folder with all files in it.

    Raises:
        StorageError: as `destroy_file`.
    """
    try:
        for path in folder.rglob("*"):
            destroy_file(path)
        shutil.rmtree(folder)
    except FileNotFoundError:
        return
    except OSError as error:
        raise as_storage_error(error, f"destroying {folder.name}") from None


def names_in(path: Path, *, content: Content, is_gone: IsGone) -> tuple[str, ...]:
    """Return the texts of the values of a list that are gone, as `forget_names` would find them.

    Raises:
        RecordError, VerificationError, StorageError: as `read_manifest`.
    """
    gone: list[str] = []
    for line in read_manifest(path, content=content):
        _without(line, is_gone, gone)
    return tuple(gone)


def forget_names(path: Path, *, content: Content, is_gone: IsGone) -> Forgotten:
    """Rewrite the list of files at ``path`` without the values that are gone; its records, and so its root, stay.

    The new list takes the place of the old one whole or not at all; the old one's bytes are overwritten then. Where
    nothing is gone, nothing changes.

    Raises:
        RecordError, VerificationError, StorageError: as `read_manifest`; the old list stays.
    """
    gone: list[str] = []
    with disk_errors(f"rewriting the list {content.root}"):
        descriptor, temporary = left_over.begin(path.parent, left_over.SPOOL, ".jsonl")
        try:
            with os.fdopen(descriptor, "wb", buffering=1 << 18) as out:
                for line in read_manifest(path, content=content):
                    out.write(canonical.encode(_without(line, is_gone, gone)) + b"\n")
                out.flush()
                os.fsync(out.fileno())
            if gone:
                _replace(path, temporary)
        finally:
            temporary.unlink(missing_ok=True)
    return Forgotten(tuple(gone))


def replace_whole(path: Path, content: bytes) -> None:
    """Put ``content`` in the place of a small file, durably, and overwrite what it held.

    Raises:
        StorageError: ``store.full`` or ``store.failed``; the old file stays.
    """
    with disk_errors(f"rewriting {path.name}"):
        descriptor, temporary = left_over.begin(path.parent, left_over.NEW)
        try:
            with os.fdopen(descriptor, "wb") as out:
                os.fchmod(out.fileno(), path.stat().st_mode & 0o777)
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
            _replace(path, temporary)
        finally:
            temporary.unlink(missing_ok=True)


def _without(line: ManifestLine, is_gone: IsGone, gone: list[str]) -> ManifestLine:
    texts = line.disclosures or ()
    lost = [text for text in texts if is_gone(parse_disclosure(text))]
    if not lost:
        return line
    gone += lost
    kept = tuple(text for text in texts if text not in lost)
    return msgspec.structs.replace(line, disclosures=kept or UNSET)


def _replace(path: Path, temporary: Path) -> None:
    with path.open("r+b", buffering=0) as old:
        status = os.fstat(old.fileno())
        temporary.replace(path)
        sync_directory(path.parent)
        if status.st_nlink == 1:
            _overwrite(old.fileno(), status.st_size)


def _overwrite(descriptor: int, size: int) -> None:
    os.lseek(descriptor, 0, os.SEEK_SET)
    left = size
    while left > 0:
        left -= os.write(descriptor, _ZEROS[: min(left, len(_ZEROS))])
    os.fsync(descriptor)
