"""Steps 6, 7 and 12: agents, keys, cases and annotations against the rules, and defects that change no verdict."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from custody.ledger.compose import Anchor
from schemas.details.ledger import PublicKey
from schemas.event import About, Seen
from schemas.text import format_base64
from tests.vectors.setting import CASE, CASES, EXHIBIT, REGISTERED, Setting, Vector, plain_bundle

Act = Callable[[Setting], object]
SEAL = {"seal": "A-1"}


def vector_case(name: str, comment: str, verdict: str, step: int | None, code: str, act: Act, **options: Any) -> None:
    def vector(setting: Setting) -> Vector:
        act(setting)
        return setting.vector(verdict, plain_bundle(setting, **options), step, code)

    assert name not in CASES, f"two cases named {name}"
    CASES[name] = (comment, vector)


def rule_case(name: str, comment: str, code: str, act: Act, **options: Any) -> None:
    vector_case(f"rule-{name}", comment, "FAILED", 7, f"rule.{code}", act, **options)


def _defect(name: str, comment: str, code: str, act: Act) -> None:
    vector_case(name, comment, "PASSED", None, f"defect.{code}", act)


def an_event(type: str, details: dict[str, Any], **options: Any) -> Act:
    """Chain an event by registrar-1, unless ``options`` say who."""

    def act(setting: Setting) -> None:
        composed = setting.world.event(type, details, **{"actor": "registrar-1", **options})
        setting.forge.add(setting.world.sign(composed))

    return act


def an_annotation(
    type: str, details: dict[str, Any], *, of: str = "exhibit", index: int | None = None, **by: Any
) -> Act:
    """Chain an annotation about the exhibit, its case or an agent, and perhaps the event at ``index``."""

    def act(setting: Setting) -> None:
        event = {} if index is None else {"event": setting.forge.reader().parsed[index].event.hash}
        kinds: dict[str, dict[str, Any]] = {
            "agent": {"agent": "examiner-1"}, "case": {"case": CASE}, "exhibit": {"exhibit": setting.about().exhibit},
        }  # fmt: skip
        note = setting.world.annotation(
            type, About(**{**kinds[of], **event}), details, **{"actor": "custodian-1", **by}
        )
        setting.forge.add(setting.world.sign(note))

    return act


def an_act(type: str, details: dict[str, Any], *, exhibit: str = "EX-1", **offices: Any) -> Act:
    return lambda setting: setting.act(type, details, exhibit=exhibit, **{"actor": "custodian-1", **offices})


def several(*acts: Act) -> Act:
    return lambda setting: [act(setting) for act in acts]


def an_enrolment(agent: str, **changes: Any) -> Act:
    def act(setting: Setting) -> None:
        key = setting.world.public_key(setting.world.new_key(agent))
        details = {"agent": agent, "keys": (key,), "kind": "person", "name": "n", "roles": ("examiner",), **changes}
        an_event("agent.enrolled", details)(setting)

    return act


def a_new_key(agent: str, *, actor: str, recovery: bool, **offices: Any) -> Act:
    def act(setting: Setting) -> None:
        world = setting.world
        old, key = world.signers[agent][-1], world.public_key(world.new_key(agent))
        composed = world.event("agent.key-added", {"agent": agent, "key": key, "recovery": recovery}, actor=actor,
                               **offices)  # fmt: skip
        setting.forge.add(world.sign(composed, {agent: old}))

    return act


def a_log_key(name: str = "", *, is_new: bool = False, **offices: str) -> Act:
    def act(setting: Setting) -> None:
        world = setting.world
        signer = world.new_key("spare") if is_new else world.log_signer
        an_event("ledger.key-added", {"key": world.log_key_of(name or world.origin, signer)}, **offices)(setting)

    return act


def _revoked_by_a_colleague(setting: Setting) -> None:
    key = setting.world.signers["examiner-1"][0].key_id
    details = {"agent": "examiner-1", "key_id": key, "reason": "lost"}
    an_event("agent.key-revoked", details, actor="custodian-1")(setting)


# Every event


def _seen_too_much(setting: Setting) -> None:
    known = {"link": setting.link(), "case": CASE, "exhibit": "EX-1"}
    an_event("exhibit.sealed", SEAL, actor="custodian-1", anchor=Anchor(**known), seen=Seen(root="ab" * 32, size=99))(
        setting
    )


rule_case("ghost-has-left", "Somebody leaves who was never enrolled.", "unknown-agent",
      an_event("agent.changed", {"agent": "ghost", "left": "yes"}), extra=[8])  # fmt: skip
rule_case("seen-too-much", "A signer saw a larger ledger than there was.", "seen", _seen_too_much)
rule_case("sealed-with-a-registrar", "A registrar signs where no registrar belongs.", "signers",
      an_act("exhibit.sealed", SEAL, registrar="registrar-1"))  # fmt: skip

# Agents and keys

rule_case("enrolled-twice", "An agent is enrolled again.", "enrolment", an_enrolment("custodian-1"))
rule_case("person-without-key", "A person is enrolled without a key.", "enrolment",
      several(an_enrolment("examiner-3", keys=(), members=None),
            an_event("agent.changed", {"agent": "custodian-1", "members_added": ("examiner-3",)})))  # fmt: skip
rule_case("members-of-a-person", "A person gets members.", "enrolment",
      an_event("agent.changed", {"agent": "custodian-1", "members_added": ("examiner-1",)}))  # fmt: skip
rule_case("recovered-by-himself", "Somebody recovers his own key.", "recovery",
      a_new_key("custodian-1", actor="custodian-1", recovery=True))  # fmt: skip
rule_case("recovered-with-a-key-left", "Two registrars recover for somebody who has a key.", "recovery",
      a_new_key("custodian-1", actor="registrar-1", recovery=True, registrar="registrar-2"))  # fmt: skip
rule_case("log-key-of-another", "A log key with another name than the ledger's.", "log-key",
      a_log_key("b.example/x", registrar="registrar-2"))  # fmt: skip
rule_case("log-key-twice", "A log key that the ledger has already.", "enrolment", a_log_key(registrar="registrar-2"))
rule_case("log-key-by-one", "One of two registrars adds a log key.", "signers", a_log_key(is_new=True))
rule_case("revoked-by-a-colleague", "A custodian revokes an examiner's key.", "revocation", _revoked_by_a_colleague)

# Cases and exhibits

rule_case("case-opened-twice", "A case's number is used again.", "case-exists",
      an_event("case.opened", {"authority": "a", "legal_basis": "b", "offences": ()},
             anchor=Anchor(case=CASE)))  # fmt: skip
CLOSED = an_event("case.closed", {"outcome": "judgment"}, anchor=Anchor(case=CASE))
rule_case("case-closed-twice", "A closed case is closed again.", "case-open", several(CLOSED, CLOSED))
rule_case("registered-twice", "An exhibit's number is used again.", "exhibit-exists",
      lambda setting: setting.forge.add(setting.world.sign(
          setting.world.registration(CASE, "EX-1", actor="examiner-1"))))  # fmt: skip
rule_case("registered-in-a-closed-case", "An exhibit is registered in a closed case.", "case-open",
      several(CLOSED, lambda setting: setting.forge.add(setting.world.sign(
          setting.world.registration(CASE, "EX-3", actor="examiner-1")))), extra=[9])  # fmt: skip
rule_case("taken-over-for-the-holder", "The exhibit is taken over for whoever holds it.", "same-party",
      an_act("custody.taken-over", {"reason": "order"}, actor="registrar-1", to="custodian-1"))  # fmt: skip
rule_case("act-on-nothing", "An exhibit is moved that was never registered.", "unknown-exhibit",
      an_act("custody.moved", {"place": "Room 5"}, exhibit="EX-9"), extra=[8])  # fmt: skip

# Annotations

rule_case("check-of-a-case", "A case is re-hashed.", "about",
      an_annotation("exhibit.checked", {"bytes": 0, "checked": 0, "matching": 0, "root": "ab" * 32},
                  of="case"))  # fmt: skip
rule_case("correction-of-nothing", "A correction names no event.", "about-event",
      an_annotation("record.corrected", {"field": "place", "reason": "typo", "value": "Room 5"}))  # fmt: skip
rule_case("correction-of-another", "A correction names an event of something else.", "about-event",
      an_annotation("record.corrected", {"field": "place", "reason": "typo", "value": "Room 5"}, index=0))  # fmt: skip
rule_case("access-to-a-case", "A case was exported, by the log.", "access",
      an_annotation("access.logged", {"action": "exported", "agent": "registrar-1"},
                  of="case", actor="system"))  # fmt: skip
rule_case("access-by-nobody-known", "An exhibit was exported to nobody on record, by the log.", "access",
      an_annotation("access.logged", {"action": "exported"}, actor="system"))  # fmt: skip
rule_case("affirmed-by-a-stranger", "Somebody affirms what he never signed.", "affirmed",
      an_annotation("record.affirmed", {}, index=REGISTERED))  # fmt: skip
rule_case("affirmed-in-part", "A registration is affirmed as if it were the case's.", "about-event",
      an_annotation("record.affirmed", {}, of="case", index=REGISTERED, actor="examiner-1"))  # fmt: skip

# Keys that prove nothing


def _small_key(setting: Setting) -> None:
    """A key of small order beside a good one, of somebody who then signs with the good one."""
    world = setting.world
    good = world.public_key(world.new_key("examiner-3"))
    small = PublicKey(algorithm="ed25519", key=format_base64(bytes(32)), nonce="00" * 16, proof=good.proof)
    details = {"agent": "examiner-3", "keys": (good, small), "kind": "person", "name": "n", "roles": ("examiner",)}
    an_event("agent.enrolled", details)(setting)
    setting.act("custody.handed-over", {"purpose": "search"}, actor="custodian-1", to="examiner-3")


vector_case("key-of-small-order", "A key under which anything can be signed.", "FAILED", 6, "key.public", _small_key)

# Defects


def _timed(setting: Setting) -> None:
    at = setting.world.at.replace(hour=1)
    setting.act("exhibit.sealed", SEAL, actor="custodian-1", occurred_at=at)


def _late(setting: Setting) -> None:
    setting.act("exhibit.sealed", SEAL, actor="custodian-1", not_after=setting.world.at.replace(hour=9))
    setting.forge.raws.pop()
    world = setting.world
    composed = world.custody_act("exhibit.sealed", CASE, "EX-1", SEAL, actor="custodian-1", link=setting.link(),
                                 not_after=world.at)  # fmt: skip
    setting.forge.add(world.sign(composed))


def _alone(setting: Setting) -> None:
    """A registrar alone makes somebody a registrar, who then receives the exhibit and is carried."""
    an_event("agent.changed", {"agent": "examiner-2", "roles": ("examiner", "registrar")})(setting)
    setting.act("custody.handed-over", {"purpose": "search"}, actor="custodian-1", to="examiner-2")


def _recorded_early(setting: Setting) -> None:
    composed = setting.world.custody_act("exhibit.sealed", CASE, "EX-1", SEAL, actor="custodian-1", link=setting.link())
    setting.forge.add(setting.world.sign(composed), recorded_at="2026-11-21T00:00:00Z")


_defect("act-before-the-last", "An act that occurred before the act before it.", "time-backward", _timed)
_defect("recorded-after-its-term", "Recorded later than its signers allowed.", "recorded-late", _late)
_defect("recorded-before-the-last", "Recorded before the entry before it.", "recorded-backward", _recorded_early)
_defect("registrar-by-one", "One registrar alone makes another.", "single-registrar", _alone)
_defect("taken-over", "Custody was taken over without the holder.", "taken-over",
        an_act("custody.taken-over", {"reason": "absent"}, actor="registrar-1", to="examiner-2"))  # fmt: skip
_defect("agent-moved", "An agent is put into another country.", "agent-moved",
        an_event("agent.changed", {"agent": "registrar-2", "country": "XC"}))  # fmt: skip
assert EXHIBIT == (CASE, "EX-1"), "the acts above are about it"
