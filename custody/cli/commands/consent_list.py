"""`custody consent list`: what may leave, to whom, and what stands in the way."""

from __future__ import annotations

from collections.abc import Iterator

import click

from custody.cli.acting.exhibit_selection import find_exhibit
from custody.cli.assistance.consents import ConditionLine, names_of
from custody.cli.border.terms import plain_condition
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.output import emit
from custody.cli.parameters import AGENT
from custody.cli.results import Result
from custody.report.safe_text import show
from custody.report.values import Disclosures
from custody.report.words import WITHHELD, format_utc, format_value
from custody.storage.search import Search, find_entries
from custody.transfer.consents import why_not
from custody.verify.rules.view import Consent
from schemas.details.consent import ConsentRecorded
from schemas.entry import ParsedEntry, parse_entry
from schemas.text import format_time
from schemas.types import UNSET, Private, Unset, is_set

_MANNERS = {"key": "signed by an official", "letter": "by a verified letter", "paper": "ON PAPER"}


class ConsentLine(Result, frozen=True, kw_only=True, tag="custody-consent/v1"):
    """A consent; ``holds`` where something could leave under it now, else ``fault`` says why not."""

    authority: str
    conditions: tuple[ConditionLine, ...]
    entry: int
    event: str
    exhibits: tuple[str, ...]
    fault: str | Unset = UNSET
    holds: bool
    issued_at: str
    manner: str
    number: str | Unset = UNSET
    onward: str
    purpose: str
    recipient: str
    request: str | Unset = UNSET
    valid_from: str
    valid_until: str | Unset = UNSET


class ConsentList(Result, frozen=True, kw_only=True, tag="custody-consents/v1"):
    """Consents in the order in which they were recorded."""

    consents: tuple[ConsentLine, ...]


@command(
    example="""
    custody consent list
    custody consent list --exhibit 2026-0417/EX-1 --recipient police-de
    """,
    result=ConsentList,
)
@click.option("--exhibit", metavar="EXHIBIT", help="Only those that cover this exhibit.")
@click.option("--recipient", type=AGENT, help="Only those for this recipient.")
@pass_custody
def consent_list(context: Context, exhibit: str | None, recipient: str | None) -> None:
    """List the consents, how each was given, and whether something could leave under it now."""
    access, now = context.ledger(), format_time(context.now())
    with access.home.store.read() as reader:
        wanted = None if exhibit is None else find_exhibit(reader, exhibit)
        search = Search(types=frozenset({"consent.recorded"}), exhibit=wanted)
        entries = [parse_entry(reader.entry(index)) for index in list(find_entries(reader, search))]
        found = [(entry, reader.view().consent(entry.event.hash)) for entry in entries]
        chosen = [(entry, state) for entry, state in found if state and recipient in (None, state.recipient)]
        told = [
            (entry, state, why_not(reader.view(), state, at=now), names_of(reader, state)) for entry, state in chosen
        ]
    disclosures = access.disclosures_of([entry.event for entry in entries])
    consents = tuple(_line(entry, state, fault, names, disclosures) for entry, state, fault, names in told)
    emit(context.settings, ConsentList(consents=consents), _lines(consents))


def _line(
    entry: ParsedEntry, state: Consent, fault: str, names: tuple[str, ...], disclosures: Disclosures
) -> ConsentLine:
    details = entry.event.details
    assert isinstance(details, ConsentRecorded), "that is what was looked for"
    return ConsentLine(
        authority=details.authority,
        conditions=tuple(_conditions(details, state, disclosures)),
        entry=entry.entry.index,
        event=entry.event.hash,
        exhibits=names,
        fault=fault or UNSET,
        holds=not fault,
        issued_at=details.issued_at,
        manner=details.manner,
        number=_plain(details.number, disclosures) if is_set(details.number) else UNSET,
        onward=details.onward,
        purpose=_plain(details.purpose, disclosures),
        recipient=details.recipient,
        request=details.request,
        valid_from=details.valid_from,
        valid_until=details.valid_until,
    )


def _plain(value: object, disclosures: Disclosures) -> str:
    found = disclosures.get(value.commitment) if isinstance(value, Private) else None
    return WITHHELD if found is None else format_value(found.value)


def _conditions(details: ConsentRecorded, state: Consent, disclosures: Disclosures) -> Iterator[ConditionLine]:
    for condition in details.conditions if isinstance(details.conditions, tuple) else ():
        bars = "unmet" if condition.code in state.unmet else "met"
        text = plain_condition(condition, disclosures)["text"]
        yield ConditionLine(
            code=condition.code, due=condition.due, state=bars if condition.before else "binding",
            text=UNSET if text is None else str(text),
        )  # fmt: skip


def _lines(consents: tuple[ConsentLine, ...]) -> Iterator[str]:
    for item in consents:
        stands = "holds" if item.holds else f"lets nothing leave: {item.fault}"
        exhibits = ", ".join(map(show, item.exhibits))
        yield f"entry {item.entry}: {item.authority} to {item.recipient}, {exhibits}; {stands}"
        until = f" until {format_utc(item.valid_until)}" if isinstance(item.valid_until, str) else ""
        number = f" {item.number}" if isinstance(item.number, str) else ""
        yield f"  {_MANNERS[item.manner]}{number}, from {format_utc(item.valid_from)}{until}; onward: {item.onward}"
        yield f"  purpose: {item.purpose}"
        for condition in item.conditions:
            due = f", due {format_utc(condition.due)}" if isinstance(condition.due, str) else ""
            text = f": {show(condition.text)}" if isinstance(condition.text, str) else ""
            yield f"  condition {condition.code} ({condition.state}{due}){text}"
        if isinstance(item.request, str):
            yield f"  rests on request {item.request}"
    if not consents:
        yield "no consent"
