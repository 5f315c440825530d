"""Run the measures and print one table: ``python -m bench [NAME...] [--entries N]``; names as in `MEASURES`.

Exit code 1 says that a figure was missed. Nothing here is a test: figures of a busy machine say nothing.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from bench.figure import Figure
    from bench.ledgers import Ledgers

ENTRIES: Final = 200_000
# By name: worker processes import this module again, and are to stay as small as those of the real program.
MEASURES: Final = {
    "start": "start",
    "hashing": "hashing",
    "images": "images",
    "small-files": "small_files",
    "audit": "audit",
    "proofs": "proofs",
    # Last of those that share a ledger: it appends to it.
    "append": "appending",
}
_ON_LEDGERS: Final = frozenset({"audit", "proofs", "append"})


def main() -> int:
    """Run what was asked for, everything by default."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure custody on this machine.")
    parser.add_argument("names", nargs="*", help=f"of {', '.join(MEASURES)}; default: all")
    parser.add_argument("--entries", type=int, default=ENTRIES, help="entries of the large ledger")
    arguments = parser.parse_args()
    unknown = set(arguments.names) - MEASURES.keys()
    if unknown:
        parser.error(f"expected names of {', '.join(MEASURES)}, found {', '.join(sorted(unknown))}")
    print(f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores", flush=True)
    from bench.ledgers import Ledgers

    figures: list[Figure] = []
    ledgers = Ledgers()
    try:
        for name in arguments.names or MEASURES:
            for figure in _run(name, ledgers, arguments.entries):
                figures.append(figure)
                print(figure.line(), flush=True)
    finally:
        ledgers.close()
    missed = [figure.name for figure in figures if figure.measured is not None and not figure.is_reached]
    print("all reached" if not missed else f"missed: {'; '.join(missed)}")
    return 1 if missed else 0


def _run(name: str, ledgers: Ledgers, entries: int) -> tuple[Figure, ...]:
    measure = import_module(f"bench.{MEASURES[name]}")
    found: tuple[Figure, ...] = measure.run(ledgers, entries) if name in _ON_LEDGERS else measure.run()
    return found


if __name__ == "__main__":
    sys.exit(main())
