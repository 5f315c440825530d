"""`custody key recover`: a new key where the others are lost, by the key on paper or by two registrars."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from custody.cli.acting.signing import Drafted, complete, named_signers
from custody.cli.border.receipts import emit_outcome
from custody.cli.command import command
from custody.cli.commands.agent_enrol import read_request
from custody.cli.context import Context, pass_custody
from custody.cli.files import read_file
from custody.cli.keyring.key_events import compose_key_added, compose_key_revoked, living_keys
from custody.cli.keyring.keyring import key_directory
from custody.cli.keyring.passphrase import key_cost, new_passphrase
from custody.cli.options import FILE, Signing, When, acting
from custody.cli.output import is_terminal
from custody.cli.parameters import AGENT
from custody.cli.results import ActResult
from custody.ledger.compose import Composed
from custody.report.safe_text import show_path
from keys.private.paper import parse_paper_key
from keys.private.signer import Ed25519Signer
from keys.private.signing import make_enrolment
from schemas.details.ledger import PublicKey
from schemas.errors import CustodyError, SigningKeyError, UsageError
from schemas.event import Signer

_PAPER_BYTES = 4096


@command(
    example="""
    custody key recover reg-1 --paper
    custody key recover exam-07 --enrolment exam-07.enrol --as reg-1 --registrar reg-2
    """,
    result=ActResult,
)
@click.argument("agent", type=AGENT)
@click.option("--paper", is_flag=True, help="By the recovery key on paper, typed in.")
@click.option("--paper-file", type=FILE, help="By the recovery key in a file; - is stdin.")
@click.option("--enrolment", type=FILE, help="By two registrars: the request of AGENT's new key.")
@click.option("--keep", "kept", multiple=True, metavar="ID", help="A key that is not lost; the others are revoked.")
@acting
@pass_custody
def key_recover(
    context: Context,
    *,
    agent: str,
    paper: bool,
    paper_file: Path | None,
    enrolment: Path | None,
    kept: tuple[str, ...],
    who: Signing,
    when: When,
) -> None:
    """Bring in a new key for AGENT, whose keys are lost, and revoke the lost ones.

    By paper: whoever holds AGENT's recovery key types it here, and a new key is made and signed in by it. By
    registrars: AGENT makes a new key (`custody key new`) and two registrars sign it in; the report shows that for ever.
    """
    if (paper or paper_file is not None) == (enrolment is not None):
        raise UsageError("usage.recover", "expected either --paper or --enrolment FILE, found both or neither")
    if enrolment is not None:
        _by_registrars(context, agent, read_request(enrolment).key, who, when, kept)
    else:
        _by_paper(context, agent, _read_paper(agent, paper_file), who, when, kept)


def _read_paper(agent: str, file: Path | None) -> Ed25519Signer:
    if file is not None:
        typed = read_file(file, maximum=_PAPER_BYTES).decode("utf-8", "replace")
    elif is_terminal(sys.stdin):
        typed = click.prompt(f"Recovery key of {agent}, all 14 groups", err=True)
    else:
        raise SigningKeyError("key.no-paper", "expected a terminal to type the recovery key on", hint="--paper-file -")
    return Ed25519Signer(agent=agent, seed=parse_paper_key(typed))


def _by_paper(
    context: Context, agent: str, paper: Ed25519Signer, who: Signing, when: When, kept: tuple[str, ...]
) -> None:
    access = context.ledger()
    with access.read() as reader:
        living = living_keys(reader, agent)
    if paper.key_id not in living:
        raise SigningKeyError("key.not-valid", f"expected a recovery key of {agent} that is valid here, found another")
    phrase = new_passphrase(context, who.passphrase_file, agent=agent)
    new = Ed25519Signer.generate(agent=agent, random=context.random)
    signers = (Signer(agent=agent, as_="actor"),)
    key = make_enrolment(new, nonce=context.random(16).hex())
    common: dict[str, Any] = {"origin": access.ledger().origin, "agent": agent, "signers": signers, "when": when}
    events = [compose_key_added(context, key=key, **common)]
    lost = [known for known in living if known != paper.key_id and known not in kept]
    events += [compose_key_revoked(context, key_id=known, reason="lost", **common) for known in lost]
    # On the disk before the ledger hears of it: a key that is enrolled and lost helps nobody.
    path = key_directory(context).add(new, passphrase=phrase, cost=key_cost(context))
    try:
        outcome = complete(context, who, events, signers={agent: paper})
    except (CustodyError, click.Abort):
        path.unlink()
        raise
    emit_outcome(
        context, outcome, notes=[f"new key: {show_path(path)}", "the paper is still valid: lock it away again"]
    )


def _by_registrars(
    context: Context, agent: str, key: PublicKey, who: Signing, when: When, kept: tuple[str, ...]
) -> None:
    if kept:
        raise UsageError("usage.recover", "expected no key to be kept where registrars recover: AGENT can rotate it")
    access = context.ledger()
    signers = named_signers(context, who)
    with access.read() as reader:
        living = living_keys(reader, agent)
    common: dict[str, Any] = {"origin": access.ledger().origin, "agent": agent, "signers": signers, "when": when}
    events: list[Composed] = [compose_key_revoked(context, key_id=known, reason="lost", **common) for known in living]
    events.append(compose_key_added(context, key=key, is_recovery=True, **common))
    outcome = complete(context, who, events)
    notes = [] if isinstance(outcome, Drafted) else [f"{agent} can sign again with the new key"]
    emit_outcome(context, outcome, notes=notes)
