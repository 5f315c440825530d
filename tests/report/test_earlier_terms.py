"""Who reads a bundle finds on its first page what every ledger before asked, however many there were."""

from __future__ import annotations

from pathlib import Path

from custody.report.law_page import rows_of
from schemas.report import LawReport
from schemas.types import is_set
from tests.verify.test_crossings import Roads


def test_terms_of_ledgers_further_back_stand_on_the_first_page(tmp_path: Path) -> None:
    """A condition of the first country binds the fourth, and the bundle between only mentions the third."""
    roads = Roads(tmp_path)
    a = roads.sides["a"]
    wanted = [{"before": False, "code": "other", "text": "Keep it for a week."}]
    a.consent("EX-1", "b-police", number="9", conditions=wanted, valid_until="2027-01-01T00:00:00Z")
    act = a.dispatch("EX-1", "b-police", transfer="aa" * 16, conditions=wanted)
    sent = a.build("first.zip", "EX-1", to="b-police", acts=[act], transfer="aa" * 16).path
    roads.sides["b"].accept(sent, roads.read(sent), "a-police", conditions=wanted)
    roads.cross("b", "c")
    verified = roads.read(roads.send("c", "a"))
    rows = rows_of(verified.report, verified, lambda _: "(withheld)")
    told = [text for label, text in rows if label.startswith("entry")]
    assert any(text.startswith("in a.example/main: consent of ministry") for text in told), rows
    assert any(text.startswith("in b.example/main: terms under which a-police") for text in told), rows
    law = verified.report.law
    assert isinstance(law, LawReport)
    before = {(str(item.ledger), item.manner) for item in law.terms if is_set(item.ledger)}
    assert {("a.example/main", "key"), ("b.example/main", "acceptance")} <= before
    assert any(item.valid_until == "2027-01-01T00:00:00Z" for item in law.terms)
    assert sum("Keep it for a week." in text for _, text in rows) >= 2
