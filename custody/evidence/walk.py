"""Every name below the sources of an exhibit, in the order of its records.

The order is that of the raw bytes of the full path, so ``a-b`` and ``a.b`` come before ``a/b``, but after an empty
directory ``a``. Only the names of the
directories on the way down are held, never those of the whole tree.
"""

from __future__ import annotations

import errno
import os
from bisect import insort
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from functools import total_ordering

import msgspec

from custody.evidence.refusals import changed, check_resources, special, vanished
from custody.evidence.sources import Kind, Source, kind_of
from custody.evidence.trail import Trail
from custody.evidence.wording import SpecialFileError, reason_of, shown
from schemas import limits
from schemas.errors import RefusedError

_DIRECTORY = (b"\0", b"/")


class Node(msgspec.Struct, frozen=True):
    """One name: a file, a device, a symbolic link, an empty directory; a special file or a directory that can't be
    read, both with an ``error``.

    ``path`` is the raw path in the record. ``name`` and ``dir_fd`` are for opening it, unless there is an error, and
    hold until the next node is asked for. ``modified_ns`` is known of empty directories only.
    """

    path: bytes
    kind: Kind
    name: bytes
    dir_fd: int
    modified_ns: int | None = None
    error: OSError | None = None


def walk(sources: Sequence[Source], *, with_special: bool = False) -> Generator[Node]:
    """Yield every name below ``sources``, ordered by raw path; the inside of an empty directory has none.

    Pipes, sockets and devices among files are nodes ``with_special``, each with a `SpecialFileError`, and never opened.

    Raises:
        RefusedError: ``evidence.special-file`` for one of those else; ``evidence.changed`` or ``evidence.vanished``
            where a directory does that during the walk; ``evidence.path-length`` above `limits.PATH_BYTES`;
            ``evidence.unreadable`` for the one directory that is the whole exhibit.
        StorageError: ``evidence.resources`` where this process may open no more files.
    """
    last = b""
    for source in sources:
        for node in (
            _walk_directory(source, with_special=with_special) if source.kind == "directory" else _walk_name(source)
        ):
            if node.path <= last:
                raise changed(node.path, "names came or went beside it")
            last = node.path
            yield node


def _walk_name(source: Source) -> Iterator[Node]:
    flags = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
    fd = os.open(os.path.dirname(source.path), flags)
    try:
        yield Node(path=source.prefix, kind=source.kind, name=os.path.basename(source.path), dir_fd=fd)
    finally:
        os.close(fd)


def _walk_directory(source: Source, *, with_special: bool) -> Iterator[Node]:
    try:
        trail = Trail(source.path)
    except OSError as error:
        if not source.prefix:
            raise _refuse_top(source, error) from None
        yield _unreadable_directory(source.prefix, error)
        return
    with trail:
        yield from _Descent(trail, source, with_special=with_special).nodes()


def _refuse_top(source: Source, error: OSError) -> RefusedError:
    """A whole exhibit that can't be read is no registration: there is nothing to record."""
    check_resources(error)
    text = f"expected a directory that can be read at {shown(source.path)}: {reason_of(error)}"
    return RefusedError("evidence.unreadable", text)


