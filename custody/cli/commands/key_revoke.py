"""`custody key revoke`: end a key, from now on or from an earlier entry on."""

from __future__ import annotations

import click

from custody.cli.acting.signing import complete, named_signers
from custody.cli.border.receipts import emit_outcome
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.keyring.key_events import choose_keys, compose_key_revoked, living_keys
from custody.cli.options import Signing, When, signed, timed
from custody.cli.parameters import AGENT
from custody.cli.results import ActResult

_REASONS = ("compromised", "ended", "left", "lost", "superseded")


@command(
    example="""
    custody key revoke exam-07 --reason lost --as reg-1
    custody key revoke exam-07 --reason compromised --last-valid-index 812 --as reg-1 --registrar reg-2
    """,
    result=ActResult,
)
@click.argument("agent", type=AGENT)
@click.option("--reason", required=True, type=click.Choice(_REASONS), help="Why it ends.")
@click.option("--last-valid-index", type=click.IntRange(min=0), metavar="N", help="Last entry to be trusted.")
@click.option("--key", "key_ids", multiple=True, metavar="ID", help="Which key, where there are several.")
@click.option("--all", "all_of_them", is_flag=True, help="All keys of the agent.")
@click.option("--note", help="More about it (kept private).")
@signed
@timed
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
