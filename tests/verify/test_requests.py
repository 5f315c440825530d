"""What may follow what in the life of a request, on either side of the border."""

from __future__ import annotations

from typing import Any

import pytest

from custody.verify.fold.fold import Fold
from schemas.entry import parse_entry
from schemas.errors import RecordError, RuleViolation
from schemas.report import Findings, Severity
from tests.world import World, settled

AT = "2026-11-21T09:00:00Z"
PAPER = "ab" * 32
ORIGIN = {
    "event": "01" * 32, "ledger": "b.example/main", "manifest": "02" * 32, "request": "theirs", "root": "03" * 32,
    "size": 9,
}  # fmt: skip


@pytest.fixture
def world() -> World:
    """A ledger with an official and two authorities abroad."""
    made = settled(World())
    made.enrol("official-1", ("authority",))
    for peer in ("abroad-1", "abroad-2"):
        made.enrol(peer, (), kind="organisation", country="XB", ledger=f"{peer}.example/main")
    return made


def _do(world: World, type: str, actor: str = "official-1", /, **details: Any) -> None:
    given = {name: value for name, value in {"request": "r-1", **details}.items() if value is not None}
    world.append(world.sign(world.event(f"request.{type}", given, actor=actor)))


def _draft(world: World, **details: Any) -> None:
    _do(world, "drafted", **{"fields": [{"name": "facts", "value": "x"}], "kind": "mla", "to": "abroad-1", **details})


def _receive(world: World, **details: Any) -> None:
    _do(
        world, "received",
        **{"fields": [], "from": "abroad-1", "kind": "mla", "paper": PAPER, "received_at": AT, **details},
    )  # fmt: skip


def _code(world: World, type: str, actor: str = "official-1", /, **details: Any) -> str:
    size = len(world.entries())
    with pytest.raises((RuleViolation, RecordError)) as caught:
        _do(world, type, actor, **details)
    assert len(world.entries()) == size
    return caught.value.code


ANSWER = {"answered_at": AT, "outcome": "granted"}
HEARD = {**ANSWER, "from": "abroad-1", "paper": PAPER, "received_at": AT}


def test_a_request_of_ours_lives_from_draft_to_close(world: World) -> None:
    """The whole life, with an answer that is taken back by a better one."""
    _draft(world, until="2027-01-01T00:00:00Z")
    _do(world, "completed", fields=[{"name": "purpose", "value": "y"}])
    _do(world, "sent", channel="direct", sent_at=AT)
    _do(world, "answer-received", **{**HEARD, "outcome": "clarification-wanted", "wanted": ["purpose"]})
    _do(world, "sent", channel="direct", sent_at=AT)
    _do(world, "answer-received", **{**HEARD, "paper": None, "origin": ORIGIN})
    _do(world, "extended", until="2027-03-01T00:00:00Z")
    _do(world, "closed", outcome="executed")
    assert _code(world, "closed", outcome="executed") == "rule.request-state"


@pytest.mark.parametrize(
    ("type", "details"),
    [
        ("answered", ANSWER),
        ("answer-received", HEARD),
        ("extended", {"until": "2027-01-01T00:00:00Z"}),
    ],
)
def test_a_draft_is_neither_answered_nor_extended(world: World, type: str, details: dict[str, Any]) -> None:
    """Nobody answers what was never sent."""
    _draft(world)
    assert _code(world, type, **details) == "rule.request-state"


def test_each_side_does_its_own_part(world: World) -> None:
    """Who asked does not answer, and who was asked sends no request of that id."""
    _draft(world)
    _do(world, "sent", channel="direct", sent_at=AT)
    _do(world, "answer-received", **HEARD)
    assert _code(world, "answered", **ANSWER) == "rule.request-side"
    _receive(world, request="r-2")
    _do(world, "answered", request="r-2", **ANSWER)
    assert _code(world, "sent", request="r-2", channel="direct", sent_at=AT) == "rule.request-side"
    assert _code(world, "answer-received", request="r-2", **HEARD) == "rule.request-side"


def test_only_who_was_asked_answers(world: World) -> None:
    """An answer of another authority is none."""
    _draft(world)
    _do(world, "sent", channel="direct", sent_at=AT)
    assert _code(world, "answer-received", **{**HEARD, "from": "abroad-2"}) == "rule.request-peer"


def test_ids_are_given_once_and_name_what_is_known(world: World) -> None:
    """A second request of one id, an act on none, a renewal of none, a stranger as the other side."""
    _draft(world)
    with pytest.raises(RuleViolation, match=r"rule\.request-exists"):
        _receive(world)
    assert _code(world, "closed", request="r-9", outcome="executed") == "rule.request-unknown"
    body = {"fields": [], "kind": "mla", "to": "abroad-1"}
    assert _code(world, "drafted", request="r-3", renewal_of="r-9", **body) == "rule.request-unknown"
    assert _code(world, "drafted", request="r-3", **{**body, "to": "nobody"}) == "rule.unknown-agent"
    assert _code(world, "drafted", "viewer-1", request="r-3", **body) == "rule.role"


