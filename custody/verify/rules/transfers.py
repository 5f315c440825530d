"""The part of the reducer that knows transfers: custody crosses to another ledger, and moves exactly once.

The sender's exhibit is `dispatched` until a receipt, a recall or a loss; then `transferred`, or back with the sender.
The receiver's begins with `transfer.accepted`. Nothing ever makes two holders: a receipt finds the exhibit dispatched
under its own transfer, or it is refused.
"""

from __future__ import annotations

from msgspec.structs import replace

from custody.verify.rules.on_record import Defects, check_agents, check_request, is_abroad, is_later, paper_alone
from custody.verify.rules.subjects import decided_in
from custody.verify.rules.table import REGISTRAR
from custody.verify.rules.view import Dispatch, Exhibit, Transfer, View, is_strict
from schemas import limits
from schemas.details.exhibit import ExhibitRegistered, Foreign
from schemas.details.record import BundleExported
from schemas.details.transfer import (
    TransferAccepted,
    TransferDispatched,
    TransferLost,
    TransferRecalled,
    TransferReceipt,
    TransferRefused,
    TransferReturned,
)  # fmt: skip
from schemas.errors import RuleViolation
from schemas.event import Event, ParsedEvent
from schemas.types import UNSET, is_set

Changed = tuple[tuple[Exhibit | Transfer, ...], Defects]


def transfer_exhibit(view: View, before: Exhibit, after: Exhibit, parsed: ParsedEvent) -> Changed:
    """Return the exhibit after a ``transfer.*`` act on it, and the dispatch of another ledger that is decided on with
    it, if one is; ``after`` is the exhibit with the link moved on.

    Raises:
        RuleViolation: ``rule.transfer-to``, ``rule.transfer-item``, ``rule.transfer-other``, ``rule.transfer-twice``,
            ``rule.transfer-sender``, ``rule.request-unknown``, ``rule.state``, ``rule.unknown-agent``.
    """
    details = parsed.details
    if isinstance(details, TransferDispatched):
        return _dispatch(view, before, after, details)
    if isinstance(details, TransferReturned):
        return _take_back(view, before, after, parsed.event, details)
    dispatch = before.dispatch
    assert isinstance(details, TransferLost | TransferRecalled | TransferReceipt)
    if dispatch is None or dispatch.transfer != details.transfer:
        found = "none" if dispatch is None else dispatch.transfer
        raise RuleViolation("rule.transfer-other", f"expected the transfer {found}, found {details.transfer}")
    _check_sender(view, dispatch.sender, parsed.event)
    if isinstance(details, TransferLost):
        return (after,), (("defect.transfer-lost", f"sent to {dispatch.to} and lost on the way"),)
    alone = paper_alone(view, dispatch.to) if getattr(details, "manner", "") == "paper" else ()
    alone += _early(dispatch, details)
    if isinstance(details, TransferReceipt) and details.outcome != "refused":
        return (replace(after, status="transferred"),), alone
    # What was refused or recalled is with its sender again; a thing is still on the road back to him. They may have
    # accepted it all the same: an intact copy of a parcel that they refused unread, or what was recalled too late.
    status = "in-transit" if dispatch.is_original else "held"
    recalled = (*(before.recalled or ()), dispatch.transfer)
    holder = parsed.event.signers[0].party if came_abroad(view, dispatch) else dispatch.sender
    return (replace(after, status=status, holder=holder, dispatch=None, recalled=recalled),), alone


def _early(dispatch: Dispatch, details: TransferRecalled | TransferReceipt) -> Defects:
    """Say of a receipt that it is from before the dispatch that it ends: it is of another one."""
    sent_at, decided_at = dispatch.sent_at, getattr(details, "decided_at", None)
    is_early = sent_at and decided_at and is_later(sent_at, decided_at)
    return (("defect.receipt-early", f"sent at {sent_at}, and decided on at {decided_at}"),) if is_early else ()


def came_abroad(view: View, dispatch: Dispatch | None) -> bool:
    """Tell whether who sent something from here is abroad by now: under version 2 of the gate he doesn't get it back
    there, and who says that it comes back has it.
    """
    return dispatch is not None and not dispatch.from_abroad and _is_abroad(view, dispatch.sender)


def _is_abroad(view: View, agent: str) -> bool:
    ledger = view.ledger()
    return ledger is not None and ledger.is_strict and is_abroad(view.agent(agent), ledger)


def _take_back(view: View, before: Exhibit, after: Exhibit, event: Event, details: TransferReturned) -> Changed:
    """What had left is back: it ends the dispatch, or one that was over and that they had accepted all the same."""
    dispatch, recalled = before.dispatch, before.recalled or ()
    if dispatch is None and not recalled:
        raise RuleViolation("rule.state", f"expected an exhibit that was sent away, found it {before.status}")
    away = recalled if dispatch is None else (dispatch.transfer,)
    if details.sent not in away and (is_set(details.sent) or before.status != "transferred"):
        raise RuleViolation("rule.transfer-other", f"expected the transfer {' or '.join(away)}, found {details.sent}")
    _check_sender(view, before.holder if dispatch is None else dispatch.sender, event)
    check_agents(view, details.from_)
    foreign = details.foreign
    if isinstance(foreign, Foreign):
        _check_origin(view, details.from_, foreign)
    decided = _decide(view, details)
    alone = () if is_set(foreign) else paper_alone(view, *([dispatch.to] if dispatch else []), details.from_)
    left = details.sent if dispatch is None else dispatch.transfer
    # Their ledger goes on holding it: they may still let it go there, by a bundle that comes home (version 2).
    still = (str(left),) if alone and is_strict(view) else ()
    recalled = (*(item for item in recalled if item not in {details.sent, *still}), *still)
    after = replace(after, status="held", holder=event.signers[0].party, dispatch=None, recalled=recalled or UNSET)
    if dispatch is None:
        text = f"taken back from {details.from_} after a recall, a refusal or a return on paper"
        return (after, *decided), (*alone, ("defect.returned-after-recall", text))
    if is_set(foreign) or _is_same_side(view, dispatch.to, details.from_):
        return (after, *decided), alone
    text = f"sent to {dispatch.to}, and taken back from {details.from_}, of another country, by paper alone"
    return (after, *decided), (*alone, ("defect.returned-by-another", text))


