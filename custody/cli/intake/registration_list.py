"""Registration from a list: every row is checked against itself, the ledger and the disk before anything is signed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from custody.cli.acting.exhibit_list import read_exhibit_list
from custody.cli.context import Context
from custody.cli.files import read_file
from custody.cli.intake.registration import Wanted
from custody.cli.intake.source_options import SOURCE_NAMES, Sourced, source_of
from custody.cli.intake.taking_in import Taking, survey_paths, unreadable_text
from custody.cli.showing.holdings import Staged
from custody.evidence.items import NEXT, Item, ItemsError, parse_items, rows_error
from custody.evidence.rows import RowError
from custody.ledger.numbers import check_writable_number, fold_number
from custody.ledger.store import LedgerReader
from schemas import limits
from schemas.errors import CustodyError, StorageError

_ACQUISITION = ("method", "tool", "version", "arguments", "device", "serial", "write_blocker")
_ALIKE = "expected a number that can't be mistaken for another, found"
_PLAIN = ("place", "seized_from", "identifiers", "legal_authority", "data_country")


def read_registrations(
    context: Context, staged: Staged, path: Path, *, case: str, shared: Mapping[str, Any], taking: Taking
) -> tuple[Wanted, ...]:
    """Return the exhibits of a list; what a row doesn't say is taken from ``shared``.

    Raises:
        ItemsError: with every problem of every row.
        StorageError: the disk.
    """
    errors = list(_check_numbers(context, path, case))
    items: tuple[Item, ...] = ()
    try:
        items = parse_items(read_file(path, maximum=limits.JSON_BYTES), folder=path.absolute().parent)
    except ItemsError as error:
        if not error.errors:
            raise
        errors += error.errors
    errors += [problem for item in items for problem in _check_files(staged, item, taking)]
    errors += [problem for item in items for problem in _check_source(context, item)]
    if errors:
        raise rows_error(sorted(set(errors), key=lambda error: (error.row, error.text)))
    return tuple(_wanted(context, item, case, shared) for item in items)


def _check_numbers(context: Context, path: Path, case: str) -> Iterator[RowError]:
    """Yield a problem for each number that the ledger won't take, or that is like another one of the list."""
    given: dict[str, tuple[int, str]] = {}
    with context.ledger().read() as reader:
        for row, _, number in read_exhibit_list(path):
            if number in {"", NEXT}:
                continue
            problem = _number_problem(reader, case, number)
            first, like = given.setdefault(fold_number(number), (row, number))
            if problem is None and like != number:
                problem = f"{_ALIKE} {number!r} beside {like!r} of row {first}"
            if problem is not None:
                yield RowError(row, problem)


def _number_problem(reader: LedgerReader, case: str, number: str) -> str | None:
    try:
        check_writable_number(number)
    except CustodyError as error:
        return error.text
    if reader.view().exhibit(case, number) is not None:
        return f"expected a new exhibit number, found {number!r} used in case {case}"
    like = [known for known in reader.numbers_like(fold_number(number), case=case) if known != number]
    return (
        f"expected a number that can't be mistaken for another, found {number!r} beside {like[0]!r}" if like else None
    )


def _check_files(staged: Staged, item: Item, taking: Taking) -> Iterator[RowError]:
    if item.path is None:
        return
    try:
        found = survey_paths(staged, [item.path], taking)
    except StorageError:
        raise
    except CustodyError as error:
        yield RowError(item.row, error.text)
        return
    if found.unreadable and not taking.accept_unreadable:
        yield RowError(item.row, unreadable_text(found))


def _check_source(context: Context, item: Item) -> Iterator[RowError]:
    try:
        _source(context, item)
    except CustodyError as error:
        yield RowError(item.row, error.text)


def _source(context: Context, item: Item) -> Sourced | None:
    """Return what a row says about where records came from.

    Raises:
        UsageError: as `source_of`.
    """
    columns = {"request_id": "request"}
    given = {name: getattr(item, columns.get(name, name), None) for name in SOURCE_NAMES}
    return source_of(context, given, kind=item.kind)


def _wanted(context: Context, item: Item, case: str, shared: Mapping[str, Any]) -> Wanted:
    told: dict[str, Any] = {name: getattr(item, name) for name in _PLAIN if getattr(item, name)}
    acquisition = {name: getattr(item, name) for name in _ACQUISITION if getattr(item, name)}
    device = {name: getattr(item, name) for name in ("isolation", "left", "power") if getattr(item, name)}
    details = {
        **shared,
        **told,
        "device_state": device or None,
        "acquisition": acquisition or None,
        "description": item.description,
        "handling": sorted({*item.handling, *(shared.get("handling") or ())}) or None,
        "kind": item.kind,
        "nature": item.nature,
        "obtained": item.obtained,
    }
    paths = () if item.path is None else (item.path,)
    wanted = Wanted(case=case, number=item.exhibit, paths=paths, details=details, seal=item.seal or None)
    source = _source(context, item)
    if source is None:
        return wanted
    return replace(wanted, details={**details, "source": source.details}, learn=source.learn)
