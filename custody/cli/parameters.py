"""Values that commands take from the command line, each with what it must look like; for ``type=`` of an option."""

from __future__ import annotations

import re

import click

from custody.cli.countries import COUNTRIES
from schemas import limits, text
from schemas.errors import SigningKeyError


def agent(value: str) -> str:
    """Return an agent's id: a pseudonym given by the ledger, never a name.

    Raises:
        click.BadParameter: another form.
    """
    if not re.match(text.AGENT_PATTERN, value, re.ASCII):
        raise click.BadParameter(f"expected an agent id such as exam-07 (a-z, 0-9, '.', '_', '-'), found {value!r}")
    return value


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


def origin(value: str) -> str:
    """Return the name of a ledger for all time, such as ``evidence.police.example/main``.

    Raises:
        click.BadParameter: another form.
    """
    if not re.match(text.ORIGIN_PATTERN, value, re.ASCII) or len(value) > limits.ORIGIN_BYTES:
        raise click.BadParameter(f"expected an origin such as evidence.police.example/main, found {value!r}")
    return value


def token(value: str) -> str:
    """Return an id of small letters, digits, dots, underscores and hyphens, such as that of a request.

    Raises:
        click.BadParameter: another form.
    """
    if not re.match(text.TOKEN_PATTERN, value, re.ASCII):
        raise click.BadParameter(f"expected an id such as req-2026-017 (a-z, 0-9, '.', '_', '-'), found {value!r}")
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
AGENT = agent
COUNTRY = country
ORIGIN = origin
TOKEN = token
DIGEST = digest
