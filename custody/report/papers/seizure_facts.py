"""What forms about seizures share: the case and its legal basis, devices, seals, who attested, and papers in law."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from itertools import chain

from custody.report.papers.exhibit_records import acts_on, name_of
from custody.report.papers.paper import Label, Reader, Row, Table
from custody.report.safe_text import show
from custody.report.words import format_utc
from custody.verify.assets.freezes import follow
from schemas.content import Content
from schemas.details.case import CaseChanged, CaseOpened, Offence
from schemas.details.exhibit import (
    Attestation,
    ExhibitCopied,
    ExhibitExamined,
    ExhibitRegistered,
    ExhibitSealed,
    ExhibitUnsealed,
)  # fmt: skip
from schemas.details.record import RecordExplained
from schemas.details.seizure import DeviceState, Identity, LegalPaper
from schemas.entry import ParsedEntry
from schemas.types import UNSET, is_set

Found = Sequence[tuple[ParsedEntry, ExhibitRegistered]]
"""Registrations with their details."""


def case_rows(read: Reader, cases: Iterable[str]) -> tuple[Row, ...]:
    """Return the numbers of cases, whose they are, and on what law and for which offences they were opened."""
    names = tuple(dict.fromkeys(cases))
    told = [_case(read, name) for name in names]
    authority, basis, offences = (
        "; ".join(dict.fromkeys(values)) for values in zip(*told, strict=True)
    )  # fmt: skip
    return (
        Row(Label("Case", "案件编号"), show(", ".join(names))),
        Row(Label("Authority of the case", "办案机关"), authority),
        Row(Label("Legal basis of the case", "立案依据"), basis),
        Row(Label("Cause of the case", "案由"), offences),
    )


def _case(read: Reader, name: str) -> tuple[str, str, str]:
    """The newest record of each counts, and what was never told is not recorded."""
    authority: object = UNSET
    basis: object = UNSET
    offences: tuple[Offence, ...] = ()
    for entry in read.verified.entries.values():
        details = entry.event.details
        if entry.event.event.case == name and isinstance(details, CaseOpened | CaseChanged):
            authority = details.authority if is_set(details.authority) else authority
            basis = details.legal_basis if is_set(details.legal_basis) else basis
            offences = details.offences if isinstance(details.offences, tuple) and details.offences else offences
    told = "; ".join(f"{item.country}: {read.value(item.text)}" for item in offences)
    return read.value(authority), read.value(basis), told or read.value(UNSET)


def device_text(read: Reader, details: ExhibitRegistered) -> str:
    """Return how a device was found and isolated (law row R9)."""
    state = details.device_state
    if not isinstance(state, DeviceState):
        return read.value(UNSET)
    words = {
        "found": Label("found", "发现时"), "left": Label("taken away", "带走时"),
        "by": Label("isolated by", "隔离方式"), True: Label("locked", "已锁屏"), False: Label("not locked", "未锁屏"),
    }  # fmt: skip
    told = [f"{read.word(words['found'])}: {read.term(state.power)}"]
    if is_set(state.left):
        told.append(f"{read.word(words['left'])}: {read.term(str(state.left))}")
    if isinstance(state.isolation, tuple):
        told.append(f"{read.word(words['by'])}: {', '.join(map(read.term, state.isolation))}")
    if isinstance(state.locked, bool):
        told.append(read.word(words[state.locked]))
    return "; ".join([*told, *([read.value(state.note)] if is_set(state.note) else [])])


def protection_text(read: Reader, entry: ParsedEntry, details: ExhibitRegistered) -> str:
    """Return by which of the ways of the 2016 Provisions art. 5 the integrity is protected (law row C4)."""
    story = tuple(acts_on(read.verified, entry))
    acts = [act.event.details for act in story]
    frozen = reduce(follow, story, follow(None, entry))
    attested = details.attestations or ()
    ways = (
        (any(isinstance(act, ExhibitSealed) for act in acts), Label("sealed", "查封、扣押、封存")),
        (isinstance(details.content, Content), Label("integrity check value", "计算完整性校验值")),
        (
            any(isinstance(act, ExhibitCopied) and act.copy == "evidentiary" for act in acts),
            Label("backup copy", "制作备份"),
        ),
        (
            frozen is not None and not frozen.is_lifted,
            Label("frozen", "冻结"),
        ),
        (any(item.manner == "recording" for item in attested), Label("recorded on video", "录像")),
    )
    return ", ".join(read.word(label) for is_there, label in ways if is_there) or read.value(UNSET)


def signature_text(read: Reader, entry: ParsedEntry) -> str:
    """Return what an examination found last of a signature that the data themselves have (law row C7)."""
    for act in reversed(tuple(acts_on(read.verified, entry))):
        details = act.event.details
        if isinstance(details, ExhibitExamined) and is_set(details.digital_signature):
            told = (read.term(str(details.digital_signature)), read.several(details.tool, details.version))
            return "; ".join((*told, read.when(act)))
    return read.value(UNSET)


def person_text(read: Reader, item: Attestation) -> str:
    """Return who attested what and how, with the identity document and the contact (law rows C2, C3)."""
    told = f"{read.value(item.person)}: {read.term(item.role)}, {read.term(item.manner)}"
    if is_set(item.reason):
        told += f", {read.value(item.reason)}"
    if isinstance(item.identity, Identity):
        contact = f", {read.value(item.identity.contact)}" if is_set(item.identity.contact) else ""
        told += f", {read.term(item.identity.type)} {read.value(item.identity.number)}{contact}"
    if isinstance(item.eligible, bool):
        eligible, other = Label("found eligible", "经查具备资格"), Label("found NOT eligible", "经查不具备资格")
        told += f", {read.word(eligible if item.eligible else other)}"
    return told


def people_table(read: Reader, found: Found) -> tuple[Table, ...]:
    """Return who attested the taking of each exhibit; nothing where nobody did."""
    heads = (
        Label("Exhibit", "编号"), Label("Who, as what, how", "人员、身份、方式"),
        Label("Document (SHA-256)", "文书（SHA-256）"),
    )  # fmt: skip
    rows = tuple(
        (name_of(entry), person_text(read, item), read.value(item.document))
        for entry, details in found
        for item in details.attestations or ()
    )
    return (Table(Label("Who attested", "在场人员"), heads, rows),) if rows else ()


def seal_table(read: Reader, found: Found) -> tuple[Table, ...]:
    """Return the seals of each exhibit in their order, with the photos of both sides (law row C21)."""
    heads = (
        Label("Exhibit", "编号"), Label("What", "事项"), Label("Seal", "封条编号"), Label("Package", "包装"),
        Label("Time", "时间"), Label("By", "操作人"), Label("Photos before (SHA-256)", "封存前照片（SHA-256）"),
        Label("Photos after (SHA-256)", "封存后照片（SHA-256）"),
    )  # fmt: skip
    rows = tuple(chain.from_iterable(_seals(read, entry) for entry, _ in found))
    return (Table(Label("Seals", "封存情况"), heads, rows),) if rows else ()


def _seals(read: Reader, entry: ParsedEntry) -> Iterable[tuple[str, ...]]:
    sealed, opened = Label("sealed", "封存"), Label("opened, seal intact", "启封，封条完好")
    broken = Label("opened, seal NOT intact", "启封，封条不完好")
    for act in acts_on(read.verified, entry):
        details, by = act.event.details, read.signers(act, "actor", "second")
        if isinstance(details, ExhibitSealed):
            photos = (read.value(details.photos_before), read.value(details.photos))
            package = read.value(details.package)
            yield (name_of(entry), read.word(sealed), read.value(details.seal), package, read.when(act), by, *photos)
        if isinstance(details, ExhibitUnsealed):
            photos = (read.value(details.photos), read.value(details.photos_after))
            what = read.word(opened if details.intact else broken)
            yield (name_of(entry), what, read.value(details.seal), "-", read.when(act), by, *photos)


def paper_table(read: Reader, found: Found) -> tuple[Table, ...]:
    """Return the documents of each exhibit, and which of them legalises or translates what (law row C9)."""
    heads = (
        Label("Exhibit", "编号"), Label("What it is", "文书种类"), Label("Document (SHA-256)", "文书（SHA-256）"),
        Label("Of the document", "所涉文书"), Label("By whom, number, time", "出具机关、编号、时间"),
    )  # fmt: skip
    rows: list[tuple[str, ...]] = []
    for entry, details in found:
        later = [act.event.details for act in acts_on(read.verified, entry)]
        papers = chain(
            details.legal_papers or (),
            *(told.legal_papers or () for told in later if isinstance(told, RecordExplained)),
        )
        known = [_paper(read, entry, item) for item in papers]
        told = {cells[2] for cells in known}
        plain = [item for item in details.documents or () if item not in told]
        rows += known
        rows += [(name_of(entry), read.word(Label("document", "文书")), item, "-", "-") for item in plain]
    return (Table(Label("Documents", "相关文书"), heads, tuple(rows)),) if rows else ()


def _paper(read: Reader, entry: ParsedEntry, item: LegalPaper) -> tuple[str, ...]:
    issued = format_utc(str(item.issued_at)) if is_set(item.issued_at) else UNSET
    by = read.several(item.authority, item.country, item.number, issued)
    return name_of(entry), read.term(item.role), item.document, read.value(item.of) if is_set(item.of) else "-", by
