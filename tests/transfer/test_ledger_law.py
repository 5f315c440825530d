"""The law of a ledger: every law that holds for its country at once, what several want once, requests by both sides."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from custody.transfer.forum import laws_of, members_under
from custody.transfer.law_files import PROFILES, memberships, shipped_profile
from custody.transfer.ledger_law import combined, profile_for
from custody.verify.fold.state import State
from custody.verify.procedure.procedure import ProcedureFinding, procedure_for
from schemas import canonical
from schemas.entry import parse_entry
from schemas.law import LawSource, cite
from schemas.profile import Check, WantedDigest, parse_profile
from tests.world import World

AT = "2026-11-21T12:00:00Z"


@pytest.mark.parametrize(
    ("country", "names"),
    [
        ("CN", ("cn",)),
        ("US", ("us", "coe")),
        ("FR", ("eu", "coe")),
        ("IE", ("eu",)),
        ("DK", ("coe",)),
        ("JP", ("coe",)),
        ("CH", ("coe",)),
        ("GB", ("coe",)),
        ("CA", ("coe",)),
        ("AU", ("coe",)),
        ("BR", ("coe",)),
        ("QA", ("generic",)),
        ("XA", ("generic",)),
    ],
)
def test_every_law_in_force_that_binds_a_country_holds(country: str, names: tuple[str, ...]) -> None:
    """Who is a party to a convention falls under it, whether or not somebody also wrote the country into a profile."""
    found = laws_of(country)
    assert tuple(law.profile.name for law in found) == names
    assert [law.is_fallback for law in found] == [name == "generic" for name in names]
    assert profile_for(country).name == "-and-".join(names)


def test_each_law_is_told_with_how_well_the_membership_is_known() -> None:
    """That nothing names Senegal among the parties is said before anybody relies on it."""
    (known,), (unknown,), (none,) = laws_of("JP"), laws_of("SN"), laws_of("XA")
    assert known.text.startswith("coe: JP stands on the list of those bound by the Convention on Cybercrime")
    assert "by a secondary source (row B1)" in known.text
    assert "unconfirmed, to be checked before it is relied on" in unknown.text
    assert none.text == "generic: no law of XA is known here; standards are applied, which bind nobody"


def test_what_several_laws_want_is_asked_once_by_the_one_that_is_known_better() -> None:
    """A defect that stands twice in a report reads like two."""
    eu, coe = shipped_profile("eu"), shipped_profile("coe")
    whole = profile_for("FR")
    rules = [check.rule for check in whole.checks]
    assert rules == sorted({check.rule for one in (eu, coe) for check in one.checks})
    assert whole.source_of("request-fields") == coe.source_of("request-fields") != eu.source_of("request-fields")
    assert whole.papers == tuple(sorted({*eu.papers, *coe.papers}))
    assert len(set(whole.deadlines)) == len(whole.deadlines)
    assert {item.deadline for item in whole.deadlines} >= {"coe.art29", "eu.epoc"}


def test_of_two_sources_as_well_known_the_closer_law_is_named() -> None:
    """Nothing tells them apart but which law is nearer."""
    near, far = (LawSource(mark="S", row="R1", text=text) for text in ("near", "far"))
    better = LawSource(mark="T", row="R1", text="read")
    plain = replace(shipped_profile("generic"), requests=(), deadlines=(), gates=())
    first = replace(plain, checks=(Check(rule="purpose", source=near),), digests=(), name="first")
    second = replace(
        plain,
        checks=(Check(rule="purpose", source=far), Check(rule="seal-photos", source=far)),
        digests=(WantedDigest(digest="sm3", source=far),),
        name="second",
        zone="+08:00",
    )
    third = replace(second, checks=(Check(rule="seal-photos", source=better),), name="third", zone="+01:00")
    whole = combined((first, second, third))
    assert [(check.rule, check.source.text) for check in whole.checks] == [("purpose", "near"), ("seal-photos", "read")]
    assert [item.digest for item in whole.digests] == ["sm3"]
    assert (whole.name, whole.zone) == ("first-and-second-and-third", "+08:00")


@pytest.mark.parametrize("country", ["CN", "FR", "GB", "US", "XA"])
def test_a_ledger_s_profile_is_one_that_could_be_given_by_hand(country: str) -> None:
    """Whoever writes it to a file and names the file gets the same checks."""
    whole = profile_for(country)
    assert parse_profile(canonical.encode(whole)) == whole
    if len(laws_of(country)) == 1:
        assert whole == shipped_profile(whole.name)


def test_what_a_request_states_follows_from_both_countries() -> None:
    """An order among members of the EU needs no intent to ask for assistance; a request to a party outside does."""

    def wanted(*other: str | None) -> set[str]:
        return {item.name for item in profile_for("FR", *other).required("preservation", "outgoing")}

    assert "mla-intent" in wanted("GB") - wanted("DE")
    standards = shipped_profile("generic").required("preservation", "outgoing")
    assert wanted("CN") == wanted(None) == {item.name for item in standards}
    assert {"mla-intent", "facts", "necessity"} <= {
        item.name for item in profile_for("US", "FR").required("preservation", "incoming")
    }


def test_every_profile_that_an_instrument_names_has_its_members_from_there() -> None:
    """One list of members: two would part one day. What isn't in force binds nobody."""
    for instrument in memberships().instruments:
        named = str(instrument.profile)
        if named in PROFILES and instrument.in_force:
            assert set(members_under(named)) == {name for group in instrument.members for name in group.countries}
            assert all(cite(group.source) for group in instrument.members)
    assert members_under("cn") == members_under("generic") == members_under("coe-p2") == ()
    assert all(len(shipped_profile(name).countries) <= 1 for name in PROFILES)


