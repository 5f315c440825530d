"""Captured answers become proofs that hold, or an error that says what is missing or wrong."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from custody.evidence.assets.answers import Answers
from custody.evidence.assets.ethereum_proofs import Subject
from custody.evidence.assets.proofs import make_proofs
from custody.onchain.caip import parse_chain
from custody.onchain.check import parse_proof
from custody.onchain.claims import Recorded
from schemas.errors import CustodyError, RecordError, VerificationError
from tests.evidence.assets.node import (
    CHAIN,
    COINS,
    NOBODY,
    SUBJECT,
    answer,
    get_block,
    get_header,
    get_merkle,
    get_proof,
    get_receipts,
    merkle_block,
    owner_answers,
)
from tests.onchain.forging import (
    EthereumBlock,
    bitcoin_chain,
    branch_of,
    double,
    hashed,
    transaction,
)
from tests.onchain.scenes import (
    COIN_RECORD,
    CONTRACT,
    HEIGHT,
    OWNER_KEY,
    PAYMENT,
    PAYMENT_ID,
    STRANGER,
    TARGET,
    TOKEN_RECORD,
    asset,
    moved,
    receipts_block,
    state_block,
    word,
)

LEAVES = [double(transaction([(place, b"\x51")])) for place in range(7)]


def _fails(
    code: str, *files: bytes, chain: Any = CHAIN, subject: Subject = SUBJECT, recorded: Recorded = TOKEN_RECORD
) -> None:
    with pytest.raises(CustodyError) as found:
        make_proofs(files, chain, subject, recorded)
    assert found.value.code == code


def test_an_owner_is_proven_by_two_answers_in_one_file_or_two() -> None:
    """The proof names no block, so the state root finds it; layout and slot follow from the key."""
    block = state_block()
    ((raw, said),) = make_proofs([owner_answers(block, OWNER_KEY)], CHAIN, SUBJECT, TOKEN_RECORD)
    assert "belongs to the recorded account" in said[0].text
    storage = parse_proof(raw).account.storage[0]  # type: ignore[union-attr, index]
    assert (storage.layout, storage.slot) == ("erc721-owner", word(2).hex())
    apart = [answer(get_proof(block, CONTRACT, OWNER_KEY)), answer(get_block(EthereumBlock(7)), get_block(block))]
    ((again, _),) = make_proofs(apart, CHAIN, SUBJECT, TOKEN_RECORD)
    assert again == raw
    lines = b"\xef\xbb\xbf" + b"\r\n".join(
        json.dumps(item).encode() for item in json.loads(owner_answers(block, OWNER_KEY))
    )
    assert make_proofs([lines], CHAIN, SUBJECT, TOKEN_RECORD)[0][0] == raw


def test_following_blocks_lead_on() -> None:
    """Headers that were captured with it travel in the proof, up to the last that links."""
    block = state_block()
    after = block.after()
    files = [owner_answers(block, OWNER_KEY), answer(get_block(after.after()), get_block(after))]
    ((raw, _),) = make_proofs(files, CHAIN, SUBJECT, TOKEN_RECORD)
    assert len(parse_proof(raw).headers) == 3


def test_a_transfer_is_proven_by_all_receipts_of_its_block() -> None:
    """The trie is built anew; the transaction that was told is taken, else the one to a recorded account."""
    logs = [moved(receiver=STRANGER), moved()]
    block = receipts_block(*logs)
    file = answer(get_receipts(block, 130, logs), get_block(block))
    ((raw, said),) = make_proofs([file], CHAIN, SUBJECT, TOKEN_RECORD)
    receipt = parse_proof(raw).receipt
    assert (receipt.index, receipt.log) == (130, 1)  # type: ignore[union-attr]
    assert "moved 1 of token" in said[0].text
    told = replace(SUBJECT, transaction=hashed(bytes([130])).hex())
    assert make_proofs([file], CHAIN, told, TOKEN_RECORD)[0][0] == raw
    _fails("asset.answer-missing", file, subject=replace(SUBJECT, transaction=hashed(bytes([3])).hex()))
    _fails("asset.answer-missing", answer(get_receipts(block, 130, logs)[1:], get_block(block)))
    _fails("asset.answer-missing", answer(get_receipts(block, 130, logs[1:]), get_block(block)))
    _fails("asset.answer-missing", answer(get_receipts(block, 130, logs)))


def test_receipts_that_were_asked_for_one_by_one_are_put_together() -> None:
    """Some nodes answer for single receipts only; all of a block are wanted, in any order, perhaps twice."""
    block = receipts_block(moved(), count=20, at=7)
    found = [{**item, "blockHash": f"0x{block.hash.hex()}", "root": ""} for item in get_receipts(block, 7, [moved()])]
    ((raw, _),) = make_proofs([answer(*found, found[3], get_block(block))], CHAIN, SUBJECT, TOKEN_RECORD)
    assert parse_proof(raw).receipt.index == 7  # type: ignore[union-attr]
    _fails("asset.answer-missing", answer(*found[:-1], get_block(block)))


def test_results_alone_are_read_as_tools_print_them() -> None:
    """Without the frame of JSON-RPC: objects, lists of receipts, lines of hex."""
    block = receipts_block(moved())
    receipts = json.dumps(get_receipts(block, 130, [moved()])).encode()
    assert make_proofs([receipts, json.dumps(get_block(block)).encode()], CHAIN, SUBJECT, TOKEN_RECORD)
    leaves = [*LEAVES, double(PAYMENT)]
    header = bitcoin_chain(branch_of(leaves, 7)[0], 0, 0)[0]
    lines = f"{PAYMENT.hex()}\n{merkle_block(header, leaves, 7)}\n{json.dumps(get_header(header, HEIGHT))}\n"
    ((raw, _),) = make_proofs([lines.encode()], COINS, NOBODY, COIN_RECORD)
    assert parse_proof(raw).transaction.index == 7  # type: ignore[union-attr]


def test_a_whole_block_places_its_transactions() -> None:
    """Getblock in hex, with its transactions, and as a list of objects."""
    others = [transaction([(place, b"\x51")]) for place in range(3)]
    raws = [others[0], PAYMENT, *others[1:]]
    leaves = [double(raw) for raw in raws]
    header = bitcoin_chain(branch_of(leaves, 1)[0], 0, 0)[0]
    whole = (header + bytes([len(raws)]) + b"".join(raws)).hex()
    told = {**get_header(header, HEIGHT), "tx": [{"txid": leaf[::-1].hex(), "hex": "00"} for leaf in leaves]}
    by_hex = make_proofs([answer(PAYMENT.hex(), whole, get_header(header, HEIGHT))], COINS, NOBODY, COIN_RECORD)
    assert by_hex == make_proofs([answer(PAYMENT.hex(), told)], COINS, NOBODY, COIN_RECORD)


@pytest.mark.parametrize("count", [1, 2, 16, 17, 127, 128, 129, 200])
def test_the_trie_of_receipts_is_that_of_the_chain(count: int) -> None:
    """Places below and above 128 have keys of different lengths."""
    for at in {0, count // 2, count - 1}:
        block = receipts_block(moved(), count=count, at=at)
        file = answer(get_receipts(block, at, [moved()]), get_block(block))
        ((raw, _),) = make_proofs([file], CHAIN, SUBJECT, TOKEN_RECORD)
        assert parse_proof(raw).receipt.index == at  # type: ignore[union-attr]


def test_nodes_that_answer_differently_give_the_same_proof() -> None:
    """An empty trie's only node, and a short node that its parent holds, are left out."""
    block = state_block()
    found = get_proof(block, CONTRACT, OWNER_KEY)
    found["storageProof"][0]["proof"].append("0xc22001")
    ((raw, _),) = make_proofs([answer(found, get_block(block))], CHAIN, SUBJECT, TOKEN_RECORD)
    assert raw == make_proofs([owner_answers(block, OWNER_KEY)], CHAIN, SUBJECT, TOKEN_RECORD)[0][0]
    empty = get_proof(block, TARGET)
    empty["storageProof"] = [{"key": "0x2", "value": "0x0", "proof": ["0x80"]}]
    recorded = Recorded(asset=asset(contract=TARGET))
    _fails("asset.unexplained", answer(empty, get_block(block)), subject=NOBODY, recorded=recorded)


