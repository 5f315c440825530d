"""Which subjects an event belongs to: what completeness is proven over (docs/spec/completeness.md)."""

from __future__ import annotations

from custody.verify.rules.view import View, is_strict
from schemas.details.exhibit import Foreign
from schemas.details.ledger import AgentChanged, AgentEnrolled, AgentKeyAdded, AgentKeyRevoked, LedgerOpened
from schemas.details.transfer import TransferAccepted, TransferRefused, TransferReturned
from schemas.event import About, ParsedEvent
from schemas.subject import Subject
from schemas.types import UNSET, Record, is_set

LEDGER: Subject = ("ledger",)
_OF_AGENT = (AgentChanged, AgentEnrolled, AgentKeyAdded, AgentKeyRevoked)


def subjects_of(view: View, item: ParsedEvent | About) -> tuple[Subject, ...]:
    """Return the subjects of an event, or of one element of ``about``.

    An element that names an exhibit, agent or case that ``view`` does not know gives none: in a bundle it speaks of
    something that is not carried.
    """
    if isinstance(item, About):
        return _subject_about(view, item)
    event, details = item.event, item.details
    if event.link is not UNSET:
        return _subjects_of_act(view, ("exhibit", str(event.case), str(event.exhibit)), item)
    if isinstance(event.about, tuple):
        return tuple(dict.fromkeys(subject for about in event.about for subject in _subject_about(view, about)))
    if isinstance(details, LedgerOpened):
        return (LEDGER, *(("agent", agent.agent) for agent in details.agents))
    if isinstance(details, _OF_AGENT):
        return (("agent", details.agent),)
    if event.type.startswith("request."):
        return (("request", details.request),)  # type: ignore[attr-defined]
    if isinstance(details, TransferRefused):
        return ("transfer", details.transfer), *_decided(view, details)
    return (("case", str(event.case)),) if is_set(event.case) else (LEDGER,)


def decided_in(details: Record) -> tuple[str, ...]:
    """Return the dispatches of another ledger, by event hash, that an event accepts, refuses or takes back."""
    if isinstance(details, TransferRefused):
        return tuple(item.head for item in details.exhibits or ())
    foreign = details.foreign if isinstance(details, TransferAccepted | TransferReturned) else None
    return (foreign.head,) if isinstance(foreign, Foreign) else ()


def _decided(view: View, details: Record) -> tuple[Subject, ...]:
    """Under version 2 of the gate what is decided on a dispatch is a subject: who shows one decision shows all."""
    return tuple(("dispatch", head) for head in dict.fromkeys(decided_in(details))) if is_strict(view) else ()


def _subjects_of_act(view: View, exhibit: Subject, item: ParsedEvent) -> tuple[Subject, ...]:
    """Return the exhibit, and where it is put on the lists of a case or a transfer these too."""
    listed: tuple[Subject, ...] = (exhibit,)
    kind = item.event.type
    if kind in {"exhibit.registered", "transfer.accepted"}:
        listed += (("case-exhibits", exhibit[1]),)
    if kind.startswith("transfer."):
        listed += ("transfer", item.details.transfer), *_decided(view, item.details)  # type: ignore[attr-defined]
    return listed


def _subject_about(view: View, about: About) -> tuple[Subject, ...]:
    if is_set(about.exhibit):
        exhibit = view.registered(str(about.exhibit))
        return () if exhibit is None else (("exhibit", exhibit.case, exhibit.number),)
    if is_set(about.agent):
        return () if view.agent(str(about.agent)) is None else (("agent", str(about.agent)),)
    if is_set(about.case):
        return () if view.case(str(about.case)) is None else (("case", str(about.case)),)
    if is_set(about.ledger):
        ledger = view.ledger()
        return (LEDGER,) if ledger is not None and ledger.origin == about.ledger else ()
    return () if view.request(str(about.request)) is None else (("request", str(about.request)),)
