"""`custody check`: is the evidence still what was registered?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

from custody.cli.acting.acts import compose_notes
from custody.cli.acting.exhibit_selection import Selected, Selection, select, selecting
from custody.cli.acting.signing import Outcome, complete
from custody.cli.border.receipts import act_result, outcome_lines
from custody.cli.checking.rehashing import Rehashed, content_of_exhibit, rehash
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.exits import Exit
from custody.cli.intake.list_checking import HeldList, hold_against, read_lists
from custody.cli.options import FILE, Signing, When, acting
from custody.cli.output import emit, note
from custody.cli.results import ActResult, Result
from custody.cli.showing.holdings import Holdings, Staged, staging
from custody.evidence.hashlists.compare import Comparison
from custody.evidence.tally import Difference
from custody.report.counts import count_bytes, counted
from custody.report.safe_text import show, show_path
from custody.verify.rules.view import Exhibit
from schemas import canonical, limits
from schemas.content import Content, Extent, path_value
from schemas.details.exhibit import ExhibitRegistered
from schemas.errors import RefusedError, UsageError
from schemas.pieces import describe
from schemas.types import UNSET, Unset, is_set

_LISTED = 20
"""Names that the text lists of each kind; --json and the record have all."""


class FileDifference(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is not what was registered; ``path`` where it is known, ``found`` unless it is missing,
    ``damaged`` which of its bytes differ, in whole pieces, where a list of pieces tells it.
    """

    damaged: tuple[Extent, ...] | Unset = UNSET
    expected: str
    found: str | Unset = UNSET
    path: str | dict[str, str] | Unset = UNSET
    size: int | Unset = UNSET


class CheckedExhibit(msgspec.Struct, frozen=True, kw_only=True):
    """What a check found; ``altered`` are links and empty directories, ``extra`` names that no record has.

    ``unaltered`` is left out where orders destroyed all files: of nothing neither can be said.
    """

    altered: tuple[str | dict[str, str], ...]
    bytes: int
    case: str
    checked: int
    differences: tuple[FileDifference, ...]
    erased: int
    exhibit: str
    extra: tuple[str | dict[str, str], ...]
    matching: int
    root: str
    skipped: int
    unaltered: bool | Unset = UNSET


class ListHeld(msgspec.Struct, frozen=True, kw_only=True):
    """What a hash list or acquisition log says of the exhibit: how many of its values match, differ, or stay open."""

    absent: int
    differing: int
    document: str
    kind: str
    matching: int
    unchecked: int
    unlisted: int


class Checked(Result, frozen=True, kw_only=True, tag="custody-checked/v1"):
    """All exhibits that were checked, and what was recorded of it."""

    exhibits: tuple[CheckedExhibit, ...]
    hash_list: ListHeld | Unset = UNSET
    recorded: ActResult | Unset = UNSET


@command(
    example="""
    custody check 2026-0417/EX-1 --as cust-02
    custody check --case 2026-0417 --all --as cust-02
    custody check EX-1 --no-record
    custody check EX-1 --hash-list guymager.info --as cust-02
    """,
    result=Checked,
)
@selecting
@click.option("--hash-list", type=FILE, help="Hold a hash list or acquisition log against one exhibit, and keep it.")
@click.option("--no-record", is_flag=True, help="Check only, and record nothing.")
@acting
@pass_custody
def check(
    context: Context, *, selection: Selection, hash_list: Path | None, no_record: bool, who: Signing, when: When
) -> int:
    """Hash the files of exhibits again, in the store or where they were left, and record the result.

    Exit code 3 says that a file is missing or is not what was registered; that is recorded as well. With --hash-list it
    also says that the list has another value than the record; the list is kept as a document of the check.

    An exhibit of which an order destroyed all files has nothing left to check, and nothing is recorded of it.
    """
    exhibits = with_files(context, select(context, selection))
    if hash_list is not None and len(exhibits) != 1:
        raise UsageError("usage.hash-list", f"expected one exhibit beside --hash-list, found {len(exhibits)}")
    with staging(context) as staged:
        lists = read_lists(staged, [hash_list] if hash_list is not None else [])
        found = [rehash(context, exhibit) for exhibit in exhibits]
        held = [(item, _hold(context, item, exhibits[0])) for item in lists]
        kept = next((item.document for item in lists), None)
        # Nobody signs that nothing is unaltered; what a list says of it is kept all the same.
        told = [item for item in found if lists or not item.result.has_nothing_left]
        outcome = None if no_record or not told else _record(context, told, staged, kept, who=who, when=when)
    result = Checked(
        exhibits=tuple(map(_describe, found)),
        hash_list=next((_describe_list(*pair) for pair in held), UNSET),
        recorded=UNSET if outcome is None else act_result(outcome),
    )
    emit(context.settings, result, _lines(context, found, outcome))
    is_right = all(item.is_unaltered for item in found) and not any(of.differences for _, of in held)
    return Exit.DONE if is_right else Exit.FAILED


def _hold(context: Context, held: HeldList, exhibit: Exhibit) -> Comparison:
    registration = context.ledger().registration_of(exhibit).event
    details = registration.details
    assert isinstance(details, ExhibitRegistered), "that is what registers"
    assert isinstance(details.content, Content), "it has files"
    disclosures = context.ledger().disclosures_of([registration])
    members = Holdings(context.ledger().home).members(details.content, disclosures)
    return hold_against(context, held, members, is_image=is_set(details.image))


