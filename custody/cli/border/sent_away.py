"""What was sent to another authority: on its way, lost, or with them, and by whose word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from custody.cli.showing.attention import TRANSIT, Attention
from custody.ledger.entries import is_explained
from custody.report.safe_text import show
from custody.report.shell_words import shell_word
from custody.report.words import format_utc
from custody.storage.reading import Reader
from custody.verify.rules.view import Dispatch, Exhibit
from schemas.details.transfer import TransferDispatched, TransferLost, TransferReceipt
from schemas.entry import ParsedEntry, parse_entry
from schemas.text import format_time

How = Literal["dispatched", "lost", "on-their-paper", "transferred"]
_CODES: Final = {"dispatched": "exhibit.no-receipt", "lost": "exhibit.lost", "on-their-paper": "exhibit.paper-receipt"}


@dataclass(frozen=True, slots=True)
class Sent:
    """An exhibit that was dispatched at ``sent_at``: on its way without a receipt, reported ``lost``, with the
    receiver, or with him as his paper says though he keeps a ledger, unless entry ``index`` that says so is explained.
    """

    exhibit: Exhibit
    dispatch: Dispatch
    how: How
    index: int
    keeps_ledger: bool
    is_explained: bool
    sent_at: str

    @property
    def name(self) -> str:
        """``CASE/EXHIBIT``, safe to show."""
        return show(self.exhibit.name)

    @property
    def text(self) -> str:
        """How it stands, in words."""
        to, at = show(self.dispatch.to), format_utc(self.sent_at)
        match self.how:
            case "dispatched":
                return f"was dispatched to {to} {at}, and no receipt came"
            case "lost":
                return f"was dispatched to {to} {at}, and reported lost on the way (entry {self.index})"
            case "on-their-paper":
                return f"is with {to} by their paper alone (entry {self.index}); the receipt of their ledger is wanting"
            case "transferred":
                return f"is with {to}"

    @property
    def next(self) -> str:
        """The command that goes on with it; nothing where it is with whom it was sent to."""
        by = show(self.dispatch.sender)
        by_proof = f"custody receipt import FILE --as {by}"
        name = shell_word(self.exhibit.name)
        by_paper = f"custody receipt record {name} --document FILE --outcome OUTCOME --decided-at TIME --as {by}"
        receipt = by_proof if self.keeps_ledger else by_paper
        match self.how:
            case "dispatched":
                return receipt
            case "lost":
                return f"custody recall {name} --reason WHERE-IT-WAS-FOUND --as {by}, or {receipt}"
            case "on-their-paper":
                return by_proof
            case "transferred":
                return ""


def sent_away(reader: Reader, exhibits: Iterable[Exhibit]) -> Iterator[Sent]:
    """Yield those of ``exhibits`` that were dispatched and aren't back."""
    for exhibit in exhibits:
        if exhibit.status in {"dispatched", "transferred"} and exhibit.dispatch is not None:
            yield _sent(reader, exhibit, exhibit.dispatch)


def attention_of_sent(reader: Reader, exhibits: Iterable[Exhibit], *, now: datetime) -> Iterator[Attention]:
    """Yield what is on its way, lost, or with somebody by his paper alone; what was sent no longer than a week ago, and
    what was explained (`custody explain`), is advice. So is what a ledger has not confirmed yet.
    """
    late = format_time(now - TRANSIT)
    for item in sent_away(reader, exhibits):
        if item.how == "transferred":
            continue
        is_due = item.how == "lost" or (item.how == "dispatched" and item.sent_at < late)
        yield Attention(
            code=_CODES[item.how], is_due=is_due and not item.is_explained, next=item.next, subject=item.name,
            text=item.text,
        )  # fmt: skip


def _sent(reader: Reader, exhibit: Exhibit, dispatch: Dispatch) -> Sent:
    to = reader.view().agent(dispatch.to)
    keeps_ledger = to is not None and to.ledger is not None
    sent_at, said = _said(reader, exhibit, dispatch)
    how: How = "dispatched" if exhibit.status == "dispatched" else "transferred"
    explained = said is not None and is_explained(reader, exhibit, said.event.hash)
    if said is not None and isinstance(said.event.details, TransferLost) and how == "dispatched":
        how = "lost"
    elif said is not None and isinstance(said.event.details, TransferReceipt) and keeps_ledger and not explained:
        how = "on-their-paper" if said.event.details.manner == "paper" else how
    index = -1 if said is None else said.entry.index
    return Sent(exhibit, dispatch, how, index, keeps_ledger, explained, sent_at)


def _said(reader: Reader, exhibit: Exhibit, dispatch: Dispatch) -> tuple[str, ParsedEntry | None]:
    """Return when an exhibit that is away was dispatched, and the newest loss or receipt of it, or nothing."""
    said: ParsedEntry | None = None
    for index in reversed(reader.subject_entries(("transfer", dispatch.transfer))):
        entry = parse_entry(reader.entry(index))
        event, details = entry.event.event, entry.event.details
        if (event.case, event.exhibit) != (exhibit.case, exhibit.number):
            continue
        if isinstance(details, TransferDispatched):
            return event.occurred_at, said
        if said is None and isinstance(details, TransferLost | TransferReceipt):
            said = entry
    return exhibit.occurred_at, said
