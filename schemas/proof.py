"""Proofs as files: of a bundle, and between two sizes of a ledger.

``custody/proof.json`` of a bundle; ``nodes`` is the multiproof, in preorder:

    {"consistency":[],"nodes":["<hex>"],"schema":"custody-proof/v1","subjects":[
     {"count":1,"root":"<hex>","siblings":["<hex>"],"subject":["ledger"]}]}

A subject's own ``nodes`` is the RFC 9162 consistency proof from the entries carried to all ``count`` of them. It stands
exactly where fewer are carried, so it's never empty.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import Meta

from schemas import canonical, limits
from schemas.errors import RecordError
from schemas.subject import encode_subject, parse_subject
from schemas.types import UNSET, Hash, Origin, Record, Unset

Size = Annotated[int, Meta(ge=1, le=limits.TREE_SIZE)]
ConsistencyNodes = Annotated[tuple[Hash, ...], Meta(max_length=limits.CONSISTENCY_HASHES)]
SubjectNodes = Annotated[tuple[Hash, ...], Meta(min_length=1, max_length=limits.CONSISTENCY_HASHES)]
Siblings = Annotated[tuple[Hash, ...], Meta(max_length=limits.SIBLINGS)]
SubjectParts = Annotated[tuple[str, ...], Meta(min_length=1, max_length=3)]


class ConsistencyFrom(Record, frozen=True, kw_only=True):
    """RFC 9162 consistency proof from an earlier size to the size of the bundle's checkpoint."""

    first: Size = msgspec.field(name="from")
    nodes: ConsistencyNodes


class SubjectProof(Record, frozen=True, kw_only=True):
    """The value of one subject, with the siblings that lead to it from the root of the trie."""

    count: Size
    nodes: SubjectNodes | Unset = UNSET
    root: Hash
    siblings: Siblings
    subject: SubjectParts

    def __post_init__(self) -> None:
        """Check the subject; ValueError becomes ``record.malformed``."""
        try:
            parse_subject(self.subject)
        except RecordError as error:
            raise ValueError(error.text) from None


class Proof(Record, frozen=True, kw_only=True):
    """All proofs of a bundle: earlier sizes in order, the multiproof, subjects in order of their canonical bytes."""

    SCHEMA: ClassVar[str] = "custody-proof/v1"

    consistency: tuple[ConsistencyFrom, ...]
    nodes: tuple[Hash, ...]
    schema: Literal["custody-proof/v1"]
    subjects: tuple[SubjectProof, ...]

    def __post_init__(self) -> None:
        """Want order without repetition; ValueError becomes ``record.malformed``."""
        _check_ascending("consistency", (item.first for item in self.consistency))
        _check_ascending("subjects", (encode_subject(item.subject) for item in self.subjects))


class Consistency(Record, frozen=True, kw_only=True):
    """RFC 9162 consistency proof between two sizes of a named ledger, as a file of its own."""

    SCHEMA: ClassVar[str] = "custody-consistency/v1"

    first: Size = msgspec.field(name="from")
    nodes: ConsistencyNodes
    origin: Origin
    schema: Literal["custody-consistency/v1"]
    second: Size = msgspec.field(name="to")

    def __post_init__(self) -> None:
        """Want sizes in order; ValueError becomes ``record.malformed``."""
        if self.first > self.second:
            raise ValueError("from is not above to")


def _check_ascending(what: str, keys: Iterable[Any]) -> None:
    if any(first >= second for first, second in pairwise(keys)):
        raise ValueError(f"{what} stand in order, each once")


def format_proof(proof: Proof) -> bytes:
    """Return the canonical bytes of ``custody/proof.json``."""
    return canonical.encode(proof)


def parse_proof(raw: bytes) -> Proof:
    """Return the proofs of a bundle; nothing about them is verified yet.

    Raises:
        RecordError: as `canonical.decode`.
        UnknownVersionError: ``record.version``.
    """
    return canonical.decode(raw, Proof, maximum=limits.JSON_BYTES)


def format_consistency(proof: Consistency) -> bytes:
    """Return the canonical bytes of a consistency file."""
    return canonical.encode(proof)


def parse_consistency(raw: bytes) -> Consistency:
    """Return a consistency proof; nothing about it is verified yet.

    Raises:
        RecordError: as `canonical.decode`.
        UnknownVersionError: ``record.version``.
    """
    return canonical.decode(raw, Consistency, maximum=limits.NOTE_BYTES)


def parse_nodes(nodes: Iterable[str]) -> tuple[bytes, ...]:
    """Return hashes that a record holds as hex, as bytes."""
    return tuple(map(bytes.fromhex, nodes))
