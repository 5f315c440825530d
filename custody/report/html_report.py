"""The report as one page: no script, nothing fetched from anywhere, printable, the same words as the text.

Every value is escaped twice over: `show` has made it visible, and the template escapes it for HTML. The page forbids
itself everything but its own style sheet, by that sheet's digest (CSP level 3), so that nothing in it can ever run.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from custody.report.document import Document
from custody.report.findings import alike
from custody.report.text_lines import MARKS
from custody.report.text_report import UNTRUSTED


def format_html(document: Document) -> bytes:
    """Return the page in UTF-8."""
    folder = files("custody.report") / "templates"
    style = (folder / "report.css").read_text("utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string((folder / "report.html").read_text("utf-8"))
    page = template.render(
        defects=list(alike(document.defects)),
        doc=document,
        marks={severity: mark.strip() for severity, mark in MARKS.items()},
        policy=f"default-src 'none'; style-src 'sha256-{_digest(style)}'; base-uri 'none'; form-action 'none'",
        # Our own file and no value of anybody's: a style element is raw text, in which escapes would not be read.
        style=Markup(style),
        untrusted=UNTRUSTED,
    )
    return page.encode("utf-8", "backslashreplace")


def _digest(style: str) -> str:
    return b64encode(sha256(style.encode("utf-8")).digest()).decode("ascii")
