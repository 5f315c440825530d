"""The bar that is drawn on a terminal while something takes longer than a second."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_PATIENCE = 1.0
"""Seconds before anything is drawn."""


class Bar:
    """Rate and remaining time of one piece of work. Mutable; lives as long as the work."""

    __slots__ = ("_bar", "_is_bytes", "_started", "_task", "_title")

    def __init__(self, title: str, *, is_bytes: bool) -> None:
        self._title = title
        self._is_bytes = is_bytes
        self._started = time.monotonic()
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def step(self, done: int, total: int | None = None) -> None:
        """Draw that ``done`` of ``total`` bytes or pieces are done, once the first second is over."""
        if self._bar is None and time.monotonic() - self._started >= _PATIENCE:
            self._bar = _make_bar(is_bytes=self._is_bytes)
            self._task = self._bar.add_task(self._title, total=total)
            self._bar.start()
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done, total=total)

    def close(self) -> None:
        """Take the bar from the screen."""
        if self._bar is not None:
            self._bar.stop()


def _make_bar(*, is_bytes: bool) -> Progress:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )  # fmt: skip

    amount: list[ProgressColumn] = [DownloadColumn(), TransferSpeedColumn()] if is_bytes else [MofNCompleteColumn()]
    columns = [TextColumn("{task.description}"), BarColumn(), *amount, TimeRemainingColumn()]
    return Progress(*columns, console=Console(stderr=True), transient=True)
