"""Making an event out of plain values: what a person entered on one side, signed bytes and disclosures on the other.

A caller hands in details as they would stand in JSON, with private values in plain:

    {"reason": "examination", "seal": "A-1234", "intact": True}

The schema says which fields are private. Each of those becomes a commitment, and its value a disclosure under a fresh
salt; the writer has no choice to make and can't forget one. A record that is made already, such as the `Content` of an
intake, is taken over as it stands; its disclosures are the caller's.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, TypeAlias

import msgspec

from custody.verify.rules.view import Exhibit
from schemas import canonical, limits, text
from schemas.content import FileRecord
from schemas.errors import RecordError, UsageError
from schemas.event import SCHEMA, About, Event, Link, ParsedEvent, Seen, Signer, encode_event
from schemas.private import SALT_BYTES, Disclosure, make_disclosure
from schemas.registry import details_type
from schemas.types import UNSET, Private, Record

RandomBytes: TypeAlias = Callable[[int], bytes]
"""Gives so many fresh random bytes; never the same twice."""

NONCE_BYTES = 16


@dataclass(frozen=True, slots=True)
class Composed:
    """An event to be signed, and the disclosures of its private values in the order of its fields."""

    event: ParsedEvent
    disclosures: tuple[Disclosure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """What an event is anchored by: a custody act by ``case``, ``exhibit`` and ``link``, an annotation by ``about``."""

    case: str | None = None
    exhibit: str | None = None
    link: Link | None = None
    about: tuple[About, ...] | None = None


NOWHERE = Anchor()
"""The anchor of ``ledger.*`` and ``agent.*``."""


def compose(
    type: str,
    *,
    ledger: str,
    signers: Sequence[Signer],
    details: Mapping[str, Any],
    occurred_at: datetime,
    utc_offset: str,
    random: RandomBytes,
    anchor: Anchor = NOWHERE,
    seen: Seen | None = None,
    not_after: datetime | None = None,
) -> Composed:
    """Return the event of ``type`` that ``signers``, the actor first, are to sign.

    ``occurred_at`` and ``not_after`` are aware times, cut to whole seconds; ``utc_offset`` is ``[+-]hh:mm``. A value of
    None in ``details`` stands for a field left out.

    Raises:
        UsageError: ``compose.field`` for a field that the details of ``type`` don't have, ``compose.signers`` for none.
        RecordError: as `parse_event`: what it would refuse is never handed out for signing.
    """
    if not signers:
        raise UsageError("compose.signers", "expected an actor among the signers, found none")
    filled = fill_details(type, details, random=random)
    try:
        event = Event(
            about=_unless_none(anchor.about),
            actor=signers[0].agent,
            case=_unless_none(anchor.case),
            details=msgspec.Raw(canonical.encode(filled.details)),
            exhibit=_unless_none(anchor.exhibit),
            ledger=ledger,
            link=_unless_none(anchor.link),
            nonce=random(NONCE_BYTES).hex(),
            not_after=UNSET if not_after is None else text.format_time(not_after),
            occurred_at=text.format_time(occurred_at),
            schema=SCHEMA,
            seen=_unless_none(seen),
            signers=tuple(signers),
            type=type,
            utc_offset=utc_offset,
        )
    except ValueError as error:
        # What a record says about its own fields, such as a signer named twice.
        raise RecordError("record.malformed", f"expected an event: {error}") from None
    return Composed(encode_event(event), filled.disclosures)


def link_after(exhibit: Exhibit | None) -> Link:
    """Return the link of the next custody act of ``exhibit``; of its registration where there is none yet."""
    if exhibit is None:
        return Link(sequence=0)
    return Link(sequence=exhibit.sequence + 1, previous=exhibit.head)


@dataclass(frozen=True, slots=True)
class FilledDetails:
    """Details with a commitment in every private place, and what the commitments stand for."""

    details: Record
    disclosures: tuple[Disclosure, ...]


def fill_details(type: str, details: Mapping[str, Any], *, random: RandomBytes) -> FilledDetails:
    """Return the details of an event of ``type`` from plain values.

    Raises:
        UsageError: ``compose.field``.
        RecordError: ``event.type`` for an unknown type, ``record.malformed`` for a value that doesn't fit its field.
    """
    filler = _Filler(random)
    kind = details_type(type)
    plain = filler.fill(kind, details, "/details")
    record = canonical.decode(canonical.encode(plain), kind, maximum=limits.EVENT_BYTES)
    return FilledDetails(record, tuple(filler.disclosures))


def fill_record(
    kind: type[Record], values: Mapping[str, Any], *, random: RandomBytes
) -> tuple[Record, list[Disclosure]]:
    """Return a record that stands on its own, such as a `FileRecord`, with pointers from the record's own root.

    Raises:
        UsageError: ``compose.field``.
        RecordError: ``record.malformed``.
    """
    filler = _Filler(random)
    plain = filler.fill(kind, values, "")
    return canonical.decode(canonical.encode(plain), kind, maximum=limits.MANIFEST_LINE), filler.disclosures


@dataclass(slots=True)
class _Filler:
    """Walks values beside their types and keeps the disclosures it makes."""

    random: RandomBytes
    disclosures: list[Disclosure] = field(default_factory=list)

    def fill(self, kind: Any, value: Any, pointer: str) -> Any:
        """Return ``value`` with commitments wherever ``kind`` says `Private`."""
        if isinstance(value, Record):
            return value
        if kind is Private:
            disclosure = make_disclosure(salt=self.random(SALT_BYTES), path=pointer, value=value)
            self.disclosures.append(disclosure)
            return disclosure.private
        if isinstance(kind, type) and issubclass(kind, Record):
            return self._fill_record(kind, value, "" if kind is FileRecord else pointer)
        if typing.get_origin(kind) is tuple and isinstance(value, list | tuple):
            (inner, _) = typing.get_args(kind)
            return [self.fill(_bare(inner), item, f"{pointer}/{place}") for place, item in enumerate(value)]
        return value

    def _fill_record(self, kind: type[Record], value: Any, pointer: str) -> Any:
        if not isinstance(value, Mapping):
            # The decoder says it better, and with the same code as for every other misfit.
            return value
        fields = fields_of(kind)
        filled = {}
        for name, item in value.items():
            if item is None or item is UNSET:
                continue
            if name not in fields:
                known = ", ".join(sorted(fields))
                raise UsageError("compose.field", f"expected one of {known} in {kind.__name__}, found {name!r}")
            filled[name] = self.fill(fields[name], item, f"{pointer}/{name}")
        return filled


@cache
def fields_of(kind: type[Record]) -> Mapping[str, Any]:
    """Return the fields of a record by the name they have in JSON, each with its bare type: no bounds, no UNSET."""
    hints = typing.get_type_hints(kind)
    return {item.encode_name: _bare(hints[item.name]) for item in msgspec.structs.fields(kind)}


def _bare(kind: Any) -> Any:
    """Return a type without its bounds and without the possibility of being left out."""
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        kinds = [item for item in typing.get_args(kind) if item is not msgspec.UnsetType]
        return _bare(kinds[0]) if len(kinds) == 1 else kind
    return _bare(typing.get_args(kind)[0]) if origin is typing.Annotated else kind


def _unless_none(value: Any) -> Any:
    return UNSET if value is None else value
