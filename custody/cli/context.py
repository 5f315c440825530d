"""One run of one command: its surroundings, and the ledger of the home, opened when it is first asked for."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

from custody.cli.settings import Settings, settings_of
from custody.cli.surroundings import Surroundings

if TYPE_CHECKING:
    from custody.cli.ledger_access import LedgerAccess

Body = TypeVar("Body", bound=Callable[..., Any])


@dataclass(slots=True)
class Context(Surroundings):
    """One run of one command. Mutable: holds the ledger open until it is closed."""

    _ledger: LedgerAccess | None = None

    def ledger(self) -> LedgerAccess:
        """Return the ledger of the home, opened when it is first asked for.

        Raises:
            UsageError: ``usage.no-home``.
            StorageError: the ledger can't be opened.
        """
        if self._ledger is None:
            # A database takes a while to load, and many commands ask for none.
            from custody.cli.ledger_access import open_access

            self._ledger = open_access(self)
        return self._ledger

    def close(self) -> None:
        """Let go of the ledger."""
        if self._ledger is not None:
            self._ledger.close()
            self._ledger = None


def make_context(settings: Settings) -> Context:
    """Return what a command asks of this machine; tests put a clock and randomness of their own here."""
    return Context(settings)


def pass_custody(body: Body) -> Body:
    """Give a command the `Context` of this run as its first argument, and close it afterwards."""

    @functools.wraps(body)
    def run(*args: Any, **kwargs: Any) -> Any:
        context = make_context(settings_of(click.get_current_context()))
        try:
            return body(context, *args, **kwargs)
        finally:
            context.close()

    return run  # type: ignore[return-value]
