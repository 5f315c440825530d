"""`custody explain`: why an entry is as it is, where something was wanting in it."""

from __future__ import annotations

from pathlib import Path

import click

from custody.cli.acting.act_options import document_option
from custody.cli.acting.signing import complete, named_signers
from custody.cli.acting.subject_anchors import about_event
from custody.cli.border.receipts import emit_outcome
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.intake.parents import find_event
from custody.cli.intake.seizure_details import legal_paper_option, legal_papers_of
from custody.cli.options import Signing, When, signed, timed
from custody.cli.output import note_to_signer
from custody.cli.results import ActResult
from custody.cli.showing.holdings import staging
from custody.ledger.compose import Anchor
from custody.report.finding_words import MEANINGS
from custody.report.safe_text import show
from custody.storage.search import Search, find_entries
from schemas.entry import parse_entry
from schemas.errors import UsageError
from schemas.profile import RULES


@command(
    example="""
    custody explain 12 --statement "the second officer was called away" --cures two-investigators --as exam-07
    custody explain 12 --statement "photos were taken, and are attached" --document seal.jpg --as exam-07
    custody explain 12 --statement "it came later" --cures legalisation --legal-paper apostille:a.pdf --as exam-07
    """,
    result=ActResult,
)
@click.argument("entry", metavar="ENTRY|HASH")
@click.option("--statement", required=True, help="The explanation (kept private).")
@document_option
@legal_paper_option
@click.option("--cures", multiple=True, metavar="RULE", help="What it explains; all that was found wanting without it.")
@signed
@timed
@pass_custody
def explain(
    context: Context,
    *,
    entry: str,
    statement: str,
    documents: tuple[Path, ...],
    legal_papers: tuple[str, ...],
    cures: tuple[str, ...],
    who: Signing,
    when: When,
) -> None:
    """Explain what was wanting in ENTRY, such as a witness or a seal.

    What was found wanting stays so, and names the explanation beside it: a court decides whether it is cured. RULE is a
    rule of `check-procedure`, such as two-investigators, or the code of another defect.
    """
    meant = sorted({_rule(name) for name in cures}) or None
    signers = named_signers(context, who)
    with context.ledger().read() as reader:
        about = about_event(reader, find_event(reader, entry))
    if about[0].kind == "ledger":
        text = f"expected an event about an exhibit, a case, an agent or a request, found {entry}, about the ledger"
        raise UsageError("usage.event", text)
    _note_explained(context, entry, str(about[0].event))
    with staging(context) as staged:
        details = {
            "cures": meant,
            "documents": staged.documents(documents),
            "legal_papers": legal_papers_of(context, staged, legal_papers),
            "statement": statement,
        }
        composed = context.ledger().compose(
            "record.explained", signers=signers, details=details, when=when, anchor=Anchor(about=about)
        )
        emit_outcome(context, complete(context, who, [composed], keep=staged.keep))


def _note_explained(context: Context, entry: str, event: str) -> None:
    with context.ledger().home.store.read() as reader:
        indexes = find_entries(reader, Search(types=frozenset({"record.explained"})))
        abouts = [(index, parse_entry(reader.entry(index)).event.event.about) for index in indexes]
    known = [str(index) for index, about in abouts if isinstance(about, tuple) and event in {it.event for it in about}]
    if known:
        text = f"entry {show(entry)} is explained already, in entry {', '.join(known)}; this stands beside it"
        note_to_signer(context.settings, f"note: {text}")


_IN_STATUS = {"asset.freeze-notice": "freeze"}
"""What status calls a finding of a rule that has another name."""


def _rule(name: str) -> str:
    """Return what a finding is explained by: the rule of a profile, or a whole code.

    Raises:
        UsageError: ``usage.cures``.
    """
    rule = _IN_STATUS.get(name, name.removeprefix("procedure."))
    if rule in RULES:
        return rule
    for code in (name, f"defect.{name}"):
        if "." in code and code in MEANINGS:
            return code
    known = ", ".join(RULES)
    raise UsageError("usage.cures", f"expected a rule ({known}) or the code of a defect, found {name!r}")
