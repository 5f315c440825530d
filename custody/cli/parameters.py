"""Values that commands take from the command line, each with what it must look like; for ``type=`` of an option."""

from __future__ import annotations

import re
from collections.abc import Callable

import click

from custody.cli.countries import COUNTRIES
from schemas import limits, text
from schemas.errors import SigningKeyError


def _spelled(name: str, pattern: str, wanted: str) -> Callable[[str], str]:
    """Return what lets a value through that fits, and raises `click.BadParameter` for another; help shows ``name``."""

    def check(value: str) -> str:
        if not re.match(pattern, value, re.ASCII):
            raise click.BadParameter(f"expected {wanted}, found {value!r}")
        return value

    check.__name__ = name
    return check


AGENT = _spelled("agent", text.AGENT_PATTERN, "an agent id such as exam-07 (a-z, 0-9, '.', '_', '-')")
"""An agent's id: a pseudonym given by the ledger, never a name."""

TOKEN = _spelled("token", text.TOKEN_PATTERN, "an id such as req-2026-017 (a-z, 0-9, '.', '_', '-')")
"""An id of small letters, digits, dots, underscores and hyphens, such as that of a request."""

ORIGIN = _spelled(
    "origin",
    f"(?=.{{,{limits.ORIGIN_BYTES}}}\\Z){text.ORIGIN_PATTERN}",
    "an origin such as evidence.police.example/main",
)
"""The name of a ledger for all time."""


def age_key(value: str) -> str:
    """Return an age recipient, age1..., whose checksum is right.

    Raises:
        click.BadParameter: another form.
    """
    if not re.match(text.AGE_PATTERN, value, re.ASCII):
        raise click.BadParameter(f"expected an age key, age1 and 58 letters and digits, found {value[:80]!r}")
    from keys.private.age import check_recipient

    try:
        return check_recipient(value)
    except SigningKeyError:
        raise click.BadParameter(f"expected an age key that was copied whole, found {value!r}") from None


def country(value: str) -> str:
    """Return a country by its two letters (ISO 3166-1).

    Raises:
        click.BadParameter: a code that no country has.
    """
    if value not in COUNTRIES:
        raise click.BadParameter(f"expected a country's two capital letters (ISO 3166-1), found {value!r}")
    return value


def digest(value: str) -> str:
    """Return a SHA-256 digest in hex; capitals are taken for small letters, and a letter may print it in groups.

    Raises:
        click.BadParameter: another form.
    """
    digits = "".join(value.split()).lower()
    if not re.match(text.HASH_PATTERN, digits, re.ASCII):
        raise click.BadParameter(f"expected a SHA-256 digest of 64 hex digits, found {value!r}")
    return digits


AGE_KEY = age_key
COUNTRY = country
DIGEST = digest
