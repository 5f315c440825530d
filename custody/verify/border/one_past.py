"""No ledger has two pasts: what the bundles that travel together prove of one must agree (docs/spec/inherited.md).

Nobody is accused of what he didn't sign: a bundle says something of a ledger only where a log key signed its note, and
its entries only where they are proven to stand under it. Of a ledger that the reader believes all its keys are one
voice. Of another one nothing but the bundle itself says whose key that is, and anybody can write a name over a key of
his own: so each key is a voice of its own there, which can contradict itself, and no other.

A checkpoint says all of a ledger's entries, and two of one size are easily compared. Of two sizes the larger one has to
be proven to continue the smaller: an entry says the hash of the one before, but what lies between two carried entries
may be anything. And an export says which entries belong to what it carries, by the index root that it is recorded
with: who shows one more of them elsewhere has kept it back here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Final

from schemas.details.exhibit import Foreign
from schemas.details.transfer import TransferAccepted, TransferReturned
from schemas.entry import ParsedEntry
from schemas.report import Findings, LedgerReport, Severity
from schemas.subject import Subject

Said = Mapping[tuple[str, str, int | str], object]
"""By whose voice it is (an origin, or a log key of one that nobody vouches for) and ``root`` and size, ``entry`` and
index, or ``event`` and event hash, the root, the leaf hash, or the index. And by the ledger that sent something,
``accepted`` and the event hash of the dispatch, which believed ledger took it in.
"""
Complete = tuple[int, frozenset[int]]
"""All entries of a subject below an index: that index, and theirs."""
_NOTHING: Final[Complete] = (0, frozenset())
_TAKEN: Final = (TransferAccepted, TransferReturned)


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of the pasts of ledgers. By voice and subject: ``carried`` are the indexes of entries that belong to
    it, and ``complete`` is what was proven to be all.
    """

    says: Said = field(default_factory=dict)
    carried: Mapping[tuple[str, Subject], frozenset[int]] = field(default_factory=dict)
    complete: Mapping[tuple[str, Subject], Complete] = field(default_factory=dict)

    def roots(self, voice: str | None) -> dict[int, str]:
        """Return the roots that a voice signed, by size."""
        return {int(size): str(root) for (who, what, size), root in self.says.items() if (who, what) == (voice, "root")}


def told_in(
    voice: str,
    checkpoint: LedgerReport,
    entries: Iterable[ParsedEntry] = (),
    indexes_of: Mapping[Subject, Sequence[int]] | None = None,
    complete: Mapping[Subject, Complete] | None = None,
) -> Told:
    """Return what ``voice`` says by a checkpoint that it signed, and ``entries`` that are proven under it, of which
    those of ``indexes_of`` belong to a subject; ``complete`` are the subjects of which no entry lacks.
    """
    says: dict[tuple[str, str, int | str], object] = {(voice, "root", checkpoint.size): checkpoint.root}
    for item in entries:
        index = item.entry.index
        says[voice, "entry", index] = item.leaf.hex()
        says[voice, "event", item.event.hash] = index
        says.setdefault((voice, "entry", index - 1), item.entry.previous)
        foreign = getattr(item.event.details, "foreign", None)
        if voice == checkpoint.origin and isinstance(item.event.details, _TAKEN) and isinstance(foreign, Foreign):
            says[foreign.ledger, "accepted", foreign.head] = voice
    carried = {(voice, subject): frozenset(indexes) for subject, indexes in (indexes_of or {}).items()}
    return Told(says, carried, {(voice, subject): found for subject, found in (complete or {}).items()})


def check_one_past(bundles: Iterable[Told], findings: Findings) -> Told:
    """Compare what several bundles say, and return all of it.

    Findings, all failed: ``checkpoint.fork`` and ``completeness.contradicted``, each once for a voice that says two
    things; ``inherited.twice`` for each dispatch that two ledgers accepted.
    """
    says: dict[tuple[str, str, int | str], object] = {}
    carried, complete = dict[tuple[str, Subject], frozenset[int]](), dict[tuple[str, Subject], Complete]()
    forked, contradicted = set[str](), set[str]()
    for told in bundles:
        for name, value in told.says.items():
            voice, what, which = name
            if (before := says.setdefault(name, value)) == value:
                continue
            if what == "accepted":
                text = f"expected one ledger to have accepted {which}, found two: {before}, and {value}"
                findings.add(9, Severity.FAILED, "inherited.twice", voice, text)
            elif voice not in forked:
                forked.add(voice)
                text = f"expected one past signed by {voice}, found two: {what} {which} is {before}, and is {value}"
                findings.add(2, Severity.FAILED, "checkpoint.fork", "checkpoint", text)
        for of in sorted(told.carried.keys() | told.complete.keys()):
            (voice, subject), here, there = of, told.carried.get(of, frozenset()), carried.get(of, frozenset())
            one, other = told.complete.get(of, _NOTHING), complete.get(of, _NOTHING)
            lacking = _beyond(here, other) | _beyond(there, one)
            if lacking and voice not in contradicted:
                contradicted.add(voice)
                text = f"expected all that {voice} holds of it, found one more elsewhere: entry {min(lacking)}"
                findings.add(8, Severity.FAILED, "completeness.contradicted", " ".join(subject), text)
            carried[of], complete[of] = here | there, max(one, other, key=itemgetter(0))
    return Told(says, carried, complete)


def _beyond(indexes: frozenset[int], complete: Complete) -> frozenset[int]:
    end, known = complete
    return frozenset(index for index in indexes - known if index < end)
