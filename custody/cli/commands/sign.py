"""`custody sign`: a draft is shown in words, and signed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from custody.cli.acting.draft_alone import check_alone
from custody.cli.acting.draft_files import OpenDraft, make_draft, read_draft, write_draft
from custody.cli.acting.draft_standing import Standing, is_kept_here, stand, submissions_of
from custody.cli.acting.signing import Drafted, Outcome, Recorded, complete, confirm, is_asked, show_events, sign_all
from custody.cli.border.receipts import emit_outcome, names
from custody.cli.checking.trust_file import read_trust_file
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.keyring.keyring import default_agent, signer_for, stored_keys
from custody.cli.keyring.renewal import renew
from custody.cli.ledger_access import LedgerAccess
from custody.cli.options import FILE, Signing, passphrase_option, trust_option
from custody.cli.output import note
from custody.cli.results import ActResult
from custody.report.counts import counted
from custody.report.safe_text import show, show_path
from custody.report.values import check_signable
from custody.report.words import tell
from schemas.errors import RefusedError, UsageError


@command(
    example="""
    custody sign custody.handed-over-3f9a12bc44d1.draft --as cust-02
    custody sign handover.draft --as cust-02 --out signed.draft --no-submit
    custody sign old.draft --as exam-07 --again
    """,
    result=ActResult,
)
@click.argument("draft", type=FILE)
@click.option("--as", "actor", metavar="AGENT", help="Who signs (CUSTODY_AS; else the one key at hand).")
@click.option("--out", "-o", type=FILE, help="Where the signed draft goes; in place of the old one if not said.")
@click.option("--no-submit", is_flag=True, help="Sign only, and leave recording to custody submit.")
@click.option("--again", is_flag=True, help="Make the draft anew after something else was recorded, and sign that.")
@click.option("--yes", "-y", "assume_yes", is_flag=True, help="Sign without asking.")
@click.option("--clock-is-right", is_flag=True, help="Append after a jump of the clock.")
@trust_option
@passphrase_option
@pass_custody
def sign(
    context: Context,
    *,
    draft: Path,
    actor: str | None,
    out: Path | None,
    no_submit: bool,
    again: bool,
    assume_yes: bool,
    clock_is_right: bool,
    trust_path: Path | None,
    passphrase_file: Path | None,
) -> None:
    """Show what DRAFT says in words, and sign it; where the ledger is at hand and all have signed, record it.

    A value that can't be shown is not signed. Needs no ledger: a draft can be signed anywhere, and submitted later.
    """
    who = Signing(
        actor=default_agent(context, actor),
        draft=out,
        passphrase_file=passphrase_file,
        assume_yes=assume_yes,
        allow_clock_jump=clock_is_right,
    )
    opened = read_draft(draft)
    _check_named(opened, str(who.actor))
    if trust_path is not None and _is_at_home(context, opened):
        context.ledger().trusted = read_trust_file(context, trust_path).trusted
    if again:
        emit_outcome(context, _sign_again(context, draft, opened, who))
        return
    access = _ledger_of(context, opened)
    standing = None if access is None else _check_standing(access, opened, str(who.actor))
    signed = _add_signature(context, opened, who)
    missing = () if standing is None else tuple(agent for agent in standing.missing if agent != who.actor)
    if access is not None and not missing and not no_submit:
        outcome = record_draft(access, signed, clock_is_right=clock_is_right)
        if is_kept_here(context, draft):
            draft.unlink()
        emit_outcome(context, outcome)
        return
    target = out or draft
    write_draft(target, signed.draft, force=out is None)
    emit_outcome(context, Drafted(signed.events, target, missing))


def record_draft(access: LedgerAccess, draft: OpenDraft, *, clock_is_right: bool) -> Recorded:
    """Append the events of a draft as one batch.

    Raises:
        CustodyError: as the ledger refuses; nothing is written then.
    """
    return Recorded(draft.events, access.append(submissions_of(draft), clock_is_right=clock_is_right))


def _check_named(draft: OpenDraft, agent: str) -> None:
    named = {signer.agent for event in draft.events for signer in event.event.signers}
    if agent not in named:
        text = f"expected {', '.join(sorted(named))} to sign, found {agent}"
        raise UsageError("draft.not-named", text, hint="say who signs with --as; nobody else can")


def _ledger_of(context: Context, draft: OpenDraft) -> LedgerAccess | None:
    """Return the ledger of the draft where it is at hand; else check what can be checked without.

    Raises:
        CustodyError: as `check_alone`.
    """
    access = None if context.find_home() is None else context.ledger()
    if access is not None and access.ledger().origin == draft.draft.ledger:
        return access
    here = "no ledger here" if access is None else f"the ledger here is {access.ledger().origin}"
    note(context.settings, f"note: {here}, the draft's is {draft.draft.ledger}: its rules are asked at submit")
    found = check_alone(context, draft)
    if found.signed:
        note(context.settings, f"note: the signatures of {', '.join(map(show, found.signed))} hold")
    if found.unchecked:
        keys = f"{counted(found.unchecked, 'key', 'keys')} not kept here"
        note(context.settings, f"note: signatures by {keys} can't be checked; make sure who gave you this")
    return None


def _check_standing(access: LedgerAccess, draft: OpenDraft, agent: str) -> Standing:
    """Return where the draft stands, if this agent can still sign it.

    Raises:
        RefusedError: ``draft.recorded``, ``draft.signed-already``; or as the rules would refuse the draft.
    """
    access.seen()
    standing = stand(access, draft)
    if standing.recorded:
        text = f"expected a draft that waits, found it recorded as entry {standing.recorded[0]}"
        raise RefusedError("draft.recorded", text)
    if agent in standing.signed:
        missing = ", ".join(standing.missing)
        hint = f"it waits for {missing}" if missing else "custody submit records it"
        text = f"expected a signature that is missing, found that of {agent}"
        raise RefusedError("draft.signed-already", text, hint=hint)
    if standing.problem is not None:
        raise standing.problem
    return standing


def _add_signature(context: Context, draft: OpenDraft, who: Signing) -> OpenDraft:
    """Show the draft, and return it with one agent's signatures.

    Raises:
        RefusedError: ``sign.blind``, ``sign.misplaced``, ``draft.signed-already``.
        SigningKeyError: the key can't be used.
        click.Abort: the person said no.
    """
    agent = str(who.actor)
    mine = [event for event in draft.events if agent in {signer.agent for signer in event.event.signers}]
    for event in mine:
        check_signable(event, draft.disclosures)
    own = {key.key_id for key in stored_keys(context, agent)}
    if any(found.keyid in own for event in draft.draft.events for found in event.signatures):
        text = f"expected a signature that is missing, found that of {agent}"
        hint = "pass it on; where the ledger is, custody submit records it"
        raise RefusedError("draft.signed-already", text, hint=hint)
    told = [tell(event, draft.disclosures, name_of=names(context)) for event in mine]
    show_events(context, told, [agent], is_asked=is_asked(who))
    confirm(context, who, [agent])
    alive = context.ledger().alive_keys() if _is_at_home(context, draft) else None
    signer = signer_for(context, agent, passphrase_file=who.passphrase_file, alive=alive)
    signatures = {
        event.hash: tuple(
            sorted((*draft.signatures(place), *sign_all(event, {agent: signer})), key=lambda found: found.keyid)
        )
        for place, event in enumerate(draft.events)
    }
    made = make_draft(draft.events, signatures, draft.draft.disclosures)
    return replace(draft, draft=made)


def _is_at_home(context: Context, draft: OpenDraft) -> bool:
    return context.find_home() is not None and context.ledger().ledger().origin == draft.draft.ledger


def _sign_again(context: Context, path: Path, draft: OpenDraft, who: Signing) -> Outcome:
    """Make the draft anew, sign it with the keys at hand, and put it in the place of the old one.

    Raises:
        CustodyError: as `renew` and `complete`.
    """
    access = context.ledger()
    standing = stand(access, draft)
    if standing.recorded:
        text = f"expected a draft that waits, found it recorded as entry {standing.recorded[0]}"
        raise RefusedError("draft.recorded", text)
    made = renew(context, draft)
    outcome = complete(context, who, made)
    if is_kept_here(context, path):
        path.unlink()
    else:
        note(context.settings, f"note: {show_path(path)} is of no use any more")
    return outcome
