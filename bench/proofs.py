"""Inclusion proofs out of the stored tiles of a large ledger."""

from __future__ import annotations

import time

from bench.figure import Figure
from bench.ledgers import Ledgers
from custody.ledger.prove import TileNodes, prove_inclusion, tree_root
from custody.verify.record.tree import check_inclusion

COUNT = 5000


def run(ledgers: Ledgers, entries: int) -> tuple[Figure, ...]:
    """Return proofs a second of entries all over the ledger, each checked afterwards."""
    with ledgers.of(entries).store.read() as reader:
        size = reader.head().size
        # Every so many-th: no two proofs in a row are of one leaf tile; each tile is read once, and kept.
        indexes = [place * 7919 % size for place in range(COUNT)]
        leaves = reader.leaves(indexes)
        started = time.perf_counter()
        nodes = TileNodes(reader.tiles(), size)
        proofs = [prove_inclusion(nodes, index, size) for index in indexes]
        seconds = time.perf_counter() - started
        root = tree_root(nodes, size)
    for index, leaf, proof in zip(indexes, leaves, proofs, strict=True):
        check_inclusion(index=index, size=size, leaf=leaf, nodes=proof, root=root)
    name = f"inclusion proofs at {entries:,} entries"
    return (Figure(name=name, measured=COUNT / seconds, target=3000, unit="/s", note=f"{size:,} entries"),)
