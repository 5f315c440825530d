"""What interrupted readings left in a store (`custody.evidence.partial`), as an order to erase has to look at it.

A copy there is evidence in clear that no entry names, and its journal tells the name of what was read.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from blake3 import blake3

from custody.evidence.destroy import destroy_file
from custody.evidence.disk import as_storage_error, disk_errors
from custody.evidence.journal import Journal, parse_journal
from schemas import limits
from schemas.pieces import DIGEST_BYTES


@dataclass(frozen=True, slots=True)
class KeptReading:
    """One interrupted reading; without a ``journal`` that says something nobody can tell what it holds."""

    folder: Path
    journal: Journal | None

    def may_hold(self, size: int, pieces: bytes | None) -> bool:
        """Tell whether it may hold bytes of a file of ``size`` bytes whose digests of pieces are those, 32 bytes each.

        One piece in the same place says so, unless it is all zeros; where digests lack, the size of the whole does.
        """
        if self.journal is None or not pieces or not self.journal.digests:
            return self.journal is None or self.journal.mark.size == size
        theirs = (pieces[at : at + DIGEST_BYTES] for at in range(0, len(pieces), DIGEST_BYTES))
        return any(mine == other != _zeros() for mine, other in zip(self.journal.digests, theirs, strict=False))

    def is_named(self, path: bytes, size: int) -> bool:
        """Tell whether it is of a file that had this path below the root of its exhibit, and so many bytes."""
        return self.journal is not None and self.journal.mark.size == size and (
            b"/" + self.journal.mark.path).endswith(b"/" + path)  # fmt: skip

    def destroy(self) -> int | None:
        """Destroy it, and return how many bytes its copy had; nothing where somebody is reading on.

        Raises:
            StorageError: ``store.failed``.
        """
        try:
            with (self.folder / "journal").open("ab") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                size = destroy_file(self.folder / "copy")
                destroy_file(self.folder / "journal")
                shutil.rmtree(self.folder)
        except BlockingIOError:
            return None
        except OSError as error:
            raise as_storage_error(error, "destroying an interrupted reading") from None
        return size or 0


def kept_readings(base: Path) -> Iterator[KeptReading]:
    """Yield what is kept below ``base``, also what nobody could go on from.

    Raises:
        StorageError: ``store.failed``.
    """
    with disk_errors("looking at interrupted readings"):
        for folder in sorted(base.iterdir()) if base.is_dir() else ():
            path = folder / "journal"
            yield KeptReading(folder, parse_journal(path.read_bytes()) if path.is_file() else None)


@cache
def _zeros() -> bytes:
    return blake3(bytes(limits.PIECE_BYTES)).digest()
