"""Both digests of a file in one pass, whatever its length and however its bytes arrive."""

import os
import threading
import tracemalloc
from hashlib import sha256
from pathlib import Path

import pytest
from blake3 import blake3

from custody.evidence.hashing import BUFFER_BYTES, FileDigests, Hasher, digest_bytes

LENGTHS = (0, 1, 65, BUFFER_BYTES - 1, BUFFER_BYTES, BUFFER_BYTES + 1, 3 * BUFFER_BYTES, 4 * BUFFER_BYTES + 7)


def _expected(raw: bytes) -> FileDigests:
    return FileDigests(sha256=sha256(raw).hexdigest(), blake3=blake3(raw).hexdigest(), size=len(raw))


def _pattern(length: int) -> bytes:
    return (b"".join(number.to_bytes(4, "big") for number in range(1 << 15)) * (length // (1 << 17) + 1))[:length]


def _digest(hasher: Hasher, path: Path) -> FileDigests:
    with path.open("rb", buffering=0) as file:
        return hasher.digest(file.fileno())


@pytest.mark.parametrize("length", LENGTHS)
def test_both_digests_are_those_of_the_libraries(length: int, tmp_path: Path, hasher: Hasher) -> None:
    """A piece hashed twice, or not at all, would show at the edges of the buffers."""
    raw = _pattern(length)
    path = tmp_path / "file"
    path.write_bytes(raw)
    assert _digest(hasher, path) == _expected(raw) == digest_bytes(raw)


def test_a_hasher_serves_many_files_in_turn(tmp_path: Path, hasher: Hasher) -> None:
    """The buffers are shared, so a byte of one file left in them must not reach the next."""
    for turn, length in enumerate((*LENGTHS, *reversed(LENGTHS))):
        raw = bytes([turn + 1]) * length
        path = tmp_path / "file"
        path.write_bytes(raw)
        assert _digest(hasher, path) == _expected(raw)


def test_short_reads_make_no_difference(hasher: Hasher) -> None:
    """A network file system gives less than a buffer at a time; a pipe does so always."""
    raw = _pattern(2 * BUFFER_BYTES + 99)
    reading, writing = os.pipe()

    def feed() -> None:
        with os.fdopen(writing, "wb", buffering=0) as file:
            for start in range(0, len(raw), 50_001):
                file.write(raw[start : start + 50_001])

    feeder = threading.Thread(target=feed)
    feeder.start()
    try:
        with os.fdopen(reading, "rb", buffering=0) as file:
            start = bytes(hasher.read_start(file.fileno()))
            rest: list[bytes] = []
            hasher.digest(file.fileno(), each=lambda piece: rest.append(bytes(piece)))
    finally:
        feeder.join()
    assert len(start) == BUFFER_BYTES
    assert start + b"".join(rest) == raw


def test_every_piece_is_handed_on_once_and_in_order(tmp_path: Path, hasher: Hasher) -> None:
    """What is copied into the store is what was hashed."""
    raw = _pattern(3 * BUFFER_BYTES + 5)
    path = tmp_path / "file"
    path.write_bytes(raw)
    pieces: list[bytes] = []
    with path.open("rb", buffering=0) as file:
        hasher.digest(file.fileno(), each=lambda piece: pieces.append(bytes(piece)))
    assert b"".join(pieces) == raw


def test_a_failure_while_copying_leaves_a_usable_hasher(tmp_path: Path, hasher: Hasher) -> None:
    """The thread may still read a buffer when the copy fails; the next file must not be hashed over it."""
    path = tmp_path / "file"
    path.write_bytes(_pattern(3 * BUFFER_BYTES))

    def fail(piece: memoryview) -> None:
        raise OSError(28, "full")

    with path.open("rb", buffering=0) as file, pytest.raises(OSError, match="full"):
        hasher.digest(file.fileno(), each=fail)
    assert _digest(hasher, path) == _expected(path.read_bytes())


def test_memory_does_not_grow_with_the_file(tmp_path: Path, hasher: Hasher) -> None:
    """A disk image is larger than any memory; this one has 64 MiB of holes."""
    path = tmp_path / "holes"
    path.touch()
    os.truncate(path, 64 * BUFFER_BYTES)
    tracemalloc.start()
    try:
        found = _digest(hasher, path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found == _expected(bytes(64 * BUFFER_BYTES))
    assert peak < BUFFER_BYTES
