"""Who signed an event with which keys: the envelope's signatures matched to the named signers (steps 5 and 6).

Signers are named in what is signed, so the envelope holds exactly their signatures, one each. Matching is cheap and
done in order; checking the signatures is dear, so it is returned as work that a caller may spread over its cores.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from custody.verify.rules.view import Key, View
from keys.dsse import check_enrolment
from keys.ed25519 import SIGNATURE_BYTES, check_signature
from schemas.details.ledger import AgentEnrolled, AgentKeyAdded, LedgerOpened, PublicKey
from schemas.envelope import Envelope, key_id, pae
from schemas.errors import RecordError, VerificationError
from schemas.event import PAYLOAD_TYPE, ParsedEvent
from schemas.text import parse_base64

ENROLLING: Final = (LedgerOpened, AgentEnrolled, AgentKeyAdded)
"""What brings keys in."""


class SignatureJob(msgspec.Struct, frozen=True):
    """One Ed25519 signature to be checked: raw key, signed bytes, signature, and whose it should be."""

    agent: str
    key: bytes
    message: bytes
    signature: bytes

    def check(self) -> None:
        """Raise unless the signature holds.

        Raises:
            VerificationError: ``signature.invalid``.
        """
        check_signature(key=self.key, message=self.message, signature=self.signature)


class MatchedKeys(msgspec.Struct, frozen=True):
    """The key of each signature of an envelope that is a named signer's, the key ids in order of the event's signers,
    and what was wrong. It holds for every event of the same signers and key ids until agents or keys change.
    """

    keys: tuple[Key | None, ...]
    key_ids: tuple[str, ...]
    errors: tuple[VerificationError, ...]


def match_keys(view: View, index: int, parsed: ParsedEvent, envelope: Envelope) -> MatchedKeys:
    """Return the keys that the signatures of entry ``index`` name, matched to its named signers.

    Errors: ``keys.unknown``, ``keys.not-yet``, ``keys.revoked`` (step 5); ``signatures.missing``,
    ``signatures.extra`` (step 6).
    """
    enrolled = _enrolled_here(parsed) if index == 0 else {}
    signers = [signer.agent for signer in parsed.event.signers]
    found: dict[str, str] = {}
    keys: list[Key | None] = []
    errors: list[VerificationError] = []
    for signature in envelope.signatures:
        key = enrolled.get(signature.keyid) or view.key(signature.keyid)
        if key is None:
            errors.append(VerificationError("keys.unknown", f"expected an enrolled key, found {signature.keyid}"))
        elif key.agent not in signers or key.agent in found:
            text = f"expected the named signers once each, found {key.agent}"
            errors.append(VerificationError("signatures.extra", text))
            key = None
        else:
            found[key.agent] = key.id
            errors.extend(_check_validity(key, index))
        keys.append(key)
    for agent in signers:
        if agent not in found:
            errors.append(VerificationError("signatures.missing", f"expected the signature of {agent}, found none"))
    return MatchedKeys(tuple(keys), tuple([found[agent] for agent in signers if agent in found]), tuple(errors))


def signature_jobs(
    parsed: ParsedEvent, envelope: Envelope, keys: tuple[Key | None, ...]
) -> tuple[tuple[SignatureJob, ...], list[VerificationError]]:
    """Return the signatures to check, with ``keys`` as `match_keys` found them, and what no signature can be.

    Errors: ``signature.invalid`` (step 6) where a signature is no 64 bytes.
    """
    message = pae(PAYLOAD_TYPE, parsed.raw)
    jobs: list[SignatureJob] = []
    errors: list[VerificationError] = []
    for signature, key in zip(envelope.signatures, keys, strict=True):
        if key is None:
            continue
        try:
            raw = parse_base64(signature.sig, size=SIGNATURE_BYTES)
        except RecordError as error:
            errors.append(VerificationError("signature.invalid", error.text))
            continue
        jobs.append(SignatureJob(key.agent, key.raw, message, raw))
    return tuple(jobs), errors


def _check_validity(key: Key, index: int) -> Iterator[VerificationError]:
    if not key.is_enrolled_before(index):
        yield VerificationError("keys.not-yet", f"expected a key enrolled before entry {index}, found {key.introduced}")
    if key.is_ended_at(index):
        text = f"expected a key valid at entry {index}, found it revoked after {key.last_valid}"
        yield VerificationError("keys.revoked", text)


def _enrolled_here(parsed: ParsedEvent) -> dict[str, Key]:
    """Entry 0 is signed with keys that it enrols itself."""
    keys = ((agent, key.algorithm, parse_base64(key.key)) for agent, key in enrolments_of(parsed))
    names = ((key_id(algorithm, raw), agent, raw) for agent, algorithm, raw in keys)
    return {name: Key(name, agent, raw, 0) for name, agent, raw in names}


def enrolments_of(parsed: ParsedEvent) -> tuple[tuple[str, PublicKey], ...]:
    """Return each key that an event brings in, with its agent; its proof of possession is checked in step 6."""
    match parsed.details:
        case LedgerOpened(agents=agents):
            return tuple((agent.agent, key) for agent in agents for key in agent.keys)
        case AgentEnrolled(agent=agent, keys=keys):
            return tuple((agent, key) for key in keys)
        case AgentKeyAdded(agent=agent, key=key):
            return ((agent, key),)
        case _:
            return ()


def check_enrolments(parsed: ParsedEvent) -> None:
    """Raise unless every key that an event brings in proves that its owner holds it.

    Raises:
        RecordError: ``text.base64``, ``key.public``.
        VerificationError: ``enrolment.proof``.
    """
    for agent, key in enrolments_of(parsed):
        check_enrolment(agent=agent, key=key)
