"""Proofs about the index of subjects: one answer for each subject."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.ledger.trie import SubjectTrie
from custody.verify.record.trie import check_subject
from schemas.errors import VerificationError
from schemas.subject import EMPTY_TRIE, Subject, SubjectValue, leaf_of, subject_key
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
