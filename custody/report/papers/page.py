"""A paper as one page; every value visible and escaped, as in the report."""

from __future__ import annotations

from typing import Final

from custody.report.page import render
from custody.report.papers.paper import Paper

_PORTRAIT: Final = 8
"""Columns that fit on a page which stands upright."""


def format_paper(paper: Paper) -> bytes:
    """Return the page in UTF-8."""
    wide = any(len(table.heads) > _PORTRAIT for table in paper.tables)
    return render("papers/templates/paper.html", "templates/report.css", paper=paper, wide=wide)
