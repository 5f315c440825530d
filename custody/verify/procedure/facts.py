"""What the record says about one exhibit that only its whole story can tell: the five integrity checks (law row C6)."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from schemas.content import Content
from schemas.details.custody import HandedOver
from schemas.details.exhibit import (
    ExhibitChecked,
    ExhibitCopied,
    ExhibitIncident,
    ExhibitRegistered,
    ExhibitSealed,
    ExhibitUnsealed,
)  # fmt: skip
from schemas.details.record import AccessLogged
from schemas.details.transfer import TransferAccepted, TransferDispatched
from schemas.entry import ParsedEntry
from schemas.types import is_set


@dataclass(slots=True)
class Facts:
    """What has been seen of an exhibit, as far as its entries were added. Mutable: grows with the story.

    ``checked`` are comparisons of the check value on record, ``opened`` counts the entries after registration by
    which somebody had the content before him, ``first_opened`` are the first of them.
    """

    index: int
    case: str
    number: str
    is_object: bool
    has_value: bool
    has_recording: bool
    is_foreign: bool
    seals: int = 0
    is_sealed: bool = False
    is_broken: bool = False
    backups: int = 0
    has_evidentiary_copy: bool = False
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
        is_object=not isinstance(details.content, Content),
        has_value=isinstance(details.content, Content),
        has_recording=is_recorded or is_set(details.documents),
        is_foreign=is_set(details.foreign),
    )
    if isinstance(details, TransferAccepted):
        if is_set(details.rehash):
            _compare(facts, is_same=details.rehash.match)  # type: ignore[union-attr]
        facts.due = tuple((item.code, str(item.due)) for item in details.conditions or () if is_set(item.due))
    return facts


def go_on(facts: Facts, parsed: ParsedEntry) -> None:
    """Add a later entry about the exhibit."""
    details, index = parsed.event.details, parsed.entry.index
    match details:
        case ExhibitSealed():
            facts.seals, facts.is_sealed = facts.seals + 1, True
            facts.has_recording = facts.has_recording or is_set(details.photos)
        case ExhibitUnsealed():
            facts.is_sealed, facts.is_broken = False, facts.is_broken or not details.intact
        case ExhibitIncident(kind="seal-broken"):
            facts.is_sealed, facts.is_broken = False, True
        case ExhibitCopied():
            facts.has_evidentiary_copy = facts.has_evidentiary_copy or details.copy == "evidentiary"
        case TransferDispatched():
            facts.backups += is_set(details.backup)
        case ExhibitChecked():
            is_same = details.matching == details.checked and not is_set(details.mismatches)
            _compare(facts, is_same=is_same)
        case HandedOver():
            facts.is_broken = facts.is_broken or getattr(details.seal, "intact", True) is False
            for rehash in (details.rehash_before, details.rehash_after):
                if is_set(rehash):
                    _compare(facts, is_same=rehash.match)  # type: ignore[union-attr]
        case _:
            pass
    if parsed.event.type in _OPENING or (isinstance(details, AccessLogged) and details.action != "verified"):
        facts.opened += 1
        facts.first_opened = (*facts.first_opened, index)[:_LISTED]


_OPENING = frozenset({"exhibit.copied", "exhibit.examined", "exhibit.unsealed"})
_LISTED = 8


def _compare(facts: Facts, *, is_same: bool) -> None:
    facts.checked += 1
    facts.differed += not is_same


def five_checks(facts: Facts) -> tuple[IntegrityLine, ...]:
    """Return the five lines by which integrity is checked (SPC Interpretation 2021 art. 111), in that order."""
    return (_seal(facts), _process(facts), _value(facts), _backup(facts), _accesses(facts))


def _seal(facts: Facts) -> IntegrityLine:
    if facts.is_broken:
        return IntegrityLine("seal state", "a seal was found broken, as the record says", False)
    if facts.seals:
        state = "sealed now" if facts.is_sealed else "sealed, and opened since"
        return IntegrityLine("seal state", state, False)
    if facts.has_value:
        return IntegrityLine("seal state", "data without a seal of their own; the check value stands for it", False)
    return IntegrityLine("seal state", "never sealed on record", True)


def _process(facts: Facts) -> IntegrityLine:
    if facts.has_recording:
        return IntegrityLine("collection process", "recorded, with a recording, photos or documents", False)
    if facts.is_foreign:
        return IntegrityLine("collection process", "told by the ledger that it came from", False)
    return IntegrityLine("collection process", "no recording, photo or document of the collection", True)


def _value(facts: Facts) -> IntegrityLine:
    if facts.differed:
        text = f"compared {facts.checked} times on record, and differed {facts.differed} times"
        return IntegrityLine("check value", text, False)
    if facts.checked:
        return IntegrityLine("check value", f"compared {facts.checked} times on record, always the same", False)
    if not facts.has_value:
        return IntegrityLine("check value", "a thing has none", False)
    return IntegrityLine("check value", "no comparison since registration on record", True)


def _backup(facts: Facts) -> IntegrityLine:
    if facts.has_evidentiary_copy or facts.backups:
        return IntegrityLine("comparison with a backup copy", "a backup copy is on record", False)
    if facts.is_object and not facts.has_value:
        return IntegrityLine("comparison with a backup copy", "a thing has none", False)
    return IntegrityLine("comparison with a backup copy", "no backup copy on record", True)


def _accesses(facts: Facts) -> IntegrityLine:
    if not facts.opened:
        return IntegrityLine("access after freezing", "none on record", False)
    listed = ", ".join(map(str, facts.first_opened))
    more = f" and {facts.opened - _LISTED} more" if facts.opened > _LISTED else ""
    word = "entry" if facts.opened == 1 else "entries"
    return IntegrityLine("access after freezing", f"{facts.opened} on record: {word} {listed}{more}", False)
