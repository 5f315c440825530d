"""The normative table: which roles, signers and states each event type wants, and the state that it leads to.

docs/spec/events.md prints this table; a test compares the two. Words of the columns:

    roles      one of these the actor must have
    wants      how many signers must sign as what, beside the actor, (least, most)
    states     an exhibit's status before a custody act
    sealed     True: the exhibit must be sealed, False: unsealed, None: either
    leads_to   status after it; None: unchanged
    holder     the actor's party must be the holder
"""

from __future__ import annotations

import msgspec

from schemas.types import Role, SignsAs, Status

HANDLING: frozenset[Role] = frozenset({"authority", "court", "custodian", "examiner", "provider", "registrar"})
"""Roles that may hold evidence."""
REGISTRAR: frozenset[Role] = frozenset({"registrar"})
SYSTEM: frozenset[Role] = frozenset({"system"})
ASKING: frozenset[Role] = frozenset({"authority", "court", "custodian", "examiner", "registrar"})
"""Roles that write requests, consents and answers down; who decides them is named in the record."""
ANYBODY: frozenset[Role] = HANDLING | {"auditor", "viewer"}
CHECKING: frozenset[Role] = HANDLING | {"auditor", "system"}

Wants = dict[SignsAs, tuple[int, int]]
_MANY = 15
OBSERVED: Wants = {"second": (0, _MANY), "witness": (0, _MANY)}
"""A second officer and witnesses may sign any act; whether they must is for the procedure profile."""
ONE_REGISTRAR: Wants = {**OBSERVED, "registrar": (1, 1)}
RECEIVED: Wants = {**OBSERVED, "to": (1, 1)}

HELD: frozenset[Status] = frozenset({"held"})
KEPT: frozenset[Status] = frozenset({"held", "in-transit"})
ALIVE: frozenset[Status] = frozenset({"held", "in-transit", "lent", "released"})
AWAY: frozenset[Status] = frozenset({"lent", "released"})
TAKEABLE: frozenset[Status] = frozenset({"held", "in-transit", "lent"})
SENT: frozenset[Status] = frozenset({"dispatched"})
CROSSED: frozenset[Status] = frozenset({"transferred"})
NO_STATE: frozenset[Status] = frozenset()


class Rule(msgspec.Struct, frozen=True):
    """One row of the table."""

    roles: frozenset[Role]
    wants: Wants = msgspec.field(default_factory=lambda: OBSERVED)
    states: frozenset[Status] = NO_STATE
    sealed: bool | None = None
    leads_to: Status | None = None
    holder: bool = True
    about: frozenset[str] = frozenset()
    names_event: bool = False


_EXHIBIT = frozenset({"exhibit"})
_ANY_SUBJECT = frozenset({"agent", "case", "exhibit", "ledger", "request"})
_OPTIONAL_REGISTRAR: Wants = {**OBSERVED, "registrar": (0, 1)}

