"""Requests that ended bear nothing: what was refused, withdrawn or not executed lets nothing go until it is granted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from custody.verify.gate.correspondence import correspondence_of
from schemas.entry import parse_entry
from schemas.errors import RefusedError
from schemas.report import Severity, Verdict
from tests.border import CASE, Side, read, register, trust

PEERS = {"b": "XB", "c": "XC"}
REFUSED = {"answered_at": "2026-11-21T08:00:00Z", "ground": "security", "outcome": "refused", "reasons": "secret"}
LATER = {"ground": None, "outcome": "nothing-found", "reasons": None}
GRANTED = {
    "grant": {"onward": "with-consent", "to_country": "XB"}, "ground": None, "outcome": "granted", "reasons": None,
}  # fmt: skip


def asked(folder: Path, gate: str | None) -> Side:
    """Return a country with an exhibit, and a request of the police of b."""
    side = Side(folder / "a", "a", peers=PEERS, gate=gate)
    register(side)
    heard = {
        "fields": [], "from": "b-police", "kind": "production", "paper": "ab" * 32, "request": "req-1",
        "received_at": "2026-11-21T07:00:00Z",
    }  # fmt: skip
    side.world.append(side.world.sign(side.world.event("request.received", heard, actor="official-1")))
    return side


def test_a_request_that_was_withdrawn_ends_the_consent_that_rests_on_it(tmp_path: Path) -> None:
    """What nobody asks for any more does not leave."""
    side = asked(tmp_path, None)
    side.consent("EX-1", "b-police", request="req-1")
    withdrawn = {"reason": "settled", "request": "req-1"}
    side.world.append(side.world.sign(side.world.event("request.withdrawn", withdrawn, actor="official-1")))
    with pytest.raises(RefusedError) as caught:
        side.build("refused.zip", "EX-1", to="b-police")
    assert caught.value.code == "release.request-ended"


@pytest.mark.parametrize(
    ("ends", "is_over"),
    [
        ([("request.withdrawn", {"reason": "settled"}), ("request.closed", {"outcome": "withdrawn"})], True),
        ([("request.withdrawn", {"reason": "settled"}), ("request.closed", {"outcome": "executed"})], True),
        ([("request.closed", {"outcome": "withdrawn"})], True),
        ([("request.closed", {"outcome": "not-executed"})], True),
        ([("request.closed", {"outcome": "expired"})], True),
        ([("request.closed", {"outcome": "executed-in-part"})], False),
        ([("request.answered", REFUSED), ("request.answered", {**REFUSED, **LATER})], True),
        ([("request.answered", REFUSED), ("request.answered", {**REFUSED, **GRANTED})], False),
        ([("request.answered", {**REFUSED, **GRANTED}), ("request.answered", REFUSED)], True),
    ],
)
def test_closing_a_request_gives_nothing_back(tmp_path: Path, ends: list[tuple[str, Any]], is_over: bool) -> None:
    """Tidying up after a withdrawal must not open the gate again; what was executed may be sent a second time."""
    side = asked(tmp_path, "v2")
    side.consent("EX-1", "b-police", request="req-1")
    for type, details in ends:
        composed = side.world.event(type, {**details, "request": "req-1"}, actor="official-1")
        side.world.append(side.world.sign(composed))
    act = side.dispatch("EX-1", "b-police", request="req-1")
    if not is_over:
        side.world.append(side.world.sign(act))
        return
    with pytest.raises(RefusedError) as caught:
        side.world.append(side.world.sign(act))
    assert caught.value.code == "release.request-ended"


def test_nothing_is_sent_on_a_request_that_was_refused(tmp_path: Path) -> None:
    """Also where the consent names none."""
    side = asked(tmp_path, "v2")
    side.consent("EX-1", "b-police")
    answer = side.world.event("request.answered", {**REFUSED, "request": "req-1"}, actor="official-1")
    side.world.append(side.world.sign(answer))
    with pytest.raises(RefusedError) as caught:
        side.world.append(side.world.sign(side.dispatch("EX-1", "b-police", request="req-1")))
    assert caught.value.code == "release.request-ended"
    side.world.append(side.world.sign(side.dispatch("EX-1", "b-police")))


PART = {**REFUSED, **GRANTED, "outcome": "granted-in-part"}
NAMED = {**REFUSED, **GRANTED, "grant": {**GRANTED["grant"], "exhibits": [{"case": CASE, "exhibit": "EX-1"}]}}  # type: ignore[dict-item]


@pytest.mark.parametrize("granted", [PART, NAMED])
@pytest.mark.parametrize(
    ("later", "is_over"),
    [
        ([REFUSED], False),
        ([{**REFUSED, **LATER, "outcome": "postponed", "reasons": "x"}, REFUSED], False),
        ([REFUSED, {**REFUSED, **GRANTED}, REFUSED], True),
    ],
)
def test_what_was_granted_goes_though_the_rest_was_refused(
    tmp_path: Path, granted: dict[str, Any], later: list[dict[str, Any]], is_over: bool
) -> None:
    """Answers come in stages; what takes back a grant of all is no refusal of the rest."""
    side = asked(tmp_path, "v2")
    side.consent("EX-1", "b-police", request="req-1")
    for details in (granted, *later):
        composed = side.world.event("request.answered", {**details, "request": "req-1"}, actor="official-1")
        side.world.append(side.world.sign(composed))
    sent = side.world.sign(side.dispatch("EX-1", "b-police", request="req-1"))
    if is_over:
        with pytest.raises(RefusedError, match=r"release\.request-ended"):
            side.world.append(sent)
    else:
        side.world.append(sent)


@pytest.mark.parametrize(("gate", "is_over"), [("v2", False), ("v1", True), (None, True)])
def test_a_reader_lets_what_was_granted_go_too(tmp_path: Path, gate: str | None, is_over: bool) -> None:
    """An older ledger keeps its verdict."""
    side = asked(tmp_path, gate)
    side.consent("EX-1", "b-police", request="req-1")
    for details in (PART, REFUSED):
        composed = side.world.event("request.answered", {**details, "request": "req-1"}, actor="official-1")
        side.world.append(side.world.sign(composed))
    if is_over:
        with pytest.raises(RefusedError, match=r"release\.request-ended"):
            side.world.append(side.world.sign(side.dispatch("EX-1", "b-police", request="req-1")))
        return
    side.world.append(side.world.sign(side.dispatch("EX-1", "b-police", request="req-1")))
    built = side.build("b.zip", "EX-1", to="ministry")
    assert read(built.path, trust(side), side.world.at).report.verdict is Verdict.PASSED


@pytest.mark.parametrize(("later", "told"), [([PART, REFUSED], ["EX-1"]), ([PART], []), ([REFUSED, PART], [])])
def test_a_reader_is_told_that_the_rest_was_refused(
    tmp_path: Path, later: list[dict[str, Any]], told: list[str]
) -> None:
    """Whoever recorded the consent says that the thing belongs to the part: nobody else does."""
    side = asked(tmp_path, "v2")
    for details in later:
        composed = side.world.event("request.answered", {**details, "request": "req-1"}, actor="official-1")
        side.world.append(side.world.sign(composed))
    side.consent("EX-1", "b-police", request="req-1")
    side.world.append(side.world.sign(side.dispatch("EX-1", "b-police", request="req-1")))
    built = side.build("b.zip", "EX-1", to="ministry")
    report = read(built.path, trust(side), side.world.at).report
    found = [item for item in report.findings if item.code == "release.after-refusal"]
    assert [(item.exhibit, item.severity, item.step) for item in found] == [
        (f"{CASE}/{exhibit}", Severity.DEFECT, 11) for exhibit in told
    ]
    assert report.verdict is Verdict.PASSED


@pytest.mark.parametrize(("first", "is_told"), [(PART, False), (NAMED, False), ({**REFUSED, **GRANTED}, True)])
def test_a_letter_that_refuses_the_rest_grants_what_it_granted(
    tmp_path: Path, first: dict[str, Any], is_told: bool
) -> None:
    """The consent of another ledger rests on its grant, which stands in the same letter as the refusal of the rest."""
    a = asked(tmp_path, "v2")
    for details in (first, REFUSED):
        composed = a.world.event("request.answered", {**details, "request": "req-1"}, actor="official-1")
        a.world.append(a.world.sign(composed))
    entries = {n: parse_entry(raw) for n, raw in enumerate(a.world.entries())}
    answers = [e.event.hash for e in entries.values() if e.event.type == "request.answered"]
    found = correspondence_of(entries, a.world.reader().view()).answered["req-1"]
    assert found == answers[1 if is_told else 0]
