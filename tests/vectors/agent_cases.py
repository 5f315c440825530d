"""Step 7: entry 0, agents, keys and annotations against those rules that the other files leave out."""

from __future__ import annotations

from typing import Any

from custody.ledger.compose import Anchor
from schemas.event import About, Signer
from tests.vectors.forge import Forge
from tests.vectors.reducer_cases import (
    SEAL,
    Act,
    a_log_key,
    an_act,
    an_annotation,
    an_enrolment,
    an_event,
    rule_case,
    several,
    vector_case,
)
from tests.vectors.setting import CASE, CASES, HANDED_OVER, REGISTERED, Setting, Vector
from tests.world import REGISTRARS, World

# Entry 0


def _opened(
    name: str, comment: str, code: str, signers: tuple[str, ...] = REGISTRARS, *, log: str = "", **changes: Any
) -> None:
    """A ledger whose opening breaks a rule; ``log`` names the log key, ``changes`` are of the agent system."""

    def tell(setting: Setting) -> Vector:
        world = World(seed="opened")
        agents = [
            {"agent": agent, "keys": (world.public_key(world.new_key(agent)),), "kind": "person", "name": "n",
             "roles": ("registrar",)}
            for agent in REGISTRARS
        ]  # fmt: skip
        system = {"agent": "system", "keys": (world.public_key(world.new_key("system")),), "kind": "system",
                  "name": "n", "roles": ("system",)}  # fmt: skip
        log_key = world.log_key_of(log or world.origin, world.log_signer)
        agents.append({**system, **changes})
        details = {"agents": agents, "authority": "a", "country": "XA", "log_keys": (log_key,)}
        named = [Signer(agent=agent, as_="registrar" if place else "actor") for place, agent in enumerate(signers)]
        forge = Forge(world, setting.forge.folder)
        forge.add(world.sign(world.event("ledger.opened", details, signers=named)))
        draft = {"fields": [], "kind": "mla", "request": "req-1", "to": "registrar-2"}
        forge.add(world.sign(world.event("request.drafted", draft, actor="registrar-1")))
        about = [About(request="req-1")]
        members = forge.bundle([], requests=["req-1"], export={"about": about, "actor": "registrar-1"})
        return Setting(world, forge).failed(members, 2, code)  # there is no log key to open the checkpoint with

    assert name not in CASES, f"two cases named {name}"
    CASES[name] = (comment, tell)


_opened("opened-without-system", "A ledger without the agent that logs who looked.", "rule.opened",
        agent="clock")  # fmt: skip
_opened("opened-by-one-of-two", "A ledger that only one of its registrars opens.", "rule.opened", ("registrar-1",))
_opened("opened-with-a-key-of-another", "A log key with another name than the ledger's.", "rule.log-key",
        log="b.example/x")  # fmt: skip
_opened("opened-by-a-system", "The agent system is also a registrar.", "rule.enrolment", roles=("registrar", "system"))

# Agents and keys


def _alone(*acts: Act, **options: Any) -> dict[str, Any]:
    """Carry the first act, for which nothing calls."""
    return {"act": several(*acts), "extra": [8], **options}


def _key_twice(setting: Setting) -> None:
    key = setting.world.public_key(setting.world.signers["examiner-1"][0], "examiner-3")
    an_enrolment("examiner-3", keys=(key,))(setting)


def _revoked(agent: str, of: str, **details: Any) -> Act:
    def act(setting: Setting) -> None:
        told = {"agent": agent, "key_id": setting.world.signers[of][0].key_id, "reason": "lost", **details}
        an_event("agent.key-revoked", told, registrar="registrar-2")(setting)

    return act


def _log_key_ended(name: str = "", **details: Any) -> Act:
    def act(setting: Setting) -> None:
        key = setting.world.log_key_of(name or setting.world.origin, setting.world.log_signer)
        an_event("ledger.key-revoked", {"key": key, "reason": "lost", **details}, registrar="registrar-2")(setting)

    return act


def _changed(agent: str, **details: Any) -> Act:
    return an_event("agent.changed", {"agent": agent, **details})


UNIT = an_enrolment("depot", keys=(), kind="unit", members=("custodian-1",), roles=())
rule_case("enrolled-without-a-key", "A person without a key is enrolled.", "enrolment",
          **_alone(an_enrolment("examiner-3", keys=())))  # fmt: skip
rule_case("enrolled-with-members", "A person is enrolled with members.", "enrolment",
          **_alone(an_enrolment("examiner-3", members=("examiner-1",))))  # fmt: skip
rule_case("enrolled-with-a-known-key", "Somebody is enrolled with another's key.", "enrolment", **_alone(_key_twice))
rule_case("enrolled-as-a-system", "A person gets the role system.", "enrolment",
          **_alone(an_enrolment("examiner-3", roles=("system",))))  # fmt: skip
rule_case("changed-after-leaving", "Somebody who has left gets other roles.", "agent-left",
          several(_changed("custodian-1", left="yes"), _changed("custodian-1", roles=("examiner",))))  # fmt: skip
rule_case("member-twice", "Somebody is made a member of his unit again.", "enrolment",
          **_alone(UNIT, _changed("depot", members_added=("custodian-1",)), extra=[8, 9]))  # fmt: skip
rule_case("member-removed-who-is-none", "Somebody is removed from a unit whose member he isn't.", "enrolment",
          **_alone(UNIT, _changed("depot", members_removed=("examiner-1",)), extra=[8, 9]))  # fmt: skip
rule_case("revoked-of-another", "A key is revoked as somebody else's.", "revocation",
          _revoked("custodian-1", "examiner-1"))  # fmt: skip
