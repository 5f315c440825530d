"""The event: what people sign (docs/spec/event.md).

An event says what happened to one exhibit, or makes a note about something. Its hash is the SHA-256 of its canonical
bytes; it covers no signature and no place in the ledger, so it can be made and signed at a scene without a network.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from schemas import canonical, limits, text
from schemas.errors import RecordError
from schemas.registry import DETAILS, details_type
from schemas.types import (
    UNSET,
    AgentId,
    CheckedAgent,
    CheckedHash,
    CheckedNonce,
    CheckedNumber,
    CheckedOffset,
    CheckedOrigin,
    CheckedTime,
    CheckedToken,
    Count,
    Hash,
    Index,
    Origin,
    Record,
    SignsAs,
    Token,
    Unset,
    is_set,
)  # fmt: skip

SCHEMA: Literal["custody-event/v1"] = "custody-event/v1"
PAYLOAD_TYPE = "application/vnd.custody.event.v1+json"


class Link(Record, frozen=True, kw_only=True):
    """Place of a custody act in its exhibit's chain: dense ``sequence`` from 0, hash of the act before."""

    previous: CheckedHash | Unset = UNSET
    sequence: Count

    def __post_init__(self) -> None:
        """Tie ``previous`` to the sequence; ValueError becomes ``record.malformed``."""
        if (self.previous is not UNSET) != (self.sequence > 0):
            raise ValueError("previous stands exactly where sequence is above 0")
        if isinstance(self.previous, str):
            text.check_digits(self.previous, 64)


class Seen(Record, frozen=True, kw_only=True):
    """The newest checkpoint that the signer had verified."""

    root: Hash
    size: Index


class Signer(Record, frozen=True, kw_only=True):
    """One who signs, as what, and for which unit."""

    # `_check_signers` looks at the form of both.
    agent: CheckedAgent
    as_: SignsAs = msgspec.field(name="as")
    on_behalf_of: CheckedAgent | Unset = UNSET

    @property
    def party(self) -> str:
        """The unit for which he acts, else himself: who holds and who gives is compared by party."""
        return self.on_behalf_of if isinstance(self.on_behalf_of, str) else self.agent


class About(Record, frozen=True, kw_only=True):
    """What an annotation is about: exactly one of the five kinds, and perhaps one event within it.

    ``exhibit`` is the event hash of its registration: it names no case and no number to who may not know them.
    """

    agent: AgentId | Unset = UNSET
    case: CheckedNumber | Unset = UNSET
    event: Hash | Unset = UNSET
    exhibit: Hash | Unset = UNSET
    ledger: Origin | Unset = UNSET
    request: Token | Unset = UNSET

    def __post_init__(self) -> None:
        """Want exactly one kind; ValueError becomes ``record.malformed``."""
        if sum(map(is_set, (self.agent, self.case, self.exhibit, self.ledger, self.request))) != 1:
            raise ValueError("exactly one of agent, case, exhibit, ledger and request")
        if is_set(self.case):
            _check_number(str(self.case))

    @property
    def kind(self) -> str:
        """Which of the five it is."""
        return next(name for name in ("agent", "case", "exhibit", "ledger", "request") if is_set(getattr(self, name)))


class Event(Record, frozen=True, kw_only=True):
    """The signed bytes of one act, decoded. ``details`` stays raw until `parse_event` reads it by ``type``."""

    SCHEMA: ClassVar[str] = SCHEMA

    about: Annotated[tuple[About, ...], Meta(min_length=1, max_length=limits.ABOUT)] | Unset = UNSET
    actor: CheckedAgent
    case: CheckedNumber | Unset = UNSET
    details: msgspec.Raw
    exhibit: CheckedNumber | Unset = UNSET
    ledger: CheckedOrigin
    link: Link | Unset = UNSET
    nonce: CheckedNonce
    not_after: CheckedTime | Unset = UNSET
    occurred_at: CheckedTime
    schema: Literal["custody-event/v1"]
    seen: Seen | Unset = UNSET
    signers: Annotated[tuple[Signer, ...], Meta(min_length=1, max_length=limits.SIGNERS)]
    type: CheckedToken
    utc_offset: CheckedOffset

    def __post_init__(self) -> None:
        """Check what a field alone cannot say; ValueError becomes ``record.malformed``."""
        _check_signers(self.actor, self.signers)
        _check_words(self.ledger, self.type, self.utc_offset)
        text.check_digits(self.nonce, 32)
        text.check_times(self.occurred_at, self.not_after)
        for number in (self.case, self.exhibit):
            if isinstance(number, str):
                _check_number(number)
        if isinstance(self.about, tuple):
            _check_about(self.about)


