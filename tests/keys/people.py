"""Keys for tests: each made from a number, so that every run sees the same bytes."""

from hashlib import sha256

from nacl.signing import SigningKey

from keys.verifier_key import KeyType, VerifierKey, verifier_key
from schemas.details.ledger import PublicKey
from schemas.enrol import enrolment_payload
from schemas.envelope import ENROL_PAYLOAD_TYPE, pae
from schemas.text import format_base64

NONCE = "000102030405060708090a0b0c0d0e0f"


def secret(number: int) -> SigningKey:
    """Make the signing key with this number."""
    return SigningKey(sha256(b"test key %d" % number).digest())


def public(number: int) -> bytes:
    """Return the raw public key with this number."""
    return bytes(secret(number).verify_key)


def sign(number: int, message: bytes) -> bytes:
    """Sign with the key of this number, without our own code."""
    return bytes(secret(number).sign(message).signature)


def enrolled(number: int, *, agent: str) -> PublicKey:
    """Make a key as it enters the ledger, with its proof for this agent."""
    fields = {"algorithm": "ed25519", "key": format_base64(public(number)), "nonce": NONCE}
    blank = PublicKey(**fields, proof=format_base64(bytes(64)))  # type: ignore[arg-type]
    message = pae(ENROL_PAYLOAD_TYPE, enrolment_payload(agent=agent, key=blank))
    return PublicKey(**fields, proof=format_base64(sign(number, message)))  # type: ignore[arg-type]


def log_key(number: int, name: str = "log.example/main") -> VerifierKey:
    """Make a log's verifier key."""
    return verifier_key(name=name, type=KeyType.LOG, key=public(number))


def cosigner_key(number: int, name: str = "cosigner.example") -> VerifierKey:
    """Make a cosigner's verifier key."""
    return verifier_key(name=name, type=KeyType.COSIGNER, key=public(number))
