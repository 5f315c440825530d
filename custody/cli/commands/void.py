"""`custody void`: a wrong exhibit number."""

from __future__ import annotations

import click

from custody.cli.acting.acts import Act, check_registrar, record_act
from custody.cli.acting.exhibit_selection import Selection, find_exhibit, format_exhibit, selecting
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.intake.registrations import registration_of
from custody.cli.options import Signing, When, signed, timed
from custody.cli.results import ActResult
from custody.report.safe_text import show
from schemas.entry import ParsedEntry
from schemas.types import UNSET


@command(
    example="""
    custody void 2026-0417/EX-11 --reason "typed twice" --replaced-by 2026-0417/EX-1 --as exam-07 --registrar reg-1
    """,
    result=ActResult,
)
@selecting
@click.option("--reason", required=True, help="Why (kept private).")
@click.option("--replaced-by", metavar="EXHIBIT", help="The exhibit that is meant.")
@signed
@timed
@pass_custody
def void(
    context: Context, *, selection: Selection, reason: str, replaced_by: str | None, who: Signing, when: When
) -> None:
    """Void wrong exhibit numbers; the holder and a registrar sign. The number stays used, and its story stays."""
    check_registrar(who)
    right, notes = None, list[str]()
    if replaced_by is not None:
        with context.ledger().read() as reader:
            found = find_exhibit(reader, replaced_by)
        right = {"case": found.case, "exhibit": found.number}
        notes = _notes(registration_of(context, found), show(format_exhibit(found)))
    act = Act(type="exhibit.voided", details={"reason": reason, "replaced_by": right})
    record_act(context, act, selection, who=who, when=when, notes=notes)


def _notes(registration: ParsedEntry, name: str) -> list[str]:
    """Say that who reads of the replacement alone isn't told of it, unless its registration does."""
    details = registration.event.details
    if getattr(details, "same_object_as", UNSET) or getattr(details, "derived_from", UNSET):
        return []
    return [f"a bundle of {name} alone tells nothing of what it replaces: put both into one, or say so beside it"]
