"""Tiles: what is stored is what the C2SP specification says, byte for byte."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.ledger.tiles import append_leaves, complete_levels, tile_width
from schemas.checkpoint import parse_checkpoint
from schemas.errors import StorageError
from schemas.merkle import hash_leaf, root_of
from tests import rfc6962
from tests.memory_store import MemoryTiles
from tests.thirdparty import vector


class CountingTiles(MemoryTiles):
    """A store that remembers what was asked of it."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[str, int, int, int]] = []

    def get(self, level: int, number: int, width: int) -> bytes:
        self.calls.append(("get", level, number, width))
        return super().get(level, number, width)

    def put(self, level: int, number: int, hashes: bytes) -> None:
        self.calls.append(("put", level, number, len(hashes) // 32))
        super().put(level, number, hashes)


def _numbered(count: int) -> list[bytes]:
    """Cheap leaf hashes, for trees too large for the reference."""
    return [index.to_bytes(32, "big") for index in range(count)]


@given(sizes=st.lists(st.integers(1, 700), min_size=1, max_size=5))
def test_appending_in_pieces_makes_the_tiles_of_one_piece(sizes: list[int]) -> None:
    """A ledger grows by ones and by batches; what is stored may depend on neither."""
    leaves = _numbered(sum(sizes))
    pieces, whole, size = MemoryTiles(), MemoryTiles(), 0
    for count in sizes:
        size = append_leaves(pieces, size=size, leaves=leaves[size : size + count])
    assert append_leaves(whole, size=0, leaves=leaves) == size == len(leaves)
    assert pieces.by_place == whole.by_place


def test_each_hash_in_a_tile_is_the_root_that_the_specification_names() -> None:
    """A tile of the wrong subtree would be a ledger that no other program can read."""
    leaves = _numbered(256 * 256 + 300)
    store = MemoryTiles()
    append_leaves(store, size=0, leaves=leaves)
    assert store.get(0, 256, 256) == b"".join(leaves[65536:65792])
    assert store.get(0, 257, 44) == b"".join(leaves[65792:])
    for place in (0, 1, 255):
        assert store.get(1, 0, 256)[place * 32 :][:32] == rfc6962.root(leaves[place * 256 : (place + 1) * 256])
    assert store.get(1, 1, 1) == rfc6962.root(leaves[65536:65792])
    assert store.get(2, 0, 1) == root_of(leaves[:65536])
    with pytest.raises(StorageError, match=r"tiles\.missing"):
        store.get(2, 0, 2)
    with pytest.raises(StorageError, match=r"tiles\.missing"):
        store.get(3, 0, 1)


def test_one_more_leaf_touches_one_tile_of_each_level_that_fills() -> None:
    """Registering one exhibit must cost the same in a ledger of ten and of ten million entries."""
    store = CountingTiles()
    append_leaves(store, size=0, leaves=_numbered(65535))
    store.calls.clear()
    append_leaves(store, size=65535, leaves=[bytes(32)])
    assert store.calls == [
        ("get", 0, 255, 255),
        ("put", 0, 255, 256),
        ("get", 1, 0, 255),
        ("put", 1, 0, 256),
        ("put", 2, 0, 1),
    ]
    store.calls.clear()
    append_leaves(store, size=65536, leaves=[bytes(32)])
    assert store.calls == [("put", 0, 256, 1)]


def test_a_lost_tile_stops_the_append() -> None:
    """Going on over a hole would sign a tree that nobody can prove anything in."""
    with pytest.raises(StorageError, match=r"tiles\.missing"):
        append_leaves(MemoryTiles(), size=3, leaves=[bytes(32)])


def test_nothing_appended_changes_nothing() -> None:
    """An empty batch isn't an event."""
    store = CountingTiles()
    assert append_leaves(store, size=7, leaves=()) == 7
    assert store.calls == []


@pytest.mark.parametrize(
    ("size", "level", "number", "width"),
    [
        (0, 0, 0, 0),
        (255, 0, 0, 255),
        (256, 0, 0, 256),
        (256, 0, 1, 0),
        (256, 1, 0, 1),
        (70000, 1, 1, 17),
        (70000, 2, 0, 1),
    ],
)
def test_the_width_of_a_tile_follows_from_the_size(size: int, level: int, number: int, width: int) -> None:
    """floor(s / 256^l) mod 256 in the tile at the edge, as the specification has it."""
    assert tile_width(size, level=level, number=number) == width


def test_levels_hold_full_pairs_only() -> None:
    """A lone hash at the right edge is never paired with itself (CVE-2012-2459)."""
    leaves = rfc6962.leaf_hashes(5)
    low, middle, high = complete_levels(b"".join(leaves))
    assert low == b"".join(leaves)
    assert middle == rfc6962.root(leaves[:2]) + rfc6962.root(leaves[2:4])
    assert high == rfc6962.root(leaves[:4])


def _entries(raw: bytes) -> tuple[bytes, ...]:
    """Return the entries of a C2SP entry bundle: each after its length in two bytes."""
    entries: list[bytes] = []
    while raw:
        end = 2 + int.from_bytes(raw[:2], "big")
        entries.append(raw[2:end])
        raw = raw[end:]
    return tuple(entries)


def test_a_foreign_log_has_our_roots_and_our_tiles() -> None:
    """A log that another program wrote, at each of its sizes, rebuilt from its entries alone."""
    log = vector("tlog-tiles/log")
    store, size = MemoryTiles(), 0
    for wanted in range(16):
        body = (log / f"checkpoint.{wanted}").read_bytes().rpartition(b"\n\n")[0] + b"\n"
        checkpoint = parse_checkpoint(body)
        assert (checkpoint.origin, checkpoint.size) == ("example.com/log/testdata", wanted)
        entries: tuple[bytes, ...] = ()
        if wanted:
            entries = _entries((log / f"tile/entries/000.p/{wanted}").read_bytes())
            size = append_leaves(store, size=size, leaves=[hash_leaf(entry) for entry in entries[size:]])
            assert store.get(0, 0, wanted) == (log / f"tile/0/000.p/{wanted}").read_bytes()
        assert root_of(map(hash_leaf, entries)) == checkpoint.root
        assert size == wanted


def test_a_full_tile_takes_one_hash_for_each_leaf(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bulk import at the speed of SHA-256: 255 inner nodes for 256 leaves, none of them twice."""
    count = 0

    def counting(raw: bytes) -> object:
        nonlocal count
        count += 1
        return sha256(raw)

    monkeypatch.setattr("custody.ledger.tiles.sha256", counting)
    append_leaves(MemoryTiles(), size=0, leaves=_numbered(512))
    assert count == 2 * 255
