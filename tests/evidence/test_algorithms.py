"""Digests by choice: those of the libraries, computed beside the two that are always there."""

import hashlib
from pathlib import Path

import pytest

from custody.evidence.algorithms import CHOICES, in_order, is_at_hand, named_in, start
from custody.evidence.conveyor import BUFFER_BYTES
from custody.evidence.hashing import Hasher, digest_bytes

# "abc": FIPS 180-4, FIPS 202, RFC 1321 and GB/T 32905-2016 example 1.
ABC = {
    "md5": "900150983cd24fb0d6963f7d28e17f72",
    "sha1": "a9993e364706816aba3e25717850c26c9cd0d89d",
    "sha3_256": "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532",
    "sha512": "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    "sm3": "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
}


@pytest.mark.parametrize("name", CHOICES)
def test_a_digest_is_that_of_its_standard(name: str) -> None:
    """A name that computed another function would be found years later, by the defence."""
    running = start(name)
    assert running is not None
    running.update(b"abc")
    assert running.hexdigest() == ABC[name]
    assert digest_bytes(b"abc", names=[name]).get(name) == ABC[name]


def test_sm3_is_there_where_the_interpreter_lacks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many builds of Python have no SM3, and Chinese files have little else."""
    monkeypatch.setattr(hashlib, "algorithms_available", set())
    is_at_hand.cache_clear()
    try:
        running = start("sm3")
    finally:
        is_at_hand.cache_clear()
    assert running is not None
    running.update(b"abc")
    assert running.hexdigest() == ABC["sm3"]


def test_a_digest_without_its_library_is_left_out(hasher: Hasher, tmp_path: Path) -> None:
    """Not checked is not the same as not matching."""
    assert start("whirlpool") is None
    path = tmp_path / "file"
    path.write_bytes(b"abc")
    with path.open("rb", buffering=0) as file:
        found = hasher.digest(file.fileno(), names=["md5", "whirlpool"])
    assert (found.get("md5"), found.get("whirlpool")) == (ABC["md5"], None)


@pytest.mark.parametrize("size", [0, 1, BUFFER_BYTES, 5 * BUFFER_BYTES + 3])
def test_all_digests_are_of_the_same_pass(size: int, hasher: Hasher, tmp_path: Path) -> None:
    """Whatever its length, every digest is of all of the file."""
    raw = bytes(range(256)) * (size // 256) + bytes(size % 256)
    path = tmp_path / "file"
    path.write_bytes(raw)
    with path.open("rb", buffering=0) as file:
        found = hasher.digest(file.fileno(), names=CHOICES)
    for name in ("md5", "sha1", "sha3_256", "sha512", "sha256"):
        assert found.get(name) == hashlib.new(name, raw).hexdigest()
    assert dict(named_in(found.record)) == {name: found.get(name) for name in ("blake3", "sha256", *CHOICES)}


def test_chosen_digests_stand_once_and_in_order() -> None:
    """SHA-256 is there whoever chooses, and computing one twice would cost a read's worth of time."""
    assert in_order(["sm3", "md5", "sm3", "sha256"]) == ("md5", "sm3")
