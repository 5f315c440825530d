"""The open directories from the top of a walk down to where it is.

Every directory is opened relative to the one above it and never through a symbolic link, so a directory that is
swapped for a link while it is read can't lead outside. Only the lowest descriptors stay open: evidence may be nested
more deeply than a process may hold files open.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from custody.evidence.wording import shown
from schemas.errors import RefusedError

HELD = 64
"""Directories held open below the top one."""
_FLAGS = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


@dataclass(slots=True)
class _Step:
    """One directory: ``fd`` is -1 while it isn't held open; ``mark`` tells whether it is still the same, unchanged."""

    name: bytes
    fd: int
    mark: tuple[int, int, int]


class Trail:
    """Mutable on purpose: the position of one walk. Use it in a ``with``."""

    def __init__(self, top: bytes) -> None:
        """Open the directory ``top``.

        Raises:
            OSError: it can't be opened, or is a symbolic link.
        """
        fd = os.open(top, _FLAGS)
        self._steps = [_Step(top, fd, _mark(fd))]

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close every directory that is open."""
        for step in self._steps:
            if step.fd >= 0:
                os.close(step.fd)
        self._steps.clear()

    @property
    def fd(self) -> int:
        """Descriptor of the current directory, open until `enter` or `leave` is called."""
        return self._steps[-1].fd

    @property
    def modified_ns(self) -> int:
        """Time of change of the current directory when it was entered, in nanoseconds since 1970."""
        return self._steps[-1].mark[2]

    def enter(self, name: bytes) -> None:
        """Go down into the directory ``name``.

        Raises:
            OSError: it can't be opened, or is no directory any more.
        """
        fd = os.open(name, _FLAGS, dir_fd=self.fd)
        self._steps.append(_Step(name, fd, _mark(fd)))
        if len(self._steps) > HELD + 1:
            self._drop(self._steps[-HELD - 1])

    def leave(self) -> None:
        """Go up, after a look whether names came or went in the directory meanwhile.

        Raises:
            RefusedError: ``evidence.changed``.
            OSError: a directory above can't be opened again.
        """
        step = self._steps[-1]
        if _mark(step.fd) != step.mark:
            raise _changed(step.name)
        os.close(step.fd)
        self._steps.pop()
        if self._steps and self._steps[-1].fd < 0:
            self._reopen()

    def _reopen(self) -> None:
        """Come down again from the top to the current directory and hold the lowest ones."""
        for depth in range(1, len(self._steps)):
            step = self._steps[depth]
            step.fd = os.open(step.name, _FLAGS, dir_fd=self._steps[depth - 1].fd)
            if _mark(step.fd) != step.mark:
                raise _changed(step.name)
            if depth <= len(self._steps) - HELD:
                self._drop(self._steps[depth - 1])

    def _drop(self, step: _Step) -> None:
        if step is not self._steps[0] and step.fd >= 0:
            os.close(step.fd)
            step.fd = -1


def _mark(fd: int) -> tuple[int, int, int]:
    found = os.fstat(fd)
    return found.st_dev, found.st_ino, found.st_mtime_ns


def _changed(name: bytes) -> RefusedError:
    return RefusedError(
        "evidence.changed",
        f"expected the directory {shown(name)} to stay as it is, but names came or went while it was read",
        hint="stop what writes there, or make a copy and register that",
    )
