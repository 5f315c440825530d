"""`custody register-asset` and `custody observe-asset`: a digital asset becomes an exhibit, and is looked at again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from custody.cli.acting.acts import compose_event
from custody.cli.acting.exhibit_selection import find_exhibit
from custody.cli.acting.signing import complete
from custody.cli.border.receipts import emit_outcome
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.intake.asset_details import asset_details, recorded_of, state_of, transfer_of, valuation_of
from custody.cli.intake.asset_names import Names, read_names
from custody.cli.intake.asset_options import (
    asset_options,
    proof_options,
    state_options,
    transfer_options,
    value_options,
)
from custody.cli.intake.asset_proving import prove
from custody.cli.intake.asset_watching import Watched, proven_state, typed_balance_of, watch
from custody.cli.intake.custody_wallets import refuse_shared
from custody.cli.intake.registration import Wanted, register_exhibits
from custody.cli.intake.registration_options import obtained_of, seizure_options, shared_details
from custody.cli.intake.taking_in import Taking
from custody.cli.option_groups import several
from custody.cli.options import Signing, When, acting
from custody.cli.output import note_to_signer
from custody.cli.results import ActResult
from custody.cli.showing.holdings import Staged, staging
from custody.ledger.compose import Anchor
from custody.report.safe_text import show
from schemas.content import content_of
from schemas.errors import UsageError
from schemas.event import About


@command(
    example="""
    custody register-asset --case 2026-0417 --exhibit next --as exam-07 --account bip122:000000000019d6689c085ae165831e93:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa --amount 0.5 --obtained seizure --envelope E-0012 --envelope-seal S-77
    custody register-asset --case 2026-0417 --exhibit EX-9 --as exam-07 --asset eip155:1/erc721:0x06012c8cf97BEaD5deAe237070F9587f8E7A266d/771769 --obtained voluntary --media cat.png --proof block.json --proof proof.json
    custody register-asset --case 2026-0417 --exhibit next --as exam-07 --platform "Example Art" --collection 7 --item 42 --obtained production --certificate certificate.pdf
    """,  # noqa: E501 an identifier of a token is as long as it is
    result=ActResult,
)
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
@click.option("--case", required=True, help="The case; it must be open.")
@click.option("--exhibit", "number", required=True, metavar="NUMBER|next", help="Its number, or the next free one.")
@asset_options
@seizure_options
@acting
@pass_custody
def register_asset(
    context: Context,
    *,
    paths: tuple[Path, ...],
    case: str,
    number: str,
    who: Signing,
    when: When,
    **given: Any,
) -> None:
    """Register a digital asset as an exhibit: a wallet's coins, a token, an item of a platform.

    Names follow CAIP-2, CAIP-10 and CAIP-19. Addresses of Bitcoin, Ethereum and their kin, Tron and Cosmos are checked
    by their checksums; of other chains the syntax alone, which is said. PATHs, media and metadata are its content.

    Seed phrases and private keys are refused wherever they are typed: seal them and give the envelope's number.

    A proof is made of a node's captured answers, and checked before anything is signed. Bitcoin: getrawtransaction with
    gettxoutproof or getblock, and getblockheader; or Electrum's get_merkle and block.headers. Ethereum: eth_getProof,
    or eth_getBlockReceipts for a transfer, with eth_getBlockByNumber. Verify says what it shows, and for which block.
    Where no state is typed, a proven balance of the account is recorded. Later captures: observe-asset.

    One custody wallet serves one target wallet of one case: a second use is refused without --accept-comingling.
    """
    names, obtained = read_names(given), obtained_of(context, given)
    for name in names.unchecked():
        note_to_signer(context.settings, f"note: {name} has no checksum that can be checked here; only its syntax was")
    with staging(context) as staged:
        asset = asset_details(context, staged, given, names, when)
        if "transfer" in asset:
            target, accept = asset.get("account", ""), given["accept_comingling"]
            refuse_shared(context, asset["transfer"], target, case=case, exhibit="", accept=accept)
        _add_proofs(context, staged, asset, given, names)
        files = (*paths, *(given[name] for name in ("media", "metadata") if given[name] is not None))
        details = shared_details(context, staged, given) | {
            "asset": asset,
            "content": content_of([]),
            "description": given["description"] or asset.get("asset") or asset.get("account") or "item of a platform",
            "kind": given["kind"] or _kind(names, given),
            "nature": "asset",
            "obtained": obtained,
        }
        wanted = Wanted(case=case, number=number, paths=tuple(dict.fromkeys(files)), details=details)
        taking = Taking(in_place=False, accept_unreadable=False, assume_yes=who.assume_yes)
        emit_outcome(context, register_exhibits(context, staged, [wanted], taking, who=who, when=when))


def _kind(names: Names, given: dict[str, Any]) -> str:
    if names.asset is not None and names.asset.contract is not None:
        return "collectible" if names.asset.kind in {"erc721", "erc1155"} else "token"
    return "collectible" if given["platform"] is not None else "wallet"


def _add_proofs(context: Context, staged: Staged, asset: dict[str, Any], given: dict[str, Any], names: Names) -> None:
    """Make the proofs, check them against what is to be recorded, and stage them as documents.

    Raises:
        UsageError: answers that are none, or prove nothing of it.
        VerificationError: ``asset.*``: a proof that doesn't hold, or is about something else.
    """
    if not given["proof_files"]:
        return
    made = prove(context, given, names, recorded_of(asset))
    asset["proofs"] = [{"document": staged.document_bytes(item.raw)} for item in made]
    state = proven_state(made, is_wallet=False) if "state" not in asset else None
    asset |= {} if state is None else {"state": state}


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
@acting
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
    with staging(context) as staged:
        details = _details(context, staged, watched, given, when)
        anchor = Anchor(about=(About(exhibit=found.registration),))
        composed = compose_event(context, "asset.observed", details, who=who, when=when, anchor=anchor)
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
