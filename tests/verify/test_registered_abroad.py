"""Who is abroad registers nothing anew that is here: its bytes would be at home with him, and no act says how."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from custody.verify.fold.fold import Fold
from schemas.entry import parse_entry
from schemas.report import Findings
from tests.border import CASE, FILES
from tests.verify.test_gate import around
from tests.verify.test_party_abroad import FOREIGN, code_of, side

__all__ = ["around"]


@pytest.mark.parametrize(
    ("actor", "origin", "gate", "code"),
    [
        ("b-examiner", "derived", "v2", "release.holder-abroad"),
        ("b-examiner", "foreign", "v2", "release.holder-abroad"),
        ("b-examiner", "none", "v2", "none"),
        ("b-examiner", "derived", "v1", "none"),
        ("examiner-1", "derived", "v2", "none"),
    ],
)
def test_nobody_abroad_registers_what_came_from_here(
    tmp_path: Path, actor: str, origin: str, gate: str, code: str
) -> None:
    """A copy that somebody abroad holds from its first act on has crossed a border with no act that says so."""
    a = side(tmp_path, gate)
    parent = a.world.about(CASE, "EX-1").exhibit
    told: Mapping[str, dict[str, Any]] = {
        "derived": {"derived_from": [{"case": CASE, "exhibit": "EX-1", "event": parent}], "obtained": "derived"},
        "foreign": {"foreign": FOREIGN, "obtained": "foreign-assistance"}, "none": {},
    }  # fmt: skip
    event = a.world.registration(CASE, "EX-9", actor=actor, files={"new.txt": b"new"}, **told[origin])
    assert code_of(lambda: a.world.append(a.world.sign(event))) == code


@pytest.mark.parametrize(
    ("actor", "files", "gate", "code"),
    [
        ("b-examiner", FILES, "v2", "release.holder-abroad"),
        ("b-examiner", {"x.txt": FILES["chat.txt"]}, "v2", "release.holder-abroad"),
        ("b-examiner", {"x.txt": FILES["chat.txt"], "y.txt": b"new"}, "v2", "none"),
        ("b-examiner", {"x.txt": b"new"}, "v2", "none"),
        ("b-examiner", FILES, "v1", "none"),
        ("examiner-1", FILES, "v2", "none"),
    ],
)
def test_nobody_abroad_registers_anew_what_is_here(
    tmp_path: Path, actor: str, files: Mapping[str, bytes], gate: str, code: str
) -> None:
    """The same bytes under a new number, and no word of where they come from, would be at home with somebody abroad;
    one file of many that is the same may be anybody's.
    """
    a = side(tmp_path, gate)
    event = a.world.registration(CASE, "EX-9", actor=actor, files=files)
    assert code_of(lambda: a.world.append(a.world.sign(event))) == code


@pytest.mark.usefixtures("around")
def test_an_audit_finds_what_was_registered_abroad_around_the_writer(tmp_path: Path) -> None:
    """A whole ledger knows all files; one bundle doesn't."""
    a = side(tmp_path)
    a.world.append(a.world.sign(a.world.registration(CASE, "EX-9", actor="b-examiner", files=FILES)))
    findings = Findings()
    fold = Fold(findings, is_whole=True)
    for raw in a.world.entries():
        fold.add(parse_entry(raw))
    assert [item.code for item in findings.items if item.step == 11] == ["release.holder-abroad"]
