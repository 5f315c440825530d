"""`custody register-asset`: a digital asset becomes an exhibit, with its proofs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from custody.cli.border.receipts import emit_outcome
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.intake.asset_details import asset_details, recorded_of
from custody.cli.intake.asset_names import Names, read_names
from custody.cli.intake.asset_options import asset_options
from custody.cli.intake.asset_proving import prove
from custody.cli.intake.asset_watching import proven_state
from custody.cli.intake.custody_wallets import refuse_shared
from custody.cli.intake.registration import Wanted, register_exhibits
from custody.cli.intake.registration_options import seizure_options, shared_details
from custody.cli.intake.taking_in import Taking
from custody.cli.options import Signing, When, signed, timed
from custody.cli.output import note_to_signer
from custody.cli.results import ActResult
from custody.cli.showing.holdings import Staged, staging
from schemas.content import content_of


@command(
    example="""
    custody register-asset --case 2026-0417 --exhibit next --as exam-07 --account bip122:000000000019d6689c085ae165831e93:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa --amount 0.5 --envelope E-0012 --envelope-seal S-77
    custody register-asset --case 2026-0417 --exhibit EX-9 --as exam-07 --asset eip155:1/erc721:0x06012c8cf97BEaD5deAe237070F9587f8E7A266d/771769 --media cat.png --proof block.json --proof proof.json
    custody register-asset --case 2026-0417 --exhibit next --as exam-07 --platform "Example Art" --collection 7 --item 42 --certificate certificate.pdf
    """,  # noqa: E501 an identifier of a token is as long as it is
    result=ActResult,
)
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
@click.option("--case", required=True, help="The case; it must be open.")
@click.option("--exhibit", "number", required=True, metavar="NUMBER|next", help="Its number, or the next free one.")
@asset_options
@seizure_options
@signed
@timed
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
    names = read_names(given)
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
            "obtained": given["obtained"] or "seizure",
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
