"""A graph of CASE 1.4 (UCO 1.4) in JSON-LD: nodes with ids that never change, literals of the right types.

Ids are UUIDs of version 5 over event hashes and digests: the same record has the same id in every export, whoever makes
it, and exports of several exhibits join where their stories touch.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

ONTOLOGY: Final = "case-1.4.0"
"""The ontology, as ``case_validate --built-version`` calls it."""
_UCO: Final = "https://ontology.unifiedcyberontology.org/uco"
CONTEXT: Final = {
    "action": f"{_UCO}/action/",
    "core": f"{_UCO}/core/",
    "identity": f"{_UCO}/identity/",
    "investigation": "https://ontology.caseontology.org/case/investigation/",
    "location": f"{_UCO}/location/",
    "observable": f"{_UCO}/observable/",
    "role": f"{_UCO}/role/",
    "tool": f"{_UCO}/tool/",
    "types": f"{_UCO}/types/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
NAMESPACE: Final = uuid5(NAMESPACE_URL, "tag:custody,2026:case-export/v1")
"""Below it lie the ids of all nodes."""
Node = dict[str, Any]
Reference = dict[str, str]


def id_of(kind: str, *keys: str) -> str:
    """Return the id of the node of a kind that ``keys`` name: an event hash, a digest, an agent of a ledger."""
    # As JSON no two lists of keys are spelled alike.
    return uuid5(NAMESPACE, json.dumps([kind, *keys])).urn


def refer(identifier: str) -> Reference:
    """Return what stands for a node in another one."""
    return {"@id": identifier}


def refer_all(identifiers: Sequence[str]) -> list[Reference]:
    """Return references in this order, each once."""
    return [refer(identifier) for identifier in dict.fromkeys(identifiers)]


def date_time(time: str) -> Node:
    """Return an ``xsd:dateTime`` of a time as records write it."""
    return {"@type": "xsd:dateTime", "@value": time}


def external(kind: str, identifier: str) -> Node:
    """Return a reference to something that other programs know by ``identifier``, such as an event by its hash."""
    return {
        "@id": id_of("reference", kind, identifier),
        "@type": "core:ExternalReference",
        "core:definingContext": kind,
        "core:externalIdentifier": identifier,
    }


def make_node(kind: str, keys: Sequence[str], type: str, **properties: Any) -> Node:
    """Return a node; properties are named ``core_name`` for ``core:name``, and those that are empty left out."""
    told = {name.replace("_", ":", 1): value for name, value in properties.items() if value not in (None, [], "")}
    return {"@id": id_of(kind, *keys), "@type": type, **told}


class Graph:
    """Nodes by id. Mutable on purpose: it is filled part by part, and a node that is put twice is the same one."""

    def __init__(self) -> None:
        self._nodes: dict[str, Node] = {}

    def put(self, kind: str, keys: Sequence[str], type: str, **properties: Any) -> str:
        """Add a node as `make_node` makes it, and return its id."""
        node = make_node(kind, keys, type, **properties)
        self._nodes[node["@id"]] = node
        return str(node["@id"])

    def has(self, identifier: str) -> bool:
        """Tell whether a node is there."""
        return identifier in self._nodes

    def ids(self) -> list[str]:
        """Return the ids of all nodes, in the order in which they came."""
        return list(self._nodes)

    def encode(self, more: Iterable[Node] = ()) -> Iterator[bytes]:
        """Yield the graph as JSON-LD in UTF-8, a node a line, and ``more`` nodes, of which there may be millions."""
        yield b'{"@context": ' + _encode(CONTEXT) + b', "@graph": [\n'
        comma = b""
        for node in chain(self._nodes.values(), more):
            yield comma + _encode(node)
            comma = b",\n"
        yield b"\n]}\n"


def _encode(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True).encode("utf-8", "backslashreplace")
