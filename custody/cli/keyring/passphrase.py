"""Where a passphrase comes from: a file or a prompt, never the command line, where every process can read it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from custody.cli.context import Context
from custody.cli.output import is_terminal, say
from custody.report.shell_words import shell_word
from keys.private.locked import Cost
from keys.private.passphrase import encode_passphrase, read_passphrase_file
from schemas.errors import SigningKeyError, UsageError

T = TypeVar("T")

TRIES = 3
"""How often the passphrase of a key may be typed."""
SHORTEST = 8
"""Characters of a new passphrase at least: Argon2id makes each guess dear, not a short list of guesses long."""
COSTS = {
    "interactive": Cost(operations=2, memory=64 * 2**20),
    "minimal": Cost(operations=1, memory=8192),
    "moderate": Cost(operations=3, memory=256 * 2**20),
    "sensitive": Cost(operations=4, memory=1024 * 2**20),
}
"""What CUSTODY_ARGON2 may say; ``minimal`` protects nothing and is for tests."""


def read_passphrase(context: Context, file: Path | None, *, agent: str) -> bytes:
    """Return the passphrase of a key that exists: from ``file``, CUSTODY_PASSPHRASE_FILE, or a prompt on a terminal.

    Raises:
        SigningKeyError: ``key.no-passphrase`` where there is none of the three, or as `read_passphrase_file`.
        UsageError: ``usage.file`` where the file that is named isn't there.
    """
    named = _named_file(context, file)
    if named is not None:
        return read_passphrase_file(named)
    _want_terminal(agent)
    typed: str = click.prompt(f"Passphrase of {agent}", hide_input=True, err=True, default="", show_default=False)
    return encode_passphrase(typed)


def with_passphrase(context: Context, file: Path | None, *, agent: str, use: Callable[[bytes], T]) -> T:
    """Return what ``use`` makes of a key's passphrase; at a prompt, a wrong or empty one may be typed again, twice.

    A slip must not cost the hour in which the evidence was hashed.

    Raises:
        SigningKeyError: as `read_passphrase` and ``use``; ``key.wrong-passphrase`` after the last try.
    """
    named = _named_file(context, file)
    tries = 1 if named is not None else TRIES
    for left in reversed(range(tries)):
        try:
            return use(read_passphrase(context, file, agent=agent))
        except SigningKeyError as error:
            is_slip = error.code in {"key.wrong-passphrase", "passphrase.empty"}
            if named is not None and is_slip:
                raise SigningKeyError(error.code, error.text, hint=_told_where(named, file)) from None
            if not is_slip or not left:
                raise
        say("wrong passphrase, try again")
    raise AssertionError("the last try returns or raises")


def new_passphrase(context: Context, file: Path | None, *, agent: str) -> bytes:
    """Return the passphrase for a new key; a prompt asks for it twice.

    Raises:
        SigningKeyError: as `read_passphrase`.
        UsageError: ``usage.passphrase`` for one that is too short, ``usage.file`` as `read_passphrase`.
    """
    named = _named_file(context, file)
    if named is not None:
        phrase = read_passphrase_file(named)
    else:
        _want_terminal(agent)
        phrase = _ask_for_new(agent)
    if len(phrase.decode("utf-8")) < SHORTEST:
        raise UsageError("usage.passphrase", f"expected a passphrase of {SHORTEST} or more characters, found a shorter")
    return phrase


def _ask_for_new(agent: str) -> bytes:
    typed = ""
    while len(typed) < SHORTEST:
        typed = click.prompt(f"New passphrase for {agent}", hide_input=True, confirmation_prompt=True, err=True)
        if len(typed) < SHORTEST:
            say(f"expected {SHORTEST} or more characters, found fewer, try again")
    return encode_passphrase(typed)


def key_cost(context: Context) -> Cost:
    """Return what one try of a new key's passphrase shall cost: CUSTODY_ARGON2, else moderate.

    Raises:
        UsageError: ``usage.argon2``.
    """
    named = context.environment.get("CUSTODY_ARGON2", "moderate")
    if named not in COSTS:
        raise UsageError("usage.argon2", f"expected CUSTODY_ARGON2 to be one of {', '.join(COSTS)}, found {named!r}")
    return COSTS[named]


def _told_where(named: Path, file: Path | None) -> str:
    """Say what named the file: who set a variable last week, or who signs with somebody, isn't thinking of it."""
    by = "--passphrase-file" if file is not None else "CUSTODY_PASSPHRASE_FILE"
    return f"it was read from {shell_word(named)}, which {by} names; without it each who signs is asked for his own"


def _named_file(context: Context, file: Path | None) -> Path | None:
    named = file or context.environment.get("CUSTODY_PASSPHRASE_FILE")
    if named and not Path(named).exists():
        hint = "--passphrase-file or CUSTODY_PASSPHRASE_FILE names it"
        raise UsageError("usage.file", f"expected a passphrase file at {named}, found nothing", hint=hint)
    return Path(named) if named else None


def _want_terminal(agent: str) -> None:
    if not is_terminal(sys.stdin):
        raise SigningKeyError(
            "key.no-passphrase",
            f"expected a passphrase for {agent}, found neither a file nor a terminal to ask on",
            hint="--passphrase-file FILE or CUSTODY_PASSPHRASE_FILE; or custody unlock before",
        )
