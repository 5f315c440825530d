"""Details of ``request.*``: an assistance request and what became of it, on either side of the border.

A request has an id in each ledger that knows it. The asking ledger drafts and sends it, the asked one receives and
answers it; each keeps what it heard from the other as an event of its own, with where that came from: a letter that
was verified (`LetterOrigin`), or paper.
"""

from __future__ import annotations

import itertools
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from schemas.details.case import Offences
from schemas.details.consent import Codes, Grant
from schemas.details.ledger import check_sorted
from schemas.details.letter import LetterOrigin
from schemas.text import check_times
from schemas.types import (
    UNSET,
    AgentId,
    Country,
    Documents,
    Hash,
    Number,
    Private,
    Record,
    Time,
    Token,
    Unset,
    is_set,
)  # fmt: skip

RequestKind = Literal["emergency", "mla", "preservation", "production", "voluntary"]
FieldName = Literal[
    "accounts", "applicable-law", "asset", "authority", "cause", "characteristics", "confidentiality", "connection",
    "contact", "custodian", "danger", "data", "deadline", "facts", "form", "holder", "language", "legal-basis",
    "legal-documents", "location", "measure", "mla-intent", "nature", "necessity", "offence", "ownership", "period",
    "persons", "place", "purpose", "quantity", "reciprocity", "third-party-rights", "translation", "urgency",
]  # fmt: skip
"""What a request may state (law rows B1, C13, C16, C17, E1); a procedure profile says what it must."""
Channel = Literal[
    "24-7", "central-authority", "consular", "direct", "e-codex", "interpol", "other", "paper", "platform"
]  # fmt: skip
Outcome = Literal[
    "already-deleted", "clarification-wanted", "conflict-of-law", "granted", "granted-in-part", "no-such-account",
    "nothing-found", "partial", "postponed", "preserved", "refused", "rolling",
]  # fmt: skip
Ground = Literal[
    "already-decided", "already-pending", "competence", "discrimination", "fundamental-rights", "incomplete",
    "military", "no-connection", "no-treaty", "not-an-offence", "other", "political", "privilege", "proportionality",
    "public-order", "security", "sovereignty", "time-barred",
]  # fmt: skip
"""Why a request may be refused (law row C14; time-barred: Switzerland, IMAC art. 5(1)(c)); a closed list, so that
refusals can be counted and contested.
"""

GRANTING: Final = frozenset({"granted", "granted-in-part"})
"""Outcomes that let something go."""


class RequestField(Record, frozen=True, kw_only=True):
    """One statement of a request, such as its facts or its purpose."""

    name: FieldName
    value: Private


Fields = Annotated[tuple[RequestField, ...], Meta(max_length=64)]
Deadlines = Annotated[tuple[Token, ...], Meta(min_length=1, max_length=16)]


class Period(Record, frozen=True, kw_only=True):
    """The time that the data asked for cover, both ends included."""

    first: Time
    last: Time

    def __post_init__(self) -> None:
        """Want the ends in order; ValueError becomes ``record.malformed``."""
        check_times(self.first, self.last)
        if self.last < self.first:
            raise ValueError("last is not before first")


class DualCriminality(Record, frozen=True, kw_only=True):
    """Whether the act must be an offence in both countries for this measure, whether it is, and who says so."""

    met: Literal["no", "not-stated", "yes"]
    needed: Literal["no", "not-stated", "yes"]
    statement: Private | Unset = UNSET
    stated_by: AgentId | Unset = UNSET


