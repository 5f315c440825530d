"""The consent gate: what leaves for another country, under what, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from custody.bundle.disclose import Choice
from custody.verify.fold.fold import Fold
from custody.verify.gate.faults import Way, fault_of
from custody.verify.rules.view import Consent, Exhibit, View
from schemas import limits
from schemas.entry import parse_entry
from schemas.errors import RefusedError, RuleViolation
from schemas.event import About
from schemas.report import Findings
from tests.border import CASE, Side, codes, read, register, trust

PEERS = {"b": "XB", "c": "XC"}
ABROAD = {"carrier": "a courier", "place": "b", "to_agent": "b-police"}


def opened(folder: Path, gate: str | None = "v2") -> Side:
    """A country with one exhibit and two foreign organisations on record."""
    made = Side(folder / "a", "a", peers=PEERS, gate=gate)
    register(made)
    return made


@pytest.fixture
def side(tmp_path: Path) -> Side:
    """Such a country, under no gate."""
    return opened(tmp_path, None)


def refusal(side: Side, to: str) -> str:
    """Return the code with which an export to ``to`` is refused; nothing was written then."""
    size = len(side.world.entries())
    with pytest.raises(RefusedError) as caught:
        side.build("refused.zip", "EX-1", to=to)
    assert len(side.world.entries()) == size
    assert not (side.folder / "refused.zip").exists()
    return caught.value.code


def test_nothing_leaves_the_country_without_consent(side: Side) -> None:
    """No organisation hands evidence abroad unless a competent authority said so first."""
    assert refusal(side, "b-police") == "release.consent-missing"


def test_what_stays_in_the_country_needs_none(side: Side) -> None:
    """The gate is at the border."""
    side.build("home.zip", "EX-1", to="ministry")
    assert (side.folder / "home.zip").exists()


def test_a_consent_covers_only_the_exhibits_that_it_names(side: Side) -> None:
    """A copy is not covered by a consent to its original."""
    register(side, "EX-2")
    side.consent("EX-2", "b-police")
    assert refusal(side, "b-police") == "release.consent-missing"


def test_a_consent_names_one_recipient(side: Side) -> None:
    """Consent to one country is none to the next."""
    side.consent("EX-1", "c-police")
    assert refusal(side, "b-police") == "release.consent-recipient"


@pytest.mark.parametrize(
    ("valid", "code"),
    [
        ({"valid_from": "2026-11-21T00:00:00Z", "valid_until": "2026-11-21T00:00:01Z"}, "release.consent-expired"),
        ({"valid_from": "2030-01-01T00:00:00Z"}, "release.consent-early"),
    ],
)
def test_a_consent_counts_only_while_it_is_in_force(side: Side, valid: dict[str, str], code: str) -> None:
    """One that ended between drafting and dispatch lets nothing out."""
    side.consent("EX-1", "b-police", **valid)
    assert refusal(side, "b-police") == code


def test_consents_are_not_all_asked_at_each_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is sent often, under many consents, costs each time what one consent costs; revoked ones aside."""
    many = 12
    side = Side(tmp_path / "many", "a", peers={f"{letter}{place}": "XB" for letter in "bc" for place in range(many)})
    register(side)
    for place in range(many):
        side.consent("EX-1", f"b{place}-police")
    for _ in range(many):
        side.consent("EX-1", "c0-police")
    asked: list[Consent] = []

    def spy(
        view: View, consent: Consent, way: Way, exhibit: Exhibit, *, is_bound: bool = False
    ) -> tuple[int, str, str] | None:
        asked.append(consent)
        return fault_of(view, consent, way, exhibit, is_bound=is_bound)

    monkeypatch.setattr("custody.verify.gate.faults.fault_of", spy)
    about = side.world.about(CASE, "EX-1")
    for place in range(many):
        for to in (f"b{place}-police", "c0-police"):
            details = {"manifest": "ab" * 32, "recipient": to, "to": to}
            side.world.annotate("bundle.exported", about, details, actor="examiner-1")
    assert len(asked) == 2 * many
    asked.clear()
    assert refusal(side, "c1-police") == "release.consent-recipient"
    assert len(asked) <= 2 * many, "those that let go what left before, when the bundle is checked"
    asked.clear()
    findings = Findings()
    fold = Fold(findings, is_whole=True)
    for raw in side.world.entries():
        fold.add(parse_entry(raw))
    assert (len(asked), findings.items) == (2 * many, [])


