"""A whole proof: it holds, it is about what was recorded, and it leads to a pinned block; or it is told why not."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from custody.onchain.anchoring import Block, anchor
from custody.onchain.check import check_proof, parse_proof
from custody.onchain.claims import Recorded, Said
from schemas import canonical
from schemas.asset_proof import AssetProof
from schemas.errors import RecordError, VerificationError
from schemas.report import Severity
from schemas.trust import ChainPin
from tests.onchain.forging import ETHEREUM, REGTEST, Account, EthereumBlock, hashed, log, proof
from tests.onchain.scenes import (
    BATCH,
    COIN_RECORD,
    CONTRACT,
    HEIGHT,
    OWNER_KEY,
    PAYMENT_ID,
    SINGLE,
    STRANGER,
    TARGET,
    TOKEN,
    TOKEN_RECORD,
    TRANSFER,
    WALLET,
    account,
    account_proof,
    address,
    asset,
    balance_key,
    bitcoin_headers,
    bitcoin_proof,
    header_hash,
    moved,
    owner_proof,
    receipt_proof,
    receipts_block,
    state_block,
    storage_word,
    word,
)

NATIVE = Recorded(account=account(TARGET), balance=str(5 * 10**18), height=HEIGHT)


def _codes(said: tuple[Said, ...]) -> set[str]:
    return {item.code for item in said}


def _fails(found: AssetProof, recorded: Recorded, code: str, *pins: ChainPin) -> None:
    with pytest.raises((VerificationError, RecordError)) as error:
        check_proof(found, recorded, pins)
    assert error.value.code == code


def _pin(block: EthereumBlock) -> ChainPin:
    return ChainPin(chain=ETHEREUM, hash=block.hash.hex(), height=block.number)


def test_the_owner_of_a_token_is_proven_for_a_pinned_block() -> None:
    """The report says owner, block and basis, and that later blocks can't be seen."""
    block = state_block()
    (said,) = check_proof(owner_proof(block), TOKEN_RECORD, (_pin(block),))
    assert (said.severity, said.code) == (Severity.NOTE, "asset.proven")
    for part in (
        "belongs to the recorded account",
        f"/{TOKEN}",
        "block 100",
        "which is pinned",
        "slot 2",
        "can't be seen",
    ):
        assert part in said.text


def test_a_later_pin_vouches_for_an_earlier_block() -> None:
    """Headers lead from the proof's block to the pinned one, each naming the one before."""
    block = state_block()
    after = block.after()
    last = after.after()
    found = owner_proof(block, headers=[item.header.hex() for item in (block, after, last)])
    (said,) = check_proof(found, TOKEN_RECORD, (_pin(last),))
    assert "which leads to the pinned block 102" in said.text
    broken = owner_proof(block, headers=[item.header.hex() for item in (block, EthereumBlock(101), last)])
    _fails(broken, TOKEN_RECORD, "asset.headers")
    _fails(owner_proof(block, height=99), TOKEN_RECORD, "asset.headers")


def test_without_a_pin_nothing_vouches_for_the_block() -> None:
    """Not asked is a note; asked and not reached is undecided; another block at a pinned height is a forgery."""
    block = state_block()
    assert _codes(check_proof(owner_proof(block), TOKEN_RECORD, ())) == {"asset.stated", "asset.not-pinned"}
    elsewhere = ChainPin(chain="eip155:10", hash="00" * 32, height=HEIGHT)
    assert "asset.not-pinned" in _codes(check_proof(owner_proof(block), TOKEN_RECORD, (elsewhere,)))
    later = ChainPin(chain=ETHEREUM, hash="00" * 32, height=HEIGHT + 1)
    found = check_proof(owner_proof(block), TOKEN_RECORD, (later,))
    assert [(item.severity, item.code) for item in found[1:]] == [(Severity.INDETERMINATE, "asset.pin-not-reached")]
    _fails(owner_proof(block), TOKEN_RECORD, "asset.pin-contradicted", replace_pin(_pin(block), "00" * 32))


def replace_pin(pin: ChainPin, hash: str) -> ChainPin:
    """The pin with another hash."""
    return msgspec.structs.replace(pin, hash=hash)


