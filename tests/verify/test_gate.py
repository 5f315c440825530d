"""A ledger under the gate: what leaves says where to, whatever it is called, and writing around the writer shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from custody.verify.fold.fold import Fold
from custody.verify.rules.view import Ledger, LogKey
from schemas.content import Digests
from schemas.details.image import Image, Medium, Segments
from schemas.entry import parse_entry
from schemas.errors import RefusedError
from schemas.event import About
from schemas.report import Findings, Severity
from tests.border import CASE, FILES, Side, codes, read, register, trust

PEERS = {"b": "XB", "c": "XC"}
SEGMENT = sha256(b"one of seventeen").hexdigest()
CHAT = sha256(FILES["chat.txt"]).hexdigest()
AT = "2026-11-21T09:00:00Z"
HEARD = {"fields": [], "from": "b-police", "kind": "mla", "paper": "ab" * 32, "received_at": AT, "request": "req-1"}
TERMS = {"onward": "with-consent", "to_country": "XB"}
ANSWER = {"answered_at": AT, "grant": TERMS, "outcome": "granted", "request": "req-1"}
MOVED = {"carrier": "courier", "place": "the lab of B"}
RECEIVED = [
    ("custody.handed-over", {"purpose": "keeping"}, "examiner-1"),
    ("custody.taken-over", {"reason": "absent"}, "registrar-1"),
]
RELEASED = {"reason": "second opinion", "terms": "lent", "to": "the lab of B"}


@pytest.fixture
def side(tmp_path: Path) -> Side:
    """A country under the gate, with one exhibit and two foreign organisations on record."""
    made = Side(tmp_path / "a", "a", peers=PEERS, gate="v2")
    made.world.enrol("lab", (), kind="organisation", country="XA")
    register(made)
    return made


@pytest.fixture
def around(monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer that asks nothing of the gate: an older release, or somebody with the database."""
    monkeypatch.setattr("custody.bundle.build._check_own", lambda *_: None)
    monkeypatch.setattr("custody.ledger.appending.check_lawful", lambda *_: None)


def audit(side: Side) -> dict[str, Severity]:
    """Return what a replay of the whole ledger finds at step 11."""
    findings = Findings()
    fold = Fold(findings, is_whole=True)
    for raw in side.world.entries():
        fold.add(parse_entry(raw))
    return {item.code: item.severity for item in findings.items if item.step == 11}


def act(side: Side, type: str, details: Mapping[str, Any], **offices: Any) -> None:
    """Record a custody act of EX-1."""
    side.world.act(type, CASE, "EX-1", details, actor="examiner-1", **offices)


def tell(side: Side, type: str, details: Mapping[str, Any]) -> None:
    """Record an event about no exhibit."""
    side.world.append(side.world.sign(side.world.event(type, details, actor="official-1")))


def code(write: Callable[[], Any], side: Side) -> str:
    """Return the code with which something is refused; nothing is written then."""
    size = len(side.world.entries())
    with pytest.raises(RefusedError) as caught:
        write()
    assert len(side.world.entries()) == size
    return caught.value.code


def letter(side: Side, to: str = "b-police") -> None:
    """Record the export of a letter about req-1."""
    details = {"manifest": "ab" * 32, "recipient": to, "to": to}
    side.world.annotate("bundle.exported", About(request="req-1"), details, actor="examiner-1")


@pytest.mark.parametrize(("gate", "verdict"), [("v2", "FAILED"), ("v1", "FAILED"), (None, "PASSED")])
@pytest.mark.usefixtures("around")
def test_an_export_to_nobody_fails_in_a_ledger_under_the_gate(tmp_path: Path, gate: str, verdict: str) -> None:
    """Entry 0 is what the trust file pins, so nobody can take the mark away later; older ledgers keep their verdict."""
    side = Side(tmp_path / "a", "a", peers=PEERS, gate=gate)
    register(side)
    verified = read(side.build("x.zip", "EX-1", to=None).path, trust(side), side.world.at)
    assert "release.recipient-unnamed" in codes(verified)
    assert verified.report.verdict.value == verdict
    assert audit(side)["release.recipient-unnamed"] is (Severity.FAILED if gate else Severity.DEFECT)


