"""What a proof about an asset on a public chain shows: the second half of ``verify_from_spec.py``, from ``assets.md``.

It is loaded by that program where it lies beside it, needs Python 3.11 and nothing else, and opens nothing. From top to
bottom: Keccak-256, names of chains and accounts, RLP and tries, Bitcoin's blocks and transactions, Ethereum's blocks,
accounts and logs, what a proof must be about, and which block vouches for it.
"""

from __future__ import annotations

import datetime
import functools
import hashlib
import itertools
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

NOTE, DEFECT, INDETERMINATE = "note", "defect", "indeterminate"
Said = tuple[str, str, str]
"""Severity, code and words."""


class Wrong(ValueError):
    """A proof that doesn't hold, or is about something else: its code and words."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(code, text)


# ---------------------------------------------------------------------------------------------------------------------
# Keccak-256: Keccak[512] with the padding of before FIPS 202
# ---------------------------------------------------------------------------------------------------------------------

MASK = 2**64 - 1
ROTATIONS = ((0, 36, 3, 41, 18), (1, 44, 10, 45, 2), (62, 6, 43, 15, 61), (28, 55, 25, 21, 56), (27, 20, 39, 8, 14))


def _round_constants() -> list[int]:
    found, register = [], 1
    for _ in range(24):
        constant = 0
        for place in range(7):
            if register & 1:
                constant |= 1 << 2**place - 1
            register = register << 1 ^ (0x171 if register & 0x80 else 0)
        found.append(constant)
    return found


CONSTANTS = _round_constants()


def _turn(word: int, by: int) -> int:
    return (word << by | word >> 64 - by) & MASK if by else word


def _permute(a: list[list[int]]) -> None:
    """Keccak-f[1600] on 5 x 5 words, ``a[x][y]``."""
    for constant in CONSTANTS:
        c = [a[x][0] ^ a[x][1] ^ a[x][2] ^ a[x][3] ^ a[x][4] for x in range(5)]
        d = [c[x - 1] ^ _turn(c[(x + 1) % 5], 1) for x in range(5)]
        b = [[0] * 5 for _ in range(5)]
        for x, y in itertools.product(range(5), range(5)):
            b[y][(2 * x + 3 * y) % 5] = _turn(a[x][y] ^ d[x], ROTATIONS[x][y])
        for x, y in itertools.product(range(5), range(5)):
            a[x][y] = b[x][y] ^ (~b[(x + 1) % 5][y] & MASK & b[(x + 2) % 5][y])
        a[0][0] ^= constant


def keccak(*parts: bytes) -> bytes:
    """The Keccak-256 of the joined parts."""
    raw = bytearray(b"".join(parts))
    rate = 136
    raw += b"\x01" + bytes(-(len(raw) + 1) % rate)
    raw[-1] |= 0x80
    state = [[0] * 5 for _ in range(5)]
    for start in range(0, len(raw), rate):
        for place in range(rate // 8):
            state[place % 5][place // 5] ^= int.from_bytes(raw[start + 8 * place : start + 8 * place + 8], "little")
        _permute(state)
    return b"".join(state[place][0].to_bytes(8, "little") for place in range(4))


# ---------------------------------------------------------------------------------------------------------------------
# Names (assets.md, "Names"): chains by CAIP-2, accounts by CAIP-10, assets by CAIP-19
# ---------------------------------------------------------------------------------------------------------------------

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
COINS: dict[str, tuple[int, tuple[int, ...], str]] = {
    "000000000019d6689c085ae165831e93": (0x00, (0x05,), "bc"),
    "000000000933ea01ad0ee984209779ba": (0x6F, (0xC4,), "tb"),
    "00000000da84f2bafbbc53dee25a72ae": (0x6F, (0xC4,), "tb"),
    "00000008819873e925422c1ff0f99f7c": (0x6F, (0xC4,), "tb"),
    "0f9188f13cb7b2c71f2a335e3a4fc328": (0x6F, (0xC4,), "bcrt"),
    "12a765e31ffd4059bada1e25190f6e98": (0x30, (0x32, 0x05), "ltc"),
    "1a91e3dace36e2be3bf030a65679fe82": (0x1E, (0x16,), ""),
}


@dataclass(frozen=True)
class Account:
    """An account: its chain, and what it is there (20 bytes on eip155, a script on bip122)."""

    chain: str
    text: str
    key: bytes


@dataclass(frozen=True)
class Asset:
    """An asset; ``contract`` are 20 bytes where it is a token of eip155."""

    chain: str
    kind: str
    token: int | None
    contract: bytes | None


def parse_chain(text: str) -> tuple[str, str]:
    """Namespace and reference."""
    found = re.fullmatch("([-a-z0-9]{3,8}):([-_a-zA-Z0-9]{1,32})", text)
    wanted = {"bip122": "[0-9a-f]{32}", "eip155": "0|[1-9][0-9]{0,31}"}
    if not found or not re.fullmatch(wanted.get(found[1], ".*"), found[2]):
        raise Wrong("asset.chain", f"not a chain: {text[:60]}")
    return found[1], found[2]


def parse_account(text: str) -> Account:
    """Read an account; its address has to be one of its chain."""
    chain, _, address = text.rpartition(":")
    if ":" not in chain or not re.fullmatch("[-.%a-zA-Z0-9]{1,128}", address):
        raise Wrong("asset.account", f"not an account: {text[:100]}")
    return Account(chain, address, parse_address(*parse_chain(chain), address))


def parse_asset(text: str) -> Asset:
    """Read an asset."""
    chain, _, rest = text.partition("/")
    found = re.fullmatch("([-a-z0-9]{3,8}):([-.%a-zA-Z0-9]{1,128})(?:/([-.%a-zA-Z0-9]{1,78}))?", rest)
    if not found:
        raise Wrong("asset.asset", f"not an asset: {text[:100]}")
    namespace, reference = parse_chain(chain)
    if namespace != "eip155" or found[1] not in ("erc20", "erc721", "erc1155"):
        return Asset(chain, found[1], None, None)
    contract = parse_address(namespace, reference, found[2])
    token = found[3]
    is_right = token is None or (found[1] != "erc20" and re.fullmatch("[0-9]+", token) and int(token) < 2**256)
    if not is_right:
        raise Wrong("asset.asset", f"not a token id: {token}")
    return Asset(chain, found[1], None if token is None else int(token), contract)


def _no_address(text: str) -> Wrong:
    return Wrong("asset.address", f"not an address of its chain: {text[:128]}")


def parse_address(namespace: str, reference: str, text: str) -> bytes:
    """What an address is: the account's 20 bytes, the script that pays it, or its text where no more is known."""
    if namespace == "eip155":
        return _parse_ethereum(reference, text)
    if namespace == "bip122" and reference in COINS:
        return _parse_bitcoin(COINS[reference], text)
    if namespace == "cosmos":
        _, values, variant = _bech32(text)
        if variant != 1 or len(_bytes_of(values, text)) not in (20, 32):
            raise _no_address(text)
    if namespace == "tron":
        raw = _base58check(text)
        if len(raw) != 21 or raw[0] != 0x41:
            raise _no_address(text)
    if namespace == "solana" and len(_base58(text)) != 32:
        raise _no_address(text)
    return text.encode()


