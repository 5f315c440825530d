"""What is held here though another ledger says that it holds it too: both can't be, and somebody has to ask.

It was taken back (recalled, or refused by them) and a receipt came all the same; or it came back on paper alone from an
authority whose own ledger goes on holding it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from custody.cli.context import Context
from custody.cli.showing.attention import Attention
from custody.ledger.store import LedgerReader
from custody.report.safe_text import show
from custody.storage.reading import Reader
from custody.storage.search import Search, find_entries
from custody.verify.rules.view import Exhibit
from schemas.details.exhibit import ExhibitReleased
from schemas.details.transfer import TransferContested, TransferDispatched, TransferReturned
from schemas.entry import ParsedEntry, parse_entry
from schemas.errors import RefusedError
from schemas.event import ParsedEvent
from schemas.types import is_set

_LEAVES = (ExhibitReleased, TransferDispatched, TransferReturned)


@dataclass(frozen=True, slots=True)
class Disputed:
    """An exhibit held here, the dispatch ``sent`` from which another ledger has it, and the entry ``index`` that says
    so: a contested receipt (``recalled``) or a return on paper (``on-paper``); ``is_explained`` where somebody did.
    """

    exhibit: Exhibit
    sent: ParsedEvent
    details: TransferDispatched
    index: int
    why: Literal["on-paper", "recalled"]
    is_explained: bool


def disputed(reader: Reader) -> Iterator[Disputed]:
    """Yield each exhibit that two ledgers hold, until it is given back by a bundle or leaves again."""
    seen = set()
    for index in list(find_entries(reader, Search(types=frozenset({"transfer.contested", "transfer.returned"})))):
        entry = parse_entry(reader.entry(index))
        for exhibit, transfer, why in _doubtful(reader, entry):
            if (exhibit.registration, transfer) in seen:
                continue
            sent = _dispatch(reader, exhibit, transfer)
            if sent is None:
                continue
            seen.add((exhibit.registration, transfer))
            details = sent.details
            assert isinstance(details, TransferDispatched), "that is what was looked for"
            is_explained = _is_explained(reader, exhibit, entry.event.hash)
            yield Disputed(exhibit, sent, details, index, why, is_explained)


def attention_of_disputed(reader: Reader) -> Iterator[Attention]:
    """Yield what two ledgers hold; what was explained (`custody explain`) is advice from then on."""
    for item in disputed(reader):
        name, to = show(f"{item.exhibit.case}/{item.exhibit.number}"), show(item.details.to)
        if item.why == "recalled":
            code, text = (
                "exhibit.contested",
                f"was taken back here, and {to} accepted it all the same (entry {item.index}): who has it?",
            )
        else:
            code = "exhibit.two-holders"
            text = f"came back on paper alone (entry {item.index}), and the ledger of {to} holds it too"
        yield Attention(code=code, is_due=not item.is_explained, subject=name, text=text)


def check_paper_alone(context: Context, exhibit: Exhibit, *, sender: str, transfer: str | None) -> None:
    """Raise where whoever gives an exhibit back, or had it, keeps a ledger that can say so.

    Raises:
        RefusedError: ``transfer.paper-only``.
    """
    with context.ledger().read() as reader:
        sent = None if transfer is None else _dispatch(reader, exhibit, transfer)
        had = sent.details.to if sent is not None and isinstance(sent.details, TransferDispatched) else sender
        found = next(_ledgers(reader, (had, sender)), None)
    if found is not None:
        agent, ledger = found
        text = f"expected a bundle from {agent}, whose ledger is {ledger}, found paper alone"
        hint = f"{agent} dispatches it, custody receive takes it back, or --paper-only and status names both holders"
        raise RefusedError("transfer.paper-only", text, hint=hint)


def _doubtful(reader: Reader, entry: ParsedEntry) -> Iterator[tuple[Exhibit, str, Literal["on-paper", "recalled"]]]:
    """Yield what an entry leaves in two hands: the exhibit, the transfer under which it had left, and how."""
    event, details = entry.event.event, entry.event.details
    if isinstance(details, TransferContested) and details.reason == "after-recall":
        for about in event.about if isinstance(event.about, tuple) else ():
            exhibit = reader.view().registered(str(about.exhibit))
            if exhibit is not None and details.transfer in (exhibit.recalled or ()):
                yield exhibit, str(details.transfer), "recalled"
    if isinstance(details, TransferReturned) and not is_set(details.foreign) and is_set(details.sent):
        exhibit = reader.view().exhibit(str(event.case), str(event.exhibit))
        if exhibit is None or _left_since(reader, exhibit, entry.entry.index):
            return
        sent = _dispatch(reader, exhibit, str(details.sent))
        to = sent.details.to if sent is not None and isinstance(sent.details, TransferDispatched) else details.from_
        if next(_ledgers(reader, (to, details.from_)), None) is not None:
            yield exhibit, str(details.sent), "on-paper"


def _left_since(reader: Reader, exhibit: Exhibit, index: int) -> bool:
    indexes = reader.subject_entries(("exhibit", exhibit.case, exhibit.number))
    later = (parse_entry(reader.entry(item)).event.details for item in indexes if item > index)
    return any(isinstance(details, _LEAVES) for details in later)


def _is_explained(reader: Reader, exhibit: Exhibit, event: str) -> bool:
    indexes = reader.subject_entries(("exhibit", exhibit.case, exhibit.number))
    events = (parse_entry(reader.entry(item)).event for item in indexes)
    return any(
        item.type == "record.explained" and any(about.event == event for about in item.event.about or ())
        for item in events
    )


def _ledgers(reader: LedgerReader, agents: Iterable[str]) -> Iterator[tuple[str, str]]:
    for name in agents:
        agent = reader.view().agent(name)
        if agent is not None and agent.ledger is not None:
            yield name, agent.ledger


def _dispatch(reader: LedgerReader, exhibit: Exhibit, transfer: str) -> ParsedEvent | None:
    """Return the dispatch of an exhibit under a transfer."""
    for index in reader.subject_entries(("transfer", transfer)):
        event = parse_entry(reader.entry(index)).event
        inner = event.event
        is_dispatch = isinstance(event.details, TransferDispatched)
        if is_dispatch and (inner.case, inner.exhibit) == (exhibit.case, exhibit.number):
            return event
    return None