def test_a_ledger_from_before_the_gate_keeps_its_row() -> None:
    """An audit compares rows byte for byte, those of a home that an earlier release wrote too."""
    import msgspec

    row = msgspec.json.encode(Ledger("a.example/main", "XA", (LogKey("k", 0),), ("registrar-1",)), order="sorted")
    assert row == (
        b'{"country":"XA","log_keys":[{"first":0,"key":"k","last":null}],"origin":"a.example/main",'
        b'"registrars":["registrar-1"]}'
    )


@pytest.mark.parametrize(
    ("type", "details"),
    [
        ("custody.moved", MOVED),
        ("exhibit.released", RELEASED),
        ("custody.moved", {"place": "a vault"}),
        *(
            ("exhibit.disposed", {"authority": "court", "manner": manner})
            for manner in ("archived", "forfeited", "other", "returned-to-owner")
        ),
    ],
)
def test_what_is_given_away_says_where_to(side: Side, type: str, details: Mapping[str, Any]) -> None:
    """A word that only the home can read can't be held against a consent."""
    offices = {"registrar": "registrar-1"} if type == "exhibit.disposed" else {}
    assert code(lambda: act(side, type, details, **offices), side) == "release.destination-unnamed"
    abroad = {**details, "to_agent": "b-police"}
    assert code(lambda: act(side, type, abroad, **offices), side) == "release.consent-missing"
    nobody = {**details, "to_country": "XB"}
    assert code(lambda: act(side, type, nobody, **offices), side) == "release.recipient-unknown"
    unknown = {**details, "to_agent": "somebody", "to_country": "XA"}
    assert code(lambda: act(side, type, unknown, **offices), side) == "release.recipient-unknown"
    act(side, type, {**details, "to_country": "XA"}, **offices)
    assert audit(side) == {}


def test_a_courier_takes_it_abroad_under_a_consent(side: Side) -> None:
    """The same consent that lets a bundle out."""
    side.consent("EX-1", "b-police")
    act(side, "custody.moved", {**MOVED, "to_agent": "b-police", "to_country": "XB"})
    assert audit(side) == {}


def test_an_agent_of_this_country_abroad_is_abroad(side: Side) -> None:
    """A liaison officer carries it over the border all the same."""
    travelling = {**MOVED, "to_agent": "lab", "to_country": "XB"}
    assert code(lambda: act(side, "custody.moved", travelling), side) == "release.consent-missing"
    act(side, "custody.moved", {**MOVED, "to_agent": "lab"})


def test_a_place_abroad_without_a_carrier_is_abroad(side: Side) -> None:
    """Who keeps it there himself has taken it there."""
    assert code(lambda: act(side, "custody.moved", {"place": "x", "to_country": "XB"}), side).startswith("release.")
    act(side, "custody.moved", {"place": "the vault", "to_country": "XA"})


@pytest.mark.parametrize("manner", ["destroyed", "wiped"])
def test_what_is_no_more_goes_nowhere(side: Side, manner: str) -> None:
    """Nothing is left that could be anywhere."""
    act(side, "exhibit.disposed", {"authority": "court", "manner": manner}, registrar="registrar-1")
    assert audit(side) == {}


