"""From which exhibit, and by which act, another was made."""

from __future__ import annotations

import re
from typing import Any

from custody.cli.acting.exhibit_selection import find_exhibit
from custody.cli.context import Context
from custody.ledger.store import LedgerReader
from custody.report.shell_words import shell_word
from custody.verify.rules.view import Exhibit
from schemas.entry import parse_entry
from schemas.errors import UsageError
from schemas.event import ParsedEvent
from schemas.text import HASH_PATTERN, parse_decimal

_MAKING = ("exhibit.copied", "exhibit.examined")
"""Acts by which an exhibit can come out of another; a copy is looked for first."""


def parents_of(context: Context, typed: tuple[str, ...]) -> list[dict[str, Any]] | None:
    """Return the details ``derived_from`` from ``EXHIBIT`` or ``EXHIBIT@EVENT``; nothing for none.

    Raises:
        UsageError: ``usage.exhibit``, ``usage.event``, ``usage.derived``.
    """
    if not typed:
        return None
    with context.ledger().read() as reader:
        return [_parent(reader, item) for item in typed]


def find_event(reader: LedgerReader, named: str) -> ParsedEvent:
    """Return the event of an entry number, or of an event hash.

    Raises:
        UsageError: ``usage.event``.
    """
    if re.match(HASH_PATTERN, named, re.ASCII):
        index = reader.event_indexes([named]).get(named)
    elif named.isascii() and named.isdigit() and len(named) < 17:
        index = parse_decimal(named.lstrip("0") or "0")
    else:
        raise UsageError("usage.event", f"expected an entry number or an event hash of 64 hex digits, found {named!r}")
    if index is None or index >= reader.head().size:
        hint = "custody log shows the entries"
        raise UsageError("usage.event", f"expected an event of this ledger, found none called {named}", hint=hint)
    return parse_entry(reader.entry(index)).event


def _parent(reader: LedgerReader, typed: str) -> dict[str, Any]:
    name, at, event = typed.rpartition("@")
    if at and (re.match(HASH_PATTERN, event, re.ASCII) or (event.isascii() and event.isdigit())):
        exhibit = find_exhibit(reader, name)
        act = find_event(reader, event)
        if (act.event.case, act.event.exhibit) != (exhibit.case, exhibit.number):
            raise UsageError("usage.event", f"expected an act of {exhibit.name}, found event {event}")
    else:
        exhibit = find_exhibit(reader, typed)
        act = _last_making_act(reader, exhibit)
    return {"case": exhibit.case, "event": act.hash, "exhibit": exhibit.number}


def _last_making_act(reader: LedgerReader, exhibit: Exhibit) -> ParsedEvent:
    """Return the newest copy of an exhibit, else its newest examination."""
    subject = ("exhibit", exhibit.case, exhibit.number)
    newest: dict[str, ParsedEvent] = {}
    for index in reversed(reader.subject_entries(subject)):
        event = parse_entry(reader.entry(index)).event
        newest.setdefault(event.type, event)
        if _MAKING[0] in newest:
            break
    found = next((newest[type] for type in _MAKING if type in newest), None)
    if found is None:
        name = exhibit.name
        hint = (
            f"custody copy {shell_word(name)} --kind working --purpose WHY records it; or name an act with {name}@ENTRY"
        )
        raise UsageError("usage.derived", f"expected a copy or an examination of {name}, found none", hint=hint)
    return found
