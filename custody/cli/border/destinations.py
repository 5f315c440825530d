"""Where a thing goes: what the commands fill in, so that daily work in one country needs no further word.

Under the gate an act says in clear where a thing goes. The ledger's own country is filled in where work at home is the
rule; it is shown before anybody signs, and signed. What leaves the house for good, or with a carrier, is typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from custody.cli.context import Context


def stays(context: Context, given: Mapping[str, Any], *receivers: str | None) -> dict[str, Any]:
    """Return the details of an act of which it is the rule that the thing stays in the ledger's country, with that
    country in them under the gate.

    As they are where they name a place to go to, or where a country is on record of one of ``receivers``.
    """
    with context.ledger().read() as reader:
        view = reader.view()
        ledger = view.ledger()
        known = (view.agent(agent) for agent in receivers if agent is not None)
        is_said = given.get("to_agent") or given.get("to_country") or any(item and item.country for item in known)
    if ledger is None or not ledger.is_gated or is_said:
        return dict(given)
    return {**given, "to_country": ledger.country}
