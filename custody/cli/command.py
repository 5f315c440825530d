"""The classes of commands: global options on each, an example in each help, groups that load lazily."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from importlib import import_module
from typing import Any

import click

from custody.cli.output import put
from custody.cli.settings import GLOBAL_NAMES, global_options, settings_of
from custody.cli.table import GROUPS, PLACES, THEMES
from schemas.errors import UsageError


class _Helped(click.Command):
    """Answers to -h as to --help, wherever it is called from: click keeps the option of its first context."""

    def get_help_option_names(self, ctx: click.Context) -> list[str]:
        """Return the names of the option; the first is the one that messages name."""
        return ["--help", "-h"]

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return --help, printed as every other result is."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.callback = _show_help
        return option


class Command(_Helped):
    """A command of custody. ``example`` is what a user would type; ``result`` the record that --json prints."""

    def __init__(self, *args: Any, example: str, result: type | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        assert GLOBAL_NAMES.isdisjoint(parameter.name or "" for parameter in self.params), self.name
        self.params.extend(global_options())
        self.example = example
        self.result = result

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the command line; where several things that must be said are missing, all of them are named at once.

        Raises:
            click.UsageError: as click does.
        """
        typed = list(args)
        self._check_pairs(ctx, typed)
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            # Some of click's errors don't know of which command they are.
            error.ctx = error.ctx or ctx
            if not isinstance(error, click.MissingParameter):
                raise
            missing = self._missing(ctx, typed)
            if len(missing) < 2:
                raise
            listed = f"{', '.join(missing[:-1])} and {missing[-1]}"
            found = "neither" if len(missing) == 2 else "none of them"
            raise click.UsageError(f"expected {listed}, found {found}", ctx) from error

    def _check_pairs(self, ctx: click.Context, typed: list[str]) -> None:
        """Raise where an option and its opposite are typed: of what is signed, none is to win by standing last."""
        words = set(typed[: typed.index("--")] if "--" in typed else typed)
        for option in self.params:
            both = [option.opts[0], *option.secondary_opts]
            if option.secondary_opts and words.issuperset(both):
                raise click.UsageError(f"expected {' or '.join(both)}, found both", ctx)

    def _missing(self, ctx: click.Context, typed: list[str]) -> list[str]:
        values, _, _ = self.make_parser(ctx).parse_args(args=typed)
        return [
            parameter.opts[0] if isinstance(parameter, click.Option) else parameter.make_metavar(ctx)
            for parameter in self.params
            if parameter.required and parameter.value_is_missing(parameter.consume_value(ctx, values)[0])
        ]

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command on texts that are texts: no bytes in disguise, and none empty.

        Raises:
            UsageError: ``usage.encoding``, ``usage.empty``.
        """
        for parameter in self.params:
            if parameter.name in ctx.params and not isinstance(parameter.type, click.Path | click.File):
                ctx.params[parameter.name] = clean(ctx.params[parameter.name], _typed_name(parameter))
        return super().invoke(ctx)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Print the examples, as they are typed."""
        with formatter.section("Examples"):
            for line in inspect.cleandoc(self.example).splitlines():
                formatter.write(f"{'':{formatter.current_indent}}{line}\n")


def _typed_name(parameter: click.Parameter) -> str:
    """Return a parameter as it is typed: ``--seal``, or ``EXHIBIT``."""
    return parameter.opts[0] if isinstance(parameter, click.Option) else parameter.human_readable_name


def _show_help(context: click.Context, _: click.Parameter, value: bool) -> None:
    if value and not context.resilient_parsing:
        put(settings_of(context), context.get_help())
        context.exit()


def clean(value: Any, name: str) -> Any:
    """Return what was typed as text: Python hands over bytes that its locale can't read as lone surrogates (PEP 383).

    In a locale without UTF-8 such bytes are mostly UTF-8 all the same, and are read so.

    Raises:
        UsageError: ``usage.encoding`` where they are not, ``usage.empty`` for a text of nothing or spaces.
    """
    if isinstance(value, tuple):
        return tuple(clean(item, name) for item in value)
    if not isinstance(value, str):
        return value
    if not value.strip():
        raise UsageError("usage.empty", f"expected something for {name}, found nothing")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        try:
            return value.encode("utf-8", "surrogateescape").decode("utf-8")
        except UnicodeError:
            raise UsageError("usage.encoding", f"expected UTF-8 for {name}, found {value}") from None
    return value


def command(*, example: str, result: type | None = None, **attributes: Any) -> Callable[[Callable[..., Any]], Command]:
    """Make a command of a function; its name stands in `custody.cli.table`."""
    return click.command(cls=Command, example=example, result=result, **attributes)


class LazyGroup(_Helped, click.Group):
    """A group whose commands are imported when they are called; its help comes from the table alone."""

    def __init__(self, *, prefix: str = "", **kwargs: Any) -> None:
        super().__init__(params=global_options(), **kwargs)
        self.prefix = prefix

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        known = [name for name in PLACES if name.startswith(self.prefix)]
        return list(dict.fromkeys(name.removeprefix(self.prefix).split()[0] for name in known))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of that name, or make the group."""
        full = self.prefix + cmd_name
        if full in GROUPS:
            return LazyGroup(name=cmd_name, prefix=f"{full} ", help=GROUPS[full], no_args_is_help=True)
        place = PLACES.get(full)
        if place is None:
            return None
        loaded: click.Command = getattr(import_module(f"custody.cli.commands.{place.module}"), place.attribute)
        loaded.name = cmd_name
        return loaded

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; a name that is unknown is answered with those that are near."""
        import difflib

        if args and args[0] not in self.list_commands(ctx) and not args[0].startswith("-"):
            near = difflib.get_close_matches(args[0], self.list_commands(ctx), n=1)
            meant = f"; did you mean {near[0]}?" if near else ""
            raise click.UsageError(f"expected a command of custody, found {args[0]!r}{meant}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Print the one-line help of each command from the table, under its theme."""
        names = self.list_commands(ctx)
        if self.prefix:
            rows = [(name, PLACES[self.prefix + name].help) for name in names]
            with formatter.section("Commands"):
                formatter.write_dl(rows)
            return
        for theme in THEMES:
            rows = [(name, _summary(name)) for name in names if _theme(name) == theme]
            if rows:
                with formatter.section(theme):
                    formatter.write_dl(rows)


def _summary(name: str) -> str:
    return GROUPS[name] if name in GROUPS else PLACES[name].help


def _theme(name: str) -> str:
    first = next(full for full in PLACES if full.split()[0] == name)
    return PLACES[first].theme
