"""Questions that a person answers with yes or no, and what it means that he said no."""

from __future__ import annotations

import click


class Declined(click.Abort):
    """The person said no. Its text says what was not done therefore."""


def ask(question: str, *, otherwise: str) -> None:
    """Ask on the terminal; ``otherwise`` says what is not done without a yes.

    Raises:
        Declined: the answer was no, or none.
        click.Abort: Ctrl-C, or the end of input.
    """
    if not click.confirm(question, err=True):
        raise Declined(otherwise)
