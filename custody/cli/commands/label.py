"""`custody label`: labels to print and to stick on exhibits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from custody.cli.acting.exhibit_selection import Selection, select, selecting
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.files import write_file
from custody.cli.intake.registrations import described
from custody.cli.options import FILE, force_option
from custody.cli.output import emit
from custody.cli.results import Result
from custody.report.counts import counted, listed
from custody.report.labels import Label, format_label
from custody.report.safe_text import show, show_path
from custody.report.words import format_utc
from custody.verify.rules.view import Exhibit
from schemas.errors import UsageError

if TYPE_CHECKING:
    from custody.report.labels_page import PrintedLabel

_PICTURES = {".png", ".svg"}
_PAGES = {".html", ".htm"}


class LabelledExhibit(Result, frozen=True, kw_only=True, tag="custody-labelled-exhibit/v1"):
    """An exhibit, and the text that its label holds."""

    case: str
    exhibit: str
    text: str


class LabelResult(Result, frozen=True, kw_only=True, tag="custody-labels/v1"):
    """The file that was written, and what is on it."""

    labels: tuple[LabelledExhibit, ...]
    path: str


@command(
    example="""
    custody label 2026-0417/EX-1 2026-0417/EX-2 -o labels.html
    custody label --case 2026-0417 --all -o labels.html --description
    custody label EX-1 -o ex-1.png
    """,
    result=LabelResult,
)
@selecting
@click.option("--out", "-o", "target", type=FILE, required=True, help="labels.html; or the code alone: .svg, .png")
@click.option("--description", "is_described", is_flag=True, help="Print the private description, for all to see.")
@force_option
@pass_custody
def label(context: Context, selection: Selection, target: Path, is_described: bool, force: bool) -> None:
    """Make labels for exhibits: a QR code with ledger, case, exhibit and the hash of the registration.

    Nothing on a label ever changes, so it is never out of date. Read it with any scanner, and give what it types to
    custody scan.
    """
    suffix = target.suffix.lower()
    if suffix not in _PAGES | _PICTURES:
        raise UsageError("usage.label", f"expected a file that ends in .html, .svg or .png, found {target.name!r}")
    exhibits = select(context, selection).exhibits
    if suffix in _PICTURES and len(exhibits) != 1:
        text = f"expected one exhibit for a picture of its code, found {len(exhibits)}"
        raise UsageError("usage.label", text, hint="a page takes many: -o labels.html")
    printed = [_print(context, item, is_described=is_described) for item in exhibits]
    # Only labels need what draws them.
    from custody.report.labels_page import format_page, format_picture

    raw = (
        format_page(printed)
        if suffix in _PAGES
        else format_picture(printed[0].label, "png" if suffix == ".png" else "svg")
    )
    write_file(target, raw, force=force)
    emit(context.settings, _result(printed, target), _lines(exhibits, target))


def _print(context: Context, exhibit: Exhibit, *, is_described: bool) -> PrintedLabel:
    from custody.report.labels_page import PrintedLabel

    origin = context.ledger().ledger().origin
    entry = context.ledger().registration_of(exhibit)
    details = described(context, entry)
    facts = [("kind", show(details.kind)), ("registered", format_utc(entry.event.event.occurred_at))]
    facts.append(("by", entry.event.event.actor))
    if is_described:
        facts.insert(0, ("what", details.description))
    return PrintedLabel(Label(origin, exhibit.case, exhibit.number, exhibit.registration), tuple(facts))


def _result(printed: list[PrintedLabel], target: Path) -> LabelResult:
    made = (
        LabelledExhibit(case=item.label.case, exhibit=item.label.exhibit, text=format_label(item.label))
        for item in printed
    )
    return LabelResult(labels=tuple(made), path=str(target))


def _lines(exhibits: tuple[Exhibit, ...], target: Path) -> Iterator[str]:
    names = listed([show(item.name) for item in exhibits[:8]], len(exhibits))
    yield f"{counted(len(exhibits), 'label', 'labels')} in {show_path(target)}: {names}"