rule_case("revoked-in-the-future", "A key is revoked, and valid for longer than that.", "revocation",
          _revoked("custodian-1", "custodian-1", last_valid_index=99))  # fmt: skip
rule_case("log-key-ended-of-another", "A log key is revoked that the ledger never had.", "revocation",
          _log_key_ended("b.example/x"))  # fmt: skip
rule_case("log-key-ended-in-the-future", "A log key is revoked, and valid for longer than that.", "revocation",
          _log_key_ended(last_valid_index=99))  # fmt: skip


def _acting(*acts: Act, **offices: Any) -> Act:
    """Whoever is a member of the unit acts for it afterwards."""
    return several(UNIT, an_act("custody.handed-over", {"purpose": "keeping"}, to="examiner-2"), *acts)


def _for_the_unit(setting: Setting) -> None:
    units = {"custodian-1": "depot"}
    setting.act("custody.handed-over", {"purpose": "x"}, actor="examiner-2", to="custodian-1", on_behalf_of=units)


BACK = an_act("custody.handed-over", {"purpose": "x"}, actor="custodian-1", to="examiner-2",
              on_behalf_of={"custodian-1": "depot"})  # fmt: skip
rule_case("acting-for-a-unit-he-left", "Somebody acts for a unit that he was removed from.", "not-a-member",
          _acting(_for_the_unit, _changed("depot", members_removed=("custodian-1",)), BACK))  # fmt: skip
vector_case("acting-for-his-unit", "Somebody acts for a unit of which he is a member.", "PASSED", None, "",
            _acting(_for_the_unit, BACK))  # fmt: skip
vector_case("log-key-added", "Two registrars add a log key.", "PASSED", None, "",
            a_log_key(is_new=True, registrar="registrar-2"))  # fmt: skip
vector_case("log-key-added-by-the-only-one", "A registrar adds a log key, after the other one left: a defect.",
            "PASSED", None, "defect.single-registrar",
            several(_changed("registrar-2", left="yes"), a_log_key(is_new=True)))  # fmt: skip

rule_case("log-key-that-is-none", "A log key that is no verifier key.", "log-key",
          an_event("ledger.key-added", {"key": "evidence.police.example/main+00000000+AQ=="},
                   registrar="registrar-2"))  # fmt: skip


def _vouched_for(setting: Setting) -> None:
    """A stolen key enrolled somebody, who then received the exhibit; two registrars vouch for his enrolment."""
    stolen = setting.world.signers["registrar-1"][0].key_id
    roles = {"agent": "examiner-2", "roles": ("examiner", "registrar")}
    an_event("agent.changed", roles, second="registrar-2")(setting)
    an_enrolment("examiner-3")(setting)
    setting.act("custody.handed-over", {"purpose": "search"}, actor="custodian-1", to="examiner-3")
    details = {"agent": "registrar-1", "key_id": stolen, "last_valid_index": 8, "reason": "compromised"}
    an_event("agent.key-revoked", details, actor="registrar-2", registrar="examiner-2")(setting)
    about = About(agent="examiner-3", event=setting.forge.reader().parsed[9].event.hash)
    note = setting.world.annotation("record.affirmed", about, {}, actor="registrar-2", registrar="examiner-2")
    setting.forge.add(setting.world.sign(note))


vector_case("relying-on-what-was-affirmed", "Who was enrolled by a stolen key, and vouched for, has signed.", "PASSED",
            None, "", _vouched_for)  # fmt: skip

# Cases and exhibits

CLOSED = an_event("case.closed", {"outcome": "judgment"}, anchor=Anchor(case=CASE))
rule_case("case-changed-when-closed", "A closed case gets another title.", "case-open",
          several(CLOSED, an_event("case.changed", {"reason": "x"}, anchor=Anchor(case=CASE))))  # fmt: skip
rule_case("examined-with-a-broken-seal-again", "A seal that an incident broke is opened.", "seal",
          several(an_act("exhibit.sealed", SEAL),
                  an_act("exhibit.incident", {"description": "x", "discovered_at": "2026-11-21T09:00:00Z",
                                              "kind": "seal-broken"}),
                  an_act("exhibit.unsealed", {"intact": False, "reason": "x", "seal": "A-1"})))  # fmt: skip

# Annotations


def _about(type: str, details: dict[str, Any], *elements: tuple[str, int | None], **by: Any) -> Act:
    """Chain an annotation about several exhibits, and perhaps events."""

    def act(setting: Setting) -> None:
        parsed = setting.forge.reader().parsed
        about = [
            About(exhibit=setting.about(name).exhibit, **({} if index is None else {"event": parsed[index].event.hash}))
            for name, index in elements
        ]
        note = setting.world.annotation(type, about, details, **{"actor": "custodian-1", **by})
        setting.forge.add(setting.world.sign(note))

    return act


rule_case("check-of-two", "Two exhibits are re-hashed in one event.", "about",
          _about("exhibit.checked", {"bytes": 0, "checked": 0, "matching": 0, "root": "ab" * 32}, ("EX-1", None),
                 ("EX-2", None)))  # fmt: skip
rule_case("affirmed-two-events", "One event affirms two others.", "affirmed",
          _about("record.affirmed", {}, ("EX-1", REGISTERED), ("EX-1", HANDED_OVER), actor="examiner-1"))  # fmt: skip
vector_case("explained-about-an-agent", "An explanation about an agent.", "PASSED", None, "",
            an_annotation("record.explained", {"statement": "x"}, of="agent", index=1))  # fmt: skip
