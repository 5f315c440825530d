"""An asset that is an exhibit already: what is on record of it, and what a new capture is held against."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from custody.cli.context import Context
from custody.cli.intake.asset_names import Names, read_names
from custody.cli.intake.asset_proving import Proven
from custody.ledger.compose import Composed
from custody.ledger.entries import entries_of
from custody.onchain.claims import Recorded
from custody.report.values import Disclosures
from custody.verify.assets.asset_history import FORMER, Capture, Custody, captures_of, check_drops, recorded_balances
from custody.verify.assets.asset_step import recorded_of
from custody.verify.rules.view import Exhibit
from schemas.details.asset import Asset, AssetTransfer
from schemas.details.observation import AssetObserved
from schemas.entry import ParsedEntry
from schemas.errors import RefusedError, UsageError
from schemas.report import Findings


@dataclass(frozen=True, slots=True)
class Watched:
    """An exhibit with all entries about it, what they say of the asset, and the private values at hand."""

    exhibit: Exhibit
    asset: Asset
    story: Sequence[ParsedEntry]
    captures: Sequence[Capture]
    disclosed: Disclosures
    recorded: Recorded

    def names(self, wallet: str | None) -> Names:
        """Return what names the asset, with ``wallet`` in place of the custody wallet on record.

        Raises:
            UsageError: as `read_names`.
        """
        known = self.recorded
        return read_names({
            "account": known.account, "asset": known.asset, "custody_wallet": wallet or known.wallet,
        })  # fmt: skip

    def expects(self, details: Mapping[str, Any]) -> Recorded:
        """Return what proofs of an observation with these details, in plain, must be about."""
        known, state, transfer = self.recorded, details.get("state", {}), details.get("transfer")
        changes: dict[str, Any] = {
            "balance": state.get("balance"),
            "balance_of": details.get("balance_of", "account"),
            "height": state.get("height"),
            "is_later": True,
        }
        if transfer is not None:
            changes |= {name: transfer.get(name) for name in ("test_transaction", "transaction", "wallet")}
            changes["former"] = (*known.former, *([known.wallet] if known.wallet is not None else []))[-FORMER:]
        return replace(known, **changes)

    def drops(self, composed: Composed) -> Iterator[str]:
        """Yield what a judge would be told of balances if ``composed`` were recorded."""
        details, findings = composed.event.details, Findings()
        assert isinstance(details, AssetObserved), "what was composed"
        moved = (details.transfer,) if isinstance(details.transfer, AssetTransfer) else ()
        index = self.story[-1].entry.index + 1
        captures = [*self.captures, Capture(index, details, (*self.captures[-1].transfers, *moved))]
        disclosed = {**self.disclosed, **{item.commitment: item for item in composed.disclosures}}
        check_drops(
            Custody(self.story), captures, recorded_balances(self.asset, captures, disclosed), disclosed, findings
        )
        yield from (item.text for item in findings.items if item.subject == f"entry {index}")


def watch(context: Context, exhibit: Exhibit) -> Watched:
    """Return what is on record of an asset.

    Raises:
        RefusedError: ``asset.none`` for an exhibit that was registered as something else.
        StorageError: as the store does.
    """
    access = context.ledger()
    with access.read() as reader:
        story = entries_of(reader, exhibit)
    captures = captures_of(story)
    asset = captures[0].part if captures else None
    if not isinstance(asset, Asset):
        text = f"expected an exhibit that is an asset, found {exhibit.name}, which is none"
        raise RefusedError("asset.none", text, hint="custody register-asset registers one")
    disclosed = access.disclosures_of([entry.event for entry in story])
    return Watched(exhibit, asset, story, captures, disclosed, recorded_of(asset, captures[-1], disclosed))


def proven_state(made: Sequence[Proven], *, is_wallet: bool) -> dict[str, Any] | None:
    """Return what the newest block shows of which a proof tells what the custody wallet, or the account, held.

    Nothing where no proof tells it: of an owner, of a transaction.
    """
    told = [(said, item.raw) for item in made for said in item.said if said.held and said.held.is_wallet == is_wallet]
    if not told:
        return None
    # Most proofs are of an owner or a transaction, and need no header taken apart.
    from custody.onchain.check import parse_proof
    from custody.onchain.ethereum import parse_header

    said, raw = max(told, key=lambda pair: pair[0].at)
    assert said.held is not None, "looked for above"
    proof = parse_proof(raw)
    header = parse_header(bytes.fromhex(proof.headers[proof.place]))
    return {
        "balance": str(said.held.amount),
        "block": f"0x{header.hash.hex()}",
        "height": header.number,
        "observed_at": said.at,
    }


def typed_balance_of(given: Mapping[str, Any], names: Names) -> str | None:
    """Return whose the typed balance is; the account's, where no custody wallet is on record.

    Raises:
        UsageError: ``usage.asset``.
    """
    typed: str | None = given["balance_of"]
    if given["balance"] is None or (typed == "wallet" and names.wallet is None):
        if typed is None:
            return None
        wanted = "--balance" if given["balance"] is None else "a custody wallet on record"
        raise UsageError("usage.asset", f"expected {wanted} beside --balance-of {typed}, found none")
    if typed is None and names.wallet is not None:
        raise UsageError("usage.asset", "expected --balance-of account or wallet beside --balance, found none")
    return typed or "account"
