"""Making the signatures that `keys.dsse` checks: on events, and on the request to enrol a key."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import structs

from keys.ed25519 import SIGNATURE_BYTES
from keys.private.signer import ALGORITHM, Signer
from schemas.details.ledger import PublicKey
from schemas.enrol import enrolment_payload
from schemas.envelope import ENROL_PAYLOAD_TYPE, Envelope, Signature, pae
from schemas.errors import UsageError
from schemas.event import PAYLOAD_TYPE, ParsedEvent
from schemas.text import format_base64


def sign_for(event: ParsedEvent, signer: Signer) -> Signature:
    """Return one signer's signature on an event that names him: what a draft collects.

    Raises:
        UsageError: ``signing.not-named`` where the event doesn't name the signer's agent.
        SigningKeyError: where the key cannot be used.
    """
    named = [entry.agent for entry in event.event.signers]
    if signer.agent not in named:
        raise UsageError("signing.not-named", f"expected one of {', '.join(named)} to sign, found {signer.agent}")
    signature = signer.sign(pae(PAYLOAD_TYPE, event.raw))
    return Signature(keyid=signer.key_id, sig=format_base64(signature))


def join_signatures(event: ParsedEvent, signatures: Iterable[Signature]) -> Envelope:
    """Return the envelope of an event's bytes and the signatures on it, sorted by key id, one a key.

    Whether they are all that the event names is for `custody.verify` to say.

    Raises:
        UsageError: ``signing.twice`` where two signatures are of one key.
    """
    ordered = tuple(sorted(signatures, key=lambda signature: signature.keyid))
    ids = [signature.keyid for signature in ordered]
    if len(set(ids)) != len(ids):
        raise UsageError("signing.twice", f"expected one signature a key, found {', '.join(ids)}")
    return Envelope(payload=format_base64(event.raw), payloadType=PAYLOAD_TYPE, signatures=ordered)


def sign_event(event: ParsedEvent, signers: Iterable[Signer]) -> Envelope:
    """Return the envelope of an event signed by exactly the agents that it names.

    Raises:
        UsageError: ``signing.not-named``, ``signing.twice``, ``signing.missing`` where a named agent doesn't sign.
        SigningKeyError: where a key cannot be used.
    """
    chosen = tuple(signers)
    missing = {entry.agent for entry in event.event.signers} - {signer.agent for signer in chosen}
    if missing:
        raise UsageError("signing.missing", f"expected {', '.join(sorted(missing))} to sign too")
    if len({signer.agent for signer in chosen}) != len(chosen):
        raise UsageError("signing.twice", "expected each agent to sign once")
    return join_signatures(event, [sign_for(event, signer) for signer in chosen])


def make_enrolment(signer: Signer, *, nonce: str) -> PublicKey:
    """Return the signer's public key with its proof of possession, as it enters the ledger.

    ``nonce`` is 32 hex digits, fresh for each request. `schemas.enrol.format_enrolment` makes the ``.enrol`` file.

    Raises:
        SigningKeyError: where the key cannot be used.
    """
    # The proof is not part of what it signs, so any of the right length serves until it is there.
    blank = PublicKey(
        algorithm=ALGORITHM,
        key=format_base64(signer.public_key),
        nonce=nonce,
        proof=format_base64(bytes(SIGNATURE_BYTES)),
    )
    proof = signer.sign(pae(ENROL_PAYLOAD_TYPE, enrolment_payload(agent=signer.agent, key=blank)))
    return structs.replace(blank, proof=format_base64(proof))
