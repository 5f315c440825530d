"""The records that a paper is made from: read from the ledger at hand, or from a bundle that was verified.

Entries of the ledger are folded by the one reducer with every signature checked, as for its story; whether the ledger
around them is whole is for an audit. What is provably wrong makes no paper.
"""

from __future__ import annotations

from collections.abc import Iterable

from custody.bundle.closure import find_closure
from custody.ledger.agreement import check_rows
from custody.ledger.store import DisclosureStore, LedgerReader
from custody.report.from_ledger import report_of, values_of
from custody.verify.fold.fold import fold_all
from custody.verify.verify import Verified
from schemas.entry import parse_entry
from schemas.errors import RefusedError
from schemas.report import Findings, Severity

Name = tuple[str, str]


def read_ledger(
    reader: LedgerReader,
    disclosures: DisclosureStore,
    exhibits: Iterable[Name],
    requests: Iterable[str] = (),
    extra: Iterable[int] = (),
    *,
    at: str,
) -> Verified:
    """Return what the ledger holds about exhibits and requests, and the entries ``extra``, as of ``at``.

    Raises:
        UsageError: an exhibit or request that the ledger doesn't have.
        RecordError: an entry that is none any more.
        StorageError: ``ledger.unreadable`` where the rows beside the entries don't fit them.
    """
    names = list(exhibits)
    closure = find_closure(reader, names, tuple(requests), size=reader.head().size)
    carried = {index for indexes in closure.indexes.values() for index in indexes}
    entries = {index: closure.entries[index] for index in sorted(carried)}
    entries |= {index: parse_entry(reader.entry(index)) for index in set(extra) - carried}
    entries = dict(sorted(entries.items()))
    findings = Findings()
    fold, placed = fold_all(entries, findings, names)
    check_rows(reader.view(), fold.state, names, findings)
    fold.finish()
    report = report_of(findings, at)
    return Verified(report, entries, placed, values_of(disclosures, entries), fold.state)


def check_sound(verified: Verified) -> None:
    """Raise unless a paper may be made of what was read: nothing in it is provably wrong.

    Raises:
        RefusedError: ``print.failed``.
    """
    # A release without consent (step 11) is a breach of law, which a paper must not hide by not being made.
    failed = (item for item in verified.report.findings if item.severity is Severity.FAILED and item.step != 11)
    wrong = next(failed, None)
    if wrong is not None:
        text = f"expected records that hold, found {wrong.subject}: {wrong.text}"
        raise RefusedError("print.failed", text, hint="custody verify or custody audit says more")