def test_an_earlier_pin_vouches_for_no_block_without_work() -> None:
    """Anybody can make a block that follows a pinned one where no work is wanted."""
    block = state_block()
    before = EthereumBlock(HEIGHT - 1)
    own = EthereumBlock(HEIGHT, accounts=block.accounts, parent=before.hash)
    found = owner_proof(own, headers=[before.header.hex(), own.header.hex()], height=HEIGHT - 1, place=1)
    assert "asset.pin-not-reached" in _codes(check_proof(found, TOKEN_RECORD, (_pin(before),)))


@pytest.mark.parametrize(
    ("owner", "recorded", "code"),
    [
        (STRANGER, TOKEN_RECORD, "asset.not-held"),
        (b"", TOKEN_RECORD, "asset.not-held"),
        (TARGET, replace(TOKEN_RECORD, asset=asset(token=TOKEN + 1)), "asset.unbound"),
        (TARGET, replace(TOKEN_RECORD, asset=asset(contract=STRANGER)), "asset.unbound"),
        (TARGET, replace(TOKEN_RECORD, asset=asset("erc1155")), "asset.unbound"),
        (TARGET, replace(TOKEN_RECORD, asset=None), "asset.unbound"),
        (TARGET, replace(TOKEN_RECORD, account=account(STRANGER), wallet=None), "asset.not-held"),
        (TARGET, Recorded(asset="eip155:137/erc721:0x" + "d4" * 20 + "/1"), "asset.other-chain"),
        (TARGET, replace(TOKEN_RECORD, account=address(TARGET)), "asset.other-chain"),
        (TARGET, replace(TOKEN_RECORD, account="eip155:1:0x12"), "asset.address"),
    ],
)
def test_a_wallet_that_never_held_the_token_is_found(owner: bytes, recorded: Recorded, code: str) -> None:
    """The proof must be about the recorded token, contract, account and chain."""
    _fails(owner_proof(state_block(owner)), recorded, code)


def test_balances_of_a_token_are_bound_to_the_account() -> None:
    """ERC-1155: the word is that of this token and this account."""
    block = state_block()
    recorded = replace(TOKEN_RECORD, asset=asset("erc1155"))
    held = account_proof(block, CONTRACT, storage_word(block, balance_key(TARGET), "erc1155-balance"))
    assert "the recorded account" in check_proof(held, recorded, ())[0].text
    none = account_proof(block, CONTRACT, storage_word(block, balance_key(WALLET), "erc1155-balance"))
    _fails(none, recorded, "asset.not-held")
    other = account_proof(block, CONTRACT, storage_word(block, balance_key(STRANGER), "erc1155-balance"))
    _fails(other, recorded, "asset.unbound")
    plain = account_proof(block, CONTRACT, storage_word(block, word(99)))
    assert {"asset.stated", "asset.unexplained"} <= _codes(check_proof(plain, recorded, ()))


def test_packed_owners_are_unpacked() -> None:
    """ERC-721A keeps a time and marks above the owner, and one of them says that the token was burned."""
    packed = int.from_bytes(TARGET, "big") | 1_700_000_000 << 160
    held, burned = (
        EthereumBlock(HEIGHT, accounts={CONTRACT: Account(storage={OWNER_KEY: value}, code=b"c")})
        for value in (packed, packed | 1 << 224)
    )
    found = account_proof(held, CONTRACT, storage_word(held, OWNER_KEY, "erc721a-owner"))
    assert "belongs to the recorded account" in check_proof(found, TOKEN_RECORD, ())[0].text
    gone = account_proof(burned, CONTRACT, storage_word(burned, OWNER_KEY, "erc721a-owner"))
    _fails(gone, TOKEN_RECORD, "asset.not-held")
    plain = account_proof(held, CONTRACT, storage_word(held, OWNER_KEY, "erc721-owner"))
    _fails(plain, TOKEN_RECORD, "asset.unbound")


def test_a_fungible_balance_is_compared_with_the_recorded_one() -> None:
    """ERC-20, by the smallest unit, at the recorded height."""
    key = hashed(word(TARGET) + word(2))
    block = EthereumBlock(HEIGHT, accounts={CONTRACT: Account(storage={key: 5_000_000}, code=b"c")})
    found = account_proof(block, CONTRACT, storage_word(block, key, "erc20-balance"))
    recorded = Recorded(account=account(TARGET), asset=asset("erc20", None), balance="5000000", height=HEIGHT)
    assert "holds 5000000" in check_proof(found, recorded, ())[0].text
    _fails(found, replace(recorded, balance="5000001"), "asset.balance")
    assert check_proof(found, replace(recorded, balance="1", height=HEIGHT - 1), ())


