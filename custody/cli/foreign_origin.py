"""An exhibit that another ledger registered first: its origin, taken from a verified bundle of that ledger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from custody.bundle.container import Container, open_container
from custody.bundle.source import verify_container
from custody.cli.context import Context
from custody.cli.exhibit_selection import format_exhibit
from custody.cli.output import note
from custody.cli.verification import Believed, watched_reading
from custody.evidence.intake import Intake
from custody.evidence.manifest import read_manifest
from custody.report.safe_text import show_path
from custody.verify.state import Exhibit
from custody.verify.verify import Verified
from schemas import canonical, layout, limits
from schemas.content import Content, Digests, FileRecord, ManifestLine
from schemas.details.exhibit import ExhibitRegistered, Foreign
from schemas.details.record import BundleExported
from schemas.errors import RefusedError, UsageError, VerificationError
from schemas.report import LedgerReport, Report, Verdict


@dataclass(frozen=True, slots=True)
class ForeignExhibit:
    """Where an exhibit comes from, and the SHA-256 of every file that it has there."""

    bundle: Path
    origin: Foreign
    files: frozenset[str]

    def check(self, context: Context, intake: Intake) -> None:
        """Raise unless every file that was read is one of the foreign exhibit; some may be missing.

        Raises:
            RefusedError: ``foreign.content``.
        """
        read = frozenset(_digests(_records_read(intake)))
        strange = len(read - self.files)
        where = f"{self.origin.case}/{self.origin.exhibit} of {self.origin.ledger}"
        if strange:
            raise RefusedError(
                "foreign.content",
                f"expected only files of {where}, found {strange} that it does not have",
                hint=f"custody unpack {show_path(self.bundle)} --to DIR gives its files; register the exhibit's folder",
            )
        if len(read) < len(self.files):
            note(context.settings, f"note: {len(read)} of {len(self.files)} different files of {where} are registered")


def read_foreign(
    context: Context, bundle: Path, believed: Believed, *, exhibit: str | None, accept_indeterminate: bool
) -> ForeignExhibit:
    """Return the origin of the one exhibit that ``bundle`` lists, or of the one called ``exhibit``.

    Raises:
        VerificationError: ``foreign.verdict`` where the bundle FAILED.
        RefusedError: ``foreign.verdict`` where it is INDETERMINATE and that was not accepted.
        UsageError: ``foreign.exhibit`` where it isn't clear which exhibit is meant.
        StorageError: this machine's disk.
    """
    beliefs = believed.open(context)
    with (
        open_container(bundle) as container,
        watched_reading(context, "verifying", bundle.stat().st_size) as on_bytes,
    ):
        elsewhere = beliefs.elsewhere(on_bytes)
        verified = verify_container(
            container, trusted=beliefs.trusted, at=beliefs.at, elsewhere=elsewhere, on_bytes=on_bytes
        )
        _check_verdict(verified.report, bundle, accept_indeterminate=accept_indeterminate)
        found = _find(verified, exhibit)
        records = _records(container, verified, found)
        return ForeignExhibit(bundle, _origin(verified, found), frozenset(_digests(records)))


def _check_verdict(report: Report, bundle: Path, *, accept_indeterminate: bool) -> None:
    hint = f"custody verify {show_path(bundle)} says why"
    text = f"expected the verdict PASSED on {show_path(bundle)}, found {report.verdict.value}"
    if report.verdict is Verdict.FAILED:
        raise VerificationError("foreign.verdict", text, hint=hint)
    if report.verdict is not Verdict.PASSED and not accept_indeterminate:
        raise RefusedError("foreign.verdict", text, hint=f"{hint}; --accept-indeterminate registers it all the same")


def _find(verified: Verified, named: str | None) -> Exhibit:
    listed = [(item.case, item.exhibit) for item in verified.report.exhibits]
    known = [found for case, number in listed if (found := verified.state.exhibit(case, number)) is not None]
    fits = [item for item in known if named in (None, format_exhibit(item), item.number)]
    if len(fits) != 1:
        names = ", ".join(map(format_exhibit, known)) or "none"
        hint = "say which with --foreign-exhibit CASE/EXHIBIT"
        raise UsageError("foreign.exhibit", f"expected one exhibit of the bundle, found of {names}", hint=hint)
    return fits[0]


def _origin(verified: Verified, found: Exhibit) -> Foreign:
    ledger = verified.report.ledger
    assert isinstance(ledger, LedgerReport), "without a checkpoint nothing could have been decided"
    exported = verified.entries[ledger.size - 1].event.details
    assert isinstance(exported, BundleExported), "step 4 passed, so the last entry is the export"
    return Foreign(
        case=found.case,
        exhibit=found.number,
        head=found.head,
        ledger=ledger.origin,
        manifest=exported.manifest,
        root=ledger.root,
        size=ledger.size,
    )


def _records(container: Container, verified: Verified, found: Exhibit) -> Iterator[FileRecord]:
    """Yield the file records of an exhibit, from its registration or from the bundle's list of them."""
    events = (entry.event for entry in verified.entries.values())
    details = next(event.details for event in events if event.hash == found.registration)
    assert isinstance(details, ExhibitRegistered), "an exhibit begins with its registration"
    if not isinstance(details.content, Content):
        return
    if isinstance(details.content.files, tuple):
        yield from details.content.files
    elif details.content.count:
        for line in container.lines(f"{layout.MANIFESTS}{details.content.root}.jsonl", maximum=limits.MANIFEST_LINE):
            yield canonical.decode(line, ManifestLine, maximum=limits.MANIFEST_LINE).record


def _records_read(intake: Intake) -> Iterator[FileRecord]:
    if isinstance(intake.content.files, tuple):
        yield from intake.content.files
    elif intake.spool is not None:
        yield from (line.record for line in read_manifest(intake.spool, content=intake.content))


def _digests(records: Iterator[FileRecord]) -> Iterator[str]:
    return (record.digests.sha256 for record in records if isinstance(record.digests, Digests))
