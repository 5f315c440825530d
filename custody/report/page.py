"""A page to read and to print: no script, and nothing that is fetched from anywhere.

Every value is escaped twice over: `show` has made it visible, and the template escapes it for HTML. A page forbids
itself everything but its own style sheet, by that sheet's digest (CSP level 3), so that nothing in it can ever run.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup


def render(template: str, style: str, **values: object) -> bytes:
    """Return a page in UTF-8, of a template and a style sheet below ``custody/report``."""
    folder = files("custody.report")
    sheet = (folder / style).read_text("utf-8")
    digest = b64encode(sha256(sheet.encode("utf-8")).digest()).decode("ascii")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    page = environment.from_string((folder / template).read_text("utf-8")).render(
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
        # Our own file and no value of anybody's: a style element is raw text, in which escapes would not be read.
        style=Markup(sheet),
        **values,
    )
    return page.encode("utf-8", "backslashreplace")
