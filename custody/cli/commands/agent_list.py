"""`custody agent list`: who may act."""

from __future__ import annotations

from collections.abc import Iterator

from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.ledger_access import LedgerAccess
from custody.cli.output import emit
from custody.cli.results import Result
from custody.ledger.entries import entries_at
from custody.report.words import format_value
from custody.storage.reading import Reader
from custody.storage.search import Search, find_entries
from custody.verify.rules.view import Agent, Key
from schemas.details.ledger import AgentChanged, AgentEnrolled
from schemas.types import UNSET, Private, Unset, is_set


class AgentKey(Result, frozen=True, kw_only=True, tag="custody-agent-key/v1"):
    """A public key of an agent, as the ledger knows it."""

    enrolled_by: int
    key_id: str
    state: str


class AgentLine(Result, frozen=True, kw_only=True, tag="custody-agent/v1"):
    """An agent; ``members`` for units. ``contact`` is how to reach it, as far as that is known here (law row B4)."""

    agent: str
    contact: str | Unset = UNSET
    has_left: bool
    keys: tuple[AgentKey, ...]
    kind: str
    members: tuple[str, ...]
    roles: tuple[str, ...]


class AgentList(Result, frozen=True, kw_only=True, tag="custody-agents/v1"):
    """All agents of the ledger, in order of id."""

    agents: tuple[AgentLine, ...]


@command(example="custody agent list", result=AgentList)
@pass_custody
def agent_list(context: Context) -> None:
    """List who may act in this ledger: roles, members, keys, and how to reach who has a contact point."""
    access = context.ledger()
    with access.home.store.read() as reader:
        keys, contacts = reader.keys(), _contacts(reader, access)
        agents = tuple(_line(agent, [keys[key] for key in agent.keys], contacts) for agent in reader.agents())
    emit(context.settings, AgentList(agents=agents), _lines(agents))


def _contacts(reader: Reader, access: LedgerAccess) -> dict[str, str]:
    """Return the newest contact of each agent who has one that is known here."""
    found: dict[str, str] = {}
    indexes = find_entries(reader, Search(types=frozenset({"agent.changed", "agent.enrolled"})))
    for event in (entry.event for entry in entries_at(reader, indexes)):
        details = event.details
        if isinstance(details, AgentChanged | AgentEnrolled) and isinstance(details.contact, Private):
            known = access.disclosures_of([event]).get(details.contact.commitment)
            found.pop(details.agent, None)
            if known is not None:
                found[details.agent] = format_value(known.value)
    return found


def _line(agent: Agent, keys: list[Key], contacts: dict[str, str]) -> AgentLine:
    return AgentLine(
        agent=agent.id,
        contact=contacts.get(agent.id, UNSET),
        has_left=agent.has_left,
        keys=tuple(AgentKey(key_id=key.id, enrolled_by=key.introduced, state=_state(key)) for key in keys),
        kind=agent.kind,
        members=tuple(member for member, _ in agent.members),
        roles=tuple(role for role, _ in agent.roles),
    )


def _state(key: Key) -> str:
    if key.revoked_at is None:
        return "valid"
    return f"revoked by entry {key.revoked_at}, valid up to entry {key.last_valid}"


def _lines(agents: tuple[AgentLine, ...]) -> Iterator[str]:
    for agent in agents:
        roles = ", ".join(agent.roles) or "no role"
        contact = f", contact {agent.contact}" if is_set(agent.contact) else ""
        yield f"{agent.agent}: {agent.kind}, {roles}{', has left' if agent.has_left else ''}{contact}"
        if agent.members:
            yield f"  members: {', '.join(agent.members)}"
        for key in agent.keys:
            yield f"  key {key.key_id}: {key.state}"
