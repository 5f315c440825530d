"""Names of chains, accounts and assets: what is wrong is refused, and what is the same compares equal."""

import base58
import pytest
from hypothesis import given
from hypothesis import strategies as some

from custody.onchain import bech32
from custody.onchain.addresses import checksummed
from custody.onchain.caip import parse_account, parse_asset, parse_chain
from schemas.errors import RecordError

BITCOIN = "bip122:000000000019d6689c085ae165831e93"
TESTNET = "bip122:000000000933ea01ad0ee984209779ba"

# BIP-173, BIP-350 and EIP-55 list these as good and bad.
SEGWIT = {
    "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4": "0014751e76e8199196d454941c45d1b3a323f1433bd6",
    "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y": "5128"
    + 2 * "751e76e8199196d454941c45d1b3a323f1433bd6",
    "BC1SW50QGDZ25J": "6002751e",
    "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs": "5210751e76e8199196d454941c45d1b3a323",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0": "512079be667ef9dcbbac55a06295ce870b07029bfcdb2d"
    "ce28d959f2815b16f81798",
}
BAD_SEGWIT = (
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",  # version 1 under bech32
    "bc1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq54l9hs",  # version 0 under bech32m
    "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",  # a character outside
    "BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R",  # version 17
    "bc1pw5dgrnzv",  # a program of one byte
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav",  # of 41 bytes
    "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P",  # version 0 of 16 bytes
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf",  # more than 4 bits of padding
    "bc1gmk9yu",  # nothing
    "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx",  # of the test chain
    "bc1QW508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",  # mixed case
)


@pytest.mark.parametrize(("text", "script"), SEGWIT.items())
def test_a_witness_address_gives_its_script(text: str, script: str) -> None:
    """The script is what a transaction pays, and the small letters are the normal form."""
    account = parse_account(f"{BITCOIN}:{text}")
    assert (account.address.script.hex(), account.address.text, account.is_checked) == (script, text.lower(), True)


@pytest.mark.parametrize("text", BAD_SEGWIT)
def test_a_wrong_witness_address_is_refused(text: str) -> None:
    """Each of these is somebody's typing error, or an address of another chain."""
    with pytest.raises(RecordError) as found:
        parse_account(f"{BITCOIN}:{text}")
    assert found.value.code == "asset.address"


def test_an_old_address_gives_its_script() -> None:
    """The addresses of 2009, for keys and for scripts."""
    key = base58.b58encode_check(b"\0" + b"k" * 20).decode()
    script = base58.b58encode_check(b"\x05" + b"s" * 20).decode()
    assert parse_account(f"{BITCOIN}:{key}").address.script == b"\x76\xa9\x14" + b"k" * 20 + b"\x88\xac"
    assert parse_account(f"{BITCOIN}:{script}").address.script == b"\xa9\x14" + b"s" * 20 + b"\x87"


