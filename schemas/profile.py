"""Procedure profiles (custody-profile/v1, docs/spec/procedure.md): what the law of a forum demands of the record.

A profile is a data file. It names rules that stand in code and adds nothing to them, so that a reader who has the
profile and this program knows what was looked at. One that names a rule, gate or paper unknown here is refused.
"""

from __future__ import annotations

from collections.abc import Set
from typing import Annotated, ClassVar, Final, Literal

from msgspec import Meta

from schemas import canonical, limits
from schemas.details.request import FieldName, RequestKind
from schemas.details.source import TimeZone
from schemas.errors import RecordError
from schemas.law import LawSource, Words, check_ordered
from schemas.types import UNSET, Country, Record, Token, Unset

RULES: Final = (
    "backup-copy", "competence", "conditions-due", "decision", "device-state", "digests", "foreign-origin", "freeze",
    "holder-or-witness", "integrity", "legalisation", "online-capture", "preservation", "protected", "purpose",
    "reproducible", "request-fields", "seal-photos", "seal-travels", "translation", "two-investigators",
    "witness-eligible", "witness-identity", "write-blocker",
)  # fmt: skip
"""The checks of step 12 that a profile may ask for; `custody.verify.procedure.procedure` has one function for each."""
GATES: Final = ("consent", "onward-consent", "personal-data-consent", "use-limits")
"""What may bar a release; `custody.verify.gate.release` guards them for every ledger, a profile says by which law."""
PAPERS: Final = (
    "art29-request", "assistance-request", "cn-list", "cn-record", "fre-902-13", "fre-902-14", "seizure-list",
    "transfer-receipt", "usc-1746", "usc-3505",
)  # fmt: skip
"""The papers that `custody print` makes."""
STATED_APART: Final = {
    "deadline": "respond_by",
    "legal-documents": "documents",
    "offence": "offences",
    "period": "period",
}
"""Fields that a request may state in a place of its record of their own, as data that can be compared."""
DigestName = Literal["blake3", "md5", "sha1", "sha3_256", "sha512", "sm3"]


class Check(Record, frozen=True, kw_only=True):
    """A check that runs, and the law that asks for it."""

    rule: Token
    source: LawSource


class Gate(Record, frozen=True, kw_only=True):
    """A gate that applies to what leaves, and the law behind it."""

    gate: Token
    source: LawSource


class RequiredField(Record, frozen=True, kw_only=True):
    """A field that a request must state, and the law that says so."""

    name: FieldName
    source: LawSource


class RequiredFields(Record, frozen=True, kw_only=True):
    """What a request of one kind must state. ``direction`` limits it to those received or those sent, ``stating`` to
    those that state this field, such as an asset.
    """

    direction: Literal["incoming", "outgoing"] | Unset = UNSET
    fields: Annotated[tuple[RequiredField, ...], Meta(min_length=1, max_length=64)]
    kind: RequestKind
    stating: FieldName | Unset = UNSET

    def __post_init__(self) -> None:
        """Want each field once, in order; ValueError becomes ``record.malformed``."""
        check_ordered("fields", tuple(item.name for item in self.fields))


class AppliedDeadline(Record, frozen=True, kw_only=True):
    """A deadline by its key, and the requests that it runs on, or the freezes of assets."""

    deadline: Annotated[str, Meta(min_length=1, max_length=64)]
    direction: Literal["incoming", "outgoing"] | Unset = UNSET
    kind: Literal["emergency", "freeze", "mla", "preservation", "production", "voluntary"]


class WantedDigest(Record, frozen=True, kw_only=True):
    """A digest that the forum wants beside SHA-256."""

    digest: DigestName
    source: LawSource


class Profile(Record, frozen=True, kw_only=True):
    """A whole profile. ``zone`` is where its days are counted, unless a deadline names another."""

    SCHEMA: ClassVar[str] = "custody-profile/v1"

    checks: Annotated[tuple[Check, ...], Meta(max_length=256)]
    countries: Annotated[tuple[Country, ...], Meta(max_length=256)]
    deadlines: Annotated[tuple[AppliedDeadline, ...], Meta(max_length=256)]
    digests: Annotated[tuple[WantedDigest, ...], Meta(max_length=16)]
    gates: Annotated[tuple[Gate, ...], Meta(max_length=64)]
    name: Token
    papers: Annotated[tuple[Token, ...], Meta(max_length=64)]
    requests: Annotated[tuple[RequiredFields, ...], Meta(max_length=64)]
    schema: Literal["custody-profile/v1"]
    title: Words
    zone: TimeZone | Unset = UNSET

    def __post_init__(self) -> None:
        """Want sets in order; ValueError becomes ``record.malformed``."""
        check_ordered("checks", tuple(item.rule for item in self.checks))
        check_ordered("countries", self.countries)
        check_ordered("papers", self.papers)

    def source_of(self, rule: str) -> LawSource | None:
        """Return the law behind a check, or nothing where this profile does not ask for it."""
        return next((item.source for item in self.checks if item.rule == rule), None)

    def required(self, kind: str, direction: str, stated: Set[str] = frozenset()) -> tuple[RequiredField, ...]:
        """Return what a request of that kind that states the fields ``stated`` must state, in order of name."""
        found = {
            field.name: field
            for item in self.requests
            if item.kind == kind and item.direction in {direction, UNSET} and item.stating in {*stated, UNSET}
            for field in item.fields
        }
        return tuple(found[name] for name in sorted(found))


def parse_profile(raw: bytes) -> Profile:
    """Return the profile of which ``raw`` is the canonical spelling.

    Raises:
        RecordError: ``profile.rule``, ``profile.gate``, ``profile.paper`` for a word that this program does not know,
            ``record.*`` as `canonical.decode`.
        UnknownVersionError: ``record.version``.
    """
    profile = canonical.decode(raw, Profile, maximum=limits.PROFILE_BYTES)
    named: list[tuple[str, str, tuple[str, ...]]] = [("profile.rule", item.rule, RULES) for item in profile.checks]
    named += [("profile.gate", item.gate, GATES) for item in profile.gates]
    named += [("profile.paper", item, PAPERS) for item in profile.papers]
    for code, found, known in named:
        if found not in known:
            raise RecordError(code, f"expected one of {', '.join(known)}, found {found!r}")
    return profile
