"""Writing a bundle's zip: members in the order of the layout, each streamed once, the file there whole or not at all.

The header before a member's content holds its CRC, so a streamed member's header is written again when the content
is through. The caller knows every size beforehand: ``bag-info.txt`` comes second and counts all bytes of the payload.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

from custody.bundle.disk import disk_errors
from custody.bundle.whole_file import whole_file
from custody.bundle.zip_layout import Member, format_central, format_end, format_local
from schemas import bag, layout, limits
from schemas.errors import StorageError, VerificationError

CHUNK = 1 << 20
"""Bytes read at a time: large enough that the cost of a call doesn't show, small enough for any machine."""


@dataclass(frozen=True, slots=True)
class Written:
    """A member as it was written, with the SHA-256 of its content in hex."""

    member: Member
    sha256: str


@contextmanager
def write_container(target: Path) -> Iterator[ContainerWriter]:
    """Give a writer for a new container; it appears at ``target`` when the block ends without error.

    Raises:
        UsageError: ``bundle.exists``: nothing is ever replaced.
        StorageError: ``storage.full`` or ``storage.io``; nothing is left behind then, nor after any other error.
    """
    with whole_file(target) as file:
        writer = ContainerWriter(file)
        yield writer
        writer.finish()


class ContainerWriter:
    """Writes members one after another into ``file``, which is empty, seekable, and open for reading and writing."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._position = 0
        self._last = (-1, "")
        self._written: dict[str, Written] = {}

    @property
    def written(self) -> MappingProxyType[str, Written]:
        """The members so far, by name, in their order."""
        return MappingProxyType(self._written)

    def add(self, name: str, raw: bytes) -> Written:
        """Write a member whose content is at hand.

        Raises:
            StorageError: ``storage.full`` or ``storage.io``.
        """
        member = self._next(name, size=len(raw), crc=zlib.crc32(raw))
        with disk_errors(f"writing {name}"):
            self._file.write(format_local(member))
            self._file.write(raw)
        return self._record(member, sha256(raw).hexdigest())

    def add_stream(self, name: str, stream: BinaryIO, *, size: int, sha256_hex: str | None = None) -> Written:
        """Write a member of ``size`` bytes from a stream, and check it against its digest if one is given.

        Raises:
            VerificationError: ``bundle.source-changed`` where the stream has other bytes than announced.
            StorageError: ``storage.full`` or ``storage.io``.
        """
        header = format_local(self._next(name, size=size, crc=0))
        with disk_errors(f"writing {name}"):
            self._file.write(header)
        crc, digest = self._copy(name, stream, size)
        if sha256_hex not in (None, digest):
            raise _changed(name, f"SHA-256 {sha256_hex}", digest)
        member = self._next(name, size=size, crc=crc)
        with disk_errors(f"writing {name}"):
            self._file.seek(member.offset)
            self._file.write(format_local(member))
            self._file.seek(member.end)
        return self._record(member, digest)

    def add_tag_manifest(self) -> Written:
        """Write the last member, which lists every member outside of ``data/`` with its digest."""
        tags = ((name, item.sha256) for name, item in self._written.items() if not layout.is_payload(name))
        return self.add(layout.TAG_MANIFEST, bag.format_manifest(tags))

    def check_written(self) -> None:
        """Read everything written so far back from the disk and compare digests, before anything is promised about it.

        Raises:
            StorageError: ``storage.lied`` where the disk gives other bytes back, or ``storage.io``.
        """
        with disk_errors("reading the bundle back"):
            self._file.flush()
            os.fsync(self._file.fileno())
            _forget_cache(self._file.fileno())
            for name, item in self._written.items():
                found = self._digest(item.member)
                if found != item.sha256:
                    raise StorageError("storage.lied", f"{name}: expected {item.sha256} on the disk, found {found}")
            self._file.seek(self._position)

    def finish(self) -> None:
        """Write the directory and the end; the writer is of no use afterwards.

        Raises:
            StorageError: ``storage.full`` or ``storage.io``.
        """
        size = 0
        with disk_errors("writing the directory"):
            for item in self._written.values():
                size += self._file.write(format_central(item.member))
            self._file.write(format_end(count=len(self._written), size=size, offset=self._position))
            self._file.flush()

    def _next(self, name: str, *, size: int, crc: int) -> Member:
        place = layout.place_of(name)
        assert place > self._last, f"{name} comes before {self._last[1]}"
        assert len(self._written) < limits.MEMBERS, "no bundle has so many members"
        return Member(name=name, size=size, crc=crc, offset=self._position)

    def _record(self, member: Member, digest: str) -> Written:
        self._position = member.end
        self._last = layout.place_of(member.name)
        self._written[member.name] = written = Written(member=member, sha256=digest)
        return written

    def _copy(self, name: str, stream: BinaryIO, size: int) -> tuple[int, str]:
        crc, digest, left = 0, sha256(), size
        while True:
            with disk_errors(f"reading the source of {name}"):
                chunk = stream.read(min(CHUNK, left + 1))
            if not chunk:
                break
            left -= len(chunk)
            if left < 0:
                raise _changed(name, f"{size} bytes", "more")
            crc = zlib.crc32(chunk, crc)
            digest.update(chunk)
            with disk_errors(f"writing {name}"):
                self._file.write(chunk)
        if left:
            raise _changed(name, f"{size} bytes", f"{size - left}")
        return crc, digest.hexdigest()

    def _digest(self, member: Member) -> str:
        self._file.seek(member.content)
        digest, left = sha256(), member.size
        while left and (chunk := self._file.read(min(CHUNK, left))):
            digest.update(chunk)
            left -= len(chunk)
        return digest.hexdigest()


def _changed(name: str, expected: str, found: str) -> VerificationError:
    hint = "a stored file is not what was registered; custody check says which, and nothing was packed"
    return VerificationError("bundle.source-changed", f"{name}: expected {expected}, found {found}", hint=hint)


def _forget_cache(descriptor: int) -> None:
    """Ask the system to drop its copy in memory, so that what is read back comes from the disk."""
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
