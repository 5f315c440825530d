"""Drafts as files: what waits for signatures, in the ledger's ``drafts`` folder or wherever a person keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from custody.cli.acting.secrets_typed import refuse_in_details
from custody.cli.files import given_file, read_file, write_file
from custody.ledger.compose import Composed
from schemas import canonical, limits
from schemas.draft import Draft, DraftEvent
from schemas.envelope import Signature
from schemas.errors import UsageError
from schemas.event import ParsedEvent, parse_event
from schemas.private import Disclosure, parse_disclosure
from schemas.text import format_base64, parse_base64

SUFFIX = ".draft"


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A draft that was read: its events, the signatures that each has, and the disclosures by commitment."""

    draft: Draft
    events: tuple[ParsedEvent, ...]
    disclosures: Mapping[str, Disclosure]

    def signatures(self, place: int) -> tuple[Signature, ...]:
        """Return the signatures of the event at ``place``; nothing about them is verified."""
        return self.draft.events[place].signatures


def draft_of(composed: Sequence[Composed], signatures: Mapping[str, tuple[Signature, ...]]) -> Draft:
    """Return the draft of composed events with the signatures so far, by event hash."""
    texts = {found.text for item in composed for found in item.disclosures}
    return make_draft([item.event for item in composed], signatures, texts)


def make_draft(
    events: Sequence[ParsedEvent], signatures: Mapping[str, tuple[Signature, ...]], disclosures: Iterable[str]
) -> Draft:
    """Return a draft; ``disclosures`` are texts."""
    return Draft(
        disclosures=tuple(sorted(set(disclosures))),
        events=tuple(
            DraftEvent(payload=format_base64(event.raw), signatures=signatures.get(event.hash, ())) for event in events
        ),
        ledger=events[0].event.ledger,
        schema="custody-draft/v1",
    )


def draft_name(events: Sequence[ParsedEvent]) -> str:
    """Return the name of a draft's file: its first event's type and the start of its hash."""
    return f"{events[0].type}-{events[0].hash[:12]}{SUFFIX}"


def write_draft(path: Path, draft: Draft, *, force: bool) -> None:
    """Write a draft whole or not at all; it holds private values, so others than the group stay out.

    Raises:
        UsageError: ``usage.exists``.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    write_file(path, canonical.encode(draft), force=force, mode=0o660)


def read_draft(path: Path) -> OpenDraft:
    """Return the draft in a file. No signature in it is verified.

    Raises:
        UsageError: the file is no draft; ``draft.twice`` for one that holds an event twice; ``secret.refused``.
        UnknownVersionError: it is one of a newer version.
    """
    raw = read_file(path, maximum=limits.DRAFT_BYTES)
    with given_file(path):
        draft = canonical.decode(raw, Draft, maximum=limits.DRAFT_BYTES)
        events = tuple(parse_event(parse_base64(item.payload)) for item in draft.events)
        disclosures = {found.commitment: found for found in map(parse_disclosure, draft.disclosures)}
    if len({event.hash for event in events}) < len(events):
        text = f"expected each event of a draft once, found one twice in {path}"
        raise UsageError("draft.twice", text, hint="ask for the draft again; this one was changed")
    # Who signs would spread a secret that somebody else has typed.
    refuse_in_details([found.value for found in disclosures.values()])
    return OpenDraft(draft, events, disclosures)