@given(some.sampled_from(["key", "segwit", "evm"]), some.integers(0, 60), some.sampled_from("023456789acdefABCDEF"))
def test_one_wrong_character_is_found(kind: str, place: int, other: str) -> None:
    """Checksums find any single wrong character; only case alone may differ where a form has none."""
    text = {
        "key": "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "segwit": "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        "evm": "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    }[kind]
    place = 2 + place % (len(text) - 2)
    wrong = f"{text[:place]}{other}{text[place + 1 :]}"
    chain = "eip155:1" if kind == "evm" else BITCOIN
    if wrong == text:
        return
    with pytest.raises(RecordError):
        parse_account(f"{chain}:{wrong}")


@pytest.mark.parametrize(
    "text",
    ["0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
     "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
     "0x52908400098527886E0F7030069857D2E4169EE7", "0xde709f2102306220921060314715629080e2fb77"],
)  # fmt: skip
def test_capitals_are_a_checksum(text: str) -> None:
    """EIP-55's own examples; without mixed case there is none, and that is told."""
    account = parse_account(f"eip155:1:{text}")
    assert account.address.text == text == checksummed(account.address.raw)
    assert account.is_checked == (text[2:] not in (text[2:].lower(), text[2:].upper()))
    assert parse_account(f"eip155:1:{text.lower()}").text == account.text


def test_some_chains_have_a_checksum_of_their_own() -> None:
    """EIP-1191: the same account is spelled otherwise on chain 30, and the other spelling is refused."""
    text = "0x5aaEB6053f3e94c9b9a09f33669435E7ef1bEAeD"
    assert parse_account(f"eip155:30:{text}").address.text == text
    with pytest.raises(RecordError):
        parse_account(f"eip155:1:{text}")


@pytest.mark.parametrize(
    "text",
    ["eip155:1", "eip155:0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "eip155:01:0x" + "0" * 40,
     "eip155:1:0x" + "0" * 39,
     "eip155:1:" + "0" * 40, "eip155:1:0X" + "0" * 40, "EIP155:1:0x" + "0" * 40, "ei:1:0x0", f"{BITCOIN}:", "", ":",
     f"{BITCOIN}:0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "eip155:1:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
     f"{TESTNET}:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", f"{BITCOIN}:mzBc4XEFSdzCDcTxAgf6EZXgsZWpztRhef", "bip122:1:x",
     "cosmos:cosmoshub-3:cosmos1t2uflqwqe0fsj0shcfkrvpukewcw40yjj6hdc1",
     "tron:0x2b6653dc:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
     "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp:abc", f"{BITCOIN}:0OIl", "eip155:1:0x" + "0" * 40 + "\n", "eip155:1:a b"],
)  # fmt: skip
def test_an_account_of_another_form_or_chain_is_refused(text: str) -> None:
    """A wrong account would be a wrong suspect."""
    with pytest.raises(RecordError) as found:
        parse_account(text)
    assert found.value.code in {"asset.account", "asset.address", "asset.chain"}


@pytest.mark.parametrize(
    "text", ["polkadot:b0a8d493285c2df73290dfb7e61f870f:5hmuyxw9xdgbpptgypokw4thfyoe3ryenebr381z9iaegmfy"]
)
def test_an_unknown_chain_is_taken_by_its_syntax_and_says_so(text: str) -> None:
    """New chains appear faster than releases; that nothing was checked is told."""
    account = parse_account(text)
    assert (account.text, account.is_checked) == (text, False)


def test_names_that_mean_the_same_compare_equal() -> None:
    """CAIP-19 asks for no canonical case, so the normal form does."""
    one = parse_asset("eip155:1/erc721:0x06012c8cf97bead5deae237070f9587f8e7a266d/0771769")
    other = parse_asset("eip155:1/erc721:0x06012c8cf97BEaD5deAe237070F9587f8E7A266d/771769")
    assert (one.text, one.token, one.contract and one.contract.raw) == (
        other.text,
        "771769",
        other.contract and other.contract.raw,
    )
    assert (one.is_checked, other.is_checked) == (False, True)
    assert parse_asset(f"{BITCOIN}/slip44:0").text == f"{BITCOIN}/slip44:0"


@pytest.mark.parametrize(
    "text",
    ["eip155:1", "eip155:1/erc721", "eip155:1/erc721:0x06012c8cf97bead5deae237070f9587f8e7a266d/abc",
     "eip155:1/erc721:0x06012c8cf97bead5deae237070f9587f8e7a266d/" + "9" * 78, "eip155:1/erc20:0x" + "0" * 40 + "/1",
     "eip155:1/erc721:0x06012c8cf97BEaD5deAe237070F9587f8E7A266D/1", "eip155:1/erc721:0x12/1", "/slip44:0", "",
     "eip155:1/slip44:60/1/2"],
)  # fmt: skip
def test_an_asset_of_another_form_is_refused(text: str) -> None:
    """A token id that is no number, a contract that is none."""
    with pytest.raises(RecordError):
        parse_asset(text)


@pytest.mark.parametrize(
    "text", ["eip155", "eip155:", "eip155:1 ", "eip155:x", "bip122:xyz", "a:b", "eip155:1:2", "e" * 9 + ":1"]
)
def test_a_chain_of_another_form_is_refused(text: str) -> None:
    """CAIP-2, with what its namespaces add."""
    with pytest.raises(RecordError) as found:
        parse_chain(text)
    assert found.value.code == "asset.chain"


@given(some.text(max_size=100))
def test_no_text_crashes_a_reader(text: str) -> None:
    """Whatever is typed is taken or refused."""
    for read in (parse_chain, parse_account, parse_asset, bech32.decode):
        try:
            read(text)
        except RecordError as error:
            assert error.code.startswith("asset.")  # noqa: PT017
