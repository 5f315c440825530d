"""Each version of the gate asks for ever what it asked at first: a stricter one leaves older ledgers their verdict."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from custody.verify.fold.fold import Fold
from custody.verify.rules.view import Ledger, LogKey
from schemas.entry import parse_entry
from schemas.errors import RefusedError
from schemas.report import Findings
from tests.border import CASE, Side, codes, read, register, trust

PEERS = {"b": "XB", "c": "XC"}
DISPOSED = {"authority": "court"}


@pytest.fixture
def first(tmp_path: Path) -> Side:
    """A country under version 1 of the gate, with one exhibit."""
    side = Side(tmp_path / "a", "a", peers=PEERS, gate="v1")
    register(side)
    return side


def act(side: Side, type: str, details: Mapping[str, Any], **offices: Any) -> None:
    """Record an act about EX-1."""
    side.world.act(type, CASE, "EX-1", details, actor="examiner-1", **offices)


def audit(side: Side) -> set[str]:
    """Return the codes that a replay of the whole ledger finds."""
    findings = Findings()
    fold = Fold(findings, is_whole=True)
    for raw in side.world.entries():
        fold.add(parse_entry(raw))
    return {item.code for item in findings.items if item.step == 11}


@pytest.mark.parametrize(
    ("type", "details", "offices"),
    [
        ("custody.moved", {"place": "a vault"}, {}),
        ("custody.handed-over", {"purpose": "keeping"}, {"to": "examiner-2"}),
        ("exhibit.disposed", {**DISPOSED, "manner": "forfeited"}, {"registrar": "registrar-1"}),
        ("exhibit.disposed", {**DISPOSED, "manner": "archived"}, {"registrar": "registrar-1"}),
        ("exhibit.disposed", {**DISPOSED, "manner": "other"}, {"registrar": "registrar-1"}),
    ],
)
def test_what_version_1_took_it_takes_now(
    first: Side, type: str, details: Mapping[str, Any], offices: Mapping[str, Any]
) -> None:
    """An act within the house, or at the end of a thing, need not say where to; its bundle stays PASSED."""
    act(first, type, details, **offices)
    assert audit(first) == set()
    first.consent("EX-1", "b-police")
    verified = read(first.build("x.zip", "EX-1", to="b-police").path, trust(first), first.world.at)
    assert verified.report.verdict.value == "PASSED", codes(verified)


@pytest.mark.parametrize(
    ("type", "details", "offices"),
    [
        ("custody.moved", {"carrier": "courier", "place": "the lab"}, {}),
        ("exhibit.released", {"reason": "opinion", "terms": "lent", "to": "the lab"}, {}),
        ("exhibit.disposed", {**DISPOSED, "manner": "returned-to-owner"}, {"registrar": "registrar-1"}),
    ],
)
def test_what_version_1_refused_it_refuses_now(
    first: Side, type: str, details: Mapping[str, Any], offices: Mapping[str, Any]
) -> None:
    """A thing that leaves says where to, or somebody signs for it."""
    with pytest.raises(RefusedError, match=r"where|which country") as caught:
        act(first, type, details, **offices)
    assert caught.value.code == "release.destination-unnamed"
    act(first, type, {**details, "to_country": "XA"}, **offices)
    assert audit(first) == set()


def test_a_receiver_of_no_country_is_enough_for_version_1(first: Side) -> None:
    """Who signs as receiver stands for where it goes; a country abroad without a name is still nobody's."""
    lent = {"reason": "opinion", "terms": "lent", "to": "the lab"}
    with pytest.raises(RefusedError, match="nobody in XB"):
        act(first, "exhibit.released", {**lent, "to_country": "XB"}, to="examiner-2")
    act(first, "exhibit.released", lent, to="examiner-2")
    assert audit(first) == set()


def test_a_ledger_of_version_1_keeps_its_row() -> None:
    """An audit compares rows byte for byte, those of a home that an earlier release wrote too."""
    opened = Ledger("a.example/main", "XA", (LogKey("k", 0),), ("registrar-1",), is_gated=True)
    assert msgspec.json.encode(opened, order="sorted") == (
        b'{"country":"XA","is_gated":true,"log_keys":[{"first":0,"key":"k","last":null}],"origin":"a.example/main",'
        b'"registrars":["registrar-1"]}'
    )


@pytest.mark.parametrize(("gate", "is_refused"), [(None, False), ("v1", False), ("v2", True)])
def test_what_is_granted_abroad_has_terms_from_version_2_on(tmp_path: Path, gate: str | None, is_refused: bool) -> None:
    """A draft and a program of somebody's own come by no other way than the command does."""
    side = Side(tmp_path / "a", "a", peers=PEERS, gate=gate)
    heard = {"fields": [], "from": "b-police", "paper": "ab" * 32, "received_at": "2026-11-21T09:00:00Z"}
    answered = {"answered_at": "2026-11-21T09:00:00Z", "outcome": "granted"}
    terms = {"onward": "with-consent", "to_country": "XB"}

    def tell(type: str, details: Mapping[str, Any]) -> None:
        side.world.append(side.world.sign(side.world.event(type, details, actor="official-1")))

    for name, kind in (("req-1", "mla"), ("req-2", "preservation")):
        tell("request.received", {**heard, "kind": kind, "request": name})
    if is_refused:
        with pytest.raises(RefusedError) as caught:
            tell("request.answered", {**answered, "request": "req-1"})
        assert caught.value.code == "request.terms"
    else:
        tell("request.answered", {**answered, "request": "req-1"})
    tell(
        "request.answered",
        {**answered, "outcome": "refused", "ground": "security", "reasons": "no", "request": "req-1"},
    )
    tell("request.answered", {**answered, "grant": terms, "request": "req-1"})
    tell("request.answered", {**answered, "request": "req-2"})
