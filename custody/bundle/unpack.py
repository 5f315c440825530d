"""Giving evidence its own names back, in a new directory, with a list of what was called what.

    <folder of the exhibit>/...   files under their own names, cleaned (`custody.bundle.names`)
    <folder>/<sha256>             files whose name this recipient may not see
    _names.csv                    every record: original name, written name, SHA-256, size, what it is
    _symlinks.txt                 symbolic links, described and never made: they could point anywhere
    _documents/<sha256>           warrants, photos, certificates, if they are asked for

Content that several records name is shared by their files where the file system can do that (a reflink: who changes one
changes no other), and copied where it can't. Every file is hashed while it is written, with all digests that its record
names and this machine can compute; one that differs from its record stops everything, and nothing remains.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, Final, Literal

from custody.bundle.disk import disk_errors
from custody.bundle.fresh_tree import FreshTree, fresh_tree
from custody.bundle.name_list import NameList, Row, format_links
from custody.bundle.names import NamePlan, show_text
from custody.bundle.room import Needed, OpenContent, check_room, count_needed
from custody.evidence.algorithms import named_in, start
from schemas.content import Digests, FileRecord
from schemas.errors import VerificationError
from schemas.types import UNSET

NAMES: Final = "_names.csv"
SYMLINKS: Final = "_symlinks.txt"
DOCUMENTS: Final = "_documents"
CHUNK: Final = 1 << 20
"""Bytes copied at a time."""

__all__ = ["DOCUMENTS", "NAMES", "SYMLINKS", "Named", "OpenContent", "Unpacked", "unpack"]

Kind = Literal[
    "directory",
    "directory, unreadable when registered",
    "file",
    "file, not at hand",
    "file, unreadable when registered",
    "symlink, not made",
]


@dataclass(frozen=True, slots=True)
class Named:
    """A file record with what this recipient may know of its names.

    ``folder`` are the names above it, such as case and exhibit; ``path`` and ``target`` (of a link) are raw bytes,
    None where withheld.
    """

    folder: tuple[str, ...]
    record: FileRecord
    path: bytes | None
    target: bytes | None = b""
    error: str = ""
    """Why it was not read when it was registered, as far as this recipient may know it."""

    @property
    def sha256(self) -> str:
        """Digest of the content in hex, or an empty text where there is none."""
        return self.record.digests.sha256 if isinstance(self.record.digests, Digests) else ""

    @property
    def digests(self) -> dict[str, str]:
        """All digests of the content in hex, by name."""
        return dict(named_in(self.record.digests)) if isinstance(self.record.digests, Digests) else {}

    @property
    def original(self) -> bytes | None:
        """The whole name, folder included."""
        return None if self.path is None else b"/".join((*map(_encode, self.folder), self.path))


@dataclass(frozen=True, slots=True)
class Unpacked:
    """How many records became files, how many bytes these have, and how many files were not at hand; and how many
    documents were written.
    """

    files: int
    bytes: int
    absent: int
    documents: int = 0


def unpack(
    items: Iterable[Named],
    *,
    open_content: OpenContent,
    target: Path,
    documents: Mapping[str, int] = MappingProxyType({}),
    without_files: Iterable[tuple[str, ...]] = (),
    confirm: Callable[[Needed], None] = lambda _: None,
) -> Unpacked:
    """Write evidence below ``target``, which must be absent or empty, and tell what was written.

    ``documents`` are sizes by SHA-256; those at hand are written by their digests. ``without_files`` are the folders of
    exhibits without a record: a line of the list says so, for whoever counts exhibits. ``confirm`` is told how much it
    is before anything is written, and stops it by raising.

    Raises:
        VerificationError: ``unpack.content`` where a file's bytes are not those of its record.
        RefusedError: ``unpack.room`` where the disk has no room for all of it.
        UsageError: ``unpack.not-empty``, ``unpack.no-parent``.
        StorageError: ``storage.full``, ``storage.io``. After any error nothing is left of what was written.
    """
    sizes, links, absent = list[int](), list[Named](), 0
    items = tuple(items)
    with (
        fresh_tree(target) as tree,
        disk_errors(f"writing {NAMES}"),
        closing(NameList(tree.create((NAMES,)))) as listed,
    ):
        needed = count_needed(_sizes(items, documents), open_content=open_content, folder=tree.root)
        confirm(needed)
        check_room(needed, can_clone=bool(needed.repeated) and tree.can_clone)
        writer = _Writer(tree, open_content, needed.repeated)
        for item, place in _plan(items):
            kind: Kind = "file"
            match item.record.type:
                case "symlink":
                    kind = "symlink, not made"
                    links.append(item)
                case "directory":
                    kind = "directory" if item.record.error is UNSET else "directory, unreadable when registered"
                    if place:
                        tree.make_directory(place)
                case "file" if not item.sha256:
                    kind = "file, unreadable when registered"
                case "file":
                    size = writer.write(item.digests, item.record.size, place)
                    if size is None:
                        kind, place, absent = "file, not at hand", (), absent + 1
                    else:
                        sizes.append(size)
            listed.add(_row(item, place, kind))
        for folder in without_files:
            listed.add(Row(b"/".join(map(_encode, folder)), "", "", "", "exhibit without files"))
        if links:
            with tree.create((SYMLINKS,)) as file:
                file.write(format_links((item.original, item.target) for item in links))
        papers = [writer.write({"sha256": name}, size, (DOCUMENTS, name)) for name, size in sorted(documents.items())]
    documents_written = sum(size is not None for size in papers)
    return Unpacked(files=len(sizes), bytes=sum(sizes), absent=absent, documents=documents_written)


def _sizes(items: Iterable[Named], documents: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    for item in items:
        if item.sha256 and isinstance(item.record.size, int):
            yield item.sha256, item.record.size
    yield from documents.items()


def _plan(items: Iterable[Named]) -> Iterator[tuple[Named, tuple[str, ...]]]:
    """Give each record its place: those with a name by raw path, then those without by digest; empty: none needed."""
    plan = NamePlan(taken=(NAMES, SYMLINKS, DOCUMENTS))
    for item in sorted(items, key=lambda item: (item.folder, item.path is None, item.path or b"", item.sha256)):
        folder = tuple(map(_encode, item.folder))
        if item.path is None:
            yield item, plan.place_file((*folder, item.sha256.encode("ascii"))) if item.sha256 else ()
            continue
        parts = (*folder, *item.path.split(b"/"))
        if item.sha256:
            yield item, plan.place_file(parts)
        elif item.record.type == "directory" and item.record.error is UNSET:
            yield item, plan.place_directory(parts)
        else:
            yield item, ()


def _row(item: Named, place: tuple[str, ...], kind: Kind) -> Row:
    record = item.record
    return Row(
        original=item.original,
        written="/".join(place),
        sha256=item.sha256,
        size=str(record.size) if isinstance(record.size, int) else "",
        kind=f"{kind}: {show_text(_encode(item.error))}" if item.error and not item.sha256 else kind,
        modified=record.modified if isinstance(record.modified, str) else "",
        target=item.target if record.type == "symlink" else b"",
    )


class _Writer:
    """Writes files of a tree; what more than one of them has is remembered. Mutable: lives as long as one unpacking."""

    def __init__(self, tree: FreshTree, open_content: OpenContent, repeated: Set[str]) -> None:
        self._tree = tree
        self._open = open_content
        self._repeated = repeated
        self._written: dict[str, tuple[Mapping[str, str], int, tuple[str, ...]]] = {}

    def write(self, wanted: Mapping[str, str], wanted_size: object, place: tuple[str, ...]) -> int | None:
        """Write one file and return its size in bytes, or None where its content is not at hand; it must have the
        digests and the size that are wanted.
        """
        digest = wanted["sha256"]
        digests, size, before = self._written.get(digest, ({}, 0, ()))
        # What was hashed a moment ago is not hashed again, unless this record names other digests of it.
        if (
            (digests, size) == (wanted, wanted_size)
            and before
            and self._tree.can_clone
            and self._tree.clone(before, place)
        ):
            return size
        source = self._open(digest)
        if source is None:
            return None
        found = self._copy(source, wanted, wanted_size, place)
        if digest in self._repeated:
            self._written[digest] = wanted, found, place
        return found

    def _copy(self, source: BinaryIO, wanted: Mapping[str, str], wanted_size: object, place: tuple[str, ...]) -> int:
        running = {name: digest for name in wanted if (digest := start(name)) is not None}
        size = 0
        # Closing a file writes what is left of it, so that an error of the disk may come last.
        with disk_errors(f"writing {'/'.join(place)}"), source, self._tree.create(place) as file:
            while chunk := _read(source, wanted["sha256"]):
                for digest in running.values():
                    digest.update(chunk)
                size += len(chunk)
                file.write(chunk)
                if isinstance(wanted_size, int) and size > wanted_size:
                    break
        # SHA-256 first: it is the one that people know.
        for name in sorted(running, key=lambda name: (name != "sha256", name)):
            found = running[name].hexdigest()
            if (found, size) != (wanted[name], wanted_size):
                expected = f"{name} {wanted[name]} of {wanted_size} bytes"
                raise VerificationError("unpack.content", f"expected {expected}, found {found} of {size} bytes")
        return size


def _read(source: BinaryIO, digest: str) -> bytes:
    with disk_errors(f"reading {digest}"):
        return source.read(CHUNK)


def _encode(name: str) -> bytes:
    return name.encode("utf-8", "surrogatepass")
