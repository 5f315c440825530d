"""Who is behind the short names in a story: people, units and organisations as the ledger enrolled them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from custody.report import marks
from custody.report.words import Absent, format_value
from custody.verify.fold.state import State
from custody.verify.rules.view import Agent, Key
from custody.verify.verify import Verified
from schemas.details.ledger import AgentChanged, AgentEnrolled, AgentKeyAdded, LedgerOpened
from schemas.entry import ParsedEntry
from schemas.private import Disclosure
from schemas.types import Private

_SHOWN: Final = len("ed25519:") + 12
"""So much of a key's id tells it from the others of its owner."""
NO_NAME: Final = marks.NOT_RECORDED
"""What stands for a name that nobody recorded."""


@dataclass(frozen=True, slots=True)
class Person:
    """One agent: short name, name where it is shown, what he is, his roles, and what became of his keys."""

    agent: str
    name: str
    kind: str
    roles: str
    enrolled: int
    keys: str


def people_of(verified: Verified, absent: Absent) -> tuple[Person, ...]:
    """Return the agents that a bundle carries, in order of short name; texts are safe to show."""
    names: dict[str, str] = {}
    for _, entry in sorted(verified.entries.items()):
        for agent, private in _names(entry.event.details):
            names[agent] = _shown(private, verified.values.disclosed, absent)
    agents = (verified.state.agent(agent) for agent in sorted(names))
    recovered = _recoveries(verified.entries)
    return tuple(_person(agent, names[agent.id], verified.state, recovered) for agent in agents if agent is not None)


def _recoveries(entries: Mapping[int, ParsedEntry]) -> dict[int, str]:
    """Return who gave an agent a key without himself, by entry: whoever can do that could act in his name."""
    return {
        index: " and ".join(signer.agent for signer in entry.event.event.signers)
        for index, entry in entries.items()
        if isinstance(entry.event.details, AgentKeyAdded) and entry.event.details.recovery
    }


def _names(details: object) -> Iterator[tuple[str, Private | None]]:
    """Yield each agent that an event enrols or renames, with his name as it stands there."""
    match details:
        case LedgerOpened(agents=agents):
            for agent in agents:
                yield from _names(agent)
        case AgentEnrolled(agent=agent, name=name):
            yield agent, name if isinstance(name, Private) else None
        case AgentChanged(agent=agent, name=Private() as name):
            yield agent, name
        case _:
            return


def _shown(private: Private | None, disclosed: Mapping[str, Disclosure], absent: Absent) -> str:
    if private is None:
        return NO_NAME
    found = disclosed.get(private.commitment)
    return absent(private.commitment) if found is None else format_value(found.value)


def _person(agent: Agent, name: str, state: State, recovered: Mapping[int, str]) -> Person:
    kind = f"{agent.kind}, has left" if agent.has_left else agent.kind
    if agent.members:
        kind += f" of {', '.join(member for member, _ in agent.members)}"
    keys = [key for key_id in agent.keys if (key := state.key(key_id)) is not None]
    return Person(
        agent=agent.id,
        name=name,
        kind=kind,
        roles=", ".join(role for role, _ in agent.roles) or "none",
        enrolled=agent.introduced,
        keys="; ".join(_describe_keys(keys, recovered)) or "none",
    )


def _describe_keys(keys: Sequence[Key], recovered: Mapping[int, str]) -> Iterator[str]:
    """Say of each key what became of it; of several which one that is, by the first digits of its id."""
    for key in keys:
        which = f"{key.id[:_SHOWN]} " if len(keys) > 1 else ""
        yield which + _describe_key(key, recovered.get(key.introduced))


def _describe_key(key: Key, recovered_by: str | None) -> str:
    since = f"since entry {key.introduced}"
    if recovered_by is not None:
        since += f" {marks.RECOVERED} given by {recovered_by}, without a signature of his)"
    if key.revoked_at is None:
        return since
    return f"{since}, revoked in entry {key.revoked_at}, valid up to entry {key.last_valid}"