@pytest.mark.parametrize(("type", "details", "actor"), RECEIVED)
def test_who_receives_has_a_country_or_the_act_says_one(
    side: Side, type: str, details: Mapping[str, Any], actor: str
) -> None:
    """Of somebody without a country on record nobody can tell whether he is abroad; who signs says it then."""

    def pass_on(to: str, **said: str) -> None:
        side.world.act(type, CASE, "EX-1", {**details, **said}, actor=actor, to=to)

    side.world.enrol("liaison-1", country="XB")
    side.world.enrol("examiner-3", country="XA")
    assert code(lambda: pass_on("examiner-2"), side) == "release.destination-unnamed"
    assert code(lambda: pass_on("examiner-2", to_country="XB"), side) == "release.recipient-unknown"
    assert code(lambda: pass_on("examiner-3", to_country="XB"), side) == "release.consent-missing"
    assert code(lambda: pass_on("liaison-1", to_country="XA"), side) == "release.consent-missing"
    pass_on("examiner-3")
    assert audit(side) == {}


@pytest.mark.parametrize(("type", "details", "actor"), RECEIVED)
def test_a_country_that_both_sign_is_enough(side: Side, type: str, details: Mapping[str, Any], actor: str) -> None:
    """Whoever lies about it has signed the lie; a unit with a country says it for its members."""
    side.world.enrol("lab-unit", (), kind="unit", members=["custodian-1"], country="XA")
    side.world.act(type, CASE, "EX-1", {**details, "to_country": "XA"}, actor=actor, to="examiner-2")
    by = {"custodian-1": "lab-unit"}
    actor = "examiner-2" if actor == "examiner-1" else actor
    side.world.act(type, CASE, "EX-1", details, actor=actor, to="custodian-1", on_behalf_of=by)
    assert audit(side) == {}


@pytest.mark.parametrize(("type", "details", "actor"), RECEIVED)
def test_a_ledger_from_before_the_gate_hands_over_as_before(
    tmp_path: Path, type: str, details: Mapping[str, Any], actor: str
) -> None:
    """And is held to a country abroad where the act says one."""
    side = Side(tmp_path / "old", "a", peers=PEERS)
    register(side)
    abroad = {**details, "to_country": "XB"}
    give = lambda: side.world.act(type, CASE, "EX-1", abroad, actor=actor, to="examiner-2")  # noqa: E731
    assert code(give, side) == "release.recipient-unknown"
    side.world.act(type, CASE, "EX-1", details, actor=actor, to="examiner-2")
    assert audit(side) == {}


@pytest.mark.usefixtures("around")
def test_giving_away_around_the_writer_is_found(side: Side) -> None:
    """By the auditor, and by every later recipient."""
    act(side, "custody.moved", MOVED)
    assert audit(side) == {"release.destination-unnamed": Severity.FAILED}
    side.consent("EX-1", "b-police")
    verified = read(side.build("x.zip", "EX-1", to="b-police").path, trust(side), side.world.at)
    assert verified.report.verdict.value == "FAILED"
    assert "release.destination-unnamed" in codes(verified)


def test_a_ledger_from_before_the_gate_need_not_say(tmp_path: Path) -> None:
    """Where it says so, it is held to it all the same."""
    side = Side(tmp_path / "old", "a", peers=PEERS)
    register(side)
    assert code(lambda: act(side, "custody.moved", {**MOVED, "to_agent": "b-police"}), side).startswith("release.")
    act(side, "custody.moved", MOVED)
    assert audit(side) == {}


def test_a_bundle_carries_whom_a_courier_was_sent_to(side: Side) -> None:
    """Else its reader couldn't tell in which country he is."""
    side.consent("EX-1", "c-police")
    act(side, "custody.moved", {**MOVED, "to_agent": "c-police"})
    side.consent("EX-1", "b-police")
    verified = read(side.build("x.zip", "EX-1", to="b-police").path, trust(side), side.world.at)
    assert verified.report.verdict.value == "PASSED"
    assert verified.state.agent("c-police") is not None


def test_evidence_does_not_leave_as_a_document_of_an_answer(side: Side) -> None:
    """Whatever it is called: the digest is that of a file of an exhibit."""
    tell(side, "request.received", HEARD)
    answer = {**ANSWER, "documents": [CHAT]}
    assert code(lambda: tell(side, "request.answered", answer), side) == "release.consent-missing"
    side.consent("EX-1", "b-police")
    tell(side, "request.answered", answer)
    letter(side)
    assert audit(side) == {}


