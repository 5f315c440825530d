"""What a paper is made from: the ledger at hand, or a bundle that is verified first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC
from pathlib import Path
from typing import Final

from custody.bundle.source import verify_bundle
from custody.cli.acting.exhibit_selection import find_exhibit
from custody.cli.checking.opening import check_is_bundle
from custody.cli.checking.verification import Believed
from custody.cli.context import Context
from custody.cli.showing.holdings import Holdings
from custody.evidence.members import Member
from custody.ledger.entries import entries_at
from custody.report.papers.paper import Label, Row
from custody.report.papers.reading import read_ledger
from custody.report.safe_text import show
from custody.transfer.requests_named import requests_of
from custody.verify.fold.state import State
from custody.verify.verify import Verified
from schemas.content import Content
from schemas.details.exhibit import ExhibitRegistered
from schemas.errors import UsageError, VerificationError
from schemas.text import format_time
from schemas.types import is_set

OF_EXHIBITS: Final = frozenset(
    {"cn-list", "cn-record", "fre-902-13", "fre-902-14", "seizure-list", "usc-1746", "usc-3505"}
)
"""Papers about exhibits."""
_MOST: Final = 10_000
"""Files of one list that are printed; some 500 pages."""


def read_for_paper(
    context: Context, paper: str, subjects: Sequence[str]
) -> tuple[Verified, list[tuple[str, str]], tuple[Row, ...]]:
    """Return what the ledger at hand holds about what a paper is about, its exhibits, and what the page says of that.

    Raises:
        UsageError: ``usage.exhibit``, ``print.subject`` for what the ledger doesn't have.
    """
    access, at = context.ledger(), format_time(context.now())
    names: list[tuple[str, str]] = []
    requests: tuple[str, ...] = ()
    extra: set[int] = set()
    with access.read() as reader:
        if paper in OF_EXHIBITS:
            exhibits = [find_exhibit(reader, subject) for subject in subjects]
            names = [(item.case, item.number) for item in exhibits]
            requests = requests_of(reader, names)
        elif paper == "transfer-receipt":
            extra = {index for subject in subjects for index in reader.subject_entries(("transfer", subject))}
            events = [entry.event.event for entry in entries_at(reader, sorted(extra))]
            names = [(str(item.case), str(item.exhibit)) for item in events if is_set(item.link)]
        else:
            _check_known(reader.view().request, subjects)
            requests = tuple(subjects)
        verified = read_ledger(reader, access.home.store.disclosures, names, requests, extra, at=at)
        size = reader.head().size
    basis = (
        Row(Label("Ledger", "账本"), access.home.origin),
        Row(
            Label("Read", "读取"),
            f"{at}, at {size} entries; signatures were checked as it was made",
            f"{at}，共{size}条记录；制作时已核对签名",
        ),
    )
    return verified, names, basis


def _check_known(find: Callable[[str], object], subjects: Sequence[str]) -> None:
    for subject in subjects:
        if find(subject) is None:
            raise UsageError("print.subject", f"expected a request on record, found {subject!r}")


def read_bundle(context: Context, bundle: Path, believed: Believed) -> tuple[Verified, tuple[Row, ...]]:
    """Return what a bundle holds and what the page says of that, once it was verified: a page of a forged bundle would
    look as good as any other.

    Raises:
        VerificationError: ``print.bundle`` where it is none.
    """
    check_is_bundle(bundle)
    beliefs = believed.open(context)
    outcome = verify_bundle(bundle, trusted=beliefs.trusted, at=beliefs.at, elsewhere=beliefs.elsewhere())
    if outcome.verified is None:
        text = f"expected a bundle, found {outcome.report.findings[0].text}"
        raise VerificationError("print.bundle", text)
    ledger = outcome.verified.state.ledger()
    at = format_time(beliefs.at.astimezone(UTC))
    basis = (
        Row(Label("Ledger", "账本"), show(ledger.origin) if ledger is not None else "unknown"),
        Row(Label("Bundle", "文件包"), show(bundle.name)),
        Row(
            Label("Verdict on the bundle", "文件包验证结论"),
            f"{outcome.report.verdict.value}, as of {at}",
            f"{outcome.report.verdict.value}，截至{at}",
        ),
    )
    return outcome.verified, basis


def carried_exhibit(state: State, subject: str) -> tuple[str, str]:
    """Return the exhibit of a bundle that ``CASE/EXHIBIT`` or a number names.

    Raises:
        UsageError: ``print.subject`` for none or several.
    """
    found = [name for name in state.exhibits if subject in (name[1], f"{name[0]}/{name[1]}")]
    if len(found) != 1:
        raise UsageError("print.subject", f"expected one exhibit of the bundle, found {len(found)} called {subject!r}")
    return found[0]


def long_lists(context: Context, verified: Verified, names: list[tuple[str, str]]) -> dict[str, tuple[Member, ...]]:
    """Return the records of the exhibits whose list lies beside the ledger, by event hash of the registration.

    Raises:
        UsageError: ``print.list`` for one of more than `_MOST` records: no paper is that long.
    """
    found = {}
    for entry in verified.entries.values():
        details, event = entry.event.details, entry.event.event
        is_wanted = (str(event.case), str(event.exhibit)) in names and isinstance(details, ExhibitRegistered)
        content = details.content if is_wanted and isinstance(details, ExhibitRegistered) else None
        if not isinstance(content, Content) or is_set(content.files) or not content.count:
            continue
        if content.count > _MOST:
            text = f"expected a list of at most {_MOST} files to print, found {content.count}"
            raise UsageError("print.list", text, hint="custody show --files lists them")
        found[entry.event.hash] = tuple(Holdings(context.ledger().home).members(content, {}))
    return found
