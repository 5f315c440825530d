"""`custody consent record`: what may leave, to whom, on which terms, and by whose decision."""

from __future__ import annotations

from typing import Any

import click

from custody.cli.acting.act_options import words_of
from custody.cli.acting.acts import compose_event
from custody.cli.acting.exhibit_selection import Selection, select, selecting
from custody.cli.acting.signing import complete
from custody.cli.assistance.consent_sources import ConsentSource, read_source
from custody.cli.assistance.consents import parse_conditions, same_files, with_derived
from custody.cli.assistance.requests import check_organisation
from custody.cli.border.receipts import emit_outcome
from custody.cli.checking.verification import Believed
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.options import FILE, Signing, When, acting, trust_option
from custody.cli.output import note_to_signer
from custody.cli.parameters import AGENT, TOKEN
from custody.cli.periods import end_of, start_of
from custody.cli.results import ActResult
from custody.cli.showing.holdings import staging
from custody.ledger.compose import Anchor
from custody.report.safe_text import show
from custody.transfer.consents import needed_beside
from custody.verify.rules.consents import is_foreign
from custody.verify.rules.view import Exhibit, View
from schemas.details.consent import ConsentRecorded
from schemas.errors import RefusedError, UsageError
from schemas.event import About
from schemas.text import format_time


@command(
    example="""
    custody consent record 2026-0417/EX-1 --authority justice-fr --recipient police-de --purpose "trial 7/26" \\
        --onward with-consent --condition "use-limited:this case only" --condition return,before --as auth-1
    custody consent record --case 2026-0417 --all --with-derived --authority justice-fr --recipient police-de \\
        --purpose "trial" --document decision.pdf --number "No. 12/26" --valid-until 2027-06-30 --as auth-1
    custody consent record EX-9 --authority justice-cn --recipient police-de --purpose "trial" \\
        --letter answer.zip --as auth-1
    """,
    result=ActResult,
)
@selecting
@click.option("--authority", type=AGENT, required=True, help="Whose consent it is; enrolled here.")
@click.option("--recipient", type=AGENT, required=True, help="To whom it may go; enrolled here with a country.")
@click.option("--purpose", required=True, help="What for (kept private).")
@click.option("--request", type=TOKEN, help="The request on which it rests; when that ends, so does the consent.")
@click.option(
    "--onward", type=click.Choice(words_of(ConsentRecorded, "onward")), default="with-consent", show_default=True,
    help="Whether the recipient may hand it to a third country.",
)  # fmt: skip
@click.option(
    "--condition", "conditions", multiple=True, metavar="CODE[,before][,due=TIME][:TEXT]",
    help="A term that binds the recipient; one with 'before' bars the release until it is met (text kept private).",
)  # fmt: skip
@click.option("--valid-from", metavar="TIME", help="From when on it counts; when it was issued, if not said.")
@click.option("--valid-until", metavar="TIME", help="Until when it counts.")
@click.option("--issued-at", metavar="TIME", help="When the authority decided; now, if not said.")
@click.option("--document", "documents", type=FILE, multiple=True, help="The decision on paper, kept in the home.")
@click.option("--number", help="Its number; with --document the consent is one on paper (kept private).")
@click.option("--by-key", is_flag=True, help="An official of the authority consents by signing; documents go with it.")
@click.option("--letter", type=FILE, help="The letter of another ledger in which it was granted.")
@click.option("--event", metavar="HASH", help="Which event of the letter; the newest that grants, if not said.")
@trust_option
@click.option("--with-derived", is_flag=True, help="Cover copies and all that was made from the exhibits too.")
@acting
@pass_custody
def consent_record(
    context: Context, *, selection: Selection, with_derived: bool, who: Signing, when: When, **given: Any
) -> None:
    """Record that an authority consents to exhibits leaving for a recipient.

    An official of the authority, a member of it with the role authority or court, consents by his own signature; with a
    --document beside it, say --by-key. One on paper needs --document and --number; one of another ledger's authority
    its --letter, verified first: a --condition without a text has the letter's. For an authority abroad nobody consents
    by a key that was enrolled here. Reports say which. Only the exhibits that are named are covered; a copy is another
    exhibit.
    """
    exhibits = _covered(context, selection, is_with_derived=with_derived)
    believed = Believed(given.pop("trust_path"))
    with staging(context) as staged:
        source = read_source(context, staged, given, believed)
        with context.ledger().read() as reader:
            if reader.view().agent(given["recipient"]) is not None:  # one unknown is the rules' to refuse
                check_organisation(reader.view(), given["recipient"])
            _check_authority(reader.view(), given["authority"])
            asked = reader.view().request(given["request"] or "")
            _check_key(context, reader.view(), given["authority"], source)
        details = {**_terms(context, given, when, source), **source.details}
        if asked is not None and asked.direction == "outgoing" and details["manner"] != "letter":
            text = f"note: {asked.id} was asked from here: only what names it (--request {asked.id}) leaves under this"
            note_to_signer(context.settings, f"{text}; a consent that grants another's request names that one")
        anchor = Anchor(about=tuple(About(exhibit=item.registration) for item in exhibits))
        composed = compose_event(context, "consent.recorded", details, who=who, when=when, anchor=anchor)
        outcome = complete(context, who, [composed], keep=staged.keep)
    covered = ", ".join(show(item.name) for item in exhibits)
    with context.ledger().read() as reader:
        consent = reader.view().consent(composed.event.hash)  # none where it waits for a signature
        at = format_time(context.now())
        beside = () if consent is None else needed_beside(reader.view(), consent, at=at)
    emit_outcome(context, outcome, notes=[f"covers: {covered}", source.told, *beside])


