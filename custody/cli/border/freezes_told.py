"""What became of the freeze of an asset in the ledger that it came from, or that it went to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from custody.cli.acting.exhibit_selection import format_exhibit
from custody.cli.acting.signing import complete, named_signers
from custody.cli.border.receipts import emit_outcome
from custody.cli.border.receiving import plainly
from custody.cli.checking.opening import check_steps, open_bundle
from custody.cli.checking.verification import Believed
from custody.cli.context import Context
from custody.cli.options import Signing, When
from custody.cli.output import note
from custody.cli.showing.attention import Attention
from custody.ledger.compose import Anchor, Composed
from custody.ledger.store import LedgerReader
from custody.report.safe_text import show, show_path
from custody.storage.reading import Reader
from custody.storage.search import Search, find_entries
from custody.transfer.foreign_assets import Told, changes_told, plain_change
from custody.verify.rules.view import Exhibit
from custody.verify.verify import Verified
from schemas.details.asset import FreezeChanged
from schemas.details.exhibit import ExhibitRegistered, Foreign
from schemas.details.letter import ReceiptOrigin
from schemas.details.record import BundleExported
from schemas.details.transfer import TransferDispatched
from schemas.entry import ParsedEntry, parse_entry
from schemas.errors import CustodyError, UsageError
from schemas.event import About
from schemas.report import LedgerReport

_WANTED: Final = (0, 1, 2, 4, 5, 6, 7, 8, 10)
"""Steps of a bundle that bear what it tells of a freeze; whether files came with it is no matter."""
_CHANGED: Final = frozenset({"asset.freeze-changed"})


def record_told(context: Context, exhibits: Sequence[Exhibit], bundle: Path, *, who: Signing, when: When) -> None:
    """Verify a bundle of the ledger that exhibits came from, and record what became of their freezes by its word.

    Raises:
        UsageError: ``usage.freeze`` where the bundle is not about them, or tells of no change that isn't known.
        VerificationError, RefusedError: ``trust.bundle`` where what it tells is not proven.
    """
    with open_bundle(context, bundle, Believed(None, (), None, None).open(context, at_home=True)) as opened:
        verified = opened.verified
        check_steps(verified.report, _WANTED, bundle)
        composed = [item for exhibit in exhibits for item in _compose(context, exhibit, verified, who, when)]
    ledger = verified.report.ledger
    assert isinstance(ledger, LedgerReport), "step 2 passed, so there is a checkpoint"
    if not composed:
        names = ", ".join(show(format_exhibit(item)) for item in exhibits)
        text = f"expected in {show_path(bundle)} news of the freeze of {names}, found none"
        hint = f"as of its {ledger.size} entries nothing became of it that is not on record here"
        raise UsageError("usage.freeze", text, hint=hint)
    emit_outcome(context, complete(context, who, composed))
    note(context.settings, f"note: as of {ledger.size} entries of {ledger.origin}; custody trust seen remembers them")


def _compose(context: Context, exhibit: Exhibit, verified: Verified, who: Signing, when: When) -> Iterator[Composed]:
    with context.ledger().read() as reader:
        entries = _entries(reader, exhibit)
        own = reader.view().ledger()
    foreign = _foreign(entries)
    ledger, name = verified.report.ledger, show(format_exhibit(exhibit))
    if not isinstance(foreign, Foreign):
        raise UsageError("usage.freeze", f"expected an exhibit of another ledger, found {name}, registered here")
    if not isinstance(ledger, LedgerReport) or ledger.origin != foreign.ledger:
        found = ledger.origin if isinstance(ledger, LedgerReport) else "none"
        raise UsageError("usage.freeze", f"expected a bundle of {foreign.ledger}, which {name} is from, found {found}")
    if (foreign.case, foreign.exhibit) not in {(item.case, item.exhibit) for item in verified.report.exhibits}:
        there = show(f"{foreign.case}/{foreign.exhibit}")
        raise UsageError("usage.freeze", f"expected a bundle that lists {there}, which is {name} here, found others")
    anchor, plain = Anchor(about=(About(exhibit=exhibit.registration),)), plainly(verified)
    signers, origin = named_signers(context, who), "" if own is None else own.origin
    for told in _news(verified, foreign, entries, own=origin):
        yield context.ledger().compose(
            "asset.freeze-changed", signers=signers, details=plain_change(told, plain), when=when, anchor=anchor
        )


def note_news(context: Context, verified: Verified, bundle: Path) -> None:
    """Say where a verified bundle tells of freezes of exhibits that are here, in the home at hand, what isn't known.

    A home that can't be read is no reason not to verify a bundle.
    """
    ledger = verified.report.ledger
    if context.find_home() is None or not isinstance(ledger, LedgerReport):
        return
    listed = {(item.case, item.exhibit) for item in verified.report.exhibits}
    with suppress(CustodyError), context.ledger().home.store.read() as reader:
        own = reader.view().ledger()
        for index in list(find_entries(reader, Search(types=frozenset({"transfer.accepted"})))):
            event = parse_entry(reader.entry(index)).event
            exhibit = reader.view().exhibit(str(event.event.case), str(event.event.exhibit))
            entries = [] if exhibit is None else _entries(reader, exhibit)
            foreign = _foreign(entries) if entries else None
            if foreign is None or foreign.ledger != ledger.origin or (foreign.case, foreign.exhibit) not in listed:
                continue
            if exhibit is not None and _news(verified, foreign, entries, own="" if own is None else own.origin):
                name, path = show(format_exhibit(exhibit)), show_path(bundle)
                text = f"note: this tells what became of the freeze of {name}: custody freeze {name} --told-in {path}"
                note(context.settings, text)


def _foreign(entries: Sequence[ParsedEntry]) -> Foreign | None:
    """Return where an exhibit came from, by its first entry."""
    details = entries[0].event.details
    foreign = details.foreign if isinstance(details, ExhibitRegistered) else None
    return foreign if isinstance(foreign, Foreign) else None


def _news(verified: Verified, foreign: Foreign, entries: Sequence[ParsedEntry], *, own: str) -> tuple[Told, ...]:
    """Return what a bundle tells of an exhibit's freeze, beyond what came with it and was recorded since."""
    known = [told.index for told in map(_origin, entries) if told is not None and told.ledger == foreign.ledger]
    since = max([foreign.size - 1, *known]) + 1
    return changes_told(verified, foreign.case, foreign.exhibit, since=since, own=own)