def test_a_revoked_consent_lets_nothing_out(side: Side) -> None:
    """Who consented may change his mind until it has left."""
    event = side.consent("EX-1", "b-police")
    about = side.world.about(CASE, "EX-1", event)
    side.world.annotate("consent.revoked", about, {"manner": "key", "reason": "new facts"}, actor="official-1")
    assert refusal(side, "b-police") == "release.consent-revoked"


def test_conditions_that_must_be_met_first_bar_the_way(side: Side) -> None:
    """A promise that was asked for in writing is waited for."""
    event = side.consent("EX-1", "b-police", conditions=[{"before": True, "code": "no-death-penalty"}])
    assert refusal(side, "b-police") == "release.consent-conditions"
    about = side.world.about(CASE, "EX-1", event)
    met = {"conditions": ["no-death-penalty"], "document": "ab" * 32}
    side.world.annotate("consent.conditions-met", about, met, actor="official-1")
    side.build("met.zip", "EX-1", to="b-police")


def test_only_an_official_of_the_authority_consents_by_key(side: Side) -> None:
    """An examiner cannot consent in the ministry's name."""
    given = {
        "authority": "ministry", "issued_at": "2026-11-21T08:00:00Z", "manner": "key", "onward": "allowed",
        "purpose": "x", "recipient": "b-police", "valid_from": "2026-11-21T00:00:00Z",
    }  # fmt: skip
    with pytest.raises(RuleViolation, match=r"rule\.consent-signer"):
        side.world.annotate("consent.recorded", side.world.about(CASE, "EX-1"), given, actor="examiner-1")


def test_an_authority_abroad_cannot_consent_for_this_country(side: Side) -> None:
    """The recipient's own police would consent to everything."""
    paper = {"manner": "paper", "documents": ["ab" * 32], "number": "7"}
    side.consent("EX-1", "b-police", authority="b-police", **paper)
    assert refusal(side, "b-police") == "release.consent-missing"


@pytest.mark.parametrize(
    ("consented", "sent", "is_refused"),
    [
        ({"onward": "forbidden"}, {"onward": "with-consent"}, True),
        ({"onward": "with-consent"}, {"onward": "allowed"}, True),
        ({"conditions": [{"before": False, "code": "return"}]}, {}, True),
        (
            {"conditions": [{"before": False, "code": "return"}]},
            {"conditions": [{"before": False, "code": "speciality"}]},
            True,
        ),
        ({"onward": "allowed"}, {"onward": "forbidden"}, False),
        ({}, {"conditions": [{"before": False, "code": "speciality"}]}, False),
    ],
)
def test_a_dispatch_binds_its_receiver_to_all_that_the_consent_wants(
    side: Side, consented: dict[str, Any], sent: dict[str, Any], is_refused: bool
) -> None:
    """Else whoever drafts the dispatch would lift the conditions of the court; he may add his own."""
    side.consent("EX-1", "b-police", **consented)
    submission = side.world.sign(side.dispatch("EX-1", "b-police", **sent))
    size = len(side.world.entries())
    if not is_refused:
        side.world.append(submission)
        return
    with pytest.raises(RefusedError) as caught:
        side.world.append(submission)
    assert caught.value.code == "release.consent-terms"
    assert len(side.world.entries()) == size


def test_a_paper_of_next_year_lets_nothing_go_today(tmp_path: Path) -> None:
    """It says of itself that it wasn't written yet."""
    side = opened(tmp_path)
    side.consent("EX-1", "b-police", issued_at="2027-01-01T00:00:00Z")
    assert refusal(side, "b-police") == "release.consent-early"


def changed(side: Side, agent: str, **change: Any) -> None:
    """Change what is on record of an agent."""
    composed = side.world.event("agent.changed", {"agent": agent, **change}, actor="registrar-1")
    side.world.append(side.world.sign(composed))


def test_a_consent_to_somebody_in_one_country_is_none_to_him_in_another(tmp_path: Path) -> None:
    """Who moves the recipient on record would move the evidence where nobody consented to."""
    side = opened(tmp_path)
    side.consent("EX-1", "b-police")
    changed(side, "b-police", country="XC")
    assert refusal(side, "b-police") == "release.consent-recipient"
    side.consent("EX-1", "b-police")
    side.build("p.zip", "EX-1", to="b-police")


