"""No ledger has two pasts: what the bundles that travel together say of one must agree (docs/spec/inherited.md).

A checkpoint says all of a ledger's entries, and two of one size are easily compared. Two of different sizes are not;
but an entry says the hash of the one before, and with it all that came before. So one entry that two bundles carry, at
one index and with one hash in both, ties their pasts together up to there, and one that differs is the proof of a fork.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from schemas.entry import ParsedEntry
from schemas.report import Findings, LedgerReport, Severity

Told = Mapping[tuple[str, str, int | str], object]
"""What is said of the pasts of ledgers: by origin, ``root`` and size, ``entry`` and index, or ``event`` and event hash,
the root, the leaf hash, or the index.
"""


def told_in(checkpoint: LedgerReport | None, entries: Iterable[ParsedEntry]) -> Told:
    """Return what one bundle, or one checkpoint, says; that a bundle contradicts itself is another finding."""
    told: dict[tuple[str, str, int | str], object] = {}
    for item in entries:
        origin, index = item.entry.ledger, item.entry.index
        told[origin, "entry", index] = item.leaf.hex()
        told[origin, "event", item.event.hash] = index
        told.setdefault((origin, "entry", index - 1), item.entry.previous)
    if checkpoint is not None:
        told[checkpoint.origin, "root", checkpoint.size] = checkpoint.root
    return told


def check_one_past(bundles: Iterable[Told], findings: Findings) -> Told:
    """Compare what several bundles say, and return all of it.

    Finding: ``checkpoint.fork`` (failed), once for each ledger of which they say two things.
    """
    known: dict[tuple[str, str, int | str], object] = {}
    forked = set[str]()
    for told in bundles:
        for name, value in told.items():
            origin, what, which = name
            if (before := known.setdefault(name, value)) != value and origin not in forked:
                forked.add(origin)
                text = f"expected one past of {origin}, found two: {what} {which} is {before}, and is {value}"
                findings.add(2, Severity.FAILED, "checkpoint.fork", "checkpoint", text)
    return known
