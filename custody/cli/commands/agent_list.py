"""`custody agent list`: who may act."""

from __future__ import annotations

from collections.abc import Iterator

from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.output import emit
from custody.cli.results import Result
from custody.verify.view import Agent, Key


class AgentKey(Result, frozen=True, kw_only=True, tag="custody-agent-key/v1"):
    """A public key of an agent, as the ledger knows it."""

    enrolled_by: int
    key_id: str
    state: str


class AgentLine(Result, frozen=True, kw_only=True, tag="custody-agent/v1"):
    """An agent; ``members`` for units."""

    agent: str
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
    """List who may act in this ledger: roles, members, keys."""
    with context.ledger().read() as reader:
        keys = reader.keys()
        agents = tuple(_line(agent, [keys[key] for key in agent.keys]) for agent in reader.agents())
    emit(context.settings, AgentList(agents=agents), _lines(agents))


def _line(agent: Agent, keys: list[Key]) -> AgentLine:
    return AgentLine(
        agent=agent.id,
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
        yield f"{agent.agent}: {agent.kind}, {roles}{', has left' if agent.has_left else ''}"
        if agent.members:
            yield f"  members: {', '.join(agent.members)}"
        for key in agent.keys:
            yield f"  key {key.key_id}: {key.state}"
