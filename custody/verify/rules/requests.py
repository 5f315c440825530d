"""The part of the reducer that knows assistance requests: what may follow what, on either side of the border.

    asking side    drafted -> sent -> answered -> closed        asked side    received -> answered -> closed

and withdrawn from any of these but closed. Deadlines and missing fields are for the procedure profile; here stands
only what would make the record contradict itself.
"""

from __future__ import annotations

from typing import Final, Literal

from msgspec.structs import replace

from custody.verify.rules.on_record import check_agents, check_request
from custody.verify.rules.view import Request, View, is_strict
from schemas import limits
from schemas.details.consent import Grant
from schemas.details.request import (
    GRANTING,
    Answer,
    AnswerReceived,
    RequestBody,
    RequestClosed,
    RequestDrafted,
    RequestExtended,
    RequestReceived,
    RequestWithdrawn,
)  # fmt: skip
from schemas.errors import RuleViolation
from schemas.event import ParsedEvent
from schemas.types import UNSET, Unset, is_set

_OPEN: Final = ("drafted", "sent", "received", "answered", "withdrawn")
_LIVE: Final = ("drafted", "sent", "received", "answered")
_BEFORE: Final = {
    "request.answer-received": ("sent", "answered", "withdrawn"),
    "request.answered": ("received", "answered"),
    "request.closed": _OPEN,
    "request.completed": _LIVE,
    "request.extended": ("sent", "received", "answered"),
    "request.sent": ("drafted", "sent", "answered"),
    "request.withdrawn": _LIVE,
}
"""The statuses in which each act on a known request is possible."""
_AFTER: Final = {
    "request.answer-received": "answered",
    "request.answered": "answered",
    "request.closed": "closed",
    "request.sent": "sent",
    "request.withdrawn": "withdrawn",
}
_SIDE: Final = {"request.answer-received": "outgoing", "request.answered": "incoming", "request.sent": "outgoing"}


def change_request(view: View, parsed: ParsedEvent) -> Request:
    """Return what a ``request.*`` event makes of its request.

    Raises:
        RuleViolation: ``rule.request-exists``, ``rule.request-unknown``, ``rule.request-state``,
            ``rule.request-side``, ``rule.request-peer``, ``rule.unknown-agent``.
    """
    details = parsed.details
    if isinstance(details, RequestBody):
        return _open(view, details)
    known = view.request(details.request)  # type: ignore[attr-defined]
    if known is None:
        raise RuleViolation("rule.request-unknown", f"expected a known request, found {details.request}")  # type: ignore[attr-defined]
    wanted = _BEFORE[parsed.type]
    if known.status not in wanted:
        text = f"expected {known.id} {' or '.join(wanted)} for {parsed.type}, found it {known.status}"
        raise RuleViolation("rule.request-state", text)
    side = _SIDE.get(parsed.type)
    if side is not None and side != known.direction:
        raise RuleViolation("rule.request-side", f"expected an {side} request for {parsed.type}, found {known.id}")
    if isinstance(details, AnswerReceived) and details.from_ != known.peer:
        text = f"expected an answer of {known.peer}, whom {known.id} was sent to, found one of {details.from_}"
        raise RuleViolation("rule.request-peer", text)
    if isinstance(details, Answer):
        # Who decided, and who forwarded (law row C24), are on record: a bundle carries them.
        check_agents(view, details.decided_by, getattr(details, "forwarded_by", UNSET))
        known = replace(known, outcome=details.outcome)
    if isinstance(details, Answer | RequestExtended):
        known = replace(known, until=details.until or known.until)
    if is_strict(view):
        known = replace(known, ended=_ended(known, details), parts=_parts(known, details))
    # Only this side says that it awaits nothing more.
    is_theirs = isinstance(details, RequestClosed) and is_set(details.origin)
    return known if is_theirs else replace(known, status=_AFTER.get(parsed.type, known.status))


def _ended(known: Request, details: object) -> Literal["over", "refused"] | Unset:
    """Return whether and how a request has ended by an event, whatever its status becomes."""
    is_closed = isinstance(details, RequestClosed) and not details.outcome.startswith("executed")
    if known.ended == "over" or is_closed or isinstance(details, RequestWithdrawn):
        return "over"
    if isinstance(details, Answer) and details.outcome in GRANTING:
        return UNSET
    is_refused = isinstance(details, Answer) and details.outcome == "refused" and not is_set(known.parts)
    return "refused" if is_refused else known.ended


def _parts(known: Request, details: object) -> tuple[tuple[str, str], ...] | Unset:
    """Return the exhibits of the parts that were granted since all was, if ever; the newest ones of very many."""
    if not isinstance(details, Answer) or details.outcome not in GRANTING:
        return known.parts
    if details.outcome == "granted":
        return UNSET
    named = [(item.case, item.exhibit) for item in getattr(getattr(details, "grant", UNSET), "exhibits", UNSET) or ()]
    found = tuple(dict.fromkeys((*named, *(known.parts or ()))))[: limits.CONSENTS_ASKED]
    return found if found or known.direction == "outgoing" else UNSET


def grants_elsewhere(view: View, details: object) -> str | None:
    """Say what is doubtful in an answer that lets what is asked go to another country than the one that asked: it may
    let go on what was sent before, and then says what that is (law rows C10, C15).
    """
    grant = getattr(details, "grant", UNSET)
    if not isinstance(grant, Grant) or is_set(grant.exhibits):
        return None
    request = view.request(details.request)  # type: ignore[attr-defined]
    peer = None if request is None else view.agent(request.peer)
    if peer is None or peer.country in {None, grant.to_country}:
        return None
    return f"expected exhibits that may go to {grant.to_country}, found none, and {peer.id} of {peer.country} asked"


def _open(view: View, details: RequestBody) -> Request:
    if view.request(details.request) is not None:
        raise RuleViolation("rule.request-exists", f"expected a new request, found {details.request} on record")
    check_request(view, details.renewal_of)
    check_request(view, details.follows)
    until = details.until or None
    if isinstance(details, RequestDrafted):
        opened = Request(details.request, details.kind, "outgoing", details.to, "drafted", None, until)
    else:
        assert isinstance(details, RequestReceived)
        opened = Request(details.request, details.kind, "incoming", details.from_, "received", None, until)
    check_agents(view, opened.peer)
    return opened
