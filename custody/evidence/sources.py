"""The paths that make up one exhibit, and the names under which their files stand in its records.

One directory: its files are named from inside of it. One file: by its own name. Several paths: each below its own
name, as a copy of them into one folder would look.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final, Literal

from custody.evidence.refusals import special
from custody.evidence.wording import shown
from schemas.errors import UsageError

Kind = Literal["device", "directory", "file", "special", "symlink"]
"""A device is one block device by its own path, read as one file. Special is a pipe, socket or device in a directory;
it is never opened.
"""
READ: Final = frozenset({"device", "file"})
"""Kinds whose bytes are read."""


@dataclass(frozen=True, slots=True)
class Source:
    """One path of an exhibit.

    ``prefix`` is the raw name before which nothing stands in the records' paths, empty for the inside of a directory;
    ``path`` the absolute raw path, in which only the last part may be a symbolic link.
    """

    prefix: bytes
    path: bytes
    kind: Kind


def find_sources(paths: Sequence[Path]) -> tuple[Source, ...]:
    """Return the sources of an exhibit in the order of its records.

    Raises:
        UsageError: ``evidence.absent`` for a path that isn't there, ``evidence.symlink`` for a single symbolic link,
            ``evidence.duplicate`` for two paths of one name.
        RefusedError: ``evidence.special-file`` for a pipe, socket or character device.
    """
    try:
        sources = [_find_source(path) for path in paths]
    except UsageError as error:
        whole = b" ".join(map(os.fsencode, paths))
        if error.code != "evidence.absent" or len(paths) < 2 or not os.path.lexists(whole):
            raise
        raise UsageError(error.code, error.text, hint=f"quote a name with blanks: '{shown(whole)}'") from None
    if len(sources) == 1:
        return (_alone(sources[0]),)
    ordered = sorted(sources, key=_sort_key)
    names = sorted(source.prefix for source in sources)
    for name, after in pairwise(names):
        if name == after or not name:
            raise UsageError("evidence.duplicate", f"expected paths of different names, found {shown(name)!r} twice")
    return tuple(ordered)


def path_of(name: bytes, sources: Sequence[Source]) -> bytes | None:
    """Return the absolute raw path under which the record ``name`` was taken; nothing where no source has it."""
    for source in sources:
        if source.kind != "directory":
            if name == source.prefix:
                return source.path
        elif not source.prefix:
            return os.path.join(source.path, name)
        elif name.startswith(source.prefix + b"/"):
            return os.path.join(source.path, name[len(source.prefix) + 1 :])
    return None


def kind_of(mode: int) -> Kind | None:
    """Return what a file of this ``st_mode`` is; nothing for a pipe, socket or device."""
    if stat.S_ISREG(mode):
        return "file"
    if stat.S_ISDIR(mode):
        return "directory"
    return "symlink" if stat.S_ISLNK(mode) else None


def _find_source(path: Path) -> Source:
    raw = os.fsencode(path).rstrip(b"/") or b"/"
    parent, name = os.path.split(raw)
    if name in {b"", b".", b".."}:
        raw = os.path.realpath(raw)
        parent, name = os.path.split(raw)
    try:
        mode = os.lstat(raw).st_mode
    except OSError as error:
        reason = os.strerror(error.errno or 0).lower()
        raise UsageError("evidence.absent", f"expected a file or directory at {shown(raw)}: {reason}") from None
    kind = "device" if stat.S_ISBLK(mode) else kind_of(mode)
    if kind is None:
        raise special([raw])
    return Source(prefix=name, path=os.path.join(os.path.realpath(parent or b"."), name), kind=kind)


def _sort_key(source: Source) -> bytes:
    """Return the least path of a source: below a directory ``a`` they start with ``a/``, so ``a-b`` comes before.

    A directory that is empty or can't be read is a record ``a`` of its own.
    """
    if source.kind != "directory":
        return source.prefix
    try:
        with os.scandir(source.path) as entries:
            return source.prefix + b"/" if any(entries) else source.prefix
    except OSError:
        return source.prefix


def _alone(source: Source) -> Source:
    if source.kind == "symlink":
        raise UsageError(
            "evidence.symlink",
            f"expected a file or directory, found the symbolic link {shown(source.path)}",
            hint=f"give the path to which it points: {shown(os.readlink(source.path))}",
        )
    return Source(prefix=b"", path=source.path, kind=source.kind) if source.kind == "directory" else source