def _origin(entry: ParsedEntry) -> ReceiptOrigin | None:
    details = entry.event.details
    return details.origin if isinstance(details, FreezeChanged) and isinstance(details.origin, ReceiptOrigin) else None


def attention_of_untold(reader: Reader) -> Iterator[Attention]:
    """Yield the exhibits that are with somebody else, and whose freeze changed here since; until they get a bundle."""
    named = {
        str(about.exhibit)
        for index in list(find_entries(reader, Search(types=_CHANGED)))
        for about in parse_entry(reader.entry(index)).event.event.about or ()
    }
    for registration in sorted(named):
        exhibit = reader.view().registered(registration)
        if exhibit is None or exhibit.dispatch is None:
            continue
        changed = _untold(_entries(reader, exhibit))
        if changed is not None:
            name, to = show(format_exhibit(exhibit)), show(exhibit.dispatch.to)
            text = f"is with {to}, who was not told what became of its freeze (entry {changed})"
            go_on = f"custody bundle {name} --to {to} -o FILE --as {show(exhibit.dispatch.sender)}"
            yield Attention(code="asset.freeze-untold", next=go_on, subject=f"exhibit {name}", text=text)


def _untold(entries: Sequence[ParsedEntry]) -> int | None:
    """Return the first change of a freeze since an exhibit left, of which its receiver has no bundle; or nothing."""
    to, changed = None, None
    for entry in entries:
        details = entry.event.details
        if isinstance(details, TransferDispatched):
            to, changed = details.to, None
        elif isinstance(details, FreezeChanged) and to is not None and changed is None:
            changed = entry.entry.index
        elif isinstance(details, BundleExported) and details.to == to:
            changed = None
    return changed


def _entries(reader: LedgerReader, exhibit: Exhibit) -> list[ParsedEntry]:
    indexes = reader.subject_entries(("exhibit", exhibit.case, exhibit.number))
    return [parse_entry(reader.entry(index)) for index in indexes]
