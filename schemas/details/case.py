"""Details of ``case.*``: the frame in which exhibits are seized, and which law calls it what."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from schemas import limits
from schemas.types import UNSET, Country, Documents, Private, Record, Unset

IccsCode = Annotated[str, Meta(pattern=r"^[0-9]{2,6}\Z", description="UNODC ICCS code, digits only")]


class Offence(Record, frozen=True, kw_only=True):
    """An offence in the words of one country's law, with the common code (UNODC ICCS) where one is known."""

    country: Country
    iccs: IccsCode | Unset = UNSET
    text: Private


class JurisdictionClaim(Record, frozen=True, kw_only=True):
    """Who claims the case, and on what ground (law row C22b); the software never chooses between claims."""

    authority: Private | Unset = UNSET
    basis: Literal["flag", "loss", "nationality", "offender", "other", "provider", "server", "territory", "victim"]
    country: Country


Offences = Annotated[tuple[Offence, ...], Meta(max_length=limits.DETAIL_ITEMS)]
Claims = Annotated[tuple[JurisdictionClaim, ...], Meta(max_length=limits.DETAIL_ITEMS)]


class CaseOpened(Record, frozen=True, kw_only=True):
    """Details of ``case.opened``."""

    authority: Private
    documents: Documents | Unset = UNSET
    jurisdiction_claims: Claims | Unset = UNSET
    legal_basis: Private
    offences: Offences
    title: Private | Unset = UNSET


class CaseChanged(Record, frozen=True, kw_only=True):
    """Details of ``case.changed``: only what changes stands in it."""

    authority: Private | Unset = UNSET
    documents: Documents | Unset = UNSET
    jurisdiction_claims: Claims | Unset = UNSET
    legal_basis: Private | Unset = UNSET
    offences: Offences | Unset = UNSET
    reason: Private
    title: Private | Unset = UNSET


class CaseClosed(Record, frozen=True, kw_only=True):
    """Details of ``case.closed``; custody goes on, registration does not."""

    documents: Documents | Unset = UNSET
    note: Private | Unset = UNSET
    outcome: Literal["discontinued", "judgment", "merged", "other", "transferred"]
