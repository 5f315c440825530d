"""`custody key rotate` and `custody key revoke`: a key is replaced, or ends."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import click

from custody.cli.acting.draft_files import draft_of, write_draft
from custody.cli.acting.signing import Drafted, Outcome, Recorded, complete, named_signers, show_events, sign_all
from custody.cli.border.receipts import emit_outcome
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.keyring.key_events import choose_keys, compose_key_added, compose_key_revoked, living_keys
from custody.cli.keyring.keyring import key_directory, signer_for
from custody.cli.keyring.passphrase import key_cost, new_passphrase
from custody.cli.keyring.session_access import sessions_folder
from custody.cli.options import FILE, Signing, When, acting, force_option, passphrase_option, timed
from custody.cli.output import note
from custody.cli.parameters import AGENT, ORIGIN
from custody.cli.results import ActResult
from custody.cli.typed_again import typed_again
from custody.ledger.compose import Composed
from custody.report.safe_text import show_path
from custody.report.shell_words import shell_word
from custody.report.words import tell
from keys.private.directory import KeyDirectory
from keys.private.session import end_sessions
from keys.private.signer import Ed25519Signer
from keys.private.signer import Signer as KeySigner
from keys.private.signing import make_enrolment
from schemas.details.ledger import RevocationReason
from schemas.errors import CustodyError, UsageError
from schemas.event import Signer

_EXAMPLE = """
    custody key rotate exam-07
    custody key rotate exam-07 --ledger evidence.police.example/main --draft exam-07.draft
    custody key rotate exam-07 --retire ed25519:1f0c5e2a0b7d4c6e8f90a1b2c3d4e5f6
