"""What the bundle of another ledger lacks, told by an audit of the ledger that took it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from custody.bundle.behind import Behind
from custody.storage.ledger_store import SqliteStore
from custody.verify import verify as verifier
from custody.verify.record.entries_step import check_entries
from schemas.report import Severity
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


def _sent(side: Side, number: str = "EX-1", transfer: str = NONCE) -> Path:
    """Send an exhibit to B, and return the bundle with which it goes."""
    register(side, number)
    side.consent(number, "b-police")
    dispatch = side.dispatch(number, "b-police", transfer=transfer)
    return side.build(f"{number}.zip", number, to="b-police", acts=[dispatch], transfer=transfer).path


@pytest.mark.parametrize(
    ("is_rewritten", "knows_itself", "is_newer"),
    [(True, True, False), (True, False, False), (False, True, False), (True, True, True)],
)
def test_what_left_and_came_back_says_what_this_ledger_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_rewritten: bool, knows_itself: bool, is_newer: bool
) -> None:
    """The other side keeps a checkpoint of this ledger in what it sends back; whose ledger it is, a trust file says.
    Of one with a record of a newer version no signature is checked: it accuses nobody.
    """
    (folder := tmp_path / "ledger").mkdir()
    with SqliteStore.create(folder) as store:
        with monkeypatch.context() as patch:
            patch.setattr(border, "World", partial(World, store))
            a = Side(tmp_path / "a", "a", peers={"b": "XB"})
        left = Side(tmp_path / "left", "a", peers={"b": "XB"}) if is_rewritten else a
        sides = (a, left) if is_rewritten else (a,)
        if is_rewritten:
            left.world.enrol("examiner-3")
        made = [_sent(side) for side in sides][-1]
        b = Side(tmp_path / "b", "b", peers={"a": "XA"})
        b.accept(made, read(made, trust(left), a.world.at), "a-police")
        b.consent("EX-1", "a-police", authority="a-police", manner="paper", documents=["ab" * 32], number="7")
        b.consent("EX-1", "a-police")
        home = b.dispatch("EX-1", "a-police", transfer="2f" * 16)
        back = b.build("q.zip", "EX-1", to="a-police", acts=[home], transfer="2f" * 16).path
        a.take_back(back, read(back, trust(left, b), a.world.at), "b-police")
    believed, genuine = trust(*((a, b) if knows_itself else (b,))), check_entries

    def newer(opened: Any, findings: Any) -> Any:
        if is_newer and opened.checkpoint.origin == a.world.origin:
            findings.add(4, Severity.INDETERMINATE, "record.version", "entry 3", "of version 2")
        return genuine(opened, findings)

    monkeypatch.setattr(verifier, "check_entries", newer)
    found = audit(
        folder, origin=a.world.origin, trust=None, behind=Behind(lambda _: None, a.inherited_bundle, believed, AT)
    )
    told = {item.code for item in found.findings if item.code in {"audit.rewritten", "audit.truncated", "audit.fork"}}
    assert bool(told) is (is_rewritten and knows_itself and not is_newer)


@pytest.mark.parametrize("is_forked", [True, False])
def test_two_bundles_that_were_kept_of_one_ledger_have_one_past(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_forked: bool
) -> None:
    """Who took evidence from a ledger twice can tell that it was written anew in between."""
    (folder := tmp_path / "ledger").mkdir()
    a, fork = (Side(tmp_path / name, "a", peers={"b": "XB"}) for name in ("a", "fork"))
    if is_forked:
        fork.world.enrol("examiner-3")
    with SqliteStore.create(folder) as store:
        with monkeypatch.context() as patch:
            patch.setattr(border, "World", partial(World, store))
            b = Side(tmp_path / "b", "b", peers={"a": "XA"})
        for number, path in (("EX-1", _sent(a)), ("EX-2", _sent(fork if is_forked else a, "EX-2", "3f" * 16))):
            b.accept(path, read(path, trust(a), b.world.at), "a-police", number=number)
    behind = Behind(lambda _: None, b.inherited_bundle, trust(a, b), AT)
    found = audit(folder, origin=b.world.origin, behind=behind)
    assert ("checkpoint.fork" in {item.code for item in found.findings}) is is_forked
