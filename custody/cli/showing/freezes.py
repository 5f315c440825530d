"""Freezes of assets at the providers that hold them: when each ends, and what became of it (law rows C17, C18).

Which registrations speak of a freeze is found by the names of providers among the private values of this home: where
such a name was erased, only `verify`, `audit` and `check-procedure` know of the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from custody.cli.ledger_access import LedgerAccess
from custody.cli.showing.attention import Attention
from custody.cli.showing.freeze_state import State, state_of
from custody.ledger.entries import entries_at
from custody.report.safe_text import show
from custody.report.shell_words import shell_word
from custody.report.words import format_utc
from custody.storage.reading import Reader
from custody.storage.search import Search, find_entries
from custody.transfer.deadlines import ClockState
from custody.transfer.freeze_notice import Notice, notices_of
from custody.verify.assets.freezes import HERE, Frozen, follow
from custody.verify.rules.view import Exhibit
from schemas.details.asset import FreezeChanged
from schemas.details.exhibit import Foreign
from schemas.details.letter import ReceiptOrigin
from schemas.details.record import RecordExplained
from schemas.entry import ParsedEntry, parse_entry
from schemas.event import ParsedEvent
from schemas.law import RestDays, cite
from schemas.text import format_time

_WATCHED: Final = HERE | {"dispatched"}
"""Until it is with somebody who watches it himself."""
_CURES: Final = frozenset({"freeze"})
"""Names by which an explanation is about the rule of freezes."""
_PROVIDER: Final = "/details/asset/freeze/provider"
_CHANGED: Final = frozenset({"asset.freeze-changed"})


@dataclass(frozen=True, slots=True)
class Standing:
    """A freeze as its newest record, by ``by``, tells it; ``notice`` is by when its provider is to be told of a lifting
    of which he wasn't, where a law says so.
    """

    exhibit: Exhibit
    by: str
    frozen: Frozen
    notice: Notice | None = None
    told: tuple[str, int] | None = None
    """The ledger that said so, and with how many entries it did."""

    @property
    def name(self) -> str:
        """``CASE/EXHIBIT``, safe to show."""
        return show(self.exhibit.name)

    @property
    def told_by(self) -> str:
        """As of which entries of another ledger it is known, in words; empty for a freeze of our own."""
        return "" if self.told is None else f", as {show(self.told[0])} said with {self.told[1]} entries"

    @property
    def next(self) -> str:
        """The command that goes on with it: a newer bundle of whoever said so, a longer term, or word of a notice."""
        named = shell_word(self.exhibit.name)
        if self.told is not None:
            return f"custody freeze {named} --told-in BUNDLE --as AGENT"
        if self.frozen.is_lifted:
            return f"custody explain {self.frozen.index} --cures freeze --statement TEXT --as AGENT"
        return f"custody freeze {named} --change prolonged --until TIME --as AGENT"

    def state(self, now: datetime) -> State:
        """Return how it stands."""
        return state_of(self.frozen, now)


def freezes_of(
    reader: Reader, access: LedgerAccess, *, now: datetime, rest_days: Sequence[RestDays] = ()
) -> tuple[Standing, ...]:
    """Return the freezes of assets that are here, the first to end at the top; of lifted ones those of which nobody
    was told, unless an explanation on record says what became of that, each with its term as of ``now``.

    Raises:
        StorageError: as the store does.
        UsageError: ``deadline.zone``.
    """
    providers = [item.commitment for item in access.home.store.disclosures.at_path(_PROVIDER)]
    indexes = {*reader.commitment_indexes(providers).values(), *find_entries(reader, Search(types=_CHANGED))}
    found: dict[str, Standing] = {}
    exhibits = _by_registration(reader) if indexes else {}
    for index in sorted(indexes):
        entry = parse_entry(reader.entry(index))
        for exhibit in _about(entry, exhibits):
            known = found.get(exhibit.registration)
            frozen = follow(None if known is None else known.frozen, entry)
            if frozen is not None:
                by = entry.event.event.actor
                found[exhibit.registration] = Standing(exhibit, by, frozen, told=_told(entry, known))
    here = [
        item
        for item in found.values()
        if item.exhibit.status in _WATCHED and not (item.frozen.is_lifted and item.frozen.is_told)
    ]
    explained = _explained(reader) if any(item.frozen.is_lifted for item in here) else frozenset()
    here = [
        _timed(reader, item, now, rest_days) if item.frozen.is_lifted else item
        for item in here
        if not item.frozen.is_lifted or _event(reader, item).hash not in explained
    ]
    return tuple(sorted(here, key=lambda item: (item.frozen.is_lifted, item.frozen.ends_at or "9999", item.name)))


def attention_of_freezes(
    reader: Reader, access: LedgerAccess, *, now: datetime, rest_days: Sequence[RestDays] = ()
) -> Iterator[Attention]:
    """Yield the freezes that ended, end soon or have no end on record, and liftings of which nobody was told."""
    for item in freezes_of(reader, access, now=now, rest_days=rest_days):
        frozen, subject, by = item.frozen, f"exhibit {item.name}", f"entry {item.frozen.index}{item.told_by}"
        end = format_utc(frozen.ends_at) if frozen.ends_at else ""
        match item.state(now):
            case "expired":
                text = f"has a freeze that ended {end} ({by}); was it prolonged or lifted?"
                yield Attention(code="asset.freeze-expired", next=item.next, subject=subject, text=text)
            case "ending":
                text = f"has a freeze that ends {end} ({by})"
                yield Attention(code="asset.freeze-ends", next=item.next, subject=subject, text=text)
            case "open":
                text = f"has a freeze of which no end is on record ({by})"
                yield Attention(code="asset.freeze-open", is_due=False, next=item.next, subject=subject, text=text)
            case "lifted":
                text = f"has a freeze that was lifted ({by}); {untold(item.notice)}"
                yield Attention(code="asset.freeze-notice", next=item.next, subject=subject, text=text)
            case _:
                pass


def _explained(reader: Reader) -> frozenset[str]:
    """Return the hashes of the events of which an explanation is on record that may be about a freeze."""
    found = entries_at(reader, find_entries(reader, Search(types=frozenset({"record.explained"}))))
    return frozenset(
        str(item.event)
        for event in (entry.event for entry in found)
        if isinstance(event.event.about, tuple) and _may_explain(event.details)
        for item in event.event.about
    )


def _may_explain(details: object) -> bool:
    cures = details.cures if isinstance(details, RecordExplained) and isinstance(details.cures, tuple) else ()
    return not cures or not _CURES.isdisjoint(cures)


def untold(notice: Notice | None) -> str:
    """Say that a provider wasn't told, and by when he has to be, or had to, by which law."""
    text = "that its provider was told is not on record"
    if notice is None:
        return text
    clock = notice.clock
    word = "OVERDUE since" if clock.state is ClockState.OVERDUE else "due by"
    note = f"; {notice.note}" if notice.note else ""
    return f"{text}, {word} {format_utc(format_time(clock.due))}: {cite(clock.rule.source)}{note}"


