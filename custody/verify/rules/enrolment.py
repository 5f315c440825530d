"""The part of the reducer that knows agents, keys and log keys: who may sign at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import structs
from msgspec.structs import replace

from custody.verify.rules.on_record import check_agents, country_told, enrolled, is_elsewhere
from custody.verify.rules.table import REGISTRAR
from custody.verify.rules.view import Agent, Key, Ledger, LogKey, StateRecord, View, is_strict
from keys.verifier_key import KeyType, parse_verifier_key
from schemas import limits
from schemas.details.ledger import (
    AgentChanged,
    AgentEnrolled,
    AgentKeyAdded,
    AgentKeyRevoked,
    LedgerKeyAdded,
    LedgerKeyRevoked,
    LedgerOpened,
    PublicKey,
)  # fmt: skip
from schemas.envelope import key_id
from schemas.errors import RecordError, RuleViolation
from schemas.event import Event, ParsedEvent
from schemas.text import parse_base64
from schemas.types import Role, is_set

Applied = tuple[tuple[StateRecord, ...], tuple[tuple[str, str], ...]]


def open_ledger(index: int, parsed: ParsedEvent) -> tuple[StateRecord, ...]:
    """Return the ledger, agents and keys that entry 0 brings in; only registrars and the system sign there.

    Raises:
        RuleViolation: ``rule.opened`` or ``rule.enrolment``.
    """
    details = parsed.details
    assert isinstance(details, LedgerOpened)
    agents: dict[str, Agent] = {}
    keys: dict[str, Key] = {}
    for record in (record for agent in details.agents for record in _enrol(index, agent)):
        if record.id in agents or record.id in keys:
            raise RuleViolation("rule.enrolment", f"expected each agent and key once, found {record.id} twice")
        if isinstance(record, Agent):
            agents[record.id] = record
        else:
            keys[record.id] = record
    registrars = _registrars(agents.values())
    if "system" not in agents or agents["system"].kind != "system":
        raise RuleViolation("rule.opened", "expected entry 0 to enrol the agent system")
    if {signer.agent for signer in parsed.event.signers} != set(registrars):
        raise RuleViolation("rule.opened", "expected every first registrar to sign entry 0, and nobody else")
    for log_key in details.log_keys:
        _check_log_key(log_key, parsed.event.ledger)
    log_keys = tuple(LogKey(key, 0) for key in dict.fromkeys(details.log_keys))
    gate = (is_set(details.gate), details.gate == "v2")
    ledger = Ledger(parsed.event.ledger, details.country, log_keys, registrars, *gate)
    return ledger, *agents.values(), *keys.values()


def change(view: View, index: int, parsed: ParsedEvent, key_ids: Sequence[str]) -> Applied:
    """Return what an ``agent.*`` or ``ledger.key-*`` event changes.

    Raises:
        RuleViolation: ``rule.enrolment``, ``rule.unknown-agent``, ``rule.agent-left``, ``rule.log-key``,
            ``rule.recovery``, ``rule.signers`` or ``rule.revocation``.
    """
    event = parsed.event
    ledger = view.ledger()
    assert ledger is not None, "the reducer lets nothing but ledger.opened come first"
    match parsed.details:
        case AgentEnrolled(agent=agent) as details:
            changes = _with_registrars(ledger, _enrol_new(view, index, details))
            apart = _apart(view, ledger, details, changes[0])
            return (*changes, *_above(view, ledger, details)), (*_other_registrar(view, event, agent, changes), *apart)
        case AgentChanged(agent=agent) as details:
            changes = _with_registrars(ledger, (_change_agent(view, index, details),))
            told = (*_country_changed(view, details), *_apart(view, ledger, details, changes[0]))
            return (*changes, *_above(view, ledger, details)), (*_other_registrar(view, event, agent, changes), *told)
        case AgentKeyAdded() as details:
            return _add_key(view, index, event, details), ()
        case AgentKeyRevoked() as details:
            return (_revoke_key(view, index, event, details, key_ids),), ()
        case LedgerKeyAdded(key=key):
            _check_log_key(key, ledger.origin)
            if any(known.key == key for known in ledger.log_keys):
                raise RuleViolation("rule.enrolment", "expected a new log key, found one that the ledger has")
            _check_count("log keys", len(ledger.log_keys) + 1, limits.LOG_KEYS)
            more = structs.replace(ledger, log_keys=(*ledger.log_keys, LogKey(key, index)))
            return (more,), _second_registrar(ledger, event)
        case LedgerKeyRevoked() as details:
            return (_revoke_log_key(ledger, index, details),), _second_registrar(ledger, event)
        case _:
            raise AssertionError(f"no rule for {event.type}")


def _country_changed(view: View, details: AgentChanged) -> tuple[tuple[str, str], ...]:
    """Whether a border is crossed rests on this one word, so nobody changes it quietly."""
    before, ledger = enrolled(view, details.agent), view.ledger()
    # Who can sign, or for whom others sign, may hold something: then it is abroad from now on; and so are its units.
    is_told = is_strict(view) and bool(before.keys or before.members or before.is_above)
    now = country_told(view, details, before.country)
    told = (
        (before.country, now, "country", "" if ledger is None else ledger.country),
        (before.ledger, details.ledger, "ledger", "" if ledger is None else ledger.origin),
    )
    return tuple(
        ("defect.agent-moved", f"{details.agent} was on record with the {what} {old or own}, and now has {new}")
        for old, new, what, own in told
        if isinstance(new, str) and new != (old or (own if is_told else new))
    )


def _above(view: View, ledger: Ledger, details: AgentChanged | AgentEnrolled) -> tuple[Agent, ...]:
    """Return the organisation that an event names, marked as one to which somebody belongs."""
    above = view.agent(str(details.organisation)) if ledger.is_strict else None
    return () if above is None or above.is_above or above.id == details.agent else (replace(above, is_above=True),)


def _apart(
    view: View, ledger: Ledger, details: AgentChanged | AgentEnrolled, after: StateRecord
) -> tuple[tuple[str, str], ...]:
    """Say who is on record at home for an organisation abroad: what he gets hasn't left by that word alone."""
    assert isinstance(after, Agent), "the first of what changes"
    before = view.agent(after.id)
    told = dict(before.members if before is not None and is_elsewhere(before, ledger) else ())
    joining = (view.agent(item) for item, _ in after.members if item not in told)
    pairs = [(after, view.agent(str(details.organisation))), *((item, after) for item in joining)]
    return tuple(
        ("defect.agent-apart", f"{above.id}, to which {one.id} belongs, is on record as abroad, and he is not")
        for one, above in pairs
        if one is not None and above is not None and one.id != above.id and ledger.is_strict
        if is_elsewhere(above, ledger) and not is_elsewhere(one, ledger)
    )


