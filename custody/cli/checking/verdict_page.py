"""What goes with a verdict, such as its page, and what the process ends with: what can't be written takes none away."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from custody.cli.context import Context
from custody.cli.exits import Exit
from custody.cli.files import write_file
from custody.cli.output import note, print_error
from custody.report.safe_text import show_path
from schemas.errors import CustodyError
from schemas.report import Verdict

EXITS: Final = {Verdict.PASSED: Exit.DONE, Verdict.FAILED: Exit.FAILED, Verdict.INDETERMINATE: Exit.INDETERMINATE}


def write_page(context: Context, path: Path | None, make: Callable[[], bytes], *, force: bool) -> CustodyError | None:
    """Write the page, if one was asked for, and return what kept it from being written."""
    if path is None:
        return None
    content = make()
    try:
        write_file(path, content, force=force)
    except CustodyError as error:
        return error
    note(context.settings, f"report written: {show_path(path)}")
    return None


def end_with(verdict: Verdict, *unwritten: CustodyError | None) -> Exit:
    """Return the exit code of a verdict that was printed; one that PASSED is no success without what goes with it.

    The errors go to stderr, with --json too: on stdout stands the verdict.
    """
    errors = [error for error in unwritten if error is not None]
    for error in errors:
        print_error(error, as_json=False)
    return Exit.REFUSED if errors and verdict is Verdict.PASSED else EXITS[verdict]
