"""The file in which a provider hands over: its certificate and the files by digest, in one plain zip.

    certificate.json      the signed certificate
    files.jsonl           the file records, one canonical line each, where there are more than 16
    files/<sha256>        the files; equal ones once

Anybody can open it without this program. Members are stored, not compressed, so its size is no surprise; they carry
digests for names, and the names that the provider gave are read from the signed records alone.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from msgspec.structs import replace

from custody.bundle.whole_file import whole_file
from custody.evidence.hashing import Hasher
from schemas import canonical, limits
from schemas.certificate import CertifiedContent, CertifiedFile, check_names, parse_certificate
from schemas.envelope import Envelope
from schemas.errors import RecordError, UsageError, VerificationError

CERTIFICATE: Final = "certificate.json"
LINES: Final = "files.jsonl"
_FILE: Final = re.compile(r"files/[0-9a-f]{64}\Z", re.ASCII)
_DEEPEST: Final = 200
"""Folders within each other: deeper ones can't be removed by Python's own means."""
_BAD_NAME: Final = frozenset({errno.EEXIST, errno.EILSEQ, errno.EINVAL, errno.ENAMETOOLONG, errno.ENOTDIR})
"""What a system says of a name; all else is of its disk."""
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Named:
    """A file on its way out: where it lies, and under which name it is handed over."""

    path: Path
    name: str


def find_files(paths: Sequence[Path]) -> tuple[Named, ...]:
    """Return all files at or below ``paths`` with the names that they get, in order of name.

    Raises:
        UsageError: ``produce.file`` for what is no file or directory, a link, a name that is not UTF-8 or is there
            twice; ``produce.empty`` for none.
    """
    found: dict[str, Path] = {}
    for path in paths:
        for item in _below(path):
            name = item.relative_to(path.parent).as_posix()
            try:
                name.encode("utf-8")
            except UnicodeEncodeError:
                raise UsageError("produce.file", f"expected a name in UTF-8, found {name!r}") from None
            if name in found:
                raise UsageError("produce.file", f"expected each name once, found {name} twice")
            found[name] = item
    if not found:
        raise UsageError("produce.empty", "expected a file to produce, found none")
    return tuple(Named(found[name], name) for name in sorted(found, key=lambda name: name.encode("utf-8")))


def _below(path: Path) -> Iterator[Path]:
    if path.is_symlink() or not (path.is_file() or path.is_dir()):
        raise UsageError("produce.file", f"expected a file or a folder at {path}, found neither")
    if path.is_file():
        yield path
        return
    for item in sorted(path.iterdir()):
        yield from _below(item)


def hash_files(files: Sequence[Named]) -> tuple[CertifiedFile, ...]:
    """Return the records of files, each read once.

    Raises:
        OSError: a file can't be read.
    """
    with Hasher() as hasher:
        return tuple(_hash(hasher, item) for item in files)


def _hash(hasher: Hasher, item: Named) -> CertifiedFile:
    with item.path.open("rb") as file:
        found = hasher.digest(file.fileno())
    return CertifiedFile(digests=found.record, name=item.name, size=found.size)


def write_production(target: Path, envelope: bytes, files: Sequence[Named], records: Sequence[CertifiedFile]) -> None:
    """Write the file that is handed over; it appears whole or not at all.

    Raises:
        UsageError: ``bundle.exists``; ``produce.changed`` where a file is not what was hashed any more.
        StorageError: the disk.
    """
    with whole_file(target) as out, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(_info(CERTIFICATE), envelope)
        if len(records) > limits.CONTENT_IN_EVENT:
            archive.writestr(_info(LINES), b"".join(canonical.encode(item) + b"\n" for item in records))
        written: set[str] = set()
        for item, record in zip(files, records, strict=True):
            if record.digests.sha256 in written:
                continue
            written.add(record.digests.sha256)
            with item.path.open("rb") as source, archive.open(_info(f"files/{record.digests.sha256}"), "w") as member:
                shutil.copyfileobj(source, member, 1 << 20)
            if hash_files([item]) != (record,):
                raise UsageError(
                    "produce.changed", f"expected {item.name} as it was hashed, found it changed meanwhile"
                )


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.external_attr = 0o440 << 16
    return info


@dataclass(frozen=True, slots=True)
class Production:
    """An open production: the certificate's bytes and the file records as they are told; nothing is checked yet."""

    archive: zipfile.ZipFile
    envelope: bytes
    records: tuple[CertifiedFile, ...]

    def lay_out(self, folder: Path) -> tuple[CertifiedFile, ...]:
        """Write the files below ``folder``, an empty one, under their names, and return what they hash to.

        Equal files are written once, as the archive holds them, and share their bytes: a few kilobytes of records could
        else fill a disk.

        Raises:
            VerificationError: ``certificate.file`` where a file is missing or is another than the record says, or has a
                name that can't be laid out here.
            OSError: the disk.
        """
        names = {info.filename for info in self.archive.infolist()}
        written: dict[str, Path] = {}
        hashes: dict[str, CertifiedFile] = {}
        found = []
        for record in self.records:
            sha256 = record.digests.sha256
            if f"files/{sha256}" not in names:
                raise VerificationError("certificate.file", f"expected {record.name}, found no such file with it")
            target = self._place(folder, record.name)
            try:
                if sha256 not in written or not _share(written[sha256], target):
                    self._write(sha256, target)
                    written.setdefault(sha256, target)
            except (zipfile.BadZipFile, EOFError) as error:
                raise VerificationError("certificate.file", f"expected {record.name} whole, found {error}") from None
            if sha256 not in hashes:
                (hashes[sha256],) = hash_files([Named(target, record.name)])
            found.append(replace(hashes[sha256], name=record.name))
        wrong = next((item for item, record in zip(found, self.records, strict=True) if item != record), None)
        if wrong is not None:
            text = f"expected {wrong.name} as it was certified, found a file with SHA-256 {wrong.digests.sha256}"
            raise VerificationError("certificate.file", text, hint="ask the provider for the file as it was made")
        return tuple(found)

    def _write(self, sha256: str, target: Path) -> None:
        with self.archive.open(f"files/{sha256}") as source, target.open("xb") as file:
            shutil.copyfileobj(source, file, 1 << 20)

    @staticmethod
    def _place(folder: Path, name: str) -> Path:
        """Make the folders of a name, and return where its file goes.

        Raises:
            VerificationError, OSError: as `lay_out`.
        """
        *above, last = name.split("/")
        if len(above) > _DEEPEST:
            text = f"expected a name within at most {_DEEPEST} folders, found {len(above)} in {name[:200]}"
            raise VerificationError("certificate.file", text)
        place = folder
        try:
            for part in above:
                place /= part
                place.mkdir(exist_ok=True)
            (place / last).lstat()
        except FileNotFoundError:
            return place / last
        except OSError as error:
            if error.errno not in _BAD_NAME:
                raise
            text = f"expected a name that can be laid out here, found {name[:200]}: {error.strerror}"
            raise VerificationError("certificate.file", text) from None
        raise VerificationError("certificate.file", f"expected names that can stand beside each other, found {name}")


