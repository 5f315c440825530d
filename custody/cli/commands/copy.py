"""`custody copy`: that a copy was made; the copy itself is registered as an exhibit of its own."""

from __future__ import annotations

import click

from custody.cli.acting.act_options import alteration_of, alteration_options, tool_options, words_of
from custody.cli.acting.acts import Act, record_act
from custody.cli.acting.exhibit_selection import Selection, selecting
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.options import Signing, When, signed, timed
from custody.cli.results import ActResult
from schemas.details.exhibit import ExhibitCopied


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
@signed
@timed
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
    record_act(context, Act(type="exhibit.copied", details=details), selection, who=who, when=when)