def _timed(reader: Reader, item: Standing, now: datetime, rest_days: Sequence[RestDays]) -> Standing:
    ledger = reader.view().ledger()
    country = "" if ledger is None else ledger.country
    notices = notices_of(_event(reader, item), at=now.astimezone(UTC), country=country, rest_days=rest_days)
    return replace(item, notice=next(iter(notices), None))


def _told(entry: ParsedEntry, known: Standing | None) -> tuple[str, int] | None:
    """Return which ledger said what the newest record of a freeze says, with how many entries; nothing for this one."""
    details = entry.event.details
    origin = getattr(details, "origin" if isinstance(details, FreezeChanged) else "foreign", None)
    if isinstance(origin, Foreign | ReceiptOrigin):
        return origin.ledger, origin.size
    return known.told if known is not None and not isinstance(details, FreezeChanged) else None


def _event(reader: Reader, item: Standing) -> ParsedEvent:
    return parse_entry(reader.entry(item.frozen.index)).event


def _by_registration(reader: Reader) -> Mapping[str, Exhibit]:
    return {exhibit.registration: exhibit for exhibit in reader.exhibits()}


def _about(entry: ParsedEntry, exhibits: Mapping[str, Exhibit]) -> Iterable[Exhibit]:
    """Return the exhibits of which an entry tells: the one that it registers, or those that it is about."""
    event = entry.event.event
    named = [str(item.exhibit) for item in event.about] if isinstance(event.about, tuple) else [entry.event.hash]
    return [exhibits[registration] for registration in named if registration in exhibits]