def test_an_account_is_proven_present_and_absent() -> None:
    """Balance and nonce in wei; an account that isn't there holds nothing."""
    block = state_block()
    found = check_proof(account_proof(block, TARGET), NATIVE, ())
    assert f"holds {5 * 10**18} wei, with nonce 7" in found[0].text
    _fails(account_proof(block, TARGET), replace(NATIVE, balance="5"), "asset.balance")
    gone = check_proof(account_proof(block, WALLET), TOKEN_RECORD, ())
    assert "the custody wallet" in gone[0].text
    assert "it isn't there" in gone[0].text
    _fails(account_proof(block, STRANGER), NATIVE, "asset.unbound")


def test_what_is_withheld_is_said() -> None:
    """A proof without the names that it must be about shows something, of something."""
    block = state_block()
    for recorded, found in (
        (Recorded(withheld=frozenset({"asset"})), owner_proof(block)),
        (Recorded(asset=asset(), withheld=frozenset({"account"})), owner_proof(block)),
        (Recorded(withheld=frozenset({"account"})), account_proof(block, TARGET)),
        (Recorded(withheld=frozenset({"asset"})), receipt_proof(receipts_block(moved()))),
        (Recorded(asset=asset(), withheld=frozenset({"wallet"})), receipt_proof(receipts_block(moved()))),
        (Recorded(withheld=frozenset({"wallet", "transaction"})), bitcoin_proof()),
        (Recorded(transaction=PAYMENT_ID, withheld=frozenset({"wallet"})), bitcoin_proof()),
    ):
        codes = _codes(check_proof(found, recorded, ()))
        assert "asset.withheld" in codes
        assert "asset.proven" not in codes


def test_a_transfer_to_the_custody_wallet_is_proven() -> None:
    """An ERC-721 event in the 131st receipt of a block, among others of every type."""
    block = receipts_block(log(STRANGER, [TRANSFER], b"x" * 32), moved())
    found = receipt_proof(block, place=1)
    (said,) = check_proof(found, TOKEN_RECORD, (_pin(block),))
    assert said.code == "asset.proven"
    assert f"moved 1 of token {TOKEN}" in said.text
    for wrong in (receipt_proof(block, place=0), receipt_proof(receipts_block(log(CONTRACT, [])))):
        _fails(wrong, TOKEN_RECORD, "asset.log")
    _fails(receipt_proof(block, place=2), TOKEN_RECORD, "asset.receipt")


@pytest.mark.parametrize(
    ("one", "code"),
    [
        (moved(receiver=STRANGER), "asset.other-transfer"),
        (moved(token=TOKEN + 1), "asset.unbound"),
        (moved(contract=STRANGER), "asset.unbound"),
        (log(CONTRACT, [TRANSFER, word(TARGET), word(WALLET)], word(1)), "asset.unbound"),
        (log(CONTRACT, [SINGLE, word(1), word(TARGET), word(WALLET)], word(TOKEN) + word(1)), "asset.unbound"),
        (log(CONTRACT, [TRANSFER, b"\x01" * 32, word(WALLET), word(TOKEN)]), "asset.log"),
        (log(CONTRACT, [TRANSFER, word(TARGET), word(WALLET), word(TOKEN)], b"more"), "asset.log"),
    ],
)
def test_another_transfer_is_not_taken_for_it(one: object, code: str) -> None:
    """Another receiver, token, contract or standard; and a log that only looks like one."""
    _fails(receipt_proof(receipts_block(one)), TOKEN_RECORD, code)


