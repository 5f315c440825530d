"""A dispatch keeps the dates and the words of the consent under which it leaves, by whoever it is looked at."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from custody.bundle.behind import Behind, past_of, report_terms
from custody.bundle.disclose import Choice
from custody.ledger.compose import Anchor
from custody.verify.verify import Trusted
from schemas.entry import parse_entry
from schemas.event import Link, ParsedEvent
from schemas.report import Findings, Severity
from tests.border import CASE, Side, codes, read, register, trust

DUE = "2026-12-31T00:00:00Z"
WORDS = "only the fraud case 7"
WANTED = [
    {"before": False, "code": "destroy-after", "due": DUE},
    {"before": False, "code": "use-limited", "text": WORDS},
]


def terms(due: str | None = DUE, text: str | None = WORDS) -> dict[str, Any]:
    """Return the same conditions with another date and text."""
    limited = {"before": False, "code": "use-limited", **({} if text is None else {"text": text})}
    return {
        "conditions": [{"before": False, "code": "destroy-after", **({} if due is None else {"due": due})}, limited]
    }


EASIER = [
    terms(due="2099-01-01T00:00:00Z"),
    terms(due=None),
    terms(text="any use"),
    terms(text=None),
    terms(text=f"not {WORDS}, but for every purpose"),
]
KEPT = [terms(), terms(due="2026-12-01T00:00:00Z")]


@pytest.fixture
def side(tmp_path: Path) -> Side:
    """A country under the gate, that consented to an exhibit on two conditions."""
    made = Side(tmp_path / "a", "a", peers={"b": "XB"}, gate="v2")
    register(made)
    made.consent("EX-1", "b-police", conditions=WANTED)
    return made


def found(side: Side, **sent: Any) -> set[str]:
    """Return the codes of a bundle that goes with a dispatch, made by a writer that doesn't look at words."""
    act = side.dispatch("EX-1", "b-police", **sent)
    path = side.build("p.zip", "EX-1", to="b-police", acts=[act], transfer="0f" * 16).path
    return codes(read(path, trust(side), side.world.at))