@pytest.mark.parametrize("field", ["decided_by", "forwarded_by"])
def test_who_decides_is_on_record(world: World, field: str) -> None:
    """A bundle carries who decided; of a stranger it could carry nothing."""
    _receive(world)
    assert _code(world, "answered", **{**ANSWER, field: "nobody"}) == "rule.unknown-agent"
    _do(world, "answered", **{**ANSWER, field: "abroad-2"})


def test_what_was_withdrawn_is_heard_of_and_closed_and_nothing_else(world: World) -> None:
    """An answer may have been on its way."""
    _draft(world)
    _do(world, "sent", channel="direct", sent_at=AT)
    _do(world, "withdrawn", reason="x")
    assert _code(world, "sent", channel="direct", sent_at=AT) == "rule.request-state"
    assert _code(world, "completed", fields=[]) == "rule.request-state"
    _do(world, "answer-received", **HEARD)


@pytest.mark.parametrize(
    ("type", "details"),
    [
        ("answered", {**ANSWER, "outcome": "refused", "reasons": "r"}),
        ("answered", {**ANSWER, "ground": "political"}),
        ("answered", {**ANSWER, "outcome": "refused", "ground": "political"}),
        ("answered", {**ANSWER, "outcome": "postponed"}),
        ("answered", {**ANSWER, "wanted": ["facts"]}),
        ("answered", {**ANSWER, "answered_at": "2026-02-30T00:00:00Z"}),
        ("completed", {"fields": [{"name": "facts", "value": "1"}, {"name": "facts", "value": "2"}]}),
        ("completed", {"fields": [{"name": "purpose", "value": "1"}, {"name": "facts", "value": "2"}]}),
        ("completed", {"fields": [{"name": "weather", "value": "1"}]}),
        ("completed", {"fields": [], "origin": ORIGIN, "paper": PAPER}),
    ],
)
def test_records_that_contradict_themselves_are_malformed(world: World, type: str, details: dict[str, Any]) -> None:
    """One fault each: grounds and reasons go with outcomes, fields stand once and in order, one source."""
    _receive(world)
    assert _code(world, type, **details) == "record.malformed"


@pytest.mark.parametrize(
    "sources",
    [{}, {"origin": ORIGIN, "paper": PAPER}, {"certificate": PAPER, "paper": PAPER}],
    ids=["none", "letter and paper", "certificate and paper"],
)
def test_an_answer_that_was_heard_has_one_source(world: World, sources: dict[str, Any]) -> None:
    """From a letter, on paper or certified by a provider: a record of hearsay has no place."""
    _draft(world)
    _do(world, "sent", channel="direct", sent_at=AT)
    heard = {**HEARD, "paper": None, **sources}
    assert _code(world, "answer-received", **heard) == "record.malformed"


def test_a_provider_is_heard_by_its_certificate(world: World) -> None:
    """Its digest stands where a letter's origin or a scan would."""
    _draft(world, kind="preservation")
    _do(world, "sent", channel="24-7", sent_at=AT)
    _do(world, "answer-received", **{**HEARD, "paper": None, "certificate": PAPER, "outcome": "preserved"})
    with world.store.read() as reader:
        request = reader.view().request("r-1")
    assert request is not None
    assert (request.status, request.outcome) == ("answered", "preserved")


@pytest.mark.parametrize(
    ("grant", "is_told"),
    [
        ({"onward": "with-consent", "to_country": "XB"}, False),
        ({"onward": "with-consent", "to_country": "XC"}, True),
        ({"onward": "with-consent", "to_country": "XA"}, True),
        ({"onward": "with-consent", "to_country": "XC", "exhibits": [{"case": "1", "exhibit": "EX-1"}]}, False),
        (None, False),
    ],
)
def test_a_grant_to_a_third_country_says_of_what(world: World, grant: dict[str, Any] | None, is_told: bool) -> None:
    """What is sent because somebody asked goes to him; what was sent before may go on, if one can say what that is."""
    _receive(world)
    _do(world, "answered", **ANSWER, grant=grant)
    findings = Findings()
    fold = Fold(findings, is_whole=True)
    for raw in world.entries():
        fold.add(parse_entry(raw))
    told = [(item.step, item.severity) for item in findings.items if item.code == "defect.grant-country"]
    assert told == ([(12, Severity.DEFECT)] if is_told else [])
