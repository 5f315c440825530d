"""Law as data: deadlines, members of treaties, retention, offences and request fields, each with source and mark.

    {"mark":"T","row":"E1","text":"Regulation (EU) 2023/1543 art. 10"}

``row`` is the row of the project's table of requirements. The mark says how the row is known: ``T``, the text itself
was read; ``S``, a secondary source; ``M``, general knowledge that nobody confirmed. An M row is data that waits to be
corrected: `cite` never words it as the law. Nothing here is legal advice.
"""

from __future__ import annotations

import itertools
from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from schemas.details.case import IccsCode
from schemas.details.request import FieldName
from schemas.details.source import TimeZone
from schemas.text import check_times
from schemas.types import UNSET, Country, Record, Token, Unset, is_set

Mark = Literal["M", "S", "T"]
Words = Annotated[str, Meta(min_length=1, max_length=400)]
Unit = Literal["calendar-days", "days", "hours", "months", "working-days"]
"""``hours`` and ``days`` run from the moment, a day having 24 hours; the others count days of a calendar in a zone."""
Length = Annotated[int, Meta(ge=1, le=36_500)]
Day = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")]


class LawSource(Record, frozen=True, kw_only=True):
    """Where a rule stands, by which row it is known here, and how well."""

    mark: Mark
    row: Annotated[str, Meta(pattern=r"^[A-Z][0-9]{1,3}[a-z]?\Z")]
    text: Words


def cite(source: LawSource) -> str:
    """Return the source in words; one that is unconfirmed says so before anything else."""
    before = "unconfirmed, to be checked before it is relied on: " if source.mark == "M" else ""
    after = ", by a secondary source" if source.mark == "S" else ""
    return f"{before}{source.text}{after} (row {source.row})"


class Span(Record, frozen=True, kw_only=True):
    """A length of time in one unit."""

    length: Length
    unit: Unit


class Trigger(Record, frozen=True, kw_only=True):
    """What moves a clock: events of one type, perhaps only with one of some ``outcomes`` of an answer or a change."""

    event: Token
    outcomes: Annotated[tuple[Token, ...], Meta(min_length=1, max_length=16)] | Unset = UNSET


Triggers = Annotated[tuple[Trigger, ...], Meta(max_length=16)]


class Counting(Record, frozen=True, kw_only=True):
    """How days are counted: whether the day of the event counts, when the last day ends, and what a day of rest does.

    ``ends``: at the end of the last day, or at the hour of the event. ``rest_days``: a last day that is a day of rest
    stays (``keep``) or moves to the next working day (``next-working-day``).
    """

    day_zero: bool
    ends: Literal["end-of-day", "same-time"]
    rest_days: Literal["keep", "next-working-day"]
    source: LawSource


