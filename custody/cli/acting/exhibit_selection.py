"""Which exhibits a command is about: named on the line, in a list, or all of a case to which it can apply."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from custody.cli.acting.exhibit_list import read_exhibit_list
from custody.cli.context import Context
from custody.cli.option_groups import gathered
from custody.ledger.numbers import fold_number
from custody.ledger.store import LedgerReader
from custody.report.counts import listed
from custody.report.safe_text import show
from custody.report.shell_words import shell_word
from custody.verify.rules.view import Exhibit
from schemas.errors import UsageError

_LISTED = 10
"""Candidates that an error names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What EXHIBIT..., --list, --case and --all say."""

    names: tuple[str, ...] = ()
    list_file: Path | None = None
    case: str | None = None
    is_all: bool = False


@dataclass(frozen=True, slots=True)
class Selected:
    """Exhibits in the order in which they were named; ``is_all`` where those that don't fit may be left out."""

    exhibits: tuple[Exhibit, ...]
    is_all: bool


selecting = gathered(
    "selection",
    Selection,
    click.argument("names", nargs=-1, metavar="[EXHIBIT]..."),
    click.option(
        "--list", "list_file", metavar="FILE", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
        help="One exhibit a line, or a CSV column.",
    ),
    click.option("--case", metavar="CASE", help="The case in which the numbers are."),
    click.option("--all", "is_all", is_flag=True, help="All exhibits of --case to which this can apply."),
)  # fmt: skip
"""For commands about exhibits: which of them."""


def select(context: Context, selection: Selection) -> Selected:
    """Return the exhibits that are meant.

    Raises:
        UsageError: ``usage.exhibit`` for none, an unknown or an ambiguous one, ``usage.exhibit-twice``,
            ``usage.list`` with every problem of a list by its line.
    """
    if selection.is_all:
        return Selected(_all_of(context, selection), is_all=True)
    if not selection.names and selection.list_file is None:
        hint = "name it as CASE/EXHIBIT, or by its number alone; or use --list FILE, or --case CASE --all"
        raise UsageError("usage.exhibit", "expected an EXHIBIT, found none", hint=hint)
    with context.ledger().read() as reader:
        found = [find_exhibit(reader, name, case=selection.case) for name in selection.names]
        if selection.list_file is not None:
            found += _find_listed(reader, selection.list_file, selection.case)
    _check_once(found)
    return Selected(tuple(found), is_all=False)


def find_exhibit(reader: LedgerReader, name: str, *, case: str | None = None) -> Exhibit:
    """Return the exhibit that ``CASE/EXHIBIT`` names, or its number alone where that is unique.

    Numbers may hold slashes themselves, so every way to cut ``name`` is tried.

    Raises:
        UsageError: ``usage.exhibit``.
    """
    found = tuple(dict.fromkeys(_candidates(reader, name, case)))
    if len(found) == 1:
        return found[0]
    if found:
        named = listed([item.name for item in found[:_LISTED]], len(found))
        raise UsageError(
            "usage.exhibit",
            f"expected one exhibit, found {len(found)} called {name!r}: {named}",
            hint=f"say which case: {found[0].name}, or --case",
        )
    raise _unknown(reader, name, case)


def _candidates(reader: LedgerReader, name: str, case: str | None) -> Iterator[Exhibit]:
    view = reader.view()
    if case is None:
        yield from reader.exhibits(number=name)
    for place, sign in enumerate(name):
        if sign == "/" and case in (None, name[:place]):
            found = view.exhibit(name[:place], name[place + 1 :])
            if found is not None:
                yield found
    if case is not None:
        found = view.exhibit(case, name)
        if found is not None:
            yield found


def _unknown(reader: LedgerReader, name: str, case: str | None) -> UsageError:
    """Say what is near: another case, another spelling, or nothing."""
    inside = "" if case is None else f" in case {case}"
    text = f"expected a registered exhibit{inside}, found none called {name!r}"
    number = name.rpartition("/")[2]
    elsewhere = reader.exhibits(number=number)
    folded = fold_number(number)
    alike = [item for item in reader.exhibits(case=case) if fold_number(item.number) == folded]
    near = list(dict.fromkeys([*elsewhere, *alike]))[:_LISTED]
    if near:
        return UsageError("usage.exhibit", text, hint=f"there is {', '.join(item.name for item in near)}")
    if case is not None and reader.view().case(case) is None:
        return UsageError("usage.exhibit", text, hint=f"there is no case {case}; custody case list shows them")
    if reader.view().case(name) is not None:
        return UsageError("usage.exhibit", text, hint=f"it is a case: custody case show {shell_word(name)}")
    several = "several are parted by blanks; " if "," in name else ""
    return UsageError("usage.exhibit", text, hint=f"{several}custody list shows the exhibits")


def _all_of(context: Context, selection: Selection) -> tuple[Exhibit, ...]:
    if selection.case is None or selection.names or selection.list_file is not None:
        beside = "EXHIBIT" if selection.names else "no --case" if selection.case is None else "--list"
        text = f"expected --all beside --case and without EXHIBIT or --list, found {beside}"
        raise UsageError("usage.all", text)
    with context.ledger().read() as reader:
        found = reader.exhibits(case=selection.case)
        if not found:
            known = reader.view().case(selection.case) is not None
            missing = "no exhibit in it" if known else "no such case"
            raise UsageError("usage.exhibit", f"expected exhibits in case {selection.case}, found {missing}")
    return found


def _check_once(found: Iterable[Exhibit]) -> None:
    seen: set[str] = set()
    for item in found:
        if item.registration in seen:
            text = f"expected each exhibit once, found {item.name} twice"
            raise UsageError("usage.exhibit-twice", text)
        seen.add(item.registration)


def _find_listed(reader: LedgerReader, path: Path, case: str | None) -> list[Exhibit]:
    """Find every exhibit of a list, and name every line that has none."""
    found, problems = [], []
    seen: dict[str, int] = {}
    for line, within, name in read_exhibit_list(path):
        try:
            item = find_exhibit(reader, name, case=within or case)
        except UsageError as error:
            problems.append(f"line {line}: {error.text}")
            continue
        first = seen.setdefault(item.registration, line)
        if first != line:
            problems.append(f"line {line}: expected each exhibit once, found {item.name} of line {first}")
        found.append(item)
    if problems:
        text = f"expected lines without errors in {show(str(path))}, found {len(problems)}: {'; '.join(problems)}"
        raise UsageError("usage.list", text, hint="nothing was recorded; correct the list")
    if not found:
        raise UsageError("usage.list", f"expected an exhibit in {show(str(path))}, found none")
    return found
