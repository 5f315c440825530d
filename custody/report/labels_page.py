"""Labels to print: a page of them, or one QR code as a picture. Nothing on the page runs or is fetched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final, Literal

import segno
from markupsafe import Markup

from custody.report.labels import Label, format_label
from custody.report.page import render
from custody.report.safe_text import show

Picture = Literal["png", "svg"]
_BORDER: Final = 4
"""Modules of quiet zone around a code (ISO/IEC 18004)."""
_SCALE: Final = 8
"""Pixels of a module in a PNG."""
_GROUP: Final = 8


@dataclass(frozen=True, slots=True)
class PrintedLabel:
    """A label and what stands beside its code in words; the words are safe to show."""

    label: Label
    facts: tuple[tuple[str, str], ...]


def make_code(label: Label) -> Any:
    """Return the QR code of a label, of error correction M or better: a quarter of it may be scratched at the best."""
    return segno.make(format_label(label), error="m", micro=False)


def format_picture(label: Label, kind: Picture) -> bytes:
    """Return the code alone as a picture."""
    out = BytesIO()
    make_code(label).save(out, kind=kind, scale=_SCALE, border=_BORDER)
    return out.getvalue()


def format_page(printed: Sequence[PrintedLabel]) -> bytes:
    """Return a page of labels in UTF-8 (HTML)."""
    return render("templates/labels.html", "templates/labels.css", labels=[_fields(item) for item in printed])


def _fields(item: PrintedLabel) -> dict[str, Any]:
    label = item.label
    svg = make_code(label).svg_inline(scale=1, border=_BORDER, omitsize=True, svgclass=None, lineclass=None)
    groups = [label.registration[place : place + _GROUP] for place in range(0, 64, _GROUP)]
    return {
        # Drawn by the library from numbers alone; no text of anybody's stands in it.
        "code": Markup(svg),
        "case": show(label.case),
        "exhibit": show(label.exhibit),
        "ledger": label.ledger,
        "hash": " ".join(groups),
        "facts": item.facts,
    }
