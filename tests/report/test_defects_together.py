"""Defects of one kind in one place stand under one heading; none of them is lost by it."""

from dataclasses import replace

from custody.report.findings import Shown
from custody.report.html_report import format_html
from custody.report.text_report import text_lines
from schemas.report import Severity
from tests.report.stories import document_of, full_story


def _defect(text: str, subject: str = "entry 5", code: str = "procedure.request-fields") -> Shown:
    return Shown(Severity.DEFECT, 12, subject, "A request lacks something.", text, "", "", "Complete it.", code)


def test_fields_that_a_request_lacks_are_one_list() -> None:
    """Twelve paragraphs that differ in one word are not read; a heading and twelve lines are."""
    story = full_story()
    document = document_of(story.bundle, story.trust)
    defects = (_defect("lacks: holder"), _defect("lacks: place"), _defect("another", subject="entry 9"))
    lines = [line.strip() for line in text_lines(replace(document, defects=defects))]
    assert lines.count("D1 to D2: entry 5: A request lacks something.") == 1
    assert lines.index("- lacks: holder") + 1 == lines.index("- lacks: place")
    assert "D3: entry 9: A request lacks something." in lines
    assert lines.count("what to do: Complete it.") == 2


def test_the_page_lists_them_as_the_text_does() -> None:
    """Whoever reads the page finds the same numbers as whoever reads the text."""
    story = full_story()
    document = document_of(story.bundle, story.trust)
    defects = (_defect("lacks: holder"), _defect("lacks: <place>"), _defect("another", subject="entry 9"))
    page = format_html(replace(document, defects=defects)).decode()
    section = page[page.index('id="defects"') : page.index('id="steps"')]
    assert section.count("A request lacks something.") == 2
    assert "<b>D1 to D2</b>" in section
    assert "<b>D3</b>" in section
    assert "<li><bdi>lacks: &lt;place&gt;</bdi></li>" in section
