"""Whether what lies in a home is the thing itself: a link leads to another ledger's, and a pipe would be waited for."""

from __future__ import annotations

import os
from pathlib import Path

from schemas.errors import StorageError


def check_plain(path: Path, *, code: str, hint: str, is_folder: bool = False) -> None:
    """Raise with ``code`` unless there is a plain file, or a plain folder, at ``path``.

    Raises:
        StorageError: ``code``.
    """
    kind = "folder" if is_folder else "file"
    if not os.path.lexists(path):
        raise StorageError(code, f"expected a {kind} {path}, found none", hint="take another backup")
    if path.is_symlink() or not (path.is_dir() if is_folder else path.is_file()):
        text = f"expected a plain {kind} {path}, found a link or something else"
        raise StorageError(code, text, hint=hint)
