"""The part of the reducer that knows transfers: custody crosses to another ledger, and moves exactly once.

The sender's exhibit is `dispatched` until a receipt, a recall or a loss; then `transferred`, or back with the sender.
The receiver's begins with `transfer.accepted`. Nothing ever makes two holders: a receipt finds the exhibit dispatched
under its own transfer, or it is refused.
"""

from __future__ import annotations

from msgspec.structs import replace

from custody.verify.rules import REGISTRAR
from custody.verify.state import Dispatch, Exhibit, Transfer, View
from schemas.details.exhibit import Foreign
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
from schemas.types import is_set

Defects = tuple[tuple[str, str], ...]


def transfer_exhibit(view: View, before: Exhibit, after: Exhibit, parsed: ParsedEvent) -> tuple[Exhibit, Defects]:
    """Return the exhibit after a ``transfer.*`` act on it; ``after`` is it with the link moved on.

    Raises:
        RuleViolation: ``rule.transfer-to``, ``rule.transfer-item``, ``rule.transfer-other``,
            ``rule.transfer-sender``, ``rule.request-unknown``, ``rule.unknown-agent``.
    """
    details = parsed.details
    if isinstance(details, TransferDispatched):
        return _dispatch(view, before, after, details)
    if isinstance(details, TransferReturned):
        _check_sender(view, before.dispatch, parsed.event)
        _check_agent(view, details.from_)
        return replace(after, holder=parsed.event.signers[0].party, dispatch=None), ()
    dispatch = before.dispatch
    assert isinstance(details, TransferLost | TransferRecalled | TransferReceipt)
    if dispatch is None or dispatch.transfer != details.transfer:
        found = "none" if dispatch is None else dispatch.transfer
        raise RuleViolation("rule.transfer-other", f"expected the transfer {found}, found {details.transfer}")
    _check_sender(view, dispatch, parsed.event)
    if isinstance(details, TransferLost):
        return after, (("defect.transfer-lost", f"sent to {dispatch.to} and lost on the way"),)
    if isinstance(details, TransferReceipt) and details.outcome != "refused":
        return replace(after, status="transferred"), ()
    # What was refused or recalled is with its sender again; a thing is still on the road back to him.
    status = "in-transit" if dispatch.is_original else "held"
    return replace(after, status=status, holder=dispatch.sender, dispatch=None), ()


def _dispatch(view: View, before: Exhibit, after: Exhibit, details: TransferDispatched) -> tuple[Exhibit, Defects]:
    _check_agent(view, details.to)
    if details.to == before.holder:
        raise RuleViolation("rule.transfer-to", f"expected another party to send it to, found the holder {details.to}")
    if details.item == "copy" and not before.is_derived:
        text = "expected a copy, registered as derived from its original, found an original"
        raise RuleViolation("rule.transfer-item", text)
    if is_set(details.request) and view.is_whole and view.request(str(details.request)) is None:
        raise RuleViolation("rule.request-unknown", f"expected a known request, found {details.request}")
    defects: Defects = ()
    if details.item == "original" and not before.is_sealed and not is_set(details.not_sealed):
        defects = (("defect.not-sealed", "an original sent unsealed, and no reason given (law row C5)"),)
    sent = Dispatch(details.transfer, before.holder, details.to, details.item == "original")
    return replace(after, holder=details.to, dispatch=sent), defects


def accept_exhibit(view: View, exhibit: Exhibit, details: TransferAccepted) -> tuple[Exhibit, Transfer]:
    """Return a newly accepted exhibit, bound to its sender where it may not be handed on, and the transfer decided.

    Raises:
        RuleViolation: ``rule.unknown-agent``, ``rule.transfer-origin``, ``rule.transfer-twice``.
    """
    foreign = details.foreign
    assert isinstance(foreign, Foreign), "the record wants it"
    sender = view.agent(details.from_)
    _check_agent(view, details.from_)
    if sender is not None and sender.ledger is not None and sender.ledger != foreign.ledger:
        text = f"expected an exhibit of {sender.ledger}, the ledger of {sender.id}, found one of {foreign.ledger}"
        raise RuleViolation("rule.transfer-origin", text)
    bound = exhibit.bound_to if details.onward == "allowed" else tuple(sorted({*exhibit.bound_to, details.from_}))
    return replace(exhibit, bound_to=bound), _decide(view, details.transfer, (foreign.head,))


def refuse_transfer(view: View, details: TransferRefused) -> Transfer:
    """Return the transfer with the exhibits that were refused.

    Raises:
        RuleViolation: ``rule.unknown-agent``, ``rule.transfer-twice``.
    """
    _check_agent(view, details.from_)
    return _decide(view, details.transfer, tuple(item.head for item in details.exhibits))


def _decide(view: View, transfer: str, heads: tuple[str, ...]) -> Transfer:
    known = view.transfer(transfer) or Transfer(transfer, ())
    if set(heads) & set(known.decided):
        raise RuleViolation("rule.transfer-twice", "expected a dispatch that was not decided on yet, found it again")
    return replace(known, decided=(*known.decided, *heads))


def _check_agent(view: View, agent: str) -> None:
    if view.is_whole and view.agent(agent) is None:
        raise RuleViolation("rule.unknown-agent", f"expected an enrolled organisation, found {agent}")


def _check_sender(view: View, dispatch: Dispatch | None, event: Event) -> None:
    """Who sent it goes on with it, or a registrar for him."""
    actor = view.agent(event.actor)
    is_registrar = actor is not None and actor.role_since(REGISTRAR) is not None
    if not is_registrar and (dispatch is None or event.signers[0].party != dispatch.sender):
        sender = "a registrar" if dispatch is None else dispatch.sender
        raise RuleViolation("rule.transfer-sender", f"expected {sender} to act, found {event.signers[0].party}")
