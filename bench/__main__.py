"""Run the measures and print one table: ``python -m bench [NAME...] [--entries N]``; names as in `MEASURES`.

Exit code 1 says that a figure was missed. Nothing here is a test: figures of a busy machine say nothing.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Callable
from typing import Final

from bench import appending, audit, hashing, proofs, small_files, start
from bench.figure import Figure
from bench.ledgers import Ledgers

Figures = tuple[Figure, ...]
ENTRIES: Final = 200_000
MEASURES: Final[dict[str, Callable[[Ledgers, int], Figures]]] = {
    "start": lambda *_: start.run(),
    "hashing": lambda *_: hashing.run(),
    "small-files": lambda *_: small_files.run(),
    "audit": audit.run,
    "proofs": proofs.run,
    # Last of those that share a ledger: it appends to it.
    "append": appending.run,
}


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
    figures: list[Figure] = []
    ledgers = Ledgers()
    try:
        for name in arguments.names or MEASURES:
            for figure in MEASURES[name](ledgers, arguments.entries):
                figures.append(figure)
                print(figure.line(), flush=True)
    finally:
        ledgers.close()
    missed = [figure.name for figure in figures if figure.measured is not None and not figure.is_reached]
    print("all reached" if not missed else f"missed: {'; '.join(missed)}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