def _share(source: Path, target: Path) -> bool:
    """Give a file a second name, where the file system can."""
    try:
        os.link(source, target)
    except OSError:
        return False
    return True


@contextmanager
def open_production(file: BinaryIO) -> Iterator[Production]:
    """Give the production in an open file.

    Raises:
        VerificationError: ``certificate.container`` for anything but such a zip.
        RecordError: as `parse_certificate`.
        OSError: the file can't be read.
    """
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError) as error:
        raise _not_one(f"no zip: {error}") from None
    with archive:
        _check_members(archive, os.fstat(file.fileno()).st_size)
        envelope = _read(archive, CERTIFICATE, limits.ENTRY_BYTES)
        yield Production(archive, envelope, _records(archive, envelope))


def _check_members(archive: zipfile.ZipFile, size: int) -> None:
    members = archive.infolist()
    names = [info.filename for info in members]
    strange = [name for name in names if name not in (CERTIFICATE, LINES) and not _FILE.match(name)]
    if len(set(names)) != len(names) or strange or CERTIFICATE not in names:
        raise _not_one(f"members {', '.join(map(repr, strange[:3])) or 'missing or twice'}")
    if any(info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 1 for info in members):
        raise _not_one("members that are compressed or encrypted")
    if sum(info.file_size for info in members) > size:
        raise _not_one("members larger than the file")


def _read(archive: zipfile.ZipFile, name: str, maximum: int) -> bytes:
    if archive.getinfo(name).file_size > maximum:
        raise _not_one(f"more than {maximum} bytes of {name}")
    try:
        return archive.read(name)
    except (zipfile.BadZipFile, EOFError) as error:
        raise _not_one(f"{name} damaged: {error}") from None


def _records(archive: zipfile.ZipFile, envelope: bytes) -> tuple[CertifiedFile, ...]:
    certificate = parse_certificate(canonical.decode(envelope, Envelope, maximum=limits.ENTRY_BYTES))
    content = certificate.content
    if not isinstance(content, CertifiedContent):
        raise RecordError("certificate.kind", "expected a certificate of a production, found one of a preservation")
    if isinstance(content.files, tuple):
        return content.files
    if not content.count:
        return ()
    if LINES not in archive.namelist():
        raise _not_one(f"no {LINES}")
    raw = _read(archive, LINES, limits.JSON_BYTES)
    lines = raw.removesuffix(b"\n").split(b"\n")
    records = tuple(canonical.decode(line, CertifiedFile, maximum=limits.MANIFEST_LINE) for line in lines)
    check_names(records)
    return records


def _not_one(found: str) -> VerificationError:
    hint = "custody produce makes one; ask the provider for the file as it was made"
    return VerificationError("certificate.container", f"expected a provider's production, found {found}", hint=hint)
