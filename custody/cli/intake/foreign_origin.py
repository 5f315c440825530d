"""An exhibit that another ledger registered first: its origin, taken from a verified bundle of that ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from custody.bundle.container import Container
from custody.bundle.exhibit_files import exhibit_files
from custody.bundle.unpack import Named
from custody.cli.border.foreign_files import lay_out
from custody.cli.checking.opening import open_bundle, require_verdict
from custody.cli.checking.verification import Believed
from custody.cli.context import Context
from custody.cli.output import note
from custody.cli.showing.holdings import Staged
from custody.evidence.collected.collection import records_of
from custody.evidence.intake import Intake
from custody.report.counts import counted
from custody.verify.rules.view import Exhibit
from custody.verify.verify import Verified
from schemas.content import Digests, FileRecord
from schemas.details.exhibit import ExhibitRegistered, Foreign
from schemas.details.record import BundleExported
from schemas.errors import RefusedError, UsageError
from schemas.report import LedgerReport
from schemas.types import is_set


@dataclass(frozen=True, slots=True)
class ForeignExhibit:
    """Where an exhibit comes from, the SHA-256 of every file that it has there, and its files if they were laid out."""

    bundle: Path
    origin: Foreign
    files: frozenset[str]
    folder: Path | None

    @property
    def name(self) -> str:
        """The exhibit in words."""
        return f"{self.origin.case}/{self.origin.exhibit} of {self.origin.ledger}"

    def check(self, context: Context, intake: Intake) -> None:
        """Raise unless every file that was read is one of the foreign exhibit; some may be missing.

        Raises:
            RefusedError: ``foreign.content``.
        """
        read = frozenset(_digests(records_of(intake)))
        strange = len(read - self.files)
        if strange:
            raise RefusedError(
                "foreign.content",
                f"expected only files of {self.name}, found {strange} that it does not have",
                hint="leave PATH out: then its files are taken out of the bundle",
            )
        if len(read) < len(self.files):
            lacking = counted(len(self.files) - len(read), "file", "files")
            note(context.settings, f"warning: of {self.name}, {lacking} will not be registered")


def read_foreign(
    context: Context,
    staged: Staged,
    bundle: Path,
    believed: Believed,
    *,
    exhibit: str | None,
    accept_indeterminate: bool,
    with_files: bool,
) -> ForeignExhibit:
    """Return the origin of the one exhibit that ``bundle`` lists, or of the one called ``exhibit``.

    ``with_files`` lays its files out in a folder that is gone with ``staged``.

    Raises:
        VerificationError: ``foreign.verdict`` where the bundle FAILED.
        RefusedError: ``foreign.verdict`` where it is INDETERMINATE and that was not accepted.
        RefusedError: ``foreign.decided`` where what is on its way here was accepted or came back already.
        UsageError: ``foreign.exhibit`` where it isn't clear which exhibit is meant.
        StorageError: this machine's disk.
    """
    with open_bundle(context, bundle, believed.open(context, at_home=True)) as opened:
        verified = opened.verified
        require_verdict(
            verified.report, bundle, "foreign.verdict", accept_indeterminate=accept_indeterminate,
            otherwise="registers it all the same",
        )  # fmt: skip
        found = _find(verified, exhibit)
        _check_undecided(context, found)
        items = _items(opened.container, verified, found)
        files = frozenset(_digests(item.record for item in items))
        folder = None
        if with_files and _has_content(verified, found):
            folder = staged.folder()
            laid = lay_out(items, open_content=opened.open_content, target=folder)
            if laid.absent:
                absent = counted(laid.absent, "file", "files")
                note(context.settings, f"warning: {absent} of {found.name} not at hand")
        return ForeignExhibit(bundle, _origin(verified, found), files, folder)


def _check_undecided(context: Context, found: Exhibit) -> None:
    with context.ledger().read() as reader:
        decided = reader.view().transfer(found.head)
    if decided is not None:
        name, hint = found.name, "it stands here under another number, or was refused: custody list"
        text = f"expected what was not decided on, found {name}, decided on under transfer {decided.transfer}"
        raise RefusedError("foreign.decided", text, hint=hint)


def _find(verified: Verified, named: str | None) -> Exhibit:
    listed = [(item.case, item.exhibit) for item in verified.report.exhibits]
    known = [found for case, number in listed if (found := verified.state.exhibit(case, number)) is not None]
    fits = [item for item in known if named in (None, item.name, item.number)]
    if len(fits) != 1:
        names = ", ".join(item.name for item in known) or "none"
        hint = "say which with --foreign-exhibit CASE/EXHIBIT"
        raise UsageError("foreign.exhibit", f"expected one exhibit of the bundle, which has {names}", hint=hint)
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


def _items(container: Container, verified: Verified, found: Exhibit) -> list[Named]:
    return [item for item in exhibit_files(container, verified) if item.folder == (found.case, found.number)]


def _has_content(verified: Verified, found: Exhibit) -> bool:
    events = (entry.event for entry in verified.entries.values())
    details = next(event.details for event in events if event.hash == found.registration)
    assert isinstance(details, ExhibitRegistered), "an exhibit begins with its registration"
    return is_set(details.content)


def _digests(records: Iterable[FileRecord]) -> Iterator[str]:
    return (record.digests.sha256 for record in records if isinstance(record.digests, Digests))
