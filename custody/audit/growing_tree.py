"""The tree over the entries as the auditor reads them: tiles of his own, and the root at every size."""

from __future__ import annotations

from collections.abc import Sequence

from custody.ledger.prove import TileNodes, tree_root
from custody.ledger.tiles import HASH_BYTES, TILE_WIDTH, append_leaves, cut_tile

_KEPT_TILES = 64


class OwnTiles:
    """Tiles in memory, in their widest form, by level and number."""

    def __init__(self) -> None:
        self.by_place: dict[tuple[int, int], bytes] = {}

    def get(self, level: int, number: int, width: int) -> bytes:
        """Return the first ``width`` hashes of a tile.

        Raises:
            StorageError: ``tiles.missing``.
        """
        return cut_tile(self.by_place.get((level, number), b""), level=level, number=number, width=width)

    def put(self, level: int, number: int, hashes: bytes) -> None:
        """Keep a tile in place of its narrower form."""
        self.by_place[level, number] = hashes

    def kept(self) -> dict[tuple[int, int], bytes]:
        """Return the tiles that a store keeps: all but the newest one of leaves, until it is full."""
        whole = TILE_WIDTH * HASH_BYTES
        return {place: tile for place, tile in self.by_place.items() if place[0] or len(tile) == whole}


class GrowingTree:
    """Grows by chunks of leaf hashes. Mutable: lives as long as one audit. 200,000 entries take 7 MB."""

    def __init__(self) -> None:
        self.tiles = OwnTiles()
        self.size = 0
        self._nodes = TileNodes(self.tiles, 0, cache=_KEPT_TILES)
        self._roots: dict[int, bytes] = {}

    def extend(self, leaves: Sequence[bytes]) -> None:
        """Append leaf hashes."""
        self.size = append_leaves(self.tiles, size=self.size, leaves=leaves)
        self._nodes.size = self.size

    def root(self, size: int) -> bytes:
        """Return the root of the first ``size`` entries, of those that were appended."""
        assert size <= self.size, "the tree had that size"
        found = self._roots.get(size)
        if found is None:
            found = self._roots[size] = tree_root(self._nodes, size)
        return found