def test_a_consent_to_one_ledger_is_none_to_another(tmp_path: Path) -> None:
    """In the same country it would be another authority's: who consented knew to whose ledger it goes."""
    side = opened(tmp_path)
    side.consent("EX-1", "b-police")
    changed(side, "b-police", ledger="evil.example/main")
    assert refusal(side, "b-police") == "release.consent-recipient"
    side.consent("EX-1", "b-police")
    side.build("p.zip", "EX-1", to="b-police")


def test_a_consent_holds_when_a_ledger_of_its_recipient_becomes_known(tmp_path: Path) -> None:
    """It was for him in his country, whatever ledger he keeps or begins there."""
    side = opened(tmp_path)
    side.world.enrol("x-lab", (), kind="organisation", country="XC")
    side.consent("EX-1", "x-lab")
    changed(side, "x-lab", ledger="lab.example/main")
    side.build("p.zip", "EX-1", to="x-lab")


def test_a_consent_to_somebody_of_no_country_is_for_none(tmp_path: Path) -> None:
    """Who consented can't have known where it would go."""
    side = opened(tmp_path)
    side.world.enrol("x-lab", (), kind="organisation")
    side.consent("EX-1", "x-lab")
    changed(side, "x-lab", country="XC")
    assert refusal(side, "x-lab") == "release.consent-recipient"


def test_who_has_left_consents_to_nothing_and_receives_nothing(tmp_path: Path) -> None:
    """An authority that is no more speaks for nobody."""
    side = opened(tmp_path)
    side.consent("EX-1", "b-police")
    changed(side, "b-police", left="yes")
    assert refusal(side, "b-police") == "release.recipient-unknown"
    changed(side, "ministry", left="yes")
    with pytest.raises(RuleViolation) as caught:
        side.consent("EX-1", "c-police", manner="paper", documents=["ab" * 32], number="7")
    assert caught.value.code == "rule.agent-left"


@pytest.mark.parametrize("named", ["none", "unmet", "right"])
def test_the_consent_that_a_dispatch_names_is_one_that_lets_it_go(tmp_path: Path, named: str) -> None:
    """Whoever reads the record looks that one up first."""
    side = opened(tmp_path)
    unmet = side.consent("EX-1", "b-police", conditions=[{"before": True, "code": "confidentiality"}])
    right = side.consent("EX-1", "b-police")
    consent = {"none": "ab" * 32, "unmet": unmet, "right": right}[named]
    submission = side.world.sign(side.dispatch("EX-1", "b-police", consent=consent))
    if named == "right":
        side.world.append(submission)
        return
    with pytest.raises(RefusedError) as caught:
        side.world.append(submission)
    assert caught.value.code == {"none": "release.consent-missing", "unmet": "release.consent-conditions"}[named]


def test_a_recipient_without_country_is_no_recipient(side: Side) -> None:
    """Where nobody knows whether a border is crossed, nothing crosses it."""
    assert refusal(side, "custodian-1") == "release.recipient-unknown"


def test_a_bundle_under_a_consent_tells_its_reader_the_terms(side: Side) -> None:
    """What binds the reader stands first in his report."""
    side.consent("EX-1", "b-police", conditions=[{"before": False, "code": "confidentiality", "text": "sealed court"}])
    built = side.build("b.zip", "EX-1", to="b-police")
    verified = read(built.path, trust(side), side.world.at)
    law = verified.report.law
    assert verified.report.verdict.value == "PASSED"
    assert (law.to, law.to_country, law.country) == ("b-police", "XB", "XA")  # type: ignore[union-attr]
    assert [terms.conditions for terms in law.terms] == [("confidentiality",)]  # type: ignore[union-attr]


def test_a_bundle_for_another_ledger_is_not_ones_own(side: Side) -> None:
    """A bundle that reached a second recipient says that it was made for the first."""
    side.consent("EX-1", "b-police")
    built = side.build("b.zip", "EX-1", to="b-police")
    assert "lawfulness.recipient" not in codes(read(built.path, trust(side, ledger="b.example/main"), side.world.at))
    other = read(built.path, trust(side, ledger="c.example/main"), side.world.at)
    assert "lawfulness.recipient" in codes(other)
    assert other.report.verdict.value == "FAILED"


