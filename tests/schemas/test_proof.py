"""Proof files: canonical, ordered, each thing once."""

from typing import Any

import pytest

from schemas import canonical
from schemas.errors import RecordError, UnknownVersionError
from schemas.proof import (
    Consistency,
    ConsistencyFrom,
    Proof,
    SubjectProof,
    format_consistency,
    format_proof,
    parse_consistency,
    parse_nodes,
    parse_proof,
)

A, B = "aa" * 32, "bb" * 32


def _proof() -> dict[str, Any]:
    return {
        "consistency": [{"from": 3, "nodes": [A]}, {"from": 8, "nodes": []}],
        "nodes": [A, B],
        "schema": "custody-proof/v1",
        "subjects": [
            {"count": 2, "root": A, "siblings": [], "subject": ["agent", "exam-07"]},
            {"count": 5, "nodes": [B], "root": A, "siblings": [A, B], "subject": ["exhibit", "2026-0417", "EX-1"]},
            {"count": 1, "root": B, "siblings": [A], "subject": ["ledger"]},
        ],
    }


def _consistency() -> dict[str, Any]:
    return {"from": 3, "nodes": [A], "origin": "ledger.example/main", "schema": "custody-consistency/v1", "to": 9}


def test_a_proof_comes_back_as_it_was() -> None:
    """What the exporter proves is what the reader checks."""
    raw = canonical.encode(_proof())
    proof = parse_proof(raw)
    assert format_proof(proof) == raw
    assert proof.consistency[0] == ConsistencyFrom(first=3, nodes=(A,))
    ledger = SubjectProof(count=1, root=B, siblings=(A,), subject=("ledger",))
    assert proof.subjects[2] == ledger
    assert isinstance(proof, Proof)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("consistency", 1, "from"), 3),
        (("consistency", 1, "from"), 2),
        (("consistency", 0, "from"), 0),
        (("consistency", 0, "nodes"), [A] * 129),
        (("consistency", 0, "extra"), 1),
        (("nodes", 0), "AA" * 32),
        (("nodes", 0), "aa" * 31),
        (("nodes", 0), A + "\n"),
        (("subjects", 0, "count"), 0),
        (("subjects", 0, "count"), 2**53),
        (("subjects", 0, "nodes"), []),
        (("subjects", 0, "siblings"), [A] * 257),
        (("subjects", 0, "subject"), ["ledger"]),
        (("subjects", 0, "subject"), ["exhibit", "2026-0417", "EX-1"]),
        (("subjects", 0, "subject"), ["agent", "EXAM"]),
        (("subjects", 0, "subject"), ["agent", "exam-07", "x"]),
        (("subjects", 0, "subject"), []),
        (("subjects", 0, "subject"), ["unheard-of"]),
        (("subjects", 0, "value"), A),
        (("schema",), "custody-trust/v1"),
        (("extra",), 1),
    ],
)
def test_a_proof_of_another_form_is_refused(path: tuple[str | int, ...], value: object) -> None:
    """A reader that shrugs at disorder lets one proof have two spellings."""
    document = _proof()
    place: Any = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(RecordError) as caught:
        parse_proof(canonical.encode(document))
    assert caught.value.code == "record.malformed"


def test_a_newer_proof_is_undecided() -> None:
    """A bundle of next year isn't a forgery."""
    for document, parse in ((_proof(), parse_proof), (_consistency(), parse_consistency)):
        document["schema"] = document["schema"].replace("/v1", "/v2")
        with pytest.raises(UnknownVersionError):
            parse(canonical.encode(document))


def test_a_consistency_file_comes_back_as_it_was() -> None:
    """What the ledger hands out, a reader in another country takes in."""
    raw = canonical.encode(_consistency())
    assert raw.startswith(b'{"from":3,"nodes":["aa')
    proof = parse_consistency(raw)
    assert (proof.first, proof.second, proof.origin) == (3, 9, "ledger.example/main")
    assert format_consistency(proof) == raw
    assert isinstance(proof, Consistency)


@pytest.mark.parametrize(
    ("field", "value"),
    [("from", 0), ("from", 10), ("to", 2), ("to", 2**53), ("nodes", [A] * 129), ("origin", "Ledger"), ("first", 3)],
)
def test_a_consistency_file_of_another_form_is_refused(field: str, value: object) -> None:
    """From nothing to something says nothing; backwards says nothing either."""
    with pytest.raises(RecordError, match=r"record\.malformed"):
        parse_consistency(canonical.encode({**_consistency(), field: value}))


def test_hex_becomes_bytes() -> None:
    """Checks work on bytes."""
    assert parse_nodes((A, B)) == (b"\xaa" * 32, b"\xbb" * 32)
