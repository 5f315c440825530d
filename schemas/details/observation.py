"""Details of ``asset.observed``: an asset that is an exhibit already was looked at again (docs/spec/assets.md)."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from schemas.details.asset import AssetProofDocument, AssetState, AssetTransfer, Valuation
from schemas.types import UNSET, Record, Unset, is_set


class AssetObserved(Record, frozen=True, kw_only=True):
    """What was seen of an asset after its registration, what proves it, and perhaps by which transfer it came under
    the agency's control since.

    ``balance_of`` says whether the balance in ``state`` is that of the asset's account or of the custody wallet to
    which the newest transfer on record went.
    """

    balance_of: Literal["account", "wallet"] | Unset = UNSET
    proofs: Annotated[tuple[AssetProofDocument, ...], Meta(min_length=1, max_length=16)] | Unset = UNSET
    state: AssetState | Unset = UNSET
    transfer: AssetTransfer | Unset = UNSET
    valuation: Valuation | Unset = UNSET

    def __post_init__(self) -> None:
        """Want something that was seen, and whose balance it is; ValueError becomes ``record.malformed``."""
        if not any(map(is_set, (self.proofs, self.state, self.transfer, self.valuation))):
            raise ValueError("an observation has proofs, a state, a transfer or a valuation")
        if is_set(self.balance_of) != (isinstance(self.state, AssetState) and is_set(self.state.balance)):
            raise ValueError("balance_of stands exactly where the state has a balance")
