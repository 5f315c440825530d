"""What the bundle of another ledger lacks, told by an audit of the ledger that took it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from custody.bundle.behind import Behind
from custody.storage.ledger_store import SqliteStore
from tests import border
from tests.audit.tampering import AT, audit
from tests.border import NONCE, Side, read, register, trust
from tests.world import World

GRANTED = {
    "document": "ab" * 32, "event": "ab" * 32, "ledger": "b.example/main", "manifest": "cd" * 32, "request": "in-1",
    "root": "ef" * 32, "size": 9,
}  # fmt: skip


def test_a_letter_that_a_bundle_within_lacks_is_called_a_letter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same word as in a verification of that bundle, and no word about a receipt."""
    a = Side(tmp_path / "a", "a", peers={"b": "XB"})
    register(a)
    a.consent("EX-1", "b-police")
    a.consent("EX-1", "b-police", authority="b-police", manner="letter", origin=GRANTED)
    path = a.build("p.zip", "EX-1", to="b-police", acts=[a.dispatch("EX-1", "b-police")], transfer=NONCE).path
    (folder := tmp_path / "ledger").mkdir()
    with SqliteStore.create(folder) as store:
        monkeypatch.setattr(border, "World", partial(World, store))
        b = Side(tmp_path / "b", "b", peers={"a": "XA"})
        b.accept(path, read(path, trust(a), a.world.at), "a-police")
    believed = trust(a, b)
    behind = Behind(lambda _: None, b.inherited_bundle, believed, AT)
    findings = audit(folder, origin=b.world.origin, trust=believed.trust, behind=behind).findings
    assert [item.subject.partition(":")[0][:5] for item in findings if item.code == "letter.absent"] == ["entry"]
    assert "receipt.absent" not in {item.code for item in findings}
