"""What is held here though another ledger says that it holds it too: both can't be, and somebody has to ask.

It was taken back (recalled, or refused by them) and a receipt came all the same; or it came back on paper alone from an
authority whose own ledger goes on holding it; or it was accepted here after a parcel of it had been refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from custody.cli.context import Context
from custody.cli.showing.attention import Attention
from custody.ledger.entries import entries_about, entries_at, entries_of, is_explained
from custody.ledger.store import LedgerReader
from custody.report.safe_text import show
from custody.storage.reading import Reader
from custody.storage.search import Search, find_entries
from custody.verify.rules.view import Exhibit
from schemas.details.exhibit import ExhibitReleased
from schemas.details.transfer import (
    TransferAccepted,
    TransferContested,
    TransferDispatched,
    TransferRefused,
    TransferReturned,
)  # fmt: skip
from schemas.entry import ParsedEntry, parse_entry
from schemas.errors import RefusedError
from schemas.event import ParsedEvent
from schemas.types import is_set

Why = Literal["after-refusal", "on-paper", "recalled"]
_LEAVES = (ExhibitReleased, TransferDispatched, TransferReturned)
_CODES: Final = {
    "after-refusal": "exhibit.refused-before", "on-paper": "exhibit.two-holders", "recalled": "exhibit.contested"
}  # fmt: skip
_DOUBTFUL: Final = frozenset({"transfer.contested", "transfer.refused", "transfer.returned"})


@dataclass(frozen=True, slots=True)
class Disputed:
    """An exhibit held here that ``other`` holds too, or may hold, by the ``transfer`` under which ``sender`` sent it;
    entry ``index`` says so: a contested receipt (``recalled``), a return on paper (``on-paper``), or an acceptance here
    of what had been refused (``after-refusal``); ``is_explained`` where somebody did.
    """

    exhibit: Exhibit
    transfer: str
    sender: str
    other: str
    is_original: bool
    index: int
    why: Why
    is_explained: bool

    @property
    def name(self) -> str:
        """``CASE/EXHIBIT``, safe to show."""
        return show(self.exhibit.name)

    @property
    def text(self) -> str:
        """What is in doubt, in words."""
        other = show(self.other)
        match self.why:
            case "recalled":
                return f"was taken back here, and {other} accepted it all the same (entry {self.index}): who has it?"
            case "on-paper":
                return f"came back on paper alone (entry {self.index}), and the ledger of {other} holds it too"
            case "after-refusal":
                return f"was accepted here after a refusal (entry {self.index}), and {other} may have it back"

    @property
    def next(self) -> str:
        """The command that settles it, once they were asked."""
        explain = f"custody explain {self.index} --statement TEXT --as AGENT"
        return explain if self.why == "after-refusal" else f"custody receive BUNDLE --as AGENT, or {explain}"


def disputed(reader: Reader) -> Iterator[Disputed]:
    """Yield each exhibit that two ledgers hold, by the newest entry that says so, until it is given back by a bundle or
    leaves again.
    """
    found: dict[tuple[str, str], Disputed] = {}
    for entry in entries_at(reader, find_entries(reader, Search(types=_DOUBTFUL))):
        for item in _doubtful(reader, entry):
            found[item.exhibit.registration, item.transfer] = item
    yield from found.values()


def attention_of_disputed(item: Disputed) -> Attention:
    """Return what to look at where two ledgers hold a thing; what was explained (`custody explain`) is advice."""
    code, is_due = _CODES[item.why], not item.is_explained
    return Attention(code=code, is_due=is_due, next=item.next, subject=item.name, text=item.text)


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


def _doubtful(reader: Reader, entry: ParsedEntry) -> Iterator[Disputed]:
    """Yield what an entry leaves in two hands."""
    event, details = entry.event.event, entry.event.details
    if isinstance(details, TransferContested) and details.reason == "after-recall":
        for about in event.about or ():
            exhibit = reader.view().registered(str(about.exhibit))
            if exhibit is not None and details.transfer in (exhibit.recalled or ()):
                yield from _left(reader, exhibit, str(details.transfer), entry, "recalled")
    if isinstance(details, TransferReturned) and not is_set(details.foreign) and is_set(details.sent):
        exhibit, ledger = reader.view().exhibit(str(event.case), str(event.exhibit)), reader.view().ledger()
        if exhibit is None:
            return
        # That it went on to somebody else takes it from nobody; an older ledger doesn't know for how long to ask.
        is_over = _left_since(reader, exhibit, entry.entry.index)
        if ledger is not None and ledger.is_strict:
            is_over = details.sent not in (exhibit.recalled or ())
        if is_over:
            return
        sent = _dispatch(reader, exhibit, str(details.sent))
        to = sent.details.to if sent is not None and isinstance(sent.details, TransferDispatched) else details.from_
        if next(_ledgers(reader, (to, details.from_)), None) is not None:
            yield from _left(reader, exhibit, str(details.sent), entry, "on-paper")
    if isinstance(details, TransferRefused) and is_set(details.parcel):
        yield from _accepted_since(reader, entry, details)


def _left(reader: Reader, exhibit: Exhibit, transfer: str, entry: ParsedEntry, why: Why) -> Iterator[Disputed]:
    sent = _dispatch(reader, exhibit, transfer)
    if sent is not None and isinstance(sent.details, TransferDispatched):
        yield Disputed(
            exhibit, transfer, sent.event.signers[0].agent, sent.details.to, sent.details.item == "original",
            entry.entry.index, why, is_explained(reader, exhibit, entry.event.hash),
        )  # fmt: skip


def _accepted_since(reader: Reader, refused: ParsedEntry, details: TransferRefused) -> Iterator[Disputed]:
    """Yield what was taken in under a transfer of which a parcel had been refused unread, while it is here."""
    for entry in entries_about(reader, ("transfer", details.transfer)):
        event, taken, index = entry.event.event, entry.event.details, entry.entry.index
        if index < refused.entry.index or not isinstance(taken, TransferAccepted | TransferReturned):
            continue
        exhibit = reader.view().exhibit(str(event.case), str(event.exhibit))
        if exhibit is not None and not _left_since(reader, exhibit, index):
            is_original = isinstance(taken, TransferReturned) or taken.item != "copy"
            yield Disputed(
                exhibit, details.transfer, taken.from_, taken.from_, is_original, index, "after-refusal",
                is_explained(reader, exhibit, entry.event.hash),
            )  # fmt: skip


def _left_since(reader: Reader, exhibit: Exhibit, index: int) -> bool:
    later = (item for item in entries_of(reader, exhibit) if item.entry.index > index)
    return any(isinstance(item.event.details, _LEAVES) for item in later)


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
