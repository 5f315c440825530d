"""`custody check-procedure`: what an exhibit's record lacks by the procedure of a country, and how that is cured."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import click
import msgspec

from custody.cli.acting.exhibit_selection import Selection, select, selecting
from custody.cli.assistance.profiles import choose_profile, profile_option
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.exits import Exit
from custody.cli.output import emit
from custody.cli.results import Result
from custody.report.counts import counted
from custody.report.papers.reading import read_ledger
from custody.report.safe_text import show
from custody.report.text_lines import wrap
from custody.transfer.requests_named import requests_of
from custody.transfer.rule_sources import rule_source
from custody.verify.procedure.explanations import Explanations, explained_in
from custody.verify.procedure.procedure import ProfileFor, procedure_for
from custody.verify.rules.view import Exhibit
from custody.verify.verify import Verified
from schemas.errors import UsageError
from schemas.law import cite
from schemas.profile import Profile
from schemas.report import Finding, Severity
from schemas.text import format_time


class ProcedureLine(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is missing, or one line of the integrity checks: by which rule and law, and how it is cured.

    ``mark`` says how well the law is known: T read, S at second hand, M unconfirmed. ``explained`` are the entries that
    explain it.
    """

    code: str
    cure: str
    explained: tuple[int, ...]
    mark: str
    row: str
    severity: str
    source: str
    subject: str
    what: str


class ProcedureResult(Result, frozen=True, kw_only=True, tag="custody-procedure/v1"):
    """What was found about exhibits by ``profile``; ``defects`` counts what is missing."""

    defects: int
    exhibits: tuple[str, ...]
    findings: tuple[ProcedureLine, ...]
    profile: str


@command(
    example="""
    custody check-procedure 2026-0417/EX-1
    custody check-procedure --case 2026-0417 --all --profile cn
    custody check-procedure EX-1 --check --quiet || echo "something is missing"
    """,
    result=ProcedureResult,
)
@selecting
@profile_option
@click.option("--check", is_flag=True, help="Exit 6 where something is missing.")
@pass_custody
def check_procedure(context: Context, *, selection: Selection, profile: str | None, check: bool) -> Exit:
    """Say what the record of exhibits lacks by the procedure of this ledger's country: source, what, and the cure.

    Nothing that is found here is tampering, and nothing changes a verdict: a court may have it put right.
    """
    access = context.ledger()
    profiles = choose_profile(profile)
    chosen = None if profiles is None else profiles(access.ledger().country)
    if profiles is None or chosen is None:
        raise UsageError("usage.profile", "expected a profile to check by, found none")
    exhibits = select(context, selection).exhibits
    names = [(item.case, item.number) for item in exhibits]
    at = format_time(context.now())
    with access.read() as reader:
        requests = requests_of(reader, names)
        verified = read_ledger(reader, access.home.store.disclosures, names, requests, at=at)
    result = look(verified, exhibits, profiles, chosen.name, at)
    emit(context.settings, result, _lines(result, chosen))
    return Exit.ATTENTION if check and result.defects else Exit.DONE


def look(
    verified: Verified, exhibits: tuple[Exhibit, ...], profiles: ProfileFor, name: str, at: str
) -> ProcedureResult:
    """Return what the profile of that name, one of ``profiles``, and the rules themselves find about exhibits in what
    was read, as of ``at``.
    """
    procedure, explanations = procedure_for(profiles, verified.state), Explanations()
    assert procedure is not None, "the ledger was opened, and its profile chosen"
    for index, entry in verified.entries.items():
        procedure.add(entry)
        if verified.placed[index].is_applied:
            explanations.add(entry, verified.state)
    procedure.finish(at, [(item.case, item.number) for item in exhibits])
    lines = [
        ProcedureLine(
            code=item.code,
            cure=item.cure,
            explained=explanations.of(item.subject, item.code) if item.severity is Severity.DEFECT else (),
            mark=item.source.mark,
            row=item.source.row,
            severity=item.severity.value,
            source=cite(item.source),
            subject=item.subject,
            what=item.what,
        )
        for item in procedure.found
    ]
    lines += [
        _of_the_rules(item, explanations)
        for item in verified.report.findings
        if item.step == 12 and item.severity is Severity.DEFECT
    ]
    return ProcedureResult(
        defects=sum(line.severity == "defect" for line in lines),
        exhibits=tuple(item.name for item in exhibits),
        findings=tuple(lines),
        profile=name,
    )


def _of_the_rules(item: Finding, explanations: Explanations) -> ProcedureLine:
    """Return a defect that the rules find whatever the profile, with the law behind it where there is a row of it."""
    law = rule_source(item.code)
    return ProcedureLine(
        code=item.code,
        cure="" if law is None else law.cure,
        explained=explanations.of(item.subject, item.code),
        mark="" if law is None else law.source.mark,
        row="" if law is None else law.source.row,
        severity="defect",
        source="" if law is None else cite(law.source),
        subject=item.subject,
        what=item.text,
    )


def _heading(line: ProcedureLine) -> tuple[object, ...]:
    """What of a finding is told once for all that follow each other and share it."""
    return line.severity, line.cure, line.source, line.explained, line.subject, line.code


def _lines(result: ProcedureResult, profile: Profile) -> Iterator[str]:
    yield f"profile: {result.profile} ({show(profile.title)})"
    for _, alike in groupby(result.findings, key=_heading):
        first, *more = alike
        line, head = first, "missing" if first.severity == "defect" else "noted"
        if more:
            yield f"{head} of {show(first.subject)}, {len(more) + 1} things [{first.code}]"
            yield from (f"  - {show(item.what)}" for item in (first, *more))
        else:
            yield f"{head}: {show(line.subject)}: {show(line.what)} [{line.code}]"
        if line.explained:
            yield f"  {explained_in(line.explained)}; whether that is enough is for the court"
        if line.cure:
            yield from (f"  {part}" for part in wrap(f"cure: {show(line.cure)}"))
        if line.source:
            yield from (f"  {part}" for part in wrap(f"source: {show(line.source)}"))
    found = (
        counted(result.defects, "thing is missing", "things are missing") if result.defects else "nothing is missing"
    )
    cured = "; what is missing can be cured, and is no sign of tampering" if result.defects else ""
    yield f"{found} by this profile{cured}"
