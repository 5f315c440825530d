"""The part of the reducer that knows consents: who gave one, for which exhibits, and whether it still stands."""

from __future__ import annotations

from msgspec.structs import replace

from custody.verify.rules.on_record import Defects, check_request, enrolled, is_elsewhere, paper_alone
from custody.verify.rules.view import Agent, Consent, View, is_strict
from schemas.details.consent import ConditionsMet, ConsentRecorded, ConsentRevoked
from schemas.errors import RuleViolation
from schemas.event import About, Event, ParsedEvent
from schemas.types import UNSET, Role

AUTHORITY: frozenset[Role] = frozenset({"authority", "court"})
"""Roles of the officials who may themselves consent for their authority."""


def change_consent(view: View, parsed: ParsedEvent) -> tuple[Consent, ...]:
    """Return what a ``consent.*`` event changes.

    Raises:
        RuleViolation: ``rule.unknown-agent``, ``rule.consent-authority``, ``rule.request-unknown``,
            ``rule.consent-signer``, ``rule.consent-event``, ``rule.consent-exhibits``, ``rule.consent-revoked``,
            ``rule.consent-condition``, ``rule.agent-left``.
    """
    event, details = parsed.event, parsed.details
    if isinstance(details, ConsentRecorded):
        return (_record(view, parsed, details),)
    about = event.about
    assert isinstance(about, tuple), "the anchor of consents"
    known = view.consent(str(about[0].event))
    if known is None:
        if not view.is_whole:
            return ()  # a consent about exhibits that a bundle does not carry
        raise RuleViolation("rule.consent-event", "expected the event that recorded a consent, found another")
    if {item.event for item in about} != {known.id} or _exhibits(about) != known.exhibits:
        raise RuleViolation("rule.consent-exhibits", "expected one consent, and all the exhibits that it is about")
    if known.is_revoked:
        raise RuleViolation("rule.consent-revoked", "expected a consent that stands, found it revoked")
    if isinstance(details, ConsentRevoked):
        if details.manner == "key":
            _check_official(view, event, known.authority)
        return (replace(known, is_revoked=True),)
    assert isinstance(details, ConditionsMet)
    strange = [code for code in details.conditions if code not in known.unmet]
    if strange:
        text = f"expected conditions that still bar the release, found {', '.join(strange)}"
        raise RuleViolation("rule.consent-condition", text)
    return (replace(known, unmet=tuple(code for code in known.unmet if code not in details.conditions)),)


def _record(view: View, parsed: ParsedEvent, details: ConsentRecorded) -> Consent:
    about = parsed.event.about
    assert isinstance(about, tuple), "the anchor of consents"
    authority, recipient = enrolled(view, details.authority), enrolled(view, details.recipient)
    is_v2 = is_strict(view)
    _check_authority(authority, is_strict=is_v2)
    check_request(view, details.request)
    if details.manner == "key":
        _check_official(view, parsed.event, details.authority)
    conditions = details.conditions or ()
    return Consent(
        id=parsed.hash,
        authority=details.authority,
        recipient=details.recipient,
        exhibits=_exhibits(about),
        # A paper of next year lets nothing go today.
        valid_from=max(details.valid_from, details.issued_at) if is_v2 else details.valid_from,
        valid_until=details.valid_until or None,
        unmet=tuple(item.code for item in conditions if item.before),
        request=details.request or None,
        onward=details.onward,
        conditions=tuple(item.code for item in conditions),
        is_by_letter=details.manner == "letter" or UNSET,
        is_by_key=(details.manner == "key" and is_v2) or UNSET,
        to_country=(recipient.country or "") if is_v2 else UNSET,
        to_ledger=(is_v2 and recipient.ledger) or UNSET,
    )


def consent_defects(view: View, parsed: ParsedEvent) -> Defects:
    """Return what is doubtful in how a consent came: whom this ledger enrols speaks for no authority abroad, and paper
    is the word of whoever recorded it, where the authority keeps a ledger of its own.
    """
    details = parsed.details
    if not isinstance(details, ConsentRecorded) or not is_foreign(view, details.authority):
        return ()
    if details.manner == "paper":
        return paper_alone(view, details.authority)
    text = f"{details.authority} is abroad, and consented by the key of {parsed.event.actor}, who was enrolled here"
    return (("defect.consent-key", text),) if details.manner == "key" else ()


def is_foreign(view: View, authority: str) -> bool:
    """Tell whether an authority is in another country, or, where none is on record, keeps another ledger."""
    ledger = view.ledger()
    return ledger is not None and is_elsewhere(view.agent(authority), ledger)


def _exhibits(about: tuple[About, ...]) -> tuple[str, ...]:
    return tuple(sorted(str(item.exhibit) for item in about))


def _check_authority(agent: Agent, *, is_strict: bool) -> None:
    """Who works on a case doesn't consent to what leaves of it: an authority does, or an official."""
    if agent.kind not in {"organisation", "unit"} and agent.role_since(AUTHORITY) is None:
        text = f"expected an organisation, a unit or an official with the role authority as authority, found {agent.id}"
        raise RuleViolation("rule.consent-authority", text)
    if is_strict and agent.has_left:
        raise RuleViolation("rule.agent-left", f"expected an authority in office, found {agent.id}, which has left")


def _check_official(view: View, event: Event, authority: str) -> None:
    """A consent by key is signed by an official: the authority itself, or who has the role and acts for it."""
    actor, unit = enrolled(view, event.actor), view.agent(authority)
    is_member = unit is not None and unit.member_since(actor.id) is not None
    stands_for = authority in {event.actor, event.signers[0].party} or is_member
    if actor.role_since(AUTHORITY) is None or not stands_for:
        text = f"expected an official of {authority} with the role authority to sign, found {event.actor}"
        raise RuleViolation("rule.consent-signer", text)
