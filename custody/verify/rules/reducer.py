"""The one reducer: (state, event) -> changes, or a `RuleViolation`. Nobody else knows the custody rules.

Append asks it before it writes, the verifier folds it over a bundle, the auditor folds it over the whole ledger. It
looks at what the event says and at the state before it; signatures and key validity are checked beside it (steps 5
and 6). A bundle carries some subjects only: what is not carried is skipped there and enforced where ``is_whole``.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from msgspec.structs import replace

from custody.verify.rules import enrolment
from custody.verify.rules.consents import change_consent, consent_defects
from custody.verify.rules.on_record import check_agents, check_request, enrolled
from custody.verify.rules.requests import change_request, grants_elsewhere
from custody.verify.rules.subjects import subjects_of
from custody.verify.rules.table import HANDLING, REGISTRAR, RULES, Rule
from custody.verify.rules.transfers import (
    accept_exhibit,
    bound_by,
    check_exported,
    refuse_transfer,
    transfer_exhibit,
)  # fmt: skip
from custody.verify.rules.view import Case, EventPlace, Exhibit, StateRecord, View
from schemas.details.custody import Moved, SealSeen
from schemas.details.exhibit import (
    Acquisition,
    ExhibitIncident,
    ExhibitName,
    ExhibitRegistered,
    ExhibitReleased,
    ExhibitVoided,
)  # fmt: skip
from schemas.details.record import AccessLogged, BundleExported
from schemas.details.source import Source, missing_of
from schemas.details.transfer import TransferAccepted, TransferRefused
from schemas.errors import RuleViolation
from schemas.event import Event, ParsedEvent, Signer
from schemas.types import UNSET, Record, Role, SignsAs, is_set


class Outcome(msgspec.Struct, frozen=True):
    """What an event that keeps the rules changes, where it now stands, and the curable defects seen on the way."""

    changes: tuple[StateRecord, ...]
    place: EventPlace
    defects: tuple[tuple[str, str], ...] = ()


def reduce(
    view: View, index: int, parsed: ParsedEvent, key_ids: tuple[str, ...], *, are_signers_known: bool = False
) -> Outcome:
    """Return what the event at entry ``index``, signed with ``key_ids``, does to the state in ``view``.

    ``are_signers_known`` says that the same people signed the same type before, and that no agent has changed since: a
    replay need not ask again whether they may.

    Raises:
        RuleViolation: ``rule.*`` with the rule that it breaks; nothing is changed.
    """
    event = parsed.event
    rule = RULES[event.type]
    _check_ledger(view, index, event)
    if view.event(parsed.hash) is not None:
        raise RuleViolation("rule.event-twice", "expected an event that is not in the ledger yet, found it again")
    if event.type == "ledger.opened":
        applied: Applied = enrolment.open_ledger(index, parsed), ()
    else:
        if not are_signers_known:
            _check_signers(view, rule, event)
            _check_actor_role(view, rule, event)
        applied = _apply(view, index, parsed, rule, key_ids)
    subjects = subjects_of(view, parsed)
    place = EventPlace(index, event.type, subjects, tuple([signer.agent for signer in event.signers]))
    return Outcome(applied[0], place, applied[1])


Applied = tuple[tuple[StateRecord, ...], tuple[tuple[str, str], ...]]
_OFFICES: tuple[SignsAs, ...] = ("to", "second", "witness", "registrar")
_NOBODY = (0, 0)
_ROLES_OF_OFFICE: dict[SignsAs, frozenset[Role]] = {"to": HANDLING, "registrar": REGISTRAR}
_UNNAMED = frozenset({"case-exhibits", "dispatch", "transfer"})
"""Subjects that no annotation can name."""
_ABOUT_ONE = frozenset({"asset.observed", "event.attached", "exhibit.checked", "exhibit.linked", "record.corrected"})
_ABOUT_DEFECTS: dict[str, tuple[tuple[str, str], ...]] = {
    "transfer.contested": (("defect.receipt-contested", "a receipt came that fits nothing that was sent"),),
}


def _apply(view: View, index: int, parsed: ParsedEvent, rule: Rule, key_ids: tuple[str, ...]) -> Applied:
    event = parsed.event
    if is_set(event.about):
        _check_about(view, rule, event)
        if event.type == "record.affirmed":
            _check_affirmation(view, event)
        if event.type.startswith("consent."):
            return change_consent(view, parsed), consent_defects(view, parsed)
        if isinstance(parsed.details, BundleExported):
            check_agents(view, parsed.details.to)
            check_request(view, parsed.details.request)
            check_exported(view, event, parsed.details)
        if isinstance(parsed.details, AccessLogged) and parsed.details.action == "exported":
            _check_access(event, parsed.details)
        return (), _ABOUT_DEFECTS.get(event.type, ())
    if is_set(event.link):
        before = view.exhibit(str(event.case), str(event.exhibit))
        if isinstance(parsed.details, TransferAccepted):
            return accept_exhibit(view, _register(view, before, parsed), parsed.details), ()
        if event.type == "exhibit.registered":
            return (_register(view, before, parsed),), _registration_defects(view, parsed)
        return _act(view, before, parsed, rule)
    if event.type.startswith("case."):
        return (_change_case(view, event),), ()
    if event.type.startswith("request."):
        elsewhere = grants_elsewhere(view, parsed.details)
        return (change_request(view, parsed),), (("defect.grant-country", elsewhere),) if elsewhere else ()
    if isinstance(parsed.details, TransferRefused):
        return refuse_transfer(view, parsed.details), ()
    return enrolment.change(view, index, parsed, key_ids)


def _check_ledger(view: View, index: int, event: Event) -> None:
    """Entry 0 opens the ledger, and nothing else does; every event belongs to this ledger; `seen` is of the past."""
    ledger = view.ledger()
    if (event.type == "ledger.opened") != (index == 0) or (ledger is None) != (index == 0):
        raise RuleViolation("rule.opened", "expected ledger.opened as entry 0 and nowhere else")
    if ledger is not None and ledger.origin != event.ledger:
        raise RuleViolation("rule.ledger", f"expected an event of {ledger.origin}, found one of {event.ledger}")
    if is_set(event.seen) and event.seen.size > index:  # type: ignore[union-attr]
        raise RuleViolation("rule.seen", f"expected a checkpoint of at most {index} entries in seen")


def _check_signers(view: View, rule: Rule, event: Event) -> None:
    """Each signer is enrolled, has not left, belongs to his unit; each office is filled as the table wants."""
    for signer in event.signers:
        agent = enrolled(view, signer.agent)
        if agent.has_left:
            raise RuleViolation("rule.agent-left", f"expected an agent in office, found {agent.id}, who has left")
        if isinstance(signer.on_behalf_of, str):
            unit = enrolled(view, signer.on_behalf_of)
            if unit.has_left:
                raise RuleViolation("rule.agent-left", f"expected a unit in service, found {unit.id}, which has left")
            if unit.member_since(agent.id) is None:
                raise RuleViolation("rule.not-a-member", f"expected a member of {unit.id}, found {agent.id}")
        allowed = _ROLES_OF_OFFICE.get(signer.as_)
        if allowed is not None and agent.role_since(allowed) is None:
            raise RuleViolation("rule.role", f"expected a role that may sign as {signer.as_}, {agent.id} has none")
    offices = [signer.as_ for signer in event.signers]
    for office in _OFFICES:
        least, most = rule.wants.get(office, _NOBODY)
        count = offices.count(office)
        if not least <= count <= most:
            wanted = least if least == most else f"{least} to {most}"
            raise RuleViolation("rule.signers", f"expected {wanted} signing as {office}, found {count}")


def _check_actor_role(view: View, rule: Rule, event: Event) -> None:
    if enrolled(view, event.actor).role_since(rule.roles) is None:
        wanted = ", ".join(sorted(rule.roles))
        raise RuleViolation("rule.role", f"expected one of the roles {wanted} for {event.type}, {event.actor} has none")


def _check_about(view: View, rule: Rule, event: Event) -> None:
    """An annotation names subjects that exist, of a kind that fits, and an event of that subject where it needs one."""
    assert isinstance(event.about, tuple)
    kind = event.about[0].kind
    if kind not in rule.about:
        raise RuleViolation("rule.about", f"expected {event.type} to be about {' or '.join(sorted(rule.about))}")
    if event.type in _ABOUT_ONE and len(event.about) > 1:
        raise RuleViolation("rule.about", f"expected {event.type} to be about one subject, found {len(event.about)}")
    for item in event.about:
        subject = subjects_of(view, item)
        if not subject and view.is_whole:
            raise RuleViolation("rule.about-unknown", f"expected a known {kind}, found another")
        if is_set(item.event) != rule.names_event and (rule.names_event or event.type == "bundle.exported"):
            raise RuleViolation(
                "rule.about-event", f"expected {event.type} {'to' if rule.names_event else 'not to'} name an event"
            )
        if is_set(item.event) and subject:
            place = view.event(str(item.event))
            if place is None and not (view.is_whole or rule.names_event):
                continue  # a later act of an ancestor, of whose entries a bundle carries only the first
            if place is None or not set(subject) <= set(place.subjects):
                raise RuleViolation("rule.about-event", "expected an event of the subject it is about, found none")


def _check_access(event: Event, details: AccessLogged) -> None:
    """What was exported is an exhibit, and went to somebody: else the gate would have nothing to look at."""
    assert isinstance(event.about, tuple), "the anchor of accesses"
    if event.about[0].kind != "exhibit" or not is_set(details.agent):
        raise RuleViolation("rule.access", "expected an export of exhibits to an agent on record")


def _check_affirmation(view: View, event: Event) -> None:
    """One event, about exactly its subjects, by one who signed it (with another key) or by two registrars."""
    assert isinstance(event.about, tuple)
    if len({item.event for item in event.about}) != 1:
        raise RuleViolation("rule.affirmed", "expected one event to be affirmed at a time")
    place = view.event(str(event.about[0].event))
    if place is None:
        return
    about = {subject for item in event.about for subject in subjects_of(view, item)}
    if about != {subject for subject in place.subjects if subject[0] not in _UNNAMED}:
        raise RuleViolation("rule.affirmed", "expected an affirmation about the same subjects as the event")
    registrars = sum(signer.as_ == "registrar" for signer in event.signers)
    if event.actor not in place.signers and not (
        registrars and enrolled(view, event.actor).role_since(REGISTRAR) is not None
    ):
        raise RuleViolation("rule.affirmed", "expected one who signed the event, or two registrars")


def _change_case(view: View, event: Event) -> Case:
    number = str(event.case)
    known = view.case(number)
    if event.type == "case.opened":
        if known is not None:
            raise RuleViolation("rule.case-exists", f"expected a new case, found {number} opened before")
        return Case(number, is_open=True)
    if known is None or not known.is_open:
        raise RuleViolation("rule.case-open", f"expected an open case, found {number} closed or unknown")
    return Case(number, is_open=event.type == "case.changed")


def _register(view: View, before: Exhibit | None, parsed: ParsedEvent) -> Exhibit:
    event, details = parsed.event, parsed.details
    assert isinstance(details, ExhibitRegistered)
    case, number = str(event.case), str(event.exhibit)
    if before is not None:
        raise RuleViolation("rule.exhibit-exists", f"expected a new exhibit number, found {number} used in case {case}")
    known = view.case(case)
    if known is None or not known.is_open:
        raise RuleViolation("rule.case-open", f"expected an open case, found {case} closed or unknown")
    if event.link.sequence != 0:  # type: ignore[union-attr]
        raise RuleViolation("rule.link", "expected sequence 0 at registration")
    check_agents(view, details.certified_by)
    parents = details.derived_from or ()
    for parent in parents:
        place = view.event(parent.event)
        missing = place is None and (view.is_whole or view.exhibit(parent.case, parent.exhibit) is not None)
        if missing or (place is not None and ("exhibit", parent.case, parent.exhibit) not in place.subjects):
            raise RuleViolation("rule.parent", f"expected an act of {parent.case}/{parent.exhibit} in derived_from")
    ledger = view.ledger()
    same = (details.same_object_as or ()) if ledger is not None and ledger.is_strict else ()
    names = [*((item.case, item.exhibit) for item in parents), *((item.case, item.exhibit) for item in same)]
    others = [view.exhibit(*name) for name in names]
    if view.is_whole and None in others:
        raise RuleViolation(
            "rule.parent", "expected an exhibit that was registered before in same_object_as, found none"
        )
    bound = set[str]().union(*(other.bound_to for other in others if other is not None))
    is_copy = isinstance(details, TransferAccepted) and details.item == "copy"
    seal = getattr(details, "seal", UNSET) if ledger is not None and ledger.is_strict else UNSET
    return Exhibit(
        case=case, number=number, registration=parsed.hash, head=parsed.hash, sequence=0,
        holder=event.signers[0].party, status="held", occurred_at=event.occurred_at,
        is_sealed=isinstance(seal, SealSeen) and seal.intact,
        is_derived=bool(parents) or is_copy, bound_to=bound_by(tuple(sorted(bound)), details),
    )  # fmt: skip


def _registration_defects(view: View, parsed: ParsedEvent) -> tuple[tuple[str, str], ...]:
    details = parsed.details
    assert isinstance(details, ExhibitRegistered)
    return (*_capture_defects(details), *_sovereignty(view, details))


def _sovereignty(view: View, details: ExhibitRegistered) -> tuple[tuple[str, str], ...]:
    """Non-public data that lie in another country are not taken online (law row C20)."""
    ledger = view.ledger()
    method = details.acquisition.method if isinstance(details.acquisition, Acquisition) else ""
    is_online = details.obtained == "online-capture" or method == "remote"
    where = details.data_country
    if not is_online or not isinstance(where, str) or ledger is None or where == ledger.country:
        return ()
    if details.public is True:
        return ()
    return (("defect.sovereignty", f"non-public data that lie in {where} were taken online from {ledger.country}"),)


def _capture_defects(details: ExhibitRegistered) -> tuple[tuple[str, str], ...]:
    """A web capture wants four things to be worth anything in court (law row R6); that they stand there is enough."""
    capture = details.source.capture if isinstance(details.source, Source) else UNSET
    missing = missing_of(capture) if details.kind == "web-capture" or is_set(capture) else ()
    if not missing:
        return ()
    return (("defect.web-capture", f"a web capture below the court minimum: without {', '.join(missing)}"),)


def _act(view: View, before: Exhibit | None, parsed: ParsedEvent, rule: Rule) -> Applied:
    """One custody act: linked to the act before, by the holder, in a state that allows it."""
    event = parsed.event
    if before is None:
        raise RuleViolation(
            "rule.unknown-exhibit", f"expected a registered exhibit, found {event.case}/{event.exhibit}"
        )
    link = event.link
    if link.sequence != before.sequence + 1:  # type: ignore[union-attr]
        raise RuleViolation("rule.link", f"expected sequence {before.sequence + 1}, found {link.sequence}")  # type: ignore[union-attr]
    if link.previous != before.head:  # type: ignore[union-attr]
        raise RuleViolation("rule.link", f"expected the act before to be {before.head}, found {link.previous}")  # type: ignore[union-attr]
    if before.status not in rule.states:
        raise RuleViolation("rule.state", f"expected {_words(rule.states)} for {event.type}, found {before.status}")
    if rule.sealed is not None and before.is_sealed != rule.sealed:
        wanted, found = ("sealed", "unsealed") if rule.sealed else ("unsealed", "sealed")
        raise RuleViolation("rule.seal", f"expected the exhibit {wanted} for {event.type}, found it {found}")
    if rule.holder and event.signers[0].party != before.holder:
        raise RuleViolation(
            "rule.holder", f"expected the holder {before.holder} to act, found {event.signers[0].party}"
        )
    after = replace(
        before, head=parsed.hash, sequence=before.sequence + 1, occurred_at=event.occurred_at,
        status=rule.leads_to or before.status,
    )  # fmt: skip
    special = _SPECIAL.get(event.type)
    after = special(after, parsed) if special else after
    ledger = view.ledger()
    if ledger is not None and ledger.is_strict:
        if event.type in _PLACING:
            after = replace(after, lodged=getattr(parsed.details, "to_agent", UNSET))
        _check_replaced(view, before, parsed.details)
        seal = getattr(parsed.details, "seal", UNSET)
        if isinstance(seal, SealSeen) and (not seal.intact or event.type == "transfer.returned"):
            after = replace(after, is_sealed=seal.intact)
    changes: tuple[StateRecord, ...] = (after,)
    defects: list[tuple[str, str]] = []
    if event.type.startswith("transfer."):
        changes, seen = transfer_exhibit(view, before, after, parsed)
        defects += seen
    if event.occurred_at < before.occurred_at:
        defects.append(
            ("defect.time-backward", f"occurred at {event.occurred_at}, the act before at {before.occurred_at}")
        )
    if event.type == "custody.taken-over":
        defects.append(("defect.taken-over", f"taken over from {before.holder}, who did not sign"))
    return changes, tuple(defects)


def _check_replaced(view: View, before: Exhibit, details: Record) -> None:
    """What takes an exhibit's place takes over what binds it; one that a bundle doesn't carry is passed over there."""
    name = details.replaced_by if isinstance(details, ExhibitVoided) else UNSET
    other = view.exhibit(name.case, name.exhibit) if isinstance(name, ExhibitName) else None
    lacking = set(before.bound_to) - set(() if other is None else other.bound_to)
    if lacking and (other is not None or (view.is_whole and is_set(name))):
        text = (
            f"expected what replaces {before.case}/{before.number} bound to {', '.join(sorted(lacking))}, found it free"
        )
        raise RuleViolation("rule.bound", text)


def _words(states: frozenset[str]) -> str:
    return " or ".join(sorted(states))


def _receive(after: Exhibit, parsed: ParsedEvent) -> Exhibit:
    to = _signer_as(parsed.event, "to")
    if to.party == after.holder:
        raise RuleViolation("rule.same-party", f"expected another party to receive, found the holder {after.holder}")
    return replace(after, holder=to.party)


def _move(after: Exhibit, parsed: ParsedEvent) -> Exhibit:
    assert isinstance(parsed.details, Moved)
    return replace(after, status="in-transit" if is_set(parsed.details.carrier) else "held")


def _release(after: Exhibit, parsed: ParsedEvent) -> Exhibit:
    assert isinstance(parsed.details, ExhibitReleased)
    return replace(after, status="lent" if parsed.details.terms == "lent" else "released")


def _note_incident(after: Exhibit, parsed: ParsedEvent) -> Exhibit:
    assert isinstance(parsed.details, ExhibitIncident)
    return replace(after, is_sealed=False) if parsed.details.kind == "seal-broken" else after


def _signer_as(event: Event, office: str) -> Signer:
    return next(signer for signer in event.signers if signer.as_ == office)


_PLACING = frozenset(
    {
        *("custody.handed-over", "custody.moved", "custody.taken-over", "exhibit.released", "exhibit.returned"),
        "transfer.dispatched",
    }
)
"""Acts after which a thing is where they say, and nowhere else."""
_SPECIAL: dict[str, Callable[[Exhibit, ParsedEvent], Exhibit]] = {
    "custody.handed-over": _receive,
    "custody.taken-over": _receive,
    "custody.moved": _move,
    "exhibit.sealed": lambda after, _: replace(after, is_sealed=True),
    "exhibit.unsealed": lambda after, _: replace(after, is_sealed=False),
    "exhibit.released": _release,
    "exhibit.incident": _note_incident,
}
