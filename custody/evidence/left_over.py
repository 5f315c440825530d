"""Temporary files that name the process that writes them, so that what a crash left of them can be removed.

<prefix><number of the process>-<random><suffix>
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

NEW: Final = ".new-"
"""Begins the name of what is to take the place of a file, or to become one."""
SPOOL: Final = "spool-"
"""Begins the name of a list that is being written."""
_ASKS: Final = os.name != "nt"
"""Whether signal 0 is a question; on Windows it is an interrupt."""


def begin(directory: Path, prefix: str, suffix: str = "") -> tuple[int, Path]:
    """Make a temporary file of mode 0600, and return its open descriptor and where it lies.

    Raises:
        OSError: the disk.
    """
    descriptor, name = tempfile.mkstemp(dir=directory, prefix=f"{prefix}{os.getpid()}-", suffix=suffix)
    return descriptor, Path(name)


def sweep(directory: Path, *, remove: Callable[[Path], object] = Path.unlink) -> None:
    """Remove the temporary files of processes that are gone.

    Raises:
        OSError: the disk.
    """
    for prefix in (NEW, SPOOL):
        for path in directory.glob(f"{prefix}*"):
            number = path.name.removeprefix(prefix).partition("-")[0]
            if number.isdecimal() and not _is_running(int(number)):
                with suppress(FileNotFoundError):
                    remove(path)


def _is_running(process: int) -> bool:
    if not _ASKS:
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        # No process has a number that large: the name is none of ours.
        return True
    return True
