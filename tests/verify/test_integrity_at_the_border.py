"""What was seen of a thing as it arrived is on record: the checks of integrity don't say that nothing is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from schemas.report import Severity
from tests.border import CASE, NONCE, Side, read, register, trust
from tests.verify.test_procedure import look


def lines(side: Side) -> dict[str, tuple[Severity, str]]:
    """Return the five lines about EX-1 in a whole ledger, by what they check."""
    found = [item for item in look(side.world) if item.rule == "integrity"]
    told = [(item.what.partition(": "), item.severity) for item in found]
    return {what: (severity, text) for (what, _, text), severity in told}


def crossed(folder: Path, seen: dict[str, Any] | None) -> Side:
    """Send a thing to another ledger, and return that, where it was accepted."""
    a, b = (Side(folder / x, x, peers={y: f"X{y.upper()}"}, gate="v2") for x, y in ("ab", "ba"))
    a.world.append(a.world.sign(a.world.registration(CASE, "EX-1", actor="examiner-1", nature="object")))
    a.consent("EX-1", "b-police")
    path = a.build("1.zip", "EX-1", to="b-police", acts=[a.dispatch("EX-1", "b-police")], transfer=NONCE).path
    b.accept(path, read(path, trust(a, b), a.world.at), "a-police", seal=seen)
    return b


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ({"intact": True, "seal": "S-1"}, (Severity.NOTE, "sealed now")),
        ({"intact": False, "seal": "S-1"}, (Severity.NOTE, "a seal was found broken, as the record says")),
        (None, (Severity.DEFECT, "never sealed on record")),
    ],
)
def test_what_came_under_a_seal_was_sealed(
    tmp_path: Path, seen: dict[str, Any] | None, expected: tuple[Severity, str]
) -> None:
    """Who put it on says so in his own ledger; here it was looked at."""
    assert lines(crossed(tmp_path, seen))["seal state"] == expected


def test_a_seal_that_was_seen_and_opened_was_one(tmp_path: Path) -> None:
    """As one that was put on here."""
    b = crossed(tmp_path, {"intact": True, "seal": "S-1"})
    b.world.act("exhibit.unsealed", CASE, "EX-1", {"intact": True, "reason": "x", "seal": "S-1"}, actor="examiner-1")
    assert lines(b)["seal state"] == (Severity.NOTE, "sealed, and opened since")


def test_what_was_compared_as_it_came_home_was_compared(tmp_path: Path) -> None:
    """Reading it again at the border is a comparison like any other."""
    a = Side(tmp_path / "a", "a", peers={}, gate="v2")
    register(a)
    a.world.append(a.world.sign(a.dispatch("EX-1", "ministry")))
    back = {
        "document": "ab" * 32, "from": "ministry", "rehash": {"match": True, "root": "cd" * 32}, "sent": NONCE,
        "transfer": "1e" * 16,
    }  # fmt: skip
    a.world.act("transfer.returned", CASE, "EX-1", back, actor="examiner-1")
    assert lines(a)["check value"] == (Severity.NOTE, "comparisons on record: 1, always the same")
