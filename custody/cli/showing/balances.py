"""Balances of assets that dropped while they were kept, and that nobody has explained yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from custody.cli.ledger_access import LedgerAccess
from custody.cli.showing.attention import Attention
from custody.ledger.entries import entries_at, entries_of
from custody.report.safe_text import show
from custody.storage.reading import Reader
from custody.storage.search import Search, find_entries
from custody.verify.assets.asset_history import Custody, captures_of, check_drops, recorded_balances
from custody.verify.procedure.explanations import Explanations
from custody.verify.rules.view import Exhibit
from schemas.details.asset import Asset
from schemas.report import Findings

_OBSERVED: Final = frozenset({"asset.observed"})


def attention_of_balances(reader: Reader, access: LedgerAccess) -> Iterator[Attention]:
    """Yield the drops of recorded balances that no transfer and no explanation on record stands for.

    What only a proof shows is told by an audit, which reads them all.

    Raises:
        StorageError: as the store does.
    """
    observed = [item.event.event for item in entries_at(reader, find_entries(reader, Search(types=_OBSERVED)))]
    named = dict.fromkeys(
        str(item.exhibit) for event in observed if isinstance(event.about, tuple) for item in event.about
    )
    for registration in named:
        exhibit = reader.view().registered(registration)
        if exhibit is not None:
            yield from _drops_of(reader, access, exhibit)


def _drops_of(reader: Reader, access: LedgerAccess, exhibit: Exhibit) -> Iterator[Attention]:
    story = entries_of(reader, exhibit)
    captures, explanations, findings = captures_of(story), Explanations(), Findings()
    if not captures or not isinstance(asset := captures[0].part, Asset):
        return
    for entry in story:
        explanations.add(entry, reader.view())
    disclosed = access.disclosures_of([entry.event for entry in story])
    check_drops(Custody(story), captures, recorded_balances(asset, captures, disclosed), disclosed, findings)
    for found in findings.items:
        if not explanations.of(found.subject, found.code):
            text = f"held less than before ({found.subject}), and no transfer or explanation is on record"
            yield Attention(code=found.code, subject=show(f"exhibit {exhibit.name}"), text=text)
