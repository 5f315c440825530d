"""The checkpoint under a receipt is held against what the reader saw of that ledger, and against his policy."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import pytest
from msgspec.structs import replace

from custody.bundle.source import verify_bundle
from custody.verify.verify import Trusted
from keys.verifier_key import format_verifier_key
from schemas import text
from schemas.merkle import hash_leaf, root_of
from schemas.report import Severity, Verdict
from schemas.trust import SeenCheckpoint, Trust
from tests.keys.test_policy import X
from tests.vectors.forge import pack
from tests.vectors.letter_cases import _right
from tests.vectors.posts import trust_in
from tests.vectors.transfer_cases import RECEIPT, Road

AT = text.parse_time("2026-11-22T00:00:00Z")


@pytest.fixture
def received(tmp_path: Path) -> tuple[Path, Trust, int, str]:
    """A bundle whose exhibit went to b, by b's own receipt; a trust file; size and root under which b wrote that."""
    return sent(tmp_path)


def sent(tmp_path: Path, old: bytes = b"", new: bytes = b"") -> tuple[Path, Trust, int, str]:
    """Return that, with something else in the file of the receipt."""
    (tmp_path / "posts").mkdir()
    road = Road(SimpleNamespace(forge=SimpleNamespace(folder=tmp_path / "posts")))  # type: ignore[arg-type]
    road.b.accept(road.a, road.parcel)
    reader, leaves = road.b.forge.reader(), [hash_leaf(item) for item in road.b.forge.raws]
    index = next(place for place, item in reader.parsed.items() if item.event.type == "transfer.accepted")
    raw, root = _right(road, index).replace(old, new, 1), root_of(leaves).hex()
    digest = sha256(raw).hexdigest()
    road.a.forge.documents[digest] = raw
    origin = {
        "event": reader.parsed[index].event.hash, "index": index, "ledger": road.b.world.origin, "root": root,
        "size": len(leaves),
    }  # fmt: skip
    decided = getattr(reader.parsed[index].event.details, "accepted_at", "")
    said = {**RECEIPT, "decided_at": decided, "document": digest, "manner": "proof", "origin": origin}
    road.a.act("transfer.receipt", said)
    path = tmp_path / "bundle.zip"
    path.write_bytes(pack(road.a.bundle("EX-1", to="ministry")))
    return path, trust_in(road.a, road.b), len(leaves), root


def told(path: Path, trust: Trust) -> dict[str, tuple[int, Severity]]:
    """Return step and severity of what is found about receipts and forks."""
    report = verify_bundle(path, trusted=Trusted(trust, "00" * 32), at=AT).report
    return {
        item.code: (item.step, item.severity)
        for item in report.findings
        if item.code.startswith("receipt.") or item.code == "checkpoint.fork"
    }


def seen_of_b(trust: Trust, size: int, root: str) -> Trust:
    """Return the trust file with a checkpoint of b that was seen before."""
    seen = (SeenCheckpoint(note=b64encode(b"note").decode(), root=root, size=size),)
    changed = [replace(item, seen=seen) if item.origin.startswith("b.") else item for item in trust.ledgers]
    return replace(trust, ledgers=tuple(changed))


def test_a_receipt_under_what_was_seen_is_none_to_wonder_about(received: tuple[Path, Trust, int, str]) -> None:
    """The control of what follows."""
    path, trust, size, root = received
    assert told(path, trust) == {}
    assert told(path, seen_of_b(trust, size, root)) == {}


def test_a_receipt_of_another_branch_is_the_proof_of_a_fork(received: tuple[Path, Trust, int, str]) -> None:
    """Who gives receipts from a ledger that he then throws away has taken nothing."""
    path, trust, size, _ = received
    assert told(path, seen_of_b(trust, size, "ab" * 32)) == {"checkpoint.fork": (9, Severity.FAILED)}


def test_a_policy_asks_for_cosigners_under_a_receipt_too(received: tuple[Path, Trust, int, str]) -> None:
    """What counts for a bundle's checkpoint counts for the other ledger's."""
    path, trust, _, _ = received
    cosigner = format_verifier_key(X[0])
    policy = f"witness w1 {cosigner}\nquorum w1\n"
    assert told(path, replace(trust, policy=policy)) == {"receipt.quorum": (9, Severity.INDETERMINATE)}


def test_a_receipt_of_a_newer_version_is_undecided(tmp_path: Path) -> None:
    """A program that can't read it can't say that it is wrong."""
    path, trust, _, _ = sent(tmp_path, b"custody-receipt/v1", b"custody-receipt/v2")
    report = verify_bundle(path, trusted=Trusted(trust, "00" * 32), at=AT).report
    found = [(item.step, item.severity) for item in report.findings if item.code == "record.version"]
    assert found == [(9, Severity.INDETERMINATE)]
    assert report.verdict is Verdict.INDETERMINATE