def test_a_batch_moves_several_tokens() -> None:
    """ERC-1155 batches, in the one layout that compilers write; another layout is refused."""
    recorded = replace(TOKEN_RECORD, asset=asset("erc1155"))
    ends = [BATCH, word(STRANGER), word(TARGET), word(WALLET)]
    arrays = [word(2), word(TOKEN), word(8), word(2), word(3), word(9)]
    good = log(CONTRACT, ends, word(64) + word(160) + b"".join(arrays))
    assert "moved 3 of token" in check_proof(receipt_proof(receipts_block(good)), recorded, ())[0].text
    single = log(CONTRACT, [SINGLE, *ends[1:]], word(TOKEN) + word(4))
    assert "moved 4 of token" in check_proof(receipt_proof(receipts_block(single)), recorded, ())[0].text
    for data in (b"", word(64) + word(192) + b"".join(arrays), word(64) + word(160) + b"".join(arrays[:-1]),
                 word(64) + word(160) + word(2**255) + b"".join(arrays[1:])):  # fmt: skip
        _fails(receipt_proof(receipts_block(log(CONTRACT, ends, data))), recorded, "asset.log")


def test_a_batch_of_thousands_is_told_in_part_and_counted() -> None:
    """Every naming of the proof would tell them all."""
    recorded = replace(TOKEN_RECORD, asset=asset("erc1155"))
    ends, count = [BATCH, word(STRANGER), word(TARGET), word(WALLET)], 40
    amounts = [word(place % 2) for place in range(count)]
    arrays = [word(count), *[word(TOKEN)] * count, word(count), *amounts]
    large = log(CONTRACT, ends, word(64) + word(96 + 32 * count) + b"".join(arrays))
    said = check_proof(receipt_proof(receipts_block(large)), recorded, ())
    told = [item.text for item in said if item.code == "asset.stated"]
    assert len(told) == 17
    assert all("moved 1 of token" in text for text in told[:16])
    assert "moved more of it, 24 times" in told[-1]


def test_a_fungible_transfer_is_proven_by_its_amount() -> None:
    """ERC-20 has the same event with the amount in its data; a transfer of nothing went nowhere."""
    recorded = Recorded(account=account(TARGET), asset=asset("erc20", None), wallet=account(WALLET))
    for amount, is_moved in ((5_000_000, True), (0, False)):
        found = receipt_proof(receipts_block(log(CONTRACT, [TRANSFER, word(TARGET), word(WALLET)], word(amount))))
        if is_moved:
            assert "moved 5000000 of 0x" in check_proof(found, recorded, ())[0].text
        else:
            _fails(found, recorded, "asset.other-transfer")


def test_a_failed_transaction_moved_nothing() -> None:
    """Its receipt is in the block all the same."""
    _fails(receipt_proof(receipts_block(moved(), status=b"")), TOKEN_RECORD, "asset.receipt")
    _fails(receipt_proof(receipts_block(moved()), index=500), TOKEN_RECORD, "asset.receipt")


def test_another_sender_is_a_defect() -> None:
    """The wallet received it, but not from the recorded account: a court will ask."""
    found = check_proof(receipt_proof(receipts_block(moved(sender=STRANGER))), TOKEN_RECORD, ())
    assert (Severity.DEFECT, "asset.other-sender") in {(item.severity, item.code) for item in found}


def test_a_payment_is_bound_to_the_custody_wallet() -> None:
    """Bitcoin: transaction and wallet are the recorded ones, and a later pinned block is certain."""
    last = bitcoin_headers(0, 2)[-1]
    pin = ChainPin(chain=REGTEST, hash=header_hash(last), height=HEIGHT + 2)
    (said,) = check_proof(bitcoin_proof(), COIN_RECORD, (pin,))
    assert said.code == "asset.proven"
    assert "pays 1.50000000 bitcoin to the custody wallet" in said.text
    _fails(bitcoin_proof(), replace(COIN_RECORD, wallet=address(TARGET)), "asset.not-paid")
    _fails(bitcoin_proof(), replace(COIN_RECORD, transaction="00" * 32), "asset.unbound")
    funding = Recorded(account=address(WALLET), transaction="00" * 32, wallet=address(TARGET))
    assert "the recorded account" in check_proof(bitcoin_proof(), funding, ())[0].text
    assert "the custody wallet" in check_proof(bitcoin_proof(), replace(COIN_RECORD, transaction=None), ())[0].text
    tested = replace(COIN_RECORD, transaction="00" * 32, test_transaction=PAYMENT_ID)
    assert "pays" in check_proof(bitcoin_proof(), tested, ())[0].text


