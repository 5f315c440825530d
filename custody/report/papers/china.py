"""The Chinese collection record and list (2016 Provisions art. 14, law row C2), in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from custody.evidence.members import Member
from custody.report.papers.asset_facts import asset_tables
from custody.report.papers.exhibit_records import (
    Name,
    amount_of,
    balance_tables,
    check_value,
    file_table,
    name_of,
    proofs_of,
    registrations,
)
from custody.report.papers.paper import Label, Paper, Reader, Row
from custody.report.papers.seizure_facts import (
    case_rows,
    device_text,
    paper_table,
    people_table,
    person_text,
    protection_text,
    seal_table,
    signature_text,
)
from custody.report.phrases import WORDS
from custody.verify.verify import Verified
from schemas.details.exhibit import Acquisition, Attestation, ExhibitRegistered
from schemas.entry import ParsedEntry
from schemas.types import UNSET, is_set

_HOLDERS = ("occupant", "owner", "provider", "suspect", "victim")
_INVESTIGATORS: Final = Label("Investigators", "侦查人员")
_HOLDER: Final = Label("Holder or provider", "电子数据持有人（提供人）")
_SIGNING: Final = (_INVESTIGATORS, _HOLDER, Label("Witness", "见证人"))
"""Who signs the record and the list, in the words of the Provisions of 2016 art. 14."""


def cn_record(verified: Verified, exhibits: Sequence[Name], basis: tuple[Row, ...]) -> Paper:
    """Return the record of a collection (2016 Provisions art. 14, law row C2), in Chinese and English."""
    zh, en = (_record(Reader(verified, language), exhibits, basis) for language in ("zh", "en"))
    return replace(zh, english=en)


def _record(read: Reader, exhibits: Sequence[Name], basis: tuple[Row, ...]) -> Paper:
    verified = read.verified
    first, *_ = registrations(verified, exhibits)
    entry, details = first
    taken = details.acquisition if isinstance(details.acquisition, Acquisition) else None
    attested = details.attestations or ()
    process = (taken.started_at, taken.ended_at, taken.arguments) if taken else ()
    *case, cause = case_rows(read, [str(entry.event.event.case)])
    rows = (
        cause,
        Row(Label("Object", "对象"), read.several(details.description, details.seized_from)),
        Row(Label("Content", "内容"), _what(read, details)),
        Row(Label("Time", "时间"), read.when(entry)),
        Row(Label("Place", "地点"), read.value(details.place)),
        Row(Label("Method", "方法"), _method(read, details, taken)),
        Row(Label("Process", "过程"), read.several(_obtained(read, details), *process)),
        Row(Label("Exhibit", "编号"), name_of(entry)),
        *case,
        Row(Label("Legal authority of the collection", "取证法律手续"), read.value(details.legal_authority)),
        Row(Label("State of the device", "设备状态"), device_text(read, details)),
        Row(_INVESTIGATORS, read.signers(entry, "actor", "second")),
        Row(_HOLDER, _attested(read, attested, _HOLDERS)),
        Row(Label("Witnesses", "见证人"), _witnesses(read, entry, attested)),
        Row(Label("Recordings and documents (SHA-256)", "录像及文书（SHA-256）"), _papers(read, details, attested)),
        Row(
            Label("Integrity check value of all files", "全部文件的完整性校验值"),
            check_value(details, language=read.language),
        ),
        Row(Label("How integrity is protected", "完整性保护方式"), protection_text(read, entry, details)),
        Row(Label("Digital signature or certificate of the data", "数字签名、数字证书"), signature_text(read, entry)),
    )
    return Paper(
        "cn-record", Label("Record of the collection of electronic data", "电子数据提取笔录"), read.language, basis,
        (), rows,
        (
            file_table(read, details), *asset_tables(read, [first]), *seal_table(read, [first]),
            *paper_table(read, [first]),
        ),
        _SIGNING,
        proofs_of(verified, [first]),
    )  # fmt: skip


def cn_list(
    verified: Verified,
    exhibits: Sequence[Name],
    basis: tuple[Row, ...],
    lists: Mapping[str, Sequence[Member]] | None = None,
) -> Paper:
    """Return the list of electronic data: category, format and check value of each (2016 Provisions art. 14).

    ``lists`` holds the records of lists that are too long for an event, by event hash of the registration.
    """
    zh, en = (_list(Reader(verified, language), exhibits, basis, lists or {}) for language in ("zh", "en"))
    return replace(zh, english=en)


def _list(
    read: Reader, exhibits: Sequence[Name], basis: tuple[Row, ...], lists: Mapping[str, Sequence[Member]]
) -> Paper:
    found = registrations(read.verified, exhibits)
    tables = tuple(
        file_table(read, details, name_of(entry), lists.get(entry.event.hash, ())) for entry, details in found
    )
    tables += (*asset_tables(read, found), *seal_table(read, found), *people_table(read, found))
    tables += balance_tables(read, found)
    *case, cause = case_rows(read, (str(entry.event.event.case) for entry, _ in found))
    investigators = dict.fromkeys(read.signers(entry, "actor", "second") for entry, _ in found)
    rows = (
        cause,
        *case,
        Row(_INVESTIGATORS, "; ".join(investigators)),
        Row(Label("Exhibits", "件数"), str(len(found))),
    )
    return Paper(
        "cn-list", Label("List of electronic data", "电子数据清单"), read.language, basis, (), rows, tables,
        _SIGNING,
        proofs_of(read.verified, found),
    )  # fmt: skip


def _what(read: Reader, details: ExhibitRegistered) -> str:
    amount = amount_of(details, language=read.language)
    return f"{read.term(details.kind)}, {read.term(details.nature)}; {amount}"


def _obtained(read: Reader, details: ExhibitRegistered) -> str:
    word = details.obtained
    return read.term(word) if read.language == "zh" else WORDS.get(word, word)


def _method(read: Reader, details: ExhibitRegistered, taken: Acquisition | None) -> str:
    if taken is None:
        return _obtained(read, details)
    return read.several(taken.method, taken.tool, taken.version, taken.device, taken.serial, taken.write_blocker)


def _attested(read: Reader, attested: tuple[Attestation, ...], roles: tuple[str, ...]) -> str:
    return "; ".join(person_text(read, item) for item in attested if item.role in roles) or read.value(UNSET)


def _witnesses(read: Reader, entry: ParsedEntry, attested: tuple[Attestation, ...]) -> str:
    signing = any(signer.as_ == "witness" for signer in entry.event.event.signers)
    told = [read.signers(entry, "witness")] if signing else []
    if any(item.role == "witness" for item in attested):
        told.append(_attested(read, attested, ("witness",)))
    return "; ".join(told) or read.value(UNSET)


def _papers(read: Reader, details: ExhibitRegistered, attested: tuple[Attestation, ...]) -> str:
    named = details.documents or ()
    return read.value((*named, *(item.document for item in attested if is_set(item.document))))
