"""A bundle on the disk as the verifier wants it, and folders with files that travelled apart from it.

Two kinds of trouble are kept apart here. What is wrong with the bundle's bytes is a finding and makes a verdict. What
is wrong with this machine's disk says nothing about the bundle: it must never look like tampering, so it passes
through the verifier as `DiskFaultError`, which the verifier doesn't know, and comes out as the `StorageError` it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

from custody.bundle.container import Container, open_container, read_container
from custody.bundle.digest_names import find_digest_names
from custody.bundle.disk import disk_errors
from custody.bundle.measure import measure, measure_pieces
from custody.bundle.region import FileRegion, Held, Region
from custody.verify.procedure.procedure import ProfileFor
from custody.verify.record.source import Decryption, Elsewhere, FoundFile
from custody.verify.verify import Trusted, Verified, failed_container, verify
from schemas import layout
from schemas.errors import StorageError, UsageError, VerificationError
from schemas.report import Report

OnBytes = Callable[[int], None]
"""Is told how many bytes of evidence were read since the last time."""
Decrypting = Callable[[Container], Decryption | None]
_FOLDERS: Final = ("", "files", "data/files")


class DiskFaultError(Exception):
    """The machine could not read its own disk; ``error`` says how."""

    def __init__(self, error: StorageError) -> None:
        super().__init__(error.text)
        self.error = error


@dataclass(frozen=True, slots=True)
class Outcome:
    """A report, and what was read, where the container could be opened at all."""

    report: Report
    verified: Verified | None


class BundleSource:
    """A container as a `custody.verify.record.source.Source`."""

    def __init__(self, container: Container, *, on_bytes: OnBytes | None = None) -> None:
        self._container = container
        self._on_bytes = on_bytes
        self._digests: tuple[str, ...] | None = None

    def names(self) -> Sequence[str]:
        """Return the names of all members."""
        return tuple(self._container.members)

    def read(self, name: str, maximum: int) -> bytes:
        """Return the bytes of a member of at most ``maximum`` bytes.

        Raises:
            VerificationError: ``container.member-size``, ``container.crc``.
        """
        with _disk_faults():
            return self._container.read(name, maximum=maximum)

    def lines(self, name: str, maximum: int) -> Iterator[bytes]:
        """Yield the lines of a member without their LF.

        Raises:
            VerificationError: ``container.line``, ``container.crc``.
        """
        with _disk_faults():
            yield from self._container.lines(name, maximum=maximum)

    def measure(self, name: str) -> FoundFile:
        """Return digests and size of a member.

        Raises:
            VerificationError: ``container.crc``.
        """
        stream = self._container.open(name)
        size = self._container.members[name].size
        with _disk_faults():
            names = self.digests if layout.is_detachable(name) else None
            return measure(_watched(stream.read, self._on_bytes), size=size, digests=names)

    def pieces(self, name: str) -> bytes:
        """Return the digests of a member's pieces, whatever its CRC; nothing where BLAKE3 is not at hand."""
        with _disk_faults():
            return measure_pieces(_reader(self._container.stretch(name)))

    @property
    def digests(self) -> tuple[str, ...]:
        """The digests that file records of this bundle name; looked for once, when evidence is to be measured."""
        if self._digests is None:
            with _disk_faults():
                self._digests = find_digest_names(self._container)
        return self._digests

    def inherited(self, name: str) -> BundleSource:
        """Return the bundle that a member is.

        Raises:
            VerificationError: ``container.*``.
        """
        with _disk_faults():
            return BundleSource(self._container.nested(name), on_bytes=self._on_bytes)

    def within(self, raw: bytes) -> BundleSource:
        """Return the bundle that a document's bytes are.

        Raises:
            VerificationError: ``container.*``.
        """
        return BundleSource(read_container(Held(raw)))


