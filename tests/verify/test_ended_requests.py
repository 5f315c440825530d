"""Requests that ended bear nothing: what was refused, withdrawn or not executed lets nothing go until it is granted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from custody.verify.gate.correspondence import correspondence_of
from schemas.entry import parse_entry
from schemas.errors import RefusedError
from schemas.report import Verdict
from schemas.types import UNSET
from tests.border import CASE, Side, read, register, trust

PEERS = {"b": "XB", "c": "XC"}
REFUSED = {"answered_at": "2026-11-21T08:00:00Z", "ground": "security", "outcome": "refused", "reasons": "secret"}
LATER = {"ground": None, "outcome": "nothing-found", "reasons": None}
GRANTED = {
    "grant": {"onward": "with-consent", "to_country": "XB"}, "ground": None, "outcome": "granted", "reasons": None,
}  # fmt: skip
THEIRS = {
    "event": "ab" * 32, "ledger": "b.example/main", "manifest": "cd" * 32, "request": "q-1", "root": "ef" * 32,
    "size": 7,
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
        ([("request.closed", {"origin": THEIRS, "outcome": "expired"})], True),
        (
            [
                ("request.closed", {"origin": THEIRS, "outcome": "executed"}),
                ("request.answered", {**REFUSED, **GRANTED}),
            ],
            False,
        ),
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


def granted(outcome: str, *exhibits: str) -> dict[str, Any]:
    """Return an answer that grants, of exhibits if some are named."""
    named = {"exhibits": [{"case": CASE, "exhibit": exhibit} for exhibit in exhibits]} if exhibits else {}
    return {**REFUSED, **GRANTED, "outcome": outcome, "grant": {"onward": "with-consent", "to_country": "XB", **named}}


def answer(side: Side, *answers: dict[str, Any]) -> None:
    """Answer the request, once or in stages."""
    for details in answers:
        composed = side.world.event("request.answered", {**details, "request": "req-1"}, actor="official-1")
        side.world.append(side.world.sign(composed))


def derive(side: Side, number: str, *parents: str) -> None:
    """Register what was made of exhibits."""
    known = [(parent, side.world.exhibit(CASE, parent)) for parent in parents]
    made_of = [{"case": CASE, "event": item.head, "exhibit": parent} for parent, item in known if item is not None]
    files = {f"{number}.txt": number.encode()}
    side.world.register(CASE, number, actor="examiner-1", files=files, derived_from=made_of)


UNNAMED, PART, OTHER, ALL = (
    granted("granted-in-part"), granted("granted-in-part", "EX-1"), granted("granted-in-part", "EX-2"),
    granted("granted"),
)  # fmt: skip
LISTED, SOON = granted("granted", "EX-1"), {**REFUSED, **LATER, "outcome": "rolling"}


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ([PART], ""),
        ([PART, REFUSED], ""),
        ([REFUSED, PART, REFUSED], ""),
        ([ALL, PART, REFUSED], ""),
        ([PART, {**REFUSED, **LATER, "outcome": "postponed", "reasons": "x"}, REFUSED], ""),
        ([PART, OTHER], ""),
        ([PART, OTHER, REFUSED, REFUSED], ""),
        ([OTHER, UNNAMED, PART], ""),
        ([OTHER, LISTED], ""),
        ([OTHER, REFUSED, ALL], ""),
        ([SOON], ""),
        ([PART, SOON], ""),
        ([LISTED, SOON], ""),
        ([granted("granted", "EX-2")], ""),
        ([UNNAMED], ""),
        ([OTHER], "release.not-granted"),
        ([OTHER, UNNAMED], "release.not-granted"),
        ([OTHER, SOON], "release.not-granted"),
        ([OTHER, REFUSED], "release.not-granted"),
        ([ALL, OTHER], "release.not-granted"),
        ([UNNAMED, REFUSED], "release.request-ended"),
        ([LISTED, REFUSED], "release.request-ended"),
        ([ALL, REFUSED], "release.request-ended"),
        ([PART, ALL, REFUSED], "release.request-ended"),
    ],
)
@pytest.mark.parametrize("way", ["before", "after", "alone"])
def test_what_was_granted_goes_and_nothing_else(
    tmp_path: Path, answers: list[dict[str, Any]], code: str, way: str
) -> None:
    """Answers come in stages; the consent may come before them, or after, or say nothing of the request."""
    side = asked(tmp_path, "v2")
    register(side, "EX-2")
    if way == "before":
        side.consent("EX-1", "b-police", request="req-1")
    answer(side, *answers)
    if way != "before":
        side.consent("EX-1", "b-police", **({"request": "req-1"} if way == "after" else {}))
    sent = side.world.sign(side.dispatch("EX-1", "b-police", request="req-1"))
    if not code:
        side.world.append(sent)
        built = side.build("b.zip", "EX-1", to="ministry")
        report = read(built.path, trust(side), side.world.at).report
        assert (report.verdict, {item.step for item in report.findings} & {11}) == (Verdict.PASSED, set())
        return
    with pytest.raises(RefusedError) as caught:
        side.world.append(sent)
    assert caught.value.code == code


def test_by_hand_goes_what_was_granted(tmp_path: Path) -> None:
    """An act without a place for a request leaves under consents that name one."""
    side = asked(tmp_path, "v2")
    register(side, "EX-2")
    answer(side, PART)
    for exhibit in ("EX-1", "EX-2"):
        side.consent(exhibit, "b-police", request="req-1")
    access = {"action": "exported", "agent": "b-police"}
    side.world.annotate("access.logged", side.world.about(CASE, "EX-1"), access, actor="system")
    with pytest.raises(RefusedError, match=r"release\.not-granted"):
        side.world.annotate("access.logged", side.world.about(CASE, "EX-2"), access, actor="system")


@pytest.mark.parametrize(
    ("made", "code"),
    [
        ([("D-1", ["EX-1"])], ""),
        ([("W-1", ["EX-1"]), ("D-1", ["W-1", "EX-1"])], ""),
        ([("D-1", ["EX-2"])], "release.not-granted"),
        ([("W-1", ["EX-1", "EX-2"]), ("D-1", ["W-1"])], "release.not-granted"),
    ],
)
def test_what_was_made_of_granted_exhibits_alone_goes_with_them(
    tmp_path: Path, made: list[tuple[str, list[str]]], code: str
) -> None:
    """A working copy is what it was copied from; what holds something refused as well is not."""
    side = asked(tmp_path, "v2")
    register(side, "EX-2")
    answer(side, PART, REFUSED)
    for number, parents in made:
        derive(side, number, *parents)
    side.consent("D-1", "b-police", request="req-1")
    sent = side.world.sign(side.dispatch("D-1", "b-police", request="req-1"))
    if code:
        with pytest.raises(RefusedError) as caught:
            side.world.append(sent)
        assert caught.value.code == code
        return
    side.world.append(sent)
    built = side.build("b.zip", "D-1", to="ministry")
    assert read(built.path, trust(side), side.world.at).report.verdict is Verdict.PASSED


def test_a_release_looks_back_as_far_as_a_reader_can_pay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who makes one thing of very many names it."""
    side = asked(tmp_path, "v2")
    answer(side, PART)
    derive(side, "W-1", "EX-1")
    derive(side, "D-1", "W-1")
    side.consent("D-1", "b-police", request="req-1")
    monkeypatch.setattr("schemas.limits.MADE_OF", 1)
    with pytest.raises(RefusedError, match=r"release\.not-granted"):
        side.build("b.zip", "D-1", to="b-police", request="req-1")


