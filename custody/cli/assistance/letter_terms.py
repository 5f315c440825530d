"""The terms on which a request was granted, as the kept letter says them: who asked accepts these, and no others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from custody.bundle.container import open_container
from custody.cli.context import Context
from custody.cli.showing.holdings import Holdings
from custody.report.words import tell
from custody.transfer.requests import RequestStory
from schemas import canonical, layout, limits
from schemas.bundle import Disclosures
from schemas.details.consent import Grant
from schemas.details.letter import LetterOrigin
from schemas.details.request import AnswerReceived, RequestAnswered
from schemas.entry import parse_entry
from schemas.errors import CustodyError, UsageError
from schemas.event import ParsedEvent
from schemas.private import Disclosure, parse_disclosure
from schemas.types import is_set

_GRANT = "grant"
_WITHOUT_TERMS = frozenset({"already-deleted", "no-such-account", "nothing-found", "refused"})
"""Outcomes of an answer that lets nothing go, and so on no terms."""


def answer_in_letter(context: Context, origin: LetterOrigin) -> tuple[ParsedEvent, Mapping[str, Disclosure]] | None:
    """Return the event of the other ledger that was read in a letter, and what the letter discloses.

    Nothing where the home has no such letter any more: it was verified when it was received, and is found by its
    digest, which the record names.
    """
    documents = Holdings(context.ledger().home).documents
    if not is_set(origin.document) or not documents.has(str(origin.document)):
        return None
    try:
        with open_container(documents.path(str(origin.document))) as letter:
            raw = letter.read(layout.DISCLOSURES, maximum=limits.JSON_BYTES)
            texts = canonical.decode(raw, Disclosures, maximum=limits.JSON_BYTES).disclosures
            events = (
                parse_entry(letter.read(name, maximum=limits.ENTRY_BYTES)).event
                for name in letter.names(layout.ENTRIES)
            )
            event = next((item for item in events if item.hash == origin.event), None)
    except CustodyError:
        return None  # an audit says what is wrong with a kept letter
    values = (parse_disclosure(text) for text in texts)
    return None if event is None else (event, {item.commitment: item for item in values})


def granted_facts(context: Context, parsed: ParsedEvent) -> Iterator[tuple[str, str]]:
    """Yield the terms of the grant in the letter of an answer that was received, as pairs of label and value."""
    found = _answer(context, parsed)
    if found is not None:
        facts = tell(found[0], found[1]).facts
        yield from ((label, value) for label, value in facts if label.startswith(_GRANT))


def check_accepted(context: Context, story: RequestStory, codes: tuple[str, ...]) -> None:
    """Raise where conditions are accepted that the newest answer by letter, if it says its terms, doesn't set; or where
    a request was never sent, or no answer to it lets anything go, on whatever terms.

    Raises:
        UsageError: ``request.accepts``.
    """
    received = [event for event in story.events if isinstance(event.details, AnswerReceived)]
    answers = [event for event in received if getattr(event.details, "outcome", "") not in _WITHOUT_TERMS]
    # Of one that was sent, terms may have been told by another way than a letter.
    if codes and not answers and (received or story.state.status == "drafted"):
        told = "it sets none" if received else "it was not even sent"
        text = f"expected conditions of the answer ({told}), found {', '.join(sorted(set(codes)))}"
        raise UsageError("request.accepts", text, hint=f"custody request show {story.state.id} tells the answers")
    found = _answer(context, answers[-1]) if answers else None
    grant = getattr(found[0].details, "grant", None) if found is not None else None
    if not isinstance(grant, Grant):
        return
    asked = {item.code for item in grant.conditions or ()}
    strange = sorted(set(codes) - asked)
    if strange:
        text = f"expected conditions of the answer ({', '.join(sorted(asked)) or 'it sets none'}), found "
        hint = f"custody request show {story.state.id} tells the terms"
        raise UsageError("request.accepts", text + ", ".join(strange), hint=hint)


def _answer(context: Context, parsed: ParsedEvent) -> tuple[ParsedEvent, Mapping[str, Disclosure]] | None:
    origin = getattr(parsed.details, "origin", None)
    if not isinstance(parsed.details, AnswerReceived) or not isinstance(origin, LetterOrigin):
        return None
    found = answer_in_letter(context, origin)
    return found if found is not None and isinstance(found[0].details, RequestAnswered) else None
