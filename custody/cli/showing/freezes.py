"""Freezes of assets at the providers that hold them: when each ends, and what became of it (law row C17).

Which registrations speak of a freeze is found by the names of providers among the private values of this home: where
such a name was erased, only `verify`, `audit` and `check-procedure` know of the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from custody.cli.ledger_access import LedgerAccess
from custody.cli.showing.attention import Attention
from custody.report.safe_text import show
from custody.report.words import format_utc
from custody.storage.reading import Reader
from custody.storage.search import Search, find_entries
from custody.verify.view import Exhibit
from schemas.details.asset import Asset, Freeze, FreezeChanged
from schemas.details.exhibit import ExhibitRegistered
from schemas.entry import ParsedEntry, parse_entry
from schemas.text import format_time

WARN: Final = timedelta(days=15)
"""How long before its end a freeze wants attention: as long as what has to be asked for again."""
_PROVIDER: Final = "/details/asset/freeze/provider"
_CHANGED: Final = frozenset({"asset.freeze-changed"})
_HERE: Final = frozenset({"held", "in-transit", "lent"})


@dataclass(frozen=True, slots=True)
class Standing:
    """A freeze as its newest record tells it: ``entry`` and ``by`` of that, ``ends_at`` empty where it has none."""

    exhibit: Exhibit
    entry: int
    by: str
    ends_at: str
    is_lifted: bool = False
    is_told: bool = True

    @property
    def name(self) -> str:
        """``CASE/EXHIBIT``, safe to show."""
        return show(f"{self.exhibit.case}/{self.exhibit.number}")

    def state(self, now: datetime) -> str:
        """Return ``lifted``, ``open`` (no end on record), ``expired``, ``ending`` (soon), or ``running``."""
        if self.is_lifted:
            return "lifted"
        if not self.ends_at:
            return "open"
        if self.ends_at < format_time(now):
            return "expired"
        return "ending" if self.ends_at < format_time(now + WARN) else "running"


def freezes_of(reader: Reader, access: LedgerAccess) -> tuple[Standing, ...]:
    """Return the freezes of assets that are here, the first to end at the top; of lifted ones those of which nobody
    was told.

    Raises:
        StorageError: as the store does.
    """
    known = [item.commitment for item in access.home.store.disclosures.at_path(_PROVIDER)]
    indexes = {*reader.commitment_indexes(known).values(), *find_entries(reader, Search(types=_CHANGED))}
    found: dict[str, Standing] = {}
    exhibits = _by_registration(reader) if indexes else {}
    for index in sorted(indexes):
        for registration, standing in _told(parse_entry(reader.entry(index)), exhibits):
            found[registration] = standing
    here = (item for item in found.values() if item.exhibit.status in _HERE and not (item.is_lifted and item.is_told))
    return tuple(sorted(here, key=lambda item: (item.is_lifted, item.ends_at or "9999", item.name)))


def attention_of_freezes(reader: Reader, access: LedgerAccess, *, now: datetime) -> Iterator[Attention]:
    """Yield the freezes that ended, end soon or have no end on record, and liftings of which nobody was told."""
    for item in freezes_of(reader, access):
        subject, end = f"exhibit {item.name}", format_utc(item.ends_at) if item.ends_at else ""
        match item.state(now):
            case "expired":
                text = f"has a freeze that ended {end} (entry {item.entry}); was it prolonged or lifted?"
                yield Attention(code="asset.freeze-expired", subject=subject, text=text)
            case "ending":
                text = f"has a freeze that ends {end} (entry {item.entry})"
                yield Attention(code="asset.freeze-ends", subject=subject, text=text)
            case "open":
                text = f"has a freeze of which no end is on record (entry {item.entry})"
                yield Attention(code="asset.freeze-open", is_due=False, subject=subject, text=text)
            case "lifted":
                text = f"has a freeze that was lifted (entry {item.entry}); that its provider was told is not on record"
                yield Attention(code="asset.freeze-notice", subject=subject, text=text)
            case _:
                pass


def _by_registration(reader: Reader) -> Mapping[str, Exhibit]:
    return {exhibit.registration: exhibit for exhibit in reader.exhibits()}


def _told(entry: ParsedEntry, exhibits: Mapping[str, Exhibit]) -> Iterable[tuple[str, Standing]]:
    details, event = entry.event.details, entry.event.event
    index, by = entry.entry.index, event.actor
    if isinstance(details, ExhibitRegistered) and isinstance(details.asset, Asset):
        freeze, exhibit = details.asset.freeze, exhibits.get(entry.event.hash)
        if isinstance(freeze, Freeze) and exhibit is not None:
            yield entry.event.hash, Standing(exhibit, index, by, str(freeze.ends_at or ""))
    if isinstance(details, FreezeChanged):
        for item in event.about if isinstance(event.about, tuple) else ():
            exhibit = exhibits.get(str(item.exhibit))
            if exhibit is not None:
                lifted, is_told = details.change == "lifted", bool(details.notified_at)
                yield str(item.exhibit), Standing(exhibit, index, by, str(details.ends_at or ""), lifted, is_told)
