"""What became here of the freeze of an asset that somebody else has by now, and that he was not told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from custody.cli.showing.attention import Attention
from custody.ledger.entries import entries_at, entries_of
from custody.report.safe_text import show
from custody.report.shell_words import shell_word
from custody.storage.reading import Reader
from custody.storage.search import Search, find_entries
from schemas.details.asset import FreezeChanged
from schemas.details.record import BundleExported
from schemas.details.transfer import TransferDispatched
from schemas.entry import ParsedEntry

_CHANGED: Final = frozenset({"asset.freeze-changed"})


def attention_of_untold(reader: Reader) -> Iterator[Attention]:
    """Yield the exhibits that are with somebody else, and whose freeze changed here since; until they get a bundle."""
    named = {
        str(about.exhibit)
        for entry in entries_at(reader, find_entries(reader, Search(types=_CHANGED)))
        for about in entry.event.event.about or ()
    }
    for registration in sorted(named):
        exhibit = reader.view().registered(registration)
        if exhibit is None or exhibit.dispatch is None:
            continue
        changed = _untold(entries_of(reader, exhibit))
        if changed is not None:
            name, to = show(exhibit.name), show(exhibit.dispatch.to)
            text = f"is with {to}, who was not told what became of its freeze (entry {changed})"
            quoted, sender = shell_word(exhibit.name), show(exhibit.dispatch.sender)
            go_on = f"custody bundle {quoted} --to {to} -o FILE --as {sender}"
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
