"""Custody wallets: one for each target wallet of each case, so that no two people's coins are ever mixed.

A commitment can't be compared with another, so what two registrations share shows only where the values are: here, and
in an audit of this ledger (law row on transfers to the agency).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

from custody.cli.context import Context
from custody.cli.ledger_access import LedgerAccess
from custody.cli.output import note_to_signer
from custody.cli.showing.attention import Attention
from custody.ledger.entries import entries_of
from custody.report.safe_text import show
from custody.verify.assets.asset_history import captures_of
from schemas.details.asset import Asset, AssetTransfer
from schemas.details.exhibit import ExhibitRegistered
from schemas.entry import parse_entry
from schemas.errors import RefusedError
from schemas.private import Disclosure
from schemas.types import UNSET, Private

WALLET_PATHS = ("/details/asset/transfer/wallet", "/details/transfer/wallet")
"""Where a custody wallet stands: in a registration, and in an observation after it."""


@dataclass(frozen=True, slots=True)
class Use:
    """An exhibit whose coins went to a custody wallet; ``target`` is empty where no account was recorded."""

    wallet: str
    case: str
    exhibit: str
    target: str


def uses_of(access: LedgerAccess, wallet: str | None = None) -> tuple[Use, ...]:
    """Return the recorded uses of a custody wallet, or of all that stand in more than one record.

    Raises:
        StorageError: as the store does.
    """
    values = (found for path in WALLET_PATHS for found in access.home.store.disclosures.at_path(path))
    known = [found for found in values if isinstance(found.value, str)]
    counts = Counter(found.value for found in known)
    wanted = {
        found.commitment for found in known if (counts[found.value] > 1 if wallet is None else found.value == wallet)
    }
    # Only a wallet that is there already is worth a look at all registrations.
    return tuple(dict.fromkeys(_uses(access, wanted))) if wanted else ()


def is_mixed(uses: Sequence[Use]) -> bool:
    """Tell whether uses of one wallet are of several cases or target wallets."""
    return len({(use.case, use.target or use.exhibit) for use in uses}) > 1


def refuse_shared(
    context: Context, transfer: dict[str, Any], target: str, *, case: str, exhibit: str, accept: bool
) -> None:
    """Refuse a custody wallet that serves another target wallet or case, or record that this was accepted.

    ``target`` is the asset's account, empty where none was recorded; ``exhibit`` is empty before it has its number.

    Raises:
        RefusedError: ``asset.shared-wallet``.
    """
    own = Use(transfer["wallet"], case, exhibit, target)
    others = [use for use in uses_of(context.ledger(), transfer["wallet"]) if is_mixed((use, own))]
    if not others:
        return
    where = ", ".join(show(f"{use.case}/{use.exhibit}") for use in others[:5])
    text = f"expected a custody wallet for this target wallet and case alone, found it used for {where}"
    if not accept:
        hint = "make a new wallet and move it there; --accept-comingling records it as it is"
        raise RefusedError("asset.shared-wallet", text, hint=hint)
    note_to_signer(context.settings, f"warning: {text} [asset.shared-wallet]")
    transfer["shared"] = True


def attention_of_wallets(access: LedgerAccess) -> Iterator[Attention]:
    """Yield the custody wallets that serve more than one target wallet or case."""
    ordered = sorted(uses_of(access), key=attrgetter("wallet", "case", "exhibit"))
    for _, group in groupby(ordered, key=attrgetter("wallet")):
        uses = tuple(group)
        if is_mixed(uses):
            names = ", ".join(show(f"{use.case}/{use.exhibit}") for use in uses)
            text = "share a custody wallet; each target wallet of each case needs its own"
            yield Attention(code="asset.shared-wallet", subject=names, text=text)


def _uses(access: LedgerAccess, wanted: set[str]) -> Iterator[Use]:
    with access.read() as reader:
        exhibits = [exhibit for exhibit in reader.exhibits() if exhibit.status != "voided"]
        indexes = reader.event_indexes([exhibit.registration for exhibit in exhibits])
        for exhibit in exhibits:
            event = parse_entry(reader.entry(indexes[exhibit.registration])).event
            asset = event.details.asset if isinstance(event.details, ExhibitRegistered) else UNSET
            if not isinstance(asset, Asset):
                continue
            transfers = (capture.part.transfer for capture in captures_of(entries_of(reader, exhibit)))
            for wallet in (transfer.wallet for transfer in transfers if isinstance(transfer, AssetTransfer)):
                if wallet.commitment in wanted:
                    fields = [field for field in (wallet, asset.account) if isinstance(field, Private)]
                    values = access.home.store.disclosures.get([field.commitment for field in fields])
                    target = _text(values, asset.account)
                    yield Use(_text(values, wallet), exhibit.case, exhibit.number, target)


def _text(values: Mapping[str, Disclosure], field: object) -> str:
    found = values.get(field.commitment) if isinstance(field, Private) else None
    return "" if found is None else str(found.value)
