"""`custody observe-asset`: a digital asset that is an exhibit is looked at again, with proofs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from custody.cli.acting.act_options import several
from custody.cli.acting.exhibit_selection import find_exhibit
from custody.cli.acting.signing import complete, named_signers
from custody.cli.border.receipts import emit_outcome
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.intake.asset_details import state_of, transfer_of, valuation_of
from custody.cli.intake.asset_options import proof_options, state_options, transfer_options, value_options
from custody.cli.intake.asset_proving import prove
from custody.cli.intake.asset_watching import Watched, proven_state, typed_balance_of, watch
from custody.cli.intake.custody_wallets import refuse_shared
from custody.cli.options import Signing, When, signed, timed
from custody.cli.output import note_to_signer
from custody.cli.results import ActResult
from custody.cli.showing.holdings import Staged, staging
from custody.ledger.compose import Anchor
from custody.report.safe_text import show
from schemas.errors import UsageError
from schemas.event import About

observing = several(
    transfer_options,
    state_options,
    click.option("--balance-of", type=click.Choice(["account", "wallet"]),
                 help="Whose --balance is: of the asset's account or the custody wallet."),
    value_options,
    proof_options,
)  # fmt: skip


@command(
    example="""
    custody observe-asset 2026-0417/EX-9 --as cust-02 --proof block.json --proof proof.json
    custody observe-asset EX-9 --as cust-02 --custody-wallet eip155:1:0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed --seizure-tx 0x9fc76417374aa880d4449a1f7f31ec597f00b1f6f3dd2d66f4c9c6c445836d8b --proof receipts.json --proof block.json
    custody observe-asset EX-3 --as cust-02 --observed-at 2026-11-21 --balance 150000000 --observed-with mempool.example
    """,  # noqa: E501 an identifier of a transaction is as long as it is
    result=ActResult,
)
@click.argument("exhibit")
@click.option("--case", metavar="CASE", help="The case in which the number is.")
@observing
@signed
@timed
@pass_custody
def observe_asset(context: Context, *, exhibit: str, case: str | None, who: Signing, when: When, **given: Any) -> None:
    """Record what is seen of a registered asset now: its balance or owner, proofs of it, that it came under control.

    It takes no place in the exhibit's chain of acts, and is possible after its disposal. Proofs are made of the same
    captured answers as by register-asset, and held against the names on record. Where no state is typed, balance and
    block are taken from the proof. --custody-wallet and --seizure-tx record the transfer to the agency, or to a further
    wallet of its own.

    A balance that dropped while in custody, and a token that went elsewhere, are recorded and told: by show, verify and
    audit as well.
    """
    with context.ledger().home.store.read() as reader:
        found = find_exhibit(reader, exhibit, case=case)
    watched = watch(context, found)
    signers = named_signers(context, who)
    with staging(context) as staged:
        details = _details(context, staged, watched, given, when)
        composed = context.ledger().compose(
            "asset.observed",
            signers=signers,
            details=details,
            when=when,
            anchor=Anchor(about=(About(exhibit=found.registration),)),
        )
        for text in watched.drops(composed):
            note_to_signer(context.settings, f"warning: {show(text)} [asset.balance-dropped]")
        emit_outcome(context, complete(context, who, [composed], keep=staged.keep))


def _details(context: Context, staged: Staged, watched: Watched, given: dict[str, Any], when: When) -> dict[str, Any]:
    """Return the details of the observation; documents and proofs are staged.

    Raises:
        UsageError: nothing was said, or what makes no sense.
        RefusedError: ``asset.shared-wallet``.
        VerificationError: ``asset.*``: a proof that doesn't hold, or is about something else.
    """
    names = watched.names(given["custody_wallet"])
    told = {
        "balance_of": typed_balance_of(given, names),
        "state": state_of(context, staged, given, when),
        "transfer": transfer_of(given, names if given["custody_wallet"] else replace(names, wallet=None)),
        "valuation": valuation_of(context, given, when),
    }
    details: dict[str, Any] = {name: value for name, value in told.items() if value is not None}
    if "transfer" in details:
        exhibit, target = watched.exhibit, watched.recorded.account or ""
        place = {"case": exhibit.case, "exhibit": exhibit.number}
        refuse_shared(context, details["transfer"], target, **place, accept=given["accept_comingling"])
    if given["proof_files"]:
        made = prove(context, given, names, watched.expects(details))
        details["proofs"] = [{"document": staged.document_bytes(item.raw)} for item in made]
        for whose in ("wallet", "account"):
            state = proven_state(made, is_wallet=whose == "wallet") if "state" not in details else None
            details |= {} if state is None else {"balance_of": whose, "state": state}
    if not details:
        text = "expected --proof, --observed-at, --custody-wallet or --value, found none"
        raise UsageError("usage.asset", text)
    return details
