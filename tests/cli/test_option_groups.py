"""Options that a command gathers into arguments: what is typed reaches the one argument that it is meant for."""

from __future__ import annotations

from typing import Any

import click
import pytest

from custody.cli.option_groups import gathered, several

_AT, _TO = click.option("--at"), click.option("--to")


def _of(at: str | None = None, to: str | None = None) -> tuple[str | None, str | None]:
    return at, to


def _body(**given: Any) -> dict[str, Any]:
    return given


def test_two_groups_of_one_command_never_share_a_parameter() -> None:
    """The outer one would take what was typed for the inner one, and nobody would hear of it."""
    with pytest.raises(AssertionError, match="would take what is another's"):
        several(gathered("sent", _of, _TO), gathered("when", lambda at: at, _AT))(_body)


def test_each_group_takes_its_own() -> None:
    """A parameter without an option keeps its default."""
    told = several(gathered("sent", lambda to, by=7: (to, by), _TO), gathered("when", lambda at: at, _AT))(_body)
    assert told(to="B", at="now", left="as it is") == {"sent": ("B", 7), "when": "now", "left": "as it is"}
