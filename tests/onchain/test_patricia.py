"""A trie proof shows what a trie holds, or that it holds nothing, and no other list of nodes does."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from custody.onchain.patricia import EMPTY_ROOT, look_up
from schemas.errors import VerificationError
from tests.onchain.forging import Trie, hashed, spell
from tests.thirdparty import vector

PAIRS = some.dictionaries(some.binary(min_size=4, max_size=4), some.binary(min_size=1, max_size=50), max_size=12)


@given(PAIRS, some.binary(min_size=4, max_size=4))
def test_a_proof_shows_presence_or_absence(pairs: dict[bytes, bytes], stranger: bytes) -> None:
    """Every key that is there gives its value, every other one nothing."""
    trie = Trie(pairs)
    for key in [*pairs, stranger]:
        assert look_up(trie.root, key, trie.prove(key)) == pairs.get(key)


@given(PAIRS.filter(bool), some.data())
def test_a_changed_proof_never_holds(pairs: dict[bytes, bytes], data: some.DataObject) -> None:
    """One bit, one node more, one less, two in another order: all are refused, and none gives another value."""
    trie = Trie(pairs)
    key = data.draw(some.sampled_from(sorted(pairs)))
    nodes = trie.prove(key)
    place = data.draw(some.integers(0, len(nodes) - 1))
    bit = data.draw(some.integers(0, len(nodes[place]) * 8 - 1))
    flipped = bytearray(nodes[place])
    flipped[bit // 8] ^= 1 << bit % 8
    changed = [
        [*nodes[:place], bytes(flipped), *nodes[place + 1 :]],
        [*nodes[:place], *nodes[place + 1 :]],
        [*nodes, nodes[-1]],
        [*nodes, b"\x80"],
        [*nodes[:place], b"\xc0", *nodes[place:]],
        [],
    ]
    if len(nodes) > 1:
        changed.append(nodes[::-1])
    for wrong in changed:
        with pytest.raises(VerificationError) as found:
            look_up(trie.root, key, wrong)
        assert found.value.code in {"asset.trie", "asset.rlp"}


def test_an_empty_trie_holds_nothing() -> None:
    """Its root is known, so that a proof of it needs no node and takes none."""
    assert look_up(EMPTY_ROOT, b"key", []) is None
    with pytest.raises(VerificationError):
        look_up(EMPTY_ROOT, b"key", [b"\x80"])


@pytest.mark.parametrize(
    "node",
    [
        [b"\x20"],
        [b"\x20", b"v", b"w"],
        [b"", b"v"],
        [b"\x40", b"v"],
        [b"\x21", b""],
        [b"\x01", b"v"],
        [b"\x00", b"\x01" * 32],
        [b"\x16", b""],
        [b"\x16", b"\x01" * 31],
        [[b"\x20"], b"v"],
        [b"\x16", [b"\x01" * 40, b"\x02" * 10]],
        [b""] * 16,
        [b""] * 18,
        [*[b""] * 6, b"\x01" * 31, *[b""] * 10],
        b"bytes",
    ],
)
def test_a_node_that_no_trie_has_is_refused(node: object) -> None:
    """Forged nodes are named by their hash like others; their form tells them apart."""
    raw = spell(node)
    with pytest.raises(VerificationError):
        look_up(hashed(raw), b"\x61", [raw])


def test_depth_ends_with_the_key() -> None:
    """A chain of branches longer than the key can't be followed beyond the key's end."""
    nodes = [spell([b"\x20", b"value" * 8])]
    for _ in range(40):
        nodes.insert(0, spell([hashed(nodes[0]), *[b""] * 16]))
    with pytest.raises(VerificationError):
        look_up(hashed(nodes[0]), bytes(4), nodes)


def test_proofs_of_the_real_chain_hold() -> None:
    """An account that geth proved, and one that it proved absent."""
    for proven in json.loads(vector("ethereum/account-proofs.json").read_text("utf-8")):
        nodes = [spell(_raw(node)) for node in proven["proof"]]
        root, key = bytes.fromhex(proven["state_root"]), bytes.fromhex(proven["key"])
        assert (look_up(root, key, nodes) is not None) == (proven["key_is"] == "present")
        with pytest.raises(VerificationError):
            look_up(root, key, nodes[:-1])
        with pytest.raises(VerificationError):
            look_up(root, hashed(key), nodes)


def _raw(item: object) -> object:
    return [_raw(part) for part in item] if isinstance(item, list) else bytes.fromhex(str(item))
