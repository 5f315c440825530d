"""Every cap of the formats in one place, each with its reason (docs/spec/limits.md is the normative text).

A reader refuses above a cap before it allocates: a hostile bundle must not cost more than its own size.
Units are bytes or counts as each name says.
"""

from __future__ import annotations

from typing import Final

MAX_SAFE_INTEGER: Final = 2**53 - 1
"""Largest integer that every JSON reader keeps exactly (RFC 8785 section 3.2.2.3)."""
MAX_NESTING: Final = 16
"""Levels of arrays and objects; the deepest record of ours has nine."""
EVENT_BYTES: Final = 36_000
"""An event in base64 plus 16 signatures must fit into ENTRY_BYTES."""
ENTRY_BYTES: Final = 65_535
"""C2SP tlog-tiles entry bundles count an entry's length in 16 bits."""
LIST_BYTES: Final = 8_192
"""A list in an event's details above this size is a document, named by its digest."""
SIGNERS: Final = 16
"""People at one act; more is a list of names, not an act."""
ABOUT: Final = 256
"""Subjects that one annotation names; an export of more exhibits is two bundles."""
DETAIL_ITEMS: Final = 256
"""Items in any array of an event's details."""
NUMBER_BYTES: Final = 128
"""UTF-8 bytes of a case or exhibit number."""
ORIGIN_BYTES: Final = 255
"""UTF-8 bytes of a ledger's origin."""
NOTE_SIGNATURES: Final = 100
"""Signature lines in a signed note, as golang.org/x/mod caps them."""
NOTE_BYTES: Final = 1_000_000
"""A whole signed note."""
PROOF_HASHES: Final = 64
"""Hashes in one inclusion or consistency proof: a tree of 2^64 leaves needs no more (128 for consistency)."""
CONSISTENCY_HASHES: Final = 128
"""Hashes of a consistency proof: at most two per level."""
SIBLINGS: Final = 256
"""Siblings of a subject proof: keys have 256 bits."""
TREE_SIZE: Final = 2**53 - 1
"""Largest size of a ledger."""
JSON_BYTES: Final = 64 * 1024 * 1024
"""bundle.json, proof.json and disclosures.json, each."""
TRUST_BYTES: Final = 4 * 1024 * 1024
"""A trust file."""
PROFILE_BYTES: Final = 1024 * 1024
"""A procedure profile, or another file of law."""
DRAFT_BYTES: Final = 64 * 1024 * 1024
"""A draft of a batch that waits for signatures."""
MANIFEST_LINE: Final = 65_536
"""One line of a content manifest or a payload manifest."""
PIECE_BYTES: Final = 16 * 1024 * 1024
"""One piece of a file's list of pieces: damage is told to that many bytes, and 1 TiB has a list of 4 MiB."""
PIECE_LINE: Final = 65
"""One line of a list of pieces: 64 hex digits and LF."""
EXTENTS: Final = 64
"""Byte ranges that an event or a message lists; more are a document."""
CONTENT_IN_EVENT: Final = 16
"""File records that an event holds itself; more go into a manifest."""
ENTRIES: Final = 1_000_000
"""Entries in one bundle."""
MEMBERS: Final = 2_000_000
"""Members in one bundle."""
INHERITED_DEPTH: Final = 8
"""Bundles within bundles: evidence that went through more countries than that is asked for from the one before."""
INHERITED_RETURNED: Final = 3
"""Depth of a bundle with which something came back, up to which a writer sends it on: the way ahead needs room."""
DISCLOSURES: Final = 1_500_000
"""Disclosures in one bundle: the shortest has 42 characters, so JSON_BYTES has no room for more."""
DISCLOSURE_BYTES: Final = 65_536
"""One disclosure's text."""
PATH_BYTES: Final = 32_768
"""Raw bytes of one evidence path."""
AFFIRMATION_ROUNDS: Final = 16
"""Affirmations of affirmations: each round costs a verifier one pass over all entries."""
UNIT_MEMBERS: Final = 4_096
"""Members of a unit or organisation at one time: each signature for it looks among them."""
AGENT_KEYS: Final = 1_024
"""Keys that one agent ever has."""
LOG_KEYS: Final = 1_024
"""Log keys that a ledger ever has."""
CONSENTS_ASKED: Final = 256
"""Consents to one exhibit, the newest, that a release looks at, and exhibits that granted parts of a request name."""
MADE_OF: Final = 32
"""Exhibits that a release looks at, back from one, for what a granted part names: else each costs a reader them all."""
BOUND_TO: Final = 128
"""Ledgers that bind one exhibit: each release asks for a consent of each, and each copy takes them over."""
SPANS_IN_EVENT: Final = 32
"""Places on a medium, or segments of an image, that an event holds itself; more are a document."""
FURTHER_IMAGES: Final = 7
"""Forensic images of one exhibit beside the first: a list in an event has room for so many."""
ASSET_PROOF_BYTES: Final = 8 * 1024 * 1024
"""A proof about an asset: what a node answers about one account, transaction or receipt."""
TRIE_NODES: Final = 132
"""Nodes of one trie proof: a key of 32 bytes has 64 half bytes, with an extension before each and some room."""
TRIE_NODE_BYTES: Final = 1_048_576
"""One node; a leaf may hold a receipt with all its logs."""
HEADER_BYTES: Final = 4_096
"""A block header; Bitcoin's has 80 bytes, Ethereum's some 600."""
CHAIN_HEADERS: Final = 8_192
"""Headers from a proof's block to a pinned one: four periods of Bitcoin, two months."""
MERKLE_BRANCH: Final = 32
"""Siblings of a Bitcoin transaction: no block has 2^32 of them."""
TRANSACTION_BYTES: Final = 1_000_000
"""A Bitcoin transaction without witnesses: no block held more of it."""
CHAIN_PINS: Final = 4_096
"""Blocks that a reader pins."""
FINDINGS_OF_A_KIND: Final = 1_000
"""Failed findings of one code about lines of a bundle's lists that are told one by one; of more it is said how many."""
