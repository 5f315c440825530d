"""One rule for every verifier of a signature."""

import json
import random

import pytest
from nacl.signing import SigningKey

from keys.ed25519 import check_public_key, check_signature
from schemas.errors import RecordError, VerificationError
from tests.keys.curve import BASE, TORSION, L, P, Point, add, challenge, decode, encode, is_strict, multiply
from tests.thirdparty import vector

SECRET = 7**90 % L
MESSAGE = b"exhibit EX-1"


def _is_accepted(key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        check_signature(key=key, message=message, signature=signature)
    except VerificationError as error:
        if error.code != "signature.invalid":
            raise
        return False
    return True


def _forge(*, key: bytes, secret: int, nonce: int, shift: Point, message: bytes) -> bytes:
    """Sign as an owner does who cheats: with a shifted R, and S to fit as far as it can."""
    r = encode(add(multiply(nonce, BASE), shift))
    s = (nonce + challenge(r, key, message) * secret) % L
    return r + s.to_bytes(32, "little")


@pytest.mark.parametrize("a", range(8))
def test_keys_and_nonces_of_mixed_order_are_judged_as_the_specification_says(a: int) -> None:
    """Verifiers that clear the cofactor accept more; two verifiers that disagree make two verdicts."""
    key = encode(add(multiply(SECRET, BASE), TORSION[a]))
    verdicts = set()
    for r in range(8):
        for nonce in (3, 5):
            signature = _forge(key=key, secret=SECRET, nonce=nonce, shift=TORSION[r], message=MESSAGE)
            expected = is_strict(key, MESSAGE, signature)
            assert _is_accepted(key, MESSAGE, signature) is expected
            verdicts.add(expected)
    assert False in verdicts


@pytest.mark.parametrize("a", range(1, 8))
def test_a_nonce_of_small_order_is_refused_even_where_the_equation_holds(a: int) -> None:
    """With R of small order one signature can fit many messages."""
    key = encode(add(multiply(SECRET, BASE), TORSION[a]))
    fitting = 0
    for number in range(64):
        message = b"message %d" % number
        for shift in TORSION:
            r = encode(shift)
            h = challenge(r, key, message)
            if multiply(-h % 8, TORSION[a]) == shift:
                fitting += 1
                assert not _is_accepted(key, message, r + (h * SECRET % L).to_bytes(32, "little"))
    assert fitting


def _small_order_spellings() -> list[bytes]:
    """Spell each y of small order below 2^255 in every way, with both signs of x."""
    ys = {point[1] + extra for point in TORSION for extra in (0, P) if point[1] + extra < 2**255}
    return [(y | sign << 255).to_bytes(32, "little") for y in sorted(ys) for sign in (0, 1)]


@pytest.mark.parametrize("key", _small_order_spellings(), ids=bytes.hex)
def test_a_key_of_small_order_verifies_nothing(key: bytes) -> None:
    """Under such a key anybody can sign anything: R = [S]B fits where [h]A vanishes."""
    with pytest.raises(RecordError, match=r"key\.public"):
        check_public_key(key)
    r = encode(multiply(5, BASE))
    messages = [b"%d" % number for number in range(64)]
    assert any(challenge(r, key, message) % 8 == 0 for message in messages)
    for message in messages:
        assert not _is_accepted(key, message, r + (5).to_bytes(32, "little"))


@pytest.mark.parametrize("y", range(P, 2**255))
@pytest.mark.parametrize("sign", [0, 1])
def test_a_key_has_one_spelling(y: int, sign: int) -> None:
    """Two spellings of one key would be two keys in a ledger, one of them never revoked."""
    with pytest.raises(RecordError, match=r"key\.public"):
        check_public_key((y | sign << 255).to_bytes(32, "little"))


@pytest.mark.parametrize("y", range(2, 40))
def test_a_public_key_is_accepted_exactly_if_it_decodes(y: int) -> None:
    """About every second y has no point; a key off the curve could never sign, and its owner would never know."""
    raw = y.to_bytes(32, "little")
    if decode(raw) is None:
        with pytest.raises(RecordError, match=r"key\.public"):
            check_public_key(raw)
    else:
        check_public_key(raw)


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_a_key_of_another_length_is_refused(size: int) -> None:
    """The binding passes a bare pointer: a short key would be read past its end."""
    with pytest.raises(RecordError, match=r"key\.public"):
        check_public_key(b"\x09" * size)
    assert not _is_accepted(b"\x09" * size, MESSAGE, bytes(64))


def test_a_signature_never_borrows_from_its_message() -> None:
    """The library reads signature and message as one string: moving the border must not go unseen."""
    key = SigningKey(bytes(32))
    signature = bytes(key.sign(MESSAGE).signature)
    raw = bytes(key.verify_key)
    assert _is_accepted(raw, MESSAGE, signature)
    assert not _is_accepted(raw, signature[63:] + MESSAGE, signature[:63])
    assert not _is_accepted(raw, MESSAGE[1:], signature + MESSAGE[:1])
    assert not _is_accepted(raw, MESSAGE, signature + MESSAGE)
    assert not _is_accepted(raw, MESSAGE, b"")


def test_every_bit_of_a_signature_counts() -> None:
    """A signature that can be changed and still holds has two spellings."""
    key = SigningKey(bytes(32))
    signature, raw = bytes(key.sign(MESSAGE).signature), bytes(key.verify_key)
    for bit in range(512):
        changed = bytearray(signature)
        changed[bit // 8] ^= 1 << bit % 8
        assert not _is_accepted(raw, MESSAGE, bytes(changed))


def test_adding_the_group_order_to_s_is_refused() -> None:
    """S and S + L satisfy the same equation; only one is a signature (RFC 8032 section 5.1.7)."""
    key = SigningKey(bytes(32))
    signature, raw = bytes(key.sign(MESSAGE).signature), bytes(key.verify_key)
    s = int.from_bytes(signature[32:], "little")
    for times in range(1, 16):
        if s + times * L < 2**256:
            assert not _is_accepted(raw, MESSAGE, signature[:32] + (s + times * L).to_bytes(32, "little"))


def test_the_library_and_plain_arithmetic_agree_on_noise() -> None:
    """Where they part, one of the rules isn't held."""
    source = random.Random(7)
    for _ in range(60):
        key = SigningKey(source.randbytes(32))
        message = source.randbytes(source.randrange(80))
        signature = bytearray(key.sign(message).signature)
        if source.random() < 0.5:
            signature[source.randrange(64)] ^= 1 << source.randrange(8)
        raw = bytes(key.verify_key)
        assert _is_accepted(raw, message, bytes(signature)) is is_strict(raw, message, bytes(signature))


def test_every_wycheproof_signature_is_judged_right() -> None:
    """Others collected what went wrong elsewhere."""
    groups = json.loads(vector("wycheproof/ed25519_test.json").read_bytes())["testGroups"]
    judged = 0
    for group in groups:
        key = bytes.fromhex(group["publicKey"]["pk"])
        for case in group["tests"]:
            message, signature = bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"])
            assert _is_accepted(key, message, signature) is (case["result"] == "valid"), case["tcId"]
            judged += 1
    assert judged == 151
