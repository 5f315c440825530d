"""What the commands about consents share: conditions as they are typed, exhibits with what was made from them, finding
a consent, and how it stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from custody.cli.acting.act_options import words_of
from custody.cli.context import Context
from custody.cli.intake.parents import find_event
from custody.cli.periods import end_of
from custody.ledger.compose import Anchor
from custody.ledger.entries import entries_at
from custody.report.family import children_of
from custody.storage.reading import Reader
from custody.verify.gate.contents import digests_of
from custody.verify.rules.view import Consent, Exhibit
from schemas.details.consent import Condition, ConsentRecorded
from schemas.errors import UsageError
from schemas.event import About, ParsedEvent

_BEFORE = ",before"
_DUE = ",due="


class ConditionLine(msgspec.Struct, frozen=True, kw_only=True):
    """A condition: ``state`` is ``binding`` for one that binds afterwards, ``unmet`` or ``met`` for one that bars."""

    code: str
    due: str | msgspec.UnsetType = msgspec.UNSET
    state: str
    text: str | msgspec.UnsetType = msgspec.UNSET


def parse_conditions(context: Context, typed: Iterable[str]) -> list[dict[str, Any]] | None:
    """Return the details of conditions from ``CODE[,before][,due=TIME][:TEXT]``; the suffixes may follow the text.

    Raises:
        UsageError: ``usage.condition`` for an unknown code or one that is given twice, ``usage.time``.
    """
    found = [_parse_condition(context, item) for item in typed]
    codes = [item["code"] for item in found]
    for code in codes:
        if codes.count(code) > 1:
            raise UsageError("usage.condition", f"expected each condition once, found {code} twice")
    return sorted(found, key=lambda item: str(item["code"])) or None


def _parse_condition(context: Context, typed: str) -> dict[str, Any]:
    rest, before, due = typed.strip(), False, None
    head, colon, text = rest.partition(":")
    if "," not in head:
        head, tail = _split_suffix(rest)
        head, colon, text = head.partition(":")
    else:
        head, tail = _split_suffix(head)
    for suffix in tail:
        before = before or suffix == _BEFORE
        due = end_of(context, suffix.removeprefix(_DUE)) if suffix.startswith(_DUE) else due
    codes = words_of(Condition, "code")
    if head not in codes:
        text = f"expected CODE[,before][,due=TIME][:TEXT] with a code of {', '.join(codes)}, found {typed!r}"
        raise UsageError("usage.condition", text)
    return {"before": before, "code": head, "due": due, "text": text.strip() or None if colon else None}


def _split_suffix(typed: str) -> tuple[str, list[str]]:
    """Cut ``,before`` and ``,due=TIME`` off the end."""
    tail: list[str] = []
    while True:
        head, comma, last = typed.rpartition(",")
        if not comma or not (last == "before" or last.startswith("due=")):
            return typed, tail
        typed, tail = head, [*tail, f",{last}"]


def with_derived(reader: Reader, exhibits: Iterable[Exhibit]) -> tuple[Exhibit, ...]:
    """Return exhibits and, behind them, all that was made from them, in any case and any generation."""
    found = {(item.case, item.number): item for item in exhibits}
    waiting = list(found.values())
    while waiting:
        parent = waiting.pop(0)
        entry = reader.event_indexes([parent.registration])[parent.registration]
        for child in children_of(reader, parent.case, parent.number, entry):
            name = (child.case, child.exhibit)
            made = reader.view().exhibit(*name)
            if name not in found and made is not None:
                found[name] = made
                waiting.append(made)
    return tuple(found.values())


def same_files(reader: Reader, exhibits: Iterable[Exhibit]) -> tuple[Exhibit, ...]:
    """Return the exhibits that hold a file of these and don't say they were made from them, as one that came home."""
    known = {item.registration for item in exhibits}
    events = [entry.event for entry in entries_at(reader, reader.event_indexes(tuple(known)).values())]
    held = reader.view().holders(tuple(dict.fromkeys(item for event in events for item in digests_of(event.details))))
    found = {item.registration: item for items in held.values() for item in items if item.registration not in known}
    return tuple(found.values())


def find_consent(reader: Reader, named: str) -> tuple[ParsedEvent, Consent]:
    """Return the consent that an entry number or an event hash names, and the event that recorded it.

    Raises:
        UsageError: ``usage.event``, ``consent.unknown``.
    """
    event = find_event(reader, named)
    found = reader.view().consent(event.hash)
    if found is None or not isinstance(event.details, ConsentRecorded):
        text = f"expected an entry that recorded a consent, found {event.type}"
        raise UsageError("consent.unknown", text, hint="custody consent list shows them")
    return event, found


def anchor_of(consent: Consent) -> Anchor:
    """Return what an annotation of a consent is about: all its exhibits, and its event in each."""
    return Anchor(about=tuple(About(event=consent.id, exhibit=item) for item in consent.exhibits))


def names_of(reader: Reader, consent: Consent) -> tuple[str, ...]:
    """Return the exhibits that a consent covers, as ``CASE/EXHIBIT``."""
    found = (reader.view().registered(item) for item in consent.exhibits)
    return tuple(sorted(item.name for item in found if item is not None))
