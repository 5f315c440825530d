"""The list of what was seized, which everybody needs: in English, and in Chinese too where the ledger is Chinese."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from custody.report.papers.asset_facts import asset_tables
from custody.report.papers.exhibit_records import (
    Name,
    acts_on,
    balance_tables,
    check_value,
    name_of,
    proofs_of,
    registrations,
)
from custody.report.papers.paper import Label, Paper, Reader, Row, Table
from custody.report.papers.seizure_facts import Found, case_rows, device_text, paper_table, people_table, seal_table
from custody.verify.verify import Verified
from schemas.details.exhibit import ExhibitSealed
from schemas.entry import ParsedEntry
from schemas.types import UNSET

_HEADS: Final = (
    Label("Exhibit", "编号"), Label("Description", "名称"), Label("Identifiers", "特征、序列号"), Label("Kind", "类别"),
    Label("Taken from", "持有人"), Label("Place", "地点"), Label("Time", "时间"),
    Label("State of the device", "设备状态"), Label("Seal", "封条编号"), Label("Package", "包装"),
    Label("Check value (SHA-256)", "完整性校验值（SHA-256）"),
)  # fmt: skip
_SIGNING: Final = (
    Label("Officer", "办案人员"), Label("Person from whom it was taken", "被扣押人"),
    Label("Onlooker who signs", "见证人"),
)  # fmt: skip


def seizure_list(verified: Verified, exhibits: Sequence[Name], basis: tuple[Row, ...]) -> Paper:
    """Return the list of what was seized: by which law, with check values, seals, states of devices, and who attested
    it (law rows R9, C2, C21).
    """
    ledger = verified.state.ledger()
    english = _list(Reader(verified, "en"), exhibits, basis)
    if ledger is None or ledger.country != "CN":
        return english
    return replace(_list(Reader(verified, "zh"), exhibits, basis), english=english)


def _list(read: Reader, exhibits: Sequence[Name], basis: tuple[Row, ...]) -> Paper:
    found = registrations(read.verified, exhibits)
    authority = dict.fromkeys(read.value(details.legal_authority) for _, details in found)
    officers = dict.fromkeys(read.signers(entry, "actor", "second") for entry, _ in found)
    rows = (
        *case_rows(read, (str(entry.event.event.case) for entry, _ in found)),
        Row(Label("Legal authority", "扣押法律手续"), "; ".join(authority)),
        Row(Label("Officers", "办案人员"), "; ".join(officers)),
        Row(Label("Exhibits", "件数"), str(len(found))),
    )
    listed = tuple(_row(read, entry, index, found) for index, (entry, _) in enumerate(found))
    return Paper(
        "seizure-list", Label("List of seized exhibits", "扣押物品、文件清单"), read.language, basis, (), rows,
        (
            Table(Label("Exhibits", "物品、文件"), _HEADS, listed), *asset_tables(read, found),
            *seal_table(read, found), *people_table(read, found), *paper_table(read, found),
            *balance_tables(read, found),
        ),
        _SIGNING, proofs_of(read.verified, found),
    )  # fmt: skip


def _row(read: Reader, entry: ParsedEntry, index: int, found: Found) -> tuple[str, ...]:
    details = found[index][1]
    acts = [act.event.details for act in acts_on(read.verified, entry)]
    seals = [act for act in acts if isinstance(act, ExhibitSealed)]
    return (
        name_of(entry),
        read.value(details.description),
        read.value(details.identifiers),
        read.term(details.kind),
        read.value(details.seized_from),
        read.value(details.place),
        read.when(entry),
        device_text(read, details) if details.nature == "object" else "-",
        read.value(seals[-1].seal if seals else UNSET),
        read.value(seals[-1].package if seals else UNSET),
        check_value(details, language=read.language),
    )
