"""The records of an arrival: an acceptance of each exhibit, one refusal for the rest, and what comes home."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from custody.cli.acting.seals import tell_of_seal, tell_of_unsaid
from custody.cli.acting.signing import named_signers
from custody.cli.border.arriving import Unloading
from custody.cli.border.coming_home import find_home
from custody.cli.border.decisions import Decision
from custody.cli.border.terms import plain_condition
from custody.cli.context import Context
from custody.cli.options import Signing, When
from custody.ledger.compose import Anchor, Composed, link_after
from custody.ledger.entries import entries_of
from custody.transfer.arrivals import Arrival, Delivery, Home
from custody.transfer.foreign_assets import Plain, changes_told, known_until, plain_asset, plain_change
from custody.transfer.requests_named import asked_for
from custody.verify.rules.view import Ledger
from custody.verify.verify import Verified
from schemas.content import Content
from schemas.errors import RefusedError, UsageError
from schemas.event import About, Link, Signer
from schemas.report import LedgerReport
from schemas.text import format_time
from schemas.types import Private, is_set

WITHHELD = "withheld by the sender"


def plainly(verified: Verified) -> Plain:
    """Return what gives private values in plain, as far as a bundle discloses them."""

    def plain(private: object) -> Any:
        if not isinstance(private, Private):
            return None
        found = verified.values.disclosed.get(private.commitment)
        return WITHHELD if found is None else found.value

    return plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiving:
    """What is received, from which agent on record here, and where it goes; ``request`` is the one of ours that it
    answers, where a person says so, ``numbers`` are OLD=NEW, ``papers`` the legal papers with each exhibit that is
    accepted, such as a translation (law row C9).
    """

    verified: Verified
    delivery: Delivery
    sender: str
    case: str | None
    request: str | None
    numbers: tuple[str, ...]
    place: str | None
    seal: Mapping[str, Any] | None
    remark: str | None
    origin: str
    papers: list[dict[str, Any]] | None = None

    @property
    def seal_number(self) -> str | None:
        """The number of the seal as it was seen."""
        return None if self.seal is None else self.seal["seal"]


def check_addressed(delivery: Delivery, ledger: Ledger, addressee: str | None) -> None:
    """Raise where a bundle was made for another ledger, or for somebody without one in another country: who finds it on
    the way may not take custody of it. Nor may another authority of that country, so of somebody without a ledger who
    takes it in must say that it is for him: ``addressee`` is how the sender calls him.

    Raises:
        RefusedError: ``transfer.other-recipient``, ``transfer.addressee``.
    """
    wanted, own = delivery.to_ledger, ledger.origin
    if wanted is None:
        wanted, own = delivery.to_country, ledger.country
    if wanted is not None and wanted != own:
        text = f"expected a dispatch to {own}, found one to {wanted}"
        hint = "--refuse-all not-asked-for puts on record that it came here, and makes a receipt for its sender"
        raise RefusedError("transfer.other-recipient", text, hint=hint)
    if addressee != delivery.to and (delivery.to_ledger is None or addressee is not None):
        text = f"expected the word that it is for this authority, as {delivery.to}, found {addressee or 'none'}"
        hint = f"--addressee {delivery.to}, if that is who takes it in; the receipt tells the sender of this ledger"
        raise RefusedError("transfer.addressee", text, hint=hint)


def find_sender(context: Context, delivery: Delivery, named: str | None) -> str:
    """Return the agent on record here whose ledger the delivery comes from.

    Raises:
        UsageError: ``transfer.sender``.
    """
    with context.ledger().read() as reader:
        known = [agent.id for agent in reader.agents() if agent.ledger == delivery.origin]
    fits = known if named is None else [agent for agent in known if agent == named]
    if len(fits) != 1:
        hint = f"custody agent enrol ID --kind organisation --country CC --ledger {delivery.origin}"
        if len(known) > 1:
            hint = f"--from one of {', '.join(known)}"
        text = f"expected one organisation on record whose ledger is {delivery.origin}, found {len(fits)}"
        raise UsageError("transfer.sender", text, hint=hint)
    return fits[0]


def compose_arrivals(
    context: Context,
    receiving: Receiving,
    decisions: Sequence[Decision],
    unloading: Unloading,
    *,
    who: Signing,
    when: When,
) -> list[Composed]:
    """Stage what is accepted, and return the events that say what was decided, in one batch.

    Raises:
        UsageError: ``receive.case`` without a case for what is accepted, ``receive.number``.
        CustodyError: as `Unloading.unload`, or a value that doesn't fit.
    """
    _check_new(context, receiving.delivery)
    signers = named_signers(context, who)
    numbers = _numbers(receiving)
    _check_numbered(numbers, decisions)
    made, plain = list[Composed](), plainly(receiving.verified)
    for decision in decisions:
        if decision.kind == "refused":
            continue
        home, sent = decision.arrival.comes_home_to(receiving.origin), plain(decision.arrival.sent.seal)
        tell_of_seal(context, decision.arrival.name, sent if sent != WITHHELD else None, receiving.seal_number)
        if decision.kind == "returned" and home is not None:
            unloading.keep_bundle(decision.arrival.foreign.manifest)
            made += _take_back(context, receiving, decision, home, signers, when)
        else:
            made.append(_accept(context, receiving, decision, unloading, signers, when, numbers))
    return [*made, *_refuse(context, receiving, decisions, signers, when)]


def _check_new(context: Context, delivery: Delivery) -> None:
    with context.ledger().read() as reader:
        view = reader.view()
        again = [item.name for item in delivery.arrivals if view.transfer(item.foreign.head) is not None]
    if again:
        text = f"expected a delivery that was not decided on yet, found {', '.join(again)} decided on before"
        hint = f"custody receipt make {delivery.transfer} -o FILE writes the receipt again"
        raise RefusedError("transfer.decided", text, hint=hint)


def _numbers(receiving: Receiving) -> dict[str, str]:
    pairs = {}
    for item in receiving.numbers:
        old, equals, new = item.rpartition("=")
        if not equals or old not in {name for a in receiving.delivery.arrivals for name in (a.name, a.number)}:
            raise UsageError("receive.number", f"expected OLD=NEW with an exhibit of the bundle, found {item!r}")
        pairs[old] = new
    return pairs


def _check_numbered(numbers: Mapping[str, str], decisions: Sequence[Decision]) -> None:
    """What comes home goes on under the number that it has here."""
    for decision in decisions:
        named = numbers.keys() & {decision.arrival.name, decision.arrival.number}
        if decision.kind == "returned" and named:
            text = f"expected --number for what is new here, found {min(named)}, which comes home under its own number"
            raise UsageError(
                "receive.number", text, hint=f"--anew {decision.arrival.name} takes it in as a new exhibit"
            )


def _accept(
    context: Context,
    receiving: Receiving,
    decision: Decision,
    unloading: Unloading,
    signers: Sequence[Signer],
    when: When,
    numbers: Mapping[str, str],
) -> Composed:
    arrival = decision.arrival
    if receiving.case is None:
        raise UsageError("receive.case", "expected --case CASE for what is accepted, found none")
    absent = unloading.unload(arrival)
    if absent and "content-incomplete" not in decision.reservations:
        text = f"expected all files of {arrival.name} at hand, found {absent} missing"
        raise RefusedError("receive.incomplete", text, hint="--files FOLDER, or --reservation content-incomplete")
    unloading.keep_bundle(arrival.foreign.manifest)
    with context.ledger().read() as reader:
        request = asked_for(reader.view(), receiving.verified, arrival, receiving.request)
    details = {"request": request, **dict(_details(receiving, decision, when, context, is_complete=not absent))}
    number = numbers.get(arrival.name, numbers.get(arrival.number, arrival.number))
    anchor = Anchor(case=receiving.case, exhibit=number, link=Link(sequence=0))
    composed = context.ledger().compose("transfer.accepted", signers=signers, details=details, when=when, anchor=anchor)
    return replace(composed, disclosures=(*composed.disclosures, *unloading.names(arrival)))


def _details(
    receiving: Receiving, decision: Decision, when: When, context: Context, *, is_complete: bool
) -> Iterator[tuple[str, Any]]:
    """Yield the details of an acceptance: what the sender's record says, and what was found here."""
    arrival = decision.arrival
    known, before, plain = receiving.verified.values.disclosed, arrival.registered, plainly(receiving.verified)
    conditions = arrival.sent.conditions or ()
    content = before.content if isinstance(before.content, Content) else None
    yield "accepted_at", _now(context, when)
    yield "asset", plain_asset(receiving.verified, arrival.case, arrival.number, plain)
    yield "conditions", [plain_condition(item, known) for item in conditions] or None
    yield "content", content
    yield "data_country", before.data_country if is_set(before.data_country) else None
    yield "description", plain(before.description)
    yield "foreign", arrival.foreign
    yield "from", receiving.sender
    yield "handling", list(before.handling) if isinstance(before.handling, tuple) else None
    yield "identifiers", plain(before.identifiers)
    yield "item", arrival.sent.item
    yield "kind", before.kind
    yield "legal_authority", plain(before.legal_authority)
    yield "legal_papers", receiving.papers
    yield "nature", before.nature
    yield "obtained", "foreign-assistance"
    yield "onward", arrival.sent.onward
    yield "place", receiving.place
    yield "rehash", {"match": True, "root": content.root} if content is not None and is_complete else None
    yield "reservation_note", receiving.remark if decision.reservations else None
    yield "reservations", list(decision.reservations) or None
    yield "seal", receiving.seal
    yield "sent_at", arrival.dispatch.event.occurred_at
    yield "transfer", receiving.delivery.transfer


