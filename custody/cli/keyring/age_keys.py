"""The authority's own age identity: the file under a passphrase, opened for what was encrypted to it."""

from __future__ import annotations

from pathlib import Path

from custody.cli.context import Context
from custody.cli.files import open_given
from custody.cli.keyring.passphrase import with_passphrase
from keys.private.age import AgeIdentity
from keys.private.age_file import read_identity

SUFFIX = ".age"


def age_path(context: Context, name: str) -> Path:
    """Return where the identity of that name lies among the user's private keys."""
    return context.keys_folder() / f"{name}{SUFFIX}"


def open_identity(context: Context, path: Path, passphrase_file: Path | None) -> AgeIdentity:
    """Return the identity in a file, of ours or of the tools of age; its passphrase is asked for where it has one.

    Raises:
        UsageError: ``usage.file`` for a pipe or a device.
        SigningKeyError: as `keys.private.age_file.read_identity`.
    """

    def open_with(phrase: bytes) -> AgeIdentity:
        return read_identity(path, get_passphrase=lambda _: phrase)

    if _is_bare(path):
        return open_with(b"")
    return with_passphrase(context, passphrase_file, agent=path.name, use=open_with)


def _is_bare(path: Path) -> bool:
    """Tell whether a file is read without a passphrase; one that isn't there says so when it is read."""
    try:
        with open_given(path) as file:
            begin = file.read(32)
    except OSError:
        return True
    return not begin.startswith((b"{", b"age-encryption.org/", b"-----BEGIN AGE"))
