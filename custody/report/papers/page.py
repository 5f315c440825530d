"""A paper as one page: no script, nothing fetched, printable; every value visible and escaped, as in the report."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from typing import Final

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from custody.report.papers.paper import Paper

_PORTRAIT: Final = 8
"""Columns that fit on a page which stands upright."""


def format_paper(paper: Paper) -> bytes:
    """Return the page in UTF-8."""
    style = (files("custody.report") / "templates" / "report.css").read_text("utf-8")
    template = (files("custody.report") / "papers" / "templates" / "paper.html").read_text("utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    digest = b64encode(sha256(style.encode("utf-8")).digest()).decode("ascii")
    page = environment.from_string(template).render(
        paper=paper,
        wide=any(len(table.heads) > _PORTRAIT for table in paper.tables),
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
        # Our own file and no value of anybody's: a style element is raw text, in which escapes would not be read.
        style=Markup(style),
    )
    return page.encode("utf-8", "backslashreplace")
