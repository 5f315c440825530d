"""The one reducer: (state, event) -> changes, or a `RuleViolation`. Nobody else knows the custody rules.

Append asks it before it writes, the verifier folds it over a bundle, the auditor folds it over the whole ledger. It
looks at what the event says and at the state before it; signatures and key validity are checked beside it (steps 5
and 6). A bundle carries some subjects only: what is not carried is skipped there and enforced where ``is_whole``.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from custody.verify.rules import enrolment
from custody.verify.rules.consents import change_consent, consent_defects
from custody.verify.rules.on_record import Defects, check_agents, check_request, enrolled
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
from custody.verify.rules.view import Case, EventPlace, Exhibit, StateRecord, View, is_strict
from schemas.details.consent import ReleaseRefused
from schemas.details.custody import HandedOver, Moved, SealSeen, TakenOver
from schemas.details.exhibit import (
    Acquisition,
    ExhibitIncident,
    ExhibitName,
    ExhibitRegistered,
    ExhibitReleased,
    ExhibitSealed,
    ExhibitUnsealed,
    ExhibitVoided,
)  # fmt: skip
from schemas.details.record import AccessLogged, BundleExported
from schemas.details.source import Source, missing_of
from schemas.details.transfer import TransferAccepted, TransferContested, TransferRefused
from schemas.errors import RuleViolation
from schemas.event import Event, Link, ParsedEvent, Seen
from schemas.types import UNSET, Record, Role, SignsAs, is_set


class Outcome(msgspec.Struct, frozen=True):
    """What an event that keeps the rules changes, where it now stands, and the curable defects seen on the way."""

    changes: tuple[StateRecord, ...]
    place: EventPlace
    defects: Defects = ()


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
        changes, defects = enrolment.open_ledger(index, parsed), Defects()
    else:
        if not are_signers_known:
            _check_signers(view, rule, event)
        changes, defects = _apply(view, index, parsed, rule, key_ids)
    subjects = subjects_of(view, parsed)
    place = EventPlace(index, event.type, subjects, tuple([signer.agent for signer in event.signers]))
    return Outcome(changes, place, defects)


_OFFICES: tuple[SignsAs, ...] = ("to", "second", "witness", "registrar")
_NOBODY = (0, 0)
_ROLES_OF_OFFICE: dict[SignsAs, frozenset[Role]] = {"to": HANDLING, "registrar": REGISTRAR}
_UNNAMED = frozenset({"case-exhibits", "dispatch", "transfer"})
"""Subjects that no annotation can name."""
_ABOUT_ONE = frozenset({"asset.observed", "event.attached", "exhibit.checked", "exhibit.linked", "record.corrected"})


def _apply(view: View, index: int, parsed: ParsedEvent, rule: Rule, key_ids: tuple[str, ...]) -> enrolment.Applied:
    event = parsed.event
    if isinstance(event.about, tuple):
        _check_about(view, rule, event)
        if event.type == "record.affirmed":
            _check_affirmation(view, event)
        if event.type.startswith("consent."):
            return change_consent(view, parsed), consent_defects(view, parsed)
        if isinstance(parsed.details, AccessLogged | BundleExported | ReleaseRefused):
            check_agents(view, *(getattr(parsed.details, name, UNSET) for name in ("agent", "to", "tried_by")))
        if isinstance(parsed.details, BundleExported):
            check_request(view, parsed.details.request)
            check_exported(view, event, parsed.details)
        if isinstance(parsed.details, AccessLogged) and parsed.details.action == "exported":
            _check_access(event, parsed.details)
        if isinstance(parsed.details, TransferContested):
            return (), (("defect.receipt-contested", f"a receipt came that changes nothing: {parsed.details.reason}"),)
        return (), ()
    if event.link is not UNSET:
        before = view.exhibit(str(event.case), str(event.exhibit))
        if not isinstance(parsed.details, ExhibitRegistered):
            return _act(view, before, parsed, rule)
        registered = _register(view, before, parsed, parsed.details)
        if isinstance(parsed.details, TransferAccepted):
            return accept_exhibit(view, registered, parsed.details), ()
        return (registered,), tuple(_registration_defects(view, parsed.details))
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
    if isinstance(event.seen, Seen) and event.seen.size > index:
        raise RuleViolation("rule.seen", f"expected a checkpoint of at most {index} entries in seen")


def _check_signers(view: View, rule: Rule, event: Event) -> None:
    """Each signer is enrolled, has not left, belongs to his unit; each office is filled as the table wants, and the
    actor has a role for what he does.
    """
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
            text = f"expected {event.type} {'to' if rule.names_event else 'not to'} name an event"
            raise RuleViolation("rule.about-event", text)
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
    is_registrar = enrolled(view, event.actor).role_since(REGISTRAR) is not None
    are_two = is_registrar and any(signer.as_ == "registrar" for signer in event.signers)
    if event.actor not in place.signers and not are_two:
        raise RuleViolation("rule.affirmed", "expected one who signed the event, or two registrars")


def _change_case(view: View, event: Event) -> Case:
    number = str(event.case)
    if event.type != "case.opened":
        _check_open(view, number)
    elif view.case(number) is not None:
        raise RuleViolation("rule.case-exists", f"expected a new case, found {number} opened before")
    return Case(number, is_open=event.type != "case.closed")


def _check_open(view: View, case: str) -> None:
    known = view.case(case)
    if known is None or not known.is_open:
        raise RuleViolation("rule.case-open", f"expected an open case, found {case} closed or unknown")


def _register(view: View, before: Exhibit | None, parsed: ParsedEvent, details: ExhibitRegistered) -> Exhibit:
    event, case, number = parsed.event, str(parsed.event.case), str(parsed.event.exhibit)
    if before is not None:
        raise RuleViolation("rule.exhibit-exists", f"expected a new exhibit number, found {number} used in case {case}")
    _check_open(view, case)
    if event.link.sequence != 0:  # type: ignore[union-attr]
        raise RuleViolation("rule.link", "expected sequence 0 at registration")
    check_agents(view, details.certified_by)
    parents = details.derived_from or ()
    for parent in parents:
        place = view.event(parent.event)
        missing = place is None and (view.is_whole or view.exhibit(parent.case, parent.exhibit) is not None)
        if missing or (place is not None and ("exhibit", parent.case, parent.exhibit) not in place.subjects):
            raise RuleViolation("rule.parent", f"expected an act of {parent.case}/{parent.exhibit} in derived_from")
    same = (details.same_object_as or ()) if is_strict(view) else ()
    others = [view.exhibit(item.case, item.exhibit) for item in parents]
    others += [view.exhibit(item.case, item.exhibit) for item in same]
    if view.is_whole and None in others:
        text = "expected an exhibit that was registered before in same_object_as, found none"
        raise RuleViolation("rule.parent", text)
    bound: set[str] = set()
    bound.update(*(other.bound_to for other in others if other is not None))
    is_copy = isinstance(details, TransferAccepted) and details.item == "copy"
    seal = getattr(details, "seal", UNSET) if is_strict(view) else UNSET
    return Exhibit(
        case=case, number=number, registration=parsed.hash, head=parsed.hash, sequence=0,
        holder=event.signers[0].party, status="held", occurred_at=event.occurred_at,
        is_sealed=isinstance(seal, SealSeen) and seal.intact,
        is_derived=bool(parents) or is_copy, bound_to=bound_by(tuple(sorted(bound)), details),
        made_of=tuple((item.case, item.exhibit) for item in parents if is_strict(view)) or UNSET,
    )  # fmt: skip


def _registration_defects(view: View, details: ExhibitRegistered) -> Iterator[tuple[str, str]]:
    """A web capture wants four things to be worth anything in court (law row R6); that they stand there is enough.
    Non-public data that lie in another country are not taken online (law row C20).
    """
    capture = details.source.capture if isinstance(details.source, Source) else UNSET
    missing = missing_of(capture) if details.kind == "web-capture" or is_set(capture) else ()
    if missing:
        yield "defect.web-capture", f"a web capture below the court minimum: without {', '.join(missing)}"
    ledger, where = view.ledger(), details.data_country
    method = details.acquisition.method if isinstance(details.acquisition, Acquisition) else ""
    is_online = details.obtained == "online-capture" or method == "remote"
    if is_online and is_set(where) and details.public is not True and ledger is not None and where != ledger.country:
        yield "defect.sovereignty", f"non-public data that lie in {where} were taken online from {ledger.country}"


def _act(view: View, before: Exhibit | None, parsed: ParsedEvent, rule: Rule) -> enrolment.Applied:
    """One custody act: linked to the act before, by the holder, in a state that allows it."""
    event, link = parsed.event, parsed.event.link
    assert isinstance(link, Link), "the anchor of acts"
    if before is None:
        text = f"expected a registered exhibit, found {event.case}/{event.exhibit}"
        raise RuleViolation("rule.unknown-exhibit", text)
    if link.sequence != before.sequence + 1:
        raise RuleViolation("rule.link", f"expected sequence {before.sequence + 1}, found {link.sequence}")
    if link.previous != before.head:
        raise RuleViolation("rule.link", f"expected the act before to be {before.head}, found {link.previous}")
    if before.status not in rule.states:
        text = f"expected {' or '.join(sorted(rule.states))} for {event.type}, found {before.status}"
        raise RuleViolation("rule.state", text)
    if rule.sealed is not None and before.is_sealed != rule.sealed:
        wanted, found = ("sealed", "unsealed") if rule.sealed else ("unsealed", "sealed")
        raise RuleViolation("rule.seal", f"expected the exhibit {wanted} for {event.type}, found it {found}")
    if rule.holder and event.signers[0].party != before.holder:
        text = f"expected the holder {before.holder} to act, found {event.signers[0].party}"
        raise RuleViolation("rule.holder", text)
    after = replace(
        before, head=parsed.hash, sequence=before.sequence + 1, occurred_at=event.occurred_at,
        status=rule.leads_to or before.status,
    )  # fmt: skip
    after, seal = _as_told(after, event, parsed.details), getattr(parsed.details, "seal", UNSET)
    if is_strict(view):
        if event.type in _PLACING:
            after = replace(after, lodged=getattr(parsed.details, "to_agent", UNSET))
        _check_replaced(view, before, parsed.details)
        if isinstance(seal, SealSeen) and (not seal.intact or event.type == "transfer.returned"):
            after = replace(after, is_sealed=seal.intact)
    changes: tuple[StateRecord, ...] = (after,)
    defects: Defects = ()
    if event.type.startswith("transfer."):
        changes, defects = transfer_exhibit(view, before, after, parsed)
        if event.type == "transfer.returned" and before.is_sealed and is_strict(view) and not is_set(seal):
            defects += (("defect.seal-unsaid", "it left sealed, and nothing is said of its seal now that it is back"),)
    if event.occurred_at < before.occurred_at:
        text = f"occurred at {event.occurred_at}, the act before at {before.occurred_at}"
        defects += (("defect.time-backward", text),)
    if event.type == "custody.taken-over":
        defects += (("defect.taken-over", f"taken over from {before.holder}, who did not sign"),)
    return changes, defects


def _check_replaced(view: View, before: Exhibit, details: Record) -> None:
    """What takes an exhibit's place takes over what binds it; one that a bundle doesn't carry is passed over there."""
    name = details.replaced_by if isinstance(details, ExhibitVoided) else UNSET
    other = view.exhibit(name.case, name.exhibit) if isinstance(name, ExhibitName) else None
    lacking = set(before.bound_to) - set(() if other is None else other.bound_to)
    if lacking and (other is not None or (view.is_whole and is_set(name))):
        text = f"expected what replaces {before.name} bound to {', '.join(sorted(lacking))}, found it free"
        raise RuleViolation("rule.bound", text)


def _as_told(after: Exhibit, event: Event, details: Record) -> Exhibit:
    """Return an exhibit with what its act itself says of holder, status and seal."""
    match details:
        case HandedOver() | TakenOver():
            to = next(signer for signer in event.signers if signer.as_ == "to").party
            if to == after.holder:
                raise RuleViolation("rule.same-party", f"expected another party to receive, found the holder {to}")
            return replace(after, holder=to)
        case Moved(carrier=carrier):
            return replace(after, status="in-transit" if is_set(carrier) else "held")
        case ExhibitReleased(terms=terms):
            return replace(after, status="lent" if terms == "lent" else "released")
        case ExhibitSealed() | ExhibitUnsealed() | ExhibitIncident(kind="seal-broken"):
            return replace(after, is_sealed=isinstance(details, ExhibitSealed))
        case _:
            return after


_PLACING = frozenset(
    {
        *("custody.handed-over", "custody.moved", "custody.taken-over", "exhibit.released", "exhibit.returned"),
        "transfer.dispatched",
    }
)
"""Acts after which a thing is where they say, and nowhere else."""
