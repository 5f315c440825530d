"""Options that several acts share: documents and photos, attestations, tools, what was altered, the seal as seen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import get_args

import click

from custody.cli.option_groups import several
from custody.cli.parameters import AGENT, COUNTRY
from custody.ledger.compose import fields_of
from schemas.details.exhibit import Attestation
from schemas.errors import UsageError
from schemas.text import AGENT_PATTERN
from schemas.types import Record

FILE = click.Path(dir_okay=False, path_type=Path)

document_option = click.option(
    "--document",
    "documents",
    multiple=True,
    type=FILE,
    metavar="FILE|sha256:DIGITS",
    help="A file, kept in the home and named by its digest; or the digest of one that is kept elsewhere.",
)
photo_option = click.option(
    "--photo", "photos", multiple=True, type=FILE, help="A photo, kept in the home and named by its digest."
)
attest_option = click.option(
    "--attest",
    "attestations",
    multiple=True,
    metavar="ROLE:MANNER[=AGENT]:PERSON[:REASON]",
    help="What somebody without a key attested, such as owner:paper:'A. N. Other' (person and reason kept private).",
)


to_country = click.option("--to-country", type=COUNTRY, help="The country to which it goes, two letters; in clear.")
destination = several(
    to_country,
    click.option("--to-agent", type=AGENT, help="Who has it there, as enrolled; in clear, and needed abroad."),
)
tool_options = several(
    click.option("--tool", help="What it was done with (kept private)."),
    click.option("--version", "version", help="Its version (kept private)."),
    click.option("--arguments", help="How it was called (kept private)."),
)
alteration_options = several(
    click.option("--alteration", help="What was changed in the original, if anything (kept private)."),
    click.option("--alteration-why", help="Why that could not be avoided (kept private)."),
)


def alteration_of(what: str | None, why: str | None) -> Mapping[str, str] | None:
    """Return the details of an alteration, or nothing.

    Raises:
        UsageError: ``usage.alteration`` for one without the other.
    """
    if (what is None) != (why is None):
        raise UsageError("usage.alteration", "expected --alteration and --alteration-why together, found one alone")
    return None if what is None or why is None else {"what": what, "why": why}


def parse_attestations(typed: tuple[str, ...]) -> list[dict[str, str]] | None:
    """Return the details of attestations from ``role:manner[=agent]:person[:reason]``; nothing for none.

    Raises:
        UsageError: ``usage.attest``.
    """
    return [_parse_attestation(item) for item in typed] or None


def _parse_attestation(typed: str) -> dict[str, str]:
    role, _, rest = typed.partition(":")
    manner, _, rest = rest.partition(":")
    person, _, reason = rest.partition(":")
    manner, equals, agent = manner.partition("=")
    roles, manners = words_of(Attestation, "role"), words_of(Attestation, "manner")
    if role not in roles or manner not in manners or not person.strip():
        raise UsageError(
            "usage.attest",
            f"expected ROLE:MANNER:PERSON with a role of {', '.join(roles)} and a manner of {', '.join(manners)}, "
            f"found {typed!r}",
        )
    if equals and (manner != "key" or not re.match(AGENT_PATTERN, agent)):
        text = f"expected key=AGENT, the short name of who signs himself, found {manner}={agent!r}"
        raise UsageError("usage.attest", text)
    found = {"agent": agent, "role": role, "manner": manner, "person": person.strip(), "reason": reason.strip()}
    return {name: value for name, value in found.items() if value}


def words_of(kind: type[Record], field: str) -> tuple[str, ...]:
    """Return the closed vocabulary of a field of a record."""
    return tuple(get_args(fields_of(kind)[field]))
