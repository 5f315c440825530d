"""The generated parts of the pages are those that the code makes, and no type or limit is left out."""

import re
from pathlib import Path

import msgspec
import pytest

from custody.verify.rules.table import RULES
from schemas.generate import KINDS
from schemas.registry import DETAILS
from schemas.types import Private, Record
from tests.spec.examples import examples
from tests.spec.refusals import refusals
from tests.spec.tables import ROOT, SPEC, generated_parts, make, rewrite

PAGES = sorted(SPEC.glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_says_what_the_code_does(page: Path) -> None:
    """A foreign implementer has the pages only; a table that lags behind the code makes his verifier wrong."""
    text = page.read_text("utf-8")
    assert rewrite(text) == text, "python -m tests.spec.tables writes the pages anew"


def test_a_changed_table_is_noticed() -> None:
    """A comparison that replaces nothing would always agree."""
    page = "<!-- generated: rules -->\nstale\n<!-- end -->\n"
    assert make("rules") in rewrite(page)
    assert "stale" not in rewrite(page)


def _parts() -> set[str]:
    return {part for page in PAGES for part in generated_parts(page.read_text("utf-8"))}


def test_every_event_type_has_rules_and_fields() -> None:
    """A type without a row could be judged by nobody but us."""
    assert set(RULES) == set(DETAILS)
    assert {f"details {name}" for name in DETAILS} <= _parts()


def test_every_record_that_a_bundle_can_hold_has_its_fields_on_a_page() -> None:
    """A nested record is as much part of the format as its parent."""
    seen: set[type] = set()
    waiting: list[object] = [*KINDS.values(), *(event_type.details for event_type in DETAILS.values())]
    while waiting:
        info = msgspec.inspect.type_info(waiting.pop())
        for found in _structs(info):
            if found.cls not in seen:
                seen.add(found.cls)
                waiting.append(found.cls)
    details = {event_type.details for event_type in DETAILS.values()}
    wanted = {f"fields {cls.__module__}.{cls.__qualname__}" for cls in seen - details - {Private}}
    assert wanted - _parts() == set()


def _structs(info: msgspec.inspect.Type) -> list[msgspec.inspect.StructType]:
    match info:
        case msgspec.inspect.StructType(fields=fields):
            return [info, *(item for field in fields for item in _structs(field.type))]
        case msgspec.inspect.VarTupleType(item_type=item):
            return _structs(item)
        case _:
            return []


def test_every_example_stands_on_a_page() -> None:
    """An example that nobody sees is only a cost."""
    assert {f"example {name}" for name in examples()} - _parts() == set()


def _anchors(page: Path) -> set[str]:
    headings = [line.lstrip("# ").lower() for line in page.read_text("utf-8").split("\n") if line[:1] == "#"]
    return {re.sub(r"[^a-z0-9 _-]", "", heading).replace(" ", "-") for heading in headings}


def test_every_link_between_pages_leads_somewhere() -> None:
    """Pages are read out of order."""
    broken = []
    for page in [*PAGES, ROOT / "docs" / "threat-model.md"]:
        for target, anchor in re.findall(r"\]\(([^)#\s]*)(?:#([^)]*))?\)", page.read_text("utf-8")):
            found = page.parent / target if target else page
            if not found.exists() or (anchor and found.suffix == ".md" and anchor not in _anchors(found)):
                broken.append(f"{page.name}: {target}#{anchor}")
    assert broken == []


def test_what_a_reader_refuses_stands_below_the_table() -> None:
    """A rule that only running text hints at is one that two honest verifiers read in two ways."""
    rules = refusals(DETAILS["transfer.accepted"].details)
    assert "`conditions` stand in order of `code`, each once" in rules
    assert "content stands for data and assets, never for an object" in rules, "the rules of what it extends count too"
    assert all(f"- {rule}\n" in make("details transfer.accepted") for rule in rules)


def test_a_rule_in_a_form_that_nobody_knows_stops_the_generator() -> None:
    """A page that leaves out what it can't say would look whole."""

    class Odd(Record, frozen=True, kw_only=True):
        first: int

        def __post_init__(self) -> None:
            raise ValueError("first " + str(self.first))

    with pytest.raises(AssertionError, match="no words"):
        refusals(Odd)
