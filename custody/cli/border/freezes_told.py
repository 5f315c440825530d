"""What became of the freeze of an asset in the ledger that it came from, or that it went to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from custody.cli.acting.signing import complete, named_signers
from custody.cli.border.receipts import emit_outcome
from custody.cli.border.receiving import plainly
from custody.cli.checking.opening import check_steps, open_bundle
from custody.cli.checking.verification import Believed
from custody.cli.context import Context
from custody.cli.options import Signing, When
from custody.cli.output import note
from custody.cli.typed_again import typed_again
from custody.ledger.compose import Anchor, Composed
from custody.ledger.entries import entries_at, entries_of
from custody.report.counts import counted
from custody.report.safe_text import show, show_path
from custody.report.shell_words import shell_word
from custody.storage.search import Search, find_entries
from custody.transfer.foreign_assets import Told, changes_told, known_until, plain_change, stays_in
from custody.verify.rules.view import Exhibit
from custody.verify.verify import Verified
from schemas.entry import ParsedEntry
from schemas.errors import CustodyError, UsageError
from schemas.event import About
from schemas.report import LedgerReport

_WANTED: Final = (0, 1, 2, 4, 5, 6, 7, 8, 10)
"""Steps of a bundle that bear what it tells of a freeze; whether files came with it is no matter."""
_CAME: Final = frozenset({"transfer.accepted", "transfer.returned"})


def record_told(context: Context, exhibits: Sequence[Exhibit], bundle: Path, *, who: Signing, when: When) -> None:
    """Verify a bundle of a ledger in which exhibits were, and record what became of their freezes by its word.

    Raises:
        UsageError: ``usage.freeze`` where the bundle is not about them, or tells of no change that isn't known.
        VerificationError, RefusedError: ``trust.bundle`` where what it tells is not proven.
    """
    with open_bundle(context, bundle, Believed(None).open(context, at_home=True)) as opened:
        verified = opened.verified
        check_steps(verified.report, _WANTED, bundle)
        composed = [item for exhibit in exhibits for item in _compose(context, exhibit, verified, who, when)]
    ledger = verified.report.ledger
    assert isinstance(ledger, LedgerReport), "step 2 passed, so there is a checkpoint"
    if not composed:
        names = ", ".join(show(item.name) for item in exhibits)
        text = f"expected in {show_path(bundle)} news of the freeze of {names}, found none"
        hint = f"as of entry {ledger.size - 1} nothing became of it that is not on record here"
        raise UsageError("usage.freeze", text, hint=hint)
    emit_outcome(context, complete(context, who, composed))
    note(
        context.settings,
        f"note: as of {counted(ledger.size, 'entry', 'entries')} of {ledger.origin}; custody trust seen remembers them",
    )


def _compose(context: Context, exhibit: Exhibit, verified: Verified, who: Signing, when: When) -> Iterator[Composed]:
    with context.ledger().read() as reader:
        entries = entries_of(reader, exhibit)
        own = reader.view().ledger()
    stays, name, ledger = stays_in(entries), show(exhibit.name), verified.report.ledger
    if not stays:
        raise UsageError("usage.freeze", f"expected an exhibit that was in another ledger, found {name}, only here")
    found = ledger.origin if isinstance(ledger, LedgerReport) else "none"
    if found not in stays:
        wanted = " or ".join(stays)
        raise UsageError("usage.freeze", f"expected a bundle of {wanted}, where {name} was, found one of {found}")
    stay = stays[found]
    if (stay.case, stay.exhibit) not in {(item.case, item.exhibit) for item in verified.report.exhibits}:
        there = show(f"{stay.case}/{stay.exhibit}")
        raise UsageError("usage.freeze", f"expected a bundle that lists {there}, which is {name} here, found others")
    anchor, plain = Anchor(about=(About(exhibit=exhibit.registration),)), plainly(verified)
    signers, origin = named_signers(context, who), "" if own is None else own.origin
    for told in _news(verified, entries, own=origin):
        yield context.ledger().compose(
            "asset.freeze-changed", signers=signers, details=plain_change(told, plain), when=when, anchor=anchor
        )


def note_news(context: Context, verified: Verified, bundle: Path) -> None:
    """Say where a verified bundle tells of freezes of exhibits that are here, in the home at hand, what isn't known.

    A home that can't be read is no reason not to verify a bundle.
    """
    if context.find_home() is None:
        return
    with suppress(CustodyError), context.ledger().home.store.read() as reader:
        own, seen = reader.view().ledger(), dict[str, Exhibit]()
        for entry in entries_at(reader, find_entries(reader, Search(types=_CAME))):
            event = entry.event.event
            exhibit = reader.view().exhibit(str(event.case), str(event.exhibit))
            seen |= {} if exhibit is None else {exhibit.registration: exhibit}
        for exhibit in seen.values():
            if _news(verified, entries_of(reader, exhibit), own="" if own is None else own.origin):
                name = exhibit.name
                text = f"note: this tells what became of the freeze of {show(name)}: "
                again = f"custody freeze {shell_word(name)} --told-in {shell_word(bundle)}"
                note(context.settings, text + typed_again(context.settings, again))


def _news(verified: Verified, entries: Sequence[ParsedEntry], *, own: str) -> tuple[Told, ...]:
    """Return what a bundle tells of an exhibit's freeze, beyond what came with it and was recorded since; nothing where
    it doesn't list it.
    """
    ledger = verified.report.ledger
    origin = ledger.origin if isinstance(ledger, LedgerReport) else ""
    stay = stays_in(entries).get(origin)
    if stay is None or (stay.case, stay.exhibit) not in {(it.case, it.exhibit) for it in verified.report.exhibits}:
        return ()
    since = known_until(entries, origin)
    return changes_told(verified, stay.case, stay.exhibit, since=since, own=own)
