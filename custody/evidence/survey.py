"""A quick look at what an intake would read: how much, and what will stand in its way. No file is read."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from custody.evidence.medium import FileMedium
from custody.evidence.sources import READ, find_sources
from custody.evidence.walk import Node, walk

LISTED = 10
"""Unreadable names that a survey keeps; it counts all."""


@dataclass(frozen=True, slots=True)
class Survey:
    """``size`` in bytes of ``count`` names below the paths, and the first raw paths of those that can't be opened."""

    size: int
    count: int
    unreadable: int
    first_unreadable: tuple[bytes, ...]


def survey(paths: Sequence[Path], *, accept_special: bool = False) -> Survey:
    """Return the extent of an exhibit, as a question before an hour of copying and as the end of a progress bar.

    Raises:
        UsageError, RefusedError, StorageError: as `custody.evidence.intake.take_in` has them, changes of files aside.
    """
    total = count = unreadable = 0
    first: list[bytes] = []
    with closing(walk(find_sources(paths), with_special=accept_special)) as nodes:
        for node in nodes:
            count += 1
            if node.kind != "special" and not _is_readable(node):
                unreadable += 1
                first.extend([node.path] if len(first) < LISTED else [])
            if node.kind in READ:
                total += _size_of(node)
    return Survey(size=total, count=count, unreadable=unreadable, first_unreadable=tuple(first))


def _is_readable(node: Node) -> bool:
    if node.kind in READ:
        effective = os.access in os.supports_effective_ids
        return os.access(node.name, os.R_OK, dir_fd=node.dir_fd, effective_ids=effective)
    return node.error is None


def _size_of(node: Node) -> int:
    try:
        if node.kind == "device":
            fd = os.open(node.name, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=node.dir_fd)
            try:
                return FileMedium(fd).size
            finally:
                os.close(fd)
        return os.stat(node.name, dir_fd=node.dir_fd, follow_symlinks=False).st_size
    except OSError:
        # The intake itself will say that the file vanished or can't be reached.
        return 0
