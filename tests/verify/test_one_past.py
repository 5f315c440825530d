"""What bundles that travel together say of one ledger: two roots, two entries at one index, one event at two."""

from __future__ import annotations

import pytest

from custody.verify.border.one_past import Said, Told, check_one_past, told_in
from schemas.entry import parse_entry
from schemas.report import Findings, LedgerReport
from schemas.subject import Subject
from tests.world import ORIGIN, World, settled

A, B = "a.example/main", "b.example/main"


def forked(*told: Told) -> list[tuple[int, str, str]]:
    """Return what is found, and that all was kept."""
    findings = Findings()
    known = check_one_past(told, findings)
    assert set(known.says) == {name for item in told for name in item.says}
    return [(item.step, item.severity.value, item.code) for item in findings.items]


FORK = [(2, "failed", "checkpoint.fork")]


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ({(A, "root", 9): "aa"}, {(A, "root", 9): "aa"}, []),
        ({(A, "root", 9): "aa"}, {(A, "root", 9): "bb"}, FORK),
        ({(A, "root", 9): "aa"}, {(A, "root", 8): "bb"}, []),
        ({(A, "root", 9): "aa"}, {(B, "root", 9): "bb"}, []),
        ({(A, "root", 9): "aa"}, {(A, "entry", 9): "bb"}, []),
        ({(A, "entry", 9): "aa"}, {(A, "entry", 9): "bb"}, FORK),
        ({(A, "event", "ee"): 4}, {(A, "event", "ee"): 5}, FORK),
        ({(A, "event", "ee"): 4}, {(A, "event", "ff"): 4}, []),
        ({(A, "entry", 1): "aa", (A, "entry", 2): "aa"}, {(A, "entry", 1): "bb", (A, "entry", 2): "bb"}, FORK),
        ({(A, "root", 1): "aa", (B, "root", 1): "aa"}, {(A, "root", 1): "bb", (B, "root", 1): "bb"}, [*FORK, *FORK]),
    ],
)
def test_two_pasts_of_one_ledger_are_one_finding(one: Said, other: Said, found: list[tuple[int, str, str]]) -> None:
    """Of the same thing they must say the same; whichever comes first."""
    assert forked(Told(one), Told(other)) == forked(Told(other), Told(one)) == found


def test_what_was_sent_once_two_ledgers_cannot_both_have_taken_in() -> None:
    """Each of the two is whole by itself; only side by side they are no truth."""
    sent = (A, "accepted", "ee")
    assert forked(Told({sent: B}), Told({sent: B})) == []
    assert forked(Told({sent: B}), Told({sent: "c.example/main"})) == [(9, "failed", "inherited.twice")]


EX, OTHER = (A, ("exhibit", "c", "1")), (A, ("exhibit", "c", "2"))
KEPT_BACK = [(8, "failed", "completeness.contradicted")]


@pytest.mark.parametrize(
    ("carried", "complete", "found"),
    [
        ({EX: {3, 5}}, {EX: (9, {3, 5})}, []),
        ({EX: {3, 5}}, {EX: (9, {3})}, KEPT_BACK),
        ({EX: {3, 9}}, {EX: (9, {3})}, []),
        ({EX: {3, 8}}, {EX: (9, {3})}, KEPT_BACK),
        ({EX: {3}}, {EX: (9, {3, 5})}, []),
        ({OTHER: {5}}, {EX: (9, {3})}, []),
        ({(B, EX[1]): {5}}, {EX: (9, {3})}, []),
        ({EX: {5}, OTHER: {6}}, {EX: (9, {3}), OTHER: (9, set())}, KEPT_BACK),
        ({EX: {5}, (B, EX[1]): {6}}, {EX: (9, {3}), (B, EX[1]): (9, set())}, [*KEPT_BACK, *KEPT_BACK]),
    ],
)
def test_all_that_is_known_of_a_subject_must_stand_where_nothing_lacks(
    carried: dict[tuple[str, Subject], set[int]],
    complete: dict[tuple[str, Subject], tuple[int, set[int]]],
    found: list[tuple[int, str, str]],
) -> None:
    """Who signs that these are all entries must not have signed one more elsewhere, before or after."""
    one = Told(carried={of: frozenset(indexes) for of, indexes in carried.items()})
    other = Told(complete={of: (end, frozenset(indexes)) for of, (end, indexes) in complete.items()})
    assert forked(one, other) == forked(other, one) == found
    assert forked(one, Told(), other) == forked(other, Told(carried=one.carried, complete=other.complete)) == found


def test_of_two_that_say_all_the_later_one_is_kept() -> None:
    """What a third one carries is held against as much as was said."""
    first, later = Told(complete={EX: (4, frozenset({3}))}), Told(complete={EX: (9, frozenset({3, 5}))})
    for said in ((first, later), (later, first)):
        known = check_one_past(said, Findings())
        assert known.complete == {EX: (9, frozenset({3, 5}))}
        assert forked(known, Told(carried={EX: frozenset({6})})) == KEPT_BACK


def test_an_entry_speaks_for_the_one_before() -> None:
    """Of an entry that isn't carried the next one says the hash; a checkpoint says the root."""
    world = settled(World())
    entries = [parse_entry(raw) for raw in world.entries()]
    point = LedgerReport(origin=ORIGIN, root="ab" * 32, size=len(entries))
    told = told_in(ORIGIN, point, entries[2:4])
    assert told.says == {
        (ORIGIN, "entry", 1): entries[1].leaf.hex(),
        (ORIGIN, "entry", 2): entries[2].leaf.hex(),
        (ORIGIN, "entry", 3): entries[3].leaf.hex(),
        (ORIGIN, "event", entries[2].event.hash): 2,
        (ORIGIN, "event", entries[3].event.hash): 3,
        (ORIGIN, "root", len(entries)): "ab" * 32,
    }
    assert forked(told, told_in(ORIGIN, point, entries)) == []
    assert forked(told, told_in("somebody else's key", point, entries[:2])) == []
