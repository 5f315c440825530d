"""`custody print`: the papers that courts and authorities want, made from the records."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import Final

import click

from custody.bundle.source import verify_bundle
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.exhibit_selection import find_exhibit
from custody.cli.files import write_file
from custody.cli.options import FILE, force_option
from custody.cli.output import emit
from custody.cli.results import Result
from custody.cli.verification import Believed, believing
from custody.report.papers.paper import Label, Paper, Row
from custody.report.safe_text import show, show_path
from custody.transfer.requests_named import requests_of
from custody.verify.state import State
from custody.verify.verify import Verified
from schemas.entry import parse_entry
from schemas.errors import UsageError, VerificationError
from schemas.profile import PAPERS
from schemas.report import Verdict
from schemas.text import format_time
from schemas.types import is_set

_OF_EXHIBITS: Final = frozenset({"cn-list", "cn-record", "fre-902-14", "seizure-list"})


class PaperResult(Result, frozen=True, kw_only=True, tag="custody-paper/v1"):
    """A page that was written: which paper, about what, where, and the records that it was made from."""

    entries: tuple[int, ...]
    file: str
    paper: str
    subjects: tuple[str, ...]
    verdict: str = ""


@command(
    example="""
    custody print cn-record 2026-0417/EX-1 -o record.html
    custody print seizure-list 2026-0417/EX-1 2026-0417/EX-2 -o list.html
    custody print art29-request p-2026-7 -o request.html
    custody print fre-902-14 2026-0417/EX-2 --bundle bundle.zip -o certificate.html
    """,
    result=PaperResult,
)
@click.argument("paper", type=click.Choice(PAPERS))
@click.argument("subjects", metavar="EXHIBIT|REQUEST|TRANSFER...", nargs=-1, required=True)
@click.option("-o", "--output", type=FILE, required=True, help="Where the page (HTML) goes.")
@click.option("--bundle", type=FILE, help="Make it from this bundle, not from the ledger at hand.")
@believing
@force_option
@pass_custody
def print_(
    context: Context,
    *,
    paper: str,
    subjects: tuple[str, ...],
    output: Path,
    bundle: Path | None,
    believed: Believed,
    force: bool,
) -> None:
    """Write PAPER about exhibits, a request or a transfer as one page to print, with the hashes of its records on it.

    A value that isn't disclosed is said to be withheld. The page proves nothing by itself; the records do.
    """
    if output.exists() and not force:
        raise UsageError("usage.exists", f"expected nothing at {output}, found something", hint="--force overwrites it")
    if bundle is None:
        verified, names, basis = _read_ledger(context, paper, subjects)
    else:
        verified, basis = _read_bundle(context, bundle, believed)
        names = [_carried(verified.state, subject) for subject in subjects] if paper in _OF_EXHIBITS else []
    from custody.report.papers.reading import check_sound

    check_sound(verified)
    made = _make(paper, verified, subjects, names, basis)
    if bundle is not None and verified.report.verdict is not Verdict.PASSED:
        made = replace(made, warnings=(f"The bundle's verdict was {verified.report.verdict.value}, not PASSED.",))
    # Only a page needs the template engine.
    from custody.report.papers.page import format_paper

    write_file(output, format_paper(made), force=force)
    result = PaperResult(
        entries=tuple(proof.entry for proof in made.proofs),
        file=str(output),
        paper=paper,
        subjects=subjects,
        verdict="" if bundle is None else verified.report.verdict.value,
    )
    lines = [f"written: {show_path(output)}", f"made from {len(made.proofs)} records; their hashes are on the page"]
    emit(context.settings, result, lines)


def _read_ledger(
    context: Context, paper: str, subjects: Sequence[str]
) -> tuple[Verified, list[tuple[str, str]], tuple[Row, ...]]:
    from custody.report.papers.reading import read_ledger

    access, at = context.ledger(), format_time(context.now())
    names: list[tuple[str, str]] = []
    requests: tuple[str, ...] = ()
    extra: set[int] = set()
    with access.read() as reader:
        if paper in _OF_EXHIBITS:
            exhibits = [find_exhibit(reader, subject) for subject in subjects]
            names = [(item.case, item.number) for item in exhibits]
            requests = requests_of(reader, names)
        elif paper == "transfer-receipt":
            extra = {index for subject in subjects for index in reader.subject_entries(("transfer", subject))}
            events = [parse_entry(reader.entry(index)).event.event for index in sorted(extra)]
            names = [(str(item.case), str(item.exhibit)) for item in events if is_set(item.link)]
        else:
            _check_known(reader.view().request, subjects)
            requests = tuple(subjects)
        verified = read_ledger(reader, access.home.store.disclosures, names, requests, extra, at=at)
        size = reader.head().size
    basis = (
        Row(Label("Ledger"), access.home.origin),
        Row(Label("Read"), f"{at}, at {size} entries; signatures were checked as it was made"),
    )
    return verified, names, basis


def _check_known(find: Callable[[str], object], subjects: Sequence[str]) -> None:
    for subject in subjects:
        if find(subject) is None:
            raise UsageError("print.subject", f"expected a request on record, found {subject!r}")


def _read_bundle(context: Context, bundle: Path, believed: Believed) -> tuple[Verified, tuple[Row, ...]]:
    """Verify first: a page of a forged bundle would look as good as any other."""
    beliefs = believed.open(context)
    outcome = verify_bundle(bundle, trusted=beliefs.trusted, at=beliefs.at, elsewhere=beliefs.elsewhere())
    if outcome.verified is None:
        text = f"expected a bundle, found {outcome.report.findings[0].text}"
        raise VerificationError("print.bundle", text)
    ledger = outcome.verified.state.ledger()
    at = format_time(beliefs.at.astimezone(UTC))
    basis = (
        Row(Label("Ledger"), show(ledger.origin) if ledger is not None else "unknown"),
        Row(Label("Bundle"), show(bundle.name)),
        Row(Label("Verdict on the bundle"), f"{outcome.report.verdict.value}, as of {at}"),
    )
    return outcome.verified, basis


def _carried(state: State, subject: str) -> tuple[str, str]:
    """Return the exhibit of a bundle that ``CASE/EXHIBIT`` or a number names."""
    found = [name for name in state.exhibits if subject in (name[1], f"{name[0]}/{name[1]}")]
    if len(found) != 1:
        raise UsageError("print.subject", f"expected one exhibit of the bundle, found {len(found)} called {subject!r}")
    return found[0]


def _make(
    paper: str, verified: Verified, subjects: Sequence[str], names: list[tuple[str, str]], basis: tuple[Row, ...]
) -> Paper:
    from custody.report.papers import china, exchange, fre, seizure

    if paper in _OF_EXHIBITS:
        of_exhibits = {
            "cn-list": china.cn_list,
            "cn-record": china.cn_record,
            "fre-902-14": fre.fre_902_14,
            "seizure-list": seizure.seizure_list,
        }
        if len(names) > 1 and paper in {"cn-record", "fre-902-14"}:
            raise UsageError("print.one", f"expected one exhibit for {paper}, found {len(names)}")
        return of_exhibits[paper](verified, names, basis)
    if len(subjects) > 1:
        raise UsageError("print.one", f"expected one subject for {paper}, found {len(subjects)}")
    of_others = {"art29-request": exchange.art29_request, "transfer-receipt": exchange.transfer_receipt}
    return of_others[paper](verified, subjects[0], basis)