class RequestBody(Record, frozen=True, kw_only=True):
    """What a request asks, as it was drafted or as it was received.

    ``follows`` is the request of the same ledger whose answer led to this one (law row B6).
    """

    case: Number | Unset = UNSET
    deadlines: Deadlines | Unset = UNSET
    documents: Documents | Unset = UNSET
    dual_criminality: DualCriminality | Unset = UNSET
    fields: Fields
    follows: Token | Unset = UNSET
    kind: RequestKind
    offences: Offences | Unset = UNSET
    period: Period | Unset = UNSET
    renewal_of: Token | Unset = UNSET
    request: Token
    respond_by: Time | Unset = UNSET
    until: Time | Unset = UNSET

    def __post_init__(self) -> None:
        """Want each field once, in order, and real times; ValueError becomes ``record.malformed``."""
        check_fields(self.fields)
        check_times(self.respond_by, self.until)


class RequestDrafted(RequestBody, frozen=True, kw_only=True):
    """Details of ``request.drafted``: to whom it will go; a preservation names ``until`` when."""

    to: AgentId


class RequestReceived(RequestBody, frozen=True, kw_only=True):
    """Details of ``request.received``: from whom, when, and where it was read; ``reference`` is the sender's number."""

    from_: AgentId = msgspec.field(name="from")
    origin: LetterOrigin | Unset = UNSET
    paper: Hash | Unset = UNSET
    received_at: Time
    reference: Private | Unset = UNSET

    def __post_init__(self) -> None:
        """Want one origin; ValueError becomes ``record.malformed``."""
        super().__post_init__()
        check_times(self.received_at)
        check_one_source(self.origin, self.paper)


class RequestCompleted(Record, frozen=True, kw_only=True):
    """Details of ``request.completed``: what was missing (law rows B1, C13, C16); a field given again replaces.

    ``accepts`` are the conditions of an answer that who asked accepts (law row C15).
    """

    accepts: Codes | Unset = UNSET
    documents: Documents | Unset = UNSET
    fields: Fields
    origin: LetterOrigin | Unset = UNSET
    paper: Hash | Unset = UNSET
    request: Token

    def __post_init__(self) -> None:
        """Want each field once, in order; ValueError becomes ``record.malformed``."""
        check_fields(self.fields)
        check_sorted("accepts", self.accepts)
        check_not_both(self.origin, self.paper)


class RequestSent(Record, frozen=True, kw_only=True):
    """Details of ``request.sent``: by which channel, and when it left."""

    channel: Channel
    document: Hash | Unset = UNSET
    request: Token
    sent_at: Time

    def __post_init__(self) -> None:
        """Check the time; ValueError becomes ``record.malformed``."""
        check_times(self.sent_at)


class Lead(Record, frozen=True, kw_only=True):
    """Where the data of an answer lead: another provider, another country, or both (law row B6)."""

    country: Country | Unset = UNSET
    provider: Private | Unset = UNSET

    def __post_init__(self) -> None:
        """Want one of the two; ValueError becomes ``record.malformed``."""
        if not is_set(self.country) and not is_set(self.provider):
            raise ValueError("a country or a provider")


class Answer(Record, frozen=True, kw_only=True):
    """What was answered: ``ground`` exactly for a refusal, ``reasons`` for refusal, postponement and conflict of law
    (law rows C14, C15); ``until`` how long data are preserved or the answer is put off; ``leads_to`` who else has data.
    """

    answered_at: Time
    decided_by: AgentId | Unset = UNSET
    documents: Documents | Unset = UNSET
    ground: Ground | Unset = UNSET
    leads_to: Annotated[tuple[Lead, ...], Meta(min_length=1, max_length=64)] | Unset = UNSET
    outcome: Outcome
    reasons: Private | Unset = UNSET
    request: Token
    until: Time | Unset = UNSET
    wanted: Annotated[tuple[FieldName, ...], Meta(min_length=1, max_length=64)] | Unset = UNSET

    def __post_init__(self) -> None:
        """Tie ground and reasons to the outcome; ValueError becomes ``record.malformed``."""
        check_times(self.answered_at, self.until)
        if is_set(self.ground) != (self.outcome == "refused"):
            raise ValueError("a ground stands exactly for a refusal")
        if self.outcome in {"conflict-of-law", "postponed", "refused"} and not is_set(self.reasons):
            raise ValueError("an answer 'conflict-of-law', 'postponed' or 'refused' has reasons")
        if is_set(self.wanted) and self.outcome != "clarification-wanted":
            raise ValueError("wanted stands for an answer 'clarification-wanted' only")


