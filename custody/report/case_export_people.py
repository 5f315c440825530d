"""People, units and organisations of a story as UCO identities, and the roles that the ledger gave them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from custody.report.case_graph import Graph, external, id_of, refer
from custody.report.people import Person

_TYPES: Final = {"organisation": "identity:Organization", "person": "identity:Person", "unit": "identity:Organization"}
_ROLES: Final = {"examiner": "investigation:Examiner"}


def identity_of(ledger: str, agent: str) -> str:
    """Return the id of the node of an agent."""
    return id_of("agent", ledger, agent)


def put_people(graph: Graph, ledger: str, people: Iterable[Person]) -> None:
    """Add identities, roles, and who has which role."""
    for person in people:
        # A name that isn't shown stands in brackets; the pseudonym that the ledger gave is always there.
        name = None if person.name.startswith("(") else person.name
        kind = person.kind.partition(",")[0].partition(" ")[0]
        identity = graph.put(
            "agent", (ledger, person.agent), _TYPES.get(kind, "identity:Identity"),
            core_name=name or person.agent,
            core_description=f"{person.kind}; enrolled in entry {person.enrolled} of the ledger",
            core_externalReference=external(f"agent of the ledger {ledger}", person.agent),
        )  # fmt: skip
        for role in person.roles.split(", "):
            if role != "none":
                _put_role(graph, ledger, person.agent, identity, role)


def put_stranger(graph: Graph, ledger: str, agent: str) -> str:
    """Add an agent of whom only the pseudonym is known, unless he is there, and return his id."""
    identity = identity_of(ledger, agent)
    if not graph.has(identity):
        reference = external(f"agent of the ledger {ledger}", agent)
        graph.put("agent", (ledger, agent), "identity:Identity", core_name=agent, core_externalReference=reference)
    return identity


def _put_role(graph: Graph, ledger: str, agent: str, identity: str, role: str) -> None:
    node = graph.put("role", (ledger, role), _ROLES.get(role, "role:Role"), core_name=role)
    graph.put(
        "has-role", (ledger, agent, role), "core:Relationship",
        core_source=refer(identity), core_target=refer(node), core_isDirectional=True,
        core_kindOfRelationship="Has_Role",
    )  # fmt: skip