def _check_log_key(text: str, origin: str) -> None:
    """A log key is named after the ledger's origin and signs checkpoints (C2SP tlog-checkpoint)."""
    try:
        key = parse_verifier_key(text)
    except RecordError as error:
        raise RuleViolation("rule.log-key", error.text) from None
    if key.type is not KeyType.LOG or key.name != origin:
        raise RuleViolation("rule.log-key", f"expected a log key named {origin}, found {key.name}")


def _enrol(index: int, details: AgentEnrolled) -> tuple[Agent, *tuple[Key, ...]]:
    _check_system(details.kind, details.roles)
    if is_set(details.members) and details.kind not in {"unit", "organisation"}:
        raise RuleViolation("rule.enrolment", "expected members for a unit or organisation only")
    if details.kind in {"person", "system"} and not details.keys:
        raise RuleViolation("rule.enrolment", f"expected a key for {details.agent}")
    keys = tuple(_key(index, details.agent, key) for key in details.keys)
    members = tuple((member, index) for member in details.members or ())
    roles = tuple((role, index) for role in details.roles)
    ids, country, ledger = tuple(key.id for key in keys), details.country or None, details.ledger or None
    return Agent(details.agent, details.kind, index, roles, members, ids, country=country, ledger=ledger), *keys


def _check_system(kind: str, roles: tuple[Role, ...]) -> None:
    if (kind == "system") != ("system" in roles) or (kind == "system" and roles != ("system",)):
        raise RuleViolation("rule.enrolment", "expected the role system alone, for an agent of kind system alone")


