"""Where something goes: which events let a thing out, to whom and to which country, and whose country decides that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from custody.verify.gate.contents import content_root, digests_of
from custody.verify.rules.on_record import country_told, is_abroad
from custody.verify.rules.transfers import came_abroad
from custody.verify.rules.view import Agent, Ledger, View
from schemas.details.consent import ConditionsMet, ConsentRecorded
from schemas.details.custody import HandedOver, Moved, TakenOver
from schemas.details.exhibit import ExhibitDisposed, ExhibitRegistered, ExhibitReleased, ExhibitReturned
from schemas.details.ledger import AgentChanged
from schemas.details.record import AccessLogged, BundleExported, DisclosureErased
from schemas.details.request import RequestAnswered, RequestSent
from schemas.details.transfer import TransferDispatched, TransferRecalled, TransferReceipt, TransferReturned
from schemas.event import ParsedEvent
from schemas.types import UNSET, Record, is_set

HANDING: Final = (ExhibitDisposed, ExhibitReleased, HandedOver, Moved, TakenOver)
"""Acts by which a thing may get to another country."""
_LETTING: Final = frozenset[type]({
    *HANDING, AccessLogged, AgentChanged, BundleExported, ConditionsMet, ConsentRecorded, DisclosureErased,
    ExhibitReturned, RequestAnswered, RequestSent, TransferDispatched, TransferRecalled, TransferReceipt,
})  # fmt: skip
_TAKING: Final = (ExhibitRegistered, ExhibitReturned, TransferRecalled, TransferReceipt, TransferReturned)
"""Acts by which somebody holds what was not in his hands, and that say of nothing where it goes."""
_NOWHERE: Final = frozenset({"destroyed", "wiped"})


class Goal(msgspec.Struct, frozen=True):
    """Where something goes: to an agent, perhaps unknown or nobody, and to a country, if one is named beside him."""

    to: str
    country: str | None = None


def goal_of(view: View, parsed: ParsedEvent, ledger: Ledger) -> Goal | None:
    """Return to whom an event lets something out, or nothing where it is no release or names nobody."""
    # Asked of most entries of a replay, which are acts that go nowhere.
    if parsed.event.link is not UNSET and not isinstance(parsed.details, TransferDispatched):
        return _goal_abroad(view, parsed, ledger)
    match parsed.details:
        case BundleExported(to=to) | TransferDispatched(to=to):
            return Goal(str(to)) if is_set(to) else None
        case AccessLogged(action="exported", agent=agent):
            return Goal(str(agent)) if is_set(agent) else None
        case RequestAnswered(request=request) | RequestSent(request=request):
            known = view.request(request)
            return None if known is None else Goal(known.peer)
        case _:
            return None


def concerns_gate(parsed: ParsedEvent) -> bool:
    """Tell whether an event may let something out, say who may have it, or destroy what says so: of any other
    `check_release` finds nothing wrong, `counterparts` nobody, and `ErasedDocuments` takes nothing in. Its type and
    signers alone tell.
    """
    details = parsed.details
    is_taking = isinstance(details, ExhibitRegistered | TransferReturned)
    return is_taking or type(details) in _LETTING or bool(_receivers(parsed))


def way_told(parsed: ParsedEvent) -> tuple[object, ...] | None:
    """Return what an act itself says of where a thing goes; nothing for an event of which the gate asks more.

    Of two acts of one type, by the same signers, that say the same, both stay here if one does (`stays`), as long as
    nothing changes in who is on record: so a replay need not ask about the second.
    """
    details = parsed.details
    if isinstance(details, HANDING):
        return *_destination(details), getattr(details, "manner", ""), is_set(getattr(details, "carrier", UNSET))
    return (_was_here(details),) if isinstance(details, ExhibitRegistered) else None


def stays(view: View, parsed: ParsedEvent) -> bool:
    """Tell whether an event lets nothing out, and is signed by nobody abroad: what one abroad has, others may miss."""
    ledger, signers = view.ledger(), [agent for it in parsed.event.signers for agent in (it.party, it.agent)]
    if ledger is None or any(is_abroad(view.agent(agent), ledger) for agent in signers):
        return False
    return goal_of(view, parsed, ledger) is None


def names_nobody(parsed: ParsedEvent) -> bool:
    """Tell whether an event exports something without a recipient on record, so that no consent can be looked for: a
    letter too may enclose evidence.
    """
    return isinstance(parsed.details, BundleExported) and not is_set(parsed.details.to)


def names_no_goal(view: View, parsed: ParsedEvent, ledger: Ledger) -> bool:
    """Tell whether a thing goes somewhere by an act that doesn't say in clear to whom or to which country, and of
    the receiver's party, which holds it then, is no country on record. Under version 1 of the gate it goes by a
    carrier, or out of the house, and any receiver who signs is enough.
    """
    details, manner = parsed.details, getattr(parsed.details, "manner", "")
    if not isinstance(details, HANDING) or manner in _NOWHERE or _destination(details) != ("", None):
        return False
    receivers = _receivers(parsed)
    if ledger.is_strict:
        party = view.agent(receivers[0]) if receivers else None
        return party is None or party.country is None
    leaves = isinstance(details, ExhibitReleased) or is_set(getattr(details, "carrier", UNSET))
    return (leaves or manner == "returned-to-owner") and not receivers


def _goal_abroad(view: View, parsed: ParsedEvent, ledger: Ledger) -> Goal | None:
    """Return who of another country receives a thing by hand, by carrier or for good, or nothing where it stays."""
    receivers = _receivers(parsed)
    for agent in receivers:
        if is_abroad(view.agent(agent), ledger):
            return Goal(agent)
    to, country = _destination(parsed.details)
    if not (to or country):
        return None
    named = view.agent(to)
    countries = {country, None if named is None else named.country} - {None}
    stays = countries == {ledger.country} and (not to or named is not None) and not is_abroad(named, ledger)
    receiver = next(iter(receivers), "") if ledger.is_strict else ""
    return None if stays else Goal(to or receiver, country)


def counterparts(view: View, parsed: ParsedEvent) -> Iterator[Agent]:
    """Yield, under version 2 of the gate, whose country decides what may leave: who gets or holds something, or
    consents.
    """
    ledger, details, signer = view.ledger(), parsed.details, parsed.event.signers[0]
    if ledger is None or not ledger.is_strict:
        return
    goal = goal_of(view, parsed, ledger)
    names = [*_receivers(parsed), _destination(details)[0], "" if goal is None else goal.to]
    names += [details.authority] if isinstance(details, ConsentRecorded) else []
    names += [signer.party, signer.agent] if _was_here(details) else []
    yield from (agent for name in dict.fromkeys(names) if (agent := view.agent(name)) is not None)


def holders_abroad(view: View, parsed: ParsedEvent, ledger: Ledger) -> Iterator[tuple[str, str]]:
    """Yield who abroad becomes the holder of what was here, or came from another ledger, by registering it or taking
    it back; and who is entered as abroad, with the name of what he holds: no act says of it that it goes anywhere.
    To be asked under version 2 of the gate.
    """
    details, signer = parsed.details, parsed.event.signers[0]
    if isinstance(details, _TAKING):
        abroad = [agent for agent in (signer.party, signer.agent) if is_abroad(view.agent(agent), ledger)]
        if abroad and _is_taken(view, parsed, ledger):
            yield from ((agent, "") for agent in abroad)
    if not isinstance(details, AgentChanged):
        return
    before = view.agent(details.agent)
    if before is not None and not is_abroad(before, ledger):
        country, origin = country_told(view, details, before.country), details.ledger or before.ledger
        if is_abroad(msgspec.structs.replace(before, country=country, ledger=origin), ledger):
            yield from ((before.id, item.name) for item in view.held_by(before.id))


def _is_taken(view: View, parsed: ParsedEvent, ledger: Ledger) -> bool:
    """Tell whether an act makes who signs it the holder of what was here: he registers it or it comes back to him, and
    not where it was given away before, or whence he had sent it himself.
    """
    details = parsed.details
    if isinstance(details, ExhibitRegistered | TransferReturned):
        return _was_here(details) or _is_held(view, details, ledger)
    exhibit = view.exhibit(str(parsed.event.case), str(parsed.event.exhibit))
    if exhibit is None or isinstance(details, ExhibitReturned):
        is_released = exhibit is not None and exhibit.status == "released"
        return is_released and not is_abroad(view.agent(str(exhibit.lodged)), ledger)  # type: ignore[union-attr]
    return getattr(details, "outcome", "refused") == "refused" and came_abroad(view, exhibit.dispatch)


def _was_here(details: Record) -> bool:
    """Tell whether an act takes back what had left, or registers what comes of something known already."""
    if isinstance(details, ExhibitRegistered):
        return not (details.derived_from is details.foreign is details.same_object_as is UNSET)
    return isinstance(details, TransferReturned)


def _is_held(view: View, details: Record, ledger: Ledger) -> bool:
    """Tell whether a whole ledger knows files of a registration already, of an exhibit that is with somebody here."""
    wanted, root = set(digests_of(details)), content_root(details)
    known = view.holders(tuple(wanted)) if view.is_whole else {}
    held = ((digest, item.holder) for digest, items in known.items() for item in items)
    here = {digest for digest, holder in held if not is_abroad(view.agent(holder), ledger)}
    return bool(here) and (root in here or wanted - {root} <= here)


def _receivers(parsed: ParsedEvent) -> tuple[str, ...]:
    """Return who signs as receiver, if anybody: his party, and himself."""
    if len(parsed.event.signers) == 1:
        return ()
    receivers = [signer for signer in parsed.event.signers[1:] if signer.as_ == "to"]
    return tuple([agent for signer in receivers for agent in (signer.party, signer.agent)])


def _destination(details: Record) -> tuple[str, str | None]:
    """Return to whom and to which country an act says that a thing goes, an empty text and nothing where it doesn't."""
    if not isinstance(details, HANDING):
        return "", None
    return getattr(details, "to_agent", UNSET) or "", details.to_country or None
