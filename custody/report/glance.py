"""What a list says of an exhibit: what it is and where it was put last, with later corrections taken in.

A list of 20,000 exhibits has to look at all of their entries. They were checked when they were appended, and nothing
rests on what stands in a list, so they are decoded here without the strictness that a verdict needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from typing import Final

import msgspec

from custody.ledger.store import DisclosureStore, LedgerReader
from custody.report.values import Disclosures
from custody.report.words import WITHHELD, format_value
from custody.verify.rules.view import Exhibit
from schemas.errors import RecordError
from schemas.text import parse_base64
from schemas.types import UNSET, Private, Unset

_AT_ONCE: Final = 256
"""Exhibits whose private values are read in one go."""
LEAVES: Final = frozenset({"exhibit.disposed", "exhibit.released", "transfer.dispatched"})
"""Acts with which an exhibit leaves where it was kept: it is not there any more, nor again once it is back, until
somebody says so.
"""


@dataclass(frozen=True, slots=True)
class Glance:
    """One exhibit in a list; ``place`` is empty where none was ever recorded. All texts are safe to show."""

    exhibit: Exhibit
    kind: str
    nature: str
    description: str
    place: str


class _Envelope(msgspec.Struct):
    payload: str


class _Entry(msgspec.Struct):
    envelope: _Envelope


class _About(msgspec.Struct):
    event: str | Unset = UNSET


class _Details(msgspec.Struct):
    description: Private | Unset = UNSET
    field: str | Unset = UNSET
    kind: str | Unset = UNSET
    nature: str | Unset = UNSET
    place: Private | Unset = UNSET
    value: Private | Unset = UNSET


class _Event(msgspec.Struct):
    details: _Details
    occurred_at: str
    type: str
    about: tuple[_About, ...] | Unset = UNSET


@dataclass(slots=True)
class _Marks:
    """What was found of an exhibit so far: commitments, each with the event and field where it stands."""

    exhibit: Exhibit
    kind: str = ""
    nature: str = ""
    description: tuple[str, str] = ("", "")
    place: tuple[str, str] = ("", "")


_DECODE_ENTRY: Final = msgspec.json.Decoder(_Entry).decode
_DECODE_EVENT: Final = msgspec.json.Decoder(_Event).decode


def glances(
    reader: LedgerReader, disclosures: DisclosureStore, exhibits: Iterable[Exhibit], *, as_of: str | None = None
) -> Iterator[Glance]:
    """Yield one glance for each exhibit, in the order given; ``as_of`` leaves out what happened after it.

    Raises:
        RecordError: ``record.malformed`` for an entry that is none any more.
    """
    waiting = iter(exhibits)
    while some := [_look(reader, exhibit, as_of) for exhibit in islice(waiting, _AT_ONCE)]:
        commitments = [commitment for marks, _ in some for _, commitment in (marks.description, marks.place)]
        corrected = [item for _, corrections in some for item in corrections.values()]
        values = disclosures.get([item for item in (*commitments, *corrected) if item])
        for marks, corrections in some:
            yield Glance(
                exhibit=marks.exhibit,
                kind=marks.kind,
                nature=marks.nature,
                description=_value(marks.description, "description", corrections, values),
                place=_value(marks.place, "place", corrections, values),
            )


def _look(reader: LedgerReader, exhibit: Exhibit, as_of: str | None) -> tuple[_Marks, dict[tuple[str, str], str]]:
    """Return where description and place stand, and the corrections of anything, by event and field."""
    marks, corrections = _Marks(exhibit), dict[tuple[str, str], str]()
    for raw in map(reader.entry, reader.subject_entries(("exhibit", exhibit.case, exhibit.number))):
        payload, event = _read(raw)
        details = event.details
        if event.type == "record.corrected":
            corrections[_corrected(event)] = "" if details.value is UNSET else details.value.commitment
        elif as_of is not None and event.occurred_at > as_of:
            continue
        elif event.type in {"exhibit.registered", "transfer.accepted"}:
            marks.kind, marks.nature = str(details.kind), str(details.nature)
            marks.description = _place_of(payload, details.description)
        if event.type in LEAVES:
            marks.place = ("", "")
        if details.place is not UNSET:
            marks.place = _place_of(payload, details.place)
    return marks, corrections


def _read(raw: bytes) -> tuple[bytes, _Event]:
    try:
        payload = parse_base64(_DECODE_ENTRY(raw).envelope.payload)
        return payload, _DECODE_EVENT(payload)
    except msgspec.MsgspecError as error:
        hint = "run custody audit on the ledger"
        raise RecordError("record.malformed", f"expected an entry, found other bytes: {error}", hint=hint) from None


def _corrected(event: _Event) -> tuple[str, str]:
    about: Sequence[_About] = event.about or ()
    return next((str(item.event) for item in about), ""), str(event.details.field)


def _place_of(payload: bytes, private: Private | Unset) -> tuple[str, str]:
    return ("", "") if private is UNSET else (sha256(payload).hexdigest(), private.commitment)


def _value(mark: tuple[str, str], field: str, corrections: dict[tuple[str, str], str], values: Disclosures) -> str:
    event, commitment = mark
    if not commitment:
        return ""
    corrected = corrections.get((event, field))
    found = values.get(corrected or commitment)
    # A disclosure for another place says nothing about this one.
    if found is None or found.path != ("/details/value" if corrected else f"/details/{field}"):
        return WITHHELD
    return format_value(found.value)
