"""Public holidays that a user brings, because no program knows next year's: a data file by country, with its source."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from custody.cli.context import Context
from custody.cli.countries import check_countries
from custody.cli.files import given_file, read_file
from custody.cli.options import FILE
from schemas import limits
from schemas.law import RestDays

VARIABLE: Final = "CUSTODY_HOLIDAYS"
"""The environment variable that names the file for every command that counts deadlines."""

holidays_option = click.option(
    "--holidays", type=FILE, help="Days of rest by country, as a data file with its source (CUSTODY_HOLIDAYS)."
)
"""For commands that count deadlines."""


def read_holidays(context: Context, named: Path | None) -> tuple[RestDays, ...]:
    """Return the days of rest in the file that was named, or that CUSTODY_HOLIDAYS names; none where neither is.

    Raises:
        UsageError: a file that is no such list, with the code of the record's error; ``usage.country``; as `read_file`.
        OSError: the file can't be read.
    """
    told = context.environment.get(VARIABLE)
    path = named if named is not None else Path(told) if told else None
    if path is None:
        return ()
    from custody.transfer.law_files import parse_holidays

    raw = read_file(path, maximum=limits.PROFILE_BYTES)
    with given_file(path):
        found = parse_holidays(raw)
    check_countries((item.country for item in found), path)
    return found