@pytest.mark.parametrize(
    ("own", "is_for_him"),
    [
        ({"country": "XB"}, True),
        ({"country": "XC"}, False),
        ({"country": "XC", "ledger": "b.example/main"}, True),
        ({"country": "XB", "ledger": "c.example/main"}, False),
    ],
)
def test_a_reader_without_a_ledger_has_a_country(side: Side, own: dict[str, str], is_for_him: bool) -> None:
    """A court without a ledger can still tell a bundle that went astray; where both have one, the ledgers decide."""
    side.consent("EX-1", "b-police")
    built = side.build("b.zip", "EX-1", to="b-police")
    assert ("lawfulness.recipient" in codes(read(built.path, trust(side, **own), side.world.at))) != is_for_him


def test_a_recipient_without_a_ledger_on_record_is_known_by_his_country(side: Side) -> None:
    """Who has a ledger, and gets what was made for a court in another country, is told."""
    side.world.enrol("court-c", (), kind="organisation", country="XC")
    side.consent("EX-1", "court-c")
    built = side.build("c.zip", "EX-1", to="court-c")
    reader = trust(side, ledger="b.example/main", country="XB")
    assert "lawfulness.recipient" in codes(read(built.path, reader, side.world.at))
    assert "lawfulness.recipient" not in codes(read(built.path, trust(side, ledger="b.example/main"), side.world.at))


def test_the_terms_of_others_are_not_told(side: Side) -> None:
    """Who else gets it, and on what terms, is for them to know: the record is there, its words are not."""
    side.consent("EX-1", "c-police", purpose="the secret of c")
    side.consent("EX-1", "b-police", purpose="trial in b")
    built = side.build("b.zip", "EX-1", to="b-police", choice=Choice(to="b-police"))
    values = {item.value for item in read(built.path, trust(side), side.world.at).values.disclosed.values()}
    assert "trial in b" in values
    assert "the secret of c" not in values


def test_handing_it_to_somebody_from_abroad_is_no_way_round(side: Side) -> None:
    """An officer of another country who holds a key here receives what leaves the country."""
    side.world.enrol("liaison-b", ("custodian",), country="XB")
    handover = side.world.custody_act(
        "custody.handed-over", CASE, "EX-1", {"purpose": "trial"}, actor="examiner-1", to="liaison-b"
    )
    with pytest.raises(RefusedError, match=r"release\.consent-missing"):
        side.world.append(side.world.sign(handover))


def test_a_release_looks_at_the_newest_consents_only(side: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who holds many consents that let nothing go records one more: it is the first that is asked."""
    monkeypatch.setattr(limits, "CONSENTS_ASKED", 3)
    side.consent("EX-1", "b-police")
    for _ in range(3):
        side.consent("EX-1", "b-police", valid_from="2030-01-01T00:00:00Z")
    assert refusal(side, "b-police") == "release.consent-early"
    side.consent("EX-1", "c-police")
    assert refusal(side, "b-police") == "release.consent-early"
    side.consent("EX-1", "b-police")
    side.build("out.zip", "EX-1", to="b-police")


def test_a_consent_that_changes_with_a_release_is_no_newer_for_it(side: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is taken as one batch must be what a reader takes entry by entry, or the ledger fails for ever."""
    monkeypatch.setattr(limits, "CONSENTS_ASKED", 3)
    old = side.consent("EX-1", "b-police", conditions=[{"before": True, "code": "confidentiality"}])
    for _ in range(3):
        side.consent("EX-1", "b-police", valid_from="2030-01-01T00:00:00Z")
    about = About(exhibit=side.world.about(CASE, "EX-1").exhibit, event=old)
    met = {"conditions": ["confidentiality"], "document": "ab" * 32}
    batch = [
        side.world.sign(side.world.annotation("consent.conditions-met", about, met, actor="official-1")),
        side.world.sign(side.world.custody_act("custody.moved", CASE, "EX-1", ABROAD, actor="examiner-1")),
    ]
    for submissions in (batch, batch[1:]):
        with pytest.raises(RefusedError, match=r"release\.consent-early"):
            side.world.append_all(submissions)
    side.world.append_all(batch[:1])
    with pytest.raises(RefusedError, match=r"release\.consent-early"):
        side.world.append_all(batch[1:])
