"""`custody link`: a further case needs an exhibit."""

from __future__ import annotations

import click

from custody.cli.acting.acts import Target, record_notes
from custody.cli.acting.exhibit_selection import Selection, selecting
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.options import Signing, When, acting
from custody.cli.results import ActResult
from custody.report.safe_text import show
from schemas.errors import UsageError


@command(
    example="""
    custody link 2026-0417/EX-1 --to-case 2026-0533 --reason "same suspect" --as exam-07
    """,
    result=ActResult,
)
@selecting
@click.option("--to-case", required=True, metavar="CASE", help="The further case.")
@click.option("--reason", help="Why (kept private).")
@acting
@pass_custody
def link(context: Context, *, selection: Selection, to_case: str, reason: str | None, who: Signing, when: When) -> None:
    """Note that a further case needs exhibits; custody does not move, and they keep their numbers."""

    def details(target: Target) -> dict[str, str | None]:
        if target.exhibit.case == to_case:
            name = show(target.exhibit.name)
            raise UsageError("usage.case", f"expected another case than that of {name}, found its own")
        return {"case": to_case, "reason": reason}

    record_notes(context, "exhibit.linked", details, selection, who=who, when=when)
