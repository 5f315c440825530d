"""What an event names must be on record already: agents and requests.

A bundle carries some of a ledger's subjects, so there a name without a record says nothing; a whole ledger knows all.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from custody.verify.rules.view import Agent, Ledger, View, is_strict
from schemas.details.ledger import AgentChanged, AgentEnrolled
from schemas.errors import RuleViolation
from schemas.text import parse_time
from schemas.types import Unset, is_set

Defects = tuple[tuple[str, str], ...]

_SKEW: Final = timedelta(seconds=300)


def enrolled(view: View, agent: str) -> Agent:
    """Return the agent of that id, whom a bundle has to carry too.

    Raises:
        RuleViolation: ``rule.unknown-agent``.
    """
    known = view.agent(agent)
    if known is None:
        raise RuleViolation("rule.unknown-agent", f"expected an enrolled agent, found {agent}")
    return known


def country_told(view: View, details: AgentChanged | AgentEnrolled, before: str | None = None) -> str | None:
    """Return the country that an agent has on record after an event: the one that it says, else the one ``before`` or,
    under version 2 of the gate, that of his organisation.
    """
    above = view.agent(str(details.organisation))
    if is_set(details.country) or before is not None or above is None or not is_strict(view):
        return str(details.country) if is_set(details.country) else before
    return above.country


def is_elsewhere(agent: Agent | None, ledger: Ledger) -> bool:
    """Tell whether an agent is in another country or, where none is on record, keeps another ledger."""
    if agent is None:
        return False
    return agent.country != ledger.country if agent.country else agent.ledger not in {None, ledger.origin}


def is_abroad(agent: Agent | None, ledger: Ledger) -> bool:
    """Tell whether an agent is elsewhere; that a ledger says so alone counts under version 2 of the gate."""
    return is_elsewhere(agent, ledger) and (ledger.is_strict or (agent is not None and agent.country is not None))


def is_later(one: str, other: str) -> bool:
    """Tell whether a time is after another by more than the 300 seconds that two clocks may be apart."""
    return one > other and parse_time(one) - parse_time(other) > _SKEW


def check_agents(view: View, *agents: str | Unset) -> None:
    """Want each agent that is named on record in a whole ledger.

    Raises:
        RuleViolation: ``rule.unknown-agent``.
    """
    for agent in agents:
        if view.is_whole and is_set(agent):
            enrolled(view, str(agent))


def check_request(view: View, request: str | Unset) -> None:
    """Want a request that is named on record in a whole ledger.

    Raises:
        RuleViolation: ``rule.request-unknown``.
    """
    if view.is_whole and is_set(request) and view.request(str(request)) is None:
        raise RuleViolation("rule.request-unknown", f"expected a known request, found {request}")


def paper_alone(view: View, *names: str) -> Defects:
    """Say who of those that answered or consented on paper keeps a ledger, whose own record of it is not here."""
    keepers = [agent for agent in map(view.agent, names) if agent is not None and agent.ledger is not None][:1]
    return tuple(("defect.paper-alone", f"{it.id} keeps the ledger {it.ledger}; here is paper alone") for it in keepers)
