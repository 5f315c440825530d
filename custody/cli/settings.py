"""The global options, which may stand before the command or behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import click


@dataclass(slots=True)
class Settings:
    """What the global options say; one for each run, filled while the command line is read."""

    home: Path | None = None
    keys: Path | None = None
    json: bool = False
    quiet: bool = False
    has_recorded: bool = False
    """No option: the ledger grew in this run, so the command is done even where nobody reads what it says."""
    is_unseen: bool = False
    """No option: who read stderr went away, so what is to be signed may not have been seen."""
    held: list[str] = field(default_factory=list)
    """No option: notes about an act that wait until nothing is left that would refuse it."""


def settings_of(context: click.Context) -> Settings:
    """Return the settings of this run."""
    return context.find_root().ensure_object(Settings)


def _take(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    """Let the last one typed win; an option that was not typed changes nothing."""
    if value is not None:
        setattr(settings_of(context), parameter.name or "", value)


_FOLDER = click.Path(file_okay=False, path_type=Path)


def global_options() -> list[click.Parameter]:
    """Return fresh options for one command."""
    common: dict[str, Any] = {"expose_value": False, "callback": _take, "default": None}
    return [
        click.Option(["--home"], type=_FOLDER, help="The ledger's home (CUSTODY_HOME; else found upwards).", **common),
        click.Option(["--keys"], type=_FOLDER, help="Where private keys lie (CUSTODY_KEYS).", **common),
        click.Option(["--json"], is_flag=True, help="One JSON object on stdout.", **common),
        click.Option(["--quiet"], is_flag=True, help="No progress, no notes.", **common),
    ]


GLOBAL_NAMES = frozenset(one.name for one in fields(Settings))
Body = Callable[..., Any]
