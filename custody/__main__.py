"""Start the `custody` program; `python -P -m custody` is the same."""

import sys
from os.path import dirname, realpath


def _forget_current_folder() -> None:
    """Take the folder that `python -m` put first off the import path, unless this very package lies in it.

    An evidence folder may hold a `click.py` as well as a `schemas.py`; nothing in it is ever ours to import.
    """
    if not sys.flags.safe_path and realpath(sys.path[0]) != dirname(dirname(realpath(__file__))):
        del sys.path[0]


def main() -> None:
    """Run the command line and end the process with its exit code."""
    try:
        from custody.cli.program import main as run
    except KeyboardInterrupt:
        # Before the program is there to say it: 130 as everywhere, and nothing of where Python was.
        if sys.stderr is not None:
            sys.stderr.write("interrupted\n")
        sys.exit(130)
    run()


if __name__ == "__main__":
    _forget_current_folder()
    main()
