"""What an unlocked key may be asked to sign: events that name its agent, and its own enrolment. Nothing else.

A session that signed any bytes would be an oracle: whoever reaches it could have a checkpoint, a mail or another
program's message signed with an examiner's key.
"""

from __future__ import annotations

from keys.private.signer import Signer
from schemas import canonical
from schemas.enrol import REQUEST_BYTES, Enrolment
from schemas.envelope import ENROL_PAYLOAD_TYPE, pae
from schemas.errors import RecordError, SigningKeyError
from schemas.event import PAYLOAD_TYPE, parse_event
from schemas.text import format_base64


def check_purpose(message: bytes, signer: Signer) -> None:
    """Raise unless ``message`` is the PAE of an event that names the signer's agent, or of the signer's enrolment.

    Raises:
        SigningKeyError: ``session.purpose``.
    """
    try:
        is_fit = _is_event_of(message, signer) or _is_enrolment_of(message, signer)
    except RecordError as error:
        raise SigningKeyError("session.purpose", f"expected a record to sign: {error.text}") from None
    if not is_fit:
        raise SigningKeyError("session.purpose", f"expected an event or enrolment of {signer.agent} to sign")


def _payload(message: bytes, kind: str) -> bytes | None:
    """Return the payload of a PAE of this type, else None; the PAE is made again and compared."""
    head = b"DSSEv1 %d %s " % (len(kind), kind.encode("ascii"))
    payload = message.removeprefix(head).partition(b" ")[2]
    return payload if message.startswith(head) and pae(kind, payload) == message else None


def _is_event_of(message: bytes, signer: Signer) -> bool:
    payload = _payload(message, PAYLOAD_TYPE)
    return payload is not None and any(named.agent == signer.agent for named in parse_event(payload).event.signers)


def _is_enrolment_of(message: bytes, signer: Signer) -> bool:
    payload = _payload(message, ENROL_PAYLOAD_TYPE)
    if payload is None:
        return False
    asked = canonical.decode(payload, Enrolment, maximum=REQUEST_BYTES)
    return (asked.agent, asked.key) == (signer.agent, format_base64(signer.public_key))
