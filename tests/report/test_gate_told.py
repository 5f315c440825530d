"""A reader is told by which rules each ledger let things leave: PASSED under older rules says less than under newer."""

from __future__ import annotations

from pathlib import Path

import pytest

from custody.audit.audit import audit as replay
from custody.audit.wanted import Wanted
from custody.cli.commands.init import init
from custody.report.audit_document import AuditBasis, make_audit_document
from custody.report.document import Document
from custody.report.gates import opening_of
from custody.storage.ledger_store import SqliteStore
from schemas.details.ledger import NEWEST_GATE
from tests.report.stories import document_of
from tests.vectors.forge import pack
from tests.vectors.posts import Post, trust_in
from tests.world import World


def told(folder: Path, gate: str | None) -> Document:
    """What a reader is told of a bundle of a ledger under some version of the gate."""
    post = Post(folder, "a", {"b": "XB"}, gate=gate)
    post.consent()
    return document_of(pack(post.bundle("EX-1")), trust_in(post))


@pytest.mark.parametrize(
    ("gate", "words"), [("v1", "under version 1 of the consent gate"), (None, "without a consent gate")]
)
def test_older_rules_stand_on_the_first_page_and_in_the_last_line(tmp_path: Path, gate: str | None, words: str) -> None:
    """A ledger opened today under rules of long ago would else be as good as any other."""
    document = told(tmp_path, gate)
    assert document.verdict.value == "PASSED"
    (paragraph,) = (text for text in document.meaning if "a.example/main" in text)
    assert words in paragraph
    assert "version 2" in paragraph
    assert "the newest rules of what may leave" in document.closing


def test_the_newest_rules_are_no_reservation(tmp_path: Path) -> None:
    """A warning that stands in every report is read in none."""
    document = told(tmp_path, NEWEST_GATE)
    assert ("consent gate", "a.example/main: version 2, the newest that this program knows") in document.basis
    assert not any("consent gate" in text for text in (*document.meaning, *document.not_asked))


def test_the_rules_of_a_ledger_within_are_told_as_well(tmp_path: Path) -> None:
    """What crossed two borders left the first of them by that ledger's rules."""
    a, b = Post(tmp_path, "a", {"b": "XB"}, gate="v1"), Post(tmp_path, "b", {"a": "XA"}, is_holding=False, gate="v2")
    sent = a.parcel()
    b.accept(a, sent)
    document = document_of(pack(b.bundle("EX-1", to="ministry")), trust_in(a, b))
    (paragraph,) = (text for text in document.meaning if "consent gate" in text)
    assert "a.example/main" in paragraph
    assert "b.example/main" not in paragraph
    assert [value.partition(",")[0] for label, value in document.basis if label == "consent gate"] == [
        "b.example/main: version 2",
        "a.example/main: version 1",
    ]


@pytest.mark.parametrize(("gate", "is_told"), [(None, True), ("v1", True), ("v2", False)])
def test_an_audit_tells_the_rules_as_well(tmp_path: Path, gate: str | None, is_told: bool) -> None:
    """Who looks at the whole ledger is asked no more than its entry 0 lets him ask."""
    with SqliteStore.create(tmp_path) as store:
        world = World(store)
        world.init(gate=gate)
        with store.read() as reader:
            ledger = reader.view().ledger()
        report = replay(store, origin=world.origin, at=world.at, wanted=Wanted()).report
    assert ledger is not None
    document = make_audit_document(report, AuditBasis("home", openings=(opening_of(ledger),)))
    assert any("consent gate" in text for text in document.meaning) is is_told
    assert ("the newest rules" in document.closing) is is_told
    assert any(label == "consent gate" for label, _ in document.basis)


def test_nobody_opens_a_ledger_under_older_rules() -> None:
    """Who may choose the rules that bind him chooses the easier ones."""
    assert not any("gate" in option.name for option in init.params if option.name)