def _check_authority(view: View, authority: str) -> None:
    """Raise if an agent is a person: the gate asks for the consent of organisations and units only.

    Raises:
        UsageError: ``consent.authority``.
    """
    known = view.agent(authority)
    if known is not None and known.kind == "person":
        text = f"expected an organisation or unit whose consent it is, found {show(authority)}, a person"
        hint = f"custody agent enrol ID --kind organisation --country CC --member {show(authority)}, and --authority ID"
        raise UsageError("consent.authority", text, hint=hint)


def _check_key(context: Context, view: View, authority: str, source: ConsentSource) -> None:
    """Refuse, or before gate v2 only tell of, a key of this ledger that would speak for an authority abroad.

    Raises:
        RefusedError: ``release.consent-key``.
    """
    ledger = view.ledger()
    if source.details["manner"] != "key" or ledger is None or not is_foreign(view, authority):
        return
    text = f"expected a letter or a paper of {show(authority)}, which is abroad, found a key that was enrolled here"
    hint = "--letter FILE of its own ledger, or its paper: --document FILE --number N"
    if ledger.is_strict:
        raise RefusedError("release.consent-key", text, hint=hint)
    note_to_signer(context.settings, f"warning: {text}; it will show as a defect: {hint} [defect.consent-key]")


def _covered(context: Context, selection: Selection, *, is_with_derived: bool) -> tuple[Exhibit, ...]:
    """Return the exhibits that are covered, and show those that come along or do not."""
    chosen = select(context, selection).exhibits
    with context.ledger().home.store.read() as reader:
        family = with_derived(reader, chosen)
        alike = same_files(reader, family)
    for item in family[len(chosen) :]:
        covered = "covered too" if is_with_derived else "NOT covered (--with-derived covers it)"
        note_to_signer(context.settings, f"made from these: {show(item.name)}, {covered}")
    for item in alike:
        note_to_signer(context.settings, f"holds a file of these: {show(item.name)}, NOT covered; name it to cover it")
    return family if is_with_derived else chosen


def _terms(context: Context, given: dict[str, Any], when: When, source: ConsentSource) -> dict[str, Any]:
    moment, _ = when.moment(context.now())
    issued_at = start_of(context, given["issued_at"]) or source.issued_at or format_time(moment)
    valid_from = start_of(context, given["valid_from"]) or issued_at
    valid_until = end_of(context, given["valid_until"])
    if valid_until is not None and valid_until < valid_from:
        raise UsageError("consent.period", f"expected an end at or after {valid_from}, found {valid_until}")
    return {
        "authority": given["authority"],
        "conditions": source.worded(parse_conditions(context, given["conditions"])),
        "issued_at": issued_at,
        "onward": given["onward"],
        "purpose": given["purpose"],
        "recipient": given["recipient"],
        "request": given["request"] or source.request,
        "valid_from": valid_from,
        "valid_until": valid_until,
    }
