"""A dispatch is decided on once: a bundle that shows one decision shows every other."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.event import About
from tests.border import CASE, NONCE, Side, codes, read, register, trust
from tests.vectors.forge import Members
from tests.vectors.posts import TRANSFER, Post
from tests.verify.judging import found_in


def arrived(folder: Path, gate: str) -> tuple[Post, Post, Members]:
    """A country that sent EX-1, one that decides on it, and what is on the way."""
    a = Post(folder, "a", {"b": "XB"}, gate=gate)
    parcel = a.parcel(onward="allowed")
    return a, Post(folder, "b", {"a": "XA"}, is_holding=False, gate=gate), parcel


@pytest.mark.parametrize(("gate", "is_told"), [("v2", True), ("v1", False)])
@pytest.mark.parametrize("shown", ["EX-7", "EX-8"])
def test_a_dispatch_accepted_twice_shows_in_each_bundle(tmp_path: Path, shown: str, gate: str, is_told: bool) -> None:
    """There would be two holders of one thing, each with a bundle that says nothing of the other."""
    a, b, parcel = arrived(tmp_path, gate)
    hashes = {number: b.accept(a, parcel, exhibit=number, onward="allowed") for number in ("EX-7", "EX-8")}
    told = found_in(b.bundle(shown, to="ministry", export={"about": [About(exhibit=hashes[shown])]}), a, b)
    assert (("rule.transfer-twice", "failed") in told) is is_told


def refuse(a: Post, b: Post, parcel: Members) -> None:
    """Refuse EX-1."""
    head = a.foreign(parcel)["head"]
    details = {
        "exhibits": [{"case": CASE, "exhibit": "EX-1", "head": head}], "from": "a-police", "ledger": "a.example/main",
        "reasons": ["not-asked-for"], "refused_at": "2026-11-21T08:30:00Z", "transfer": TRANSFER, "verdict": "PASSED",
    }  # fmt: skip
    b.event("transfer.refused", details)


def test_what_was_refused_is_not_shown_as_accepted(tmp_path: Path) -> None:
    """The refusal gave its sender custody back: its receipt and this bundle would each name a holder."""
    a, b, parcel = arrived(tmp_path, "v2")
    refuse(a, b, parcel)
    export = {"about": [About(exhibit=b.accept(a, parcel, exhibit="EX-7", onward="allowed"))]}
    assert ("rule.transfer-twice", "failed") in found_in(b.bundle("EX-7", to="ministry", export=export), a, b)


def test_a_decision_left_out_is_missed(tmp_path: Path) -> None:
    """The index of the ledger says how many there are."""
    a, b, parcel = arrived(tmp_path, "v2")
    refuse(a, b, parcel)
    refused = len(b.forge.raws) - 1
    export = {"about": [About(exhibit=b.accept(a, parcel, exhibit="EX-7", onward="allowed"))]}
    members = b.bundle("EX-7", to="ministry", omit=[refused], export=export)
    assert ("completeness.count", "failed") in found_in(members, a, b)


def test_what_was_decided_once_passes(tmp_path: Path) -> None:
    """A writer that keeps the rules carries the one decision, which is there anyhow."""
    a = Side(tmp_path / "a", "a", peers={"b": "XB"}, gate="v2")
    b = Side(tmp_path / "b", "b", peers={"a": "XA"}, gate="v2")
    register(a)
    a.consent("EX-1", "b-police", onward="allowed")
    act = a.dispatch("EX-1", "b-police", onward="allowed")
    sent = a.build("parcel.zip", "EX-1", to="b-police", acts=[act], transfer=NONCE).path
    b.accept(sent, read(sent, trust(a), a.world.at), "a-police")
    found = read(b.build("own.zip", "EX-1", to="ministry").path, trust(a, b), b.world.at)
    assert found.report.verdict.value == "PASSED", codes(found)
    heads = [item for place in found.placed.values() for item in place.subjects if item[0] == "dispatch"]
    assert len(heads) == 1
