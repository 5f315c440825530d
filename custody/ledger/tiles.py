"""The tree as it is stored: C2SP tlog-tiles of height 8.

A tile holds up to 256 hashes of 32 bytes. Tile n of level L holds, at place i, the root over the 256^L leaves from
(n * 256 + i) * 256^L on; only full subtrees stand in tiles, so a tile is only ever extended, never changed:

    tile/0/x001/x234/067        the leaf hashes from 1234067 * 256 on
    tile/1/000.p/3              the roots of the first three full tiles of level 0
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from struct import Struct
from typing import Final, Protocol

from schemas.errors import StorageError

HASH_BYTES: Final = 32
TILE_WIDTH: Final = 256
TILE_HEIGHT: Final = 8
_PAIRS: Final = Struct("64s")


class TileStore(Protocol):
    """Where tiles lie. The widest form of a tile is enough: each narrower one is its beginning."""

    def get(self, level: int, number: int, width: int) -> bytes:
        """Return the first ``width`` (1 to 256) hashes of a tile, 32 bytes each.

        Raises:
            StorageError: there's no such tile, or it's narrower.
        """

    def put(self, level: int, number: int, hashes: bytes) -> None:
        """Keep a tile in place of its narrower form, which ``hashes`` begins with."""


def cut_tile(hashes: bytes, *, level: int, number: int, width: int) -> bytes:
    """Return the first ``width`` hashes of a stored tile, for stores that keep the widest form.

    Raises:
        StorageError: ``tiles.missing`` if it's narrower.
    """
    if len(hashes) < width * HASH_BYTES:
        found = len(hashes) // HASH_BYTES
        raise StorageError("tiles.missing", f"expected {width} hashes in tile {level}/{number}, found {found}")
    return hashes[: width * HASH_BYTES]


def append_leaves(store: TileStore, *, size: int, leaves: Sequence[bytes]) -> int:
    """Extend the tiles of a tree of ``size`` by leaf hashes, and return the new size.

    Writes each tile that changes once; one leaf changes one tile, and a further one for each level that fills up.

    Raises:
        StorageError: as the store does, and ``tiles.missing`` where the tile to be extended isn't there.
    """
    after, level = size + len(leaves), 0
    while leaves:
        leaves = tuple(_extend_level(store, level, size, b"".join(leaves)))
        size, level = size >> TILE_HEIGHT, level + 1
    return after


def _extend_level(store: TileStore, level: int, count: int, hashes: bytes) -> Iterator[bytes]:
    """Add hashes to a level that holds ``count``; yield the root of each tile that fills up."""
    number, width = divmod(count, TILE_WIDTH)
    if width:
        hashes = store.get(level, number, width) + hashes
    step = TILE_WIDTH * HASH_BYTES
    for start in range(0, len(hashes), step):
        tile = hashes[start : start + step]
        store.put(level, number, tile)
        if len(tile) == step:
            yield complete_levels(tile)[TILE_HEIGHT]
        number += 1


def complete_levels(hashes: bytes) -> tuple[bytes, ...]:
    """Return ``hashes`` and above it the roots of each pair, of each four, and so on, as far as they are full.

    Each level is one string of 32-byte hashes. A pair that isn't full has no root in any level (RFC 6962 2.1).
    """
    levels = [hashes]
    while len(hashes) >= 64:
        whole = hashes[: len(hashes) // 64 * 64]
        hashes = b"".join([sha256(b"\x01" + pair).digest() for (pair,) in _PAIRS.iter_unpack(whole)])
        levels.append(hashes)
    return tuple(levels)


def tile_width(size: int, *, level: int, number: int) -> int:
    """Return how many hashes, 0 to 256, tile ``number`` of ``level`` holds in a tree of ``size``."""
    return max(0, min(TILE_WIDTH, (size >> (TILE_HEIGHT * level)) - number * TILE_WIDTH))
