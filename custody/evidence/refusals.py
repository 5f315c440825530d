"""Why an intake stops: evidence that doesn't hold still, isn't files, or is too much for this machine."""

from __future__ import annotations

import errno
from collections.abc import Iterable

from custody.evidence.wording import reason_of, shown
from schemas.errors import RefusedError, StorageError


def check_resources(error: OSError) -> None:
    """Raise if ``error`` speaks of this machine and not of the evidence: that must not enter a record.

    Raises:
        StorageError: ``evidence.resources``.
    """
    if error.errno in {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS}:
        raise StorageError("evidence.resources", f"expected room to open a file: {reason_of(error)}") from None


def vanished(path: bytes) -> RefusedError:
    """Return the error for a name that was listed and isn't there any more."""
    return RefusedError("evidence.vanished", f"expected {shown(path)} to stay, but it vanished while it was read")


def changed(path: bytes, what: str) -> RefusedError:
    """Return the error for a file that isn't what it was a moment ago."""
    return RefusedError(
        "evidence.changed",
        f"expected {shown(path)} to stay as it is, but {what} while it was read",
        hint="stop what writes there, or make a copy and register that",
    )


def special(names: Iterable[bytes]) -> RefusedError:
    """Return the error for pipes, sockets and devices among files, the first ten by name."""
    listed = sorted(names)
    text = ", ".join(shown(name) for name in listed[:10]) + (", ..." if len(listed) > 10 else "")
    return RefusedError(
        "evidence.special-file",
        f"expected files, directories and symbolic links, found a pipe, socket or device: {text}",
        hint="--accept-special records those in a folder by path and kind; a block device is given by its own path",
    )
