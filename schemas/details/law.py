"""Details of annotations that say what the law calls it, and who claims it."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from schemas import limits
from schemas.details.case import Offence
from schemas.details.ledger import check_sorted
from schemas.details.request import DualCriminality
from schemas.types import UNSET, Country, Documents, Hash, Private, Record, Token, Unset


class OffenceMapped(Record, frozen=True, kw_only=True):
    """Details of ``offence.mapped``: what each law calls the act (law row C14), for an exhibit, case or request."""

    documents: Documents | Unset = UNSET
    dual_criminality: DualCriminality | Unset = UNSET
    note: Private | Unset = UNSET
    offences: Annotated[tuple[Offence, ...], Meta(min_length=1, max_length=limits.DETAIL_ITEMS)]


class JurisdictionClaimed(Record, frozen=True, kw_only=True):
    """Details of ``jurisdiction.claimed``: who claims the case and why (law row C22b); claims may compete."""

    authority: Private
    basis: Literal["flag", "loss", "nationality", "offender", "other", "provider", "server", "territory", "victim"]
    claim: Token
    country: Country
    document: Hash | Unset = UNSET
    note: Private | Unset = UNSET


class JurisdictionResolved(Record, frozen=True, kw_only=True):
    """Details of ``jurisdiction.resolved``: what the claimants agreed, never what the software would choose."""

    agreement: Hash | Unset = UNSET
    claims: Annotated[tuple[Token, ...], Meta(min_length=1, max_length=64)]
    manner: Literal["agreed", "declined", "withdrawn"]
    note: Private | Unset = UNSET
    to: Country | Unset = UNSET

    def __post_init__(self) -> None:
        """Want order; ValueError becomes ``record.malformed``."""
        check_sorted("claims", self.claims)
