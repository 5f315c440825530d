"""What goes to stdout and to stderr.

stdout is the result: text for people, or one JSON object with a published schema. stderr takes errors, notes, and
progress, which is drawn on a terminal only and only where something takes longer than a second.
"""

from __future__ import annotations

import errno
import os
import sys
from base64 import b64encode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any, Final, Protocol, TextIO

import click

from custody.cli.settings import Settings
from schemas.errors import CustodyError, StorageError

if TYPE_CHECKING:
    from msgspec import Struct


_LOST: Final = "make room where it is printed to; files that were to be written may be there: look before you repeat it"


class Step(Protocol):
    """What long work calls as it goes on."""

    def __call__(self, done: int, total: int | None = None) -> None:
        """Say how much is done, of how much, in bytes or pieces."""


def emit(settings: Settings, result: Struct, lines: Iterable[str], *, is_only_here: bool = False) -> None:
    """Print ``result`` as JSON where it was asked for, else ``lines``, which must be safe to show already.

    Raises:
        StorageError: as `put`.
    """
    for line in (encode_result(result),) if settings.json else lines:
        if not put(settings, line, is_only_here=is_only_here):
            return


def put(settings: Settings, line: str | bytes, *, is_only_here: bool = False) -> bool:
    """Print a line of the result, and tell whether somebody still reads.

    A reader that goes away has seen what he wanted: that ends the printing and changes no exit code, however much was
    left. A full disk is an error, unless something was recorded: who took that for a refusal would record it twice.
    What is shown ``is_only_here`` must arrive, whoever reads.

    Raises:
        StorageError: ``storage.output`` where stdout can't be written and nothing was recorded.
    """
    try:
        if is_only_here and sys.stdout is None:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        click.echo(line)
    except BrokenPipeError as error:
        forsake(sys.stdout)
        if is_only_here:
            raise _unprinted(error) from None
        return False
    except OSError as error:
        if is_only_here or not settings.has_recorded:
            raise _unprinted(error) from None
        forsake(sys.stdout)
        say(f"warning: it is on record, and could not be printed: {_reason(error)}; custody log shows it")
        return False
    return True


def _unprinted(error: OSError) -> StorageError:
    return StorageError("storage.output", f"expected to print what came of it, found {_reason(error)}", hint=_LOST)


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()


def forsake(stream: TextIO | None) -> None:
    """Point a stream to nowhere, as nobody reads it any more; or Python complains once more as it ends."""
    if stream is None:
        return
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def say(line: str) -> bool:
    """Print a line on stderr, and tell whether anybody can read it: what nobody reads changes no exit code."""
    try:
        click.echo(line, err=True)
    except OSError:
        forsake(sys.stderr)
        return False
    return sys.stderr is not None


def is_terminal(stream: TextIO | None) -> bool:
    """Tell whether a person is at the other end; who started us may have closed the stream."""
    return stream is not None and stream.isatty()


def can_ask() -> bool:
    """Tell whether a person can be asked: he types at a terminal, and reads stderr, where questions stand, on one."""
    return is_terminal(sys.stdin) and is_terminal(sys.stderr)


def terminal_width() -> int | None:
    """Return how many cells a line of the terminal has; nothing where stdout goes elsewhere."""
    return get_terminal_size().columns if is_terminal(sys.stdout) else None


def encode_result(result: Struct) -> bytes:
    """Return a result as JSON.

    A text that is not UTF-8, as names of files may be, is shown with escapes, and beside it stands ``<field>_b64`` with
    its bytes in base64.
    """
    import msgspec

    try:
        return msgspec.json.encode(result, order="sorted")
    except UnicodeEncodeError:
        return msgspec.json.encode(_with_bytes(msgspec.to_builtins(result)), order="sorted")


def _with_bytes(value: Any) -> Any:
    from custody.report.safe_text import show

    match value:
        case dict():
            spoilt = {name: _raw(item) for name, item in value.items() if isinstance(item, str)}
            encoded = {f"{name}_b64": raw for name, raw in spoilt.items() if raw is not None}
            return {**{name: _with_bytes(item) for name, item in value.items()}, **encoded}
        case list() | tuple():
            return [_with_bytes(item) for item in value]
        case str() if _raw(value) is not None:
            return show(value)
        case _:
            return value


def _raw(text: str) -> str | None:
    """Return in base64 the bytes of a text that is not UTF-8 (PEP 383), or nothing."""
    if text.isascii():
        return None
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return b64encode(text.encode("utf-8", "surrogateescape")).decode("ascii")
    return None


def note(settings: Settings, line: str, *, is_asked: bool = False) -> None:
    """Print a note or a warning on stderr, unless --quiet or --json; what a person is asked about is always printed."""
    if (is_asked or not (settings.quiet or settings.json)) and not say(line):
        settings.is_unseen = True


def note_to_signer(settings: Settings, line: str) -> None:
    """Print a note or a warning about an act above what is to be signed; with an act that is refused it isn't printed,
    or people take it for the reason.
    """
    settings.held.append(line)


def release_notes(settings: Settings, *, is_asked: bool = False) -> None:
    """Print the notes that `note_to_signer` held, as `note`."""
    for line in settings.held:
        note(settings, line, is_asked=is_asked)
    settings.held.clear()


def print_error(error: CustodyError, *, as_json: bool) -> None:
    """Print an error: one line, then what to do; or as one JSON object on stdout.

    An error's text may quote hostile input, so all of it passes through `show`.
    """
    from custody.report.safe_text import show

    text, hint = show(error.text), show(error.hint)
    if as_json and sys.stdout is not None:
        import msgspec

        from custody.cli.results import ErrorBody, ErrorResult

        body = ErrorBody(code=error.code, text=text, hint=hint)
        try:
            click.echo(msgspec.json.encode(ErrorResult(error=body), order="sorted"))
            return
        except BrokenPipeError:
            forsake(sys.stdout)
            return
        except OSError:
            # No room for the object: whoever reads the other stream is told all the same.
            forsake(sys.stdout)
    say(f"error: {text} [{error.code}]")
    if hint:
        say(f"hint: {hint}")


def has_progress(settings: Settings) -> bool:
    """Tell whether progress may be drawn: a terminal, no --json or --quiet, no CUSTODY_NO_PROGRESS."""
    is_muted = settings.json or settings.quiet or bool(os.environ.get("CUSTODY_NO_PROGRESS"))
    return not is_muted and is_terminal(sys.stderr)


@contextmanager
def progress(settings: Settings, title: str, *, is_bytes: bool = False) -> Iterator[Step]:
    """Give the body a function to say how far it is; what takes under a second draws nothing.

    rich is loaded when the first second is over, so that short work doesn't pay for it.
    """
    if not has_progress(settings):
        yield _ignore
        return
    from custody.cli.progress import Bar

    bar = Bar(title, is_bytes=is_bytes)
    try:
        yield bar.step
    finally:
        bar.close()


def _ignore(done: int, total: int | None = None) -> None:
    """Take a step that nobody watches."""