class Folders:
    """Files by digest in folders of this machine: ``<sha256>``, ``files/<sha256>`` or ``<ab>/<sha256>`` of each.

    A file under that name with the right bytes wins over one with others; nothing is hashed that isn't asked for.
    """

    def __init__(
        self, folders: Sequence[Path], *, on_bytes: OnBytes | None = None, digests: Sequence[str] = ("blake3",)
    ) -> None:
        """Take folders that are there; ``digests`` are measured beside SHA-256.

        Raises:
            UsageError: ``files.absent``.
        """
        for folder in folders:
            if not folder.is_dir():
                raise UsageError("files.absent", f"expected a folder at {folder}, found none")
        self._folders = tuple(folders)
        self._on_bytes = on_bytes
        self._digests = tuple(digests)
        self._right: dict[str, Path] = {}
        self._most: dict[str, int] = {}

    def measuring(self, digests: Sequence[str]) -> Folders:
        """Return the same folders, of whose files these digests are measured beside SHA-256."""
        folders = Folders(self._folders, on_bytes=self._on_bytes, digests=digests)
        folders._right, folders._most = self._right, self._most
        return folders

    def find(self, sha256: str, /, *, size: int | None = None) -> FoundFile | None:
        """Return what the file named ``sha256`` measures, or nothing where none has that name.

        One of more than ``size`` bytes isn't read: it has no digest then, and is another file whatever it holds.
        """
        found = None
        if size is not None:
            self._most[sha256] = size
        for path in self.paths(sha256):
            found = self._measure(path, size)
            if found.sha256 == sha256:
                self._right[sha256] = path
                return found
        return found

    def open(self, sha256: str) -> BinaryIO | None:
        """Return the bytes of the file named ``sha256`` as a stream; of several, those that have this digest.

        Of several, one of more bytes than `find` was told isn't read to find out.

        Raises:
            StorageError: ``storage.io``.
        """
        known = self._right.get(sha256)
        paths = list(self.paths(sha256)) if known is None else [known]
        if len(paths) > 1:
            most = self._most.get(sha256)
            paths = [path for path in paths if self._measure(path, most).sha256 == sha256]
        if not paths:
            return None
        with disk_errors(f"opening {paths[0]}"):
            return paths[0].open("rb")

    def paths(self, sha256: str) -> Iterator[Path]:
        """Yield where a file of that name lies; its bytes are not looked at."""
        for folder in self._folders:
            for below in (*_FOLDERS, sha256[:2]):
                path = folder / below / sha256
                if path.is_file():
                    yield path

    def _measure(self, path: Path, most: int | None = None) -> FoundFile:
        with _disk_faults():
            region = FileRegion(path)
            try:
                if most is not None and region.size > most:
                    return FoundFile("", region.size)
                read = _watched(_reader(region), self._on_bytes)
                return measure(read, size=region.size, digests=self._digests)
            finally:
                region.close()


def verify_bundle(
    path: Path,
    *,
    trusted: Trusted,
    at: datetime,
    elsewhere: Elsewhere | None = None,
    decrypting: Decrypting | None = None,
    profile_for: ProfileFor | None = None,
    on_bytes: OnBytes | None = None,
) -> Outcome:
    """Return what holds of the bundle in the file at ``path``, as of ``at`` (aware, UTC).

    ``decrypting`` makes of the open container what the reader's identities open of it. ``profile_for`` as in `verify`.

    Raises:
        UsageError: ``bundle.absent``, ``bundle.not-a-file``.
        StorageError: this machine's disk; nothing is said about the bundle.
    """
    try:
        container = open_container(path)
    except VerificationError as error:
        return Outcome(failed_container(error, trusted=trusted, at=at), None)
    with container:
        decryption = None if decrypting is None else decrypting(container)
        verified = verify_container(
            container,
            trusted=trusted,
            at=at,
            elsewhere=elsewhere,
            decryption=decryption,
            profile_for=profile_for,
            on_bytes=on_bytes,
        )
        return Outcome(verified.report, verified)


def verify_container(
    container: Container,
    *,
    trusted: Trusted,
    at: datetime,
    elsewhere: Elsewhere | None = None,
    decryption: Decryption | None = None,
    profile_for: ProfileFor | None = None,
    on_bytes: OnBytes | None = None,
) -> Verified:
    """Return what holds of an open container, as of ``at`` (aware, UTC).

    Raises:
        StorageError: this machine's disk; nothing is said about the bundle.
    """
    try:
        source = BundleSource(container, on_bytes=on_bytes)
        if isinstance(elsewhere, Folders):
            elsewhere = elsewhere.measuring(source.digests)
        return verify(
            source, trusted=trusted, at=at, elsewhere=elsewhere, decryption=decryption, profile_for=profile_for
        )
    except DiskFaultError as fault:
        raise fault.error from fault


@contextmanager
def _disk_faults() -> Iterator[None]:
    try:
        yield
    except StorageError as error:
        raise DiskFaultError(error) from error


def _reader(region: Region) -> Callable[[int], bytes]:
    place = 0

    def read(size: int) -> bytes:
        nonlocal place
        raw = region.read_at(place, min(size, region.size - place))
        place += len(raw)
        return raw

    return read


def _watched(read: Callable[[int], bytes], on_bytes: OnBytes | None) -> Callable[[int], bytes]:
    if on_bytes is None:
        return read

    def watched(size: int) -> bytes:
        raw = read(size)
        on_bytes(len(raw))
        return raw

    return watched
