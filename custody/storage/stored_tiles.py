"""The tree of a ledger as its database holds it."""

from __future__ import annotations

import sqlite3

from custody.ledger.tiles import HASH_BYTES, TILE_WIDTH, cut_tile
from custody.storage import statements
from custody.storage.lookup import as_bytes
from custody.storage.stored_view import Known


class StoredTiles:
    """Tiles in the database; the widest form of each is kept.

    The newest tile of leaves is not: its hashes stand in the entries' rows, and writing it again with each entry would
    cost as much as the entry. It is kept once it is full.
    """

    __slots__ = ("_connection", "_known")

    def __init__(self, connection: sqlite3.Connection, known: Known) -> None:
        self._connection = connection
        self._known = known

    def get(self, level: int, number: int, width: int) -> bytes:
        """Return the first ``width`` hashes of a tile.

        Raises:
            StorageError: ``tiles.missing``, ``ledger.unreadable``.
        """
        known = self._known.newest_tile
        if level == 0 and known is not None and known[0] == number and len(known[1]) >= width * HASH_BYTES:
            return known[1][: width * HASH_BYTES]
        row = self._connection.execute(statements.TILE, (level, number)).fetchone()
        if row is None and level == 0:
            return cut_tile(self._newest(number), level=level, number=number, width=width)
        return cut_tile(b"" if row is None else as_bytes(row[0]), level=level, number=number, width=width)

    def put(self, level: int, number: int, hashes: bytes) -> None:
        """Keep a tile in place of its narrower form."""
        if level or len(hashes) == TILE_WIDTH * HASH_BYTES:
            self._connection.execute(statements.PUT_TILE, (level, number, hashes))
        else:
            self._known.newest_tile = number, hashes

    def _newest(self, number: int) -> bytes:
        first = number * TILE_WIDTH
        rows = self._connection.execute(statements.LEAVES, (first, first + TILE_WIDTH))
        self._known.newest_tile = number, b"".join([as_bytes(leaf) for (leaf,) in rows])
        return self._known.newest_tile[1]