RULES: dict[str, Rule] = {
    "ledger.opened": Rule(REGISTRAR, {"registrar": (0, _MANY)}),
    "ledger.key-added": Rule(REGISTRAR, _OPTIONAL_REGISTRAR),
    "ledger.key-revoked": Rule(REGISTRAR, _OPTIONAL_REGISTRAR),
    "agent.enrolled": Rule(REGISTRAR),
    "agent.changed": Rule(REGISTRAR),
    "agent.key-added": Rule(ANYBODY | SYSTEM, _OPTIONAL_REGISTRAR),
    "agent.key-revoked": Rule(ANYBODY | SYSTEM, _OPTIONAL_REGISTRAR),
    "case.opened": Rule(REGISTRAR),
    "case.changed": Rule(REGISTRAR),
    "case.closed": Rule(REGISTRAR),
    "exhibit.registered": Rule(HANDLING, leads_to="held", holder=False),
    "exhibit.voided": Rule(HANDLING, ONE_REGISTRAR, HELD, leads_to="voided"),
    "custody.handed-over": Rule(HANDLING, RECEIVED, KEPT, leads_to="held"),
    "custody.taken-over": Rule(REGISTRAR, RECEIVED, TAKEABLE, leads_to="held", holder=False),
    "custody.moved": Rule(HANDLING, states=KEPT),
    "exhibit.sealed": Rule(HANDLING, states=HELD, sealed=False),
    "exhibit.unsealed": Rule(HANDLING, states=HELD, sealed=True),
    "exhibit.examined": Rule(HANDLING, states=HELD, sealed=False),
    "exhibit.copied": Rule(HANDLING, states=HELD, sealed=False),
    "exhibit.incident": Rule(HANDLING, states=ALIVE),
    "exhibit.released": Rule(HANDLING, {**OBSERVED, "to": (0, 1)}, HELD),
    "exhibit.returned": Rule(HANDLING, states=AWAY, leads_to="held"),
    "exhibit.disposed": Rule(HANDLING, ONE_REGISTRAR, HELD, leads_to="disposed"),
    "transfer.accepted": Rule(HANDLING, leads_to="held", holder=False),
    "transfer.dispatched": Rule(HANDLING, states=HELD, leads_to="dispatched"),
    "transfer.receipt": Rule(HANDLING, states=SENT, holder=False),
    "transfer.recalled": Rule(HANDLING, states=SENT, holder=False),
    "transfer.lost": Rule(HANDLING, states=SENT, holder=False),
    "transfer.returned": Rule(HANDLING, states=CROSSED | SENT | KEPT, leads_to="held", holder=False),
    "transfer.refused": Rule(HANDLING),
    "transfer.contested": Rule(HANDLING, about=_EXHIBIT),
    "request.answer-received": Rule(ASKING),
    "request.answered": Rule(ASKING),
    "request.closed": Rule(ASKING),
    "request.completed": Rule(ASKING),
    "request.drafted": Rule(ASKING),
    "request.extended": Rule(ASKING),
    "request.received": Rule(ASKING),
    "request.sent": Rule(ASKING),
    "request.withdrawn": Rule(ASKING),
    "consent.conditions-met": Rule(ASKING, about=_EXHIBIT, names_event=True),
    "consent.recorded": Rule(ASKING, about=_EXHIBIT),
    "consent.revoked": Rule(ASKING, about=_EXHIBIT, names_event=True),
    "release.refused": Rule(HANDLING | SYSTEM, about=_EXHIBIT),
    "jurisdiction.claimed": Rule(ASKING, about=frozenset({"case"})),
    "jurisdiction.resolved": Rule(ASKING, about=frozenset({"case"})),
    "offence.mapped": Rule(ASKING, about=frozenset({"case", "exhibit", "request"})),
    "asset.freeze-changed": Rule(HANDLING, about=_EXHIBIT),
    "asset.observed": Rule(CHECKING, about=_EXHIBIT),
    "exhibit.linked": Rule(HANDLING, about=_EXHIBIT),
    "exhibit.checked": Rule(CHECKING, about=_EXHIBIT),
    "record.affirmed": Rule(ANYBODY | SYSTEM, _OPTIONAL_REGISTRAR, about=_ANY_SUBJECT, names_event=True),
    "record.corrected": Rule(HANDLING, about=frozenset({"agent", "case", "exhibit", "request"}), names_event=True),
    "record.explained": Rule(HANDLING, about=frozenset({"agent", "case", "exhibit", "request"}), names_event=True),
    "bundle.exported": Rule(HANDLING, about=frozenset({"exhibit", "request"})),
    "access.logged": Rule(SYSTEM, {}, about=frozenset({"case", "exhibit"})),
    "disclosure.erased": Rule(HANDLING, ONE_REGISTRAR, about=_ANY_SUBJECT),
    "event.attached": Rule(HANDLING, about=frozenset({"agent", "case", "exhibit"})),
}
"""Every type of version 1, each with its row."""
