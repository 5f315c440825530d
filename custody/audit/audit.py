"""An audit of a whole ledger: what stands in its files against all that follows from its entries.

What the caller owes: that the trust file and the held checkpoint come from the auditor and not from the ledger. Without
them an audit shows that the ledger is one with itself; a ledger that was written anew as a whole, with its own keys,
is that as well, and the report says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from custody.audit.columns import check_soundness, compare_schema
from custody.audit.evidence_files import FilesAudited, FilesWanted, check_files
from custody.audit.kept_documents import DocumentsAudited
from custody.audit.ledger_pass import LedgerPass, Progress
from custody.audit.private_values import PrivateValues
from custody.audit.record import AuditReport, steps_of
from custody.audit.table_rows import TableRows, Unreadable
from custody.audit.wanted import Wanted
from custody.ledger.collector import without_collector
from custody.storage.ledger_store import SqliteStore
from custody.storage.schema import DISCLOSURES
from schemas.content import Content, FileRecord
from schemas.details.record import DisclosureErased
from schemas.errors import StorageError
from schemas.private import Disclosure
from schemas.report import Finding, LedgerReport, Severity
from schemas.text import format_time
from schemas.types import UNSET, Private


@dataclass(frozen=True, slots=True)
class Audited:
    """The report, and the newest checkpoint that it is about: what an auditor cosigns."""

    report: AuditReport
    checkpoint: bytes | None


def audit(
    store: SqliteStore, *, origin: str, at: datetime, wanted: Wanted, progress: Progress | None = None
) -> Audited:
    """Return what holds of the ledger ``origin`` in ``store``, as of ``at`` (aware). No damage to its files raises.

    Raises:
        StorageError: ``ledger.busy``, or where the machine and not the ledger is at fault.
    """
    # Set aside until all that was kept is gone again: it would walk over that once, as soon as it may.
    with without_collector():
        return _audit(store, LedgerPass(origin, wanted, progress), wanted, at)


def _audit(store: SqliteStore, running: LedgerPass, wanted: Wanted, at: datetime) -> Audited:
    files = documents = None
    try:
        with (
            store.database.transaction(is_write=False, as_found=True) as connection,
            running.checking_signatures() as cores,
        ):
            rows = TableRows(connection)
            with rows.small_cache():
                running.read(rows, cores)
            with store.disclosures.database.transaction(is_write=False, as_found=True) as values:
                _read_values(running, TableRows(values))
        if wanted.behind is not None:
            behind = wanted.behind
            running.assets.check(store.disclosures, behind.document, behind.trusted.trust, running.findings)
        if wanted.files is not None:
            files = _read_files(running, wanted.files, store)
            documents = _read_documents(running, wanted.files)
    except Unreadable as error:
        running.break_off(str(error))
    except StorageError as error:
        if error.code != "ledger.unreadable":
            raise
        running.break_off(error.text)
    return Audited(_report(running, wanted, at, files, documents), running.newest)


def _read_values(running: LedgerPass, values: TableRows) -> None:
    """Step 10: private values against commitments."""
    if not compare_schema(values, DISCLOSURES, running.findings):
        return
    running.findings.asked.add(10)
    check_soundness(values, running.findings)
    replayed = running.replayed
    if replayed is not None:
        private = PrivateValues(replayed.fold.commitments, replayed.erased, running.findings)
        private.check(values)
        private.assets.report(replayed.fold.state, running.assets.observed(), running.findings)


def _read_files(running: LedgerPass, wanted: FilesWanted, store: SqliteStore) -> FilesAudited:
    """Step 9: evidence against the records that were signed."""

    def disclosures_of(content: Content) -> Mapping[str, Disclosure]:
        records = content.files if isinstance(content.files, tuple) else ()
        return store.disclosures.get([item for record in records for item in _commitments(record)])

    running.findings.asked.add(9)
    return check_files(running.registered_now(), wanted, disclosures_of, running.findings)


def _read_documents(running: LedgerPass, wanted: FilesWanted) -> DocumentsAudited | None:
    """Step 9: documents against the entries that name them."""
    if wanted.places.documents is None or running.replayed is None:
        return None
    orders = (event.details for _, event in running.replayed.orders)
    ordered = {digest for order in orders if isinstance(order, DisclosureErased) for digest in order.files or ()}
    return running.documents.check(wanted.places.documents, ordered, running.findings)


def _commitments(record: FileRecord) -> list[str]:
    return [value.commitment for value in (record.path, record.target) if isinstance(value, Private)]


def _report(
    running: LedgerPass, wanted: Wanted, at: datetime, files: FilesAudited | None, documents: DocumentsAudited | None
) -> AuditReport:
    running.finish_procedure(format_time(at))
    running.cap.trim(running.findings)
    replayed = running.replayed
    ledger = None
    if replayed is not None and replayed.genesis is not None:
        size = replayed.tree.size
        ledger = LedgerReport(
            genesis=replayed.genesis.hex(), origin=running.origin, root=replayed.tree.root(size).hex(), size=size
        )
    return AuditReport(
        as_of=UNSET if wanted.as_of is None else format_time(wanted.as_of),
        at=format_time(at),
        custody=UNSET if running.watch is None else running.watch.result(),
        documents=UNSET if documents is None else documents,
        files=UNSET if files is None else files,
        findings=tuple(sorted(running.findings.items, key=_order)),
        held=tuple(sorted(item.size for item in running.held)),
        ledger=UNSET if ledger is None else ledger,
        omitted=dict(sorted(running.cap.omitted.items())),
        schema="custody-audit/v1",
        signatures=running.signatures,
        since=UNSET if wanted.since is None else wanted.since.size,
        steps=steps_of(running.findings),
        trust_sha256=UNSET if wanted.trust_sha256 is None else wanted.trust_sha256,
        verdict=running.findings.verdict(),
    )


def _order(finding: Finding) -> tuple[int, bool, int]:
    """By step, and in it what counts before notes, and by entry."""
    word, _, number = finding.subject.partition(" ")
    index = int(number) if word in ("entry", "checkpoint") and number.isdigit() else -1
    return finding.step, finding.severity in (Severity.NOTE, Severity.DEFECT), index
