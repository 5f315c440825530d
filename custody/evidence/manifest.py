"""The list of an exhibit's records on disk, for exhibits that are too large for their event to hold them.

One canonical `ManifestLine` a line, each ended by LF, in order of raw path bytes. It is written and read as a stream:
a million records cost no more memory than one.
"""

from __future__ import annotations

import mmap
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from hashlib import sha256
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, Final

from custody.evidence import left_over
from custody.evidence.disk import as_storage_error, disk_errors, open_kept, sync_directory
from schemas import canonical, limits, merkle, text
from schemas.content import Content, ManifestLine
from schemas.errors import RecordError, StorageError, VerificationError

_SHA256: Final = re.compile(rb'"sha256":"([0-9a-f]{64})"')
"""As a canonical record spells it; all else in a line that holds quotes is text of base64."""
_EMPTY: Final = sha256(b"").hexdigest().encode("ascii")


class Spool:
    """A manifest that is being written, before its root is known: a temporary file of mode 0600.

    Its name holds the number of the process that writes it, so that the next one can remove what a crash left over.
    """

    def __init__(self, directory: Path) -> None:
        """Make the file in ``directory``, after removing those whose process is gone.

        Raises:
            StorageError: ``store.full`` or ``store.failed``.
        """
        with disk_errors("writing a manifest"):
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            left_over.sweep(directory)
            fd, self.path = left_over.begin(directory, left_over.SPOOL, ".jsonl")
        self._file = os.fdopen(fd, "wb", buffering=1 << 18)

    def write_record(self, record: bytes, disclosures: Sequence[str]) -> None:
        """Append the `ManifestLine` of a canonical record and its disclosures, of which there is at least one.

        The line is put together from its parts: a record is encoded once, for its leaf and for its line, and the text
        of a disclosure is base64url, which stands in JSON as it is.

        Raises:
            StorageError: ``store.full`` or ``store.failed``.
        """
        texts = '","'.join(disclosures).encode("ascii")
        # Plainly, for a list may have a million lines.
        try:
            self._file.write(b'{"disclosures":["%b"],"record":%b}\n' % (texts, record))
        except OSError as error:
            raise as_storage_error(error, "writing a manifest") from None

    def finish(self) -> Path:
        """Return where the file lies, when all of it is on disk.

        Raises:
            StorageError: ``store.full`` or ``store.failed``.
        """
        with disk_errors("writing a manifest"):
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
        return self.path

    def discard(self) -> None:
        """Remove the file."""
        # Closing flushes, which fails again on a full disk; the descriptor is closed all the same.
        with suppress(OSError):
            self._file.close()
        self.path.unlink(missing_ok=True)


def read_manifest(path: Path, *, content: Content) -> Iterator[ManifestLine]:
    """Yield the lines of a manifest; after the last one it is compared with ``content``, which is signed.

    Raises:
        RecordError: a line that is not the canonical spelling of one, above `limits.MANIFEST_LINE` bytes, or cut.
        VerificationError: ``content.root`` where the records are not those that were signed.
        StorageError: ``store.absent`` or ``store.failed``.
    """
    leaves, total = merkle.Frontier(), 0
    try:
        with BufferedReader(open_kept(path), 1 << 18) as file:
            for line in _lines(file):
                yield line
                leaves.append(merkle.hash_leaf(canonical.encode(line.record)))
                total += line.record.size if isinstance(line.record.size, int) else 0
    except FileNotFoundError:
        raise StorageError("store.absent", f"expected the manifest {content.root}, found none") from None
    except OSError as error:
        raise as_storage_error(error, f"reading the manifest {content.root}") from None
    found = (leaves.root().hex(), leaves.size, total)
    if found != (content.root, content.count, content.bytes):
        message = f"expected {content.count} records of root {content.root}, found {found[1]} of root {found[0]}"
        raise VerificationError("content.root", message)


def _lines(file: BinaryIO) -> Iterator[ManifestLine]:
    while raw := file.readline(limits.MANIFEST_LINE + 2):
        if not raw.endswith(b"\n"):
            expected = f"expected lines of at most {limits.MANIFEST_LINE} bytes, each ended by LF"
            raise RecordError("record.size", expected)
        yield canonical.decode(raw[:-1], ManifestLine, maximum=limits.MANIFEST_LINE)


def digests_in(path: Path) -> Iterator[str]:
    """Yield the SHA-256 of each file of a list or spool that isn't empty; of none where it is not there.

    Raises:
        StorageError: ``store.failed``.
    """
    try:
        with open_kept(path) as file:
            if not os.fstat(file.fileno()).st_size:
                return
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as raw:
                for found in _SHA256.finditer(raw):
                    if found[1] != _EMPTY:
                        yield found[1].decode("ascii")
    except FileNotFoundError:
        return
    except OSError as error:
        raise as_storage_error(error, f"reading the manifest {path.stem}") from None


class Manifests:
    """The manifests of a ledger, by root: ``<base>/<root>.jsonl``, mode 0600, as they hold names in clear."""

    def __init__(self, base: Path) -> None:
        self._base = base

    @property
    def base(self) -> Path:
        """The directory in which they lie; a `Spool` in it makes `adopt` a mere renaming."""
        return self._base

    def path(self, root: str) -> Path:
        """Return where the manifest of this content root lies or would lie.

        Raises:
            RecordError: ``text.hex`` unless ``root`` is 64 lower-case hex digits.
        """
        text.parse_hex(root, size=32)
        return self._base / f"{root}.jsonl"

    def roots(self) -> Iterator[str]:
        """Yield the content roots of all lists, in order; what else somebody put beside them is none."""
        for path in sorted(self._base.glob("*.jsonl")):
            if re.match(text.HASH_PATTERN, path.stem, re.ASCII):
                yield path.stem

    def digests(self, root: str) -> Iterator[str]:
        """Yield the SHA-256 of each file of a list that isn't empty; of none where it is not there.

        The list is searched, not read: whether it is what was signed is for `read_manifest`, which takes fifty times
        as long.

        Raises:
            RecordError: ``text.hex``.
            StorageError: ``store.failed``.
        """
        yield from digests_in(self.path(root))

    def adopt(self, spool: Path, *, root: str) -> Path:
        """Give a finished spool file its name, durably, and return where it lies.

        Raises:
            StorageError: ``store.full`` or ``store.failed``.
        """
        target = self.path(root)
        with disk_errors(f"keeping the manifest {root}"):
            os.replace(spool, target)
            sync_directory(self._base)
        return target
