"""What a record says that rests on another ledger's letter, held against the letter itself (docs/spec/letters.md).

Whoever recorded it looked at the letter once. Here it is looked at again, by everybody who has it: that it verifies is
the caller's part, who was given it as a bundle; that it says what the record says of it is decided here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from custody.verify.border.inner import Inner, event_in, export_of, manifest_of
from custody.verify.border.past import Past, have_same_text
from custody.verify.gate.correspondence import letter_of, opens_gate
from custody.verify.rules.view import is_strict
from schemas.details.consent import STRICTNESS, Condition, ConditionsMet, ConsentRecorded, Grant
from schemas.details.exhibit import ExhibitRegistered, Foreign
from schemas.details.letter import LetterOrigin
from schemas.details.request import (
    GRANTING,
    AnswerReceived,
    RequestAnswered,
    RequestClosed,
    RequestCompleted,
    RequestDrafted,
    RequestExtended,
    RequestReceived,
)  # fmt: skip
from schemas.errors import VerificationError
from schemas.event import About, ParsedEvent
from schemas.report import LedgerReport
from schemas.types import UNSET, is_set

_COPIED: Mapping[type, tuple[str, ...]] = {
    AnswerReceived: ("answered_at", "ground", "outcome", "until", "wanted"),
    RequestClosed: ("outcome",),
    RequestCompleted: ("accepts",),
    RequestExtended: ("until",),
    RequestReceived: ("kind", "period", "respond_by", "until"),
}
"""Fields of which the record says what the letter says, word for word."""
_SOURCES: Mapping[type, type] = {AnswerReceived: RequestAnswered, RequestReceived: RequestDrafted}
"""What is called otherwise in the ledger that wrote the letter."""


def check_letter(parsed: ParsedEvent, letter: Inner, past: Past) -> Iterator[VerificationError]:
    """Yield what speaks against a record that rests on ``letter``, which the caller verified.

    Errors: ``letter.origin``, ``letter.recipient``, ``letter.sender``, ``letter.request``, ``letter.grant``,
    ``letter.terms``, ``letter.said``.
    """
    origin = letter_of(parsed)
    assert origin is not None, "the caller looked"
    ledger, source = letter.report.ledger, _details(letter, origin.event)
    names = (ledger.origin, ledger.size, ledger.root) if isinstance(ledger, LedgerReport) else None
    if (
        names != (origin.ledger, origin.size, origin.root)
        or manifest_of(letter) != origin.manifest
        or letter.report.exhibits
        or getattr(source, "request", None) != origin.request
    ):
        text = f"expected the letter of {origin.ledger} that is on record, with its event, found another"
        yield VerificationError("letter.origin", text)
        return
    # To whom the letter was written, as its writer knew him.
    to, own = letter.state.agent(str(getattr(export_of(letter), "to", None) or "")), past.view.ledger()
    if to is not None and to.ledger not in {None, past.origin}:
        yield VerificationError("letter.recipient", f"expected a letter to {past.origin}, found one to {to.ledger}")
    elif to is not None and to.ledger is None and own is not None and to.country not in {None, own.country}:
        text = f"expected a letter to somebody of {own.country}, found one to {to.id} of {to.country}"
        yield VerificationError("letter.recipient", text)
    sender = _sender(parsed, past)
    if sender is None or past.ledger_of(sender) != origin.ledger:
        text = f"expected a letter of the ledger of {sender or 'the sender'}, found one of {origin.ledger}"
        yield VerificationError("letter.sender", text)
    yield from _check_request(parsed, letter, origin, past)
    match parsed.details:
        case ConsentRecorded() as consent:
            yield from _check_grant(parsed, consent, letter, source, past)
        case ConditionsMet() as met:
            yield from _check_acceptance(met, letter, source, origin)
        case details:
            kind = type(details)
            fields = _COPIED.get(kind, ())
            if not isinstance(source, _SOURCES.get(kind, kind)) or any(
                getattr(details, name) != getattr(source, name) for name in fields
            ):
                text = f"expected what the letter says in {', '.join(fields) or 'its fields'}, found something else"
                yield VerificationError("letter.said", text)


def is_specific(parsed: ParsedEvent, letter: Inner) -> bool:
    """Tell whether the letter itself says which exhibits may go where, or which conditions are accepted; else that is
    the word of who recorded it.
    """
    origin = letter_of(parsed)
    source = None if origin is None else _details(letter, origin.event)
    if isinstance(parsed.details, ConsentRecorded):
        return is_set(getattr(getattr(source, "grant", UNSET), "exhibits", UNSET))
    return not opens_gate(parsed) or is_set(getattr(source, "accepts", UNSET))


def _details(letter: Inner, event_hash: str) -> object:
    event = event_in(letter.state, letter.entries, event_hash)
    return None if event is None else event.details


def _sender(parsed: ParsedEvent, past: Past) -> str | None:
    """Return the agent of this ledger who is said to have written it."""
    details, about = parsed.details, parsed.event.about
    if isinstance(details, ConsentRecorded):
        return details.authority
    if isinstance(details, RequestReceived | AnswerReceived):
        return details.from_
    if isinstance(details, ConditionsMet):
        consent = past.view.consent(str(about[0].event)) if about else None
        return None if consent is None else consent.recipient
    known = past.view.request(str(getattr(details, "request", "")))
    return None if known is None else known.peer


def _check_request(parsed: ParsedEvent, letter: Inner, origin: LetterOrigin, past: Past) -> Iterator[VerificationError]:
    """What is said about a request that came to the sender must be about one of ours, and about the one on record."""
    first = letter.correspondence.begun.get(origin.request)
    begun = None if first is None else first.details
    if not isinstance(begun, RequestReceived):
        if isinstance(parsed.details, ConsentRecorded | AnswerReceived):
            yield VerificationError("letter.request", f"expected {origin.request} asked by us, found it asked of us")
        elif not _is_theirs(parsed, letter, origin, past):
            text = f"expected a letter about the request on record, found one about {origin.request} of its sender"
            yield VerificationError("letter.request", text)
        return
    if isinstance(parsed.details, ConditionsMet):
        return  # asked by us, and answered: for which consent, says who recorded it
    asker, named, told = letter.state.agent(begun.from_), getattr(parsed.details, "request", None), begun.origin
    ours = told.ledger if isinstance(told, LetterOrigin) else None if asker is None else asker.ledger
    if ours not in {None, past.origin}:
        text = f"expected an answer to a request of {past.origin}, found one to {origin.request}, asked by {ours}"
        yield VerificationError("letter.request", text)
        return
    known = past.view.request(str(named)) if is_set(named) else None
    if known is not None and (known.direction != "outgoing" or past.ledger_of(known.peer) != origin.ledger):
        text = f"expected an answer to what was asked of {origin.ledger}, found {named}"
        yield VerificationError("letter.request", text)
    elif not is_set(named) or (isinstance(told, LetterOrigin) and told.request != named):
        text = f"expected our request that the letter answers, found {named if is_set(named) else 'none'}"
        yield VerificationError("letter.request", text)


def _is_theirs(parsed: ParsedEvent, letter: Inner, origin: LetterOrigin, past: Past) -> bool:
    """Tell whether what the sender asked is the request that a record is about, as far as either ledger says so."""
    named: object = getattr(parsed.details, "request", UNSET)
    if isinstance(parsed.details, RequestReceived):
        return True
    if isinstance(parsed.details, ConditionsMet):
        consent = past.view.consent(str(parsed.event.about[0].event)) if isinstance(parsed.event.about, tuple) else None
        named = UNSET if consent is None or is_set(consent.is_by_letter) else consent.request
    if not isinstance(named, str):
        return True
    here = past.begun_by(named)
    if here is not None and isinstance(here.details, RequestDrafted):
        return False
    read = None if here is None else letter_of(here)
    if read is not None:
        return (read.ledger, read.request) == (origin.ledger, origin.request)
    called = letter.correspondence.called.get((origin.request, past.origin))
    return called is None or named in called


def _check_acceptance(
    met: ConditionsMet, letter: Inner, source: object, origin: LetterOrigin
) -> Iterator[VerificationError]:
    """Want an event by which somebody can accept something, of a request that stands, and these conditions in it."""
    asked = letter.state.request(origin.request)
    is_answer = isinstance(source, RequestAnswered) and source.outcome in GRANTING
    if not (is_answer or isinstance(source, RequestCompleted | RequestDrafted)) or (
        asked is not None and asked.status == "withdrawn"
    ):
        yield VerificationError("letter.grant", "expected an event that accepts, and still stands, found another")
    accepted = getattr(source, "accepts", UNSET)
    lacking = [code for code in met.conditions if isinstance(accepted, tuple) and code not in accepted]
    if lacking:
        text = f"expected no more than the letter accepts, found more in: {', '.join(lacking)}"
        yield VerificationError("letter.terms", text)


def _check_grant(
    parsed: ParsedEvent, consent: ConsentRecorded, letter: Inner, source: object, past: Past
) -> Iterator[VerificationError]:
    origin = letter_of(parsed)
    assert origin is not None, "the caller looked"
    is_newest = letter.correspondence.answered.get(origin.request) == origin.event
    if not isinstance(source, RequestAnswered) or not is_newest or source.outcome not in GRANTING:
        yield VerificationError("letter.grant", "expected an answer that grants, and still stands, found another")
    elif isinstance(source.grant, Grant):
        wrong = ", ".join(_eased(consent, parsed.event.about or (), source.grant, origin.ledger, letter, past))
        if wrong:
            yield VerificationError("letter.terms", f"expected the letter's terms, found otherwise: {wrong}")


def _eased(
    consent: ConsentRecorded, about: tuple[About, ...], grant: Grant, ledger: str, letter: Inner, past: Past
) -> Iterator[str]:
    """Yield where a consent goes beyond the grant that it rests on."""
    to = consent.recipient
    if past.country_of(to) != grant.to_country or (is_set(grant.to_ledger) and past.ledger_of(to) != grant.to_ledger):
        yield "recipient"
    if STRICTNESS.index(consent.onward) < STRICTNESS.index(grant.onward):
        yield "onward"
    bars = {item.code: item for item in consent.conditions or ()}
    for item in grant.conditions or ():
        yield from _eased_condition(bars.get(item.code), item, letter, past)
    # What has no end comes after every time.
    if (consent.valid_until or "~") > (grant.valid_until or "~"):
        yield "valid_until"
    named = frozenset((item.case, item.exhibit) for item in grant.exhibits or ())
    if named and not all(_came_of(str(item.exhibit), ledger, named, past) for item in about):
        yield "exhibits"


def _eased_condition(kept: Condition | None, granted: Condition, letter: Inner, past: Past) -> Iterator[str]:
    if kept is None or granted.before > kept.before or granted.due not in {UNSET, kept.due}:
        yield f"condition {granted.code}" + (" left out" if kept is None else "")
    elif is_strict(past.view) and _says_the_same(kept, granted, letter, past) is False:
        yield f"the text of condition {granted.code}"


def _says_the_same(kept: Condition, granted: Condition, letter: Inner, past: Past) -> bool | None:
    return have_same_text(kept.text, granted.text, past.value_of, letter.values.disclosed.get)


def unseen_terms(parsed: ParsedEvent, letter: Inner, past: Past) -> Iterator[str]:
    """Yield under version 2 of the gate the codes of conditions whose texts, in a consent and in the grant of its
    letter, can't be compared, since one isn't shown.
    """
    consent, origin = parsed.details, letter_of(parsed)
    source = None if origin is None else _details(letter, origin.event)
    if not isinstance(consent, ConsentRecorded) or not isinstance(source, RequestAnswered) or not is_strict(past.view):
        return
    bars = {item.code: item for item in consent.conditions or ()}
    for item in (source.grant.conditions or ()) if isinstance(source.grant, Grant) else ():
        if item.code in bars and _says_the_same(bars[item.code], item, letter, past) is None:
            yield item.code


def _came_of(registration: str, ledger: str, names: frozenset[tuple[str, str]], past: Past) -> bool:
    """Tell whether an exhibit is, or was made from, one that is called by one of ``names`` in ``ledger``."""
    known = past.lineages.setdefault((ledger, names), {})
    waiting, found, children = [registration], list[str](), dict[str, list[str]]()
    while waiting:
        current = waiting.pop()
        if current in known:
            continue
        known[current] = False
        event = past.event_of(current)
        details = None if event is None else event.details
        if not isinstance(details, ExhibitRegistered):
            continue
        foreign = details.foreign
        if isinstance(foreign, Foreign) and foreign.ledger == ledger and (foreign.case, foreign.exhibit) in names:
            found.append(current)
        for parent in details.derived_from or ():
            exhibit = past.view.exhibit(parent.case, parent.exhibit)
            if exhibit is not None:
                children.setdefault(exhibit.registration, []).append(current)
                found += [current] if known.get(exhibit.registration) else []
                waiting.append(exhibit.registration)
    while found:
        current = found.pop()
        if not known[current]:
            known[current] = True
            found += children.get(current, ())
    return known[registration]