def _parse_ethereum(reference: str, text: str) -> bytes:
    if not re.fullmatch("0x[0-9a-fA-F]{40}", text):
        raise _no_address(text)
    digits = text[2:]
    if digits not in (digits.lower(), digits.upper()):
        salt = f"{reference}0x" if reference in ("30", "31") else ""
        marks = keccak((salt + digits.lower()).encode()).hex()
        right = "".join(
            sign.upper() if mark >= "8" else sign for sign, mark in zip(digits.lower(), marks, strict=False)
        )
        if digits != right:
            raise _no_address(text)
    return bytes.fromhex(digits)


def _parse_bitcoin(coin: tuple[int, tuple[int, ...], str], text: str) -> bytes:
    of_key, of_script, prefix = coin
    if prefix and text.lower().startswith(prefix + "1"):
        found, values, variant = _bech32(text)
        program = _bytes_of(values[1:], text)
        if found != prefix or not values or values[0] > 16 or variant != (1 if values[0] == 0 else 0x2BC830A3):
            raise _no_address(text)
        if not 2 <= len(program) <= 40 or (values[0] == 0 and len(program) not in (20, 32)):
            raise _no_address(text)
        return bytes([0x50 + values[0] if values[0] else 0, len(program)]) + program
    raw = _base58check(text)
    if len(raw) != 21 or raw[0] not in (of_key, *of_script):
        raise _no_address(text)
    return b"\x76\xa9\x14" + raw[1:] + b"\x88\xac" if raw[0] == of_key else b"\xa9\x14" + raw[1:] + b"\x87"


