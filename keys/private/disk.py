"""Secret files on disk: nobody else reads them, they appear whole or not at all, none is ever overwritten."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from keys.private.signer import Random
from schemas.errors import SigningKeyError

_OTHERS = 0o077
# Windows answers with made-up modes; its per-user folders are closed by access lists instead.
HAS_MODES = os.name == "posix"


def create_secret_folder(path: Path) -> None:
    """Make a folder that only its owner can enter; one that is there already stays as it is.

    Raises:
        SigningKeyError: ``key.folder``.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SigningKeyError("key.folder", f"expected a folder at {path}, found: {error.strerror}") from None


def write_secret(path: Path, content: bytes, *, random: Random) -> None:
    """Write a new file of mode 0600, durable when this returns. Its folder must be there.

    Raises:
        SigningKeyError: ``key.exists`` where something has the name, ``key.write`` where the disk refuses.
    """
    temporary = path.with_name(f".{path.name}.{random(8).hex()}")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            _take_name(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
        sync_folder(path.parent)
    except FileExistsError:
        raise SigningKeyError("key.exists", f"expected no file at {path}, found one") from None
    except OSError as error:
        raise SigningKeyError("key.write", f"expected to write {path}, found: {error.strerror}") from None


def _take_name(temporary: Path, path: Path) -> None:
    """Give the finished file its name unless somebody has it: a link fails then, where a rename would replace."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EACCES, errno.EINVAL):
            raise
        # A stick without hard links: an empty file takes the name, and only its maker replaces it.
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        temporary.replace(path)


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable, where the system can."""
    if not HAS_MODES:
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_secret(path: Path, *, maximum: int) -> tuple[bytes, bool]:
    """Return up to ``maximum`` + 1 bytes of a file, and whether its permissions keep others out.

    Permissions are those of the file that was opened, not of whatever has its name later.

    Raises:
        SigningKeyError: ``key.absent``, ``key.read`` where the disk refuses or the name isn't a file's.
    """
    try:
        # A pipe in the place of a key would otherwise wait for a writer for ever.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        raise SigningKeyError("key.absent", f"expected a key file at {path}, found none") from None
    except OSError as error:
        raise SigningKeyError("key.read", f"expected to read {path}, found: {error.strerror}") from None
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise SigningKeyError("key.read", f"expected a file at {path}, found something else")
        return file.read(maximum + 1), not (HAS_MODES and status.st_mode & _OTHERS)


def has_modes(folder: Path, *, random: Random) -> bool:
    """Tell whether files in ``folder`` keep the mode they are given: a stick with another file system has none."""
    probe = folder / f".probe-{random(8).hex()}"
    try:
        os.close(os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError:
        return HAS_MODES
    try:
        return HAS_MODES and not probe.stat().st_mode & _OTHERS
    finally:
        probe.unlink()
