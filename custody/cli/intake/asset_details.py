"""The record of an asset out of what was typed: names read and brought into one form, parts that belong together."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from custody.cli.context import Context
from custody.cli.files import sha256_of
from custody.cli.intake.asset_names import Names
from custody.cli.options import When
from custody.cli.output import note
from custody.cli.showing.holdings import Staged
from custody.evidence.assets.content_id import digest_in
from custody.onchain.caip import Account
from custody.onchain.claims import Recorded
from schemas.errors import UsageError
from schemas.text import format_time

Given = Mapping[str, Any]
_DECIMAL: Final = re.compile(r"(0|[1-9][0-9]{0,77})(\.[0-9]{1,78})?\Z", re.ASCII)
_INTEGER: Final = re.compile(r"(0|[1-9][0-9]{0,77})\Z", re.ASCII)
_ID: Final = re.compile(r"(?:0x)?([0-9a-fA-F]{64})\Z", re.ASCII)
_CHAINED: Final = frozenset({"bip122", "eip155"})


def asset_details(context: Context, staged: Staged, given: Given, names: Names, when: When) -> dict[str, Any]:
    """Return the details of ``asset`` but for its proofs; documents are staged.

    Raises:
        UsageError: ``usage.asset`` for parts that don't make sense alone, or a number that is none.
        StorageError: as the store does.
    """
    if names.asset is None and names.account is None and given["platform"] is None:
        hint = "a platform's item is named by --platform, --collection and --item"
        raise UsageError("usage.asset", "expected --asset, --account or --platform, found none", hint=hint)
    _check_number(given, "amount", _DECIMAL)
    details = {
        "account": None if names.account is None else names.account.text,
        "amount": given["amount"],
        "asset": None if names.asset is None else names.asset.text,
        "characterisation": sorted(set(given["characterised"])) or None,
        "custody": given["custody_kind"] or _custody(given),
        "freeze": _freeze(context, staged, given, when),
        "platform": _platform(staged, given),
        "presence": _presence(given),
        "secret": _secret(given),
        "state": state_of(context, staged, given, when),
        "token": _token(given),
        "transfer": transfer_of(given, names),
        "valuation": valuation_of(context, given, when),
    }
    return {name: value for name, value in details.items() if value is not None}


def recorded_of(details: Mapping[str, Any]) -> Recorded:
    """Return what proofs must be about, out of details in plain."""
    transfer, state = details.get("transfer", {}), details.get("state", {})
    return Recorded(
        account=details.get("account"),
        asset=details.get("asset"),
        balance=state.get("balance"),
        height=state.get("height"),
        test_transaction=transfer.get("test_transaction"),
        transaction=transfer.get("transaction"),
        wallet=transfer.get("wallet"),
    )


def _custody(given: Given) -> str:
    if given["platform"] is not None:
        return "platform"
    return "custodial" if given["provider"] is not None else "unknown"


def _platform(staged: Staged, given: Given) -> dict[str, Any] | None:
    names = ("platform", "collection", "item", "holder_account", "certificate", "certificate_hash")
    _want(given, names, ("platform", "collection", "item"))
    if given["platform"] is None:
        return None
    return _some({
        "certificate": staged.document(given["certificate"]),
        "certificate_hash": given["certificate_hash"],
        "collection": given["collection"],
        "holder": given["holder_account"],
        "number": given["item"],
        "platform": given["platform"],
    })  # fmt: skip


def transfer_of(given: Given, names: Names) -> dict[str, Any] | None:
    """Return the details of a transfer to the agency, if one was said.

    Raises:
        UsageError: ``usage.asset``.
    """
    _want(given, ("custody_wallet", "seizure_tx", "test_tx", "confirmations"), ("custody_wallet",))
    if names.wallet is None:
        return None
    return _some({
        "confirmations": given["confirmations"],
        "test_transaction": _transaction(given["test_tx"], names.wallet),
        "transaction": _transaction(given["seizure_tx"], names.wallet),
        "wallet": names.wallet.text,
    })  # fmt: skip


def _transaction(typed: str | None, wallet: Account) -> str | None:
    """Return a transaction's id in the form that its chain uses; of unknown chains as it was typed."""
    namespace = wallet.chain.namespace
    if typed is None or namespace not in _CHAINED:
        return typed
    found = _ID.match(typed)
    if found is None:
        raise UsageError("usage.asset", "expected 64 hex digits as the id of a transaction, found another text")
    return f"{'0x' if namespace == 'eip155' else ''}{found[1].lower()}"


