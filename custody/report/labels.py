"""The text of an exhibit's label: what a QR code on it holds, and what a scanner types (docs/spec/labels.md).

    custody-label/v1:evidence.police.example/main:2026-0417:EX-1:<64 hex digits>

Ledger, case, exhibit, and the hash of the registration event: nothing in it ever changes, so a label is never out of
date, and nobody can print one of an exhibit that the ledger does not have.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote_to_bytes

from schemas import limits, text
from schemas.errors import RecordError, UsageError

PREFIX: Final = "custody-label/v1"
LONGEST: Final = len(PREFIX) + 4 + limits.ORIGIN_BYTES + 2 * 3 * limits.NUMBER_BYTES + 64
"""Characters of the longest label: every byte of both numbers escaped."""
_HINT: Final = "a scanner must be set to the keyboard of this machine; the text can also be pasted"


@dataclass(frozen=True, slots=True)
class Label:
    """What a label says: the ledger's origin, case and exhibit number, and the registration's event hash."""

    ledger: str
    case: str
    exhibit: str
    registration: str


def format_label(label: Label) -> str:
    """Return the one spelling of a label."""
    return f"{PREFIX}:{label.ledger}:{_escape(label.case)}:{_escape(label.exhibit)}:{label.registration}"


def parse_label(typed: str) -> Label:
    """Return the label of which ``typed`` is the one spelling.

    Raises:
        UsageError: ``label.text`` for anything else, ``label.version`` for a label of a later version.
    """
    parts = typed.split(":") if len(typed) <= LONGEST else []
    if parts and re.fullmatch(r"custody-label/v[1-9][0-9]{0,5}", parts[0], re.ASCII) and parts[0] != PREFIX:
        hint = "use a newer version of this program"
        raise UsageError("label.version", f"expected a label of {PREFIX}, found {parts[0]}", hint=hint)
    if len(parts) == 5 and parts[0] == PREFIX:
        try:
            label = Label(parts[1], _unescape(parts[2]), _unescape(parts[3]), parts[4])
            _check(label)
        except (RecordError, UnicodeError):
            pass
        else:
            if format_label(label) == typed:
                return label
    raise UsageError("label.text", f"expected the text of a label of {PREFIX}, found {typed[:80]!r}", hint=_HINT)


def _check(label: Label) -> None:
    if not re.match(text.ORIGIN_PATTERN, label.ledger, re.ASCII) or len(label.ledger) > limits.ORIGIN_BYTES:
        raise RecordError("text.origin", "expected the origin of a ledger")
    text.check_number(label.case)
    text.check_number(label.exhibit)
    text.parse_hex(label.registration, size=32)


def _escape(number: str) -> str:
    """Return a number with every byte but A-Z, a-z, 0-9, ``-``, ``.``, ``_`` and ``~`` as % and two capital digits."""
    return quote(number.encode("utf-8"), safe="")


def _unescape(escaped: str) -> str:
    return unquote_to_bytes(escaped).decode("utf-8")
