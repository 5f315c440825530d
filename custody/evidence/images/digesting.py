"""Digests of a medium as it comes out of its container, in one pass and in constant memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from custody.evidence.algorithms import ALWAYS, start
from custody.evidence.conveyor import Conveyor

Piece = bytes | bytearray | memoryview
Tick = Callable[[int], None]


def digest_pieces(pieces: Iterator[Piece], *, algorithms: Sequence[str], tick: Tick) -> tuple[dict[str, str], int]:
    """Return the digests (lower-case hex, by name) and the number of all bytes; ``tick`` gets that of each piece.

    SHA-256 and BLAKE3 are always among them; ``algorithms`` are further ones that this machine has a library for.
    """
    running = {name: digest for name in (*ALWAYS, *algorithms) if (digest := start(name)) is not None}

    def fill(_: memoryview) -> memoryview:
        for piece in pieces:
            if len(piece):
                tick(len(piece))
                return memoryview(piece)
        return memoryview(b"")

    conveyor = Conveyor()
    try:
        size = conveyor.run(fill, [digest.update for digest in running.values()])
    finally:
        conveyor.close()
    return {name: digest.hexdigest() for name, digest in running.items()}, size
