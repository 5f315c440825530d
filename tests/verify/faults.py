"""Everything that can be done to a list of hashes: what no check may take for the original."""

from collections.abc import Iterator, Sequence


def flip(raw: bytes, bit: int) -> bytes:
    """Return ``raw`` with one bit turned over."""
    changed = bytearray(raw)
    changed[bit >> 3] ^= 1 << (bit & 7)
    return bytes(changed)


def bit_flips(nodes: Sequence[bytes]) -> Iterator[list[bytes]]:
    """Yield the list once for each of its bits, with that bit turned over."""
    for place, node in enumerate(nodes):
        for bit in range(len(node) * 8):
            yield [*nodes[:place], flip(node, bit), *nodes[place + 1 :]]


def misfits(nodes: Sequence[bytes]) -> Iterator[list[bytes]]:
    """Yield what each single fault makes of the list; equal neighbours swap to themselves, which is no fault."""
    return (wrong for wrong in _misfits(nodes) if wrong != list(nodes))


def _misfits(nodes: Sequence[bytes]) -> Iterator[list[bytes]]:
    """Yield the list with one hash dropped, added, doubled, emptied, cut or lengthened, and with neighbours swapped."""
    for place in range(len(nodes) + 1):
        yield [*nodes[:place], bytes(32), *nodes[place:]]
    for place, node in enumerate(nodes):
        before, after = list(nodes[:place]), list(nodes[place + 1 :])
        yield before + after
        yield [*before, node, node, *after]
        yield [*before, b"", *after]
        yield [*before, node[:-1], *after]
        yield [*before, node + b"\x00", *after]
        if after:
            yield [*before, after[0], node, *after[1:]]
            # The same bytes, cut elsewhere.
            yield [*before, node[:-1], node[-1:] + after[0], *after[1:]]
