"""Subjects: what a ledger is asked about, and the hashes of the index that makes omissions show.

A subject is a short array of texts; its key is the SHA-256 of the canonical bytes:

    ["exhibit","2026-0417","EX-1"]

Its value, ``{"count":n,"root":...}``, is the RFC 6962 root over the leaf hashes of all its entries in ledger order.
The index is a binary trie over the keys, most significant bit first:

    T({})  = 32 zero bytes
    T({x}) = SHA-256(0x02 || key || SHA-256(canonical value))
    T(S)   = SHA-256(0x03 || T(keys whose next bit is 0) || T(keys whose next bit is 1))

The prefixes differ from those of the ledger's tree, so that no hash means two things.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import sha256
from typing import Final, TypeAlias

import msgspec

from schemas import canonical, text
from schemas.errors import RecordError

Subject: TypeAlias = tuple[str, ...]
"""Kind first: ``("ledger",)``, ``("agent", id)``, ``("case", c)``, ``("case-exhibits", c)``, ``("exhibit", c, n)``,
``("request", id)``, ``("transfer", id)``, and ``("dispatch", hash)`` of another ledger's event."""

EMPTY_TRIE: Final = bytes(32)
"""Root of a trie without keys."""
KINDS: Final = {
    "ledger": 0, "agent": 1, "case": 1, "case-exhibits": 1, "dispatch": 1, "exhibit": 2, "request": 1, "transfer": 1,
}  # fmt: skip
"""How many texts follow each kind."""
_PART_PATTERNS: Final = {
    "agent": text.AGENT_PATTERN,
    "dispatch": text.HASH_PATTERN,
    "request": text.TOKEN_PATTERN,
    "transfer": text.NONCE_PATTERN,
}


class SubjectValue(msgspec.Struct, frozen=True):
    """How many entries a subject has, and the 32-byte RFC 6962 root over their leaf hashes."""

    count: int
    root: bytes


def parse_subject(parts: Sequence[str]) -> Subject:
    """Return ``parts`` as a subject.

    Raises:
        RecordError: ``subject.kind`` for an unknown kind, ``subject.arity`` for another number of parts,
            ``subject.part`` for a text that is no agent id or number.
    """
    kind = parts[0] if parts else ""
    if kind not in KINDS:
        raise RecordError("subject.kind", f"expected a subject of a known kind, found {kind[:40]!r}")
    if len(parts) - 1 != KINDS[kind]:
        raise RecordError("subject.arity", f"expected {KINDS[kind]} parts after {kind!r}, found {len(parts) - 1}")
    for part in parts[1:]:
        _check_part(kind, part)
    return tuple(parts)


def _check_part(kind: str, part: str) -> None:
    pattern = _PART_PATTERNS.get(kind)
    if pattern is not None:
        if not re.match(pattern, part, re.ASCII):
            raise RecordError("subject.part", f"expected the id of {kind}, found {part[:80]!r}")
        return
    try:
        text.check_number(part)
    except RecordError as error:
        raise RecordError("subject.part", error.text) from None


def encode_subject(subject: Subject) -> bytes:
    """Return the canonical array."""
    return canonical.encode(subject)


def subject_key(subject: Subject) -> bytes:
    """Return the 32 bytes under which the trie holds ``subject``."""
    return sha256(encode_subject(subject)).digest()


def digest_value(value: SubjectValue) -> bytes:
    """Return SHA-256 of the canonical ``{"count":n,"root":hex}``, 32 bytes."""
    return sha256(b'{"count":%d,"root":"%s"}' % (value.count, value.root.hex().encode("ascii"))).digest()


def hash_trie_leaf(key: bytes, digest: bytes) -> bytes:
    """Return the hash of a leaf from its key and the digest of its value, each 32 bytes."""
    return sha256(b"\x02" + key + digest).digest()


def hash_trie_node(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node from its two halves, each 32 bytes."""
    return sha256(b"\x03" + left + right).digest()


def leaf_of(key: bytes, value: SubjectValue) -> bytes:
    """Return the hash of the leaf that says: the subject of ``key`` has ``value``."""
    return hash_trie_leaf(key, digest_value(value))