def state_of(context: Context, staged: Staged, given: Given, when: When) -> dict[str, Any] | None:
    """Return the details of what was seen on the chain, if something was said; screenshots are staged.

    Raises:
        UsageError: ``usage.asset``, ``usage.time``.
        StorageError: as the store does.
    """
    names = ("observed_at", "block_height", "block_hash", "balance", "nonce", "observed_with", "screenshots")
    _want(given, names, ("observed_at",))
    _check_number(given, "balance", _INTEGER)
    if given["observed_at"] is None:
        return None
    return _some({
        "balance": given["balance"],
        "block": given["block_hash"],
        "height": given["block_height"],
        "nonce": given["nonce"],
        "observed_at": _time(context, given["observed_at"], when),
        "photos": staged.documents(given["screenshots"]),
        "source": given["observed_with"],
    })  # fmt: skip


def valuation_of(context: Context, given: Given, when: When) -> dict[str, Any] | None:
    """Return the details of a valuation, if one was said.

    Raises:
        UsageError: ``usage.asset``, ``usage.time``.
    """
    names = ("value", "currency", "rate_source", "valued_at")
    _want(given, names, names)
    _check_number(given, "value", _DECIMAL)
    if given["value"] is None:
        return None
    return {
        "amount": given["value"],
        "at": _time(context, given["valued_at"], when),
        "currency": given["currency"],
        "rate_source": given["rate_source"],
    }


def _token(given: Given) -> dict[str, Any] | None:
    details = _some({
        "approvals": given["approvals"],
        "content_id": given["content_id"],
        "gateway": given["gateway"],
        "media": None if given["media"] is None else sha256_of(given["media"]),
        "metadata": None if given["metadata"] is None else sha256_of(given["metadata"]),
        "uri": given["token_uri"],
    })  # fmt: skip
    told = digest_in(given["content_id"] or "")
    files = {details[name] for name in ("media", "metadata") if name in details}
    if told is not None and files and told not in files:
        text = f"expected media or metadata of the SHA-256 {told}, which --content-id names, found other files"
        raise UsageError("asset.content-id", text)
    return details or None


def _freeze(context: Context, staged: Staged, given: Given, when: When) -> dict[str, Any] | None:
    names = ("provider", "freeze_order", "freeze_receipt", "freeze_approved_by", "frozen_from", "frozen_until")
    _want(given, names, ("provider",))
    if given["provider"] is None:
        return None
    since, until = (
        None if typed is None else _time(context, typed, when)
        for typed in (given["frozen_from"], given["frozen_until"])
    )
    if since is not None and until is not None and until < since:
        raise UsageError("usage.asset", f"expected --frozen-until after --frozen-from {since}, found {until}")
    if given["freeze_approved_by"] is None and (since, until) != (None, None):
        text = "note: who approved the freeze is not on record (law row C18): --freeze-approved-by says so"
        note(context.settings, text)
    return _some({
        "approved_by": given["freeze_approved_by"],
        "document": staged.document(given["freeze_receipt"]),
        "ends_at": until,
        "frozen_at": since,
        "order": given["freeze_order"],
        "provider": given["provider"],
    })  # fmt: skip


def _secret(given: Given) -> dict[str, Any] | None:
    _want(given, ("envelope", "envelope_seal", "envelope_place", "envelope_with_device"), ("envelope",))
    if given["envelope"] is None:
        return None
    return _some({
        "apart": not given["envelope_with_device"],
        "envelope": given["envelope"],
        "place": given["envelope_place"],
        "seal": given["envelope_seal"],
    })  # fmt: skip


def _presence(given: Given) -> dict[str, Any] | None:
    present = set(given["presences"])
    if not present and given["witness_count"] is None:
        return None
    return {
        **{name: name in present for name in ("lawyer", "suspect", "video")},
        "witnesses": given["witness_count"] or 0,
    }


def _want(given: Given, names: tuple[str, ...], needed: tuple[str, ...]) -> None:
    """Raise where one of ``names`` was said and one of ``needed`` wasn't."""
    missing = [f"--{name.replace('_', '-')}" for name in needed if given[name] is None]
    said = [name for name in names if given[name] not in (None, (), False)]
    if said and missing:
        text = f"expected {', '.join(missing)} beside --{said[0].replace('_', '-')}, found none"
        raise UsageError("usage.asset", text)


def _check_number(given: Given, name: str, form: re.Pattern[str]) -> None:
    if given[name] is not None and not form.match(given[name]):
        what = "a whole number" if form is _INTEGER else "a decimal number such as 0.25"
        raise UsageError("usage.asset", f"expected {what} for --{name}, found {given[name][:80]!r}")


def _time(context: Context, typed: str, when: When) -> str:
    moment, _ = When(at=typed, utc_offset=when.utc_offset).moment(context.now())
    return format_time(moment)


def _some(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
