"""Addresses by chain: their checksum, their normal form, and the script by which Bitcoin pays them.

    bip122   base58check with the chain's version byte, or Bech32 (witness version 0) and Bech32m (1 to 16) with its
             prefix (BIP-13, BIP-173, BIP-350)
    eip155   0x and 40 hex digits; mixed case is a checksum (EIP-55; EIP-1191 on the chains that took it up)
    cosmos   Bech32; tron base58check with version byte 0x41; solana base58 of 32 bytes, without a checksum

Of other namespaces only the syntax is looked at, and `Address.is_checked` says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import base58

from custody.onchain import bech32
from custody.onchain.keccak import keccak256
from schemas.errors import RecordError


@dataclass(frozen=True, slots=True)
class Address:
    """An address in its normal form; ``is_checked`` says whether a checksum in it was there and held.

    ``script`` is the output script that pays it (Bitcoin and its kin), ``raw`` the 20 bytes of an Ethereum account.
    """

    text: str
    is_checked: bool
    script: bytes = b""
    raw: bytes = b""


@dataclass(frozen=True, slots=True)
class _Coin:
    """What tells the addresses of one chain of namespace bip122 from those of another."""

    pubkey_hash: int
    script_hash: tuple[int, ...]
    prefix: str


_TESTNET: Final = _Coin(0x6F, (0xC4,), "tb")
_COINS: Final = {
    "000000000019d6689c085ae165831e93": _Coin(0x00, (0x05,), "bc"),
    "000000000933ea01ad0ee984209779ba": _TESTNET,
    "00000000da84f2bafbbc53dee25a72ae": _TESTNET,
    "00000008819873e925422c1ff0f99f7c": _TESTNET,
    "0f9188f13cb7b2c71f2a335e3a4fc328": _Coin(0x6F, (0xC4,), "bcrt"),
    "12a765e31ffd4059bada1e25190f6e98": _Coin(0x30, (0x32, 0x05), "ltc"),
    "1a91e3dace36e2be3bf030a65679fe82": _Coin(0x1E, (0x16,), ""),
}
"""Chains by the beginning of their genesis hash: Bitcoin, its test chains 3, 4, signet, regtest, Litecoin, Dogecoin."""
_EIP_1191: Final = frozenset({"30", "31"})


def parse_address(namespace: str, reference: str, text: str) -> Address:
    """Return the address that ``text`` is on the chain ``namespace:reference``.

    Raises:
        RecordError: ``asset.address`` for a wrong checksum, or an address of another chain.
    """
    reader = _READERS.get(namespace)
    return Address(text, is_checked=False) if reader is None else reader(reference, text)


def checksummed(raw: bytes, reference: str = "1") -> str:
    """Return the 20 bytes of an Ethereum account with the checksum in its letters (EIP-55, EIP-1191)."""
    plain = raw.hex()
    salted = f"{reference}0x{plain}" if reference in _EIP_1191 else plain
    digest = keccak256(salted.encode("ascii")).hex()
    return "0x" + "".join(
        sign.upper() if int(nibble, 16) >= 8 else sign for sign, nibble in zip(plain, digest, strict=False)
    )


def _parse_ethereum(reference: str, text: str) -> Address:
    digits = text.removeprefix("0x")
    if len(text) != 42 or not text.startswith("0x") or not set(digits) <= set("0123456789abcdefABCDEF"):
        raise _fault("0x and 40 hex digits", text)
    raw = bytes.fromhex(digits)
    is_checked = digits not in (digits.lower(), digits.upper())
    if is_checked and text != checksummed(raw, reference):
        raise _fault("the checksum in capitals and small letters to hold (EIP-55)", text)
    return Address(checksummed(raw, reference), is_checked=is_checked, raw=raw)


def _parse_bitcoin(reference: str, text: str) -> Address:
    coin = _COINS.get(reference)
    if coin is None:
        return Address(text, is_checked=False)
    if coin.prefix and text.lower().startswith(f"{coin.prefix}1"):
        return _parse_witness(coin, text)
    version, payload = _base58check(text)
    if len(payload) != 20 or version not in (coin.pubkey_hash, *coin.script_hash):
        raise _fault("an address of this chain", text)
    is_key = version == coin.pubkey_hash
    script = b"\x76\xa9\x14" + payload + b"\x88\xac" if is_key else b"\xa9\x14" + payload + b"\x87"
    # A script's address may have two spellings on Litecoin; the first version byte is the normal one.
    normal = bytes([coin.pubkey_hash if is_key else coin.script_hash[0]]) + payload
    return Address(base58.b58encode_check(normal).decode("ascii"), is_checked=True, script=script)


def _parse_witness(coin: _Coin, text: str) -> Address:
    prefix, values, variant = bech32.decode(text)
    if prefix != coin.prefix or not values or values[0] > 16:
        raise _fault("a witness address of this chain", text)
    version, program = values[0], bech32.to_bytes(values[1:])
    if variant != ("bech32m" if version else "bech32"):
        raise _fault(f"the checksum that belongs to witness version {version}", text)
    if not 2 <= len(program) <= 40 or (version == 0 and len(program) not in (20, 32)):
        raise _fault("a witness program of a length that there is", text)
    opcode = 0x50 + version if version else 0
    return Address(text.lower(), is_checked=True, script=bytes([opcode, len(program)]) + program)


def _parse_cosmos(_: str, text: str) -> Address:
    _, values, variant = bech32.decode(text)
    if variant != "bech32" or len(bech32.to_bytes(values)) not in (20, 32):
        raise _fault("a Bech32 address of 20 or 32 bytes", text)
    return Address(text.lower(), is_checked=True)


def _parse_tron(_: str, text: str) -> Address:
    version, payload = _base58check(text)
    if version != 0x41 or len(payload) != 20:
        raise _fault("an address of Tron", text)
    return Address(text, is_checked=True)


def _parse_solana(_: str, text: str) -> Address:
    if len(_base58(text)) != 32:
        raise _fault("base58 of 32 bytes", text)
    return Address(text, is_checked=False)


_READERS: Final[dict[str, Callable[[str, str], Address]]] = {
    "bip122": _parse_bitcoin,
    "cosmos": _parse_cosmos,
    "eip155": _parse_ethereum,
    "solana": _parse_solana,
    "tron": _parse_tron,
}


def _base58(text: str) -> bytes:
    try:
        return base58.b58decode(text.encode("ascii"))
    except ValueError:
        raise _fault("base58", text) from None


def _base58check(text: str) -> tuple[int, bytes]:
    _base58(text)
    try:
        raw = base58.b58decode_check(text.encode("ascii"))
    except ValueError:
        raise _fault("a base58check checksum that holds", text) from None
    if not raw:
        raise _fault("a version byte", text)
    return raw[0], raw[1:]


def _fault(expected: str, text: str) -> RecordError:
    return RecordError("asset.address", f"expected {expected}, found {text[:128]!r}")
