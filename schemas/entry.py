"""The entry: an event's envelope at its place in the ledger (docs/spec/entry.md).

One hash serves chain and tree: ``previous`` is the RFC 6962 leaf hash of the entry before, 64 zeros at index 0.
Order is decided by the index, never by a time.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

from schemas import canonical, limits, merkle, text
from schemas.envelope import Envelope
from schemas.errors import RecordError
from schemas.event import PAYLOAD_TYPE, ParsedEvent, parse_event
from schemas.types import UNSET, CheckedHash, CheckedOrigin, CheckedTime, Hash, Index, Record, Unset


class Entry(Record, frozen=True, kw_only=True):
    """One record of the ledger, decoded."""

    SCHEMA: ClassVar[str] = "custody-entry/v1"

    envelope: Envelope
    index: Index
    index_root: Hash | Unset = UNSET
    ledger: CheckedOrigin
    previous: CheckedHash
    recorded_at: CheckedTime
    schema: Literal["custody-entry/v1"]

    def __post_init__(self) -> None:
        """Check the forms; ValueError becomes ``record.malformed``."""
        text.check_form(text.ORIGIN_PATTERN, self.ledger)
        text.check_digits(self.previous, 64)
        text.check_times(self.recorded_at)


class ParsedEntry(msgspec.Struct, frozen=True):
    """An entry and its event, both canonical and well formed. Nothing about them is verified yet."""

    raw: bytes
    entry: Entry
    event: ParsedEvent
    leaf: bytes
    """RFC 6962 leaf hash of ``raw``, 32 bytes."""


def parse_entry(raw: bytes) -> ParsedEntry:
    """Return the entry, with its event, of which ``raw`` is the canonical spelling.

    Raises:
        RecordError: ``entry.payload-type``; ``entry.ledger`` where event and entry name two ledgers;
            ``entry.index-root`` where it stands beside another type than ``bundle.exported``, or is missing there;
            others as `parse_event`.
        UnknownVersionError: ``record.version``.
    """
    entry = canonical.decode(raw, Entry, maximum=limits.ENTRY_BYTES)
    if entry.envelope.payloadType != PAYLOAD_TYPE:
        raise RecordError("entry.payload-type", f"expected {PAYLOAD_TYPE}, found {entry.envelope.payloadType[:80]!r}")
    event = parse_event(text.parse_base64(entry.envelope.payload))
    if event.event.ledger != entry.ledger:
        raise RecordError("entry.ledger", f"expected an event of {entry.ledger}, found one of {event.event.ledger}")
    if (entry.index_root is not UNSET) != (event.event.type == "bundle.exported"):
        raise RecordError("entry.index-root", "expected index_root in bundle.exported and nowhere else")
    return ParsedEntry(raw=raw, entry=entry, event=event, leaf=merkle.hash_leaf(raw))
