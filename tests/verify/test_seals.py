"""What was seen of a seal is held against the seal that was put on: the record must not call a broken one sealed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from custody.bundle.disclose import Choice
from custody.verify.verify import Verified
from schemas.errors import RuleViolation
from schemas.report import Severity, Verdict
from tests.border import CASE, Side, read, register, trust

SEALED: tuple[str, dict[str, Any]] = ("exhibit.sealed", {"seal": "S-1"})
OPENED: dict[str, Any] = {"intact": True, "reason": "examination", "seal": "S-1"}
BROKEN: dict[str, Any] = {"kind": "seal-broken", "description": "torn", "discovered_at": "2026-11-21T09:00:00Z"}


def seen(number: str, *, intact: bool = True) -> tuple[str, dict[str, Any]]:
    """Return a handover with what both sides saw."""
    return "custody.handed-over", {"purpose": "lab", "to_country": "XA", "seal": {"intact": intact, "seal": number}}


def told(
    folder: Path, *acts: tuple[str, dict[str, Any]], gate: str | None = "v2", hide: bool = False
) -> tuple[Verified, list[tuple[str, int]]]:
    """Return a bundle about EX-1 as read, and what is found of its seals, with how many acts after its registration."""
    a = Side(folder / "a", "a", peers={}, gate=gate)
    register(a)
    first, holder = len(a.world.entries()), "examiner-1"
    for type, details in acts:
        to = {"to": "registrar-1"} if type == "custody.handed-over" else {}
        a.world.act(type, CASE, "EX-1", details, actor=holder, **to)
        holder = to.get("to", holder)
    withhold = (("custody.handed-over", "/details/seal/seal"),) if hide else ()
    verified = read(
        a.build("p.zip", "EX-1", to="ministry", choice=Choice(withhold=withhold)).path, trust(a), a.world.at
    )
    found = [item for item in verified.report.findings if item.code.startswith("defect.seal-")]
    assert all(item.severity is Severity.DEFECT for item in found)
    assert all(item.step == 12 for item in found)
    assert verified.report.verdict is Verdict.PASSED
    return verified, [(item.code, int(item.subject.removeprefix("entry ")) - first + 1) for item in found]


@pytest.mark.parametrize("gate", [None, "v1", "v2"])
@pytest.mark.parametrize(
    ("acts", "expected"),
    [
        ([SEALED, seen("S-1"), ("exhibit.unsealed", OPENED)], []),
        ([SEALED, seen("S-7")], [("defect.seal-other", 2)]),
        ([SEALED, seen("S-1", intact=False)], [("defect.seal-broken", 2)]),
        ([SEALED, seen("S-7", intact=False)], [("defect.seal-broken", 2), ("defect.seal-other", 2)]),
        ([SEALED, ("exhibit.unsealed", {**OPENED, "seal": "S-9"})], [("defect.seal-other", 2)]),
        ([SEALED, ("exhibit.unsealed", {**OPENED, "intact": False})], [("defect.seal-broken", 2)]),
        ([SEALED, seen("S-7"), ("exhibit.unsealed", {**OPENED, "seal": "S-9"})],
         [("defect.seal-other", 2), ("defect.seal-other", 3)]),
        ([SEALED, ("exhibit.unsealed", OPENED), ("exhibit.sealed", {"seal": "S-2"}), seen("S-2")], []),
        ([SEALED, ("exhibit.unsealed", OPENED), ("exhibit.sealed", {"seal": "S-2"}), seen("S-1")],
         [("defect.seal-other", 4)]),
        ([SEALED, ("exhibit.incident", BROKEN), seen("S-5")], []),
        ([seen("S-5")], []),
    ],
)  # fmt: skip
def test_a_seal_that_is_not_the_one_that_was_put_on_is_told(
    tmp_path: Path, gate: str | None, acts: list[tuple[str, dict[str, Any]]], expected: list[tuple[str, int]]
) -> None:
    """Whoever opened it on the way put on another, or left it broken; the record alone shows that to a court."""
    assert sorted(told(tmp_path, *acts, gate=gate)[1], key=lambda item: (item[1], item[0])) == expected


def test_a_number_that_is_withheld_is_compared_with_none(tmp_path: Path) -> None:
    """It can't be; how many values are withheld is said anyhow."""
    assert told(tmp_path, SEALED, seen("S-7"), hide=True)[1] == []


@pytest.mark.parametrize(("gate", "is_sealed"), [("v2", False), ("v1", True)])
def test_what_was_seen_broken_is_not_called_sealed(tmp_path: Path, gate: str, is_sealed: bool) -> None:
    """An older ledger keeps its rules, and has the defect."""
    verified, _ = told(tmp_path, SEALED, seen("S-1", intact=False), gate=gate)
    assert verified.report.exhibits[0].sealed is is_sealed


def test_a_broken_seal_is_not_opened_again_but_a_new_one_is_put_on(tmp_path: Path) -> None:
    """As after an incident."""
    a = Side(tmp_path / "a", "a", peers={}, gate="v2")
    register(a)
    a.world.act(*SEALED[:1], CASE, "EX-1", SEALED[1], actor="examiner-1")
    type, details = seen("S-1", intact=False)
    a.world.act(type, CASE, "EX-1", details, actor="examiner-1", to="registrar-1")
    with pytest.raises(RuleViolation) as caught:
        a.world.act("exhibit.unsealed", CASE, "EX-1", OPENED, actor="registrar-1")
    assert caught.value.code == "rule.seal"
    a.world.act("exhibit.sealed", CASE, "EX-1", {"seal": "S-2"}, actor="registrar-1")
