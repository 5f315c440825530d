"""What papers about exhibits share: their registrations, files and check values, as the records have them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from custody.evidence.members import Member
from custody.report.balance_words import balance_rows
from custody.report.counts import count_bytes, counted
from custody.report.papers.paper import Label, Proof, Reader, Table, proof_of
from custody.report.safe_text import show
from custody.verify.verify import Verified
from schemas.content import Content, Digests, FileRecord
from schemas.details.exhibit import ExhibitRegistered
from schemas.entry import ParsedEntry
from schemas.errors import UsageError
from schemas.types import is_set

Name = tuple[str, str]
"""Case and number."""


def registrations(verified: Verified, exhibits: Sequence[Name]) -> list[tuple[ParsedEntry, ExhibitRegistered]]:
    """Return the registrations of exhibits, in the order asked for.

    Raises:
        UsageError: ``print.subject`` for one that is not among the records.
    """
    found = {
        (str(entry.event.event.case), str(entry.event.event.exhibit)): (entry, entry.event.details)
        for entry in verified.entries.values()
        if isinstance(entry.event.details, ExhibitRegistered)
    }
    missing = [name for name in exhibits if name not in found]
    if missing or not exhibits:
        case, number = missing[0] if missing else ("", "")
        raise UsageError("print.subject", f"expected a registered exhibit, found {case}/{number}")
    return [found[name] for name in exhibits]


def name_of(entry: ParsedEntry) -> str:
    """Return ``CASE/EXHIBIT`` of the exhibit that an entry is about."""
    return show(f"{entry.event.event.case}/{entry.event.event.exhibit}")


def acts_on(verified: Verified, entry: ParsedEntry) -> Iterator[ParsedEntry]:
    """Yield the later entries about the exhibit that ``entry`` registered."""
    event = entry.event.event
    for other in verified.entries.values():
        inner = other.event.event
        about = inner.about or ()
        if (inner.case, inner.exhibit) == (event.case, event.exhibit) or any(
            item.exhibit == entry.event.hash for item in about
        ):
            yield other


def proofs_of(verified: Verified, found: Sequence[tuple[ParsedEntry, ExhibitRegistered]]) -> tuple[Proof, ...]:
    """Return what identifies every record about the exhibits, in ledger order."""
    entries = {act.entry.index: act for entry, _ in found for act in (entry, *acts_on(verified, entry))}
    return tuple(proof_of(entries[index]) for index in sorted(entries))


def amount_of(details: ExhibitRegistered, *, language: str = "en") -> str:
    """Return how many files there are, and their bytes."""
    if not isinstance(details.content, Content):
        return "无文件" if language == "zh" else "no files"
    if language == "zh":
        return f"{details.content.count}个文件，{details.content.bytes}字节"
    return f"{counted(details.content.count, 'file', 'files')}, {count_bytes(details.content.bytes)}"


def check_value(details: ExhibitRegistered, *, language: str = "en") -> str:
    """The plain SHA-256 of a single file, which anybody can compute; of several, the digest over their records."""
    if not isinstance(details.content, Content):
        return "无：实物没有校验值" if language == "zh" else "none: a thing has no check value"
    if not details.content.count:
        return "无：没有文件" if language == "zh" else "none: no files"
    (single, *more) = files_of(details) or (None,)
    if single is not None and not more and is_set(single.digests):
        return f"SHA-256 {single.digests.sha256}"  # type: ignore[union-attr]
    over = "全部文件记录的SHA-256" if language == "zh" else "SHA-256 over all file records"
    return f"{over} {details.content.root}"


def files_of(details: ExhibitRegistered) -> tuple[FileRecord, ...]:
    """Return the file records in the event; a long list lies in a manifest."""
    if not isinstance(details.content, Content) or not isinstance(details.content.files, tuple):
        return ()
    return details.content.files


def balance_tables(read: Reader, found: Sequence[tuple[ParsedEntry, ExhibitRegistered]]) -> tuple[Table, ...]:
    """Return what assets among the exhibits held over time, as was recorded; nothing where no balance is."""
    heads = (
        Label("Exhibit", "编号"), Label("Time", "时间"), Label("With", "持有账户"),
        Label("Balance (smallest unit)", "余额（最小单位）"), Label("Entry", "记录序号"),
    )  # fmt: skip
    account, wallet = Label("the account", "涉案账户"), Label("the custody wallet", "保管钱包")
    rows = tuple(
        (name_of(entry), row.when, read.word(wallet if row.is_wallet else account), str(row.amount), str(row.entry))
        for entry, _ in found
        for row in balance_rows(tuple(acts_on(read.verified, entry)), read.verified.values.disclosed)
    )
    return (Table(Label("Balances", "余额记录"), heads, rows),) if rows else ()


def file_table(read: Reader, details: ExhibitRegistered, name: str = "", listed: Sequence[Member] = ()) -> Table:
    """Return the files of an exhibit as a list with category, format and check value; ``listed`` are the records of a
    list that is too long for the event.
    """
    heads = (
        Label("No.", "序号"), Label("Name", "名称"), Label("Category and format", "类别、文件格式"),
        Label("Bytes", "大小"), Label("Check value", "完整性校验值"),
    )  # fmt: skip
    named = [(record, read.value(record.path)) for record in files_of(details)]
    named += [(item.record, read.path(item.path, item.record.path)) for item in listed]
    rows = [_file_row(read, number, record, path) for number, (record, path) in enumerate(named, 1)]
    if not rows:
        rows.append(
            (
                "-",
                name or "-",
                amount_of(details, language=read.language),
                "-",
                check_value(details, language=read.language),
            )
        )
    suffix = f" {name}" if name else ""
    return Table(Label(f"Files{suffix}", f"文件清单{suffix}"), heads, tuple(rows))


def _file_row(read: Reader, number: int, record: FileRecord, path: str) -> tuple[str, ...]:
    ending = path.rpartition(".")[2] if "." in path.rpartition("/")[2] else "-"
    digest = read.word(Label("unread", "未读取"))
    if isinstance(record.digests, Digests):
        also = f"; SM3 {record.digests.sm3}" if is_set(record.digests.sm3) else ""
        digest = f"SHA-256 {record.digests.sha256}{also}"
    return (str(number), path, f"{read.term(record.type)}, {ending}", read.value(record.size), digest)