class Deadline(Record, frozen=True, kw_only=True):
    """One rule for a clock that runs on a request.

    ``bound``: whether the law sets the least or the greatest length. ``kind``: what is to be done by the end (``act``)
    is overdue after it; what is kept until the end (``keep``) has expired. In place of ``span``, ``named_end`` is the
    field of the request's own record that names the end. An event of ``extends`` moves the end to its ``until``, or by
    ``extension`` where it names none; who prolongs moves it no further than ``longest`` after the start, unless the
    data were asked for. ``warn`` is how long before the end a clock wants attention.
    """

    bound: Literal["maximum", "minimum"]
    counting: Counting
    extends: Triggers
    extension: Span | Unset = UNSET
    key: Annotated[str, Meta(pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*\Z", max_length=64)]
    kind: Literal["act", "keep"]
    longest: Span | Unset = UNSET
    named_end: Literal["respond_by", "until"] | Unset = UNSET
    resumes: Triggers
    source: LawSource
    span: Span | Unset = UNSET
    starts: Annotated[tuple[Trigger, ...], Meta(min_length=1, max_length=16)]
    stops: Triggers
    suspends: Triggers
    title: Words
    warn: Span | Unset = UNSET
    zone: TimeZone | Unset = UNSET

    def __post_init__(self) -> None:
        """Want one end; ValueError becomes ``record.malformed``."""
        if is_set(self.span) == is_set(self.named_end):
            raise ValueError("exactly one of span and named_end")


class RestDays(Record, frozen=True, kw_only=True):
    """Days of rest of a country: days of the week (1 is Monday) and holidays by date; ``worked`` are days on which one
    works all the same, as on weekends that a government shifts for a long holiday.
    """

    country: Country
    holidays: Annotated[tuple[Day, ...], Meta(max_length=4096)]
    source: LawSource
    weekend: Annotated[tuple[Annotated[int, Meta(ge=1, le=7)], ...], Meta(max_length=6)]
    worked: Annotated[tuple[Day, ...], Meta(max_length=4096)] | Unset = UNSET

    def __post_init__(self) -> None:
        """Want real dates in order, each one or the other; ValueError becomes ``record.malformed``."""
        for name in ("holidays", "weekend", "worked"):
            check_ordered(name, getattr(self, name) or ())
        dates = self.holidays + (self.worked or ())
        check_ordered("holidays and worked", tuple(sorted(dates)))
        check_times(*(f"{day}T00:00:00Z" for day in dates))


class Deadlines(Record, frozen=True, kw_only=True):
    """The deadlines of all forums, and the days of rest by which some of them are counted."""

    SCHEMA: ClassVar[str] = "custody-deadlines/v1"

    deadlines: Annotated[tuple[Deadline, ...], Meta(max_length=1024)]
    rest_days: Annotated[tuple[RestDays, ...], Meta(max_length=256)]
    schema: Literal["custody-deadlines/v1"]

    def __post_init__(self) -> None:
        """Want each once, in order; ValueError becomes ``record.malformed``."""
        check_ordered("deadlines", tuple(item.key for item in self.deadlines))
        check_ordered("rest_days", tuple(item.country for item in self.rest_days))

    def find(self, key: str) -> Deadline | None:
        """Return the rule of that key, or nothing."""
        return next((item for item in self.deadlines if item.key == key), None)


class Holidays(Record, frozen=True, kw_only=True):
    """Days of rest that a user brings: of each country its days of the week and its public holidays, with a source."""

    SCHEMA: ClassVar[str] = "custody-holidays/v1"

    rest_days: Annotated[tuple[RestDays, ...], Meta(min_length=1, max_length=256)]
    schema: Literal["custody-holidays/v1"]

    def __post_init__(self) -> None:
        """Want each country once, in order; ValueError becomes ``record.malformed``."""
        check_ordered("rest_days", tuple(item.country for item in self.rest_days))


class Members(Record, frozen=True, kw_only=True):
    """Countries of which the same source says that an instrument binds them."""

    countries: Annotated[tuple[Country, ...], Meta(min_length=1, max_length=256)]
    source: LawSource

    def __post_init__(self) -> None:
        """Want each once, in order; ValueError becomes ``record.malformed``."""
        check_ordered("countries", self.countries)


class Instrument(Record, frozen=True, kw_only=True):
    """A treaty or a regulation by which countries deal with each other, and the profile that says what it asks for.

    ``in_force``: whether it is, as far as ``source`` knows; one that isn't is named, and never applied.
    """

    in_force: bool
    key: Token
    members: Annotated[tuple[Members, ...], Meta(min_length=1, max_length=16)]
    profile: Token | Unset = UNSET
    source: LawSource
    title: Words

    def source_of(self, country: str) -> LawSource | None:
        """Return by which source ``country`` is among the members, or nothing where it isn't."""
        return next((group.source for group in self.members if country in group.countries), None)


class Memberships(Record, frozen=True, kw_only=True):
    """Which countries share which instrument, the closest first: of several that two countries share, it is applied."""

    SCHEMA: ClassVar[str] = "custody-memberships/v1"

    instruments: Annotated[tuple[Instrument, ...], Meta(max_length=256)]
    schema: Literal["custody-memberships/v1"]

    def __post_init__(self) -> None:
        """Want each instrument, and each of its members, once; ValueError becomes ``record.malformed``."""
        check_ordered("keys", tuple(sorted(item.key for item in self.instruments)))
        for item in self.instruments:
            check_ordered("members", tuple(sorted(name for group in item.members for name in group.countries)))


class RetentionRow(Record, frozen=True, kw_only=True):
    """How long data of a type are kept in a country: at least, at most, or what is known."""

    country: Country
    maximum: Span | Unset = UNSET
    minimum: Span | Unset = UNSET
    note: Words | Unset = UNSET
    source: LawSource
    type: Token

    def __post_init__(self) -> None:
        """Want something said; ValueError becomes ``record.malformed``."""
        if not is_set(self.minimum) and not is_set(self.maximum) and not is_set(self.note):
            raise ValueError("a minimum, a maximum or a note")


class Retention(Record, frozen=True, kw_only=True):
    """The catalogue of how long logs and other data are kept."""

    SCHEMA: ClassVar[str] = "custody-retention/v1"

    rows: Annotated[tuple[RetentionRow, ...], Meta(max_length=4096)]
    schema: Literal["custody-retention/v1"]


class NationalOffence(Record, frozen=True, kw_only=True):
    """What one country's law calls an act."""

    article: Words
    country: Country
    source: LawSource
    title: Words


class CommonOffence(Record, frozen=True, kw_only=True):
    """An act that matters here, with its code of the UNODC ICCS and what national laws call it."""

    code: IccsCode
    key: Token
    national: Annotated[tuple[NationalOffence, ...], Meta(max_length=256)]
    source: LawSource
    title: Words


class Offences(Record, frozen=True, kw_only=True):
    """Common codes of offences; the words of a law are for the person who maps an act."""

    SCHEMA: ClassVar[str] = "custody-offences/v1"

    offences: Annotated[tuple[CommonOffence, ...], Meta(max_length=1024)]
    schema: Literal["custody-offences/v1"]

    def __post_init__(self) -> None:
        """Want each once, in order; ValueError becomes ``record.malformed``."""
        check_ordered("offences", tuple(item.key for item in self.offences))


class NamedField(Record, frozen=True, kw_only=True):
    """What a field of a request says, in the words of a form."""

    name: FieldName
    source: LawSource
    title: Words
    title_zh: Words


class RequestFields(Record, frozen=True, kw_only=True):
    """The fields that a request may have; which of them it must have is a profile's part."""

    SCHEMA: ClassVar[str] = "custody-request-fields/v1"

    fields: Annotated[tuple[NamedField, ...], Meta(max_length=256)]
    schema: Literal["custody-request-fields/v1"]


def check_ordered(name: str, items: tuple[object, ...]) -> None:
    """Raise ValueError unless items stand in order, each once."""
    if any(str(first) >= str(second) for first, second in itertools.pairwise(items)):
        raise ValueError(f"{name} stand in order, each once")
