"""The words that records are made of: annotated types, shared by every schema.

`Private` is the only type for free text, names, places, paths and identifiers of people: a writer has no choice to
make, and a record in clear cannot leak them (docs/spec/private-values.md).
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias, get_args

import msgspec
from msgspec import Meta, Struct

from schemas import limits, text

Unset: TypeAlias = msgspec.UnsetType
UNSET = msgspec.UNSET


def _stated(pattern: str, description: str, most: int | None = None) -> Meta:
    """A form that schema and spec state, and that the record itself checks in the bytes of every entry, by
    `text.check_form` and `text.check_digits`: a replay reads all of them, and a decoder takes three times as long.
    """
    return Meta(description=description, extra_json_schema={"pattern": pattern}, max_length=most)


Hash = Annotated[str, Meta(pattern=text.HASH_PATTERN, description="SHA-256, 64 lower-case hex digits")]
Nonce = Annotated[str, Meta(pattern=text.NONCE_PATTERN, description="16 random bytes, lower-case hex")]
Time = Annotated[str, Meta(pattern=text.TIME_PATTERN, description="UTC, whole seconds, 1970 to 9999")]
CheckedHash = Annotated[str, _stated(text.HASH_PATTERN, "SHA-256, 64 lower-case hex digits")]
CheckedNonce = Annotated[str, _stated(text.NONCE_PATTERN, "16 random bytes, lower-case hex")]
CheckedTime = Annotated[str, _stated(text.TIME_PATTERN, "UTC, whole seconds, 1970 to 9999")]
CheckedOffset = Annotated[str, _stated(text.OFFSET_PATTERN, "local offset from UTC")]
CheckedAgent = Annotated[str, _stated(text.AGENT_PATTERN, "pseudonym given by the ledger")]
CheckedOrigin = Annotated[str, _stated(text.ORIGIN_PATTERN, "ledger", limits.ORIGIN_BYTES)]
CheckedKeyId = Annotated[str, _stated(text.KEY_ID_PATTERN, "<algorithm>:<32 hex digits>")]
CheckedNumber = Annotated[str, _stated(text.NUMBER_PATTERN, "case or exhibit", limits.NUMBER_BYTES)]
CheckedToken = Annotated[str, _stated(text.TOKEN_PATTERN, "a word of a closed or registered vocabulary")]
AgeKey = Annotated[str, Meta(pattern=text.AGE_PATTERN, description="age recipient (X25519), age1...")]
AgentId = Annotated[str, Meta(pattern=text.AGENT_PATTERN, description="pseudonym given by the ledger")]
Country = Annotated[str, Meta(pattern=text.COUNTRY_PATTERN, description="two capital letters, ISO 3166-1")]
Origin = Annotated[str, Meta(pattern=text.ORIGIN_PATTERN, max_length=limits.ORIGIN_BYTES, description="ledger")]
Number = Annotated[
    str, Meta(pattern=text.NUMBER_PATTERN, max_length=limits.NUMBER_BYTES, description="case or exhibit")
]
KeyId = Annotated[str, Meta(pattern=text.KEY_ID_PATTERN, description="<algorithm>:<32 hex digits>")]
Token = Annotated[str, Meta(pattern=text.TOKEN_PATTERN, description="a word of a closed or registered vocabulary")]
Count = Annotated[int, Meta(ge=0, le=limits.MAX_SAFE_INTEGER)]
Index = Annotated[int, Meta(ge=0, le=limits.TREE_SIZE)]
Base64 = Annotated[str, Meta(min_length=4, max_length=8192, description="standard padded canonical base64")]
VerifierKey = Annotated[str, Meta(min_length=10, max_length=512, description="C2SP verifier key: name+id+key")]
Documents = Annotated[tuple[Hash, ...], Meta(min_length=1, max_length=limits.DETAIL_ITEMS)]

Role = Literal["authority", "auditor", "court", "custodian", "examiner", "provider", "registrar", "system", "viewer"]
ROLES: tuple[Role, ...] = get_args(Role)
SignsAs = Literal["actor", "to", "second", "witness", "registrar"]
SIGNS_AS: tuple[SignsAs, ...] = ("actor", "to", "second", "witness", "registrar")
Status = Literal["held", "in-transit", "released", "lent", "dispatched", "transferred", "disposed", "voided"]


class Record(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, eq=True):
    """Base of every record: frozen, fields by name, unknown fields refused, optional ones left out when unset."""


class Private(Record, frozen=True, kw_only=True):
    """A value that stands in a disclosure; the record holds only its commitment.

    ``commitment`` is the SHA-256 of the disclosure's ASCII text (see `schemas.private`).
    """

    commitment: Hash


def is_set(value: object) -> bool:
    """Tell whether an optional field of a record is there."""
    return value is not UNSET
