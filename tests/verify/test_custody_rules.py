"""The custody rules under random acts: whatever is tried, custody stays unbroken and in one hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from custody.ledger.compose import Anchor, link_after
from custody.verify.fold.state import State
from custody.verify.rules.reducer import reduce
from custody.verify.rules.table import RULES
from custody.verify.rules.view import Exhibit
from schemas.entry import parse_entry
from schemas.errors import RuleViolation
from schemas.event import About, Link, ParsedEvent, Signer
from schemas.registry import DETAILS
from tests.world import World

CASE, NUMBER = "C-1", "EX-1"
AGENTS = ("examiner-1", "examiner-2", "custodian-1", "registrar-1", "viewer-1")
DETAIL: dict[str, dict[str, Any]] = {
    "custody.handed-over": {"purpose": "p"},
    "custody.moved": {"place": "p"},
    "custody.taken-over": {"reason": "absent"},
    "exhibit.copied": {"copy": "working", "purpose": "p"},
    "exhibit.disposed": {"authority": "a", "manner": "destroyed"},
    "exhibit.examined": {"purpose": "p"},
    "exhibit.incident": {"description": "d", "discovered_at": "2026-11-21T08:00:00Z", "kind": "seal-broken"},
    "exhibit.registered": {"description": "d", "kind": "phone", "nature": "object", "obtained": "seizure"},
    "exhibit.released": {"reason": "r", "terms": "lent", "to": "t"},
    "exhibit.returned": {},
    "exhibit.sealed": {"seal": "s"},
    "exhibit.unsealed": {"intact": True, "reason": "r", "seal": "s"},
    "exhibit.voided": {"reason": "r"},
}
TYPES = tuple(DETAIL)


@dataclass(frozen=True)
class Try:
    """An act that somebody tries."""

    type: str
    actor: str
    to: str | None
    registrar: str | None
    carrier: bool
    stale: bool


tries = st.builds(
    Try,
    type=st.sampled_from(TYPES),
    actor=st.sampled_from(AGENTS),
    to=st.none() | st.sampled_from(AGENTS),
    registrar=st.none() | st.just("registrar-2"),
    carrier=st.booleans(),
    stale=st.booleans(),
)


class Desk:
    """A state with people and an open case, to which acts are brought."""

    def __init__(self) -> None:
        self.world = World()
        self.world.init()
        self.world.enrol("examiner-1")
        self.world.enrol("examiner-2")
        self.world.enrol("custodian-1", roles=("custodian",))
        self.world.enrol("viewer-1", roles=("viewer",))
        self.world.open_case(CASE)
        self.state = State(is_whole=True)
        self.index = 0
        for raw in self.world.entries():
            self.bring(parse_entry(raw).event)

    def bring(self, event: ParsedEvent) -> None:
        """Bring an event before the reducer, and keep what it changes."""
        outcome = reduce(self.state, self.index, event, ())
        self.state.put(outcome.changes)
        self.state.place(event.hash, outcome.place)
        self.index += 1

    def exhibit(self) -> Exhibit | None:
        """Return the exhibit as it stands."""
        return self.state.exhibit(CASE, NUMBER)

    def event(self, attempt: Try) -> ParsedEvent | None:
        """Return the event that is tried; None where nobody could even write it down."""
        named = {attempt.actor}
        signers = [Signer(agent=attempt.actor, as_="actor")]
        for office, agent in (("to", attempt.to), ("registrar", attempt.registrar)):
            if agent is not None:
                if agent in named:
                    return None
                named.add(agent)
                signers.append(Signer(agent=agent, as_=office))  # type: ignore[arg-type]
        details = dict(DETAIL[attempt.type])
        if attempt.carrier and attempt.type == "custody.moved":
            details["carrier"] = "courier"
        before = self.exhibit()
        link = Link(sequence=0) if attempt.type == "exhibit.registered" else link_after(before)
        if attempt.stale and before is not None and before.sequence:
            link = Link(sequence=before.sequence, previous=before.head)
        if link.sequence and before is None:
            return None
        anchor = Anchor(case=CASE, exhibit=NUMBER, link=link)
        return self.world.event(attempt.type, details, signers=signers, anchor=anchor).event


def _check_step(attempt: Try, before: Exhibit | None, after: Exhibit) -> None:
    rule = RULES[attempt.type]
    if before is None:
        assert attempt.type == "exhibit.registered"
        assert after.holder == attempt.actor
        return
    assert after.sequence == before.sequence + 1
    assert before.status in rule.states
    if attempt.type in {"custody.handed-over", "custody.taken-over"}:
        assert after.holder == attempt.to != before.holder
    else:
        assert after.holder == before.holder == attempt.actor
    if attempt.type in {"exhibit.examined", "exhibit.copied"}:
        assert not before.is_sealed
    assert before.status not in {"disposed", "voided"}


@settings(max_examples=150, deadline=None)
@given(st.lists(tries, min_size=1, max_size=25))
def test_custody_is_in_one_hand_whatever_is_tried(attempts: list[Try]) -> None:
    """A sequence that ends with two holders, or moves custody without the receiver, would be the end of the product."""
    desk = Desk()
    for attempt in attempts:
        event = desk.event(attempt)
        if event is None:
            continue
        before = desk.exhibit()
        try:
            desk.bring(event)
        except RuleViolation:
            assert desk.exhibit() == before, "what is refused changes nothing"
            continue
        after = desk.exhibit()
        assert after is not None
        _check_step(attempt, before, after)


def test_annotations_stay_possible_after_disposal() -> None:
    """An export, a check or a correction must be recorded even of what was destroyed."""
    desk = Desk()
    for type, offices in (("exhibit.registered", {}), ("exhibit.disposed", {"registrar": "registrar-2"})):
        event = desk.event(Try(type, "examiner-1", None, offices.get("registrar"), carrier=False, stale=False))
        assert event is not None
        desk.bring(event)
    exhibit = desk.exhibit()
    assert exhibit is not None
    assert exhibit.status == "disposed"
    about = About(exhibit=exhibit.registration)
    details = {"bytes": 0, "checked": 0, "matching": 0, "root": "ab" * 32}
    desk.bring(desk.world.annotation("exhibit.checked", about, details, actor="examiner-1").event)
    assert desk.exhibit() == exhibit


def test_every_type_has_a_row_and_every_row_a_type() -> None:
    """A type without a row would crash the reducer; a row without a type would be a rule that nobody can meet."""
    assert RULES.keys() == DETAILS.keys()
    beginnings = {"exhibit.registered", "transfer.accepted"}
    for name, kind in DETAILS.items():
        assert bool(RULES[name].about) == (kind.anchor == "about")
        assert (bool(RULES[name].states) or name in beginnings) == (kind.anchor == "link")
