"""Several options of a command at once: one after the other, or gathered into one argument."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeVar

Body = TypeVar("Body", bound=Callable[..., Any])
_TAKEN = "taken"
"""Where a body keeps the names of the parameters that it gathers."""


def several(*options: Callable[[Any], Any]) -> Callable[[Body], Body]:
    """Give a command several options, shown in this order."""

    def add(body: Body) -> Body:
        for option in reversed(options):
            body = option(body)
        return body

    return add


def gathered(name: str, make: Callable[..., Any], *options: Callable[[Any], Any]) -> Callable[[Body], Body]:
    """Give a command several options, shown in this order, as one argument ``name``: what ``make`` returns for them.

    Each is called as a parameter of ``make``; a parameter without an option keeps its default. It takes what is typed
    from those that stand below it on a command, so no two there may have a parameter of one name.
    """
    wanted = inspect.signature(make).parameters.keys()

    def add(body: Body) -> Body:
        below = body.__dict__.get(_TAKEN, frozenset())
        assert below.isdisjoint(wanted), f"{name} would take what is another's: {below & wanted}"

        @functools.wraps(body)
        def run(*args: Any, **kwargs: Any) -> Any:
            taken = {one: kwargs.pop(one) for one in wanted if one in kwargs}
            return body(*args, **{name: make(**taken)}, **kwargs)

        run.__dict__[_TAKEN] = below | wanted
        return several(*options)(run)  # type: ignore[return-value]

    return add
