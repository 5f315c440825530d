"""Step 7: who signs, who is meant and which key ends, against those rules that the other files leave out."""

from __future__ import annotations

from typing import Any

from custody.ledger.compose import Anchor
from schemas.event import About
from tests.vectors.forge import Members, pack
from tests.vectors.gate_cases import FROM_ABROAD
from tests.vectors.posts import CONSENT, DISPATCH, Post, trust_in
from tests.vectors.reducer_cases import (
    SEAL,
    Act,
    a_log_key,
    a_new_key,
    an_act,
    an_annotation,
    an_event,
    rule_case,
    several,
    vector_case,
)
from tests.vectors.setting import CASE, CASES, EXHIBIT, REGISTERED, Setting, Vector, plain_bundle
from tests.vectors.transfer_cases import BACK, RECEIPT

STRANGER = "ghost"


def _with_a_key(*acts: Act) -> Act:
    """Somebody has a key of his own, and was never enrolled."""
    return several(lambda setting: setting.world.new_key(STRANGER), *acts)


# Who signs


vector_case("rule-handed-to-a-stranger", "It is handed over to somebody who was never enrolled.", "FAILED", 5,
            "rule.unknown-agent",
            _with_a_key(an_act("custody.handed-over", {"purpose": "x"}, to=STRANGER)))  # fmt: skip
rule_case("acting-for-nobody", "Somebody acts for a unit that was never enrolled.", "unknown-agent",
          an_act("exhibit.sealed", SEAL, on_behalf_of={"custodian-1": "depot"}))  # fmt: skip
vector_case("rule-sealed-before-a-stranger", "A witness signs who was never enrolled.", "FAILED", 5,
            "rule.unknown-agent", _with_a_key(an_act("exhibit.sealed", SEAL, witness=STRANGER)))  # fmt: skip
rule_case("voided-by-no-registrar", "An examiner signs where a registrar must.", "role",
          an_act("exhibit.voided", {"reason": "error"}, registrar="examiner-1"))  # fmt: skip
rule_case("handed-to-somebody-who-left", "It is handed over to somebody who has left.", "agent-left",
          several(an_event("agent.changed", {"agent": "examiner-2", "left": "yes"}),
                  an_act("custody.handed-over", {"purpose": "x"}, to="examiner-2")))  # fmt: skip

# Agents and keys


def _revoked_by_itself(setting: Setting) -> None:
    key = setting.world.signers["custodian-1"][0].key_id
    details = {"agent": "custodian-1", "key_id": key, "last_valid_index": 2, "reason": "compromised"}
    an_event("agent.key-revoked", details, actor="custodian-1")(setting)


def _key_again(setting: Setting) -> None:
    """A key that he has already, which he proves to possess once more."""
    world = setting.world
    key = world.public_key(world.signers["custodian-1"][0], "custodian-1")
    an_event("agent.key-added", {"agent": "custodian-1", "key": key, "recovery": False}, actor="custodian-1")(setting)


rule_case("changed-into-a-system", "A person becomes the agent that logs who looked.", "enrolment",
          an_event("agent.changed", {"agent": "custodian-1", "roles": ("system",)}))  # fmt: skip
rule_case("key-added-twice", "A key is added to which somebody signs already.", "enrolment", _key_again)
rule_case("recovered-by-one", "One registrar alone recovers somebody's key.", "recovery",
          a_new_key("custodian-1", actor="registrar-1", recovery=True))  # fmt: skip
rule_case("recovered-without-saying-so", "Two registrars add a key, and don't call it a recovery.", "recovery",
          a_new_key("custodian-1", actor="registrar-1", recovery=False, registrar="registrar-2"))  # fmt: skip
rule_case("key-revoked-by-itself-backward", "A key signs that it hasn't been valid for long.", "revocation",
          _revoked_by_itself)  # fmt: skip
rule_case("log-key-by-a-custodian", "A custodian adds a log key.", "role",
          a_log_key(is_new=True, actor="custodian-1", registrar="registrar-1"))  # fmt: skip

# What is meant


def _export_of_an_event(setting: Setting) -> Vector:
    event = setting.forge.reader().parsed[REGISTERED].event.hash
    about = [About(exhibit=setting.about().exhibit, event=event)]
    return setting.failed(plain_bundle(setting, export={"about": about}), 7, "rule.about-event")


def _checked_of_nothing(setting: Setting) -> None:
    """An affirmation of an event that isn't there."""
    about = About(exhibit=setting.about().exhibit, event="ab" * 32)
    an_event("record.corrected", {"field": "place", "reason": "typo", "value": "Room 5"}, actor="custodian-1",
             anchor=Anchor(about=(about,)))(setting)  # fmt: skip


def _meant(**details: Any) -> Act:
    return an_annotation("consent.recorded", {**CONSENT, "authority": "examiner-2", "recipient": "registrar-1",
                                              **details}, actor="custodian-1")  # fmt: skip


CASES["rule-export-about-an-event"] = ("The export is about one event of an exhibit.", _export_of_an_event)
rule_case("correction-of-what-isn-t-there", "A correction names an event that isn't there.", "about-event",
          _checked_of_nothing)  # fmt: skip
rule_case("consent-of-a-stranger", "An authority consents that was never enrolled.", "unknown-agent",
          _meant(authority=STRANGER))  # fmt: skip
rule_case("consent-for-a-stranger", "A consent is for somebody who was never enrolled.", "unknown-agent",
          _meant(recipient=STRANGER))  # fmt: skip


def _of_another_s_act(setting: Setting) -> Vector:
    """Whoever carries both exhibits sees that the act isn't the parent's."""
    event = setting.forge.reader().parsed[REGISTERED + 1].event.hash
    parent = {"case": CASE, "event": event, "exhibit": "EX-1"}
    composed = setting.world.registration(
        CASE, "EX-3", actor="examiner-1", kind="copy", obtained="derived", derived_from=(parent,)
    )
    setting.forge.add(setting.world.sign(composed))
    about = [setting.about(), setting.about("EX-2")]
    members = setting.forge.bundle([EXHIBIT, (CASE, "EX-2"), (CASE, "EX-3")], export={"about": about})
    return setting.failed(members, 7, "rule.parent")


CASES["rule-derived-by-another-s-act"] = ("What it was made from names an act of another exhibit.", _of_another_s_act)


# Transfers


def _transfer(name: str, comment: str, code: str, *acts: tuple[str, dict[str, Any]], actor: str = "examiner-1") -> None:
    """It is sent, acts follow, and the last one is of somebody."""

    def tell(setting: Setting) -> Vector:
        post = Post(setting.forge.folder, "a", {"b": "XB"})
        post.consent()
        post.act("transfer.dispatched", DISPATCH)
        for place, (type, details) in enumerate(acts, 1):
            post.act(type, details, actor=actor if place == len(acts) else "examiner-1")
        members: Members = post.bundle("EX-1", to="ministry")
        return Vector("FAILED", pack(members), 7, code, trust=trust_in(post))

    assert name not in CASES, f"two cases named {name}"
    CASES[name] = (comment, tell)


OWN = {**FROM_ABROAD, "ledger": "a.example/main"}
_transfer("rule-taken-back-by-another", "Neither its sender nor a registrar takes it back.", "rule.transfer-sender",
          ("transfer.receipt", RECEIPT), ("transfer.returned", BACK), actor="official-1")  # fmt: skip
_transfer("rule-taken-back-from-home", "It comes back from this ledger itself.", "rule.transfer-origin",
          ("transfer.receipt", RECEIPT),
          ("transfer.returned", {**BACK, "foreign": OWN, "from": "ministry"}))  # fmt: skip
