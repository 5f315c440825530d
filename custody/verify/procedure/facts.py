"""What the record says about one exhibit that only its whole story can tell: the five integrity checks (law row C6)."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from schemas.content import Content
from schemas.details.custody import HandedOver, Rehash, SealSeen
from schemas.details.exhibit import (
    ExhibitChecked,
    ExhibitCopied,
    ExhibitIncident,
    ExhibitRegistered,
    ExhibitSealed,
    ExhibitUnsealed,
)  # fmt: skip
from schemas.details.record import AccessLogged
from schemas.details.transfer import TransferAccepted, TransferDispatched, TransferReturned
from schemas.entry import ParsedEntry
from schemas.types import Unset, is_set


@dataclass(slots=True)
class Facts:
    """What has been seen of an exhibit, as far as its entries were added. Mutable: grows with the story.

    ``checked`` are comparisons of the check value on record, ``opened`` counts the entries after registration by
    which somebody had the content before him, ``first_opened`` are the first of them.
    """

    index: int
    case: str
    number: str
    has_value: bool
    has_recording: bool
    is_foreign: bool
    was_sealed: bool = False
    is_sealed: bool = False
    is_broken: bool = False
    has_backup: bool = False
    checked: int = 0
    differed: int = 0
    opened: int = 0
    first_opened: tuple[int, ...] = ()
    due: tuple[tuple[str, str], ...] = ()
    """Conditions under which it was accepted that have a date: code and date."""

    @property
    def name(self) -> str:
        """``CASE/EXHIBIT``."""
        return f"{self.case}/{self.number}"


class IntegrityLine(msgspec.Struct, frozen=True):
    """One of the five ways in which a court checks integrity: what the record shows, and whether it shows nothing."""

    check: str
    text: str
    is_missing: bool


def begin(parsed: ParsedEntry, details: ExhibitRegistered) -> Facts:
    """Return the facts of a registration or acceptance."""
    event = parsed.event.event
    is_recorded = any(item.manner == "recording" for item in details.attestations or ())
    facts = Facts(
        index=parsed.entry.index,
        case=str(event.case),
        number=str(event.exhibit),
        has_value=isinstance(details.content, Content),
        has_recording=is_recorded or is_set(details.documents),
        is_foreign=is_set(details.foreign),
    )
    if isinstance(details, TransferAccepted):
        _see(facts, details.seal, details.rehash)
        facts.due = tuple((item.code, str(item.due)) for item in details.conditions or () if is_set(item.due))
    return facts


def go_on(facts: Facts, parsed: ParsedEntry) -> None:
    """Add a later entry about the exhibit."""
    details, index = parsed.event.details, parsed.entry.index
    match details:
        case ExhibitSealed():
            facts.was_sealed = facts.is_sealed = True
            facts.has_recording |= is_set(details.photos)
        case ExhibitUnsealed():
            facts.is_sealed, facts.is_broken = False, facts.is_broken or not details.intact
        case ExhibitIncident(kind="seal-broken"):
            facts.is_sealed, facts.is_broken = False, True
        case ExhibitCopied():
            facts.has_backup |= details.copy == "evidentiary"
        case TransferDispatched():
            facts.has_backup |= is_set(details.backup)
        case ExhibitChecked():
            _compare(facts, is_same=details.matching == details.checked and not is_set(details.mismatches))
        case HandedOver():
            _see(facts, details.seal, details.rehash_before, details.rehash_after)
        case TransferReturned():
            _see(facts, details.seal, details.rehash)
        case _:
            pass
    if parsed.event.type in _OPENING or (isinstance(details, AccessLogged) and details.action != "verified"):
        facts.opened += 1
        facts.first_opened = (*facts.first_opened, index)[:_LISTED]


_OPENING = frozenset({"exhibit.copied", "exhibit.examined", "exhibit.unsealed"})
_LISTED = 8


def _see(facts: Facts, seal: SealSeen | Unset, *read: Rehash | Unset) -> None:
    """Add what was seen of a seal as a thing changed hands, and how it compared when it was read again."""
    if isinstance(seal, SealSeen):
        facts.was_sealed, facts.is_sealed, facts.is_broken = True, seal.intact, facts.is_broken or not seal.intact
    for rehash in read:
        if isinstance(rehash, Rehash):
            _compare(facts, is_same=rehash.match)


def _compare(facts: Facts, *, is_same: bool) -> None:
    facts.checked += 1
    facts.differed += not is_same


def five_checks(facts: Facts) -> tuple[IntegrityLine, ...]:
    """Return the five lines by which integrity is checked (SPC Interpretation 2021 art. 111), in that order."""
    differed = f"comparisons on record: {facts.checked}, of which {facts.differed} differed"
    return (
        _line(
            "seal state", "never sealed on record",
            (facts.is_broken, "a seal was found broken, as the record says"),
            (facts.is_sealed, "sealed now"),
            (facts.was_sealed, "sealed, and opened since"),
            (facts.has_value, "data without a seal of their own; the check value stands for it"),
        ),
        _line(
            "collection process", "no recording, photo or document of the collection",
            (facts.has_recording, "recorded, with a recording, photos or documents"),
            (facts.is_foreign, "told by the ledger that it came from"),
        ),
        _line(
            "check value", "no comparison since registration on record",
            (facts.differed, differed),
            (facts.checked, f"comparisons on record: {facts.checked}, always the same"),
            (not facts.has_value, "a thing has none"),
        ),
        _line(
            "comparison with a backup copy", "no backup copy on record",
            (facts.has_backup, "a backup copy is on record"),
            (not facts.has_value, "a thing has none"),
        ),
        _line("access after freezing", "", (True, _accesses(facts))),
    )  # fmt: skip


def _line(check: str, missing: str, *told: tuple[object, str]) -> IntegrityLine:
    """Return the first text that is true of an exhibit, else what is missing."""
    text = next((text for is_true, text in told if is_true), "")
    return IntegrityLine(check, text or missing, not text)


def _accesses(facts: Facts) -> str:
    if not facts.opened:
        return "none on record"
    more = f" and {facts.opened - _LISTED} more" if facts.opened > _LISTED else ""
    word = "entry" if facts.opened == 1 else "entries"
    return f"{facts.opened} on record: {word} {', '.join(map(str, facts.first_opened))}{more}"
