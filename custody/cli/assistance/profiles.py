"""Which procedure profile counts: that of the laws of the ledger's country, or the one that was named."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import click

from custody.cli.countries import check_countries
from custody.cli.files import given_file
from custody.report.safe_text import show_path
from custody.verify.procedure.procedure import ProfileFor
from schemas import canonical

NO_PROFILE = "none"

profile_option = click.option(
    "--profile",
    metavar="NAME|FILE",
    help="The procedure profile (else by the ledger's country); none: don't look at procedure.",
)
"""For commands that look at procedure."""


def name_profile(profiles: ProfileFor | None, named: str | None, country: str | None) -> str | None:
    """Return how a report names the profile by which a ledger of ``country`` was looked at, with its digest; None where
    none was applied, and nothing where the country could not be read.
    """
    chosen = None if profiles is None or country is None else profiles(country)
    if chosen is None:
        return None if profiles is None else ""
    from custody.transfer.law_files import PROFILES

    asked = "as asked for" if named in PROFILES else f"in {show_path(str(named))}"
    why = f"by the laws of {country}" if named is None else asked
    return f"{chosen.name}, {why}; SHA-256 {sha256(canonical.encode(chosen)).hexdigest()}"


def choose_profile(named: str | None) -> ProfileFor | None:
    """Return what gives a profile for a country: the shipped one, or always the one that was named.

    Raises:
        UsageError: ``profile.absent``, ``profile.rule``, ``profile.gate``, ``profile.paper``, ``profile.deadline``,
            ``usage.country``, or a file that is no profile.
    """
    if named == NO_PROFILE:
        return None
    from custody.transfer.law_files import load_profile
    from custody.transfer.ledger_law import profile_for

    if named is None:
        return profile_for
    with given_file(Path(named)):
        profile = load_profile(named)
    check_countries(profile.countries, Path(named))
    return lambda *_: profile
