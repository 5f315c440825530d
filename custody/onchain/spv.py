"""That a Bitcoin transaction is in a block, and that the block is on the chain of a pinned one.

A branch leads from the transaction to the header's Merkle root. Its leaves and inner nodes are hashed alike, so 64
bytes could be read as both: a transaction of exactly 64 bytes proves nothing (CVE-2017-12842), and a sibling that
equals its left neighbour is the mark of a doubled tree (CVE-2012-2459).

Headers link by hash, each shows the work that it claims, and on the main chain the claim changes only every 2,016
blocks, by a factor of four at most and, where the whole period is there, by exactly the rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from custody.onchain.bitcoin import Header, Transaction, double_sha256, parse_transaction, reversed_hex
from schemas.errors import VerificationError

PERIOD: Final = 2016
"""Blocks between changes of the difficulty."""
_TIMESPAN: Final = 14 * 24 * 60 * 60
_FACTOR: Final = 4


@dataclass(frozen=True, slots=True)
class Rules:
    """What work a chain wants: its easiest target, in compact form; whether the main chain's rule of change holds."""

    easiest: int
    has_periods: bool


RULES: Final = {
    "bip122:000000000019d6689c085ae165831e93": Rules(0x1D00FFFF, has_periods=True),
    "bip122:000000000933ea01ad0ee984209779ba": Rules(0x1D00FFFF, has_periods=False),
    "bip122:00000000da84f2bafbbc53dee25a72ae": Rules(0x1D00FFFF, has_periods=False),
    "bip122:00000008819873e925422c1ff0f99f7c": Rules(0x1E0377AE, has_periods=False),
    "bip122:0f9188f13cb7b2c71f2a335e3a4fc328": Rules(0x207FFFFF, has_periods=False),
}
"""The chains whose work can be checked: Bitcoin and its test chains 3, 4, signet and regtest."""


def check_inclusion(raw: bytes, branch: Sequence[bytes], index: int, header: Header) -> Transaction:
    """Return the transaction that ``raw`` is, without witnesses, having made sure that it is in the header's block.

    Raises:
        VerificationError: ``asset.transaction`` for bytes that aren't one or could be an inner node; ``asset.branch``
            for a branch that doesn't lead from place ``index`` to the root.
    """
    transaction = parse_transaction(raw)
    if transaction.stripped != raw:
        raise VerificationError("asset.transaction", "transaction: expected it without witnesses, found some")
    if len(raw) == 64:
        text = "transaction: expected another length than 64 bytes, which an inner node of the tree has, found 64"
        raise VerificationError("asset.transaction", text)
    if index >> len(branch):
        raise VerificationError("asset.branch", f"expected a place below 2^{len(branch)}, found {index}")
    node = transaction.id
    for sibling in branch:
        if index & 1:
            if sibling == node:
                raise VerificationError("asset.branch", "expected two different halves, found one twice")
            node = double_sha256(sibling + node)
        else:
            node = double_sha256(node + sibling)
        index >>= 1
    if node != header.merkle_root:
        found, wanted = reversed_hex(node), reversed_hex(header.merkle_root)
        raise VerificationError("asset.branch", f"expected the Merkle root {wanted}, found {found}")
    return transaction


def check_headers(headers: Sequence[Header], height: int, rules: Rules) -> None:
    """Make sure that ``headers`` are a chain of blocks from ``height`` on, with the work that they claim.

    Raises:
        VerificationError: ``asset.headers`` for two that don't link; ``asset.work`` for work that isn't there, or a
            claim that the rules don't allow.
    """
    for place, (before, after) in enumerate(pairwise(headers), start=1):
        if after.previous != before.hash:
            wanted, found = reversed_hex(before.hash), reversed_hex(after.previous)
            raise VerificationError("asset.headers", f"header {place}: expected {wanted} before it, found {found}")
    easiest = target_of(rules.easiest)
    for place, header in enumerate(headers):
        target = target_of(header.bits)
        if target > easiest:
            raise _work(place, f"a target of at most {easiest:064x}", f"{target:064x}")
        if int.from_bytes(header.hash, "little") > target:
            raise _work(place, f"a hash of at most {target:064x}", reversed_hex(header.hash))
    if rules.has_periods:
        check_periods(headers, height, easiest)


def check_periods(headers: Sequence[Header], height: int, easiest: int) -> None:
    """Make sure that the claimed work changes as the main chain's rule says, as far as ``headers`` show it.

    Raises:
        VerificationError: ``asset.work``.
    """
    for place in range(1, len(headers)):
        before, after = headers[place - 1], headers[place]
        if (height + place) % PERIOD:
            if after.bits != before.bits:
                raise _work(place, f"the bits {before.bits:08x} of its period", f"{after.bits:08x}")
            continue
        if place >= PERIOD:
            bits = next_bits(headers[place - PERIOD], before, easiest)
            if after.bits != bits:
                raise _work(place, f"bits {bits:08x}", f"{after.bits:08x}")
        old, new = target_of(before.bits), target_of(after.bits)
        # Compact form cuts a target off, so a change by exactly the factor may look a little smaller, never larger.
        if new > old * _FACTOR or old > (new + (new >> 14) + 1) * _FACTOR:
            raise _work(place, "a change of work by a factor of four at most", f"{before.bits:08x} to {after.bits:08x}")


def work_of(headers: Sequence[Header]) -> int:
    """Return how many hashes these headers cost to be expected."""
    return sum((1 << 256) // (target_of(header.bits) + 1) for header in headers)


def next_bits(first: Header, last: Header, easiest: int) -> int:
    """Return the bits of the block after a period whose first and last headers these are."""
    span = min(max(last.time - first.time, _TIMESPAN // _FACTOR), _TIMESPAN * _FACTOR)
    return compact_of(min(target_of(last.bits) * span // _TIMESPAN, easiest))


def target_of(bits: int) -> int:
    """Return the largest hash that a block with these bits may have.

    Raises:
        VerificationError: ``asset.work`` for bits of no target: zero, negative or above 256 bits.
    """
    exponent, mantissa = bits >> 24, bits & 0x7FFFFF
    target = mantissa << 8 * (exponent - 3) if exponent > 3 else mantissa >> 8 * (3 - exponent)
    if bits & 0x800000 or not target or target >> 256:
        raise VerificationError("asset.work", f"expected bits of a target, found {bits:08x}")
    return target


def compact_of(target: int) -> int:
    """Return the bits that stand for ``target``, cut to three digits of base 256."""
    size = (target.bit_length() + 7) // 8
    mantissa = target << 8 * (3 - size) if size <= 3 else target >> 8 * (size - 3)
    if mantissa & 0x800000:
        mantissa, size = mantissa >> 8, size + 1
    return size << 24 | mantissa


def _work(place: int, expected: str, found: str) -> VerificationError:
    return VerificationError("asset.work", f"header {place}: expected {expected}, found {found}")