@pytest.mark.parametrize("sent", EASIER)
def test_a_later_date_or_other_words_are_easier_terms(
    side: Side, sent: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a court allowed until a day for one case isn't allowed for ever and for all."""
    monkeypatch.setattr("custody.bundle.build._check_own", lambda *_: None)
    assert "release.consent-terms" in found(side, **sent)


@pytest.mark.parametrize("sent", KEPT)
def test_the_same_terms_and_stricter_ones_are_kept(side: Side, sent: dict[str, Any]) -> None:
    """An earlier date binds to more."""
    assert "release.consent-terms" not in found(side, **sent)


def test_a_consent_that_came_later_binds_nothing_that_left_before(side: Side) -> None:
    """Nobody could have kept its words."""
    act = side.dispatch("EX-1", "b-police", **terms())
    side.build("p.zip", "EX-1", to="b-police", acts=[act], transfer="0f" * 16)
    side.consent("EX-1", "b-police", conditions=[{"before": False, "code": "use-limited", "text": "nothing"}])
    path = side.build("later.zip", "EX-1", to="ministry").path
    assert "release.consent-terms" not in codes(read(path, trust(side), side.world.at))


def test_one_consent_of_a_country_is_enough(side: Side) -> None:
    """Two of one country are alternatives, as they are to the gate."""
    side.consent("EX-1", "b-police", conditions=terms(text="any use")["conditions"])
    assert "release.consent-terms" not in found(side, **terms(text="any use"))


def test_the_words_of_two_authorities_stand_side_by_side(side: Side) -> None:
    """One condition holds what each of them wants."""
    side.consent("EX-1", "b-police", conditions=terms(text="not before a court")["conditions"])
    assert "release.consent-terms" not in found(side, **terms(text=f"not before a court; {WORDS}"))


ALTERNATIVES: list[tuple[dict[str, Any], bool]] = [
    ({}, False),
    ({"conditions": [{"before": True, "code": "confidentiality"}]}, True),
    ({"valid_until": "2026-11-21T00:00:01Z"}, True),
    ({"authority": "official-1", "documents": ["ab" * 32], "manner": "paper", "number": "7"}, True),
]


@pytest.mark.parametrize(("other", "is_found"), ALTERNATIVES)
def test_what_lets_nothing_go_eases_nothing(
    side: Side, other: dict[str, Any], is_found: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A consent with a bar, one that has ended, and the paper of somebody who may not consent are no alternatives."""
    monkeypatch.setattr("custody.bundle.build._check_own", lambda *_: None)
    side.consent("EX-1", "b-police", **other)
    eased = terms(text="any use")["conditions"]
    bars = {"before": False, "code": "confidentiality"}
    conditions = sorted([*eased, *([bars] if "conditions" in other else [])], key=lambda item: str(item["code"]))
    assert ("release.consent-terms" in found(side, conditions=conditions)) is is_found


def test_the_consent_that_is_named_is_the_one_that_binds(side: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reads the dispatch looks up that one."""
    monkeypatch.setattr("custody.bundle.build._check_own", lambda *_: None)
    strict = side.world.reader().view().consents(str(side.world.about(CASE, "EX-1").exhibit), "b-police")
    named = next(iter(strict)).id
    side.consent("EX-1", "b-police")
    assert "release.consent-terms" in found(side, consent=named, **terms(text="any use"))


def test_words_that_are_withheld_are_told(side: Side) -> None:
    """Who leaves them out of the bundle mustn't look as if they had been compared."""
    act = side.dispatch("EX-1", "b-police", **terms(text="any use"))
    side.world.append(side.world.sign(act))
    path = side.build(
        "p.zip", "EX-1", to="ministry", choice=Choice(withhold=(("transfer.dispatched", "/details/conditions/*"),))
    ).path
    told = codes(read(path, trust(side), side.world.at))
    assert "release.condition-unseen" in told
    assert "release.consent-terms" not in told


@pytest.mark.parametrize(("sent", "is_found"), [(terms(text="any use"), True), (terms(), False)])
def test_writer_and_auditor_look_at_the_same(side: Side, sent: dict[str, Any], is_found: bool) -> None:
    """They share what looks behind a record; both have the words at hand."""
    entries = [parse_entry(raw) for raw in side.world.entries()]
    submission = side.world.sign(side.dispatch("EX-1", "b-police", **sent))
    side.world.append(submission)
    entry = parse_entry(side.world.entries()[-1])
    events: dict[str, ParsedEvent] = {item.event.hash: item.event for item in entries}
    behind = Behind(
        lambda _: None,
        lambda _: None,
        Trusted(),
        datetime(2026, 11, 21, tzinfo=UTC),
        values=side.world.store.disclosures.get,
    )
    past, findings = past_of(side.world.reader().view(), events.get, lambda _: None), Findings()
    behind.look(entry, past, findings, made=submission.disclosures)
    assert [(item.code, item.severity) for item in findings.items] == (
        [("release.consent-terms", Severity.FAILED)] if is_found else []
    )


@pytest.mark.parametrize(("sent", "is_found"), [(terms(), False), (terms(text="any use"), True), ({}, True)])
def test_what_came_under_terms_goes_on_under_them(tmp_path: Path, sent: dict[str, Any], is_found: bool) -> None:
    """Also where its first sender let it be handed on: to whom, not for what."""
    b = Side(tmp_path / "b", "b", peers={"a": "XA"}, gate="v2")
    foreign = {
        "case": "x", "exhibit": "x", "head": "ab" * 32, "ledger": "a.example/main", "manifest": "cd" * 32,
        "root": "ef" * 32, "size": 5,
    }  # fmt: skip
    details = {
        "accepted_at": "2026-11-21T08:00:00Z", "conditions": WANTED, "description": "x", "foreign": foreign,
        "from": "a-police", "kind": "copy", "nature": "object", "obtained": "foreign-assistance", "onward": "allowed",
        "sent_at": "2026-11-21T07:00:00Z", "transfer": "1f" * 16,
    }  # fmt: skip
    anchor = Anchor(case=CASE, exhibit="EX-1", link=Link(sequence=0))
    b.world.append(b.world.sign(b.world.event("transfer.accepted", details, actor="examiner-1", anchor=anchor)))
    b.world.append(b.world.sign(b.dispatch("EX-1", "ministry", **sent)))
    entries = [parse_entry(raw) for raw in b.world.entries()]
    past = past_of(b.world.reader().view(), {item.event.hash: item.event for item in entries}.get, lambda _: None)
    findings = Findings()
    report_terms(entries[-1], past, b.world.store.disclosures.get, findings)
    assert [item.code for item in findings.items] == (["release.consent-terms"] * is_found * (1 if sent else 2))
