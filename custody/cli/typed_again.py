"""Commands that messages name, with the options that were typed: who pastes one is to find his ledger."""

from __future__ import annotations

import re
from typing import Final

from custody.cli.settings import Settings
from custody.cli.table import PLACES
from custody.report.shell_words import shell_word
from schemas.errors import CustodyError

_HOMELESS: Final = frozenset(
    {"demo", "init", "preserve-confirm", "produce", "profile", "restore", "selftest", "trust", "unpack", "verify"}
)
"""Commands, by their first word, that need no ledger here; of trust, only export does."""
_WORDS: Final = {"trust export", *(name.split()[0] for name in PLACES)} - _HOMELESS
_NAMED: Final = re.compile(rf"\bcustody (?=(?:{'|'.join(sorted(_WORDS, key=len, reverse=True))})(?![\w-]))")


def typed_again(settings: Settings, text: str) -> str:
    """Return a text in which every command that needs a ledger has --home and --keys, if these were typed."""
    typed = [("--home", settings.home), ("--keys", settings.keys)]
    options = "".join(f"{name} {shell_word(folder)} " for name, folder in typed if folder is not None)
    return _NAMED.sub(lambda found: found[0] + options, text) if options else text


def with_typed_options(error: CustodyError, settings: Settings) -> CustodyError:
    """Return an error whose hint can be pasted."""
    hint = typed_again(settings, error.hint)
    return error if hint == error.hint else type(error)(error.code, error.text, hint=hint)
