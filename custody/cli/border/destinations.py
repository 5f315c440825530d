"""Where a thing goes: what the commands fill in, so that daily work in one country needs no further word.

Under gate v2 every act says in clear where a thing goes. The ledger's own country is filled in where work at home is
the rule; it is shown before anybody signs, and signed. What leaves the house for good, or with a carrier, is typed, and
so is where a thing goes that was abroad.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from custody.cli.context import Context
from custody.ledger.store import LedgerReader
from custody.verify.gate.destination import HANDING, goal_of
from custody.verify.rules.view import Exhibit
from schemas.entry import parse_entry


def stays(context: Context, given: Mapping[str, Any], exhibit: Exhibit, party: str | None = None) -> dict[str, Any]:
    """Return the details of an act of which it is the rule that the exhibit stays in the ledger's country, with that
    country in them under gate v2.

    As they are where they name a place to go to, where a country is on record of the ``party`` that receives it, or
    where the exhibit was taken abroad and is not on record as back.
    """
    with context.ledger().read() as reader:
        view = reader.view()
        ledger = view.ledger()
        known = None if party is None else view.agent(party)
        is_said = given.get("to_agent") or given.get("to_country") or (known is not None and known.country)
        if ledger is None or not ledger.is_strict or is_said or _is_abroad(reader, exhibit):
            return dict(given)
    return {**given, "to_country": ledger.country}


def _is_abroad(reader: LedgerReader, exhibit: Exhibit) -> bool:
    """Tell whether the newest act that took an exhibit somewhere took it abroad."""
    view = reader.view()
    ledger = view.ledger()
    for index in reversed(reader.subject_entries(("exhibit", exhibit.case, exhibit.number))):
        event = parse_entry(reader.entry(index)).event
        if event.type == "exhibit.returned":
            break
        if isinstance(event.details, HANDING):
            return ledger is not None and goal_of(view, event, ledger) is not None
    return False
