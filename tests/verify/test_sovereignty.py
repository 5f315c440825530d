"""What is not public and lies abroad, taken online, is a defect whatever profile is chosen: shown, never a failure."""

from typing import Any

import pytest

from custody.verify.fold.fold import Fold
from schemas.entry import parse_entry
from schemas.report import Findings, Severity
from tests.world import World, settled

REMOTE = {"method": "remote", "tool": "t", "version": "1"}


def _defects(**details: Any) -> list[tuple[str, str]]:
    """Return the defects of a registration in a ledger of the country XA, each with its text."""
    world = settled(World())
    world.register("2026-0417", "EX-9", actor="examiner-1", **details)
    findings = Findings()
    fold = Fold(findings, is_whole=False)
    for raw in world.entries():
        fold.add(parse_entry(raw))
    assert all(item.severity is Severity.DEFECT for item in findings.items)
    return [(item.code, item.text) for item in findings.items]


@pytest.mark.parametrize("way", [{"obtained": "online-capture"}, {"acquisition": REMOTE, "files": {"a": b"a"}}])
@pytest.mark.parametrize("public", [{}, {"public": False}])
def test_taking_online_from_abroad_is_a_defect_that_names_both_countries(
    way: dict[str, Any], public: dict[str, Any]
) -> None:
    """Law row C20: unless it is said to be public, it wants the other country's consent or a request."""
    ((code, text),) = _defects(data_country="XB", **way, **public)
    assert code == "defect.sovereignty"
    assert "lie in XB were taken online from XA" in text


@pytest.mark.parametrize(
    "details",
    [
        {"obtained": "online-capture", "data_country": "XB", "public": True},
        {"obtained": "online-capture", "data_country": "XA"},
        {"obtained": "online-capture"},
        {"obtained": "seizure", "data_country": "XB"},
    ],
)
def test_what_is_public_at_home_or_not_online_is_none(details: dict[str, Any]) -> None:
    """A line that always stands there is soon read by nobody."""
    assert _defects(**details) == []
