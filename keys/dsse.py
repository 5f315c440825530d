"""DSSE signatures: on events, and the one by which a new key proves that its owner holds it (DSSE protocol.md).

What is signed is ``schemas.envelope.pae(payload_type, payload)``; nothing is parsed again after it was verified.
"""

from __future__ import annotations

import msgspec

from keys.ed25519 import KEY_BYTES, SIGNATURE_BYTES, check_public_key, check_signature
from schemas import enrol
from schemas.details.ledger import PublicKey
from schemas.envelope import ENROL_PAYLOAD_TYPE, Signature, key_id, pae
from schemas.errors import VerificationError
from schemas.text import parse_base64


class ProvenKey(msgspec.Struct, frozen=True):
    """A key whose owner has proven that he holds it, for ``agent``. That he may act is for a registrar to say."""

    agent: str
    key: PublicKey
    key_id: str


def check_envelope_signature(*, message: bytes, signature: Signature, key: bytes) -> None:
    """Raise unless ``signature`` names the raw Ed25519 ``key`` and is its signature over ``message``, a PAE.

    The PAE is an argument because all signatures of an envelope share it.

    Raises:
        RecordError: ``text.base64``.
        VerificationError: ``signature.key-id`` where the key id is another's, ``signature.invalid``.
    """
    expected = key_id("ed25519", key)
    if signature.keyid != expected:
        raise VerificationError("signature.key-id", f"expected key id {expected}, found {signature.keyid}")
    check_signature(key=key, message=message, signature=parse_base64(signature.sig, size=SIGNATURE_BYTES))


def raw_key(key: PublicKey) -> bytes:
    """Return the 32 bytes of an enrolled key, which need not be a good one: `check_enrolment` says that.

    Raises:
        RecordError: ``text.base64``.
    """
    return parse_base64(key.key, size=KEY_BYTES)


def check_enrolment(*, agent: str, key: PublicKey) -> None:
    """Raise unless ``key`` is a good public key and its ``proof`` is its own signature on asking to be ``agent``'s.

    Raises:
        RecordError: ``text.base64``, ``key.public``.
        VerificationError: ``enrolment.proof``.
    """
    raw = raw_key(key)
    check_public_key(raw)
    message = pae(ENROL_PAYLOAD_TYPE, enrol.enrolment_payload(agent=agent, key=key))
    try:
        check_signature(key=raw, message=message, signature=parse_base64(key.proof, size=SIGNATURE_BYTES))
    except VerificationError:
        raise VerificationError("enrolment.proof", f"expected the key's own proof for {agent}, found another") from None


def open_enrolment(raw: bytes) -> ProvenKey:
    """Return the key that a ``.enrol`` file asks to enrol, having checked that its sender holds it.

    Raises:
        RecordError: ``record.*``, ``text.base64``, ``key.public``.
        VerificationError: ``enrolment.proof``.
    """
    request = enrol.parse_enrolment(raw)
    check_enrolment(agent=request.agent, key=request.key)
    return ProvenKey(request.agent, request.key, key_id(request.key.algorithm, raw_key(request.key)))