def _base58(text: str) -> bytes:
    number = 0
    for sign in text:
        if sign not in BASE58:
            raise _no_address(text)
        number = number * 58 + BASE58.index(sign)
    zeros = len(text) - len(text.lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def _base58check(text: str) -> bytes:
    raw = _base58(text)
    if len(raw) < 5 or double(raw[:-4])[:4] != raw[-4:]:
        raise _no_address(text)
    return raw[:-4]


def _bech32(text: str) -> tuple[str, list[int], int]:
    """Prefix, values of 5 bits without the checksum, and what the checksum comes to (BIP-173, BIP-350)."""
    prefix, _, rest = text.lower().rpartition("1")
    if text not in (text.lower(), text.upper()) or not prefix or len(rest) < 6 or len(text) > 90:
        raise _no_address(text)
    if not set(rest) <= set(BECH32) or not all("!" <= sign <= "~" for sign in text):
        raise _no_address(text)
    values = [BECH32.index(sign) for sign in rest]
    check = 1
    for value in (*(ord(sign) >> 5 for sign in prefix), 0, *(ord(sign) & 31 for sign in prefix), *values):
        top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ value
        for place, part in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= part if top >> place & 1 else 0
    if check not in (1, 0x2BC830A3):
        raise _no_address(text)
    return prefix, values[:-6], check


def _bytes_of(values: Sequence[int], text: str) -> bytes:
    number = 0
    for value in values:
        number = number << 5 | value
    spare = 5 * len(values) % 8
    if spare >= 5 or number % (1 << spare):
        raise _no_address(text)
    return (number >> spare).to_bytes(5 * len(values) // 8, "big")


# ---------------------------------------------------------------------------------------------------------------------
# RLP in its one spelling, and proofs in a Merkle-Patricia trie (assets.md, "AccountProof")
# ---------------------------------------------------------------------------------------------------------------------


def _no_rlp(text: str) -> Wrong:
    return Wrong("asset.rlp", text)


def decode_rlp(raw: bytes) -> Any:
    """The item, bytes or a list, that ``raw`` spells to its last byte."""
    item, end = _read_item(raw, 0, len(raw), 16)
    if end != len(raw):
        raise _no_rlp("bytes behind an item")
    return item


def _read_item(raw: bytes, at: int, end: int, levels: int) -> tuple[Any, int]:
    if at >= end:
        raise _no_rlp("an item that isn't there")
    first = raw[at]
    if first < 0x80:
        return raw[at : at + 1], at + 1
    base = 0x80 if first < 0xC0 else 0xC0
    at, length = at + 1, first - base
    if length > 55:
        width = length - 55
        if at + width > end or raw[at] == 0:
            raise _no_rlp("a length that isn't there, or begins with 0")
        length = int.from_bytes(raw[at : at + width], "big")
        at += width
        if length < 56:
            raise _no_rlp("a short length in the long form")
    stop = at + length
    if stop > end:
        raise _no_rlp("fewer bytes than said")
    if base == 0x80:
        if length == 1 and raw[at] < 0x80:
            raise _no_rlp("a small byte with a length")
        return raw[at:stop], stop
    if not levels:
        raise _no_rlp("more than 16 levels")
    items = []
    while at < stop:
        item, at = _read_item(raw, at, stop, levels - 1)
        items.append(item)
    return items, stop


def encode_rlp(item: Any) -> bytes:
    """The one spelling."""
    if isinstance(item, bytes) and len(item) == 1 and item[0] < 0x80:
        return item
    body = item if isinstance(item, bytes) else b"".join(map(encode_rlp, item))
    base = 0x80 if isinstance(item, bytes) else 0xC0
    if len(body) < 56:
        return bytes([base + len(body)]) + body
    width = number_bytes(len(body))
    return bytes([base + 55 + len(width)]) + width + body


def number_bytes(value: int) -> bytes:
    """A number without leading zeros; 0 is nothing."""
    return value.to_bytes((value.bit_length() + 7) // 8, "big")


def as_bytes(item: Any, size: int | None = None) -> bytes:
    """An item that has to be bytes, perhaps so many."""
    if not isinstance(item, bytes) or size not in (None, len(item)):
        raise _no_rlp("not the bytes that belong there")
    return item


def as_number(item: Any, bits: int = 256) -> int:
    """An item that has to be a number."""
    if as_bytes(item)[:1] == b"\0" or len(item) * 8 > bits:
        raise _no_rlp("not a number of that size without leading zeros")
    return int.from_bytes(item, "big")


def as_list(item: Any, least: int, most: int) -> list[Any]:
    """An item that has to be a list of so many."""
    if not isinstance(item, list) or not least <= len(item) <= most:
        raise _no_rlp(f"not a list of {least} to {most}")
    return item


def _no_trie(text: str) -> Wrong:
    return Wrong("asset.trie", text)


def look_up(root: bytes, key: bytes, nodes: Sequence[bytes]) -> bytes | None:
    """The value that a trie holds under a key, or nothing where the nodes show that there is none."""
    rest = iter(nodes)
    value = None if root == keccak(b"\x80") else _descend(_named(root, rest), key.hex(), rest)
    if next(rest, None) is not None:
        raise _no_trie("a node too many")
    return value


def _named(name: bytes, rest: Iterator[bytes]) -> Any:
    node = next(rest, None)
    if node is None or keccak(node) != name:
        raise _no_trie("the node that is named isn't there")
    return decode_rlp(node)


def _descend(item: Any, path: str, rest: Iterator[bytes]) -> bytes | None:
    while True:
        if not isinstance(item, list) or len(item) not in (2, 17):
            raise _no_trie("a node of neither 2 nor 17 items")
        if len(item) == 17:
            if not path:
                return as_bytes(item[16]) or None
            child, path = item[int(path[0], 16)], path[1:]
        else:
            prefix, is_leaf = _path_of(as_bytes(item[0]))
            if is_leaf:
                value = as_bytes(item[1]) if prefix == path else None
                if value == b"":
                    raise _no_trie("a leaf without value")
                return value
            if not path.startswith(prefix):
                return None
            child, path = item[1], path[len(prefix) :]
            if child == b"":
                raise _no_trie("an extension to nothing")
        if child == b"":
            return None
        if isinstance(child, bytes):
            if len(child) != 32:
                raise _no_trie("a node that isn't named by 32 bytes")
            item = _named(child, rest)
        elif len(encode_rlp(child)) >= 32:
            raise _no_trie("a long node within its parent")
        else:
            item = child


def _path_of(raw: bytes) -> tuple[str, bool]:
    """The half bytes of a node's path in hex, and whether the node is a leaf."""
    digits = raw.hex()
    if not digits or digits[0] > "3" or (digits[0] in "02" and digits[1] != "0"):
        raise _no_trie("a path of another form")
    path = digits[1:] if digits[0] in "13" else digits[2:]
    if digits[0] in "01" and not path:
        raise _no_trie("an extension without path")
    return path, digits[0] in "23"


# ---------------------------------------------------------------------------------------------------------------------
# Bitcoin (assets.md, "TransactionProof")
# ---------------------------------------------------------------------------------------------------------------------

RULES = {
    "bip122:000000000019d6689c085ae165831e93": (0x1D00FFFF, True),
    "bip122:000000000933ea01ad0ee984209779ba": (0x1D00FFFF, False),
    "bip122:00000000da84f2bafbbc53dee25a72ae": (0x1D00FFFF, False),
    "bip122:00000008819873e925422c1ff0f99f7c": (0x1E0377AE, False),
    "bip122:0f9188f13cb7b2c71f2a335e3a4fc328": (0x207FFFFF, False),
}
"""The easiest target of each chain, and whether it is the main chain."""
PERIOD, TWO_WEEKS = 2016, 14 * 24 * 3600


def double(raw: bytes) -> bytes:
    """SHA-256 of SHA-256."""
    return hashlib.sha256(hashlib.sha256(raw).digest()).digest()


def little(raw: bytes) -> int:
    """A number, its least byte first."""
    return int.from_bytes(raw, "little")


def target_of(bits: int) -> int:
    """The target that bits stand for."""
    exponent, mantissa = bits >> 24, bits & 0x7FFFFF
    target = mantissa << 8 * (exponent - 3) if exponent > 3 else mantissa >> 8 * (3 - exponent)
    if bits & 0x800000 or not 0 < target < 2**256:
        raise Wrong("asset.work", "bits of no target")
    return target


def bits_of(target: int) -> int:
    """The bits that stand for a target, cut off to three bytes, of which the highest bit is 0."""
    size = (target.bit_length() + 7) // 8
    mantissa = target << 8 * (3 - size) if size < 3 else target >> 8 * (size - 3)
    if mantissa & 0x800000:
        mantissa, size = mantissa >> 8, size + 1
    return size << 24 | mantissa


def check_work(headers: Sequence[bytes], height: int, easiest: int, *, is_main: bool) -> None:
    """Headers follow each other, and each shows the work that it claims, which is what the rules want."""
    for header in headers:
        if len(header) != 80:
            raise Wrong("asset.header", "a header that hasn't 80 bytes")
    if any(after[4:36] != double(before) for before, after in itertools.pairwise(headers)):
        raise Wrong("asset.headers", "headers that don't follow each other")
    all_bits = [little(header[72:76]) for header in headers]
    for header, bits in zip(headers, all_bits, strict=True):
        if target_of(bits) > target_of(easiest) or little(double(header)) > target_of(bits):
            raise Wrong("asset.work", "a header with less work than it must show")
    for place in range(1, len(headers) if is_main else 0):
        before, after = all_bits[place - 1], all_bits[place]
        if (height + place) % PERIOD:
            if before != after:
                raise Wrong("asset.work", "the work changed within a period")
            continue
        if place >= PERIOD and after != _next_bits(headers[place - PERIOD], headers[place - 1], easiest):
            raise Wrong("asset.work", "another work than the period before gives")
        old, new = target_of(before), target_of(after)
        if new > 4 * old or old > 4 * (new + (new >> 14) + 1):  # bits cut a target off
            raise Wrong("asset.work", "the work changed by more than a factor of four")


def _next_bits(first: bytes, last: bytes, easiest: int) -> int:
    span = little(last[68:72]) - little(first[68:72])
    span = min(max(span, TWO_WEEKS // 4), 4 * TWO_WEEKS)
    return bits_of(min(target_of(little(last[72:76])) * span // TWO_WEEKS, target_of(easiest)))


def read_outputs(raw: bytes) -> list[tuple[int, bytes]]:
    """What a transaction without witnesses pays: satoshi and script of each output."""
    place = 0

    def take(size: int) -> bytes:
        nonlocal place
        if size > len(raw) - place:
            raise Wrong("asset.transaction", "a transaction that ends too early")
        place += size
        return raw[place - size : place]

    def count() -> int:
        first = take(1)[0]
        if first < 0xFD:
            return first
        width = {0xFD: 2, 0xFE: 4, 0xFF: 8}[first]
        value = little(take(width))
        if value < {2: 0xFD, 4: 2**16, 8: 2**32}[width]:
            raise Wrong("asset.transaction", "a count in another than its shortest form")
        return value

    take(4)
    inputs = count()
    for _ in range(inputs):
        take(36)
        take(count())
        take(4)
    outputs = [(little(take(8)), take(count())) for _ in range(count())]
    take(4)
    if place != len(raw) or not inputs or not outputs or len(raw) == 64:
        raise Wrong("asset.transaction", "not one transaction without witnesses")
    if any(value > 21_000_000 * 100_000_000 for value, _ in outputs):
        raise Wrong("asset.transaction", "more than 21 million bitcoin")
    return outputs


def check_branch(raw: bytes, branch: Sequence[bytes], index: int, root: bytes) -> None:
    """The branch leads from a transaction at a place of its block to the Merkle root."""
    node = double(raw)
    for sibling in branch:
        if index & 1 and sibling == node:
            raise Wrong("asset.branch", "a node beside itself")
        node = double(sibling + node) if index & 1 else double(node + sibling)
        index >>= 1
    if index or node != root:
        raise Wrong("asset.branch", "the branch doesn't lead to the Merkle root")


# ---------------------------------------------------------------------------------------------------------------------
# What is recorded and disclosed, and what a proof says about it (assets.md, "What a proof must be about")
# ---------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Held:
    """What the account or the wallet held, by a proof."""

    text: str
    is_wallet: bool
    amount: int


class Recorded:
    """What is recorded of the asset, as far as the reader may see it."""

    def __init__(self, asset: dict[str, Any], capture: Any, values: dict[str, Any], chain: str) -> None:
        """Read the disclosed names, all of which are on the proof's chain."""
        *before, transfer = capture.transfers or [{}]
        state = capture.part.get("state", {})
        fields = {"account": asset.get("account"), "asset": asset.get("asset"), "balance": state.get("balance")}
        fields |= {name: transfer.get(name) for name in ("test_transaction", "transaction", "wallet")}
        self.hidden = {name for name, field in fields.items() if field and field["commitment"] not in values}
        shown = {name: values[field["commitment"]] for name, field in fields.items()
                 if field and name not in self.hidden}  # fmt: skip
        if not all(isinstance(value, str) for value in shown.values()):
            raise Wrong("asset.value", "a disclosed value that isn't a text")
        self.texts: dict[str, str] = shown
        self.height = state.get("height")
        self.account = parse_account(shown["account"]) if "account" in shown else None
        self.asset = parse_asset(shown["asset"]) if "asset" in shown else None
        self.wallet = parse_account(shown["wallet"]) if "wallet" in shown else None
        known = (self.account, self.asset, self.wallet)
        former = [item["wallet"]["commitment"] for item in before]
        self.hidden |= {"former" for name in former if name not in values}
        if not all(isinstance(values.get(name, ""), str) for name in former):
            raise Wrong("asset.value", "a disclosed value that isn't a text")
        self.former = [parse_account(values[name]) for name in former if values.get(name)]
        self.is_later, self.of_wallet = capture.is_later, capture.part.get("balance_of") == "wallet"
        if any(item is not None and item.chain != chain for item in (*known, *self.former)):
            raise Wrong("asset.other-chain", "recorded on another chain")

    def accounts(self) -> list[Account]:
        """The account and the custody wallet, as far as they are known."""
        return [item for item in (self.account, self.wallet) if item is not None]

    def held(self, account: Account, found: int, height: int, text: str) -> Held:
        """What a recorded account held; the balance that was recorded at a block is the one that is proven there."""
        is_wallet = account is not self.account
        is_same = self.height == height and self.of_wallet == is_wallet
        if "balance" in self.texts and is_same and self.texts["balance"] != str(found):
            raise Wrong("asset.balance", f"another balance than recorded: {found}")
        return Held(text, is_wallet, found)

    def has_left(self, code: str, text: str) -> Said:
        """Nobody on record holds the asset: wrong in a registration, and a defect in an observation."""
        if not self.is_later:
            raise Wrong(code, text)
        return DEFECT, "asset.left", text


UNCOMPARED: Said = (NOTE, "asset.withheld", "what the proof must be about is withheld, so it was not compared")
Shown = list["str | Held | Said"]
"""Words for what a proof shows, and notes."""


def judge_transaction(name: str, outputs: Sequence[tuple[int, bytes]], recorded: Recorded) -> Shown:
    """A transaction of Bitcoin."""

    def pays(account: Account | None) -> bool:
        return account is not None and sum(value for value, script in outputs if script == account.key) > 0

    if name in (recorded.texts.get("transaction"), recorded.texts.get("test_transaction")):
        if recorded.wallet is not None and not pays(recorded.wallet):
            raise Wrong("asset.not-paid", "the recorded transaction doesn't pay the custody wallet")
        notes = [UNCOMPARED] if "wallet" in recorded.hidden else []
        return [f"transaction {name}", *notes]
    if recorded.hidden & {"transaction", "test_transaction", "wallet", "account"}:
        return [f"transaction {name}", UNCOMPARED]
    payable = [recorded.account] if recorded.texts.get("transaction") else [recorded.wallet, recorded.account]
    if not any(map(pays, payable)):
        raise Wrong("asset.unbound", "a transaction that is neither recorded nor pays the account")
    return [f"transaction {name} pays what is recorded"]


def judge_account(address: bytes, balance: int, height: int, recorded: Recorded) -> Shown:
    """An account of Ethereum without storage."""
    found = [item for item in recorded.accounts() if item.key == address]
    if not found and not recorded.hidden & {"account", "wallet"}:
        raise Wrong("asset.unbound", "another account than those that are recorded")
    is_token = recorded.asset is not None and recorded.asset.contract is not None
    text = f"0x{address.hex()} holds {balance}"
    if not found:
        return [text, UNCOMPARED]
    return [text if is_token or "asset" in recorded.hidden else recorded.held(found[0], balance, height, text)]


def judge_storage(address: bytes, words: list[tuple[dict[str, Any], int]], height: int, recorded: Recorded) -> Shown:
    """Words of a contract's storage."""
    if recorded.asset is None and "asset" in recorded.hidden:
        return [*(f"word {item['key']} is {value:064x}" for item, value in words), UNCOMPARED]
    if recorded.asset is None or recorded.asset.contract != address:
        raise Wrong("asset.unbound", "another contract than that of the recorded asset")
    result: Shown = []
    is_held, told_of = False, set[bool]()
    for item, value in words:
        text = f"word {item['key']} is {value:064x}"
        if "layout" not in item:
            result.append(text)
            continue
        holder, held = judge_word(item, value, recorded.asset, height, recorded)
        is_held |= holder
        told_of |= {True, False} if held is None else {held.is_wallet}
        result.append(held or text)
    if not told_of:
        result.append((NOTE, "asset.unexplained", "no layout says what the words are"))
    elif not is_held and recorded.hidden & {"account", "wallet"}:
        result.append(UNCOMPARED)
    elif not is_held and (
        not recorded.is_later or {item is recorded.wallet for item in recorded.accounts()} <= told_of
    ):
        result.append(recorded.has_left("asset.not-held", "neither the account nor the wallet holds it"))
    return result


def judge_word(
    item: dict[str, Any], value: int, asset: Asset, height: int, recorded: Recorded
) -> tuple[bool, Held | None]:
    """Whether by this word a recorded account holds the token, and how much; a word of something else is wrong."""
    layout, key, slot = item["layout"], bytes.fromhex(item["key"]), bytes.fromhex(item["slot"])
    token = None if asset.token is None else keccak(asset.token.to_bytes(32, "big"), slot)
    if layout in ("erc721-owner", "erc721a-owner"):
        if asset.kind != "erc721" or token != key:
            raise Wrong("asset.unbound", "not the word of this token's owner")
        if layout == "erc721a-owner":
            value = 0 if value >> 224 & 1 else value % 2**160
        if value >= 2**160:
            raise Wrong("asset.unbound", "an owner that is no account")
        return any(account.key == value.to_bytes(20, "big") for account in recorded.accounts()), None
    for account in recorded.accounts():
        padded = account.key.rjust(32, b"\0")
        if layout == "erc20-balance" and asset.kind == "erc20":
            place = keccak(padded, slot)
        elif layout == "erc1155-balance" and asset.kind == "erc1155" and token is not None:
            place = keccak(padded, token)
        else:
            continue
        if place == key:
            return value > 0, recorded.held(account, value, height, f"0x{account.key.hex()} holds {value}")
    if recorded.hidden & {"account", "wallet"}:
        return False, None
    raise Wrong("asset.unbound", "not the word of a recorded account's balance")


Moved = tuple[str, bytes, bytes, "int | None", int]
"""Standard, sender, receiver, token, amount."""
TRANSFER = keccak(b"Transfer(address,address,uint256)")
SINGLE = keccak(b"TransferSingle(address,address,address,uint256,uint256)")
BATCH = keccak(b"TransferBatch(address,address,address,uint256[],uint256[])")


def read_moves(topics: list[bytes], data: bytes) -> list[Moved]:
    """What a log moved."""
    words = [int.from_bytes(data[at : at + 32], "big") for at in range(0, len(data) - 31, 32)]
    kind, *rest = topics or [b""]
    wrong = Wrong("asset.log", "not a transfer of ERC-20, ERC-721 or ERC-1155")
    if kind == TRANSFER and len(rest) == 2 and len(data) == 32:
        return [("erc20", _account(rest[0]), _account(rest[1]), None, words[0])]
    if kind == TRANSFER and len(rest) == 3 and not data:
        return [("erc721", _account(rest[0]), _account(rest[1]), int.from_bytes(rest[2], "big"), 1)]
    if kind == SINGLE and len(rest) == 3 and len(data) == 64:
        return [("erc1155", _account(rest[1]), _account(rest[2]), words[0], words[1])]
    if kind != BATCH or len(rest) != 3 or len(words) < 3:
        raise wrong
    n = words[2]
    if len(data) != 32 * (4 + 2 * n) or words[:2] != [64, 96 + 32 * n] or words[3 + n] != n:
        raise wrong
    pairs = zip(words[3 : 3 + n], words[4 + n :], strict=True)
    return [("erc1155", _account(rest[1]), _account(rest[2]), token, amount) for token, amount in pairs]


def _account(topic: bytes) -> bytes:
    if any(topic[:12]):
        raise Wrong("asset.log", "a topic that is no account")
    return topic[12:]


def read_log(receipt: bytes | None, number: int) -> tuple[bytes, list[bytes], bytes]:
    """Address, topics and data of a log of a receipt."""
    if not receipt:
        raise Wrong("asset.receipt", "the block has no such transaction")
    body = receipt[1:] if 0 < receipt[0] < 0x80 else receipt
    outcome, _, bloom, items = as_list(decode_rlp(body), 4, 4)
    as_bytes(bloom, 256)
    if as_bytes(outcome) != b"\1" and len(outcome) != 32:
        raise Wrong("asset.receipt", "a transaction that failed")
    logs = []
    for item in as_list(items, 0, 65_536):
        address, topics, data = as_list(item, 3, 3)
        found = [as_bytes(topic, 32) for topic in as_list(topics, 0, 4)]
        logs.append((as_bytes(address, 20), found, as_bytes(data)))
    if number >= len(logs):
        raise Wrong("asset.receipt", "the receipt has no such log")
    return logs[number]


def judge_log(address: bytes, topics: list[bytes], data: bytes, recorded: Recorded) -> Shown:
    """A log of a receipt."""
    moves, asset = read_moves(topics, data), recorded.asset
    if asset is None and "asset" in recorded.hidden:
        return [*(f"{amount} moved" for *_, amount in moves[:16]), UNCOMPARED]
    if asset is None or asset.contract != address:
        raise Wrong("asset.unbound", "not by the contract of the recorded asset")
    own = [move for move in moves if (move[0], move[3]) == (asset.kind, asset.token)]
    if not own:
        raise Wrong("asset.unbound", "a transfer of another token")
    ends = {account.key for account in recorded.accounts()}
    known = [move for move in own if move[2] in ends and move[4]]
    result: Shown = [f"{amount} moved to 0x{to.hex()}" for _, _, to, _, amount in known or own]
    if not known:
        if recorded.hidden & {"wallet", "account"}:
            return [*result, UNCOMPARED]
        text = "neither the wallet nor the account received it"
        if own[0][1] not in ends:
            raise Wrong("asset.other-transfer", text)
        return [*result, recorded.has_left("asset.other-transfer", text)]
    _, sender, receiver, _, _ = known[0]
    is_seizure = recorded.wallet is not None and recorded.wallet.key == receiver
    is_known = recorded.account is not None and "former" not in recorded.hidden
    if is_seizure and is_known and sender not in {item.key for item in (recorded.account, *recorded.former) if item}:
        result.append((DEFECT, "asset.other-sender", "the wallet received it from another account"))
    return result


# ---------------------------------------------------------------------------------------------------------------------
# A whole proof, and which block vouches for it (assets.md, "Which block")
# ---------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Holding:
    """What holds in a proof: names of its blocks, work, the time of its block, and what to hold a record against."""

    names: list[str]
    work: int
    time: int
    judge: Callable[[Recorded], Shown]


@dataclass(frozen=True)
class Proven:
    """What a proof says, the date of its block (empty for one that no time of a record can have), and what was held."""

    said: list[Said]
    date: str
    held: list[Held]


def check_proof(
    proof: dict[str, Any],
    asset: dict[str, Any],
    capture: Any,
    values: dict[str, Any],
    pins: Sequence[dict[str, Any]],
    read: Callable[[], Holding] | None = None,
) -> Proven:
    """What a proof of a capture of verify_from_spec.py, a record of its form, says, given disclosed values.

    ``read`` gives what `read_proof` does of this proof, where many captures name it.
    """
    parse_chain(proof["chain"])
    recorded = Recorded(asset, capture, values, proof["chain"])
    holding = read() if read else read_proof(proof)
    shown, time = holding.judge(recorded), holding.time
    problem = vouch(proof, holding.names, holding.work, pins)
    notes: list[Said] = [item for item in shown if isinstance(item, tuple)]
    is_open = problem is not None or any(code in ("asset.withheld", "asset.unexplained") for _, code, _ in notes)
    code = "asset.stated" if is_open else "asset.proven"
    where = f"block {proof['height'] + proof['place']} of {proof['chain']}"
    later = "what happened after it can't be seen offline"
    held = [item for item in shown if isinstance(item, Held)]
    words = [item.text if isinstance(item, Held) else item for item in shown if not isinstance(item, tuple)]
    told: list[Said] = [(NOTE, code, f"{where}: {text}; {later}") for text in words]
    date = "" if time >= 2**37 else datetime.datetime.fromtimestamp(time, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Proven([*told, *notes, *([problem] if problem else [])], date, held)


def read_proof(proof: dict[str, Any]) -> Holding:
    """What a proof shows in itself, whatever is recorded."""
    headers = [bytes.fromhex(header) for header in proof["headers"]]
    namespace, _ = parse_chain(proof["chain"])
    return _read_bitcoin(proof, headers) if namespace == "bip122" else _read_ethereum(proof, headers, namespace)


def _read_bitcoin(proof: dict[str, Any], headers: Sequence[bytes]) -> Holding:
    if proof["chain"] not in RULES or "transaction" not in proof:
        raise Wrong("asset.kind", "not a transaction of a chain that is known")
    easiest, is_main = RULES[proof["chain"]]
    check_work(headers, proof["height"], easiest, is_main=is_main)
    part, place = proof["transaction"], proof["place"]
    raw = bytes.fromhex(part["raw"])
    outputs = read_outputs(raw)
    check_branch(raw, [bytes.fromhex(item) for item in part["branch"]], part["index"], headers[place][36:68])
    work = sum(2**256 // (target_of(little(header[72:76])) + 1) for header in headers[place:]) if is_main else 0
    names = [double(header)[::-1].hex() for header in headers]
    judge = functools.partial(judge_transaction, double(raw)[::-1].hex(), outputs)
    return Holding(names, work, little(headers[place][68:72]), judge)


def _read_ethereum(proof: dict[str, Any], headers: Sequence[bytes], namespace: str) -> Holding:
    if namespace != "eip155" or "transaction" in proof:
        raise Wrong("asset.kind", "not an account or a receipt of a chain of eip155")
    fields = [_read_header(header) for header in headers]
    for place, items in enumerate(fields):
        if as_number(items[8], 64) != proof["height"] + place:
            raise Wrong("asset.headers", "a header of another height")
        if place and items[0] != keccak(headers[place - 1]):
            raise Wrong("asset.headers", "headers that don't follow each other")
    block, height = fields[proof["place"]], proof["height"] + proof["place"]
    holding = functools.partial(Holding, [keccak(header).hex() for header in headers], 0, as_number(block[11], 64))
    if "receipt" in proof:
        part = proof["receipt"]
        key = encode_rlp(number_bytes(part["index"]))
        log = read_log(look_up(block[5], key, [bytes.fromhex(node) for node in part["nodes"]]), part["log"])
        return holding(functools.partial(judge_log, *log))
    part = proof["account"]
    address = bytes.fromhex(part["address"])
    found = look_up(block[3], keccak(address), [bytes.fromhex(node) for node in part["nodes"]])
    balance, storage_root = 0, keccak(b"\x80")
    if found is not None:
        nonce, held, root, code = as_list(decode_rlp(found), 4, 4)
        as_number(nonce, 64)
        as_bytes(code, 32)
        balance, storage_root = as_number(held), as_bytes(root, 32)
    if "storage" not in part:
        return holding(functools.partial(judge_account, address, balance, height))
    words = [(item, _read_word(storage_root, item)) for item in part["storage"]]
    return holding(functools.partial(judge_storage, address, words, height))


def _read_header(raw: bytes) -> list[Any]:
    items = as_list(decode_rlp(raw), 15, 32)
    for place, size in enumerate((32, 32, 20, 32, 32, 32, 256)):
        as_bytes(items[place], size)
    for item in items[15:]:
        as_bytes(item)
    as_number(items[8], 64)
    as_number(items[11], 64)
    return items


def _read_word(root: bytes, item: dict[str, Any]) -> int:
    found = look_up(root, keccak(bytes.fromhex(item["key"])), [bytes.fromhex(node) for node in item["nodes"]])
    if found is None:
        return 0
    value = as_number(decode_rlp(found))
    if not value:
        raise _no_trie("a word of 0, which is never stored")
    return value


def vouch(proof: dict[str, Any], names: Sequence[str], work: int, pins: Sequence[dict[str, Any]]) -> Said | None:
    """What keeps the pinned blocks from vouching for the proof's block, if anything does."""
    own = [pin for pin in pins if pin["chain"] == proof["chain"]]
    first, height = proof["height"], proof["height"] + proof["place"]
    reached = [pin for pin in own if first <= pin["height"] < first + len(names)]
    if any(names[pin["height"] - first] != pin["hash"] for pin in reached):
        raise Wrong("asset.pin-contradicted", "a pinned height has another hash")
    if any(pin["height"] >= height for pin in reached):
        return None
    if not own:
        return NOTE, "asset.not-pinned", "no block of this chain is pinned, so nothing vouches for it"
    if not reached or not work:
        return INDETERMINATE, "asset.pin-not-reached", "the headers lead to no pinned block"
    if len(names) - proof["place"] < 6 or work < 2**80:
        return INDETERMINATE, "asset.shallow", "too little work from the block on, behind a pinned one"
    return None


if __name__ == "__main__":
    sys.exit("run verify_from_spec.py, which lies beside this file")
