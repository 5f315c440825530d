"""Profiles and files of law: strict, sourced, and honest about what nobody confirmed."""

import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest

from custody.report.finding_words import MEANINGS
from custody.transfer import law_files
from custody.transfer.rule_sources import rule_source
from schemas import canonical
from schemas.details.request import FieldName
from schemas.errors import RecordError, UsageError
from schemas.law import LawSource, cite
from schemas.profile import GATES, PAPERS, RULES, Profile, parse_profile
from schemas.text import COUNTRY_PATTERN

ROOT = Path(__file__).parents[2]
FILES = sorted([*(ROOT / "schemas" / "law").glob("*.json"), *(ROOT / "schemas" / "profiles").glob("*.json")])
SOURCE = {"mark": "T", "row": "C1", "text": "a text"}


def _plain() -> dict[str, Any]:
    return {
        "checks": [{"rule": "purpose", "source": SOURCE}],
        "countries": ["XA"],
        "deadlines": [{"deadline": "eu.epoc", "kind": "production"}],
        "digests": [],
        "gates": [{"gate": "consent", "source": SOURCE}],
        "name": "mine",
        "papers": ["seizure-list"],
        "requests": [],
        "schema": "custody-profile/v1",
        "title": "mine",
    }


def _sources(value: Any) -> list[LawSource]:
    match value:
        case {"mark": str(), "row": str(), "text": str()}:
            return [canonical.decode(canonical.encode(value), LawSource, maximum=4096)]
        case dict():
            return [source for item in value.values() for source in _sources(item)]
        case list():
            return [source for item in value for source in _sources(item)]
        case _:
            return []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_row_has_a_source_that_stands_in_the_table(path: Path) -> None:
    """A rule without a source is an opinion."""
    sources = _sources(json.loads(path.read_bytes()))
    assert sources
    assert all(re.fullmatch(r"[A-Z][0-9]{1,2}b?", source.row) for source in sources)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_unconfirmed_row_reads_like_the_law(path: Path) -> None:
    """An M row is data that waits to be corrected: whatever prints it says so first."""
    for source in _sources(json.loads(path.read_bytes())):
        assert cite(source).startswith("unconfirmed") == (source.mark == "M")


@pytest.mark.parametrize("name", law_files.PROFILES)
def test_every_shipped_profile_reads_and_names_what_exists(name: str) -> None:
    """A profile that is shipped broken would be found out in court."""
    profile = law_files.shipped_profile(name)
    assert profile.name == name
    law_files.check_parts(profile)
    assert {"seizure-list", "transfer-receipt"} <= set(profile.papers)


@pytest.mark.parametrize("code", ["defect.not-sealed", "defect.sovereignty", "defect.web-capture", "letter.unspecific"])
def test_a_defect_that_no_profile_asks_for_has_its_law_all_the_same(code: str) -> None:
    """Rows C5, C15, C20 and R6: what is missing is told with source and cure, whatever the country."""
    found = rule_source(code)
    assert found is not None
    assert found.cure
    assert code in MEANINGS


def test_a_rule_without_a_row_of_law_has_no_source() -> None:
    """Housekeeping of a ledger is nobody's law."""
    assert rule_source("defect.time-backward") is None


def test_every_file_of_law_reads() -> None:
    """They are read when they are needed, which must not be the first time."""
    assert law_files.deadlines().deadlines
    assert law_files.retention().rows
    assert law_files.offences().offences
    assert {item.name for item in law_files.request_fields().fields} == set(get_args(FieldName))


def test_the_country_chooses_its_own_law() -> None:
    """Nobody has to know the name of his own law; what treaties say of a country stands with the treaties."""
    assert [law_files.national_profile(country) for country in ("CN", "US", "FR", "XA")] == [
        law_files.shipped_profile("cn"), law_files.shipped_profile("us"), None, None
    ]  # fmt: skip


def test_no_country_has_two_profiles() -> None:
    """The choice must not depend on an order of files."""
    countries = [country for name in law_files.PROFILES for country in law_files.shipped_profile(name).countries]
    assert len(countries) == len(set(countries))
    assert all(re.match(COUNTRY_PATTERN, country) for country in countries)


