"""What many records rest on is read once: a bundle must not cost its reader more than its own size."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from custody.bundle.source import verify_bundle
from custody.verify.border import receipt_proof
from custody.verify.verify import Trusted
from schemas import text
from schemas.merkle import hash_leaf, root_of
from schemas.receipt import parse_receipt
from tests.vectors.forge import pack
from tests.vectors.letter_cases import _right
from tests.vectors.posts import trust_in
from tests.vectors.transfer_cases import RECEIPT, Road

TIMES = 3


def test_a_receipt_is_read_once_for_all_records_that_name_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sent and refused again and again, each time with the same large file: its size counts once."""
    (tmp_path / "posts").mkdir()
    road = Road(SimpleNamespace(forge=SimpleNamespace(folder=tmp_path / "posts")))  # type: ignore[arg-type]
    road.b.accept(road.a, road.parcel)
    reader = road.b.forge.reader()
    index = next(place for place, item in reader.parsed.items() if item.event.type == "transfer.accepted")
    raw = _right(road, index)
    digest = sha256(raw).hexdigest()
    road.a.forge.documents[digest] = raw
    origin = {
        "event": reader.parsed[index].event.hash, "index": index, "ledger": road.b.world.origin,
        "root": root_of(hash_leaf(item) for item in road.b.forge.raws).hex(), "size": len(road.b.forge.raws),
    }  # fmt: skip
    said = {**RECEIPT, "document": digest, "manner": "proof", "origin": origin, "outcome": "refused"}
    for _ in range(TIMES):
        road.a.act("transfer.receipt", said)
        road.a.act("custody.moved", {"place": "Room 5"})
        road.a.consent()
        road.a.dispatch()
    path = tmp_path / "bundle.zip"
    path.write_bytes(pack(road.a.bundle("EX-1", to="ministry")))
    reads: list[int] = []

    def read(given: bytes) -> Any:
        reads.append(len(given))
        return parse_receipt(given)

    monkeypatch.setattr(receipt_proof, "parse_receipt", read)
    trusted = Trusted(trust_in(road.a, road.b), "00" * 32)
    report = verify_bundle(path, trusted=trusted, at=text.parse_time("2026-11-22T00:00:00Z")).report
    told = [item.subject for item in report.findings if item.code == "receipt.other"]
    assert len(told) == TIMES
    assert reads == [len(raw)]
