"""`custody examine` and `custody copy`: what was done with an exhibit; a copy is registered as one of its own."""

from __future__ import annotations

from pathlib import Path

import click

from custody.cli.acting.act_options import alteration_of, alteration_options, document_option, tool_options, words_of
from custody.cli.acting.acts import record_act
from custody.cli.acting.exhibit_selection import Selection, selecting
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.options import Signing, When, acting
from custody.cli.results import ActResult
from custody.cli.showing.holdings import staging
from schemas.details.exhibit import ExhibitCopied, ExhibitExamined


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
@click.option(
    "--digital-signature",
    type=click.Choice(words_of(ExhibitExamined, "digital_signature")),
    help="What came of verifying a signature or certificate that the evidence itself has.",
)
@alteration_options
@document_option
@acting
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
        record_act(context, "exhibit.examined", details, selection, who=who, when=when, keep=staged.keep)


@command(
    example="""
    custody copy 2026-0417/EX-1 --kind evidentiary --purpose "examination" --tool dc3dd --version 7.3 --as exam-07
    custody register copy.dd --case 2026-0417 --exhibit next --derived-from 2026-0417/EX-1 --as exam-07
    """,
    result=ActResult,
)
@selecting
@click.option(
    "--kind",
    "kind",
    required=True,
    type=click.Choice(words_of(ExhibitCopied, "copy")),
    help="For court, for work, or a part or a conversion.",
)
@click.option("--purpose", required=True, help="What for (kept private).")
@tool_options
@alteration_options
@acting
@pass_custody
def copy(
    context: Context,
    *,
    selection: Selection,
    kind: str,
    alteration: str | None,
    alteration_why: str | None,
    who: Signing,
    when: When,
    **given: str | None,
) -> None:
    """Record that the holder made a copy; the exhibit must not be sealed.

    The copy is registered afterwards as an exhibit of its own, with --derived-from, which names this act.
    """
    details = {**given, "alteration": alteration_of(alteration, alteration_why), "copy": kind}
    record_act(context, "exhibit.copied", details, selection, who=who, when=when)
