"""A web capture below the court minimum is a defect of procedure: shown to everybody, and never a failure."""

from typing import Any

import pytest

from custody.verify.fold.fold import Fold
from schemas.entry import parse_entry
from schemas.report import Findings, Severity
from tests.world import World, settled

FULL = {"captured_at": "2026-11-21T08:00:00Z", "html": "a" * 64, "image": "b" * 64, "url": "https://shop.example/x"}


def _defects(**details: Any) -> list[str]:
    """Return the defects that the fold of a ledger finds in its last entry, a registration."""
    world = settled(World())
    world.register("2026-0417", "EX-9", actor="examiner-1", kind=details.pop("kind", "web-capture"), **details)
    findings = Findings()
    fold = Fold(findings, is_whole=False)
    for raw in world.entries():
        fold.add(parse_entry(raw))
    assert all(item.severity is Severity.DEFECT for item in findings.items)
    return [item.code for item in findings.items]


@pytest.mark.parametrize("missing", sorted(FULL))
def test_each_of_the_four_parts_is_wanted(missing: str) -> None:
    """Berkeley Protocol paragraphs 153 to 155: URL, source, full-page image, time."""
    capture = {name: value for name, value in FULL.items() if name != missing}
    assert _defects(source={"type": "web-capture", "capture": capture}) == ["defect.web-capture"]
    assert _defects(kind="file", source={"type": "content", "capture": capture}) == ["defect.web-capture"]


def test_a_capture_without_any_catalogue_is_below_it_too() -> None:
    """Its kind says what it is."""
    assert _defects() == ["defect.web-capture"]


def test_a_whole_capture_and_other_evidence_have_no_defect() -> None:
    """A withheld URL is one that was recorded."""
    assert _defects(source={"type": "web-capture", "capture": FULL}) == []
    assert _defects(kind="phone") == []