@pytest.mark.parametrize(("gate", "is_over"), [("v2", False), ("v1", True), (None, True)])
def test_a_reader_lets_what_was_granted_go_too(tmp_path: Path, gate: str | None, is_over: bool) -> None:
    """An older ledger keeps its verdict."""
    side = asked(tmp_path, gate)
    side.consent("EX-1", "b-police", request="req-1")
    answer(side, PART, REFUSED)
    if is_over:
        with pytest.raises(RefusedError, match=r"release\.request-ended"):
            side.world.append(side.world.sign(side.dispatch("EX-1", "b-police", request="req-1")))
        return
    side.world.append(side.world.sign(side.dispatch("EX-1", "b-police", request="req-1")))
    built = side.build("b.zip", "EX-1", to="ministry")
    assert read(built.path, trust(side), side.world.at).report.verdict is Verdict.PASSED


@pytest.mark.parametrize("gate", ["v1", None])
def test_an_older_ledger_asks_for_no_list(tmp_path: Path, gate: str | None) -> None:
    """What it let go stays let go."""
    side = asked(tmp_path, gate)
    register(side, "EX-2")
    answer(side, OTHER)
    side.consent("EX-1", "b-police", request="req-1")
    side.world.append(side.world.sign(side.dispatch("EX-1", "b-police", request="req-1")))


@pytest.mark.parametrize(("first", "is_ended"), [(PART, False), (UNNAMED, True), (LISTED, True), (ALL, True)])
def test_a_letter_that_refuses_the_rest_grants_what_it_granted(
    tmp_path: Path, first: dict[str, Any], is_ended: bool
) -> None:
    """The consent of another ledger rests on its grant, which stands in the same letter as the refusal of the rest."""
    a = asked(tmp_path, "v2")
    answer(a, first, REFUSED)
    entries = {n: parse_entry(raw) for n, raw in enumerate(a.world.entries())}
    answers = [e.event.hash for e in entries.values() if e.event.type == "request.answered"]
    found = correspondence_of(entries, a.world.reader().view()).answered["req-1"]
    assert found == answers[1 if is_ended else 0]


def test_what_was_granted_here_in_part_by_letter_stays_so(tmp_path: Path) -> None:
    """Which exhibits another ledger granted its letter says, against which the consent is held."""
    side = Side(tmp_path / "a", "a", peers=PEERS, gate="v2")
    register(side)
    draft = {"fields": [], "kind": "mla", "request": "req-2", "to": "c-police"}
    side.world.append(side.world.sign(side.world.event("request.drafted", draft, actor="official-1")))
    sent = {"channel": "paper", "request": "req-2", "sent_at": "2026-11-21T07:00:00Z"}
    side.world.append(side.world.sign(side.world.event("request.sent", sent, actor="official-1")))
    for outcome in ("granted-in-part", "refused"):
        heard = {
            "answered_at": "2026-11-21T08:00:00Z", "from": "c-police", "outcome": outcome, "paper": "ab" * 32,
            "received_at": "2026-11-21T08:00:00Z", "request": "req-2",
            **({"ground": "security", "reasons": "secret"} if outcome == "refused" else {}),
        }  # fmt: skip
        side.world.append(side.world.sign(side.world.event("request.answer-received", heard, actor="official-1")))
    known = side.world.reader().view().request("req-2")
    assert known is not None
    assert (known.parts, known.ended) == ((), UNSET)
