"""Bundles within a bundle: what an exhibit's history was in the ledgers that had it before (docs/spec/inherited.md).

An exhibit that was accepted from another ledger begins there. The bundle with which it came travels along, without
its files, and is verified as the outer one is: same trust file, same time, its files looked for in the outer bundle.
What is found in it is found in the outer bundle, at the same step, named by the ledger that it is about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Final, TypeVar

from custody.verify.border.arrival import Arrived, report_arrival
from custody.verify.border.inner import ABSENT, Inner, event_in, manifest_of
from custody.verify.evidence.disclosures_step import Values
from custody.verify.evidence.seals import corrections_in, right_values
from custody.verify.record.bundled import Bundled
from custody.verify.record.opened import fail
from custody.verify.record.source import Source
from schemas import layout, limits
from schemas.details.exhibit import Foreign
from schemas.details.transfer import TransferReturned
from schemas.entry import ParsedEntry
from schemas.errors import VerificationError
from schemas.report import Findings, LedgerReport, Report, Severity

Within = TypeVar("Within", bound=Inner)
TOO_DEEP: Final = f"expected bundles within bundles to a depth of {limits.INHERITED_DEPTH}, found one more"


def check_inherited(
    bundled: Bundled, values: Values, again: Callable[[Source], Within], depth: int
) -> tuple[Within, ...]:
    """Verify every bundle below ``data/inherited`` with ``again``, and hold each acceptance against the one it names;
    ``depth`` counts the bundles that this one lies within.

    Findings: ``inherited.absent``, ``inherited.away`` (a defect or a note), ``inherited.depth``, ``inherited.unnamed``,
    ``inherited.exhibit``, ``inherited.head``, ``inherited.content``, ``inherited.conditions``, ``inherited.recipient``,
    ``inherited.country``, ``inherited.sent-at``, ``inherited.reservations``, ``inherited.names``, ``inherited.times``
    and ``inherited.seal`` (defects), ``inherited.condition-unseen``, ``inherited.kind``, ``inherited.unseen`` and
    ``inherited.corrected`` (notes), and those of the inner bundles, whose subject begins with the name of their ledger.
    """
    findings, failed = bundled.findings, partial(bundled.findings.add, 9, Severity.FAILED)
    names = [name for name in bundled.source.names() if name.startswith(layout.INHERITED)]
    if names and depth >= limits.INHERITED_DEPTH:
        findings.add(0, Severity.FAILED, "inherited.depth", names[0], TOO_DEEP)
        return ()
    found: dict[str, Within] = {}
    for name in names:
        try:
            inner = again(bundled.source.inherited(name))
        except VerificationError as error:
            fail(findings, 0, error, name)
            continue
        _take_over(inner, name, findings)
        manifest = manifest_of(inner) or name
        if manifest in found:
            text = f"expected each bundle once, found two of the payload manifest {manifest}"
            failed("inherited.unnamed", name, text)
        found[manifest] = inner
    named: set[str] = set()
    event_of = partial(event_in, bundled.state, bundled.entries)
    told = {name: (*corrections_in(inner.entries.values(), inner.values.disclosed),) for name, inner in found.items()}
    sent = {name: right_values(items) for name, items in told.items()}
    right = right_values(corrections_in(bundled.entries.values(), values.disclosed), *told.values())
    came = set[tuple[object, object]]()
    for index, details, foreign in _arrivals(bundled.entries):
        exhibit = (bundled.entries[index].event.event.case, bundled.entries[index].event.event.exhibit)
        named.add(foreign.manifest)
        inner_bundle = found.get(foreign.manifest)
        if inner_bundle is None and isinstance(details, TransferReturned):
            # With what came before, it may lie too deep to travel on; nobody has to send that.
            severity = Severity.NOTE if exhibit in came else Severity.DEFECT
            text = f"what happened in {foreign.ledger} before it came back is not told in this bundle"
            findings.add(9, severity, "inherited.away", f"entry {index}", text)
            continue
        if inner_bundle is None:
            text = f"expected the bundle of {foreign.ledger} with which it came, found none"
            failed("inherited.absent", f"entry {index}", text)
            continue
        came.add(exhibit)
        report_arrival(
            bundled.entries[index], inner_bundle, bundled.state, findings,
            event_of=event_of, within=found.get, shown=values.disclosed, sent=sent[foreign.manifest], right=right,
        )  # fmt: skip
    for manifest in sorted(found.keys() - named):
        failed("inherited.unnamed", manifest, "expected only bundles with which a carried exhibit came, found another")
    return tuple(found[key] for key in sorted(found))


def ledgers_of(report: Report) -> tuple[LedgerReport, ...]:
    """Return the state of the ledger that a report is about, and of those within its bundle."""
    own = (report.ledger,) if isinstance(report.ledger, LedgerReport) else ()
    return (*own, *(report.inherited or ()))


def _arrivals(entries: Mapping[int, ParsedEntry]) -> Iterator[tuple[int, Arrived, Foreign]]:
    """Yield what came from another ledger, for the first time or back."""
    for index, entry in sorted(entries.items()):
        details = entry.event.details
        if isinstance(details, Arrived) and isinstance(details.foreign, Foreign):
            yield index, details, details.foreign


def _take_over(inner: Inner, name: str, findings: Findings) -> None:
    ledger = inner.report.ledger
    where = ledger.origin if isinstance(ledger, LedgerReport) else name
    for item in inner.report.findings:
        # The outer bundle lists the files that count, and they are looked for there.
        is_absent = item.code in ABSENT
        severity = Severity.NOTE if is_absent else item.severity
        code = "inherited.not-asked" if is_absent else item.code
        findings.add(item.step, severity, code, f"{where}: {item.subject}", item.text)