def _take_back(
    context: Context,
    receiving: Receiving,
    decision: Decision,
    home: Home,
    signers: Sequence[Signer],
    when: When,
) -> list[Composed]:
    """Return the record by which an exhibit of this ledger is held again, and what became of its freeze meanwhile."""
    arrival, compose = decision.arrival, context.ledger().compose
    exhibit, sent = find_home(context, arrival, home)
    tell_of_unsaid(context, exhibit, receiving.seal_number)
    details = {
        "foreign": decision.arrival.foreign,
        "from": receiving.sender,
        "place": receiving.place,
        "seal": receiving.seal,
        "sent": sent,
        "transfer": receiving.delivery.transfer,
    }
    anchor = Anchor(case=exhibit.case, exhibit=exhibit.number, link=link_after(exhibit))
    about, plain = Anchor(about=(About(exhibit=exhibit.registration),)), plainly(receiving.verified)
    with context.ledger().read() as reader:
        since = known_until(entries_of(reader, exhibit), receiving.delivery.origin)
    told = changes_told(receiving.verified, arrival.case, arrival.number, since=since, own=receiving.origin)
    return [
        compose("transfer.returned", signers=signers, details=details, when=when, anchor=anchor),
        *(
            compose("asset.freeze-changed", signers=signers, details=plain_change(one, plain), when=when, anchor=about)
            for one in told
        ),
    ]


