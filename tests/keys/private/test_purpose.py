"""An unlocked key signs events and its own enrolment, and is no oracle for anything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.note import cosigned_message
from keys.private.purpose import check_purpose
from keys.private.signing import make_enrolment
from schemas.enrol import enrolment_payload
from schemas.envelope import ENROL_PAYLOAD_TYPE, pae
from schemas.errors import SigningKeyError
from schemas.event import PAYLOAD_TYPE
from tests.keys.people import NONCE
from tests.keys.private.secrets import event, signer

OWN = signer(1, "examiner-1")
EVENT = event("examiner-1", "examiner-2")
ENROLMENT = enrolment_payload(agent="examiner-1", key=make_enrolment(OWN, nonce=NONCE))


@pytest.mark.parametrize("message", [pae(PAYLOAD_TYPE, EVENT.raw), pae(ENROL_PAYLOAD_TYPE, ENROLMENT)])
def test_the_owners_events_and_enrolment_are_signed(message: bytes) -> None:
    """All that an examiner's day needs."""
    check_purpose(message, OWN)


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"hello",
        EVENT.raw,
        b"log.example/main\n7\nnND/nri/U0xuHUrYSy0HtMeal2vzD9V4k/BO79C+QeI=\n",
        cosigned_message(b"log.example/main\n7\nnND/nri/U0xuHUrYSy0HtMeal2vzD9V4k/BO79C+QeI=\n", time=1),
        pae("application/vnd.in-toto+json", EVENT.raw),
        pae(ENROL_PAYLOAD_TYPE, EVENT.raw),
        pae(PAYLOAD_TYPE, ENROLMENT),
        pae(PAYLOAD_TYPE, EVENT.raw + b" "),
        pae(PAYLOAD_TYPE, EVENT.raw) + b" ",
        pae(PAYLOAD_TYPE, EVENT.raw).replace(b"DSSEv1 ", b"DSSEv1  "),
        pae(PAYLOAD_TYPE, EVENT.raw).replace(b"DSSEv1 37 ", b"DSSEv1 037 "),
        pae(PAYLOAD_TYPE, event("examiner-2", "examiner-3").raw),
        pae(PAYLOAD_TYPE, EVENT.raw.replace(b"custody-event/v1", b"custody-event/v2")),
        pae(ENROL_PAYLOAD_TYPE, enrolment_payload(agent="examiner-2", key=make_enrolment(OWN, nonce=NONCE))),
        pae(ENROL_PAYLOAD_TYPE, enrolment_payload(agent="examiner-1", key=make_enrolment(signer(2), nonce=NONCE))),
    ],
)
def test_nothing_else_is_signed(message: bytes) -> None:
    """Each of these would be worth something to somebody."""
    with pytest.raises(SigningKeyError, match=r"session\.purpose"):
        check_purpose(message, OWN)


@given(st.binary(max_size=100))
def test_noise_is_refused_in_our_own_words(noise: bytes) -> None:
    """Any local program can talk to the session."""
    for message in (noise, pae(PAYLOAD_TYPE, noise), b"DSSEv1 37 " + PAYLOAD_TYPE.encode() + b" " + noise):
        with pytest.raises(SigningKeyError, match=r"session\.purpose"):
            check_purpose(message, OWN)
