"""`custody scan`: what a label says, looked up in the ledger at hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import click

from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.files import standard_input
from custody.cli.intake.registrations import Described, described
from custody.cli.output import emit
from custody.cli.results import Result
from custody.ledger.store import LedgerReader
from custody.report.labels import LONGEST, Label, parse_label
from custody.report.safe_text import show
from custody.report.shell_words import shell_word
from custody.report.standing import describe
from custody.report.text_lines import pairs
from custody.report.words import format_utc, format_when
from custody.verify.rules.view import Exhibit
from schemas.details.exhibit import ExhibitRegistered, Foreign
from schemas.entry import ParsedEntry, parse_entry
from schemas.errors import UsageError, VerificationError
from schemas.types import Hash, Status

_MARK: Final = re.compile(r"\A\]Q[0-6]")


class Scanned(Result, frozen=True, kw_only=True, tag="custody-scan/v1"):
    """The exhibit of a label as it stands now; ``registration`` is the event hash that the label holds."""

    case: str
    description: str
    exhibit: str
    holder: str
    is_sealed: bool
    kind: str
    last_act_at: str
    ledger: str
    registration: Hash
    status: Status


@command(
    example="""
    custody scan "custody-label/v1:evidence.police.example/main:2026-0417:EX-1:3b7d..."
    custody scan -
    """,
    result=Scanned,
)
@click.argument("text", metavar="TEXT|-")
@pass_custody
def scan(context: Context, text: str) -> None:
    """Say which exhibit a label belongs to, how it stands, and who has it; TEXT is what a scanner types.

    With - one line is read from the input, as a scanner ends its text with Enter. A label of another ledger, and one
    whose hash doesn't fit, are refused with the reason.
    """
    label = parse_label(_plain(_line() if text == "-" else text))
    exhibit = _find(context, label)
    entry = context.ledger().registration_of(exhibit)
    told = described(context, entry)
    emit(context.settings, _result(label, exhibit, told), _lines(label, exhibit, entry, told))


def _line() -> str:
    return standard_input().readline(LONGEST + 16).decode("utf-8", "replace")


def _plain(typed: str) -> str:
    """Return a text without what scanners add: the mark of a QR code (ISO/IEC 15424), blanks, line ends."""
    return _MARK.sub("", typed.strip(" \t\r\n\ufeff"))


def _find(context: Context, label: Label) -> Exhibit:
    """Return the exhibit of a label.

    Raises:
        UsageError: ``label.ledger`` for a label of another ledger.
        VerificationError: ``label.hash`` where case and exhibit are known and the hash is another's,
            ``label.exhibit`` where the hash belongs to another exhibit, ``label.unknown`` where nothing of it is known.
    """
    origin = context.ledger().ledger().origin
    name = show(f"{label.case}/{label.exhibit}")
    with context.ledger().read() as reader:
        if label.ledger != origin:
            raise _of_another_ledger(reader, label, origin)
        found = reader.view().registered(label.registration)
        known = reader.view().exhibit(label.case, label.exhibit)
    if found is None and known is None:
        hint = "it may be new: is this the newest copy of the ledger? custody audit compares"
        raise VerificationError("label.unknown", f"expected a registered exhibit, found none like {name}", hint=hint)
    if found is None:
        text = f"expected the hash of the registration of {name} on its label, found another"
        hint = "the label was not made from this ledger: look at what it sticks on, and at custody audit"
        raise VerificationError("label.hash", text, hint=hint)
    if (found.case, found.number) != (label.case, label.exhibit):
        text = f"expected a label of {show(found.name)}, whose hash it has, found {name} on it"
        raise VerificationError("label.exhibit", text, hint="somebody made this label by hand")
    return found


def _of_another_ledger(reader: LedgerReader, label: Label, origin: str) -> UsageError:
    """Say whose label it is, and as what the exhibit came to this ledger, if it did."""
    here = next(_arrivals(reader, label), None)
    hint = "ask there; or name the exhibit by its number here: custody list"
    if here is not None:
        name = here.name
        hint = f"an exhibit of that name came to this ledger as {show(name)}: custody show {shell_word(name)}"
    text = f"expected a label of the ledger {origin}, found one of the ledger {label.ledger}"
    return UsageError("label.ledger", text, hint=hint)


def _arrivals(reader: LedgerReader, label: Label) -> Iterator[Exhibit]:
    """Yield the exhibits of this ledger that say that they come from there."""
    exhibits = {item.registration: item for item in reader.exhibits()}
    for event, index in reader.event_indexes(list(exhibits)).items():
        details = parse_entry(reader.entry(index)).event.details
        foreign = details.foreign if isinstance(details, ExhibitRegistered) else None
        if isinstance(foreign, Foreign) and (foreign.ledger, foreign.case, foreign.exhibit) == (
            label.ledger, label.case, label.exhibit,
        ):  # fmt: skip
            yield exhibits[event]


def _result(label: Label, exhibit: Exhibit, told: Described) -> Scanned:
    return Scanned(
        case=exhibit.case,
        description=told.description,
        exhibit=exhibit.number,
        holder=exhibit.holder,
        is_sealed=exhibit.is_sealed,
        kind=told.kind,
        last_act_at=exhibit.occurred_at,
        ledger=label.ledger,
        registration=exhibit.registration,
        status=exhibit.status,
    )


def _lines(label: Label, exhibit: Exhibit, entry: ParsedEntry, told: Described) -> Iterator[str]:
    name = show(exhibit.name)
    yield f"exhibit {name} of {label.ledger}"
    yield from pairs(
        (
            ("what it is", f"{told.description}, kind {told.kind}"),
            ("how it stands", describe(exhibit.holder, exhibit.status, is_sealed=exhibit.is_sealed)),
            ("who has it", exhibit.holder),
            ("last act", format_utc(exhibit.occurred_at)),
            ("registered", f"{format_when(entry.event)} by {entry.event.event.actor}, entry {entry.entry.index}"),
            ("label", "its hash is that of the registration"),
        )
    )
