"""`custody ledger key-add` and `custody ledger key-revoke`: the keys that sign checkpoints."""

from __future__ import annotations

from typing import get_args

import click

from custody.cli.acting.acts import record_event
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.options import Signing, When, acting
from custody.cli.results import ActResult
from custody.cli.typed_again import typed_again
from custody.ledger.log_key import log_verifier_key
from custody.storage.home import Home
from custody.verify.rules.view import Ledger
from keys.verifier_key import format_verifier_key
from schemas.details.ledger import RevocationReason
from schemas.errors import UsageError


@command(
    example="""
    custody ledger key-add --as reg-1 --registrar reg-2
    """,
    result=ActResult,
)
@click.option("--reason", help="Why a further key (kept private).")
@acting
@pass_custody
def key_add(context: Context, *, reason: str | None, who: Signing, when: When) -> None:
    """Make a further key that signs the ledger's checkpoints; two registrars sign.

    From then on both keys sign. Hand the new verifier key out before the old one is revoked: who doesn't know it can't
    verify later bundles.
    """
    access = context.ledger()
    key = undeclared_key(access.home, access.ledger())
    told = typed_again(context.settings, "custody trust export -o FILE")
    notes = [f"verifier key: {key}", f"next: {told}  and hand it to all who verify"]
    record_event(context, "ledger.key-added", {"key": key, "reason": reason}, who=who, when=when, notes=notes)


@command(
    example="""
    custody ledger key-revoke evidence.police.example/main+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k \\
        --reason superseded --as reg-1 --registrar reg-2
    """,
    result=ActResult,
)
@click.argument("key", metavar="VERIFIER_KEY")
@click.option("--reason", required=True, type=click.Choice(get_args(RevocationReason)), help="Why it ends.")
@click.option("--last-valid-index", type=click.IntRange(min=0), metavar="N", help="Last entry that it counts for.")
@click.option("--note", help="More about it (kept private).")
@acting
@pass_custody
def key_revoke(
    context: Context,
    *,
    key: str,
    reason: str,
    last_valid_index: int | None,
    note: str | None,
    who: Signing,
    when: When,
) -> None:
    """End a key that signs checkpoints; two registrars sign. Another one must be there: `custody ledger key-add`."""
    known = {item.key for item in context.ledger().ledger().log_keys if item.last is None}
    if key not in known:
        raise UsageError("usage.key", f"expected a verifier key in use ({', '.join(sorted(known))}), found {key}")
    if len(known) == 1:
        hint = "custody ledger key-add makes another one first"
        raise UsageError("usage.key", "expected a further key that signs checkpoints, found only this one", hint=hint)
    details = {"key": key, "last_valid_index": last_valid_index, "note": note, "reason": reason}
    record_event(context, "ledger.key-revoked", details, who=who, when=when)


def undeclared_key(home: Home, ledger: Ledger) -> str:
    """Return the verifier key of a log key that lies in the home undeclared, making one if there is none."""
    declared = {key.key for key in ledger.log_keys}
    for signer in home.log_signers():
        line = format_verifier_key(log_verifier_key(ledger.origin, signer))
        if line not in declared:
            return line
    return format_verifier_key(log_verifier_key(ledger.origin, home.new_log_key()))