def test_an_earlier_pin_wants_the_main_chains_rules() -> None:
    """On a test chain work is cheap, so a pin before the block vouches for nothing."""
    first = bitcoin_headers(1, 8)[0]
    pin = ChainPin(chain=REGTEST, hash=header_hash(first), height=HEIGHT - 1)
    assert "asset.pin-not-reached" in _codes(check_proof(bitcoin_proof(1, 8), COIN_RECORD, (pin,)))


@pytest.mark.parametrize(
    ("place", "pinned", "work", "code"),
    [
        (4, 0, 1 << 80, None),
        (4, 0, (1 << 80) - 1, "asset.shallow"),
        (5, 0, 1 << 90, "asset.shallow"),
        (4, 0, 0, "asset.pin-not-reached"),
        (5, 5, 0, None),
        (5, 9, 0, None),
        (5, 10, 1 << 90, "asset.pin-not-reached"),
    ],
)
def test_work_vouches_for_a_block_after_the_pinned_one(place: int, pinned: int, work: int, code: str | None) -> None:
    """Six blocks, and work that nobody does for one case: six blocks after the first of all cost nothing today."""
    hashes = [f"{number:064x}" for number in range(10)]
    block = Block(chain="c", hashes=hashes, first=100, place=place, time=0, work=work)
    _, problem = anchor(block, [ChainPin(chain="c", hash=f"{pinned:064x}", height=100 + pinned)])
    assert (problem.code if problem else None) == code


def test_a_proof_of_another_kind_or_chain_is_refused() -> None:
    """A Bitcoin transaction on Ethereum, an account on Bitcoin, a chain whose work can't be checked."""
    _fails(bitcoin_proof(chain=ETHEREUM), Recorded(), "asset.kind")
    _fails(owner_proof(chain=REGTEST), Recorded(), "asset.kind")
    _fails(bitcoin_proof(chain="bip122:12a765e31ffd4059bada1e25190f6e98"), Recorded(), "asset.kind")
    _fails(owner_proof(chain="solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp"), Recorded(), "asset.kind")
    _fails(owner_proof(headers=["c0"]), Recorded(), "asset.rlp")
    _fails(bitcoin_proof(headers=["00" * 79]), Recorded(), "asset.header")


@pytest.mark.parametrize(
    "change",
    [{"place": 1}, {"headers": []}, {"height": -1}, {"chain": "x"}, {"more": 1}, {"schema": "custody-asset-proof/v0"},
     {"receipt": {"index": 0, "log": 0, "nodes": []}}, {"account": None}],
)  # fmt: skip
def test_a_record_of_another_form_is_refused(change: dict[str, Any]) -> None:
    """The proof is as strict as every record."""
    with pytest.raises(RecordError):
        owner_proof(**change)


@given(some.data())
@settings(max_examples=60)
def test_no_flipped_bit_goes_unnoticed(data: some.DataObject) -> None:
    """Of the bytes that people may have touched on the way, none can change and the proof still lead to the pin."""
    block = state_block()
    found = data.draw(some.sampled_from([owner_proof(block), account_proof(block, TARGET)]))
    recorded = TOKEN_RECORD if found.account.storage else NATIVE  # type: ignore[union-attr]
    raw = canonical.encode(found)
    place = data.draw(some.integers(0, len(raw) - 1))
    digit = data.draw(some.sampled_from(b"0123456789abcdef"))
    changed = raw[:place] + bytes([digit]) + raw[place + 1 :]
    if changed == raw:
        return
    try:
        said = check_proof(parse_proof(changed), recorded, (_pin(block),))
    except (RecordError, VerificationError):
        return
    assert "asset.proven" not in _codes(said)


def test_the_key_must_follow_from_layout_and_slot() -> None:
    """The owner's word under another slot is another word."""
    block = state_block()
    wrong = account_proof(block, CONTRACT, storage_word(block, OWNER_KEY, "erc721-owner", slot=3))
    _fails(wrong, TOKEN_RECORD, "asset.unbound")
    lying = account_proof(block, CONTRACT, {**storage_word(block, word(99)), "key": OWNER_KEY.hex()})
    _fails(lying, TOKEN_RECORD, "asset.trie")
    with pytest.raises(RecordError):
        proof(chain=ETHEREUM, headers=["00"], height=0, account={"address": "00" * 20, "nodes": [], "storage": []})