def _key(index: int, agent: str, key: PublicKey) -> Key:
    raw = parse_base64(key.key, size=32)
    return Key(key_id(key.algorithm, raw), agent, raw, index)


def _enrol_new(view: View, index: int, details: AgentEnrolled) -> tuple[Agent, *tuple[Key, ...]]:
    if view.agent(details.agent) is not None:
        raise RuleViolation("rule.enrolment", f"expected a new agent, found {details.agent} enrolled")
    agent, *keys = _enrol(index, details)
    for key in keys:
        if view.key(key.id) is not None or keys.count(key) > 1:
            raise RuleViolation("rule.enrolment", f"expected a key that was never enrolled, found {key.id}")
    check_agents(view, details.organisation, *(details.members or ()))
    return replace(agent, country=country_told(view, details)), *keys


def _change_agent(view: View, index: int, details: AgentChanged) -> Agent:
    agent = enrolled(view, details.agent)
    if agent.has_left:
        raise RuleViolation("rule.agent-left", f"expected an agent in office, found {agent.id}, who has left")
    if isinstance(details.roles, tuple):
        _check_system(agent.kind, details.roles)
        since = dict(agent.roles)
        agent = replace(agent, roles=tuple((role, since.get(role, index)) for role in details.roles))
    members = dict(agent.members)
    added, removed = details.members_added or (), details.members_removed or ()
    if (added or removed) and agent.kind not in {"unit", "organisation"}:
        raise RuleViolation("rule.enrolment", "expected members for a unit or organisation only")
    if any(member in members for member in added) or not all(member in members for member in removed):
        raise RuleViolation("rule.enrolment", f"expected to add strangers to {agent.id} and remove members of it")
    check_agents(view, *added)
    gone = set(removed)
    kept = tuple((member, since) for member, since in agent.members if member not in gone)
    kept += tuple((member, index) for member in added)
    _check_count("members", len(kept), limits.UNIT_MEMBERS)
    return replace(
        agent,
        members=kept,
        has_left=is_set(details.left),
        country=country_told(view, details, agent.country),
        ledger=details.ledger or agent.ledger,
    )


def _add_key(view: View, index: int, event: Event, details: AgentKeyAdded) -> tuple[StateRecord, ...]:
    agent = enrolled(view, details.agent)
    registrars = sum(signer.as_ == "registrar" for signer in event.signers)
    if event.actor == agent.id:
        if details.recovery:
            raise RuleViolation("rule.recovery", "expected recovery only where two registrars sign for the agent")
    else:
        if not details.recovery or not registrars or enrolled(view, event.actor).role_since(REGISTRAR) is None:
            raise RuleViolation("rule.recovery", f"expected {agent.id} himself, or two registrars with recovery")
        if any(_is_alive(view, key) for key in agent.keys):
            raise RuleViolation("rule.recovery", f"expected no key of {agent.id} to be left, found one")
    key = _key(index, agent.id, details.key)
    if view.key(key.id) is not None:
        raise RuleViolation("rule.enrolment", f"expected a key that was never enrolled, found {key.id}")
    _check_count("keys", len(agent.keys) + 1, limits.AGENT_KEYS)
    return replace(agent, keys=(*agent.keys, key.id)), key


