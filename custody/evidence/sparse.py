"""Copies in which zeros take no room."""

from __future__ import annotations

import os

from custody.evidence.conveyor import BUFFER_BYTES
from custody.evidence.medium import ZEROS
from custody.evidence.small import write_all

_ZEROS = bytes(BUFFER_BYTES)


def write_sparse(fd: int, chunk: memoryview) -> None:
    """Write a chunk where ``fd`` stands, or leave a hole for what is a hole, or a whole buffer of zeros.

    A file that ends in a hole must be cut to its length afterwards.

    Raises:
        OSError: the disk is full or broken.
    """
    if chunk.obj is ZEROS.obj or (len(chunk) == BUFFER_BYTES and chunk.obj == _ZEROS):
        os.lseek(fd, len(chunk), os.SEEK_CUR)
    else:
        write_all(fd, chunk)
