"""One file of a bundle's payload: bytes at hand, a file to stream, or the name of what travels apart."""

from __future__ import annotations

import io
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class PayloadMember:
    """A file below ``data/``: bytes at hand, or a path to stream from; neither where it travels apart."""

    name: str
    sha256: str
    size: int
    raw: bytes | None = None
    path: Path | None = None
    is_passing: bool = False
    """Whether the path is one on the way, which goes when it was packed."""

    @classmethod
    def of_bytes(cls, name: str, raw: bytes) -> PayloadMember:
        """Return the member that holds ``raw``."""
        return cls(name, sha256(raw).hexdigest(), len(raw), raw=raw)

    @classmethod
    def of_file(cls, name: str, path: Path) -> PayloadMember:
        """Return the member that holds what the file at ``path`` holds now, which is read once for that.

        Raises:
            OSError: it can't be read.
        """
        with path.open("rb") as file:
            return cls(name, file_digest(file, sha256).hexdigest(), file.tell(), path=path)

    def encrypted_as(self, name: str, sha256: str, size: int, path: Path) -> PayloadMember:
        """Return the member that holds this one's ciphertext."""
        return PayloadMember(name, sha256, size, path=path, is_passing=True)

    @property
    def is_inside(self) -> bool:
        """Whether the zip holds it."""
        return self.raw is not None or self.path is not None

    def open(self) -> BinaryIO:
        """Return the bytes as a stream."""
        if self.raw is not None:
            return io.BytesIO(self.raw)
        assert self.path is not None, "what travels apart is never opened"
        return self.path.open("rb")
