"""The lists of piece digests of a ledger, by root: ``<base>/<root>.pieces``, in the form of `schemas.pieces`."""

from __future__ import annotations

from pathlib import Path

from custody.evidence.disk import as_storage_error, disk_errors, open_kept
from custody.evidence.locations import write_whole
from schemas import pieces as piece_list
from schemas import text
from schemas.content import Pieces


class PieceLists:
    """A directory with one list for each large file; it is made when the first one is put in."""

    def __init__(self, base: Path) -> None:
        self._base = base

    def path(self, root: str) -> Path:
        """Return where the list of this root lies or would lie.

        Raises:
            RecordError: ``text.hex`` unless ``root`` is 64 lower-case hex digits.
        """
        text.parse_hex(root, size=32)
        return self._base / f"{root}.pieces"

    def put(self, digests: bytes) -> None:
        """Keep the list of these digests (32 bytes each), durably.

        Raises:
            StorageError: ``store.full`` or ``store.failed``.
        """
        target = self.path(piece_list.commit_to(digests).root)
        if target.is_file():
            return
        with disk_errors("keeping a list of pieces"):
            self._base.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(target, b"".join(piece_list.format_list(digests)))

    def get(self, pieces: Pieces) -> bytes | None:
        """Return the digests that ``pieces`` commits to, 32 bytes each; nothing where no list is kept.

        Raises:
            RecordError: ``pieces.line``, ``pieces.root`` for a damaged list.
            StorageError: ``store.failed``.
        """
        try:
            with open_kept(self.path(pieces.root)) as file:
                raw = file.read()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise as_storage_error(error, "reading a list of pieces") from None
        return piece_list.parse_list(raw.split(b"\n")[:-1], pieces=pieces)
