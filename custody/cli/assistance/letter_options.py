"""How an act on a request is sent: the options that each command has of which a letter can tell."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from custody.bundle.disclose import Choice, parse_choice
from custody.cli.border.disclosing import choice_options
from custody.cli.option_groups import gathered
from custody.cli.options import Signing, When, signed_at_once, timed
from schemas.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """Where the letter goes, if there is to be one, what it shows and what for; who signs what it tells, and when."""

    out: Path | None
    purpose: str | None
    choice: Choice
    who: Signing
    when: When


def _sending(
    out: Path | None, withhold: tuple[str, ...], disclose: tuple[str, ...], who: Signing, when: When,
    purpose: str | None = None,
) -> Sending:  # fmt: skip
    choice = parse_choice(withhold=withhold, disclose=disclose)
    if choice != Choice() and out is None:
        text = "expected -o LETTER.zip beside --withhold and --disclose, found none"
        raise UsageError("usage.letter", text, hint="what is only recorded stays here")
    return Sending(out=out, purpose=purpose, choice=choice, who=who, when=when)


sent = gathered("sending", _sending, *choice_options("*:/details/fields/*"), signed_at_once, timed)
"""For commands that have ``out``, and perhaps ``purpose``: what a letter shows, who signs and when; raises the
`UsageError` ``bundle.pattern``, or ``usage.letter`` for a choice without a letter.
"""
