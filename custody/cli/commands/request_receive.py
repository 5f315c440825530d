"""`custody request receive`: a request or an answer comes in, by a letter of another ledger or on paper."""

from __future__ import annotations

from collections.abc import Set
from pathlib import Path
from typing import Any, Final

import click

from custody.cli.assistance.letter_receiving import receive_letter
from custody.cli.assistance.paper_receiving import receive_paper
from custody.cli.assistance.request_options import KINDS, answer_options, body_options, known_deadlines
from custody.cli.assistance.requests import RequestResult
from custody.cli.checking.verification import Believed
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.intake.certified import receive_confirmation
from custody.cli.options import FILE, Signing, When, acting, trust_option
from custody.cli.parameters import AGENT, TOKEN
from custody.cli.showing.holdings import staging
from schemas.errors import UsageError


@command(
    example="""
    custody request receive letter.zip --as auth-1
    custody request receive letter.zip --id in-2026-017 --trust trust.json --as auth-1
    custody request receive --paper letter.pdf --from justice-cn --reference "No. 12/26" --kind mla \\
        --field facts="..." --field purpose="..." --as auth-1
    custody request receive --certificate preserved.json --as auth-1
    custody request receive --paper reply.pdf --from justice-cn --reference "No. 13" --answers req-7 \\
        --outcome refused --ground no-connection --reasons "..." --as auth-1
    """,
    result=RequestResult,
)
@click.argument("letter", type=FILE, required=False)
@click.option("--id", "local", type=TOKEN, help="The id that the request gets here; else one is made of the sender's.")
@click.option("--from", "sender", type=AGENT, help="Who sent it; for a letter only where several have that ledger.")
@click.option(
    "--accept-indeterminate", is_flag=True,
    help="Take a letter on which the verdict is INDETERMINATE: the record says so, and an audit of this ledger is "
    "INDETERMINATE from then on, until the letter can be decided.",
)  # fmt: skip
@trust_option
@click.option("--received-at", metavar="TIME", help="When it arrived; else when it is recorded.")
@click.option("--paper", type=FILE, help="The scanned letter of a sender without this tool; kept in the home.")
@click.option("--certificate", type=FILE, help="A provider's confirmation, as custody preserve-confirm makes it.")
@click.option("--reference", help="The sender's number of a request on paper (kept private).")
@click.option("--kind", type=click.Choice(KINDS), help="Which kind of request the paper is.")
@body_options
@click.option("--answers", type=TOKEN, metavar="REQUEST", help="The request of ours that it answers.")
@answer_options
@acting
@pass_custody
def request_receive(
    context: Context,
    *,
    letter: Path | None,
    local: str | None,
    sender: str | None,
    accept_indeterminate: bool,
    trust_path: Path | None,
    received_at: str | None,
    paper: Path | None,
    certificate: Path | None,
    who: Signing,
    when: When,
    **given: Any,
) -> None:
    """Record a request or an answer that came in as LETTER, or on --paper.

    A LETTER is verified against the trust file before anything is recorded: it must be PASSED, and from the ledger of
    an organisation that is enrolled here. What came on paper is marked so wherever it is shown.
    """
    if sum(item is not None for item in (letter, paper, certificate)) != 1:
        text = "expected a LETTER, --paper FILE or --certificate FILE, found none or several"
        raise UsageError("usage.letter", text)
    if certificate is not None:
        _check_no_paper(given, _OURS - {"deadlines"})
        with staging(context) as staged:
            receive_confirmation(
                context, staged, certificate, request=given["answers"], received_at=received_at, who=who, when=when
            )
        return
    if letter is not None:
        _check_no_paper(given, _OURS)
        receive_letter(
            context, letter, Believed(trust_path), accept_indeterminate=accept_indeterminate,
            local=local, sender=sender, answers=given["answers"],
            ours={"case": given["case"], "deadlines": known_deadlines(given["deadlines"])}, received_at=received_at,
            who=who, when=when,
        )  # fmt: skip
        return
    assert paper is not None, "one of the three is given"
    if sender is None or given["reference"] is None:
        text = "expected --from and --reference beside --paper, found one of them missing"
        raise UsageError("usage.paper", text, hint="who sent it, and the number that it bears")
    receive_paper(
        context, paper, local=local, sender=sender, received_at=received_at, given=given, who=who, when=when
    )  # fmt: skip


_OURS: Final = frozenset({"answers", "case", "deadlines"})


def _check_no_paper(given: dict[str, Any], ours: Set[str]) -> None:
    """What a letter says is not typed; the case here, deadlines of this law and the request that it answers are."""
    typed = sorted(name for name, value in given.items() if value and name not in ours)
    if typed:
        found = ", ".join(f"--{name.removeprefix('typed_').replace('_', '-')}" for name in typed)
        raise UsageError("usage.letter", f"expected no statements beside a LETTER, which makes its own, found {found}")