def _describe_list(held: HeldList, result: Comparison) -> ListHeld:
    return ListHeld(
        absent=len(result.absent),
        differing=len(result.differences),
        document=held.document,
        kind=held.parsed.kind,
        matching=result.matching,
        unchecked=result.unchecked,
        unlisted=result.unlisted,
    )


def with_files(context: Context, selected: Selected) -> tuple[Exhibit, ...]:
    """Return the exhibits that have files; objects are left out with --all only.

    Raises:
        RefusedError: ``check.object``.
    """
    kept = []
    for exhibit in selected.exhibits:
        # Without --all `rehash` says which one has nothing to hash.
        if selected.is_all and content_of_exhibit(context, exhibit) is None:
            note(context.settings, f"left out: {show(exhibit.name)} is an object")
        else:
            kept.append(exhibit)
    if not kept:
        raise RefusedError("check.object", "expected an exhibit with files, found objects only")
    return tuple(kept)


def _record(
    context: Context, found: Sequence[Rehashed], staged: Staged, kept: str | None, *, who: Signing, when: When
) -> Outcome:
    composed = compose_notes(
        context,
        "exhibit.checked",
        lambda target: _details(found[target.place], staged, kept),
        [item.exhibit for item in found],
        who=who,
        when=when,
    )
    return complete(context, who, composed, keep=staged.keep)


def _details(found: Rehashed, staged: Staged, kept: str | None) -> dict[str, Any]:
    """Return the details of one check; what is too long for an event becomes a document, instead of ``kept``."""
    result = found.result
    mismatches = [difference.mismatch for difference in result.differences]
    is_long = len(mismatches) > 64 or len(canonical.encode(mismatches)) > limits.LIST_BYTES
    return {
        "bytes": result.read,
        "checked": result.checked,
        # A link or an empty directory that changed has no place in the event's own list.
        "document": staged.document_bytes(_list_document(found)) if is_long or result.altered else kept,
        "matching": result.matching,
        "mismatches": mismatches if mismatches and not is_long else None,
        "root": found.content.root,
    }


def _list_document(found: Rehashed) -> bytes:
    """Return one line of canonical JSON for each difference: a mismatch, or the path of what was altered."""
    result = found.result
    lines: list[object] = [difference.mismatch for difference in result.differences]
    lines += [{"altered": path_value(path)} for path in result.altered]
    return b"".join(canonical.encode(line) + b"\n" for line in lines)


def _describe(found: Rehashed) -> CheckedExhibit:
    result = found.result
    return CheckedExhibit(
        altered=tuple(map(path_value, result.altered)),
        bytes=result.read,
        case=found.exhibit.case,
        checked=result.checked,
        differences=tuple(map(_describe_difference, result.differences)),
        erased=result.erased,
        exhibit=found.exhibit.number,
        extra=tuple(map(path_value, result.extra)),
        matching=result.matching,
        root=found.content.root,
        skipped=result.skipped,
        unaltered=UNSET if result.has_nothing_left else result.is_unaltered,
    )


def _describe_difference(difference: Difference) -> FileDifference:
    return FileDifference(
        damaged=difference.damaged or UNSET,
        expected=difference.expected,
        found=difference.found or UNSET,
        path=UNSET if difference.path is None else path_value(difference.path),
        size=UNSET if difference.size is None else difference.size,
    )


def _lines(context: Context, found: Sequence[Rehashed], outcome: Outcome | None) -> Iterator[str]:
    for item in found:
        result = item.result
        if result.has_nothing_left:
            yield f"{show(item.exhibit.name)}: nothing left to check; erased by order: {result.erased:,}"
            continue
        state = "unaltered" if result.is_unaltered else "NOT what was registered"
        name = show(item.exhibit.name)
        files = counted(result.checked, "file matches", "files match")
        yield f"{name}: {state}; {result.matching:,} of {files}, {count_bytes(result.read)} read"
        yield from _some([_difference_lines(difference) for difference in result.differences])
        yield from _some([(f"  altered: {show_path(path)}",) for path in result.altered])
        yield from _some([(f"  added since, in no record: {show_path(path)}",) for path in result.extra])
        if result.erased:
            yield f"  erased by order: {result.erased:,}"
        if result.not_erased:
            yield f"  ordered to be erased and still there: {result.not_erased:,}; custody erase --finish"
        if result.skipped:
            yield f"  not compared: {result.skipped:,}, unreadable when registered or of withheld name"
    if outcome is not None:
        yield from outcome_lines(context, outcome)


def _difference_lines(difference: Difference) -> tuple[str, ...]:
    name = "a file of withheld name" if difference.path is None else show_path(difference.path)
    found = "nothing, it is missing" if difference.found is None else difference.found
    where = (f"    damaged: {describe(difference.damaged)}",) if difference.damaged else ()
    return f"  {name}", f"    expected SHA-256 {difference.expected}", f"    found            {found}", *where


def _some(items: Sequence[tuple[str, ...]]) -> Iterator[str]:
    for item in items[:_LISTED]:
        yield from item
    if len(items) > _LISTED:
        yield f"  ... and {len(items) - _LISTED:,} more; --json lists all"
