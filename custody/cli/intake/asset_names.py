"""What names an asset on a public chain, as it was typed: each name read and checked, all on one chain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from custody.cli.files import given_values
from custody.onchain.caip import Account, Asset, Chain, parse_account, parse_asset
from schemas.errors import UsageError


@dataclass(frozen=True, slots=True)
class Names:
    """What names the asset on a public chain, each read and checked."""

    asset: Asset | None
    account: Account | None
    wallet: Account | None

    @property
    def chain(self) -> Chain | None:
        """The one chain of all of them."""
        return next((found.chain for found in (self.asset, self.account, self.wallet) if found is not None), None)

    def unchecked(self) -> list[str]:
        """Name in words what had no checksum that could be checked."""
        told = {"the asset": self.asset, "the account": self.account, "the custody wallet": self.wallet}
        return [
            name
            for name, found in told.items()
            if found is not None and not found.is_checked and not (isinstance(found, Asset) and _is_coin(found))
        ]


def read_names(given: Mapping[str, Any]) -> Names:
    """Return the names that were typed, all on one chain.

    Raises:
        UsageError: ``asset.asset``, ``asset.account``, ``asset.chain``, ``asset.address``, ``asset.other-chain``,
            ``asset.own-wallet``.
    """
    with given_values():
        names = Names(
            None if given["asset"] is None else parse_asset(given["asset"]),
            None if given["account"] is None else parse_account(given["account"]),
            None if given["custody_wallet"] is None else parse_account(given["custody_wallet"]),
        )
    chains = {found.chain.text for found in (names.asset, names.account, names.wallet) if found is not None}
    if len(chains) > 1:
        text = f"expected asset, account and custody wallet on one chain, found {', '.join(sorted(chains))}"
        raise UsageError("asset.other-chain", text)
    if names.wallet is not None and names.account is not None and names.wallet.text == names.account.text:
        raise UsageError("asset.own-wallet", "expected a custody wallet of the agency, found the recorded account")
    return names


def _is_coin(asset: Asset) -> bool:
    return asset.kind == "slip44"