def _refuse(
    context: Context, receiving: Receiving, decisions: Sequence[Decision], signers: Sequence[Signer], when: When
) -> list[Composed]:
    """Return one refusal of all that is refused; each reason stands once, the remark says which is which."""
    refused = [item for item in decisions if item.kind == "refused"]
    if not refused:
        return []
    arrivals = sorted((item.arrival for item in refused), key=lambda arrival: (arrival.case, arrival.number))
    ledger = receiving.verified.report.ledger
    assert isinstance(ledger, LedgerReport), "a delivery has one"
    details = {
        "exhibits": [_name(arrival) for arrival in arrivals],
        "from": receiving.sender,
        "ledger": ledger.origin,
        "note": receiving.remark,
        "reasons": sorted({str(item.reason) for item in refused}),
        "refused_at": _now(context, when),
        "sent_at": arrivals[0].dispatch.event.occurred_at,
        "transfer": receiving.delivery.transfer,
        "verdict": receiving.verified.report.verdict.value,
    }
    return [context.ledger().compose("transfer.refused", signers=signers, details=details, when=when)]


def _name(arrival: Arrival) -> Mapping[str, str]:
    return {"case": arrival.case, "exhibit": arrival.number, "head": arrival.foreign.head}


def _now(context: Context, when: When) -> str:
    return format_time(when.moment(context.now())[0])
