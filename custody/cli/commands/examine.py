"""`custody examine`: what was done with an exhibit, with which tool, and what was found."""

from __future__ import annotations

from pathlib import Path

import click

from custody.cli.acting.act_options import alteration_of, alteration_options, document_option, tool_options
from custody.cli.acting.acts import Act, record_act
from custody.cli.acting.exhibit_selection import Selection, selecting
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.options import Signing, When, signed, timed
from custody.cli.results import ActResult
from custody.cli.showing.holdings import staging


@command(
    example="""
    custody examine 2026-0417/EX-1 --purpose "find chats" --tool sleuthkit --version 4.12 --as exam-07
    custody examine EX-1 --purpose "find chats" --results "see report" --document report.pdf --as exam-07
    """,
    result=ActResult,
)
@selecting
@click.option("--purpose", required=True, help="What for (kept private).")
@tool_options
@click.option("--results", help="What was found (kept private).")
@click.option("--competence", help="What qualifies the examiner (kept private).")
@alteration_options
@document_option
@signed
@timed
@pass_custody
def examine(
    context: Context,
    *,
    selection: Selection,
    alteration: str | None,
    alteration_why: str | None,
    documents: tuple[Path, ...],
    who: Signing,
    when: When,
    **given: str | None,
) -> None:
    """Record an examination by the holder; the exhibit must not be sealed.

    What was altered in the original is said with --alteration and --alteration-why; without them nothing was.
    """
    altered = alteration_of(alteration, alteration_why)
    with staging(context) as staged:
        details = {**given, "alteration": altered, "documents": staged.documents(documents)}
        act = Act(type="exhibit.examined", details=details)
        record_act(context, act, selection, who=who, when=when, keep=staged.keep)
