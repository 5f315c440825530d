"""Words for entries of a ledger that is at hand: every subject has its name, and disputes are known."""

from __future__ import annotations

from collections.abc import Mapping

from custody.ledger.store import LedgerReader
from custody.report.safe_text import show
from custody.report.words import NameOf, hash_name
from custody.verify.fold.disputes import find_disputes, is_disputing
from schemas.event import About


def naming(reader: LedgerReader) -> NameOf:
    """Return how subjects of annotations are named: exhibits by case and number, as the ledger knows them."""
    view = reader.view()

    def name_of(about: About) -> str:
        found = view.registered(str(about.exhibit)) if about.kind == "exhibit" else None
        return hash_name(about) if found is None else f"exhibit {show(found.name)}"

    return name_of


def disputed_entries(reader: LedgerReader) -> Mapping[int, int]:
    """Return the entries that are in dispute, each with the revocation that put it there.

    Only a ledger with a revocation that reaches back has any; only entries since then are looked at.
    """
    if not reader.has_disputing_key():
        return {}
    keys = reader.keys()
    first = 1 + min(key.last_valid for key in keys.values() if is_disputing(key) and key.last_valid is not None)
    return find_disputes(list(reader.signings(first)), keys).disputed