class RequestAnswered(Answer, frozen=True, kw_only=True):
    """Details of ``request.answered`` in the ledger that was asked: who forwarded it and who decided (law row C24).

    ``grant`` says what may go where and on which terms, where evidence is let go by this letter.
    """

    forwarded_by: AgentId | Unset = UNSET
    grant: Grant | Unset = UNSET

    def __post_init__(self) -> None:
        """Tie the terms to the outcome; ValueError becomes ``record.malformed``."""
        super().__post_init__()
        if is_set(self.grant) and self.outcome not in GRANTING:
            raise ValueError("a grant stands for an answer that grants")


class AnswerReceived(Answer, frozen=True, kw_only=True):
    """Details of ``request.answer-received`` in the ledger that asked.

    It was read in a letter, on paper, or in a provider's signed ``certificate`` (law row C19).
    """

    certificate: Hash | Unset = UNSET
    from_: AgentId = msgspec.field(name="from")
    origin: LetterOrigin | Unset = UNSET
    paper: Hash | Unset = UNSET
    received_at: Time
    reference: Private | Unset = UNSET

    def __post_init__(self) -> None:
        """Want one origin; ValueError becomes ``record.malformed``."""
        super().__post_init__()
        check_times(self.received_at)
        check_one_source(self.origin, self.paper, self.certificate)


class RequestExtended(Record, frozen=True, kw_only=True):
    """Details of ``request.extended``: a preservation or a term is prolonged, and where that was read."""

    document: Hash | Unset = UNSET
    origin: LetterOrigin | Unset = UNSET
    reason: Private | Unset = UNSET
    request: Token
    until: Time

    def __post_init__(self) -> None:
        """Check the time; ValueError becomes ``record.malformed``."""
        check_times(self.until)
        check_not_both(self.origin, self.document)


class RequestWithdrawn(Record, frozen=True, kw_only=True):
    """Details of ``request.withdrawn``: who asked asks no longer, and where that was read."""

    document: Hash | Unset = UNSET
    origin: LetterOrigin | Unset = UNSET
    reason: Private
    request: Token

    def __post_init__(self) -> None:
        """Want one source; ValueError becomes ``record.malformed``."""
        check_not_both(self.origin, self.document)


class RequestClosed(Record, frozen=True, kw_only=True):
    """Details of ``request.closed``: how it ended on this side; with ``origin`` on the other, whose letter says so.

    ``document`` is the paper behind it, such as a letter of the other side.
    """

    document: Hash | Unset = UNSET
    note: Private | Unset = UNSET
    origin: LetterOrigin | Unset = UNSET
    outcome: Literal["executed", "executed-in-part", "expired", "not-executed", "withdrawn"]
    request: Token

    def __post_init__(self) -> None:
        """Want one source; ValueError becomes ``record.malformed``."""
        check_not_both(self.origin, self.document)


def check_fields(fields: tuple[RequestField, ...]) -> None:
    """Raise ValueError unless each field stands once, in order of name."""
    names = [item.name for item in fields]
    if any(first >= second for first, second in itertools.pairwise(names)):
        raise ValueError("fields stand in order of name, each once")


def check_not_both(letter: object, paper: object) -> None:
    """Raise ValueError where something came both by letter and on paper."""
    if is_set(letter) and is_set(paper):
        raise ValueError("a letter or paper, not both")


def check_one_source(*sources: object) -> None:
    """Raise ValueError unless exactly one source is named: a letter, paper, or a provider's certificate."""
    if sum(map(is_set, sources)) != 1:
        raise ValueError("exactly one of origin (a letter), paper and certificate")
