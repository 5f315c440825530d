"""Reading a bundle's zip safely: nothing is extracted, nothing is trusted, nothing unpacks to more than its own size.

A `Container` exists only where every byte that is not content is the one expected, every name belongs to the layout,
stands in its place and stands there once. Content is checked against its CRC whenever it is read to the end; whether
it is the *right* content is the verifier's business, by SHA-256.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from hashlib import sha256
from io import BufferedReader, RawIOBase
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING

from custody.bundle.region import FileRegion, Region, Stretch
from custody.bundle.zip_check import check_zip
from custody.bundle.zip_layout import Member
from schemas import layout
from schemas.errors import RecordError, VerificationError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

CHUNK = 1 << 20
"""Bytes read at a time."""


def open_container(path: Path) -> Container:
    """Return the container in the file at ``path``; close it after use, or use it in a ``with`` statement.

    Raises:
        VerificationError: ``container.*`` as `read_container`.
        UsageError: ``bundle.absent`` or ``bundle.not-a-file``.
        StorageError: ``storage.io`` or ``storage.changed``: the disk's fault, and no verdict on the bundle.
    """
    region = FileRegion(path)
    try:
        return Container(region, check_members(check_zip(region)))
    except BaseException:
        region.close()
        raise


def read_container(region: Region) -> Container:
    """Return the container in a region.

    Raises:
        VerificationError: ``container.not-a-zip``, ``container.truncated``, ``container.trailing-bytes``,
            ``container.repacked``, ``container.malformed``, ``container.too-many``, and as `check_members`.
        StorageError: as `Region.read_at`.
    """
    return Container(region, check_members(check_zip(region)))


def check_members(members: tuple[Member, ...]) -> tuple[Member, ...]:
    """Return ``members`` if each has a name of the layout, in its place, once, and none that must be there is missing.

    Raises:
        VerificationError: ``container.member-unknown``, ``container.member-twice``, ``container.order``,
            ``container.member-missing``.
    """
    last = (-1, "")
    for member in members:
        try:
            place = layout.place_of(member.name)
        except RecordError as error:
            raise VerificationError("container.member-unknown", error.text) from None
        if place == last:
            raise VerificationError("container.member-twice", f"expected {member.name} once, found it twice")
        if place < last:
            raise VerificationError("container.order", f"expected {member.name} before {last[1]}, found it after")
        last = place
    _check_required(members)
    return members


def _check_required(members: tuple[Member, ...]) -> None:
    names = {member.name for member in members}
    missing = [name for name in layout.REQUIRED if name not in names]
    if not any(name.startswith(layout.ENTRIES) for name in names):
        missing.append(f"{layout.ENTRIES}<index>.json")
    if missing:
        raise VerificationError("container.member-missing", f"expected {missing[0]}, found no such member")


class Container:
    """The members of a bundle, by name, in their order; reading one is a read of the disk at its place."""

    def __init__(self, region: Region, members: tuple[Member, ...]) -> None:
        self._region = region
        self.members = MappingProxyType({member.name: member for member in members})

    def __enter__(self) -> Container:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file behind the container, if it is a container of its own and not one within another."""
        if isinstance(self._region, FileRegion):
            self._region.close()

    def names(self, folder: str) -> tuple[str, ...]:
        """Return the names that begin with ``folder``, such as `layout.ENTRIES`, in their order."""
        return tuple(name for name in self.members if name.startswith(folder))

    def read(self, name: str, *, maximum: int) -> bytes:
        """Return the content of a member of at most ``maximum`` bytes.

        Raises:
            VerificationError: ``container.member-missing``, ``container.member-size``, ``container.crc``.
            StorageError: as `Region.read_at`.
        """
        member = self._member(name)
        if member.size > maximum:
            raise VerificationError(
                "container.member-size", f"{name}: expected at most {maximum} bytes, found {member.size}"
            )
        raw = self._region.read_at(member.content, member.size)
        _check_crc(member, zlib.crc32(raw))
        return raw

    def open(self, name: str) -> MemberStream:
        """Return the content of a member as a stream, whose last read raises ``container.crc`` if it is damaged.

        Raises:
            VerificationError: ``container.member-missing``.
        """
        return MemberStream(self._region, self._member(name))

    def stretch(self, name: str) -> Stretch:
        """Return the content of a member as it lies there, whatever its CRC.

        Raises:
            VerificationError: ``container.member-missing``.
        """
        member = self._member(name)
        return Stretch(self._region, member.content, member.size)

    def digest(self, name: str) -> str:
        """Return the SHA-256 of a member's content in hex.

        Raises:
            VerificationError: ``container.member-missing``, ``container.crc``.
            StorageError: as `Region.read_at`.
        """
        digest = sha256()
        stream = self.open(name)
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
        return digest.hexdigest()

    def lines(self, name: str, *, maximum: int) -> Iterator[bytes]:
        """Yield the lines of a member without their LF, each of at most ``maximum`` bytes with it.

        Raises:
            VerificationError: ``container.line`` for a line too long or a last one without LF; others as `digest`.
            StorageError: as `Region.read_at`.
        """
        reader = BufferedReader(self.open(name), CHUNK)
        number = 0
        while line := reader.readline(maximum):
            number += 1
            if not line.endswith(b"\n"):
                raise VerificationError(
                    "container.line", f"{name}: expected LF within {maximum} bytes of line {number}, found none"
                )
            yield line[:-1]

    def nested(self, name: str) -> Container:
        """Return the container that a member below ``data/inherited/`` is; the caller counts depth.

        Raises:
            VerificationError: ``container.member-missing``, ``container.crc``, and as `read_container`.
            StorageError: as `Region.read_at`.
        """
        member = self._member(name)
        self.digest(name)
        return read_container(Stretch(self._region, member.content, member.size))

    def _member(self, name: str) -> Member:
        member = self.members.get(name)
        if member is None:
            raise VerificationError("container.member-missing", f"expected {name[:120]}, found no such member")
        return member


class MemberStream(RawIOBase):
    """The content of one member, read once from its beginning to its end."""

    def __init__(self, region: Region, member: Member) -> None:
        super().__init__()
        self._region = region
        self._member = member
        self._position = 0
        self._crc = 0

    def readable(self) -> bool:
        """Say that this is for reading."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill ``buffer`` as far as the content goes; return the bytes filled, 0 at the end.

        Raises:
            VerificationError: ``container.crc`` with the bytes that would complete a damaged content.
            StorageError: as `Region.read_at`.
        """
        view = memoryview(buffer).cast("B")
        raw = self._take(len(view))
        view[: len(raw)] = raw
        return len(raw)

    def read(self, size: int | None = -1, /) -> bytes:
        """Return up to ``size`` bytes, all that is left without a size, nothing at the end; raises as `readinto`."""
        return self._take(self._member.size if size is None or size < 0 else size)

    def _take(self, size: int) -> bytes:
        member = self._member
        raw = self._region.read_at(member.content + self._position, min(size, member.size - self._position))
        self._position += len(raw)
        self._crc = zlib.crc32(raw, self._crc)
        if self._position == member.size:
            _check_crc(member, self._crc)
        return raw


def _check_crc(member: Member, found: int) -> None:
    if found != member.crc:
        raise VerificationError("container.crc", f"{member.name}: expected CRC {member.crc:08x}, found {found:08x}")