def test_a_wallet_that_never_held_the_token_is_found_before_anything_is_signed() -> None:
    """The proof is checked against what is about to be recorded."""
    _fails("asset.not-held", owner_answers(state_block(STRANGER), OWNER_KEY))


def _bitcoin(height_by: str, count: int = 7, index: int = 3) -> list[bytes]:
    leaves = [*LEAVES[:index], double(PAYMENT), *LEAVES[index:]][:count]
    root, _ = branch_of(leaves, index)
    headers = bitcoin_chain(root, 1, 2)
    more = [raw.hex() for raw in headers if raw != headers[1]]
    match height_by:
        case "header":
            place = [merkle_block(headers[1], leaves, index), get_header(headers[1], HEIGHT)]
        case "block":
            place = [get_header(headers[1], HEIGHT, leaves)]
        case _:
            whole = {"hex": b"".join(headers).hex(), "count": len(headers), "max": 2016}
            return [answer(PAYMENT.hex(), get_merkle(leaves, index, HEIGHT), whole)]
    return [answer({"txid": PAYMENT_ID, "hex": PAYMENT.hex()}, *place, *more)]


@pytest.mark.parametrize("height_by", ["header", "block", "electrum"])
@pytest.mark.parametrize(("count", "index"), [(7, 3), (1, 0), (2, 1), (5, 4), (8, 7)])
def test_a_payment_is_proven_by_each_kind_of_node(height_by: str, count: int, index: int) -> None:
    """Bitcoin Core's Merkle block, a whole block's list, and Electrum give the same proof."""
    ((raw, said),) = make_proofs(_bitcoin(height_by, count, index), COINS, NOBODY, COIN_RECORD)
    found = parse_proof(raw)
    assert (found.height, found.place, len(found.headers)) == (HEIGHT - 1, 1, 4)
    assert "pays 1.50000000 bitcoin" in said[0].text
    assert raw == make_proofs(_bitcoin("header", count, index), COINS, NOBODY, COIN_RECORD)[0][0]


