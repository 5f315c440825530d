"""The index of subjects in memory: always the trie of the definition, however it came about."""

import random
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.ledger.trie import SubjectTrie, root_from_sorted
from schemas.errors import UsageError
from schemas.subject import EMPTY_TRIE, SubjectValue, leaf_of

Items = dict[bytes, SubjectValue]


def _reference(items: Items, depth: int = 0) -> bytes:
    """The definition of T, word for word."""
    if not items:
        return bytes(32)
    if len(items) == 1:
        ((key, value),) = items.items()
        text = f'{{"count":{value.count},"root":"{value.root.hex()}"}}'
        return sha256(b"\x02" + key + sha256(text.encode()).digest()).digest()
    halves: tuple[Items, Items] = ({}, {})
    for key, value in items.items():
        halves[int(f"{int.from_bytes(key, 'big'):0256b}"[depth])][key] = value
    return sha256(b"\x03" + _reference(halves[0], depth + 1) + _reference(halves[1], depth + 1)).digest()


def _value(count: int) -> SubjectValue:
    return SubjectValue(count, bytes([count % 256]) * 32)


# Keys that agree in many bits come up as often as keys that part at once.
KEYS = st.one_of(
    st.binary(min_size=32, max_size=32), st.binary(min_size=1, max_size=1).map(lambda end: bytes(31) + end)
)


@given(updates=st.lists(st.tuples(KEYS, st.integers(1, 9), st.booleans()), max_size=40))
def test_the_root_is_that_of_the_definition_after_any_history(updates: list[tuple[bytes, int, bool]]) -> None:
    """An auditor who starts from nothing must find the same `index_root` as the ledger that ran for years."""
    trie, items = SubjectTrie(), {}
    for key, count, looks in updates:
        trie.put(key, _value(count))
        items[key] = _value(count)
        if looks:
            assert trie.root() == _reference(items)
    assert trie.root() == _reference(items)
    assert len(trie) == len(items)
    assert all(key in trie for key in items)


@given(items=st.dictionaries(KEYS, st.integers(1, 9).map(_value), max_size=40))
def test_the_root_from_a_sorted_list_is_the_same(items: Items) -> None:
    """Recomputing from the stored index and keeping it in memory are two ways to one root."""
    assert root_from_sorted([(key, leaf_of(key, value)) for key, value in sorted(items.items())]) == _reference(items)


def test_a_list_out_of_order_is_a_bug() -> None:
    """It would give a root that nobody can recompute."""
    for keys in ([b"\x01" * 32, bytes(32)], [bytes(32), bytes(32)]):
        with pytest.raises(AssertionError):
            root_from_sorted([(key, bytes(32)) for key in keys])


def test_an_empty_index_has_the_empty_root() -> None:
    """The very first export comes after entry 0, but the definition starts earlier."""
    assert SubjectTrie().root() == root_from_sorted([]) == EMPTY_TRIE == bytes(32)


def test_two_keys_that_differ_in_the_last_bit_have_a_proof_of_full_length() -> None:
    """The deepest trie there can be still works."""
    trie = SubjectTrie()
    trie.put(bytes(32), _value(1))
    trie.put(bytes(31) + b"\x01", _value(2))
    siblings = trie.prove(bytes(32))
    assert len(siblings) == 256
    assert siblings[:-1] == [EMPTY_TRIE] * 255
    assert trie.root() == _reference({bytes(32): _value(1), bytes(31) + b"\x01": _value(2)})


def test_what_is_absent_is_not_proven() -> None:
    """A question without sense is the caller's mistake and is named as such."""
    trie = SubjectTrie()
    trie.put(bytes(32), _value(1))
    with pytest.raises(UsageError, match=r"trie\.absent"):
        trie.prove(b"\x01" * 32)


def test_a_changed_subject_costs_its_own_path_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A ledger with thousands of exports is replayed in minutes because a root is not made from scratch."""
    rng = random.Random(6)
    keys = [rng.randbytes(32) for _ in range(2_000)]
    trie = SubjectTrie()
    for key in keys:
        trie.put(key, _value(1))
    trie.root()
    hashed = 0

    def counting(left: bytes, right: bytes) -> bytes:
        nonlocal hashed
        hashed += 1
        return sha256(b"\x03" + left + right).digest()

    monkeypatch.setattr("custody.ledger.trie.hash_trie_node", counting)
    trie.put(keys[0], _value(2))
    trie.put(keys[0], _value(3))
    trie.root()
    assert hashed == len(trie.prove(keys[0])) < 30
