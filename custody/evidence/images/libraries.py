"""The libraries that read images, behind the extra ``images``; each is imported only where an image wants it.

They run on hostile input and are called in a process of their own alone: see `custody.evidence.images.child`.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from typing import Any, Final

from schemas.details.image import NotRead

READ_BYTES: Final = 1 << 20
HEADER: Final = {
    "acquiry_date": "acquired",
    "acquiry_operating_system": "operating_system",
    "acquiry_software_version": "software",
    "case_number": "case_number",
    "description": "description",
    "evidence_number": "evidence_number",
    "examiner_name": "examiner",
    "model": "device_model",
    "notes": "notes",
    "serial_number": "device_serial",
    "system_date": "system_date",
}
"""What libewf calls the values of a header, and the fields of `schemas.details.image.ImageHeader`."""
MODULES: Final = {"libewf": "pyewf", "libqcow": "pyqcow", "libvhdi": "pyvhdi", "libvmdk": "pyvmdk"}
"""Each library and the module that binds it."""
_VALUE_CHARACTERS: Final = 4096


def import_library(name: str) -> Any | None:
    """Return the module of a library, or nothing where the extra isn't installed."""
    try:
        return importlib.import_module(MODULES[name])
    except ImportError:
        return None


class Opened:
    """A medium that a library reads: ``size`` in bytes, and the sector size where the format says it."""

    def __init__(self, handle: Any, *, size: int, sector_size: int | None = None) -> None:
        self._handle = handle
        self.size = size
        self.sector_size = sector_size

    def read_at(self, start: int, size: int) -> bytes:
        """Return up to ``size`` bytes at ``start``.

        Raises:
            OSError: the library can't read them.
        """
        return bytes(self._handle.read_buffer_at_offset(size, start))

    def pieces(self) -> Iterator[bytes]:
        """Yield the medium from its first to its last byte; ends early where the library does.

        Raises:
            OSError: the library can't read it.
        """
        position = 0
        while position < self.size:
            piece = self.read_at(position, min(READ_BYTES, self.size - position))
            if not piece:
                return
            position += len(piece)
            yield piece


class Ewf(Opened):
    """An EWF image as libewf sees it."""

    def __init__(self, module: Any, paths: Sequence[str]) -> None:
        """Open the segments.

        Raises:
            OSError, RuntimeError: libewf can't.
        """
        handle = module.handle()
        handle.open(list(paths))
        super().__init__(handle, size=handle.get_media_size(), sector_size=handle.get_bytes_per_sector() or None)

    def stored(self) -> dict[str, str]:
        """Return the digests in the image, lower-case hex by algorithm."""
        values = self._handle.get_hash_values()
        return {name.lower(): str(value).lower() for name, value in values.items() if name in {"MD5", "SHA1", "SHA256"}}

    def header(self) -> dict[str, Any]:
        """Return what the header says, by the names of our record; the rest below ``other``."""
        found: dict[str, Any] = {}
        other: dict[str, str] = {}
        for name, value in self._handle.get_header_values().items():
            text = str(value)[:_VALUE_CHARACTERS].encode("utf-8", "replace").decode("utf-8")
            if name in HEADER:
                found[HEADER[name]] = text
            elif len(other) < 64:
                other["".join(c if c.isascii() and c.isalnum() else "_" for c in name)[:64]] = text
        return {**found, **({"other": other} if other else {})}

    def compression(self) -> str:
        """Return how chunks are compressed."""
        return {0: "none", 1: "deflate", 2: "bzip2"}.get(self._handle.get_compression_method(), "other")


class NotReadable(Exception):
    """A medium that can't be read for a reason that has a word in `schemas.details.image.NotRead`."""

    def __init__(self, reason: NotRead, text: str) -> None:
        super().__init__(text)
        self.reason = reason


def open_vhd(module: Any, files: Sequence[Any]) -> Opened:
    """Open a VHD or VHDX image.

    Raises:
        OSError, RuntimeError: the library can't.
        NotReadable: it only holds what differs from another image.
    """
    handle = module.file()
    handle.open_file_object(files[0])
    if handle.get_parent_identifier():
        raise NotReadable("needs-parent", "it only holds what differs from another image")
    return Opened(handle, size=handle.get_media_size(), sector_size=handle.get_bytes_per_sector() or None)


def open_vmdk(module: Any, files: Sequence[Any]) -> Opened:
    """Open a VMDK image from its descriptor and the files of its extents.

    The extents are handed in as they were registered: a descriptor may name any file of this machine.

    Raises:
        OSError, RuntimeError: the library can't.
        NotReadable: it only holds what differs from another image, or other files than those at hand.
    """
    handle = module.handle()
    handle.open_file_object(files[0])
    if handle.get_parent_filename():
        raise NotReadable("needs-parent", "it only holds what differs from another image")
    extents = list(files[1:]) or [files[0]]
    if handle.get_number_of_extents() != len(extents):
        text = f"it consists of {handle.get_number_of_extents()} extents, {len(extents)} are at hand"
        raise NotReadable("damaged", text)
    handle.open_extent_data_files_as_file_objects(extents)
    return Opened(handle, size=handle.get_media_size())
