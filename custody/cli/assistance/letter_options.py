"""How an act on a request is sent: the options that each command has of which a letter can tell."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from custody.bundle.disclose import Choice, parse_choice
from custody.cli.border.disclosing import choice_options
from custody.cli.options import Signing, When, signed_at_once, timed
from schemas.errors import UsageError

Body = TypeVar("Body", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """Where the letter goes, if there is to be one, what it shows and what for; who signs what it tells, and when."""

    out: Path | None
    purpose: str | None
    choice: Choice
    who: Signing
    when: When


def sent(body: Body) -> Body:
    """Give a command that has ``out``, and perhaps ``purpose``, the options about what a letter shows, who signs and
    when, all of it as one argument ``sending``.

    Raises:
        UsageError: ``bundle.pattern``, or ``usage.letter`` for a choice without a letter.
    """

    @functools.wraps(body)
    def run(
        *args: Any, out: Path | None, withhold: tuple[str, ...], disclose: tuple[str, ...], who: Signing, when: When,
        purpose: str | None = None, **kwargs: Any,
    ) -> Any:  # fmt: skip
        choice = parse_choice(withhold=withhold, disclose=disclose)
        if choice != Choice() and out is None:
            text = "expected -o LETTER.zip beside --withhold and --disclose, found none"
            raise UsageError("usage.letter", text, hint="what is only recorded stays here")
        sending = Sending(out=out, purpose=purpose, choice=choice, who=who, when=when)
        return body(*args, sending=sending, **kwargs)

    run = signed_at_once(timed(run))
    for option in choice_options("*:/details/fields/*"):
        run = option(run)
    return run  # type: ignore[return-value]
