"""What law calls an act and who claims a case, as both are typed."""

from __future__ import annotations

from typing import Any

import click

from custody.cli.acting.act_options import words_of
from custody.cli.parameters import COUNTRY
from schemas.details.case import JurisdictionClaim
from schemas.errors import UsageError

GROUNDS = words_of(JurisdictionClaim, "basis")
_SECTIONS = frozenset(f"{number:02d}" for number in range(1, 12))
"""Sections of the ICCS (UNODC, version 1.0), with which every code begins."""


def parse_offence(typed: str) -> dict[str, Any]:
    """Return an offence from ``CC:words[:ICCS code]``; only digits at the end are taken for a code.

    Raises:
        UsageError: ``usage.offence``.
    """
    country, _, words = typed.partition(":")
    body, _, code = words.rpartition(":")
    offence = {"country": _country(country, "usage.offence", typed)}
    if body and code.isascii() and code.isdigit():
        if code[:2] not in _SECTIONS:
            hint = "custody offence codes lists codes; words that end so are no code with a sign behind the digits"
            text = f"expected a code of sections 01 to 11 of the ICCS, found {code} in {typed!r}"
            raise UsageError("usage.offence", text, hint=hint)
        return {**offence, "text": body, "iccs": code}
    if not words:
        raise UsageError("usage.offence", f"expected CC:TEXT or CC:TEXT:ICCS, found {typed!r}")
    return {**offence, "text": words}


def parse_claim(typed: str) -> dict[str, Any]:
    """Return a claim of jurisdiction from ``CC:ground[:authority]``.

    Raises:
        UsageError: ``usage.claim``.
    """
    country, _, rest = typed.partition(":")
    ground, _, authority = rest.partition(":")
    if ground not in GROUNDS:
        raise UsageError("usage.claim", f"expected CC:GROUND with one of {', '.join(GROUNDS)}, found {typed!r}")
    return {"country": _country(country, "usage.claim", typed), "basis": ground, "authority": authority or None}


def _country(code: str, error: str, typed: str) -> str:
    try:
        return COUNTRY(code)
    except click.UsageError:
        raise UsageError(error, f"expected a country's two letters first, found {typed!r}") from None