def test_the_first_blocks_of_both_chains_have_the_hashes_that_everybody_knows() -> None:
    """Headers that a node took apart are put together in the one order."""
    empty = "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"
    first = {
        "parentHash": f"0x{'00' * 32}",
        "sha3Uncles": "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347",
        "miner": f"0x{'00' * 20}",
        "stateRoot": "0xd7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544",
        "transactionsRoot": empty,
        "receiptsRoot": empty,
        "logsBloom": f"0x{'00' * 256}",
        "difficulty": "0x400000000",
        "number": "0x0",
        "gasLimit": "0x1388",
        "gasUsed": "0x0",
        "timestamp": "0x0",
        "extraData": "0x11bbe8db4e347b4e8c937c1c8370e4b5ed33adb3db69cbdb7a38e1e50b1b82fa",
        "mixHash": f"0x{'00' * 32}",
        "nonce": "0x0000000000000042",
        "hash": "0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3",
    }
    _fails("asset.answer-missing", answer(first))
    _fails("asset.answer", answer({**first, "gasLimit": "0x1389"}))
    genesis = {
        "hash": "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f",
        "height": 0,
        "versionHex": "00000001",
        "merkleroot": "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b",
        "time": 1231006505,
        "nonce": 2083236893,
        "bits": "1d00ffff",
    }
    _fails("asset.answer-missing", answer(genesis), chain=COINS, recorded=COIN_RECORD)
    _fails("asset.answer", answer({**genesis, "nonce": 5}), chain=COINS, recorded=COIN_RECORD)


def test_what_a_bitcoin_proof_lacks_is_named() -> None:
    """Without its place, or any height, there is no proof."""
    headers = bitcoin_chain(LEAVES[0], 0, 1)
    _fails("asset.answer-missing", answer(PAYMENT.hex()), chain=COINS, recorded=COIN_RECORD)
    file = answer(PAYMENT.hex(), merkle_block(bitcoin_chain(double(PAYMENT), 0, 0)[0], [double(PAYMENT)], 0))
    _fails("asset.answer-missing", file, chain=COINS, recorded=COIN_RECORD)
    _fails("asset.answer-missing", answer(headers[0].hex()), chain=COINS, recorded=COIN_RECORD)
    lying = answer(*(get_header(raw, 5) for raw in headers), headers[0].hex())
    _fails("asset.answer-missing", lying, chain=COINS, recorded=COIN_RECORD)
    twice = answer(get_header(headers[0], 5), get_header(headers[0], 6))
    _fails("asset.answer", twice, chain=COINS, recorded=COIN_RECORD)


_GOOD = json.loads(owner_answers(state_block(), OWNER_KEY))
_NODES = _GOOD[1]["result"]["accountProof"]