class _Descent:
    """Depth-first through one directory; a stack instead of recursion, as evidence may be nested deeply.

    A directory ``d`` stands in two places: as a record ``d`` if it is empty or can't be read, else with ``d/...``,
    which comes after ``d-x``. So its key is ``d`` and NUL, which no name holds, until somebody looked inside, and
    ``d/`` from then on.
    """

    def __init__(self, trail: Trail, source: Source, *, with_special: bool) -> None:
        self._trail = trail
        self._source = source
        self._path = source.prefix
        self._left: list[list[bytes]] = []
        self._with_special = with_special
        self._links: list[frozenset[bytes]] = []
        self._odd: list[dict[bytes, int]] = []

    def nodes(self) -> Iterator[Node]:
        yield from self._open_listing([])
        while self._left:
            if not self._left[-1]:
                self._go_up()
                continue
            key = self._left[-1].pop()
            if key[-1:] in _DIRECTORY:
                yield from self._go_down(key[:-1], self._left[-1])
            elif key in self._odd[-1]:
                error = SpecialFileError(self._odd[-1][key])
                yield Node(self._below(key), "special", key, self._trail.fd, error=error)
            else:
                kind: Kind = "symlink" if key in self._links[-1] else "file"
                yield Node(path=self._below(key), kind=kind, name=key, dir_fd=self._trail.fd)

    def _below(self, name: bytes) -> bytes:
        return self._path + b"/" + name if self._path else name

    def _go_down(self, name: bytes, siblings: list[bytes]) -> Iterator[Node]:
        path = self._below(name)
        if len(path) > limits.PATH_BYTES:
            text = f"expected paths of at most {limits.PATH_BYTES} bytes, found a longer one: {shown(path)}"
            raise RefusedError("evidence.path-length", text)
        try:
            self._trail.enter(name)
        except OSError as error:
            yield _unreadable_directory(path, error)
            return
        self._path = path
        yield from self._open_listing(siblings)

    def _go_up(self) -> None:
        self._left.pop()
        self._links.pop()
        self._odd.pop()
        self._leave()

    def _leave(self) -> None:
        try:
            self._trail.leave()
        except OSError as error:
            check_resources(error)
            raise vanished(self._path) from None
        self._path = self._path[: max(self._path.rfind(b"/"), 0)]

    def _open_listing(self, siblings: list[bytes]) -> Iterator[Node]:
        """List the directory just entered, or put it back among its siblings if one of them comes first."""
        try:
            keys, links, odd = _list(self._trail.fd, self._path)
        except OSError as error:
            if not self._path:
                raise _refuse_top(self._source, error) from None
            yield _unreadable_directory(self._path, error)
            keys, links, odd = [], frozenset(), {}
        else:
            if odd and not self._with_special:
                raise special(self._below(name) for name in odd)
            if not keys and self._path:
                yield Node(self._path, "directory", b".", self._trail.fd, modified_ns=self._trail.modified_ns)
        again = os.path.basename(self._path) + b"/"
        if keys and siblings and siblings[-1] < again:
            self._leave()
            # Siblings stand largest first.
            insort(siblings, again, key=_Reversed)
        else:
            self._left.append(keys)
            self._links.append(links)
            self._odd.append(odd)


@total_ordering
@dataclass(frozen=True, slots=True)
class _Reversed:
    """A key that sorts the other way round."""

    key: bytes

    def __lt__(self, other: _Reversed) -> bool:
        return self.key > other.key


def _list(fd: int, path: bytes) -> tuple[list[bytes], frozenset[bytes], dict[bytes, int]]:
    """Return the names in a directory, largest first, those of directories with NUL; which are links; and the
    ``st_mode`` of those that are special.
    """
    keys, links, odd = [], [], {}
    with os.scandir(fd) as found:
        for entry in found:
            name = os.fsencode(entry.name)
            if entry.is_file(follow_symlinks=False):
                keys.append(name)
            elif entry.is_dir(follow_symlinks=False):
                keys.append(name + b"\0")
            elif entry.is_symlink():
                keys.append(name)
                links.append(name)
            else:
                odd[name] = _special_mode(name, fd, path)
                keys.append(name)
    keys.sort(reverse=True)
    return keys, frozenset(links), odd


def _special_mode(name: bytes, fd: int, above: bytes) -> int:
    """Return the mode of what is a pipe, socket or device; a name that came to be something else meanwhile raises."""
    path = above + b"/" + name if above else name
    try:
        mode = os.stat(name, dir_fd=fd, follow_symlinks=False).st_mode
    except FileNotFoundError:
        raise vanished(path) from None
    if kind_of(mode) is not None:
        raise changed(path, "it became something else")
    return mode


def _unreadable_directory(path: bytes, error: OSError) -> Node:
    check_resources(error)
    if error.errno in {errno.ENOENT, errno.ESTALE}:
        raise vanished(path) from None
    if error.errno in {errno.ENOTDIR, errno.ELOOP}:
        raise changed(path, "it ceased to be a directory") from None
    return Node(path, "directory", b"", -1, error=error)
