"""What binds an exhibit, for the head of its page: a freeze at a provider, and the terms of another ledger."""

from __future__ import annotations

from collections.abc import Iterator

from custody.cli.showing.freeze_state import State
from custody.report.field_labels import CONDITIONS, ONWARD
from custody.report.ledger_story import LedgerStory
from custody.report.safe_text import show
from custody.report.words import format_utc
from custody.verify.assets.freezes import Frozen, follow
from custody.verify.rules.view import Exhibit
from schemas.details.transfer import TransferAccepted


def freeze_of(story: LedgerStory) -> Frozen | None:
    """Return the freeze as the newest entry that is told leaves it; nothing where none is on record."""
    frozen = None
    for told in sorted(story.told, key=lambda item: item.entry.entry.index):
        frozen = follow(frozen, told.entry)
    return frozen


def freeze_words(frozen: Frozen, state: State) -> str:
    """Return how a freeze stands, in a line."""
    end, entry = format_utc(frozen.ends_at) if frozen.ends_at else "", f"(entry {frozen.index})"
    match state:
        case "lifted":
            return f"lifted {entry}"
        case "open":
            return f"frozen, no end is on record {entry}"
        case "expired":
            return f"ENDED {end} {entry}; was it prolonged or lifted?"
        case _:
            return f"frozen until {end} {entry}"


def terms_lines(exhibit: Exhibit, story: LedgerStory) -> Iterator[str]:
    """Yield what binds whoever has it: the terms under which it came, and whose consent it needs to go on."""
    for told in story.told:
        details = told.entry.event.details
        if isinstance(details, TransferAccepted):
            conditions = details.conditions or ()
            asked = [ONWARD[details.onward], *dict.fromkeys(CONDITIONS[item.code] for item in conditions)]
            yield f"{' '.join(asked)} (entry {told.entry.entry.index})"
    if exhibit.bound_to:
        yield f"it goes on with the consent of {', '.join(map(show, exhibit.bound_to))} only"
