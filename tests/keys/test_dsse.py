"""Signatures on events, and a key's proof that its owner holds it."""

from typing import Any

import msgspec
import pytest

from keys.dsse import check_enrolment, check_envelope_signature, open_enrolment, raw_key
from schemas import enrol
from schemas.details.ledger import PublicKey
from schemas.envelope import ENROL_PAYLOAD_TYPE, Signature, key_id, pae
from schemas.errors import CustodyError, RecordError, UnknownVersionError, VerificationError
from schemas.event import PAYLOAD_TYPE
from schemas.text import format_base64
from tests.keys.people import NONCE, enrolled, public, sign

MESSAGE = pae(PAYLOAD_TYPE, b"{}")


def _signature(number: int, message: bytes = MESSAGE) -> Signature:
    return Signature(keyid=key_id("ed25519", public(number)), sig=format_base64(sign(number, message)))


def _change(enrolled_key: PublicKey, **fields: str) -> PublicKey:
    return msgspec.structs.replace(enrolled_key, **fields)


def test_a_signature_of_the_named_key_holds() -> None:
    """The one case in which nothing is raised."""
    check_envelope_signature(message=MESSAGE, signature=_signature(1), key=public(1))


@pytest.mark.parametrize(
    ("signature", "code"),
    [
        (Signature(keyid=_signature(2).keyid, sig=_signature(1).sig), "signature.key-id"),
        (Signature(keyid=_signature(1).keyid, sig=_signature(2).sig), "signature.invalid"),
        (_signature(1, pae("text/plain", b"{}")), "signature.invalid"),
        (_signature(1, pae(PAYLOAD_TYPE, b"[]")), "signature.invalid"),
        (_signature(1, b"{}"), "signature.invalid"),
        (Signature(keyid=_signature(1).keyid, sig=_signature(1).sig[:-4] + "===="), "text.base64"),
        (Signature(keyid=_signature(1).keyid, sig="AAAA"), "text.base64"),
    ],
    ids=["another's id", "another's signature", "another type", "another payload", "no encoding", "base64", "length"],
)
def test_a_signature_counts_for_its_key_type_and_payload_only(signature: Signature, code: str) -> None:
    """A signature made for one purpose must be worth nothing for another."""
    with pytest.raises(CustodyError) as caught:
        check_envelope_signature(message=MESSAGE, signature=signature, key=public(1))
    assert caught.value.code == code


def test_the_documented_request_is_what_is_signed() -> None:
    """A foreign implementer starts from the bytes in the docstring."""
    proof, public_key = format_base64(bytes(64)), "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="
    key = PublicKey(algorithm="ed25519", key=public_key, nonce=NONCE, proof=proof)
    documented = (enrol.__doc__ or "").replace('",\n     "', '","')
    assert enrol.enrolment_payload(agent="exam-07", key=key).decode() in documented
    start, end = enrol.format_enrolment(agent="exam-07", key=key).decode().split(proof)
    assert f"{start}<88 characters>{end}" in documented


def test_an_enrolment_request_opens_to_the_key_that_made_it() -> None:
    """The registrar enrols what the file proves and nothing else."""
    key = enrolled(3, agent="examiner-1")
    opened = open_enrolment(enrol.format_enrolment(agent="examiner-1", key=key))
    assert (opened.agent, opened.key, opened.key_id) == ("examiner-1", key, key_id("ed25519", public(3)))
    assert raw_key(opened.key) == public(3)


@pytest.mark.parametrize(
    ("agent", "fields"),
    [
        ("examiner-2", {}),
        ("examiner-1", {"nonce": "ff" * 16}),
        ("examiner-1", {"key": format_base64(public(4))}),
        ("examiner-1", {"proof": enrolled(4, agent="examiner-1").proof}),
        ("examiner-1", {"proof": format_base64(sign(3, pae(ENROL_PAYLOAD_TYPE, b"{}")))}),
    ],
    ids=["agent", "nonce", "key", "proof", "payload"],
)
def test_nobody_enrols_a_key_that_he_does_not_hold(agent: str, fields: dict[str, Any]) -> None:
    """Or a colleague's public key could be enrolled as one's own, and his signatures claimed."""
    with pytest.raises(VerificationError, match=r"enrolment\.proof"):
        check_enrolment(agent=agent, key=_change(enrolled(3, agent="examiner-1"), **fields))


def test_a_key_of_small_order_is_never_enrolled() -> None:
    """Anybody could sign for its agent."""
    weak = _change(enrolled(3, agent="examiner-1"), key=format_base64(b"\x01" + bytes(31)))
    with pytest.raises(RecordError, match=r"key\.public"):
        check_enrolment(agent="examiner-1", key=weak)


def test_every_changed_byte_of_a_request_is_refused() -> None:
    """A request travels by mail or stick; what arrives changed must not be enrolled."""
    raw = enrol.format_enrolment(agent="examiner-1", key=enrolled(3, agent="examiner-1"))
    for place in range(len(raw)):
        for mask in (0x01, 0x20, 0x80):
            changed = raw[:place] + bytes([raw[place] ^ mask]) + raw[place + 1 :]
            with pytest.raises((RecordError, VerificationError)):
                open_enrolment(changed)


def test_every_cut_request_is_refused() -> None:
    """A download that broke off isn't a request."""
    raw = enrol.format_enrolment(agent="examiner-1", key=enrolled(3, agent="examiner-1"))
    for length in range(len(raw)):
        with pytest.raises(RecordError):
            open_enrolment(raw[:length])
    with pytest.raises(RecordError):
        open_enrolment(raw + b"\n")


def test_a_request_of_a_newer_version_is_undecided() -> None:
    """An old registrar says that he is old, not that the examiner cheats."""
    raw = enrol.format_enrolment(agent="examiner-1", key=enrolled(3, agent="examiner-1"))
    with pytest.raises(UnknownVersionError, match=r"record\.version"):
        open_enrolment(raw.replace(b"enrol-request/v1", b"enrol-request/v2"))