class ParsedEvent(msgspec.Struct, frozen=True):
    """An event whose bytes are canonical and whose details fit its type. Nothing about it is verified yet."""

    raw: bytes
    event: Event
    details: Record
    hash: str
    """SHA-256 of ``raw``, 64 hex digits."""

    @property
    def type(self) -> str:
        """Short for ``event.type``."""
        return self.event.type


def parse_event(raw: bytes) -> ParsedEvent:
    """Return the event of which ``raw`` is the canonical spelling, with the details of its type.

    Raises:
        RecordError: ``event.type`` for an unknown type, ``event.anchor`` where case, exhibit, link or about do not
            fit the type, ``record.*`` as `canonical.decode`.
        UnknownVersionError: ``record.version``.
    """
    event = canonical.decode(raw, Event, maximum=limits.EVENT_BYTES)
    kind = details_type(event.type)
    details = canonical.decode(bytes(event.details), kind, maximum=limits.EVENT_BYTES)
    check_anchor(event)
    return ParsedEvent(raw=raw, event=event, details=details, hash=sha256(raw).hexdigest())


def encode_event(event: Event) -> ParsedEvent:
    """Return ``event`` with its canonical bytes and hash, having read them as strictly as a stranger would.

    Raises:
        RecordError: as `parse_event`.
    """
    return parse_event(canonical.encode(event))


_ANCHORS = {
    "link": (True, True, True, False),
    "case": (True, False, False, False),
    "about": (False, False, False, True),
    "none": (False, False, False, False),
}
"""Which of case, exhibit, link and about an anchor has."""


def check_anchor(event: Event) -> None:
    """Raise unless the event carries exactly the anchor that its type has (docs/spec/events.md, column 'anchor').

    Raises:
        RecordError: ``event.anchor``.
    """
    found = event.case is not UNSET, event.exhibit is not UNSET, event.link is not UNSET, event.about is not UNSET
    if found != _ANCHORS[DETAILS[event.type].anchor]:
        raise RecordError(
            "event.anchor", f"expected {event.type} to carry its anchor '{DETAILS[event.type].anchor}' only"
        )


@lru_cache(maxsize=256)
def _check_words(ledger: str, kind: str, offset: str) -> None:
    """Check what is the same in many events, once for all of them."""
    text.check_form(text.ORIGIN_PATTERN, ledger)
    text.check_form(text.TOKEN_PATTERN, kind)
    text.check_form(text.OFFSET_PATTERN, offset)


_RANKS: dict[SignsAs, int] = {"actor": 0, "to": 1, "second": 2, "witness": 3, "registrar": 4}


def _check_number(number: str) -> None:
    # What can be printed holds no control character; a character has at most four bytes.
    if not (number and number.isprintable()):
        text.check_form(text.NUMBER_PATTERN, number)
    if 4 * len(number) > limits.NUMBER_BYTES and len(number.encode("utf-8")) > limits.NUMBER_BYTES:
        raise ValueError(f"a number has at most {limits.NUMBER_BYTES} bytes")


@lru_cache(maxsize=256)
def _check_signers(actor: str, signers: tuple[Signer, ...]) -> None:
    """The actor first and he alone as actor; then by office; nobody twice (docs/spec/event.md)."""
    for name in [name for signer in signers for name in (signer.agent, signer.party)]:
        text.check_form(text.AGENT_PATTERN, name)
    if signers[0].agent != actor or signers[0].as_ != "actor":
        raise ValueError("the first signer is the actor")
    ranks = [_RANKS[signer.as_] for signer in signers]
    if len({signer.agent for signer in signers}) != len(signers):
        raise ValueError("no agent signs twice")
    if 0 in ranks[1:] or ranks != sorted(ranks):
        raise ValueError("signers stand in the order one actor, to, second, witness, registrar")


def _check_about(about: tuple[About, ...]) -> None:
    if len({item.kind for item in about}) != 1:
        raise ValueError("about names subjects of one kind")
    if len({canonical.encode(item) for item in about}) != len(about):
        raise ValueError("about names each subject once")
