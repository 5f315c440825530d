"""What has no digest is known by its names: a number, an account, an item of a platform. Another one never arrives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from custody.bundle import build
from tests.border import CASE, NONCE, Side, codes, read, trust

PHONE: dict[str, Any] = {"identifiers": "IMEI 111"}
NO_FILES = {"bytes": 0, "count": 0, "root": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}


def item(number: str) -> dict[str, Any]:
    """Return an item of a platform."""
    platform = {"collection": "Art", "number": number, "platform": "shop"}
    asset = {"custody": "platform", "platform": platform}
    return {"asset": asset, "content": NO_FILES, "kind": "collectible", "nature": "asset"}


def correct(side: Side, number: str) -> None:
    """Correct the number that the exhibit's first act has."""
    exhibit = side.world.exhibit(CASE, "EX-1")
    assert exhibit is not None
    about = side.world.about(CASE, "EX-1", event=exhibit.registration)
    details = {"field": "identifiers", "reason": "mistyped", "value": number}
    side.world.annotate("record.corrected", about, details, actor="examiner-1")


def arrived(folder: Path, sent: dict[str, Any], taken: dict[str, Any], right: dict[str, str] | None = None) -> set[str]:
    """Send one thing from a to b, let b accept it as another, and return what a court in c finds; ``right`` are the
    numbers to which a side corrected its own.
    """
    a = Side(folder / "a", "a", peers={"b": "XB"})
    b = Side(folder / "b", "b", peers={"a": "XA", "c": "XC"})
    a.world.register(CASE, "EX-1", actor="examiner-1", **sent)
    if right and "a" in right:
        correct(a, right["a"])
    a.consent("EX-1", "b-police")
    parcel = a.build("p.zip", "EX-1", to="b-police", acts=[a.dispatch("EX-1", "b-police")], transfer=NONCE).path
    b.accept(parcel, read(parcel, trust(a), a.world.at), "a-police", **taken)
    if right and "b" in right:
        correct(b, right["b"])
    b.consent("EX-1", "c-police")
    b.consent("EX-1", "c-police", authority="a-police", manner="paper", documents=["ab" * 32], number="7")
    return codes(read(b.build("onward.zip", "EX-1", to="c-police").path, trust(a, b), b.world.at))


@pytest.mark.parametrize(("kind", "found"), [("phone", set()), ("computer", {"inherited.kind"})])
def test_another_kind_of_thing_is_told(tmp_path: Path, kind: str, found: set[str]) -> None:
    """Who reads the report as data must learn of it too: both sides signed, and no digest tells two things apart."""
    assert arrived(tmp_path, {**PHONE, "kind": "phone"}, {**PHONE, "kind": kind}) & {"inherited.kind"} == found


@pytest.fixture
def liar(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a sender's program hand out what its own check would not let pass."""
    monkeypatch.setattr(build, "_check_own", lambda *_: None)


@pytest.mark.usefixtures("liar")
def test_another_item_than_was_sent_is_found(tmp_path: Path) -> None:
    """Both records are signed and sound; they speak of two things."""
    assert "inherited.content" in arrived(tmp_path, item("1"), item("2"))


@pytest.mark.parametrize(
    ("sent", "taken"),
    [
        (PHONE, {"identifiers": "SERIAL 999"}),
        (PHONE, {}),
        (item("1"), {**item("1"), "asset": {"account": "eip155:1:0x" + "ab" * 20, "custody": "self-hosted"}}),
    ],
    ids=["number", "number-lost", "account-for-item"],
)
def test_a_thing_under_other_names_is_asked_about(tmp_path: Path, sent: dict[str, Any], taken: dict[str, Any]) -> None:
    """One number can be written in two ways, so no verdict hangs on it."""
    found = arrived(tmp_path, sent, taken)
    assert "inherited.names" in found
    assert "inherited.content" not in found


@pytest.mark.parametrize("sent", [PHONE, {}, item("1")], ids=["number", "none", "item"])
def test_the_thing_that_was_sent_arrives(tmp_path: Path, sent: dict[str, Any]) -> None:
    """Written down as the bundle shows it."""
    assert not {"inherited.content", "inherited.names"} & arrived(tmp_path, sent, sent)


def test_a_number_that_nobody_had_read_before_contradicts_nothing(tmp_path: Path) -> None:
    """Who turns the phone round finds what its sender didn't look for."""
    assert not {"inherited.content", "inherited.names", "inherited.unseen"} & arrived(tmp_path, {}, PHONE)


SLIP = {"identifiers": "IMEI 11l"}
CORRECTED = [
    (SLIP, PHONE, {"a": "IMEI 111"}, set()),
    ({}, PHONE, {"a": "IMEI 111"}, set()),
    (PHONE, SLIP, {"b": "IMEI 111"}, {"inherited.corrected"}),
    (PHONE, SLIP, {}, {"inherited.names"}),
    (PHONE, PHONE, {"b": "IMEI 112"}, {"inherited.names"}),
    (SLIP, PHONE, {"a": "IMEI 111", "b": "IMEI 112"}, {"inherited.names"}),
]


@pytest.mark.parametrize(("sent", "taken", "right", "expected"), CORRECTED)
def test_each_side_corrects_what_it_recorded(
    tmp_path: Path, sent: dict[str, Any], taken: dict[str, Any], right: dict[str, str], expected: set[str]
) -> None:
    """Who corrected a slip before he sent it, or after it arrived, is no liar; the latter is told."""
    found = arrived(tmp_path, sent, taken, right)
    assert {code for code in found if code.startswith("inherited.")} - {
        "inherited.not-asked",
        "inherited.times",
    } == expected
