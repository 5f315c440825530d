"""Answers of every call, changed anywhere: a proof that holds, or an error with a code, and soon."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from custody.evidence.assets.ethereum_proofs import Subject
from custody.evidence.assets.proofs import make_proofs
from custody.onchain.caip import Chain, parse_chain
from custody.onchain.check import parse_proof
from custody.onchain.claims import Recorded
from schemas.errors import CustodyError
from tests.evidence.assets.node import (
    CHAIN,
    COINS,
    NOBODY,
    SUBJECT,
    answer,
    get_block,
    get_header,
    get_merkle,
    get_receipts,
    merkle_block,
    owner_answers,
)
from tests.onchain.forging import bitcoin_chain, branch_of, double, transaction
from tests.onchain.scenes import (
    COIN_RECORD,
    HEIGHT,
    OWNER_KEY,
    PAYMENT,
    TOKEN_RECORD,
    asset,
    moved,
    receipts_block,
    state_block,
)


def _made() -> Iterator[tuple[bytes, Chain, Subject, Recorded]]:
    yield owner_answers(state_block(), OWNER_KEY), CHAIN, SUBJECT, TOKEN_RECORD
    block = receipts_block(moved(), count=5, at=2)
    yield answer(get_receipts(block, 2, [moved()]), get_block(block)), CHAIN, SUBJECT, TOKEN_RECORD
    leaves = [double(transaction([(place, b"\x51")])) for place in range(6)] + [double(PAYMENT)]
    header = bitcoin_chain(branch_of(leaves, 6)[0], 0, 0)[0]
    proof, head = merkle_block(header, leaves, 6), get_header(header, HEIGHT)
    yield answer(PAYMENT.hex(), proof, head), COINS, NOBODY, COIN_RECORD
    yield answer(PAYMENT.hex(), get_header(header, HEIGHT, leaves)), COINS, NOBODY, COIN_RECORD
    headers = {"hex": header.hex(), "count": 1, "max": 2016}
    yield answer(PAYMENT.hex(), get_merkle(leaves, 6, HEIGHT), headers), COINS, NOBODY, COIN_RECORD


GOOD = tuple(_made())
VALUES = (
    some.none()
    | some.booleans()
    | some.integers(-(1 << 70), 1 << 70)
    | some.floats(allow_nan=False, allow_infinity=False)
    | some.text(max_size=8)
    | some.sampled_from(["0x", "0x0", "0x00", "f" * 64, "0x" + "f" * 64, "0x" + "ff" * 5000, "00" * 64, -1, 1 << 62])
    | some.just([])
    | some.just({})
    | some.just([[]] * 300)
)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every container of a value with each place in it."""
    for key in value if isinstance(value, dict) else range(len(value)):
        yield value, key
        if isinstance(value[key], dict | list):
            yield from _places(value[key])


def _read(raw: bytes, chain: Chain, subject: Subject, recorded: Recorded) -> bool:
    """Tell whether it was read; what comes out is a proof, and anything else is an error that has a code."""
    try:
        made = make_proofs([raw], chain, subject, recorded)
    except CustodyError as error:
        assert "." in error.code  # noqa: PT017 every error is looked at
        assert len(error.text) < 1000  # noqa: PT017
        return False
    assert all(parse_proof(proof) for proof, _ in made)
    return True


def test_as_they_are_they_are_read() -> None:
    """Else no change of theirs would say anything."""
    assert all(_read(*good) for good in GOOD)


@given(some.sampled_from(GOOD), some.data())
def test_any_value_may_stand_anywhere(good: tuple[bytes, Chain, Subject, Recorded], data: some.DataObject) -> None:
    """Fields replaced, left out, doubled, bits of hex turned, at any depth."""
    answers = json.loads(good[0])
    for _ in range(data.draw(some.integers(1, 3))):
        holder, key = data.draw(some.sampled_from(list(_places(answers))))
        value = holder[key]
        match data.draw(some.integers(0, 4)):
            case 0:
                holder[key] = data.draw(VALUES)
            case 1:
                del holder[key]
            case 2 if isinstance(holder, list):
                holder.insert(data.draw(some.integers(0, len(holder))), value)
            case 3 if isinstance(value, str) and value:
                at = data.draw(some.integers(0, len(value) - 1))
                holder[key] = value[:at] + data.draw(some.sampled_from("0123456789abcdefx")) + value[at + 1 :]
            case _ if isinstance(value, str):
                holder[key] = value[: data.draw(some.integers(0, len(value)))] + data.draw(
                    some.sampled_from(["", "00"])
                )
            case _:
                continue
        if not answers or not list(_places(answers)):
            break
    _read(json.dumps(answers).encode(), *good[1:])


@given(some.sampled_from(GOOD), some.integers(0, 1 << 20), some.binary(max_size=20))
def test_a_file_may_be_cut_and_gone_on_with_anything(
    good: tuple[bytes, Chain, Subject, Recorded], at: int, rest: bytes
) -> None:
    """A download that broke, bytes behind the end."""
    raw = good[0]
    _read(raw[: at % len(raw)] + rest, *good[1:])
    _read(raw + rest, *good[1:])


@pytest.mark.parametrize("place", range(len(GOOD)))
def test_answers_about_another_chain_or_another_asset_prove_nothing(place: int) -> None:
    """A block of one chain is none of another's, and what isn't recorded isn't proven."""
    raw, chain, subject, _ = GOOD[place]
    other = COINS if chain is CHAIN else CHAIN
    for wanted in (other, parse_chain("bip122:000000000019d6689c085ae165831e93"), parse_chain("solana:x")):
        assert not _read(raw, wanted, subject, Recorded())
    assert not _read(raw, chain, subject, Recorded(asset=asset(token=99)) if chain is CHAIN else Recorded())


@pytest.mark.parametrize(
    "raw",
    [
        b'{"result":' * 200_000,
        b"[" * 2_000_000 + b"]" * 2_000_000,
        b'{"a":' * 900 + b"1" + b"}" * 900,
        answer({"accountProof": [["0x00"] * 1000] * 100, "address": "0x" + "00" * 20}),
        answer({"accountProof": ["0x" + "c1" * 500_000], "address": "0x" + "00" * 20, "storageProof": []}),
        answer("f9ffff" * 300_000),
        answer("00" * 80 + "ff" * 9 + "00" * 100),
        answer("01000000" + "ff" + "ff" * 8 + "00" * 300),
        answer(*["00" * 80] * 30_000),
        answer(*[{"logs": [], "transactionIndex": hex(place)} for place in range(20_000)]),
        b"00" * 2_000_000,
    ],
    ids=range(11),
)
def test_depth_and_size_are_refused_soon(raw: bytes) -> None:
    """Nothing that a node, or whoever stands before it, answers costs more than reading it."""
    for chain, subject, recorded in ((CHAIN, SUBJECT, TOKEN_RECORD), (COINS, NOBODY, COIN_RECORD)):
        assert not _read(raw, chain, subject, recorded)
