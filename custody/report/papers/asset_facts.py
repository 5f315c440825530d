"""What forms say of a digital asset: what it is, who holds it, how it was secured, and every freeze (rows C17, C18)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from custody.report.papers.exhibit_records import acts_on, name_of
from custody.report.papers.paper import Label, Reader, Table
from custody.report.words import format_utc
from schemas.details.asset import Asset, AssetTransfer, Freeze, FreezeChanged, SealedSecret, Valuation
from schemas.details.exhibit import ExhibitRegistered
from schemas.entry import ParsedEntry
from schemas.types import UNSET, is_set

Found = Sequence[tuple[ParsedEntry, ExhibitRegistered]]
"""Registrations with their details."""


def asset_tables(read: Reader, found: Found) -> tuple[Table, ...]:
    """Return the assets among the exhibits, and by which orders they were frozen, prolonged and lifted."""
    heads = (
        Label("Exhibit", "编号"), Label("Asset or account", "资产、账户"), Label("Amount", "数量"),
        Label("Held", "保管方式"), Label("Worth", "估值"), Label("Secured by", "控制措施"),
    )  # fmt: skip
    assets = [(entry, details.asset) for entry, details in found if isinstance(details.asset, Asset)]
    rows = tuple(_asset(read, entry, asset) for entry, asset in assets)
    frozen = tuple(row for entry, asset in assets for row in _freezes(read, entry, asset))
    freeze_heads = (
        Label("Exhibit", "编号"), Label("What", "事项"), Label("Provider", "服务提供者"), Label("From", "起始时间"),
        Label("Until", "届满时间"), Label("Order", "法律文书"), Label("Approved by", "批准人"),
        Label("Provider told", "通知时间"),
    )  # fmt: skip
    return ((Table(Label("Digital assets", "虚拟财产"), heads, rows),) if rows else ()) + (
        (Table(Label("Freezing", "冻结情况"), freeze_heads, frozen),) if frozen else ()
    )


def _asset(read: Reader, entry: ParsedEntry, asset: Asset) -> tuple[str, ...]:
    platform = asset.platform
    named = (platform.platform, platform.collection, platform.number) if is_set(platform) else ()  # type: ignore[union-attr]
    worth = asset.valuation
    value = [read.value(worth.amount), worth.currency, format_utc(worth.at)] if isinstance(worth, Valuation) else []
    secured = []
    if isinstance(asset.transfer, AssetTransfer):
        secured.append(f"{read.word(Label('moved to', '转入'))} {read.value(asset.transfer.wallet)}")
    if isinstance(asset.secret, SealedSecret):
        secured.append(f"{read.word(Label('keys sealed in', '密钥封存于'))} {read.value(asset.secret.envelope)}")
    return (
        name_of(entry), read.several(asset.asset, asset.account, *named), read.value(asset.amount),
        read.term(asset.custody), " ".join(value) or read.value(UNSET), "; ".join(secured) or read.value(UNSET),
    )  # fmt: skip


def _freezes(read: Reader, entry: ParsedEntry, asset: Asset) -> Iterator[tuple[str, ...]]:
    if isinstance(asset.freeze, Freeze):
        of = asset.freeze
        times = (_time(read, of.frozen_at), _time(read, of.ends_at))
        yield _freeze(read, entry, "placed", of.provider, times, of.order, of.approved_by, "-")
    for act in acts_on(read.verified, entry):
        of_change = act.event.details
        if isinstance(of_change, FreezeChanged):
            is_lifted = of_change.change == "lifted"
            times = (_time(read, of_change.decided_at), "-" if is_lifted else _time(read, of_change.ends_at))
            told = _time(read, of_change.notified_at) if is_lifted else "-"
            who = (of_change.order, of_change.approved_by, told)
            yield _freeze(read, entry, of_change.change, of_change.provider, times, *who)


def _freeze(
    read: Reader, entry: ParsedEntry, what: str, provider: object, times: tuple[str, str], order: object,
    approved_by: object, told: str,
) -> tuple[str, ...]:  # fmt: skip
    words = {
        "lifted": Label("lifted", "解除冻结"), "placed": Label("frozen", "冻结"),
        "prolonged": Label("prolonged", "续行冻结"),
    }  # fmt: skip
    whom = "-" if not is_set(provider) else read.value(provider)
    return (name_of(entry), read.word(words[what]), whom, *times, read.value(order), read.value(approved_by), told)


def _time(read: Reader, time: object) -> str:
    return format_utc(str(time)) if is_set(time) else read.value(time)