def test_china_wants_what_its_law_names_of_a_request() -> None:
    """Law rows C13 and C16: seven fields and a translation, both ways; holder, place, form and quantity for data."""
    cn = law_files.shipped_profile("cn")
    incoming = {field.name for field in cn.required("mla", "incoming")}
    assert {"authority", "nature", "facts", "applicable-law", "purpose", "connection", "deadline"} <= incoming
    assert {"translation", "reciprocity"} <= incoming
    outgoing = {field.name for field in cn.required("mla", "outgoing")}
    assert "translation" in outgoing
    assert "reciprocity" not in outgoing
    assert {"holder", "place", "form", "quantity"} <= {field.name for field in cn.required("production", "incoming")}


def test_who_asks_for_an_asset_states_what_it_is_and_whose() -> None:
    """Law row C17: only a request about an asset needs proof of ownership; one for data doesn't."""
    cn = law_files.shipped_profile("cn")
    assert "ownership" not in {field.name for field in cn.required("preservation", "incoming")}
    asked = {field.name for field in cn.required("preservation", "incoming", {"asset"})}
    assert {"characteristics", "legal-documents", "location", "ownership", "quantity", "third-party-rights"} <= asked


def test_a_preservation_states_the_six_things_of_article_29() -> None:
    """Law row B1, (a) to (f)."""
    fields = [field.name for field in law_files.shipped_profile("coe").required("preservation", "outgoing")]
    assert fields == ["authority", "custodian", "data", "facts", "mla-intent", "necessity", "offence"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"checks": [{"rule": "no-such-rule", "source": SOURCE}]}, "profile.rule"),
        ({"gates": [{"gate": "open-door", "source": SOURCE}]}, "profile.gate"),
        ({"papers": ["love-letter"]}, "profile.paper"),
        ({"checks": [{"rule": "purpose"}]}, "record.malformed"),
        ({"checks": [{"rule": "purpose", "source": SOURCE}] * 2}, "record.malformed"),
        ({"countries": ["XB", "XA"]}, "record.malformed"),
        ({"digests": [{"digest": "crc32", "source": SOURCE}]}, "record.malformed"),
        ({"requests": [{"fields": [{"name": "shoe-size", "source": SOURCE}], "kind": "mla"}]}, "record.malformed"),
        ({"extra": True}, "record.malformed"),
        ({"schema": "custody-profile/v2"}, "record.version"),
    ],
)
def test_a_profile_with_a_word_too_many_is_refused(change: dict[str, Any], code: str) -> None:
    """A check that somebody asked for and that does not run is worse than none."""
    with pytest.raises(RecordError) as caught:
        parse_profile(canonical.encode({**_plain(), **change}))
    assert caught.value.code == code


def test_another_spelling_is_refused() -> None:
    """One spelling: its digest can be named."""
    with pytest.raises(RecordError) as caught:
        parse_profile(json.dumps(_plain(), indent=1).encode())
    assert caught.value.code == "record.not-canonical"


def test_a_file_of_one_s_own_is_read_as_strictly(tmp_path: Path) -> None:
    """A treaty between two countries may be a profile, with deadlines that exist."""
    path = tmp_path / "mine.json"
    path.write_bytes(canonical.encode(_plain()))
    assert isinstance(law_files.load_profile(str(path)), Profile)
    path.write_bytes(canonical.encode({**_plain(), "deadlines": [{"deadline": "eu.nothing", "kind": "mla"}]}))
    with pytest.raises(RecordError, match=r"profile\.deadline"):
        law_files.load_profile(str(path))
    with pytest.raises(UsageError, match=r"profile\.absent"):
        law_files.load_profile(str(tmp_path / "none.json"))


def test_the_closed_lists_are_sorted_sets() -> None:
    """They are printed in the specification, and compared there."""
    for words in (RULES, GATES, PAPERS):
        assert list(words) == sorted(set(words))


def test_the_example_of_the_specification_is_a_profile() -> None:
    """Who writes a reader from the page alone starts with these bytes."""
    page = (ROOT / "docs" / "spec" / "procedure.md").read_text("utf-8")
    example = page.split("```")[1].strip()
    assert parse_profile(example.encode()).name == "example"


def test_the_page_names_every_rule_gate_and_paper() -> None:
    """A rule that no page explains can't be built a second time."""
    page = (ROOT / "docs" / "spec" / "procedure.md").read_text("utf-8")
    assert [rule for rule in RULES if f"`procedure.{rule}`" not in page] == []
    assert [gate for gate in GATES if f"`{gate}`" not in page] == []