@pytest.fixture
def world() -> World:
    """A ledger in France that asks an authority in Germany, one in the United Kingdom, and one of no known country."""
    made = World(country="FR")
    made.init()
    for agent, country in (("office-de", "DE"), ("office-gb", "GB"), ("office-x", None)):
        made.enrol(agent, (), kind="organisation", country=country)
    return made


def ask(world: World, request: str, to: str) -> None:
    stated = ("authority", "custodian", "data", "offence")
    fields = tuple({"name": name, "value": "x"} for name in stated)
    details: dict[str, Any] = {"fields": fields, "kind": "preservation", "request": request, "to": to}
    world.append(world.sign(world.event("request.drafted", details, actor="registrar-1")))


def look(world: World) -> list[ProcedureFinding]:
    state: State = world.store.read().__enter__().view()
    procedure = procedure_for(profile_for, state)
    assert procedure is not None
    for raw in world.entries():
        procedure.add(parse_entry(raw))
    procedure.finish(AT)
    return procedure.found


def test_step_12_asks_of_each_request_what_its_two_countries_go_by(world: World) -> None:
    """The same words suffice or don't by where the request goes; each field is missed once."""
    for request, to in (("r-1", "office-de"), ("r-2", "office-gb"), ("r-3", "office-x")):
        ask(world, request, to)
    lacking: dict[str, set[str]] = {"r-1": set(), "r-2": set(), "r-3": set()}
    told = [item.what for item in look(world) if item.rule == "request-fields"]
    assert len(told) == len(set(told))
    for what in told:
        request, _, name = what.removeprefix("request ").partition(" does not state: ")
        lacking[request].add(name)
    assert lacking == {"r-1": {"necessity"}, "r-2": {"facts", "mla-intent", "necessity"}, "r-3": {"facts"}}


def test_a_profile_that_was_named_is_asked_of_every_request(world: World) -> None:
    """Who names one wants that one, whatever the countries say."""
    ask(world, "r-1", "office-de")
    state: State = world.store.read().__enter__().view()
    procedure = procedure_for(lambda *_: shipped_profile("coe"), state)
    assert procedure is not None
    for raw in world.entries():
        procedure.add(parse_entry(raw))
    procedure.finish(AT)
    assert any("mla-intent" in item.what for item in procedure.found)
    assert procedure_for(None, state) is None
    assert procedure_for(lambda *_: None, state) is None
