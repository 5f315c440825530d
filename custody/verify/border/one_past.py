"""No ledger has two pasts: what the bundles that travel together prove of one must agree (docs/spec/inherited.md).

Nobody is accused of what he didn't sign: a bundle says something of a ledger only where a log key signed its note, and
its entries only where they are proven to stand under it. Of a ledger that the reader believes all its keys are one
voice. Of another one nothing but the bundle itself says whose key that is, and anybody can write a name over a key of
his own: so each key is a voice of its own there, which can contradict itself, and no other.

A checkpoint says all of a ledger's entries, and two of one size are easily compared. Two of different sizes are not;
but an entry says the hash of the one before, and with it all that came before. So one entry that two bundles carry, at
one index and with one hash in both, ties their pasts together up to there, and one that differs is the proof of a fork.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from schemas.entry import ParsedEntry
from schemas.report import Findings, LedgerReport, Severity

Told = Mapping[tuple[str, str, int | str], object]
"""What is said of the pasts of ledgers: by whose voice it is (an origin, or a log key of one that nobody vouches for)
and ``root`` and size, ``entry`` and index, or ``event`` and event hash, the root, the leaf hash, or the index.
"""


def told_in(voice: str, checkpoint: LedgerReport, entries: Iterable[ParsedEntry]) -> Told:
    """Return what ``voice`` says by a checkpoint that it signed, and ``entries`` that are proven under it."""
    told: dict[tuple[str, str, int | str], object] = {(voice, "root", checkpoint.size): checkpoint.root}
    for item in entries:
        index = item.entry.index
        told[voice, "entry", index] = item.leaf.hex()
        told[voice, "event", item.event.hash] = index
        told.setdefault((voice, "entry", index - 1), item.entry.previous)
    return told


def check_one_past(bundles: Iterable[Told], findings: Findings) -> Told:
    """Compare what several bundles say, and return all of it.

    Finding: ``checkpoint.fork`` (failed), once for each voice that says two things.
    """
    known: dict[tuple[str, str, int | str], object] = {}
    forked = set[str]()
    for told in bundles:
        for name, value in told.items():
            voice, what, which = name
            if (before := known.setdefault(name, value)) != value and voice not in forked:
                forked.add(voice)
                text = f"expected one past signed by {voice}, found two: {what} {which} is {before}, and is {value}"
                findings.add(2, Severity.FAILED, "checkpoint.fork", "checkpoint", text)
    return known
