"""What a letter or a bundle shows: --withhold and --disclose, beside what stays here by rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from custody.bundle.disclose import parse_choice
from custody.cli.option_groups import gathered


def choice_options(example: str) -> tuple[Callable[[Any], Any], ...]:
    """Return --withhold, whose help shows ``example`` as a pattern, and --disclose."""
    return (
        click.option("--withhold", multiple=True, metavar="TYPE:/FIELD", help=f"Keep values back, such as {example}."),
        click.option("--disclose", multiple=True, metavar="TYPE:/FIELD", help="Show values that stay here by rule."),
    )


choosing_of_exhibits = gathered(
    "choice",
    parse_choice,
    *choice_options("*:/details/place"),
    click.option("--even-inherited", is_flag=True, help="Withhold, even if another ledger's bundle within shows it."),
)
"""For commands that pack exhibits; raises the `UsageError` ``bundle.pattern``."""
