"""docs/law.md names only what exists, has every row of the requirements, and claims no better source than ours.

A row that names a check which was taken out would be ticked off by nobody's work.
"""

from __future__ import annotations

import json
import re
import typing
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import click
import msgspec
import pytest

from custody.cli.program import program
from custody.report.finding_words import MEANINGS
from custody.transfer import law_files
from custody.transfer.rule_sources import rule_sources
from schemas import canonical
from schemas.details.asset import Asset
from schemas.details.case import CaseOpened
from schemas.event import Event
from schemas.profile import PAPERS
from schemas.registry import DETAILS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "law.md").read_text("utf-8")
ROWS = (
    *(f"R{number}" for number in range(1, 10)), *(f"C{number}" for number in range(1, 23)), "C22b", "C23", "C24",
    *(f"B{number}" for number in range(1, 8)), *(f"U{number}" for number in range(1, 4)),
    *(f"E{number}" for number in range(1, 7)), *(f"A{number}" for number in range(1, 5)),
)  # fmt: skip
"""The table of requirements, in its order."""


def table(heading: str) -> list[list[str]]:
    """Return the cells of the table that follows a line; without the two lines of its head."""
    lines = PAGE[PAGE.index(heading) :].splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("|"))
    found = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        found.append([cell.strip() for cell in line.strip("|").split("|")])
    return found


LAW, DEADLINES, ASSETS = table("| row | mark"), table("## Deadlines"), table("## Digital assets")


def names(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


@cache
def fields_of(kind: type[msgspec.Struct]) -> frozenset[str]:
    """The names of all fields of a record and of the records in it."""
    seen: set[type] = set()

    def walk(hint: Any) -> None:
        for part in typing.get_args(hint):
            walk(part)
        if isinstance(hint, type) and issubclass(hint, msgspec.Struct) and hint not in seen:
            seen.add(hint)
            for inner in typing.get_type_hints(hint).values():
                walk(inner)

    walk(kind)
    return frozenset(field.encode_name for found in seen for field in msgspec.structs.fields(found))


@cache
def words() -> frozenset[str]:
    """All words of closed vocabularies in records."""
    raw = canonical.encode(json.loads((ROOT / "schemas" / "json" / "custody-event-v1.schema.json").read_bytes()))
    found: set[str] = set()

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            found.update(item for item in value.get("enum", ()) if isinstance(item, str))
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(json.loads(raw))
    return frozenset(found)


def is_command(name: str) -> bool:
    """Tell whether the words are a command, perhaps with options that it has."""
    context = click.Context(program)
    command: click.Command | None = program
    for word in name.removeprefix("custody ").split():
        if isinstance(command, click.Group):
            command = command.get_command(context, word)
        elif command is None or word not in {option for item in command.params for option in item.opts}:
            return False
    return command is not None and not isinstance(command, click.Group)


def is_any(name: str, known: typing.Iterable[str]) -> bool:
    return any(fnmatchcase(item, name) for item in known)


def unknown(cell: str, records: typing.Iterable[type[msgspec.Struct]]) -> Iterator[str]:
    """Yield what a cell names and nothing knows: no event, field of ``records``, finding, command or paper."""
    held = {name for record in records for name in fields_of(record)} | fields_of(Event)
    keys = [rule.key for rule in law_files.deadlines().deadlines]
    for name in names(cell):
        is_known = (
            name in DETAILS
            or name in held
            or is_any(name, MEANINGS)
            or is_any(name, PAPERS)
            or is_any(name, keys)
            or name in law_files.PROFILES
            or ("/" in name and (ROOT / name).exists())
            or (ROOT / "custody/report/papers" / name).is_file()
            or is_command(name)
            or name in words()
        )
        if not is_known:
            yield name


@pytest.mark.parametrize("row", LAW, ids=lambda row: row[0])
def test_a_row_names_only_what_exists(row: list[str]) -> None:
    """Fields are those of the events that the row names."""
    _, _, _, recorded, checked, lacking = row
    events = [DETAILS[name].details for name in names(recorded) if name in DETAILS]
    assert list(unknown(recorded, events)) == []
    assert list(unknown(checked, events)) == []
    assert lacking


def test_every_row_stands_there_once_and_in_order() -> None:
    """What is left out is ticked off by nobody."""
    assert [row[0] for row in LAW] == list(ROWS)


def _sources(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and set(value) == {"mark", "row", "text"}:
        yield value["row"], value["mark"]
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _sources(inner)


def test_no_source_is_better_or_worse_known_than_its_row_says() -> None:
    """Each mark that the data give a row stands in its line, so a row looks neither surer nor looser than it is."""
    marks = {row[0]: set(row[1]) for row in LAW}
    files = [*(ROOT / "schemas" / "law").glob("*.json"), *(ROOT / "schemas" / "profiles").glob("*.json")]
    found = {pair for path in files for pair in _sources(json.loads(path.read_bytes()))}
    assert {pair for pair in found if pair[0] not in marks or pair[1] not in marks[pair[0]]} == set()
    assert all(set(mark) <= {"T", "S", "M"} for _, mark, *_ in LAW)


def test_each_deadline_stands_there_as_it_is_counted() -> None:
    """Length, bound and both marks, as the data have them."""
    told = {cells[0].strip("`"): cells[1:] for cells in DEADLINES}
    rules = law_files.deadlines().deadlines
    assert list(told) == [rule.key for rule in rules]
    for rule in rules:
        row, mark, length, counted = told[rule.key]
        assert (row, mark, counted) == (rule.source.row, rule.source.mark, rule.counting.source.mark)
        assert length.startswith("at least" if rule.bound == "minimum" else "at most")
        spans = [span for span in (rule.span, rule.extension) if isinstance(span, msgspec.Struct)]
        for span in spans:
            assert f"{span.length} {span.unit.replace('-', ' ')}" in length
        assert spans or length.endswith("the date that is named")


@pytest.mark.parametrize("row", ASSETS, ids=lambda row: row[0])
def test_an_asset_s_fields_are_those_of_its_record(row: list[str]) -> None:
    """The table of what a seizure of assets has to say."""
    assert list(unknown(row[1], [Asset, CaseOpened])) == []
    assert list(unknown(row[2], [Asset])) == []


def test_a_rule_s_source_is_of_a_finding_that_is_told() -> None:
    """A code that no verifier gives would be a source of nothing."""
    assert {item.code for item in rule_sources().rules} <= MEANINGS.keys()


def test_a_name_of_nothing_is_found() -> None:
    """The test of this page would be green for any page if it knew everything."""
    cell = "`exhibit.shredded`, `check-everything`, `audit --gently`, `procedure.zeal`, `soul`, `zz.*`"
    assert list(unknown(cell, [Asset])) == names(cell)
