"""What a letter or a bundle shows: --withhold and --disclose, beside what stays here by rule."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import click

from custody.bundle.disclose import parse_choice

Body = TypeVar("Body", bound=Callable[..., Any])


def choosing_of_exhibits(body: Body) -> Body:
    """Give a command that packs exhibits --withhold, --disclose and --even-inherited, as one argument ``choice``.

    Raises:
        UsageError: ``bundle.pattern``.
    """

    @functools.wraps(body)
    def run(
        *args: Any, withhold: tuple[str, ...], disclose: tuple[str, ...], even_inherited: bool, **kwargs: Any
    ) -> Any:
        choice = parse_choice(withhold=withhold, disclose=disclose, even_inherited=even_inherited)
        return body(*args, choice=choice, **kwargs)

    for option in (
        click.option(
            "--even-inherited", is_flag=True, help="Withhold, even if another ledger's bundle within shows it."
        ),
        *choice_options("*:/details/place"),
    ):
        run = option(run)
    return run  # type: ignore[return-value]


def choice_options(example: str) -> tuple[Callable[[Any], Any], ...]:
    """Return --disclose and --withhold, whose help shows ``example`` as a pattern."""
    return (
        click.option("--disclose", multiple=True, metavar="TYPE:/FIELD", help="Show values that stay here by rule."),
        click.option("--withhold", multiple=True, metavar="TYPE:/FIELD", help=f"Keep values back, such as {example}."),
    )
