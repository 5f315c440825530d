"""Proofs about assets, read twice: digests, tries, headers and what a proof must be about, from one page."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from custody.onchain.caip import parse_account, parse_asset
from custody.onchain.check import check_proof, parse_proof
from custody.onchain.claims import Recorded
from custody.onchain.keccak import keccak256
from schemas import canonical
from schemas.asset_proof import AssetProof
from schemas.errors import CustodyError, UnknownVersionError
from schemas.trust import ChainPin
from tests.onchain import scenes
from tests.onchain.forging import ETHEREUM, REGTEST
from tests.second import chains_from_spec, verify_from_spec
from tests.second.verify_from_spec import Bad

Judged = list[tuple[str, str]]
BLOCK = scenes.state_block()
COINS = scenes.bitcoin_proof(before=1)
PINS = (
    ChainPin(chain=REGTEST, hash=scenes.header_hash(COINS.headers[-1]), height=scenes.HEIGHT + 2),
    ChainPin(chain=ETHEREUM, hash=BLOCK.hash.hex(), height=scenes.HEIGHT),
)
SCENES: dict[str, tuple[AssetProof, Recorded]] = {
    "owner": (scenes.owner_proof(BLOCK), scenes.TOKEN_RECORD),
    "stolen": (scenes.owner_proof(scenes.state_block(scenes.STRANGER)), scenes.TOKEN_RECORD),
    "nobody": (scenes.owner_proof(scenes.state_block(b"")), scenes.TOKEN_RECORD),
    "balance": (
        scenes.account_proof(BLOCK, scenes.TARGET),
        Recorded(account=scenes.account(scenes.TARGET), balance="5", height=scenes.HEIGHT),
    ),
    "withheld": (
        scenes.account_proof(BLOCK, scenes.TARGET), Recorded(withheld=frozenset({"account", "asset"})),
    ),
    "receipt": (scenes.receipt_proof(scenes.receipts_block(scenes.moved())), scenes.TOKEN_RECORD),
    "elsewhere": (
        scenes.receipt_proof(scenes.receipts_block(scenes.moved(receiver=scenes.STRANGER))), scenes.TOKEN_RECORD,
    ),
    "left": (scenes.owner_proof(scenes.state_block(scenes.STRANGER)), replace(scenes.TOKEN_RECORD, is_later=True)),
    "given away": (
        scenes.receipt_proof(scenes.receipts_block(scenes.moved(scenes.WALLET, scenes.STRANGER))),
        replace(scenes.TOKEN_RECORD, is_later=True),
    ),
    "moved on": (
        scenes.receipt_proof(scenes.receipts_block(scenes.moved(scenes.STRANGER))),
        replace(scenes.TOKEN_RECORD, former=(scenes.account(scenes.STRANGER),), is_later=True),
    ),
    "from a hidden wallet": (
        scenes.receipt_proof(scenes.receipts_block(scenes.moved(scenes.STRANGER))),
        replace(scenes.TOKEN_RECORD, is_later=True, withheld=frozenset({"former"})),
    ),
    "of the wallet": (
        scenes.account_proof(BLOCK, scenes.TARGET),
        Recorded(wallet=scenes.account(scenes.TARGET), balance="5", balance_of="wallet", height=scenes.HEIGHT),
    ),
    "coins": (COINS, scenes.COIN_RECORD),
    "other coins": (COINS, Recorded(account=scenes.address(scenes.TARGET), transaction="ab" * 32)),
}  # fmt: skip
NAMES = (
    "eip155:1:0x06012c8cf97BEaD5deAe237070F9587f8E7A266d", "eip155:1:0x06012c8cf97bead5deae237070f9587f8e7a266d",
    "eip155:1:0x06012c8cf97BEaD5deAe237070F9587f8E7A266D", "eip155:01:0x06012c8cf97bead5deae237070f9587f8e7a266d",
    "bip122:000000000019d6689c085ae165831e93:1BoatSLRHtKNngkdXEeobR76b53LETtpyT",
    "bip122:000000000019d6689c085ae165831e93:1BoatSLRHtKNngkdXEeobR76b53LETtpyS",
    "bip122:000000000019d6689c085ae165831e93:3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
    "bip122:000000000019d6689c085ae165831e93:bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
    "bip122:000000000019d6689c085ae165831e93:BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
    "bip122:000000000019d6689c085ae165831e93:bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
    "bip122:000000000019d6689c085ae165831e93:bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
    "bip122:000000000019d6689c085ae165831e93:tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx",
    "cosmos:cosmoshub-4:cosmos1t2uflqwqe0fsj0shcfkrvpukewcw40yjj6hdc0",
    "tron:mainnet:TJRabPrwbZy45sbavfcjinPJC18kjpRTv8",
    "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp:7S3P4HxJpyyigGzodYwHtCxZyUQe9JiBMHyRWXArAaKv", "other:x:y", "x", "a:b",
    "eip155:1/erc721:0x06012c8cf97BEaD5deAe237070F9587f8E7A266d/771769",
    "eip155:1/erc721:0x06012c8cf97BEaD5deAe237070F9587f8E7A266d/x", "eip155:1/erc20:0x0601/1",
    "bip122:000000000019d6689c085ae165831e93/slip44:0", "eip155:1/slip44:60", "eip155:1",
)  # fmt: skip


def first(proof: AssetProof, recorded: Recorded) -> Judged:
    """Judge with our own code."""
    try:
        return sorted((said.severity.value, said.code) for said in check_proof(proof, recorded, PINS))
    except CustodyError as error:
        return [("failed", error.code)]


def read_first(raw: bytes, recorded: Recorded) -> Judged:
    """Read and judge with our own code."""
    try:
        return first(parse_proof(raw), recorded)
    except UnknownVersionError as error:
        return [("indeterminate", error.code)]
    except CustodyError as error:
        return [("failed", error.code)]


def second(raw: bytes, recorded: Recorded) -> Judged:
    """Judge with the second verifier; the values are those of a registration that says the same."""
    places = {name: ("transfer", name) for name in ("test_transaction", "transaction", "wallet")}
    places |= {"account": ("", "account"), "asset": ("", "asset"), "balance": ("state", "balance")}
    asset: dict[str, Any] = {"state": {} if recorded.height is None else {"height": recorded.height}}
    for name, (place, field) in places.items():
        if getattr(recorded, name) is not None or name in recorded.withheld:
            (asset.setdefault(place, {}) if place else asset)[field] = {"commitment": name}
    former = [{"wallet": {"commitment": f"former {place}"}} for place, _ in enumerate(recorded.former)]
    former += [{"wallet": {"commitment": "former"}}] if "former" in recorded.withheld else []
    transfers = [*former, *([asset["transfer"]] if "transfer" in asset or former else [])]
    part = {"balance_of": recorded.balance_of, "state": asset["state"]}
    capture = verify_from_spec.Capture("", 0, part, transfers, recorded.is_later)
    values: dict[str, str] = {f"former {place}": text for place, text in enumerate(recorded.former)}
    values |= {name: value for name in places if (value := getattr(recorded, name)) is not None}
    pins = [json.loads(canonical.encode(pin)) for pin in PINS]
    try:
        proof = verify_from_spec.read_record(raw, 1 << 23, "custody-asset-proof")
        told = chains_from_spec.check_proof(proof, asset, capture, values, pins)
        return sorted((how, code) for how, code, _ in told.said)
    except Bad as bad:
        return [(bad.severity, bad.code)]
    except chains_from_spec.Wrong as wrong:
        return [("failed", wrong.args[0])]


def mutants(proof: AssetProof, chance: random.Random, count: int) -> Iterator[bytes]:
    """Change a number, a digit of some hex, or take an item out of a list."""
    for _ in range(count):
        changed: Any = json.loads(canonical.encode(proof))
        holder, key = changed, chance.choice(sorted(changed))
        while isinstance(holder[key], dict | list) and holder[key]:
            holder = holder[key]
            key = chance.choice(sorted(holder)) if isinstance(holder, dict) else chance.randrange(len(holder))
        if isinstance(holder, list) and chance.random() < 0.2:
            del holder[key]
        elif isinstance(holder[key], int):
            holder[key] = max(0, holder[key] + chance.choice((-1, 1)))
        elif isinstance(holder[key], str) and holder[key]:
            place = chance.randrange(len(holder[key]))
            holder[key] = holder[key][:place] + chance.choice("0123456789abcdef") + holder[key][place + 1 :]
        yield verify_from_spec.encode(changed)


@pytest.mark.parametrize("name", sorted(SCENES))
def test_both_read_a_proof_alike(name: str) -> None:
    """One bit of a proof decides whether somebody held a fortune; two readers must see it."""
    proof, recorded = SCENES[name]
    assert second(canonical.encode(proof), recorded) == first(proof, recorded)
    for raw in mutants(proof, random.Random(name), 60):
        assert second(raw, recorded) == read_first(raw, recorded), raw[:300]


@pytest.mark.parametrize("text", NAMES)
def test_both_take_the_same_names(text: str) -> None:
    """A checksum that only one of them checks would let a wallet be swapped for the other."""
    for ours, theirs in ((parse_account, chains_from_spec.parse_account), (parse_asset, chains_from_spec.parse_asset)):
        assert code_of(theirs, text) == code_of(ours, text)


def code_of(read: Any, text: str) -> str:
    """The code with which a text is refused, or none."""
    try:
        read(text)
    except (CustodyError, chains_from_spec.Wrong) as error:
        return str(error.code if isinstance(error, CustodyError) else error.args[0])
    return ""


@pytest.mark.parametrize("size", [0, 1, 135, 136, 137, 272, 1000])
def test_keccak_is_that_of_the_library(size: int) -> None:
    """Every name in a trie is such a digest."""
    raw = random.Random(size).randbytes(size)
    assert chains_from_spec.keccak(raw) == keccak256(raw)