def _changed(**changes: Any) -> bytes:
    return answer({**_GOOD[0]["result"], **changes}, _GOOD[1]["result"])


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "asset.answer"),
        (b"   \n", "asset.answer"),
        (b"<html>502 Bad Gateway</html>", "asset.answer"),
        (b"\xff\xfe\x00", "asset.answer"),
        (b"[" * 100_000, "asset.answer"),
        (b"[]", "asset.answer-missing"),
        (b"null", "asset.answer"),
        (b"5", "asset.answer"),
        (b'{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"missing trie node"}}', "asset.answer"),
        (b'{"jsonrpc":"2.0","id":1,"result":null}', "asset.answer"),
        (b'{"jsonrpc":"3.0","id":1,"result":"0x00"}', "asset.answer"),
        (b'{"id":1}', "asset.answer"),
        (b'{"method":"eth_getProof","params":[]}', "asset.answer-missing"),
        (answer({"some": "thing"}), "asset.answer"),
        (answer([]), "asset.answer"),
        (answer("0xzz"), "asset.answer"),
        (answer("00" * 79), "asset.answer"),
        (answer(get_receipts(receipts_block(moved()), 130, [])[0]), "asset.answer-missing"),
        (_changed(hash=f"0x{'00' * 32}"), "asset.answer"),
        (_changed(number="0x064"), "asset.answer"),
        (_changed(number=100), "asset.answer"),
        (_changed(stateRoot="0x00"), "asset.answer"),
        (_changed(nonce=None), "asset.answer"),
        (_changed(gasUsed="0x1"), "asset.answer"),
        (_changed(requestsHash=f"0x{'00' * 32}"), "asset.answer"),
        (answer(_GOOD[1]["result"]), "asset.answer-missing"),
        (answer(_GOOD[0]["result"], {**_GOOD[1]["result"], "accountProof": "0x"}), "asset.answer"),
        (answer(_GOOD[0]["result"], {**_GOOD[1]["result"], "accountProof": ["0x00"] * 200}), "asset.answer"),
        (answer(_GOOD[0]["result"], {**_GOOD[1]["result"], "storageProof": [5]}), "asset.answer"),
        (answer(_GOOD[0]["result"], {**_GOOD[1]["result"], "address": "0x12"}), "asset.answer"),
        (answer(_GOOD[0]["result"], {**_GOOD[1]["result"], "accountProof": _NODES[::-1]}),
         "asset.answer-missing"),
        (answer(_GOOD[0]["result"], {**_GOOD[1]["result"], "accountProof": _NODES[:-1]}),
         "asset.trie"),
        (answer(_GOOD[0]["result"], {**_GOOD[1]["result"], "accountProof": [*_NODES, "0x" + "aa" * 40]}),
         "asset.trie"),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_refused(raw: bytes, code: str) -> None:
    """A page of a proxy, a node's refusal, a block that was changed, a proof in another order or with more in it."""
    _fails(code, raw)


def test_a_chain_without_proofs_is_named() -> None:
    """Of other chains nothing can be proven here."""
    _fails("asset.kind", owner_answers(state_block(), OWNER_KEY), chain=parse_chain("cosmos:cosmoshub-3"))


@given(some.binary(max_size=300))
def test_no_bytes_crash_the_reader(raw: bytes) -> None:
    """Whatever lies in a file is read or refused."""
    try:
        Answers().take(raw)
    except RecordError as error:
        assert error.code == "asset.answer"  # noqa: PT017


JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats(allow_nan=False) | some.text(max_size=20),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)


@given(some.sampled_from(sorted({*_GOOD[0]["result"], *_GOOD[1]["result"]})), JSON)
def test_no_value_in_an_answer_crashes_the_reader(name: str, value: Any) -> None:
    """Any field may be anything."""
    changed = [dict(item["result"]) for item in _GOOD]
    for item in changed:
        if name in item:
            item[name] = value
    try:
        make_proofs([answer(*changed)], CHAIN, SUBJECT, TOKEN_RECORD)
    except (RecordError, VerificationError) as error:
        assert error.code.startswith("asset.")  # noqa: PT017


@given(some.data())
def test_no_changed_merkle_block_crashes_the_reader(data: some.DataObject) -> None:
    """A byte flipped, or cut off: another proof, or none."""
    raw = bytearray(bytes.fromhex(merkle_block(bitcoin_chain(LEAVES[0], 0, 0)[0], LEAVES, 2)))
    place = data.draw(some.integers(80, len(raw) - 1))
    raw[place] ^= data.draw(some.integers(1, 255))
    cut = bytes(raw[: data.draw(some.integers(85, len(raw)))])
    try:
        make_proofs([answer(PAYMENT.hex(), cut.hex())], COINS, NOBODY, COIN_RECORD)
    except (RecordError, VerificationError) as error:
        assert error.code.startswith("asset.")  # noqa: PT017
