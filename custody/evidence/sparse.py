"""Copies in which zeros take no room."""

from __future__ import annotations

import os

from custody.evidence.conveyor import BUFFER_BYTES
from custody.evidence.medium import ZEROS

_ZEROS = bytes(BUFFER_BYTES)


def write_sparse(fd: int, chunk: memoryview, *, offset: int) -> None:
    """Write a chunk at ``offset``, or leave a hole for what is a hole, or a whole buffer of zeros.

    The place where ``fd`` stands is neither used nor moved: looking for holes moves it. There must be a hole before, as
    at the end of a file; and a file that ends in a hole must be cut to its length afterwards.

    Raises:
        OSError: the disk is full or broken.
    """
    if chunk.obj is ZEROS.obj or (len(chunk) == BUFFER_BYTES and chunk.obj == _ZEROS):
        return
    left = chunk
    while len(left):
        left = left[os.pwrite(fd, left, offset + len(chunk) - len(left)) :]
