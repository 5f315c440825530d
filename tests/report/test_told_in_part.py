"""Of what an exhibit was made from, a bundle tells a part; nobody is told that the part is the whole."""

from __future__ import annotations

from typing import Any

from custody.report.document import Document
from custody.report.html_report import format_html
from custody.report.text_report import text_lines
from schemas.report import Finding, Severity, Verdict
from tests.report.stories import Told, bundle_of, document_of, verified
from tests.world import World, settled

CASE = "2026-0417"
ORIGINAL, MADE = (CASE, "EX-1"), (CASE, "EX-2")
INCIDENT = {"description": "opened in a wet room", "discovered_at": "2026-11-21T20:00:00Z", "kind": "contaminated"}
CODE = "completeness.goes-on"


def told(word: str, *, goes_on: bool, **origin: Any) -> Told:
    """Return a bundle of EX-2, and whether something happens to EX-1 before it is packed."""
    world = settled(World(seed=word), gate="v2")
    world.register(*ORIGINAL, actor="examiner-1")
    registration = world.about(*ORIGINAL).exhibit
    named = {"case": CASE, "exhibit": "EX-1"}
    values = {"derived_from": ({**named, "event": registration},)} if origin["made"] else {"same_object_as": (named,)}
    world.register(*MADE, actor="examiner-1", obtained="derived" if origin["made"] else "seizure", **values)
    shown = list(world.disclosed)
    if goes_on:
        world.act("exhibit.incident", *ORIGINAL, INCIDENT, actor="examiner-1")
    world.disclosed = shown  # the bundle doesn't carry the incident
    return bundle_of(world, MADE)


def notes(bundle: Told) -> list[Finding]:
    """Return what the verifier says of stories that go on; the bundle itself passes."""
    report = verified(bundle.bundle, bundle.trust).report
    assert report.verdict is Verdict.PASSED
    return [finding for finding in report.findings if finding.code == CODE]


def page_of(bundle: Told) -> str:
    """Return the story of EX-1 as the text report has it, on one line."""
    document: Document = document_of(bundle.bundle, bundle.trust)
    text = " ".join("\n".join(text_lines(document)).split())
    return text[text.index(f"{document.exhibits[1].heading} {CASE}/EX-1") : text.index("WHO IS WHO")]


def test_a_story_that_goes_on_is_told_as_a_part() -> None:
    """Who holds the original today isn't known to the reader, and the page doesn't say that it was."""
    bundle = told("goes on", goes_on=True, made=True)
    (note,) = notes(bundle)
    assert (note.step, note.severity, note.subject) == (8, Severity.NOTE, f"{CASE}/EX-1")
    page = page_of(bundle)
    assert page.startswith("Original (something in this bundle was made from it), told in part: ")
    assert "as far as told: held by examiner-1" in page
    assert "until where this bundle's account of it ends" in page
    assert "until the end of this bundle" not in page
    html = format_html(document_of(bundle.bundle, bundle.trust)).decode()
    assert "told in part:" in html
    assert "until where" not in html
    assert "where this bundle&#39;s account of it ends" in html


def test_a_story_that_is_told_whole_gets_no_note() -> None:
    """The original is where it was when the copy was made: the ledger holds nothing more of it."""
    bundle = told("stays", goes_on=False, made=True)
    assert notes(bundle) == []
    assert page_of(bundle).startswith(f"Original (something in this bundle was made from it) {CASE}/EX-1")


def test_the_same_thing_is_no_original_of_itself() -> None:
    """A thing with two numbers has two stories; a bundle of one says that the other goes on."""
    bundle = told("same", goes_on=True, made=False)
    assert [note.subject for note in notes(bundle)] == [f"{CASE}/EX-1"]
    assert page_of(bundle).startswith(f"The same thing under another number, told in part: {CASE}/EX-1")
