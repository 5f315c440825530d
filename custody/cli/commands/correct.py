"""`custody correct`: the right value of a field; what was recorded stays."""

from __future__ import annotations

from typing import get_args

import click

from custody.cli.acting.exhibit_selection import Selection, select, selecting
from custody.cli.acting.signing import complete, named_signers
from custody.cli.border.receipts import emit_outcome
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.intake.parents import find_event
from custody.cli.options import Signing, When, acting, parse_moment
from custody.cli.results import ActResult
from custody.ledger.compose import Anchor, fields_of
from custody.verify.rules.view import EventPlace
from schemas.details.exhibit import Acquisition
from schemas.details.record import CorrectedField
from schemas.details.source import Capture, Source
from schemas.errors import UsageError
from schemas.event import About, ParsedEvent
from schemas.registry import details_type
from schemas.text import format_time

_WITHIN_ACQUISITION = frozenset({"serial", "tool"})
_CORRECTABLE = frozenset({"agent", "case", "exhibit"})


@command(
    example="""
    custody correct 2026-0417/EX-1 --field description --value "white phone" --reason "mistyped" --as exam-07
    custody correct --event 41 --field place --value "Room 5" --reason "wrong room" --as exam-07
    """,
    result=ActResult,
)
@selecting
@click.option("--event", "named", metavar="ENTRY|HASH", help="Which event; the registration if only EXHIBIT is given.")
@click.option("--field", required=True, type=click.Choice(get_args(CorrectedField)), help="Which field.")
@click.option("--value", required=True, help="The right value (kept private).")
@click.option("--reason", required=True, help="Why the old one is wrong (kept private).")
@acting
@pass_custody
def correct(
    context: Context,
    *,
    selection: Selection,
    named: str | None,
    field: str,
    value: str,
    reason: str,
    who: Signing,
    when: When,
) -> None:
    """Record the right value of a field of an event, about an exhibit, a case or an agent.

    Nothing is overwritten: the story shows both. Content, digests, numbers of exhibits, parties and signers can't be
    corrected; a wrong exhibit number is voided.
    """
    about = _about_event(context, selection, named) if named is not None else _about_registrations(context, selection)
    if field == "occurred_at":
        value = format_time(parse_moment(value, context.now().tzinfo))
    signers = named_signers(context, who)
    details = {"field": field, "reason": reason, "value": value}
    composed = [
        context.ledger().compose(
            "record.corrected", signers=signers, details=details, when=when, anchor=Anchor(about=(item,))
        )
        for item, event in about
        if _check_field(event, field)
    ]
    emit_outcome(context, complete(context, who, composed))


def _about_registrations(context: Context, selection: Selection) -> list[tuple[About, ParsedEvent]]:
    with context.ledger().read() as reader:
        return [
            (About(exhibit=item.registration, event=item.registration), find_event(reader, item.registration))
            for item in select(context, selection).exhibits
        ]


def _about_event(context: Context, selection: Selection, named: str) -> list[tuple[About, ParsedEvent]]:
    """Return what the event is about; where that is several, the one exhibit that is named beside it.

    Raises:
        UsageError: ``usage.event``, ``usage.exhibit``.
    """
    chosen = select(context, selection).exhibits if selection.names or selection.list_file else ()
    with context.ledger().read() as reader:
        event = find_event(reader, named)
        place = reader.view().event(event.hash)
        assert place is not None, "it was found in the ledger"
        subjects = [subject for subject in place.subjects if subject[0] in _CORRECTABLE]
        if chosen:
            subjects = [("exhibit", item.case, item.number) for item in chosen]
        if len(subjects) != 1 or subjects[0] not in place.subjects:
            raise _which(place, named)
        (kind, *rest) = subjects[0]
        if kind == "exhibit":
            found = reader.view().exhibit(rest[0], rest[1])
            assert found is not None, "the ledger knows the subjects of its events"
            return [(About(exhibit=found.registration, event=event.hash), event)]
    about = About(case=rest[0], event=event.hash) if kind == "case" else About(agent=rest[0], event=event.hash)
    return [(about, event)]


def _which(place: EventPlace, named: str) -> UsageError:
    names = ", ".join("/".join(subject[1:]) for subject in place.subjects if subject[0] == "exhibit") or "none"
    hint = "name the EXHIBIT beside --event; events about the ledger itself can't be corrected"
    return UsageError("usage.event", f"expected one exhibit, case or agent of event {named}, found {names}", hint=hint)


def _check_field(event: ParsedEvent, field: str) -> bool:
    """Raise unless events of this type have such a field.

    Raises:
        UsageError: ``correct.field``.
    """
    fields = set(fields_of(details_type(event.type))) | {"occurred_at"}
    if "acquisition" in fields:
        fields |= _WITHIN_ACQUISITION & set(fields_of(Acquisition))
    if "source" in fields:
        fields |= (set(fields_of(Source)) | set(fields_of(Capture))) & set(get_args(CorrectedField))
    if field not in fields:
        known = ", ".join(sorted(fields & set(get_args(CorrectedField))))
        raise UsageError("correct.field", f"expected a field of {event.type} ({known}), found {field}")
    return True
