"""Who may consent, and what may be said of a consent afterwards; what leaves under it is test_release's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from schemas.errors import RecordError, RuleViolation
from tests.border import CASE, Side, register

GIVEN = {
    "authority": "ministry", "issued_at": "2026-11-21T08:00:00Z", "manner": "key", "onward": "allowed",
    "purpose": "x", "recipient": "b-police", "valid_from": "2026-11-21T00:00:00Z",
}  # fmt: skip
PAPER = {"documents": ["ab" * 32], "manner": "paper", "number": "12/26"}
ORIGIN = {
    "event": "01" * 32, "ledger": "b.example/main", "manifest": "02" * 32, "request": "theirs", "root": "03" * 32,
    "size": 9,
}  # fmt: skip


@pytest.fixture
def side(tmp_path: Path) -> Side:
    """A country with two exhibits, an official who is a member of the ministry, and one who is not."""
    made = Side(tmp_path / "a", "a", peers={"b": "XB"})
    register(made)
    register(made, "EX-2")
    made.world.enrol("official-2", ("authority",))
    return made


def _code(side: Side, type: str, about: Any, details: dict[str, Any], actor: str = "official-1") -> str:
    size = len(side.world.entries())
    with pytest.raises((RuleViolation, RecordError)) as caught:
        side.world.annotate(type, about, details, actor=actor)
    assert len(side.world.entries()) == size
    return caught.value.code


@pytest.mark.parametrize(
    ("actor", "changes", "code"),
    [
        ("official-2", {}, "rule.consent-signer"),
        ("examiner-1", {}, "rule.consent-signer"),
        ("official-1", {"authority": "nobody"}, "rule.unknown-agent"),
        ("official-1", {"recipient": "nobody"}, "rule.unknown-agent"),
        ("official-1", {"request": "r-9"}, "rule.request-unknown"),
        ("official-1", {"authority": "b-police"}, "rule.consent-signer"),
        ("examiner-1", {"authority": "examiner-1", **PAPER}, "rule.consent-authority"),
    ],
)
def test_a_consent_that_rests_on_nobody_is_refused(side: Side, actor: str, changes: dict[str, Any], code: str) -> None:
    """One fault each; an official consents for his own authority only."""
    about = side.world.about(CASE, "EX-1")
    assert _code(side, "consent.recorded", about, {**GIVEN, **changes}, actor) == code


def test_anybody_who_asks_may_write_a_paper_down(side: Side) -> None:
    """The paper is kept, and the record says that it is one."""
    about = side.world.about(CASE, "EX-1")
    receipt = side.world.annotate("consent.recorded", about, {**GIVEN, **PAPER}, actor="official-2")
    with side.world.store.read() as reader:
        consent = reader.view().consent(receipt.event_hash)
    assert consent is not None
    assert (consent.authority, consent.recipient, consent.onward) == ("ministry", "b-police", "allowed")


@pytest.mark.parametrize(
    "changes",
    [
        {"manner": "paper"},
        {"manner": "paper", "number": "12"},
        {"manner": "letter"},
        {"origin": ORIGIN},
        {"valid_until": "2020-01-01T00:00:00Z"},
        {"conditions": [{"before": False, "code": "return"}, {"before": True, "code": "return"}]},
        {"conditions": [{"before": False, "code": "return"}, {"before": False, "code": "confidentiality"}]},
        {"conditions": [{"before": False, "code": "obedience"}]},
        {"onward": "perhaps"},
    ],
)
def test_consents_that_contradict_themselves_are_malformed(side: Side, changes: dict[str, Any]) -> None:
    """A paper has a document and a number, a letter an origin; conditions stand once, in order."""
    about = side.world.about(CASE, "EX-1")
    assert _code(side, "consent.recorded", about, {**GIVEN, **changes}) == "record.malformed"


def test_what_is_said_of_a_consent_names_all_its_exhibits(side: Side) -> None:
    """Half a revocation would leave an exhibit of which nobody knows."""
    both = [side.world.about(CASE, "EX-1"), side.world.about(CASE, "EX-2")]
    receipt = side.world.annotate("consent.recorded", both, GIVEN, actor="official-1")
    revoked = {"manner": "key", "reason": "x"}
    one = side.world.about(CASE, "EX-1", receipt.event_hash)
    assert _code(side, "consent.revoked", one, revoked) == "rule.consent-exhibits"
    other = side.world.annotate("consent.recorded", both[:1], GIVEN, actor="official-1")
    mixed = [one, side.world.about(CASE, "EX-2", other.event_hash)]
    assert _code(side, "consent.revoked", mixed, revoked) in {"rule.about-event", "rule.consent-exhibits"}
    exhibit = side.world.exhibit(CASE, "EX-1")
    assert exhibit is not None
    checked = side.world.about(CASE, "EX-1", exhibit.registration)
    assert _code(side, "consent.revoked", checked, revoked) == "rule.consent-event"


def test_a_consent_is_revoked_once_and_by_its_own_authority(side: Side) -> None:
    """After it nothing can be said of it any more."""
    event = side.consent("EX-1", "b-police", conditions=[{"before": True, "code": "return"}])
    about = side.world.about(CASE, "EX-1", event)
    by_key = {"manner": "key", "reason": "x"}
    met = {"conditions": ["return"], "document": "ab" * 32}
    assert _code(side, "consent.revoked", about, by_key, "official-2") == "rule.consent-signer"
    assert _code(side, "consent.conditions-met", about, {**met, "conditions": ["other"]}) == "rule.consent-condition"
    assert _code(side, "consent.conditions-met", about, {"conditions": ["return"]}) == "record.malformed"
    side.world.annotate("consent.conditions-met", about, met, actor="official-1")
    assert _code(side, "consent.conditions-met", about, met) == "rule.consent-condition"
    side.world.annotate("consent.revoked", about, by_key, actor="official-1")
    assert _code(side, "consent.revoked", about, by_key) == "rule.consent-revoked"
    assert _code(side, "consent.conditions-met", about, met) == "rule.consent-revoked"
