"""The report as one page, in the same words as the text."""

from __future__ import annotations

from custody.report.document import Document
from custody.report.findings import alike
from custody.report.page import render
from custody.report.text_lines import MARKS
from custody.report.text_report import UNTRUSTED


def format_html(document: Document) -> bytes:
    """Return the page in UTF-8."""
    return render(
        "templates/report.html",
        "templates/report.css",
        defects=list(alike(document.defects)),
        doc=document,
        marks={severity: mark.strip() for severity, mark in MARKS.items()},
        untrusted=UNTRUSTED,
    )
