"""The event types: which details each has, and by what it is anchored (docs/spec/events.md, the normative table).

The anchor says which of ``case``, ``exhibit``, ``link`` and ``about`` an event carries: ``link`` a custody act (case,
exhibit and link), ``case`` only the case, ``about`` an annotation, ``none`` none of them. Who may sign what in which
state is beside it, in `custody.verify.rules.table`.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from schemas.details import asset, case, consent, custody, exhibit, law, ledger, observation, record, request, transfer
from schemas.errors import RecordError
from schemas.types import Record

Anchor = Literal["about", "case", "link", "none"]


class EventType(msgspec.Struct, frozen=True):
    """The shape of one event type."""

    details: type[Record]
    anchor: Anchor


DETAILS: dict[str, EventType] = {
    "access.logged": EventType(record.AccessLogged, "about"),
    "agent.changed": EventType(ledger.AgentChanged, "none"),
    "agent.enrolled": EventType(ledger.AgentEnrolled, "none"),
    "agent.key-added": EventType(ledger.AgentKeyAdded, "none"),
    "agent.key-revoked": EventType(ledger.AgentKeyRevoked, "none"),
    "asset.freeze-changed": EventType(asset.FreezeChanged, "about"),
    "asset.observed": EventType(observation.AssetObserved, "about"),
    "bundle.exported": EventType(record.BundleExported, "about"),
    "case.changed": EventType(case.CaseChanged, "case"),
    "case.closed": EventType(case.CaseClosed, "case"),
    "case.opened": EventType(case.CaseOpened, "case"),
    "consent.conditions-met": EventType(consent.ConditionsMet, "about"),
    "consent.recorded": EventType(consent.ConsentRecorded, "about"),
    "consent.revoked": EventType(consent.ConsentRevoked, "about"),
    "custody.handed-over": EventType(custody.HandedOver, "link"),
    "custody.moved": EventType(custody.Moved, "link"),
    "custody.taken-over": EventType(custody.TakenOver, "link"),
    "disclosure.erased": EventType(record.DisclosureErased, "about"),
    "event.attached": EventType(record.EventAttached, "about"),
    "exhibit.checked": EventType(exhibit.ExhibitChecked, "about"),
    "exhibit.copied": EventType(exhibit.ExhibitCopied, "link"),
    "exhibit.disposed": EventType(exhibit.ExhibitDisposed, "link"),
    "exhibit.examined": EventType(exhibit.ExhibitExamined, "link"),
    "exhibit.incident": EventType(exhibit.ExhibitIncident, "link"),
    "exhibit.linked": EventType(exhibit.ExhibitLinked, "about"),
    "exhibit.registered": EventType(exhibit.ExhibitRegistered, "link"),
    "exhibit.released": EventType(exhibit.ExhibitReleased, "link"),
    "exhibit.returned": EventType(exhibit.ExhibitReturned, "link"),
    "exhibit.sealed": EventType(exhibit.ExhibitSealed, "link"),
    "exhibit.unsealed": EventType(exhibit.ExhibitUnsealed, "link"),
    "exhibit.voided": EventType(exhibit.ExhibitVoided, "link"),
    "jurisdiction.claimed": EventType(law.JurisdictionClaimed, "about"),
    "jurisdiction.resolved": EventType(law.JurisdictionResolved, "about"),
    "ledger.key-added": EventType(ledger.LedgerKeyAdded, "none"),
    "ledger.key-revoked": EventType(ledger.LedgerKeyRevoked, "none"),
    "ledger.opened": EventType(ledger.LedgerOpened, "none"),
    "offence.mapped": EventType(law.OffenceMapped, "about"),
    "record.affirmed": EventType(record.RecordAffirmed, "about"),
    "record.corrected": EventType(record.RecordCorrected, "about"),
    "record.explained": EventType(record.RecordExplained, "about"),
    "release.refused": EventType(consent.ReleaseRefused, "about"),
    "request.answer-received": EventType(request.AnswerReceived, "none"),
    "request.answered": EventType(request.RequestAnswered, "none"),
    "request.closed": EventType(request.RequestClosed, "none"),
    "request.completed": EventType(request.RequestCompleted, "none"),
    "request.drafted": EventType(request.RequestDrafted, "none"),
    "request.extended": EventType(request.RequestExtended, "none"),
    "request.received": EventType(request.RequestReceived, "none"),
    "request.sent": EventType(request.RequestSent, "none"),
    "request.withdrawn": EventType(request.RequestWithdrawn, "none"),
    "transfer.accepted": EventType(transfer.TransferAccepted, "link"),
    "transfer.contested": EventType(transfer.TransferContested, "about"),
    "transfer.dispatched": EventType(transfer.TransferDispatched, "link"),
    "transfer.lost": EventType(transfer.TransferLost, "link"),
    "transfer.recalled": EventType(transfer.TransferRecalled, "link"),
    "transfer.receipt": EventType(transfer.TransferReceipt, "link"),
    "transfer.refused": EventType(transfer.TransferRefused, "none"),
    "transfer.returned": EventType(transfer.TransferReturned, "link"),
}
"""Every type of version 1."""


def details_type(name: str) -> type[Record]:
    """Return the type of the details of event type ``name``.

    Raises:
        RecordError: ``event.type``.
    """
    known = DETAILS.get(name)
    if known is None:
        raise RecordError("event.type", f"expected an event type of version 1, found {name[:64]!r}")
    return known.details