@pytest.mark.usefixtures("around")
def test_evidence_in_a_letter_around_the_writer_is_found_by_an_audit(side: Side) -> None:
    """Both the answer and the letter that carries it."""
    tell(side, "request.received", HEARD)
    tell(side, "request.answered", {**ANSWER, "documents": [CHAT]})
    letter(side)
    assert audit(side) == {"release.consent-missing": Severity.FAILED}


def test_evidence_that_was_put_to_a_request_by_a_note_does_not_leave(side: Side) -> None:
    """An annotation of the request travels in the letter too."""
    tell(side, "request.received", HEARD)
    tell(side, "request.answered", ANSWER)
    answered = parse_entry(side.world.entries()[-1]).event.hash
    about = About(event=answered, request="req-1")
    details = {"documents": [CHAT], "statement": "as asked"}
    side.world.annotate("record.explained", about, details, actor="examiner-1")
    assert code(lambda: letter(side), side) == "release.consent-missing"
    letter(side, "lab")


def test_one_of_the_exhibits_that_hold_the_same_file_is_enough(side: Side) -> None:
    """A consent to the copy lets the bytes out, and they are the same."""
    register(side, "EX-2")
    side.consent("EX-2", "b-police")
    tell(side, "request.received", HEARD)
    tell(side, "request.answered", {**ANSWER, "documents": [CHAT]})
    assert audit(side) == {}


def test_what_the_other_side_sent_may_go_back_to_it(side: Side) -> None:
    """It stands in the record of their letter; a paper of theirs is our word, and is looked at."""
    origin = {
        "event": "01" * 32, "ledger": "b.example/main", "manifest": "02" * 32, "request": "theirs", "root": "03" * 32,
        "size": 9,
    }  # fmt: skip
    heard = {name: value for name, value in HEARD.items() if name != "paper"}
    tell(side, "request.received", {**heard, "documents": [CHAT], "origin": origin})
    letter(side)
    tell(side, "request.received", {**HEARD, "documents": [CHAT], "request": "req-2"})
    details = {"manifest": "ab" * 32, "recipient": "b-police", "to": "b-police"}
    about = About(request="req-2")
    send = lambda: side.world.annotate("bundle.exported", about, details, actor="examiner-1")  # noqa: E731
    assert code(send, side) == "release.consent-missing"


def test_an_empty_file_is_no_evidence(side: Side) -> None:
    """Its digest is that of every empty document."""
    side.world.register(CASE, "EX-3", actor="examiner-1", files={"empty": b""})
    tell(side, "request.received", HEARD)
    tell(side, "request.answered", {**ANSWER, "documents": [sha256(b"").hexdigest()]})


def test_a_medium_inside_an_image_is_evidence_too(side: Side) -> None:
    """The raw bytes of a disk that was seized as a container, of the first image and of every further one."""

    def image(raw: bytes) -> Image:
        medium = Medium(digests=Digests(sha256=sha256(raw).hexdigest()), size=len(raw))
        return Image(container="raw", medium=medium, segments=Segments(count=1, order=(SEGMENT,)))

    further = (image(b"second"), image(b""))
    side.world.register(CASE, "EX-4", actor="examiner-1", files=FILES, image=image(b"disk"), further_images=further)
    tell(side, "request.received", HEARD)
    for digest in (sha256(b"disk").hexdigest(), sha256(b"second").hexdigest(), SEGMENT):
        answer = {**ANSWER, "documents": [digest]}
        assert code(lambda answer=answer: tell(side, "request.answered", answer), side) == "release.consent-missing"  # type: ignore[misc]
    tell(side, "request.answered", {**ANSWER, "documents": [sha256(b"").hexdigest()]})
