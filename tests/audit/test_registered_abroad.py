"""What is here doesn't become the find of somebody abroad by a file that he adds, or by waiting until it is away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from custody.storage.ledger_store import SqliteStore
from tests.audit.conftest import CASE
from tests.audit.tampering import audit
from tests.world import World, settled

HERE = {"evidence.log": b"log of XA", "desktop.ini": b"[.ShellClassInfo]"}
MORE = {"more.txt": b"one file more"}
SENT = {
    "item": "original", "not_sealed": "data", "onward": "with-consent", "purpose": "x", "to": "b-police",
    "transfer": "0f" * 16,
}  # fmt: skip
OPEN: dict[str, Any] = {
    "authority": "ministry", "issued_at": "2026-11-21T08:00:00Z", "manner": "key", "onward": "with-consent",
    "purpose": "case B", "recipient": "b-police", "valid_from": "2026-11-21T00:00:00Z",
}  # fmt: skip


def told(
    folder: Path, files: dict[str, bytes], *, country: str = "XC", gate: str = "v2", away: bool = False, **how: Any
) -> list[str]:
    """Let somebody register ``files`` beside EX-1, which may be ``away``; return what an audit says of it."""
    with SqliteStore.create(folder) as store:
        world = settled(World(store), gate=gate)
        world.enrol("official-1", ("authority",))
        world.enrol("ministry", ("authority",), kind="organisation", members=["official-1"], country="XA")
        world.enrol("b-police", (), kind="organisation", country="XB")
        world.enrol("finder", country=country)
        world.register(CASE, "EX-1", actor="examiner-1", files=HERE)
        if away:
            world.annotate("consent.recorded", world.about(CASE, "EX-1"), OPEN, actor="official-1")
            world.act("transfer.dispatched", CASE, "EX-1", SENT, actor="examiner-1")
        world.register(CASE, "EX-9", actor="finder", files=files, **how)
    return [item.text for item in audit(folder).findings if item.code == "release.registered-abroad"]


@pytest.mark.parametrize(("files", "away"), [({**HERE, **MORE}, False), (HERE, True)])
def test_a_find_that_holds_all_of_an_exhibit_is_told(tmp_path: Path, files: dict[str, bytes], away: bool) -> None:
    """It would have crossed the border without a consent."""
    (text,) = told(tmp_path, files, away=away)
    assert f"finder, who is abroad, registered as a find all files that first came with {CASE}/EX-1" in text


@pytest.mark.parametrize(
    "case",
    [
        {"files": {"own.log": b"his own", "desktop.ini": HERE["desktop.ini"]}},
        {"files": {**HERE, **MORE}, "country": "XA"},
        {"files": {**HERE, **MORE}, "gate": "v1"},
        {"files": MORE},
    ],
)
def test_other_finds_are_not(tmp_path: Path, case: dict[str, Any]) -> None:
    """One file of many that is the same may be anybody's; at home nothing has left; older rules stay what they were."""
    assert told(tmp_path, **case) == []