"""


@command(example=_EXAMPLE, result=ActResult)
@click.argument("agent", type=AGENT)
@click.option("--new-passphrase-file", type=FILE, help="Passphrase of the new key, if it is another one.")
@click.option("--ledger", "origin", type=ORIGIN, help="The ledger's name, where its home is not at hand.")
@click.option("--draft", "-o", type=FILE, help="Where the signed draft goes then (AGENT.rotate.draft).")
@click.option("--retire", metavar="ID", help="Put the old key aside, after others have submitted the draft.")
@passphrase_option
@force_option
@timed
@pass_custody
def key_rotate(
    context: Context,
    *,
    agent: str,
    new_passphrase_file: Path | None,
    origin: str | None,
    draft: Path | None,
    retire: str | None,
    passphrase_file: Path | None,
    force: bool,
    when: When,
) -> None:
    """Replace AGENT's key: the old one signs the new one in, and itself out.

    With the ledger at hand it is recorded at once. Elsewhere the signed acts are written to a file for `custody
    submit`; until that is done the old key stays in use.
    """
    directory = key_directory(context)
    if retire is not None:
        _retire(context, directory, agent, retire)
        return
    has_ledger = context.find_home() is not None and origin is None
    if not has_ledger and origin is None:
        raise UsageError("usage.no-home", "expected a ledger here or --ledger ORIGIN, found neither")
    alive = context.ledger().alive_keys() if has_ledger else None
    old = signer_for(context, agent, passphrase_file=passphrase_file, alive=alive)
    phrase = new_passphrase(context, new_passphrase_file or passphrase_file, agent=agent)
    new = Ed25519Signer.generate(agent=agent, random=context.random)
    name = origin or context.ledger().ledger().origin
    composed = _compose(context, name, old, new, when)
    # The new key is on the disk before the ledger hears of it: a key that is enrolled and lost helps nobody.
    path = directory.add(new, passphrase=phrase, cost=key_cost(context))
    try:
        outcome = _record(context, composed, old, draft or Path(f"{agent}.rotate.draft"), has_ledger, force=force)
    except (CustodyError, click.Abort):
        path.unlink()
        raise
    if isinstance(outcome, Recorded):
        _put_aside(directory, agent, old.key_id)
        end_sessions(sessions_folder(context), agent=agent)
    emit_outcome(context, outcome, notes=_notes(context, outcome, old, path))


def _compose(context: Context, origin: str, old: KeySigner, new: KeySigner, when: When) -> list[Composed]:
    agent = old.agent
    signers = (Signer(agent=agent, as_="actor"),)
    key = make_enrolment(new, nonce=context.random(16).hex())
    return [
        compose_key_added(context, origin=origin, agent=agent, key=key, signers=signers, when=when),
        compose_key_revoked(
            context, origin=origin, agent=agent, key_id=old.key_id, reason="superseded", signers=signers, when=when
        ),
    ]


def _record(
    context: Context, composed: list[Composed], old: KeySigner, draft: Path, has_ledger: bool, *, force: bool
) -> Outcome:
    events = tuple(item.event for item in composed)
    if has_ledger:
        return complete(context, Signing(assume_yes=True), composed, signers={old.agent: old})
    show_events(context, [tell(event, {}) for event in events], (old.agent,))
    signatures = {event.hash: sign_all(event, {old.agent: old}) for event in events}
    write_draft(draft, draft_of(composed, signatures), force=force)
    return Drafted(events, draft, ())


def _notes(context: Context, outcome: Outcome, old: KeySigner, path: Path) -> list[str]:
    if isinstance(outcome, Recorded):
        return [f"new key: {show_path(path)}", "the old key was put aside; it still opens what was encrypted to it"]
    return [
        f"new key: {show_path(path)}",
        f"next: somebody runs  custody submit {shell_word(outcome.path)}",
        f"then: {typed_again(context.settings, f'custody key rotate {old.agent} --retire {old.key_id}')}",
    ]


def _retire(context: Context, directory: KeyDirectory, agent: str, key_id: str) -> None:
    _put_aside(directory, agent, key_id)
    note(context.settings, f"put aside: {key_id} of {agent}")


def _put_aside(directory: KeyDirectory, agent: str, key_id: str) -> None:
    for key in directory.find(agent):
        if key.key_id == key_id:
            directory.retire(key)
            return
    raise UsageError("usage.key", f"expected a key {key_id} of {agent} in {directory.path}, found none")


@command(
    example="""
    custody key revoke exam-07 --reason lost --as reg-1
    custody key revoke exam-07 --reason compromised --last-valid-index 812 --as reg-1 --registrar reg-2
    """,
    result=ActResult,
)
@click.argument("agent", type=AGENT)
@click.option("--reason", required=True, type=click.Choice(get_args(RevocationReason)), help="Why it ends.")
@click.option("--last-valid-index", type=click.IntRange(min=0), metavar="N", help="Last entry to be trusted.")
@click.option("--key", "key_ids", multiple=True, metavar="ID", help="Which key, where there are several.")
@click.option("--all", "all_of_them", is_flag=True, help="All keys of the agent.")
@click.option("--note", help="More about it (kept private).")
@acting
@pass_custody
def key_revoke(
    context: Context,
    *,
    agent: str,
    reason: str,
    last_valid_index: int | None,
    key_ids: tuple[str, ...],
    all_of_them: bool,
    note: str | None,
    who: Signing,
    when: When,
) -> None:
    """End a key of AGENT; AGENT or a registrar signs.

    A theft is often noticed late: with an earlier --last-valid-index what the key signed since then is in dispute until
    somebody affirms it. That takes a second registrar, or AGENT with another key and a registrar.
    """
    access = context.ledger()
    with access.read() as reader:
        living = living_keys(reader, agent)
    ended = choose_keys(living, key_ids, all_of_them=all_of_them, agent=agent)
    events = [
        compose_key_revoked(
            context,
            origin=access.ledger().origin,
            agent=agent,
            key_id=key,
            reason=reason,
            signers=named_signers(context, who),
            when=when,
            last_valid_index=last_valid_index,
            note=note,
        )
        for key in ended
    ]
    # A key can end itself as of now, but it can't say of itself that it was not to be trusted before.
    without = frozenset(ended) if last_valid_index is not None else frozenset[str]()
    emit_outcome(context, complete(context, who, events, without=without))
