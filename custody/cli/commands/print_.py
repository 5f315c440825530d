"""`custody print`: the papers that courts and authorities want, made from the records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click

from custody.cli.assistance.paper_sources import OF_EXHIBITS, carried_exhibit, long_lists, read_bundle, read_for_paper
from custody.cli.checking.verification import Believed, believing
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.files import check_page, write_file
from custody.cli.keyring.keyring import default_agent
from custody.cli.options import FILE, force_option
from custody.cli.output import emit, note
from custody.cli.parameters import AGENT
from custody.cli.results import Result
from custody.evidence.members import Member
from custody.report.counts import counted
from custody.report.papers.paper import Paper, Row
from custody.report.papers.reading import check_sound
from custody.report.safe_text import show_path
from custody.transfer.ledger_law import profile_for
from custody.verify.verify import Verified
from schemas.errors import UsageError
from schemas.profile import PAPERS
from schemas.report import Verdict


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
    custody print assistance-request r-7 -o letter.html
    custody print fre-902-14 2026-0417/EX-2 --bundle bundle.zip -o certificate.html
    custody print usc-3505 2026-0417/EX-2 -o kept-abroad.html
    """,
    result=PaperResult,
)
@click.argument("paper", type=click.Choice(PAPERS))
@click.argument("subjects", metavar="EXHIBIT|REQUEST|TRANSFER...", nargs=-1, required=True)
@click.option("--out", "-o", "--output", "output", type=FILE, required=True, help="Where the page (HTML) goes.")
@click.option(
    "--for", "recipient", type=AGENT, help="Who gets a paper about exhibits, as enrolled; else it stays inside."
)
@click.option("--as", "actor", type=AGENT, help="Who hands it out (CUSTODY_AS; else the one key at hand).")
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
    recipient: str | None,
    actor: str | None,
    bundle: Path | None,
    believed: Believed,
    force: bool,
) -> None:
    """Write PAPER about exhibits, a request or a transfer as one page to print, with the hashes of its records on it.

    A value that isn't disclosed is said to be withheld. The page proves nothing by itself; the records do. Without
    --for it is for use in this authority; with it the consent gate is asked, and that it went out is recorded.
    """
    check_page(output, force=force)
    if recipient is not None and (bundle is not None or paper not in OF_EXHIBITS):
        raise UsageError("usage.print", f"expected --for with a paper about exhibits of this ledger, found {paper}")
    if bundle is None:
        verified, names, basis = read_for_paper(context, paper, subjects)
    else:
        verified, basis = read_bundle(context, bundle, believed)
        names = [carried_exhibit(verified.state, subject) for subject in subjects] if paper in OF_EXHIBITS else []
    check_sound(verified)
    lists = long_lists(context, verified, names) if paper == "cn-list" and bundle is None else {}
    made = _make(paper, verified, subjects, names, basis, lists)
    if bundle is not None and verified.report.verdict is not Verdict.PASSED:
        made = _warned(made, verified.report.verdict)
    # Only a page needs the template engine.
    from custody.report.papers.page import format_paper

    page = format_paper(made)
    if recipient is not None:
        # Last: an export that is recorded should be one that is made.
        _release(context, names, recipient=recipient, by=default_agent(context, actor))
    write_file(output, page, force=force)
    result = PaperResult(
        entries=tuple(proof.entry for proof in made.proofs),
        file=str(output),
        paper=paper,
        subjects=subjects,
        verdict="" if bundle is None else verified.report.verdict.value,
    )
    ledger = verified.state.ledger()
    if ledger is not None and paper not in profile_for(ledger.country).papers:
        text = f"note: no law of {ledger.country} that is known here asks for {paper}; it is a paper of another forum"
        note(context.settings, text)
    lines = [
        f"written: {show_path(output)}",
        f"made from {counted(len(made.proofs), 'record', 'records')}, whose hashes are on the page",
    ]
    emit(context.settings, result, lines)


def _warned(paper: Paper, verdict: Verdict) -> Paper:
    """Return a paper, in all of its languages, that says which verdict it rests on."""
    from custody.report.papers.paper import Label

    told = Label(
        f"The bundle's verdict was {verdict.value}, not PASSED.", f"文件包的验证结论为{verdict.value}，不是PASSED。"
    )
    english = None if paper.english is None else replace(paper.english, warnings=(told,))
    return replace(paper, warnings=(told,), english=english)


def _release(context: Context, names: Sequence[tuple[str, str]], *, recipient: str, by: str) -> None:
    """Ask the consent gate whether a paper about exhibits may go to a recipient; what may is recorded as an access.

    Raises:
        UsageError: ``release.recipient``.
        RefusedError: ``release.*``.
    """
    from custody.cli.border.release_gate import check_exhibits_gate

    with context.ledger().read() as reader:
        found = [reader.view().exhibit(*name) for name in names]
    exhibits = [exhibit for exhibit in found if exhibit is not None]
    check_exhibits_gate(context, exhibits, to=recipient, tried="export", by=by)


def _make(
    paper: str,
    verified: Verified,
    subjects: Sequence[str],
    names: list[tuple[str, str]],
    basis: tuple[Row, ...],
    lists: Mapping[str, Sequence[Member]],
) -> Paper:
    from custody.report.papers import assistance, china, exchange, foreign_record, fre, fre_generated, receipt, seizure

    if paper == "cn-list":
        return china.cn_list(verified, names, basis, lists)
    if paper in OF_EXHIBITS:
        of_exhibits = {
            "cn-record": china.cn_record,
            "fre-902-13": fre_generated.fre_902_13,
            "fre-902-14": fre.fre_902_14,
            "seizure-list": seizure.seizure_list,
            "usc-1746": foreign_record.usc_1746,
            "usc-3505": foreign_record.usc_3505,
        }
        if len(names) > 1 and paper != "seizure-list":
            raise UsageError("print.one", f"expected one exhibit for {paper}, found {len(names)}")
        return of_exhibits[paper](verified, names, basis)
    if len(subjects) > 1:
        raise UsageError("print.one", f"expected one subject for {paper}, found {len(subjects)}")
    of_others = {
        "art29-request": exchange.art29_request,
        "assistance-request": assistance.assistance_request,
        "transfer-receipt": receipt.transfer_receipt,
    }
    return of_others[paper](verified, subjects[0], basis)