def _is_same_side(view: View, *names: str) -> bool:
    """Tell whether two agents are one, or of one ledger or country."""
    one, other = (view.agent(name) for name in names)
    if one is None or other is None:
        return one is other
    return one.id == other.id or (one.ledger or "") == other.ledger or (one.country or "") == other.country


def _dispatch(view: View, before: Exhibit, after: Exhibit, details: TransferDispatched) -> Changed:
    check_agents(view, details.to)
    if details.to == before.holder:
        raise RuleViolation("rule.transfer-to", f"expected another party to send it to, found the holder {details.to}")
    if details.item == "copy" and not before.is_derived:
        text = "expected a copy, registered as derived from its original, found an original"
        raise RuleViolation("rule.transfer-item", text)
    check_request(view, details.request)
    is_original, from_abroad = details.item == "original", _is_abroad(view, before.holder) or UNSET
    sent_at = after.occurred_at if is_strict(view) else UNSET
    sent = Dispatch(details.transfer, before.holder, details.to, is_original, from_abroad, sent_at)
    defect = ("defect.not-sealed", "an original sent unsealed, and no reason given (law row C5)")
    is_open = is_original and not before.is_sealed and not is_set(details.not_sealed)
    return (replace(after, holder=details.to, dispatch=sent),), (defect,) if is_open else ()


def accept_exhibit(view: View, exhibit: Exhibit, details: TransferAccepted) -> tuple[Exhibit, Transfer]:
    """Return a newly accepted exhibit, and the dispatch that is decided on with it.

    Raises:
        RuleViolation: ``rule.unknown-agent``, ``rule.transfer-origin``, ``rule.transfer-twice``.
    """
    foreign = details.foreign
    assert isinstance(foreign, Foreign), "the record wants it"
    check_agents(view, details.from_)
    _check_origin(view, details.from_, foreign)
    (decided,) = _decide(view, details)
    return exhibit, decided


def _check_origin(view: View, from_: str, foreign: Foreign) -> None:
    """It came from the ledger of who sent it, and that is another than this."""
    sender, ledger = view.agent(from_), view.ledger()
    if sender is not None and sender.ledger != foreign.ledger:
        text = f"expected a sender whose ledger on record is {foreign.ledger}, found {sender.ledger or 'none'}"
        raise RuleViolation("rule.transfer-origin", text)
    if ledger is not None and ledger.origin == foreign.ledger:
        raise RuleViolation("rule.transfer-origin", "expected an exhibit of another ledger, found one of this")


def check_exported(view: View, event: Event, details: BundleExported) -> None:
    """An export that names a transfer goes with it: each of its exhibits is on its way in it, to the same agent.

    Raises:
        RuleViolation: ``rule.transfer-export``.
    """
    for item in (event.about or ()) if is_set(details.transfer) else ():
        exhibit = view.registered(str(item.exhibit)) if is_set(item.exhibit) else None
        sent = None if exhibit is None else exhibit.dispatch
        is_known = view.is_whole if exhibit is None else view.follows(exhibit)
        if is_known and (sent is None or (sent.transfer, sent.to) != (details.transfer, details.to)):
            text = f"expected only exhibits dispatched to {details.to} in transfer {details.transfer}, found another"
            raise RuleViolation("rule.transfer-export", text)


def bound_by(before: tuple[str, ...], details: ExhibitRegistered) -> tuple[str, ...]:
    """Return the ledgers that bind an exhibit from its first act on: of what it derives from, and the one it came from,
    unless that let it go.

    Raises:
        RuleViolation: ``rule.bound`` for too many.
    """
    foreign = details.foreign
    is_free = isinstance(details, TransferAccepted) and details.onward == "allowed"
    bound = before if is_free or not isinstance(foreign, Foreign) else tuple(sorted({*before, foreign.ledger}))
    if len(bound) > limits.BOUND_TO:
        raise RuleViolation("rule.bound", f"expected {limits.BOUND_TO} ledgers or fewer to bind it, found {len(bound)}")
    return bound


def refuse_transfer(view: View, details: TransferRefused) -> tuple[Transfer, ...]:
    """Return the dispatches that were refused.

    Raises:
        RuleViolation: ``rule.unknown-agent``, ``rule.transfer-twice``.
    """
    check_agents(view, details.from_)
    return _decide(view, details)


def _decide(view: View, details: TransferAccepted | TransferRefused | TransferReturned) -> tuple[Transfer, ...]:
    """A dispatch is decided on once, whatever number the transfer is given."""
    heads = decided_in(details)
    if len(set(heads)) != len(heads) or any(view.transfer(head) is not None for head in heads):
        raise RuleViolation("rule.transfer-twice", "expected a dispatch that was not decided on yet, found it again")
    return tuple(Transfer(head, details.transfer) for head in heads)


def _check_sender(view: View, sender: str, event: Event) -> None:
    """Who sent it goes on with it, or a registrar for him."""
    actor = view.agent(event.actor)
    is_registrar = actor is not None and actor.role_since(REGISTRAR) is not None
    if not is_registrar and event.signers[0].party != sender:
        raise RuleViolation("rule.transfer-sender", f"expected {sender} to act, found {event.signers[0].party}")
