"""A directory tree that nobody else can lead astray while it is written, and that appears whole or not at all.

It is made in ``.unpacking-<random>.custody-part`` (`custody.bundle.passing_folder`).
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from custody.bundle.disk import disk_errors, sync_directory
from custody.bundle.passing_folder import passing_folder, sweep_passing
from custody.bundle.whole_file import SUFFIX
from schemas.errors import UsageError

_PREFIX = ".unpacking-"
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_BY_DESCRIPTOR = {os.open, os.mkdir} <= os.supports_dir_fd and hasattr(os, "O_DIRECTORY")


@contextmanager
def fresh_tree(target: Path) -> Iterator[FreshTree]:
    """Give a tree to write into; its contents are at ``target`` when the block ends without error.

    ``target`` must be absent or an empty directory. What is written is readable for its owner only.

    Raises:
        UsageError: ``unpack.not-empty``, ``unpack.no-parent``.
        StorageError: ``storage.full`` or ``storage.io``; nothing is left behind then, nor after any other error.
    """
    sweep_trees(target)
    is_there = _has_empty_directory(target)
    home = target if is_there else target.parent
    with ExitStack() as stack:
        with disk_errors(f"writing below {target}"):
            name = f"{_PREFIX}{os.urandom(8).hex()}{SUFFIX}"
            stage = stack.enter_context(passing_folder(home / name))
        with FreshTree(stage) as tree:
            yield tree
        with disk_errors(f"writing below {target}"):
            _settle(stage, target, is_there=is_there)


def sweep_trees(target: Path) -> None:
    """Remove what killed processes left of trees in ``target`` and beside it; of a disk without locks nothing."""
    for folder in (target, target.parent):
        sweep_passing(folder)


class FreshTree:
    """Files and directories below a new directory; every step down refuses links, every file must be new."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._parent: tuple[str, ...] | None = None
        self._descriptor = -1
        self._made: set[tuple[str, ...]] = {()}

    def __enter__(self) -> FreshTree:
        return self

    def __exit__(self, *_: object) -> None:
        self._leave()

    @property
    def root(self) -> Path:
        """Where the tree is while it is written."""
        return self._root

    def create(self, parts: tuple[str, ...]) -> BinaryIO:
        """Return a new file to write to, with the directories above it; each part is one clean name.

        Raises:
            StorageError: ``storage.full`` or ``storage.io``, also where the file is there already.
        """
        _check_parts(parts)
        with disk_errors(f"creating {'/'.join(parts)}"):
            self._enter(parts[:-1])
            if _BY_DESCRIPTOR:
                return os.fdopen(os.open(parts[-1], _CREATE, 0o600, dir_fd=self._descriptor), "wb")
            return os.fdopen(os.open(self._root.joinpath(*parts), _CREATE, 0o600), "wb")

    @cached_property
    def can_clone(self) -> bool:
        """Whether files of this tree may share blocks; tried once.

        Raises:
            StorageError: ``storage.full`` or ``storage.io``.
        """
        with disk_errors("trying the disk"), tempfile.TemporaryDirectory(dir=self._root) as folder:
            one, other = Path(folder, "one"), Path(folder, "other")
            one.write_bytes(b"one")
            with one.open("rb") as source, other.open("wb") as file:
                return _clone(source, file)

    def clone(self, before: tuple[str, ...], parts: tuple[str, ...]) -> bool:
        """Make a file that shares the blocks of another one of this tree until one of the two is changed, and tell
        whether there is one now.

        Raises:
            StorageError: ``storage.full`` or ``storage.io``.
        """
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)
        with self.create(parts) as file, disk_errors(f"writing {'/'.join(parts)}"):
            with os.fdopen(os.open(self._root.joinpath(*before), flags), "rb") as source:
                is_made = _clone(source, file)
            if not is_made:
                self._root.joinpath(*parts).unlink()
        return is_made

    def make_directory(self, parts: tuple[str, ...]) -> None:
        """Make a directory, with those above it.

        Raises:
            StorageError: ``storage.full`` or ``storage.io``.
        """
        _check_parts(parts)
        with disk_errors(f"creating {'/'.join(parts)}"):
            self._enter(parts)

    def _enter(self, parts: tuple[str, ...]) -> None:
        """Go to a directory from the root, making what is not there yet."""
        if self._parent == parts:
            return
        self._leave()
        if not _BY_DESCRIPTOR:
            self._root.joinpath(*parts).mkdir(mode=0o700, parents=True, exist_ok=True)
            return
        descriptor = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        for depth, part in enumerate(parts, start=1):
            try:
                if parts[:depth] not in self._made:
                    os.mkdir(part, 0o700, dir_fd=descriptor)
                    self._made.add(parts[:depth])
                below = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=descriptor)
            finally:
                os.close(descriptor)
            descriptor = below
        self._parent, self._descriptor = parts, descriptor

    def _leave(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._parent, self._descriptor = None, -1


def _clone(source: BinaryIO, file: BinaryIO) -> bool:
    try:
        # Windows lacks what it needs.
        from custody.evidence.disk import clone
    except ImportError:
        return False
    return clone(source.fileno(), file.fileno())


def _check_parts(parts: tuple[str, ...]) -> None:
    assert parts, "a name has a part"
    assert not any(part in {"", ".", ".."} or "/" in part or "\x00" in part for part in parts), "names are cleaned"


def _has_empty_directory(target: Path) -> bool:
    """Tell whether ``target`` is there, and raise if it is anything but an empty directory."""
    if not os.path.lexists(target):
        if not target.parent.is_dir():
            text = f"expected a directory at {target.parent}, found none"
            raise UsageError("unpack.no-parent", text, hint="make the folder first, or name another")
        return False
    if target.is_symlink() or not target.is_dir():
        raise UsageError("unpack.not-empty", f"expected {target} to be absent or an empty directory")
    with disk_errors(f"reading {target}"), os.scandir(target) as found:
        if next(found, None) is not None:
            raise UsageError("unpack.not-empty", f"expected {target} to be empty, found something in it")
    return True


def _settle(stage: Path, target: Path, *, is_there: bool) -> None:
    """Give the finished tree its place: in one step, or, in a directory that was there, name by name."""
    moved: list[Path] = []
    try:
        if not is_there:
            stage.rename(target)
            moved.append(target)
            sync_directory(target.parent)
            return
        for name in sorted(os.listdir(stage)):
            if os.path.lexists(target / name):
                raise UsageError("unpack.not-empty", f"expected {target} to stay empty, found {name} in it")
            (stage / name).rename(target / name)
            moved.append(target / name)
        stage.rmdir()
        sync_directory(target)
    except BaseException:
        for path in moved:
            _remove(path)
        raise


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
        return
    with suppress(OSError):
        path.unlink()
