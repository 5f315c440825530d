"""Freezes in a whole ledger: what was appended around the program's own questions is found."""

from __future__ import annotations

from pathlib import Path

from custody.bundle.behind import Behind
from custody.storage.ledger_store import SqliteStore
from custody.verify.verify import Trusted
from schemas.text import parse_time
from tests.audit.conftest import CASE
from tests.audit.tampering import audit
from tests.world import World, settled


def test_a_change_that_goes_with_nothing_on_record_is_found(tmp_path: Path) -> None:
    """Of plain files, of an asset that nobody froze, of one that names nothing but its nature; no other is doubted."""
    asset = {"account": "an account", "custody": "custodial"}
    with SqliteStore.create(tmp_path) as store:
        world = settled(World(store))

        def change(number: str, word: str) -> int:
            end = {} if word == "lifted" else {"ends_at": "2027-03-01T00:00:00Z"}
            told = {"change": word, "decided_at": "2026-11-20T00:00:00Z", **end}
            world.annotate("asset.freeze-changed", world.about(CASE, number), told, actor="examiner-1")
            return len(world.entries()) - 1

        world.register(CASE, "EX-1", actor="examiner-1", files={"a": b"a"})
        plain = change("EX-1", "lifted")
        world.register(CASE, "EX-2", actor="examiner-1", nature="asset", kind="account", asset=asset, files={"b": b"b"})
        never = change("EX-2", "lifted")
        for word in ("placed", "prolonged", "lifted"):
            change("EX-2", word)
        world.register(CASE, "EX-3", actor="examiner-1", nature="asset", kind="account", files={"c": b"c"})
        change("EX-3", "placed")
    behind = Behind(lambda _: None, lambda _: None, Trusted(), parse_time("2026-12-01T00:00:00Z"))
    report = audit(tmp_path, behind=behind)
    assert [item.text for item in report.findings if item.code == "asset.none"] == [
        f"expected an asset, found {CASE}/EX-1, which is data"
    ]
    said = {(item.code, item.subject) for item in report.findings if item.code.startswith("asset.")}
    assert said == {("asset.none", f"entry {plain}"), ("asset.freeze-state", f"entry {never}")}
    assert report.verdict == "PASSED"


def test_a_proof_that_may_not_be_read_ends_no_audit(tmp_path: Path) -> None:
    """All else can be looked at, and the report says what was not."""
    digest = "ab" * 32
    for name in ("proof", "l"):
        (tmp_path / name).mkdir()
    asset = {"account": "an account", "custody": "custodial", "proofs": [{"document": digest}]}
    with SqliteStore.create(tmp_path / "l") as store:
        world = settled(World(store))
        world.register(CASE, "EX-1", actor="examiner-1", nature="asset", kind="account", asset=asset, files={"b": b"b"})
    behind = Behind(lambda _: tmp_path / "proof", lambda _: None, Trusted(), parse_time("2026-12-01T00:00:00Z"))
    report = audit(tmp_path / "l", behind=behind)
    assert ("storage.io", f"document {digest}") in {(item.code, item.subject) for item in report.findings}
    assert report.verdict == "INDETERMINATE"
