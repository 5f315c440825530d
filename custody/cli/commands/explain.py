"""`custody explain` and `custody affirm`: what was wanting in an entry, and that one in dispute is right."""

from __future__ import annotations

from pathlib import Path

import click

from custody.cli.acting.act_options import document_option
from custody.cli.acting.acts import record_event
from custody.cli.acting.signing import complete, named_signers
from custody.cli.acting.subject_anchors import about_event
from custody.cli.border.receipts import emit_outcome
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.intake.parents import find_event
from custody.cli.intake.seizure_details import legal_paper_option, legal_papers_of
from custody.cli.options import Signing, When, acting
from custody.cli.output import note_to_signer
from custody.cli.results import ActResult
from custody.cli.showing.holdings import staging
from custody.ledger.compose import Anchor
from custody.ledger.store import LedgerReader
from custody.report.finding_words import MEANINGS
from custody.report.safe_text import show
from custody.storage.search import Search, find_entries
from custody.verify.fold.disputes import find_disputes
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
@acting
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
        anchor = Anchor(about=about)
        record_event(context, "record.explained", details, who=who, when=when, anchor=anchor, keep=staged.keep)


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


@command(
    example="""
    custody affirm 815 --as exam-07
    custody affirm --disputed --as reg-1 --registrar reg-2 --statement "compared with the paper records"
    """,
    result=ActResult,
)
@click.argument("entries", metavar="[ENTRY|HASH]...", nargs=-1)
@click.option("--disputed", is_flag=True, help="Every entry that is in dispute.")
@click.option("--statement", help="How it was made sure of (kept private).")
@acting
@pass_custody
def affirm(
    context: Context, *, entries: tuple[str, ...], disputed: bool, statement: str | None, who: Signing, when: When
) -> None:
    """Vouch for ENTRY, which was signed with a key that was no longer to be trusted.

    One who signed it affirms with another key, or two registrars do; none of the keys may be in dispute itself. Make
    sure first that it happened as the entry says: from then on it counts.
    """
    if bool(entries) == disputed:
        raise UsageError("usage.affirm", "expected either entries or --disputed, found both or neither")
    access = context.ledger()
    signers = named_signers(context, who)
    with access.read() as reader:
        doubtful = in_dispute(reader)
        named = [(name, find_event(reader, name)) for name in entries or doubtful]
        places = reader.event_indexes([event.hash for _, event in named])
        sound = [name for name, event in named if str(places[event.hash]) not in doubtful]
        if sound:
            text = f"expected entries in dispute, found {', '.join(map(show, sound))}, not in dispute"
            raise UsageError("usage.affirm", text, hint="custody status lists those that are")
        anchors = [Anchor(about=about_event(reader, event)) for _, event in named]
    if not anchors:
        raise UsageError("usage.affirm", "expected an entry in dispute, found none")
    details = {"statement": statement}
    composed = [
        access.compose("record.affirmed", signers=signers, details=details, when=when, anchor=anchor)
        for anchor in anchors
    ]
    emit_outcome(context, complete(context, who, composed))


def in_dispute(reader: LedgerReader) -> dict[str, None]:
    """Return the entry numbers that are in dispute, as they are typed, in order."""
    disputes = find_disputes(tuple(reader.signings()), reader.keys())
    return dict.fromkeys(map(str, sorted(disputes.disputed)))
