"""What is signed is what the verifier checks."""

import msgspec
import pytest

from keys.dsse import check_envelope_signature, open_enrolment
from keys.private.signing import join_signatures, make_enrolment, sign_event, sign_for
from schemas import canonical
from schemas.enrol import format_enrolment
from schemas.envelope import Envelope, pae
from schemas.errors import UsageError
from schemas.event import PAYLOAD_TYPE
from schemas.text import parse_base64
from tests.keys.people import NONCE
from tests.keys.private.secrets import event, signer

GIVER, TAKER = signer(1, "examiner-1"), signer(2, "examiner-2")
EVENT = event("examiner-1", "examiner-2")


def _code(*signers: object) -> str:
    with pytest.raises(UsageError) as caught:
        sign_event(EVENT, signers)  # type: ignore[arg-type]
    return caught.value.code


def test_an_event_is_signed_by_all_whom_it_names() -> None:
    """Each signature holds over the event's own bytes, and the envelope survives the strict reader."""
    envelope = sign_event(EVENT, [TAKER, GIVER])
    assert parse_base64(envelope.payload) == EVENT.raw
    assert [signature.keyid for signature in envelope.signatures] == sorted([GIVER.key_id, TAKER.key_id])
    keys = {each.key_id: each.public_key for each in (GIVER, TAKER)}
    for signature in envelope.signatures:
        check_envelope_signature(message=pae(PAYLOAD_TYPE, EVENT.raw), signature=signature, key=keys[signature.keyid])
    assert canonical.decode(canonical.encode(envelope), Envelope, maximum=65_535) == envelope


def test_the_order_of_signing_does_not_show() -> None:
    """One event with the same signatures has one envelope, whoever signed first."""
    assert sign_event(EVENT, [TAKER, GIVER]) == sign_event(EVENT, [GIVER, TAKER])
    collected = [sign_for(EVENT, TAKER), sign_for(EVENT, GIVER)]
    assert join_signatures(EVENT, collected) == sign_event(EVENT, [GIVER, TAKER])


def test_only_those_whom_the_event_names_sign_and_all_of_them() -> None:
    """A stranger's or a missing signature would be FAILED in every bundle, for ever."""
    stranger = signer(3, "examiner-3")
    assert _code(GIVER) == "signing.missing"
    assert _code() == "signing.missing"
    assert _code(GIVER, TAKER, stranger) == "signing.not-named"
    assert _code(GIVER, TAKER, signer(4, "examiner-1")) == "signing.twice"
    with pytest.raises(UsageError, match=r"signing\.not-named"):
        sign_for(EVENT, stranger)


def test_one_key_never_signs_for_two() -> None:
    """Two agents with one key are one person."""
    assert _code(GIVER, signer(1, "examiner-2")) == "signing.twice"
    with pytest.raises(UsageError, match=r"signing\.twice"):
        join_signatures(EVENT, [sign_for(EVENT, GIVER)] * 2)


def test_an_enrolment_request_opens() -> None:
    """What `key new` writes, `agent enrol` takes."""
    request = format_enrolment(agent="examiner-1", key=make_enrolment(GIVER, nonce=NONCE))
    opened = open_enrolment(request)
    assert (opened.agent, opened.key_id) == ("examiner-1", GIVER.key_id)
    assert msgspec.json.decode(request)["key"]["nonce"] == NONCE