def _check_count(what: str, count: int, most: int) -> None:
    """Each change is looked at beside all that went before, so a list without end would cost its square."""
    if count > most:
        raise RuleViolation("rule.enrolment", f"expected at most {most} {what}, found {count}")


def _is_alive(view: View, key: str) -> bool:
    known = view.key(key)
    return known is not None and known.revoked_at is None


def _revoke_key(view: View, index: int, event: Event, details: AgentKeyRevoked, key_ids: Sequence[str]) -> Key:
    key = view.key(details.key_id)
    if key is None or key.agent != details.agent:
        raise RuleViolation("rule.revocation", f"expected a key of {details.agent}, found {details.key_id}")
    last = details.last_valid_index if isinstance(details.last_valid_index, int) else index
    if last > index:
        raise RuleViolation("rule.revocation", f"expected last_valid_index of at most {index}, found {last}")
    is_registrar = enrolled(view, event.actor).role_since(REGISTRAR) is not None
    if event.actor != details.agent and not is_registrar:
        raise RuleViolation("rule.revocation", f"expected {key.agent} or a registrar to revoke, found {event.actor}")
    if last < index:
        if not any(signer.as_ == "registrar" for signer in event.signers):
            raise RuleViolation("rule.revocation", "expected a registrar beside the actor for an earlier index")
        if details.key_id in key_ids:
            text = "expected another key than the revoked one to sign for an earlier index"
            raise RuleViolation("rule.revocation", text)
    return replace(
        key,
        revoked_at=index if key.revoked_at is None else key.revoked_at,
        last_valid=last if key.last_valid is None else min(last, key.last_valid),
    )


def _revoke_log_key(ledger: Ledger, index: int, details: LedgerKeyRevoked) -> Ledger:
    known = next((key for key in ledger.log_keys if key.key == details.key), None)
    last = details.last_valid_index if isinstance(details.last_valid_index, int) else index
    if known is None or last > index:
        raise RuleViolation("rule.revocation", f"expected a log key of this ledger and an index of at most {index}")
    ended = replace(known, last=last if known.last is None else min(last, known.last))
    return structs.replace(ledger, log_keys=tuple(ended if key is known else key for key in ledger.log_keys))


def _second_registrar(ledger: Ledger, event: Event) -> tuple[tuple[str, str], ...]:
    if any(signer.as_ == "registrar" for signer in event.signers):
        return ()
    if len(ledger.registrars) > 1:
        raise RuleViolation("rule.signers", "expected a second registrar to sign, found none")
    return (("defect.single-registrar", "the ledger has but one registrar, who signed alone"),)


def _other_registrar(
    view: View, event: Event, agent: str, changes: Sequence[StateRecord]
) -> tuple[tuple[str, str], ...]:
    """Who makes a registrar of his own has two keys for what wants two registrars, so that is told."""
    if agent == event.actor or not any(isinstance(record, Ledger) for record in changes):
        return ()
    others = (enrolled(view, signer.agent) for signer in event.signers[1:])
    if any(other.id != agent and other.role_since(REGISTRAR) is not None for other in others):
        return ()
    return (("defect.single-registrar", f"{event.actor} alone made {agent} a registrar, or took that from him"),)


def _registrars(agents: Iterable[Agent]) -> tuple[str, ...]:
    return tuple(sorted(agent.id for agent in agents if agent.role_since(REGISTRAR) is not None and not agent.has_left))


def _with_registrars(ledger: Ledger, records: tuple[Agent | Key, ...]) -> tuple[StateRecord, ...]:
    """Add the ledger's own record where the set of registrars changes."""
    agents = [record for record in records if isinstance(record, Agent)]
    others = tuple(agent for agent in ledger.registrars if agent not in {record.id for record in agents})
    registrars = tuple(sorted((*others, *_registrars(agents))))
    return records if registrars == ledger.registrars else (*records, structs.replace(ledger, registrars=registrars))
