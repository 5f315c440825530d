"""Proofs about the index of subjects: one answer for each subject."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.ledger.trie import SubjectTrie
from custody.verify.record.trie import check_subject
from schemas.errors import VerificationError
from schemas.subject import (
    EMPTY_TRIE,
    OtherLeaf,
    Subject,
    SubjectValue,
    digest_value,
    hash_trie_leaf,
    hash_trie_node,
    leaf_of,
    subject_key,
)
from tests.verify.faults import bit_flips, flip, misfits


def _subject(number: int) -> Subject:
    return ("exhibit", "2026-0417", f"EX-{number}")


def _value(number: int) -> SubjectValue:
    return SubjectValue(number + 1, bytes([number % 256]) * 32)


def _trie(count: int) -> SubjectTrie:
    trie = SubjectTrie()
    for number in range(count):
        trie.put(subject_key(_subject(number)), _value(number))
    return trie


@given(count=st.integers(1, 80), data=st.data())
def test_each_subject_has_its_value_and_no_other(count: int, data: st.DataObject) -> None:
    """A value with fewer entries would be how an event is left out of a bundle."""
    trie, number = _trie(count), data.draw(st.integers(0, count - 1))
    siblings = trie.prove(subject_key(_subject(number)))
    check_subject(subject=_subject(number), value=_value(number), siblings=siblings, root=trie.root())
    wrong = SubjectValue(_value(number).count - 1, _value(number).root)
    with pytest.raises(VerificationError, match=r"trie\.root"):
        check_subject(subject=_subject(number), value=wrong, siblings=siblings, root=trie.root())
    with pytest.raises(VerificationError, match=r"trie\.root"):
        check_subject(subject=_subject(count), value=_value(number), siblings=siblings, root=trie.root())


@pytest.mark.parametrize("count", [0, 1, 2, 3, 10, 100])
def test_what_is_not_there_is_proven_absent(count: int) -> None:
    """'Nothing about this exhibit is in the ledger' is an answer that a court may ask for."""
    trie = _trie(count)
    for number in range(count, count + 30):
        siblings, other = trie.prove_absence(subject_key(_subject(number)))
        check_subject(subject=_subject(number), value=None, siblings=siblings, other_leaf=other, root=trie.root())
        with pytest.raises(VerificationError, match=r"trie\.(root|siblings)"):
            check_subject(subject=_subject(number), value=_value(0), siblings=siblings, root=trie.root())


def test_absence_ends_at_an_empty_place_or_at_another_leaf() -> None:
    """Both ends occur in a ledger of ordinary size, so both are tested above."""
    ends = [_trie(100).prove_absence(subject_key(_subject(number)))[1] is None for number in range(100, 130)]
    assert {True, False} == set(ends)


def test_what_is_there_is_never_proven_absent() -> None:
    """Denying an exhibit must not be possible with its neighbour's leaf, its own, or an empty place."""
    trie = _trie(10)
    for number in range(10):
        own = subject_key(_subject(number))
        path = trie.prove(own)
        others = [OtherLeaf(subject_key(_subject(n)), digest_value(_value(n))) for n in range(10)]
        for other in (None, *others):
            for siblings in (path, *(trie.prove(subject_key(_subject(n))) for n in range(10))):
                with pytest.raises(VerificationError, match=r"trie\."):
                    check_subject(
                        subject=_subject(number), value=None, siblings=siblings, other_leaf=other, root=trie.root()
                    )


@pytest.mark.parametrize("number", range(4))
def test_an_altered_proof_of_a_subject_is_refused(number: int) -> None:
    """Each bit and each sibling counts."""
    trie = _trie(4)
    siblings = trie.prove(subject_key(_subject(number)))
    for wrong in (*bit_flips(siblings), *misfits(siblings)):
        with pytest.raises(VerificationError, match=r"trie\."):
            check_subject(subject=_subject(number), value=_value(number), siblings=wrong, root=trie.root())
    for bit in range(256):
        with pytest.raises(VerificationError, match=r"trie\.root"):
            check_subject(
                subject=_subject(number), value=_value(number), siblings=siblings, root=flip(trie.root(), bit)
            )


def test_a_leaf_stands_as_high_as_it_can() -> None:
    """A leaf below an empty sibling is a second form of the same fact; the definition allows one."""
    own, value = subject_key(_subject(1)), _value(1)
    leaf = leaf_of(own, value)
    check_subject(subject=_subject(1), value=value, siblings=[], root=leaf)
    with pytest.raises(VerificationError, match=r"trie\.siblings"):
        check_subject(subject=_subject(1), value=value, siblings=[EMPTY_TRIE], root=leaf)


def test_too_many_siblings_are_refused_before_any_hashing() -> None:
    """A key has 256 bits, so a longer path is a waste of the reader's time."""
    with pytest.raises(VerificationError, match=r"trie\.siblings"):
        check_subject(subject=_subject(0), value=_value(0), siblings=[b"\x01" * 32] * 257, root=bytes(32))


def test_another_leaf_beside_a_value_is_refused() -> None:
    """A proof says one thing: there, or not there."""
    trie = _trie(1)
    other = OtherLeaf(subject_key(_subject(0)), digest_value(_value(0)))
    for number in (0, 1):
        with pytest.raises(VerificationError, match=r"trie\.other-leaf"):
            check_subject(subject=_subject(number), value=_value(7), siblings=[], other_leaf=other, root=trie.root())


def test_a_leaf_in_the_wrong_place_proves_no_absence() -> None:
    """An operator who builds a false trie could else hide a subject behind any other."""
    own, sibling = subject_key(_subject(0)), b"\x01" * 32
    other = OtherLeaf(flip(own, 7), digest_value(_value(1)))
    leaf = hash_trie_leaf(other.key, other.digest)
    root = hash_trie_node(sibling, leaf) if own[0] >> 7 else hash_trie_node(leaf, sibling)
    with pytest.raises(VerificationError, match=r"trie\.other-leaf"):
        check_subject(subject=_subject(0), value=None, siblings=[sibling], other_leaf=other, root=root)


@pytest.mark.parametrize(
    "other", [OtherLeaf(b"", bytes(32)), OtherLeaf(bytes(33), bytes(31)), OtherLeaf(bytes(31), b"")]
)
def test_another_leaf_has_a_key_and_a_digest_of_32_bytes(other: OtherLeaf) -> None:
    """Bytes moved between two fields hash alike, so the lengths are part of the check."""
    with pytest.raises(VerificationError, match=r"trie\.other-leaf"):
        check_subject(subject=_subject(0), value=None, siblings=[], other_leaf=other, root=bytes(32))
