"""Details of ``consent.*`` and ``release.refused``: what may leave the country, to whom, and on what terms.

A consent is about the exhibits that it covers and no others: a copy or an exhibit derived from one is covered where it
is named itself (law rows C10 to C12, C15, C17).
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from msgspec import Meta

from schemas import limits
from schemas.details.exhibit import ExhibitName
from schemas.details.ledger import check_sorted
from schemas.details.letter import LetterOrigin
from schemas.text import check_times
from schemas.types import (
    UNSET,
    AgentId,
    Country,
    Documents,
    Hash,
    Origin,
    Private,
    Record,
    Time,
    Token,
    Unset,
    is_set,
)  # fmt: skip

Onward = Literal["allowed", "forbidden", "with-consent"]
"""Whether the recipient may hand the evidence to a third country (law rows B7, C15)."""
STRICTNESS: Final[tuple[Onward, ...]] = ("allowed", "with-consent", "forbidden")
"""The same, each stricter than the one before."""
ConditionCode = Literal[
    "confidentiality", "data-protection", "destroy-after", "no-death-penalty", "other", "reciprocity", "return",
    "speciality", "use-limited",
]  # fmt: skip


class Condition(Record, frozen=True, kw_only=True):
    """A term that binds the recipient. One that must be accepted or met ``before`` bars the release until it is."""

    before: bool
    code: ConditionCode
    due: Time | Unset = UNSET
    text: Private | Unset = UNSET

    def __post_init__(self) -> None:
        """Check the time; ValueError becomes ``record.malformed``."""
        check_times(self.due)


Conditions = Annotated[tuple[Condition, ...], Meta(min_length=1, max_length=16)]
Codes = Annotated[tuple[ConditionCode, ...], Meta(min_length=1, max_length=16)]


class Grant(Record, frozen=True, kw_only=True):
    """What an answer lets go: ``exhibits`` by their names in the ledger that answers, to whom, and on which terms.

    A consent that rests on it is of these exhibits and what was made from them, and is no easier. Without ``exhibits``
    these are the terms of whatever is sent on the request: which exhibits a consent is of is then who recorded it.
    """

    conditions: Conditions | Unset = UNSET
    exhibits: Annotated[tuple[ExhibitName, ...], Meta(min_length=1, max_length=limits.CONTENT_IN_EVENT)] | Unset = UNSET
    onward: Onward
    to_country: Country
    to_ledger: Origin | Unset = UNSET
    valid_until: Time | Unset = UNSET

    def __post_init__(self) -> None:
        """Want order and a real time; ValueError becomes ``record.malformed``."""
        check_conditions(self.conditions)
        check_sorted("exhibits", tuple((item.case, item.exhibit) for item in self.exhibits or ()))
        check_times(self.valid_until)


def check_conditions(conditions: object) -> None:
    """Raise ValueError unless each condition's code stands once, in order."""
    if isinstance(conditions, tuple):
        check_sorted("conditions", tuple(item.code for item in conditions))


class ConsentRecorded(Record, frozen=True, kw_only=True):
    """Details of ``consent.recorded``, about the exhibits that it covers.

    ``manner``: ``key``, an official of ``authority`` signs it himself; ``letter``, it was read in a verified letter of
    another ledger; ``paper``, the document is kept and whoever records it says so.
    """

    authority: AgentId
    conditions: Conditions | Unset = UNSET
    documents: Documents | Unset = UNSET
    issued_at: Time
    manner: Literal["key", "letter", "paper"]
    number: Private | Unset = UNSET
    onward: Onward
    origin: LetterOrigin | Unset = UNSET
    purpose: Private
    recipient: AgentId
    request: Token | Unset = UNSET
    valid_from: Time
    valid_until: Time | Unset = UNSET

    def __post_init__(self) -> None:
        """Tie papers to the manner; ValueError becomes ``record.malformed``."""
        check_times(self.issued_at, self.valid_from, self.valid_until)
        check_conditions(self.conditions)
        if is_set(self.valid_until) and str(self.valid_until) < self.valid_from:
            raise ValueError("valid_until is not before valid_from")
        if is_set(self.origin) != (self.manner == "letter"):
            raise ValueError("origin stands exactly where the manner is letter")
        if self.manner == "paper" and not (is_set(self.documents) and is_set(self.number)):
            raise ValueError("a consent on paper has a document and a number")


class ConditionsMet(Record, frozen=True, kw_only=True):
    """Details of ``consent.conditions-met``: the recipient accepted or met conditions, in writing (law row C15)."""

    conditions: Codes
    document: Hash | Unset = UNSET
    origin: LetterOrigin | Unset = UNSET
    statement: Private | Unset = UNSET

    def __post_init__(self) -> None:
        """Want order and something in writing; ValueError becomes ``record.malformed``."""
        check_sorted("conditions", self.conditions)
        if not is_set(self.document) and not is_set(self.origin):
            raise ValueError("a document or a letter in which they were accepted")


class ConsentRevoked(Record, frozen=True, kw_only=True):
    """Details of ``consent.revoked``: nothing leaves under it any more; what has left has left."""

    document: Hash | Unset = UNSET
    manner: Literal["key", "paper"]
    reason: Private

    def __post_init__(self) -> None:
        """Tie the paper to the manner; ValueError becomes ``record.malformed``."""
        if self.manner == "paper" and not is_set(self.document):
            raise ValueError("a revocation on paper has a document")


class ReleaseRefused(Record, frozen=True, kw_only=True):
    """Details of ``release.refused``: somebody tried to send this out, and why it did not leave (law row C10)."""

    breaches: Annotated[tuple[Token, ...], Meta(min_length=1, max_length=16)]
    purpose: Private | Unset = UNSET
    tried: Literal["bundle", "dispatch", "export", "prove"]
    tried_by: AgentId
    to: AgentId

    def __post_init__(self) -> None:
        """Want the codes in order; ValueError becomes ``record.malformed``."""
        check_sorted("breaches", self.breaches)
