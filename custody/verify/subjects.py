"""Which subjects an event belongs to: what completeness is proven over (docs/spec/completeness.md)."""

from __future__ import annotations

from custody.verify.state import Subject, View
from schemas.details.ledger import AgentChanged, AgentEnrolled, AgentKeyAdded, AgentKeyRevoked, LedgerOpened
from schemas.event import About, ParsedEvent
from schemas.types import is_set

LEDGER: Subject = ("ledger",)


def subjects_of(view: View, item: ParsedEvent | About) -> tuple[Subject, ...]:
    """Return the subjects of an event, or of one element of ``about``.

    An element that names an exhibit, agent or case that ``view`` does not know gives none: in a bundle it speaks of
    something that is not carried.
    """
    if isinstance(item, About):
        return _subject_about(view, item)
    event, details = item.event, item.details
    if isinstance(event.about, tuple):
        return tuple(dict.fromkeys(subject for about in event.about for subject in _subject_about(view, about)))
    if isinstance(details, LedgerOpened):
        return (LEDGER, *(("agent", agent.agent) for agent in details.agents))
    if isinstance(details, AgentChanged | AgentEnrolled | AgentKeyAdded | AgentKeyRevoked):
        return (("agent", details.agent),)
    case = str(event.case)
    if is_set(event.link):
        exhibit = ("exhibit", case, str(event.exhibit))
        return (exhibit, ("case-exhibits", case)) if event.type == "exhibit.registered" else (exhibit,)
    return (("case", case),) if is_set(event.case) else (LEDGER,)


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
    return ()
