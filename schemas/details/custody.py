"""Details of ``custody.*``: who holds the exhibit."""

from __future__ import annotations

from typing import Literal

from schemas.details.exhibit import Attestations
from schemas.types import UNSET, AgentId, Country, Documents, Hash, Private, Record, Unset


class Rehash(Record, frozen=True, kw_only=True):
    """The content root found when the exhibit was read again at a handover, and whether it is the registered one."""

    match: bool
    root: Hash


class SealSeen(Record, frozen=True, kw_only=True):
    """The seal as both sides saw it."""

    intact: bool
    seal: Private


class HandedOver(Record, frozen=True, kw_only=True):
    """Details of ``custody.handed-over``: a custody transfer point with both sides' signatures (law rows R2, R3).

    ``to_country`` is the country to which it goes: under the gate it stands where none is on record of the receiver.
    """

    attestations: Attestations | Unset = UNSET
    condition: Private | Unset = UNSET
    documents: Documents | Unset = UNSET
    place: Private | Unset = UNSET
    purpose: Private
    rehash_after: Rehash | Unset = UNSET
    rehash_before: Rehash | Unset = UNSET
    seal: SealSeen | Unset = UNSET
    to_country: Country | Unset = UNSET


class TakenOver(Record, frozen=True, kw_only=True):
    """Details of ``custody.taken-over``: the holder cannot sign; a registrar orders it; shown as a defect.

    ``to_country`` as in a handover.
    """

    document: Hash | Unset = UNSET
    note: Private | Unset = UNSET
    order: Private | Unset = UNSET
    place: Private | Unset = UNSET
    reason: Literal["absent", "dead", "dismissed", "key-lost", "order", "other"]
    to_country: Country | Unset = UNSET


class Moved(Record, frozen=True, kw_only=True):
    """Details of ``custody.moved``; with a ``carrier`` it is in transit and the holder stays responsible.

    ``to_country`` is the country in which the place is, ``to_agent`` who has it there: the consent gate looks at both.
    """

    carrier: Private | Unset = UNSET
    place: Private
    reason: Private | Unset = UNSET
    to_agent: AgentId | Unset = UNSET
    to_country: Country | Unset = UNSET
    waybill: Private | Unset = UNSET
