"""Details of ``ledger.*`` and ``agent.*``: who may write what."""

from __future__ import annotations

import itertools
from typing import Annotated, Final, Literal

from msgspec import Meta

from schemas import limits
from schemas.errors import RecordError
from schemas.text import parse_base64
from schemas.types import (
    UNSET,
    AgeKey,
    AgentId,
    Base64,
    Count,
    Country,
    Hash,
    KeyId,
    Nonce,
    Origin,
    Private,
    Record,
    Role,
    Unset,
    VerifierKey,
)  # fmt: skip

Roles = Annotated[tuple[Role, ...], Meta(max_length=9)]
Members = Annotated[tuple[AgentId, ...], Meta(min_length=1, max_length=limits.DETAIL_ITEMS)]
AgentKind = Literal["organisation", "person", "system", "unit"]
RevocationReason = Literal["compromised", "ended", "left", "lost", "superseded"]


class PublicKey(Record, frozen=True, kw_only=True):
    """A key as it enters the ledger; ``proof`` is its own signature over the enrolment request (custody-enrol/v1)."""

    algorithm: Literal["ed25519"]
    key: Base64
    nonce: Nonce
    proof: Base64

    def __post_init__(self) -> None:
        """Want 32 bytes of key and 64 of proof; ValueError becomes ``record.malformed``."""
        try:
            parse_base64(self.key, size=32)
            parse_base64(self.proof, size=64)
        except RecordError as error:
            raise ValueError(error.text) from None


Keys = Annotated[tuple[PublicKey, ...], Meta(max_length=16)]


class AgentEnrolled(Record, frozen=True, kw_only=True):
    """Details of ``agent.enrolled``. Units and organisations may have no key; a unit lists its members.

    ``ledger`` is the origin of an organisation's own ledger: what is sent to it is received there; ``contact`` is how
    to reach its contact point, day and night (law row B4).
    """

    age_key: AgeKey | Unset = UNSET
    agent: AgentId
    certificate: Hash | Unset = UNSET
    contact: Private | Unset = UNSET
    country: Country | Unset = UNSET
    keys: Keys
    kind: AgentKind
    ledger: Origin | Unset = UNSET
    members: Members | Unset = UNSET
    name: Private | Unset = UNSET
    organisation: AgentId | Unset = UNSET
    roles: Roles

    def __post_init__(self) -> None:
        """Want sorted sets; ValueError becomes ``record.malformed``."""
        check_sorted("roles", self.roles)
        check_sorted("members", self.members)


NEWEST_GATE: Final = "v2"
"""The version of the consent gate under which a new ledger is opened."""


class LedgerOpened(Record, frozen=True, kw_only=True):
    """Details of ``ledger.opened``, entry 0: it enrols the keys that sign it.

    ``gate`` says under which version of the consent gate the ledger was opened; one from before it has none. What each
    version asks stays as it is: a stricter rule is a new version.
    """

    agents: Annotated[tuple[AgentEnrolled, ...], Meta(min_length=2, max_length=16)]
    authority: Private
    country: Country
    gate: Literal["v1", "v2"] | Unset = UNSET
    log_keys: Annotated[tuple[VerifierKey, ...], Meta(min_length=1, max_length=16)]


class LedgerKeyAdded(Record, frozen=True, kw_only=True):
    """Details of ``ledger.key-added``: a further key that signs checkpoints and nothing else."""

    key: VerifierKey
    reason: Private | Unset = UNSET


class LedgerKeyRevoked(Record, frozen=True, kw_only=True):
    """Details of ``ledger.key-revoked``; checkpoints of size above ``last_valid_index`` + 1 do not count."""

    key: VerifierKey
    last_valid_index: Count | Unset = UNSET
    note: Private | Unset = UNSET
    reason: RevocationReason


class AgentChanged(Record, frozen=True, kw_only=True):
    """Details of ``agent.changed``: only what changes stands in it; ``roles`` is the whole new set."""

    age_key: AgeKey | Unset = UNSET
    agent: AgentId
    contact: Private | Unset = UNSET
    country: Country | Unset = UNSET
    ledger: Origin | Unset = UNSET
    left: Literal["yes"] | Unset = UNSET
    members_added: Members | Unset = UNSET
    members_removed: Members | Unset = UNSET
    name: Private | Unset = UNSET
    organisation: AgentId | Unset = UNSET
    reason: Private | Unset = UNSET
    roles: Roles | Unset = UNSET

    def __post_init__(self) -> None:
        """Want sorted sets; ValueError becomes ``record.malformed``."""
        check_sorted("roles", self.roles)
        check_sorted("members_added", self.members_added)
        check_sorted("members_removed", self.members_removed)


class AgentKeyAdded(Record, frozen=True, kw_only=True):
    """Details of ``agent.key-added``; ``recovery`` where two registrars vouch because no key of the agent is left."""

    agent: AgentId
    key: PublicKey
    recovery: bool


class AgentKeyRevoked(Record, frozen=True, kw_only=True):
    """Details of ``agent.key-revoked``; ``last_valid_index`` absent means the index of the revocation itself."""

    agent: AgentId
    key_id: KeyId
    last_valid_index: Count | Unset = UNSET
    note: Private | Unset = UNSET
    reason: RevocationReason


def check_sorted(name: str, items: object) -> None:
    """Raise ValueError unless a tuple's items stand in order, each once: a set has one spelling."""
    if isinstance(items, tuple) and any(first >= second for first, second in itertools.pairwise(items)):
        raise ValueError(f"{name} stand in order, each once")
