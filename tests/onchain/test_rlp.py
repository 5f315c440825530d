"""RLP has one spelling for each value, and nothing else is read."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as some

from custody.onchain import rlp
from schemas.errors import VerificationError
from tests.onchain.forging import spell

ITEMS = some.recursive(some.binary(max_size=70), lambda inner: some.lists(inner, max_size=6), max_leaves=20)


@given(ITEMS)
def test_what_is_spelled_is_read_back(item: rlp.Item) -> None:
    """Reader and writer agree with an encoder that they don't know."""
    assert rlp.decode(spell(item)) == item
    assert rlp.encode(item) == spell(item)


@given(some.binary(max_size=90))
def test_no_bytes_have_two_meanings(raw: bytes) -> None:
    """Whatever is read has these bytes as its only spelling; all else is refused in one way."""
    try:
        item = rlp.decode(raw)
    except VerificationError as error:
        assert error.code == "asset.rlp"  # noqa: PT017
    else:
        assert spell(item) == raw


@pytest.mark.parametrize(
    "raw",
    [
        "", "8100", "817f", "b80100", "b837" + "00" * 55, "b90038" + "00" * 56, "bf" + "ff" * 8, "c1", "c180ff",
        "c88363", "f800", "f90001", "83646f", "83646f6767", "ff" * 9, "b8", "c0c0",
    ],
)  # fmt: skip
def test_another_spelling_is_refused(raw: str) -> None:
    """Lengths that lie, long forms of short lengths, leading zeros and trailing bytes."""
    with pytest.raises(VerificationError) as found:
        rlp.decode(bytes.fromhex(raw))
    assert found.value.code == "asset.rlp"


def test_depth_is_bounded() -> None:
    """A bomb of nested lists ends with an error and not with the stack."""
    raw = b"\xc0"
    for _ in range(900):
        raw = _wrap(raw)
    for bomb in (raw, b"\xc1" * 100_000 + b"\xc0"):
        with pytest.raises(VerificationError):
            rlp.decode(bomb)


def _wrap(raw: bytes) -> bytes:
    size = len(raw)
    if size < 56:
        return bytes([0xC0 + size]) + raw
    spelled = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([0xF7 + len(spelled)]) + spelled + raw


def test_a_large_claim_costs_nothing() -> None:
    """A length of 2^64 is compared with the bytes at hand before anything is made of it."""
    before = time.process_time()
    with pytest.raises(VerificationError):
        rlp.decode(b"\xff" + b"\xff" * 8 + b"\0" * 100)
    assert time.process_time() - before < 1


@pytest.mark.parametrize(
    ("read", "item"),
    [
        (lambda item: rlp.as_number(item, "n"), b"\0"),
        (lambda item: rlp.as_number(item, "n"), b"\x01" * 33),
        (lambda item: rlp.as_number(item, "n", 64), b"\x01" * 9),
        (lambda item: rlp.as_bytes(item, "b", 3), b"ab"),
        (lambda item: rlp.as_bytes(item, "b"), []),
        (lambda item: rlp.as_list(item, "l", 2, 2), [b""]),
        (lambda item: rlp.as_list(item, "l", 0, 2), b""),
    ],
)
def test_items_are_of_the_form_that_is_wanted(read, item) -> None:  # type: ignore[no-untyped-def]
    """A list where a number belongs is an error, as is a number with leading zeros."""
    with pytest.raises(VerificationError):
        read(item)
