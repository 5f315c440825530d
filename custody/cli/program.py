"""The program: reads the command line, runs the command, and turns whatever happens into one exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TextIO

import click
from click.exceptions import NoArgsIsHelpError

from custody.cli.acting.secrets_typed import refuse_typed
from custody.cli.command import LazyGroup
from custody.cli.exits import Exit, exit_of, from_click, from_os
from custody.cli.output import print_error, put, say
from custody.cli.questions import Declined
from custody.cli.rule_hints import with_rule_hint
from custody.cli.settings import Settings, settings_of
from custody.cli.typed_again import with_typed_options
from schemas.errors import CustodyError, StorageError, UsageError

_HELP = """Chain of custody for digital evidence.

    Each act is signed by the people who answer for it and recorded in a ledger that can only grow; a bundle of it can
    be verified offline, by anybody, without this program's owner.
"""


def _print_version(context: click.Context, _: click.Parameter, value: bool) -> None:
    if not value:
        return
    from importlib.metadata import version

    put(settings_of(context), f"custody {version('exhibit-ledger')}")
    context.exit()


program = LazyGroup(
    name="custody",
    help=_HELP,
    no_args_is_help=True,
    epilog="custody COMMAND --help says more.",
)
program.params.append(
    click.Option(
        ["--version"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_print_version,
        help="Print the version.",
    )
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line ``arguments`` (else those of the process) and end the process with an `Exit`."""
    _fill_closed()
    for stream in (sys.stdout, sys.stderr):
        _let_through_any_text(stream)
    if "_CUSTODY_COMPLETE" in os.environ:
        program(prog_name="custody")
    sys.exit(int(run(list(sys.argv[1:] if arguments is None else arguments))))


def run(arguments: list[str]) -> Exit:
    """Run one command line and return its exit code; it raises nothing."""
    settings, as_json = Settings(), "--json" in arguments
    try:
        refuse_typed(arguments)
        return _call(arguments, settings)
    except (KeyboardInterrupt, EOFError, click.Abort) as error:
        _end_interrupted(error, has_recorded=settings.has_recorded, as_json=as_json)
        return Exit.INTERRUPTED
    except NoArgsIsHelpError as error:
        if as_json:
            named = error.ctx.command_path
            missing = UsageError("usage.command", f"expected a command of {named}, found none", hint=f"{named} --help")
            print_error(missing, as_json=True)
        else:
            say(error.format_message())
        return Exit.USAGE
    except (click.ClickException, CustodyError, OSError, MemoryError) as error:
        ours = with_typed_options(_as_ours(error), settings)
        if os.environ.get("CUSTODY_DEBUG"):
            _print_traceback()
        print_error(ours, as_json=as_json)
        return exit_of(ours)
    except Exception:  # noqa: BLE001 the last line of defence: a bug must say that it is one
        return _end_crashed(as_json=as_json)


def _call(arguments: list[str], settings: Settings) -> Exit:
    """Call the command; not through click's own ``main``, which ends with 1 where a pipe breaks.

    What a command came to is its exit code, read to the end or not.
    """
    try:
        # The program's own name and not sys.argv[0]: messages don't depend on how it was started.
        with program.make_context("custody", arguments, obj=settings) as context:
            result = program.invoke(context)
    except click.exceptions.Exit as exit:
        result = exit.exit_code
    return Exit(result) if isinstance(result, int) else Exit.DONE


def _as_ours(error: Exception) -> CustodyError:
    match error:
        case CustodyError():
            return with_rule_hint(error)
        case click.ClickException():
            return from_click(error)
        case OSError():
            return from_os(error)
        case _:
            return StorageError("storage.memory", "expected more memory than this machine has left")


def _end_interrupted(error: BaseException, *, has_recorded: bool, as_json: bool) -> None:
    is_declined = isinstance(error, Declined)
    told = f"you said no: {error}" if is_declined else "interrupted"
    # At a prompt nothing is recorded yet, unless something was before.
    if has_recorded:
        told += "; what was recorded before stays on record" if is_declined else ""
    elif isinstance(error, click.Abort):
        told += "" if str(error) else "; nothing was recorded"
    if as_json:
        print_error(UsageError("run.declined" if is_declined else "run.interrupted", told), as_json=True)
    else:
        say(told)


def _end_crashed(*, as_json: bool) -> Exit:
    _print_traceback()
    text, hint = "this is a bug in custody, and no verdict on anything", "report it with the lines above"
    print_error(CustodyError("run.bug", text, hint=f"{hint}; they may hold names of files"), as_json=as_json)
    return Exit.CRASH


def _print_traceback() -> None:
    """Print where it happened; messages in it may quote hostile input, so control characters are escaped."""
    import traceback

    from custody.report.safe_text import show

    for line in traceback.format_exc().splitlines():
        say(show(line))


def _fill_closed() -> None:
    """Open nothing in the place of each standard stream that is closed, so that no file of ours gets its number."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # The lowest number that is free is taken, which is this one.
            os.open(os.devnull, os.O_RDWR)


def _let_through_any_text(stream: TextIO | None) -> None:
    """Escape what a terminal's encoding can't write rather than end in a crash."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")
