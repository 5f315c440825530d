"""Letters and receipts that an order destroyed: they are missing by order, unless something left under them since.

Who destroys a letter by order loses what bore the consent: what left before rests on the word of who read it, what
leaves later on nothing that anybody can see (docs/spec/letters.md).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from custody.verify.gate.correspondence import letter_of, opens_gate
from custody.verify.gate.destination import goal_of
from custody.verify.gate.release import check_release, enclosed_by
from custody.verify.rules.view import View
from schemas.details.consent import ConsentRecorded
from schemas.details.record import DisclosureErased
from schemas.event import ParsedEvent
from schemas.types import is_set

Key = tuple[str, str]
"""What an event speaks of: an exhibit by the event hash of its registration, or a request by its id."""


class Order(NamedTuple):
    """The entry of an order, and whether custody rests on what it destroyed: something left under it before."""

    entry: int
    has_borne: bool


def document_of(parsed: ParsedEvent) -> str | None:
    """Return the digest of the letter or receipt that an event rests on, as far as it names one."""
    found = getattr(letter_of(parsed) or parsed.details, "document", None)
    return found if isinstance(found, str) else None


@dataclass(slots=True)
class ErasedDocuments:
    """What orders destroyed, and what left since. Mutable: is told of entries, in order of index."""

    _orders: dict[tuple[Key, str], int] = field(default_factory=dict)
    _rests: dict[str, set[str]] = field(default_factory=dict)
    """The consents, by event hash, that rest on a document: by it they were given, or their conditions met."""
    _destroyed: dict[str, int] = field(default_factory=dict)
    _gone: set[str] = field(default_factory=set)
    """The documents that orders name so far, and the consents that rest on one of these."""
    _left: dict[tuple[Key, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    """The releases of an exhibit, by that and by its recipient, in order."""
    _borne: dict[tuple[Key, str], int] = field(default_factory=dict)
    """The newest one that no consent lets out without those whose letters orders had destroyed by then."""

    def add(self, index: int, parsed: ParsedEvent, view: View, recorded_at: str) -> None:
        """Take in an entry, ``view`` being the state before it: where its recipient was then decides what left."""
        ledger = view.ledger()
        if isinstance(parsed.details, DisclosureErased):
            for key in _keys(parsed, view):
                for digest in parsed.details.files or ():
                    self._orders.setdefault((key, digest), index)
            for digest in parsed.details.files or ():
                self._destroyed.setdefault(digest, index)
                self._gone |= self._rests.pop(digest, set())
        elif opens_gate(parsed):
            digest = document_of(parsed) or ""
            (self._gone if digest in self._destroyed else self._rests.setdefault(digest, set())).add(
                _consent_of(parsed)
            )
        elif ledger is not None:
            goal = goal_of(view, parsed, ledger)
            if goal is not None:
                enclosed = (("exhibit", item.registration) for items in enclosed_by(view, parsed) for item in items)
                left = dict.fromkeys(((key, goal.to) for key in (*_keys(parsed, view), *enclosed)), index)
                for name in left:
                    self._left[name].append(index)
                if self._gone and check_release(view, parsed, recorded_at, without=self._gone):
                    self._borne.update(left)

    def order_on(self, parsed: ParsedEvent, view: View) -> Order | None:
        """Return the entry that ordered the document under a record to be destroyed; nothing where none did, or where
        something left under that record afterwards.
        """
        keys, digest = tuple(_keys(parsed, view)), document_of(parsed) or ""
        found = [self._orders[key, digest] for key in keys if (key, digest) in self._orders]
        if not found and digest in self._destroyed and letter_of(parsed) is not None and not opens_gate(parsed):
            # A letter that opened nothing by this record went with what it opened by another.
            found = [self._destroyed[digest]]
        if not found:
            return None
        order, to, place = min(found), _recipient(parsed, view), view.event(parsed.hash)
        left = [self._left.get((key, to), []) for key in keys if to is not None and place is not None]
        borne = max((self._borne.get((key, to), -1) for key in keys if to is not None), default=-1)
        first = place.index if place is not None else order
        has_borne = letter_of(parsed) is None or any(bisect_right(it, first) < bisect_left(it, order) for it in left)
        return None if borne > order else Order(order, has_borne)


def _keys(parsed: ParsedEvent, view: View) -> Iterator[Key]:
    event = parsed.event
    for about in event.about or ():
        if isinstance(about.exhibit, str):
            yield "exhibit", about.exhibit
        if isinstance(about.request, str):
            yield "request", about.request
    if is_set(event.link):
        exhibit = view.exhibit(str(event.case), str(event.exhibit))
        if exhibit is not None:
            yield "exhibit", exhibit.registration
    if event.type.startswith("request."):
        yield "request", str(getattr(parsed.details, "request", ""))


def _recipient(parsed: ParsedEvent, view: View) -> str | None:
    """Return to whom a consent lets something go, or one whose conditions were met; nothing for another record."""
    if not opens_gate(parsed):
        return None
    consent = view.consent(_consent_of(parsed))
    return None if consent is None else consent.recipient


def _consent_of(parsed: ParsedEvent) -> str:
    """Return the event hash of the consent that a record which opens the gate gives, or is about."""
    about = parsed.event.about or ()
    return parsed.hash if isinstance(parsed.details, ConsentRecorded) else str(about[0].event)
