"""`custody consent list`: what may leave, to whom, and what stands in the way."""

from __future__ import annotations

from collections.abc import Iterator

import click
import msgspec

from custody.cli.acting.exhibit_selection import find_exhibit
from custody.cli.assistance.consents import ConditionLine, names_of
from custody.cli.border.terms import plain_condition
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.output import emit
from custody.cli.parameters import AGENT
from custody.cli.results import Result
from custody.ledger.entries import entries_at
from custody.report.safe_text import show
from custody.report.values import Disclosures
from custody.report.words import WITHHELD, format_utc, format_value
from custody.storage.search import Search, find_entries
from custody.transfer.consents import why_not
from custody.verify.rules.view import Consent, View
from schemas.details.consent import ConsentRecorded
from schemas.entry import ParsedEntry
from schemas.text import format_time
from schemas.types import UNSET, Private, Unset, is_set

_MANNERS = {"key": "signed by an official", "letter": "by a verified letter", "paper": "ON PAPER"}


class BarredExhibit(msgspec.Struct, frozen=True, kw_only=True):
    """An exhibit that can't leave now under a consent that names it, and why."""

    exhibit: str
    fault: str


class ConsentLine(Result, frozen=True, kw_only=True, tag="custody-consent/v1"):
    """A consent; ``holds`` where something could leave under it now, else ``fault`` says why not. ``barred`` are those
    of its ``exhibits`` that can't.
    """

    authority: str
    barred: tuple[BarredExhibit, ...]
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
        entries = list(entries_at(reader, find_entries(reader, search)))
        found = [(entry, reader.view().consent(entry.event.hash)) for entry in entries]
        chosen = [(entry, state) for entry, state in found if state and recipient in (None, state.recipient)]
        told = [
            (entry, state, tuple(_barred(reader.view(), state, now)), names_of(reader, state))
            for entry, state in chosen
        ]
    disclosures = access.disclosures_of([entry.event for entry in entries])
    consents = tuple(_line(entry, state, barred, names, disclosures) for entry, state, barred, names in told)
    emit(context.settings, ConsentList(consents=consents), _lines(consents))


def _barred(view: View, consent: Consent, at: str) -> Iterator[BarredExhibit]:
    for exhibit in filter(None, map(view.registered, consent.exhibits)):
        fault = why_not(view, consent, exhibit, at=at)
        if fault:
            yield BarredExhibit(exhibit=exhibit.name, fault=fault)


def _line(
    entry: ParsedEntry,
    state: Consent,
    barred: tuple[BarredExhibit, ...],
    names: tuple[str, ...],
    disclosures: Disclosures,
) -> ConsentLine:
    details = entry.event.details
    assert isinstance(details, ConsentRecorded), "that is what was looked for"
    holds = len(barred) < len(names)
    return ConsentLine(
        authority=details.authority,
        barred=barred,
        conditions=tuple(_conditions(details, state, disclosures)),
        entry=entry.entry.index,
        event=entry.event.hash,
        exhibits=names,
        fault=UNSET if holds else "; ".join(dict.fromkeys(item.fault for item in barred)),
        holds=holds,
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
    for condition in details.conditions or ():
        bars = "unmet" if condition.code in state.unmet else "met"
        text = plain_condition(condition, disclosures)["text"]
        yield ConditionLine(
            code=condition.code, due=condition.due, state=bars if condition.before else "binding",
            text=UNSET if text is None else str(text),
        )  # fmt: skip


def _lines(consents: tuple[ConsentLine, ...]) -> Iterator[str]:
    for item in consents:
        barred = {each.exhibit: each.fault for each in item.barred} if item.holds else {}
        stands = "holds" if item.holds else f"lets nothing leave: {item.fault}"
        stands += f" for {', '.join(show(name) for name in item.exhibits if name not in barred)}" if barred else ""
        exhibits = ", ".join(map(show, item.exhibits))
        yield f"entry {item.entry}: {item.authority} to {item.recipient}, {exhibits}; {stands}"
        until = f" until {format_utc(item.valid_until)}" if isinstance(item.valid_until, str) else ""
        number = f" {item.number}" if isinstance(item.number, str) else ""
        yield f"  {_MANNERS[item.manner]}{number}, from {format_utc(item.valid_from)}{until}; onward: {item.onward}"
        yield f"  purpose: {item.purpose}"
        for name, fault in barred.items():
            yield f"  {show(name)} can't leave under it: {fault}"
        for condition in item.conditions:
            due = f", due {format_utc(condition.due)}" if isinstance(condition.due, str) else ""
            text = f": {show(condition.text)}" if isinstance(condition.text, str) else ""
            yield f"  condition {condition.code} ({condition.state}{due}){text}"
        if isinstance(item.request, str):
            yield f"  rests on request {item.request}"
    if not consents:
        yield "no consent"
