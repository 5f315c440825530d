"""Names of chains, accounts and assets (CAIP-2, CAIP-10, CAIP-19), checked and brought into one form.

    eip155:1                                                              a chain: namespace and reference
    eip155:1:0x06012c8cf97BEaD5deAe237070F9587f8E7A266d                   an account on it
    eip155:1/erc721:0x06012c8cf97BEaD5deAe237070F9587f8E7A266d/771769     a token of a contract
    bip122:000000000019d6689c085ae165831e93/slip44:0                      a chain's own coin

CAIP-19 asks for no canonical case, so two texts are compared in the form that `text` gives back: Ethereum addresses
with their checksum, Bech32 in small letters, token ids without leading zeros. Of namespaces that aren't known here
only the syntax is checked; `is_checked` says which it was.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from custody.onchain.addresses import Address, parse_address
from schemas.errors import RecordError

_CHAIN: Final = re.compile(r"([-a-z0-9]{3,8}):([-_a-zA-Z0-9]{1,32})\Z", re.ASCII)
_ACCOUNT: Final = re.compile(r"[-.%a-zA-Z0-9]{1,128}\Z", re.ASCII)
_ASSET: Final = re.compile(r"([-a-z0-9]{3,8}):([-.%a-zA-Z0-9]{1,128})(?:/([-.%a-zA-Z0-9]{1,78}))?\Z", re.ASCII)
_REFERENCES: Final = {"bip122": re.compile(r"[0-9a-f]{32}\Z"), "eip155": re.compile(r"(?:0|[1-9][0-9]{0,31})\Z")}
_TOKENS: Final = frozenset({"erc20", "erc721", "erc1155"})
_NUMBER: Final = re.compile(r"[0-9]+\Z", re.ASCII)
_TOKEN_MAXIMUM: Final = 2**256


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain by CAIP-2."""

    namespace: str
    reference: str

    @property
    def text(self) -> str:
        """The one spelling."""
        return f"{self.namespace}:{self.reference}"


@dataclass(frozen=True, slots=True)
class Account:
    """An account by CAIP-10."""

    chain: Chain
    address: Address

    @property
    def text(self) -> str:
        """The normal form."""
        return f"{self.chain.text}:{self.address.text}"

    @property
    def is_checked(self) -> bool:
        """Whether a checksum held, and not the syntax alone."""
        return self.address.is_checked


@dataclass(frozen=True, slots=True)
class Asset:
    """An asset by CAIP-19: a kind such as ``erc721``, its reference such as a contract, and perhaps a token's id.

    ``contract`` is the reference read as an address, where the kind is one of Ethereum's tokens.
    """

    chain: Chain
    kind: str
    reference: str
    token: str | None
    contract: Address | None

    @property
    def text(self) -> str:
        """The normal form."""
        return f"{self.chain.text}/{self.kind}:{self.reference}{'' if self.token is None else f'/{self.token}'}"

    @property
    def is_checked(self) -> bool:
        """Whether a checksum held, and not the syntax alone."""
        return self.contract is not None and self.contract.is_checked


def parse_chain(text: str) -> Chain:
    """Return the chain that ``text`` names.

    Raises:
        RecordError: ``asset.chain``.
    """
    found = _CHAIN.match(text)
    if found is None:
        raise RecordError("asset.chain", f"expected a chain as NAMESPACE:REFERENCE (CAIP-2), found {text[:128]!r}")
    namespace, reference = found.groups()
    wanted = _REFERENCES.get(namespace)
    if wanted is not None and not wanted.match(reference):
        what = "a number" if namespace == "eip155" else "the first 32 hex digits of the genesis hash"
        raise RecordError("asset.chain", f"expected {what} after {namespace}:, found {reference!r}")
    return Chain(namespace, reference)


def parse_account(text: str) -> Account:
    """Return the account that ``text`` names, its checksum checked where the chain has one.

    Raises:
        RecordError: ``asset.account``, ``asset.chain``, ``asset.address``.
    """
    head, colon, address = text.rpartition(":")
    if not colon or not _ACCOUNT.match(address) or ":" not in head:
        raise RecordError("asset.account", f"expected an account as CHAIN:ADDRESS (CAIP-10), found {text[:200]!r}")
    chain = parse_chain(head)
    return Account(chain, parse_address(chain.namespace, chain.reference, address))


def parse_asset(text: str) -> Asset:
    """Return the asset that ``text`` names.

    Raises:
        RecordError: ``asset.asset``, ``asset.chain``, ``asset.address``.
    """
    head, slash, rest = text.partition("/")
    found = _ASSET.match(rest) if slash else None
    if found is None:
        wanted = "CHAIN/KIND:REFERENCE[/TOKEN] (CAIP-19)"
        raise RecordError("asset.asset", f"expected an asset as {wanted}, found {text[:200]!r}")
    chain = parse_chain(head)
    kind, reference, token = found.groups()
    if chain.namespace != "eip155" or kind not in _TOKENS:
        return Asset(chain, kind, reference, token, None)
    contract = parse_address(chain.namespace, chain.reference, reference)
    return Asset(chain, kind, contract.text, _token(kind, token), contract)


def _token(kind: str, token: str | None) -> str | None:
    if token is None:
        return None
    if kind == "erc20" or not _NUMBER.match(token) or int(token) >= _TOKEN_MAXIMUM:
        raise RecordError("asset.asset", f"expected a token id of {kind} as a decimal number, found {token!r}")
    return str(int(token))
