"""What a recipient may see: disclosures chosen by rule and by hand.

By rule, officials' names and everything about the exhibits and their handling go along; what names other people
(who it was seized from, who attested, who it was lent to) and who else received what does not, nor why we closed,
prolonged or withdrew a request: the reasons of an answer are for the other side, these are our own. What somebody else
asked, and was told, is his: neither its values nor its documents go. By hand, patterns
``type:pointer`` with ``*`` withhold or disclose more: ``exhibit.registered:/details/place``, ``*:/details/purpose``.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import msgspec

from custody.verify.evidence.places import places_of
from schemas.content import FileRecord
from schemas.details.consent import ConsentRecorded
from schemas.details.request import RequestDrafted, RequestReceived
from schemas.details.transfer import TransferDispatched
from schemas.errors import UsageError
from schemas.event import ParsedEvent
from schemas.private import Disclosure
from schemas.registry import DETAILS

WITHHELD_BY_RULE: tuple[tuple[str, str], ...] = (
    ("exhibit.registered", "/details/seized_from"),
    ("*", "/details/attestations/*/person"),
    ("*", "/details/attestations/*/reason"),
    ("*", "/details/attestations/*/identity/*"),
    ("exhibit.released", "/details/to"),
    ("exhibit.returned", "/details/returned_by"),
    ("bundle.exported", "/details/recipient"),
    ("bundle.exported", "/details/purpose"),
    ("consent.conditions-met", "*"),
    ("consent.revoked", "*"),
    ("release.refused", "*"),
    ("transfer.contested", "*"),
    ("request.closed", "/details/note"),
    ("request.extended", "/details/reason"),
    ("request.withdrawn", "/details/reason"),
    ("access.logged", "/details/person"),
)
"""Types and pointers that stay here unless they are disclosed by hand. The exporting event itself is not under it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Patterns given by hand, and the agent ``to`` whom it goes; what is disclosed by hand goes before what is withheld
    by hand or rule. ``even_inherited`` lets bundles of other ledgers go along that show what is withheld here.
    ``others`` are the requests of somebody else than ``to``, ``bare`` the events that are carried for the sake of
    a rule alone (`beside`).
    """

    withhold: tuple[tuple[str, str], ...] = ()
    disclose: tuple[tuple[str, str], ...] = ()
    to: str | None = None
    even_inherited: bool = False
    others: frozenset[str] = frozenset()
    bare: frozenset[str] = frozenset()

    def beside(self, events: Iterable[ParsedEvent], bare: frozenset[str] = frozenset()) -> Choice:
        """Return this choice, knowing whose the requests are that begin among ``events``, and which are ``bare``."""
        bodies = (event.details for event in events if self.to is not None)
        return replace(self, bare=bare, others=frozenset(
            body.request for body in bodies
            if isinstance(body, RequestDrafted | RequestReceived) and _peer_of(body) != self.to
        ))  # fmt: skip

    def is_kept(self, event: ParsedEvent) -> bool:
        """Tell whether the values and documents of an event stay: of a request of somebody else, and what is bare."""
        if event.hash in self.bare:
            return True
        if event.type.startswith("request."):
            return getattr(event.details, "request", None) in self.others
        return isinstance(event.event.about, tuple) and any(item.request in self.others for item in event.event.about)

    def is_disclosed(self, type: str, pointer: str) -> bool:
        """Tell whether the value at ``pointer`` of an event of ``type`` goes to the recipient."""
        return self.reason(type, pointer) is None

    def reason(self, type: str, pointer: str) -> Literal["hand", "rule"] | None:
        """Say why the value at ``pointer`` stays here; nothing where it goes."""
        if _matches(self.disclose, type, pointer):
            return None
        if _matches(self.withhold, type, pointer):
            return "hand"
        return "rule" if _matches(WITHHELD_BY_RULE, type, pointer) else None

    def reason_in(self, event: ParsedEvent, pointer: str) -> Literal["hand", "rule"] | None:
        """Say why the value at ``pointer`` of an event stays here: on what terms others get it is theirs to know."""
        is_kept = self.is_kept(event) or (self.to is not None and _is_for_another(event, self.to))
        # What binds whoever has it is said to him all the same.
        is_kept = is_kept and not (event.hash in self.bare and pointer.startswith("/details/conditions/"))
        if is_kept and not _matches(self.disclose, event.type, pointer):
            return "rule"
        return self.reason(event.type, pointer)


def _peer_of(body: RequestDrafted | RequestReceived) -> str:
    return body.to if isinstance(body, RequestDrafted) else body.from_


def _is_for_another(event: ParsedEvent, to: str) -> bool:
    match event.details:
        case ConsentRecorded(recipient=recipient) | TransferDispatched(to=recipient):
            return recipient != to
        case _:
            return False


def parse_choice(*, withhold: Iterable[str], disclose: Iterable[str], even_inherited: bool = False) -> Choice:
    """Return the choice that patterns on a command line make.

    Raises:
        UsageError: ``bundle.pattern`` unless ``type:/pointer`` with a type that exists or holds a ``*``.
    """
    return Choice(tuple(map(_parse, withhold)), tuple(map(_parse, disclose)), even_inherited=even_inherited)


def _parse(pattern: str) -> tuple[str, str]:
    kind, colon, pointer = pattern.partition(":")
    known = any(fnmatch.fnmatchcase(name, kind) for name in DETAILS)
    hint = "for example exhibit.registered:/details/place or *:/details/purpose"
    if not colon or not known or not re.match(r"/[A-Za-z0-9_*/-]+\Z", pointer):
        raise UsageError("bundle.pattern", f"expected type:/pointer, found {pattern[:80]!r}", hint=hint)
    # A name that no record has would withhold nothing, and what was meant would leave.
    names = [part for part in pointer.split("/")[1:] if "*" not in part and not part.isdecimal()]
    unknown = sorted(set(names) - _field_names())
    if unknown:
        raise UsageError("bundle.pattern", f"expected fields of records, found {unknown[0]!r}", hint=hint)
    return kind, pointer


def _field_names() -> set[str]:
    """Return the names of all fields of events and of file records, at any depth."""
    names, seen = {"details"}, set()
    waiting: list[Any] = [*(known.details for known in DETAILS.values()), FileRecord]
    while waiting:
        kind = waiting.pop()
        waiting += get_args(kind)
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind not in seen:
            seen.add(kind)
            found = msgspec.structs.fields(kind)
            names.update(field.encode_name for field in found)
            waiting += [field.type for field in found]
    return names


def _matches(patterns: Iterable[tuple[str, str]], type: str, pointer: str) -> bool:
    return any(fnmatch.fnmatchcase(type, kind) and fnmatch.fnmatchcase(pointer, place) for kind, place in patterns)


def choose(events: Iterable[ParsedEvent], known: Mapping[str, Disclosure], choice: Choice) -> tuple[Disclosure, ...]:
    """Return the disclosures among ``known`` (by commitment) that the recipient gets, in order of their texts."""
    chosen = [
        known[commitment]
        for event in events
        for commitment, pointer in places_of(event).items()
        if commitment in known and choice.reason_in(event, pointer) is None
    ]
    return tuple(sorted(chosen, key=lambda disclosure: disclosure.text))


def commitments_of(events: Sequence[ParsedEvent]) -> list[str]:
    """Return every commitment of some events."""
    return [commitment for event in events for commitment in places_of(event)]
