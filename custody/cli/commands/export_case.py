"""`custody export-case`: the story of an exhibit as CASE/UCO, for other programs of the field."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from custody.bundle.disclose import Choice, parse_choice
from custody.cli.acting.exhibit_selection import find_exhibit
from custody.cli.checking.verification import Believed, believing
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.files import check_free, write_file
from custody.cli.keyring.keyring import default_agent
from custody.cli.option_groups import several
from custody.cli.options import FILE, force_option
from custody.cli.output import emit, note
from custody.cli.parameters import AGENT
from custody.cli.results import Result
from custody.cli.showing.case_sources import bundle_story, ledger_story
from custody.report.case_export import CaseStory, encode_case
from custody.report.case_graph import ONTOLOGY
from custody.report.counts import counted
from custody.report.safe_text import show, show_path
from custody.report.shell_words import shell_word
from custody.verify.rules.view import Exhibit
from schemas.errors import UsageError


class CaseExportResult(Result, frozen=True, kw_only=True, tag="custody-case-export/v1"):
    """The file, the exhibit that it tells of, its number of entries, and the ontology that it follows."""

    bytes: int
    case: str
    entries: int
    exhibit: str
    ontology: str
    path: str


_recipient_options = several(
    click.option("--to", "recipient", type=AGENT, help="Who gets it, as enrolled here; without it, it stays inside."),
    click.option("--as", "actor", type=AGENT, help="Who exports it (CUSTODY_AS; else the one key at hand)."),
    click.option(
        "--withhold", multiple=True, metavar="TYPE:/FIELD", help="Keep values back, such as *:/details/place."
    ),
    click.option("--disclose", multiple=True, metavar="TYPE:/FIELD", help="Show values that stay here by rule."),
)


@command(
    example="""
    custody export-case 2026-0417/EX-1 -o ex-1.jsonld
    custody export-case 2026-0417/EX-1 -o ex-1.jsonld --to court-elsewhere --as exam-07
    custody export-case -o ex-1.jsonld --bundle bundle.zip --trust trust.json
    """,
    result=CaseExportResult,
)
@click.argument("exhibit", required=False)
@click.option("--out", "-o", "target", type=FILE, required=True, help="The file to write (JSON-LD).")
@click.option("--case", metavar="CASE", help="The case in which the number is.")
@_recipient_options
@click.option("--bundle", type=FILE, help="Take the story from this bundle, and not from the ledger at hand.")
@believing
@click.option("--accept-indeterminate", is_flag=True, help="Export though the bundle is INDETERMINATE.")
@force_option
@pass_custody
def export_case(
    context: Context,
    *,
    exhibit: str | None,
    target: Path,
    case: str | None,
    recipient: str | None,
    actor: str | None,
    withhold: tuple[str, ...],
    disclose: tuple[str, ...],
    bundle: Path | None,
    believed: Believed,
    accept_indeterminate: bool,
    force: bool,
) -> None:
    """Write the story of EXHIBIT as CASE/UCO 1.4 (JSON-LD): its acts, its provenance, its files and their digests.

    Without --to it is for use inside this authority, and tells all that is known here. With --to only what a bundle
    would show is told, the consent gate is asked, and the export is recorded. From a bundle it tells what the bundle
    shows, once that was verified. The file proves nothing by itself: the bundle does.
    """
    # Said before the gate: an export that is recorded should be one that is made.
    check_free(target, force=force)
    choice = parse_choice(withhold=withhold, disclose=disclose)
    with _story(
        context, exhibit, case, bundle, believed,
        choice=choice if recipient is not None or choice != Choice() else None,
        accept_indeterminate=accept_indeterminate, recipient=recipient, actor=actor,
    ) as story:  # fmt: skip
        write_file(target, encode_case(story), force=force)
    result = CaseExportResult(
        bytes=target.stat().st_size, case=story.case, entries=len(story.told), exhibit=story.exhibit, ontology=ONTOLOGY,
        path=str(target),
    )  # fmt: skip
    told = counted(len(story.told), "entry", "entries")
    emit(context.settings, result, [f"exported: {show(f'{story.case}/{story.exhibit}')}, {told}, {show_path(target)}"])
    note(context.settings, f"  check it: case_validate --built-version {ONTOLOGY} {shell_word(target)}")


@contextmanager
def _story(
    context: Context,
    exhibit: str | None,
    case: str | None,
    bundle: Path | None,
    believed: Believed,
    *,
    choice: Choice | None,
    accept_indeterminate: bool,
    recipient: str | None,
    actor: str | None,
) -> Iterator[CaseStory]:
    if bundle is not None:
        if choice is not None:
            text = "expected --to, --withhold and --disclose without --bundle, which shows what it shows"
            raise UsageError("usage.export-case", text)
        named = exhibit if case is None or exhibit is None else f"{case}/{exhibit}"
        with bundle_story(context, bundle, believed, named, accept_indeterminate=accept_indeterminate) as story:
            yield story
        return
    if exhibit is None or believed != Believed(None):
        text = "expected EXHIBIT, or --bundle and what is believed of it"
        raise UsageError("usage.export-case", text, hint="custody list shows the exhibits")
    with context.ledger().read() as reader:
        found = find_exhibit(reader, exhibit, case=case)
    if recipient is not None:
        _release(context, found, recipient=recipient, by=default_agent(context, actor))
    yield ledger_story(context, found, choice)


def _release(context: Context, exhibit: Exhibit, *, recipient: str, by: str) -> None:
    """Ask the consent gate whether the exhibit may go to a recipient; what may is recorded as an access.

    Raises:
        UsageError: ``release.recipient``.
        RefusedError: ``release.*``.
    """
    from custody.cli.border.release_gate import check_exhibits_gate

    check_exhibits_gate(context, [exhibit], to=recipient, tried="export", by=by)
