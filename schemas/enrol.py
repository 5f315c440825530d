"""The enrolment request: a key asks to be enrolled and proves that its owner holds it (docs/spec/event.md, keys).

What the new key signs, as a DSSE payload of type ``application/vnd.custody.enrol.v1+json`` (custody-enrol/v1):

    {"agent":"exam-07","algorithm":"ed25519","key":"A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=",
     "nonce":"000102030405060708090a0b0c0d0e0f","schema":"custody-enrol/v1"}

without the line break. What travels to the registrar is the ``.enrol`` file (custody-enrol-request/v1), the same with
the signature as ``proof``, in the form in which the ledger keeps every key:

    {"agent":"exam-07","key":{"algorithm":"ed25519","key":"A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=",
     "nonce":"000102030405060708090a0b0c0d0e0f","proof":"<88 characters>"},"schema":"custody-enrol-request/v1"}

The nonce makes two requests for one key differ; it isn't a challenge: the request is made before a registrar knows of
it, anywhere, and says nothing about who may act. `keys.dsse` checks the proof.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from schemas import canonical
from schemas.details.ledger import PublicKey
from schemas.types import AgentId, Base64, Nonce, Record

REQUEST_BYTES = 16_384
"""Longest ``.enrol`` file: an Ed25519 request has about 330 bytes, one with a post-quantum key some 6,000."""


class Enrolment(Record, frozen=True, kw_only=True):
    """What a key signs to prove that its owner holds it."""

    SCHEMA: ClassVar[str] = "custody-enrol/v1"

    agent: AgentId
    algorithm: Literal["ed25519"]
    key: Base64
    nonce: Nonce
    schema: Literal["custody-enrol/v1"] = "custody-enrol/v1"


class EnrolmentRequest(Record, frozen=True, kw_only=True):
    """A ``.enrol`` file, its proof not looked at yet."""

    SCHEMA: ClassVar[str] = "custody-enrol-request/v1"

    agent: AgentId
    key: PublicKey
    schema: Literal["custody-enrol-request/v1"]


def enrolment_payload(*, agent: str, key: PublicKey) -> bytes:
    """Return the canonical custody-enrol/v1 bytes that ``key.proof`` signs; the proof itself is not among them."""
    return canonical.encode(Enrolment(agent=agent, algorithm=key.algorithm, key=key.key, nonce=key.nonce))


def format_enrolment(*, agent: str, key: PublicKey) -> bytes:
    """Return the bytes of the ``.enrol`` file that asks to enrol ``key`` for ``agent``."""
    return canonical.encode(EnrolmentRequest(agent=agent, key=key, schema="custody-enrol-request/v1"))


def parse_enrolment(raw: bytes) -> EnrolmentRequest:
    """Return the request in a ``.enrol`` file, whose proof is not verified yet (`keys.dsse.open_enrolment` does).

    Raises:
        RecordError: ``record.*`` for any other spelling.
        UnknownVersionError: ``record.version``.
    """
    return canonical.decode(raw, EnrolmentRequest, maximum=REQUEST_BYTES)
