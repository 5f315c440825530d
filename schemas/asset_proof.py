"""A proof about an asset on a public chain: custody-asset-proof/v1 (docs/spec/assets.md).

Made from captured answers of a node, kept as a document, and checked offline: one of ``transaction`` (Bitcoin),
``account`` or ``receipt`` (Ethereum and chains of its kind), and the headers that lead from its block to a pinned one.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from schemas import limits
from schemas.types import UNSET, Count, Hash, Index, Record, Unset, is_set

ChainId = Annotated[
    str, Meta(pattern=r"^[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}\Z", max_length=41, description="chain (CAIP-2)")
]
Address20 = Annotated[str, Meta(pattern=r"^[0-9a-f]{40}\Z", description="20 bytes, lower-case hex")]
Node = Annotated[
    str, Meta(pattern=r"^([0-9a-f]{2})+\Z", max_length=2 * limits.TRIE_NODE_BYTES, description="lower-case hex")
]
Nodes = Annotated[tuple[Node, ...], Meta(max_length=limits.TRIE_NODES)]
HeaderBytes = Annotated[
    str, Meta(pattern=r"^([0-9a-f]{2})+\Z", max_length=2 * limits.HEADER_BYTES, description="lower-case hex")
]
RawTransaction = Annotated[
    str, Meta(pattern=r"^([0-9a-f]{2})+\Z", max_length=2 * limits.TRANSACTION_BYTES, description="lower-case hex")
]
Layout = Literal["erc1155-balance", "erc20-balance", "erc721-owner", "erc721a-owner"]


class TransactionProof(Record, frozen=True, kw_only=True):
    """A Bitcoin transaction without witnesses, its place in the block, and the branch to the Merkle root.

    ``branch`` holds siblings from the leaf up, in the order of bytes in which they are hashed.
    """

    branch: Annotated[tuple[Hash, ...], Meta(max_length=limits.MERKLE_BRANCH)]
    index: Index
    raw: RawTransaction


class StorageProof(Record, frozen=True, kw_only=True):
    """One word of a contract's storage; ``layout`` and ``slot`` say how ``key`` follows from a token and an account.

    ``slot`` is the number of the mapping in the contract, 32 bytes in hex.
    """

    key: Hash
    layout: Layout | Unset = UNSET
    nodes: Nodes
    slot: Hash | Unset = UNSET

    def __post_init__(self) -> None:
        """Want layout and slot together; ValueError becomes ``record.malformed``."""
        if is_set(self.layout) != is_set(self.slot):
            raise ValueError("layout and slot stand together")


class AccountProof(Record, frozen=True, kw_only=True):
    """An account in a block's state (EIP-1186), and perhaps words of its storage."""

    address: Address20
    nodes: Nodes
    storage: Annotated[tuple[StorageProof, ...], Meta(min_length=1, max_length=16)] | Unset = UNSET


class ReceiptProof(Record, frozen=True, kw_only=True):
    """The receipt of the transaction at place ``index`` of a block, and which of its logs is meant."""

    index: Index
    log: Count
    nodes: Nodes


class AssetProof(Record, frozen=True, kw_only=True):
    """A whole proof; ``headers`` follow each other, the first at ``height``, the one that is meant at ``place``."""

    SCHEMA: ClassVar[str] = "custody-asset-proof/v1"

    account: AccountProof | Unset = UNSET
    chain: ChainId
    headers: Annotated[tuple[HeaderBytes, ...], Meta(min_length=1, max_length=limits.CHAIN_HEADERS)]
    height: Index
    place: Index
    receipt: ReceiptProof | Unset = UNSET
    schema: Literal["custody-asset-proof/v1"]
    transaction: TransactionProof | Unset = UNSET

    def __post_init__(self) -> None:
        """Want one kind of proof, of a header that is there; ValueError becomes ``record.malformed``."""
        if sum(is_set(part) for part in (self.account, self.receipt, self.transaction)) != 1:
            raise ValueError("one of account, receipt and transaction stands")
        if self.place >= len(self.headers):
            raise ValueError("place names one of headers")
