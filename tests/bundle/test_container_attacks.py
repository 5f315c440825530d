"""Every byte, every length, every number: only the original is accepted, and only our errors come out."""

import struct
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.bundle.container import read_container
from custody.bundle.zip_layout import CENTRAL_SIGNATURE, END, END64, LOCATOR
from schemas.errors import VerificationError
from tests.bundle.making import Memory, small_bytes


@cache
def _small() -> bytes:
    return small_bytes()


def _is_accepted(raw: bytes) -> bool:
    """Open and read all of it; only a `VerificationError` is an answer, anything else ends the test."""
    try:
        box = read_container(Memory(raw))
        for name in box.members:
            box.digest(name)
    except VerificationError:
        return False
    return True


def test_a_change_of_any_single_byte_is_refused() -> None:
    """There is no byte in a bundle that nobody looks at."""
    raw = bytearray(_small())
    assert _is_accepted(bytes(raw))
    for at in range(len(raw)):
        for mask in (0x01, 0x80, 0xFF):
            raw[at] ^= mask
            assert not _is_accepted(bytes(raw)), at
            raw[at] ^= mask


def test_a_cut_bundle_never_passes() -> None:
    """Whatever is missing at the end, the rest is not a bundle."""
    raw = _small()
    assert [length for length in range(len(raw)) if _is_accepted(raw[:length])] == []


def test_a_bundle_without_its_beginning_never_passes() -> None:
    """Zip readers look from the end; ours looks from both."""
    raw = _small()
    assert [start for start in range(1, len(raw)) if _is_accepted(raw[start:])] == []


def test_a_byte_put_in_anywhere_is_refused() -> None:
    """Members are contiguous from byte 0: there is no gap to hide in."""
    raw = _small()
    assert [at for at in range(len(raw) + 1) if _is_accepted(raw[:at] + b"\x00" + raw[at:])] == []


def test_a_second_directory_is_refused() -> None:
    """Two directories that disagree show two courts two bundles."""
    raw = _small()
    start = raw.index(CENTRAL_SIGNATURE)
    directory, end = raw[start:-22], raw[-22:]
    moved = bytearray(end)
    struct.pack_into("<I", moved, 16, start + len(directory))
    assert not _is_accepted(raw[:start] + directory + directory + bytes(moved))
    assert not _is_accepted(raw[:start] + directory + directory + end)
    assert not _is_accepted(raw + raw)


_NUMBERS = st.sampled_from([0, 1, 21, 22, 0xFFFE, 0xFFFF, 0xFFFFFFFE, 0xFFFFFFFF, 2**63 - 1, 2**63, 2**64 - 1])


@given(numbers=st.lists(_NUMBERS, min_size=9, max_size=9), body=st.binary(max_size=120))
def test_no_number_at_the_end_brings_the_reader_down(numbers: list[int], body: bytes) -> None:
    """Offsets beyond the file, sizes beyond memory, counts beyond reason: each is a refusal, none a crash."""
    wide = END64.pack(b"PK\x06\x06", numbers[0], 20, 45, 0, 0, *numbers[1:5])
    locator = LOCATOR.pack(b"PK\x06\x07", 0, numbers[5], 1)
    short = [numbers[6] & 0xFFFF, numbers[6] & 0xFFFF, numbers[7] & 0xFFFFFFFF, numbers[8] & 0xFFFFFFFF]
    end = END.pack(b"PK\x05\x06", 0, 0, *short, 0)
    assert not _is_accepted(body + wide + locator + end)
    assert not _is_accepted(body + end)


@given(data=st.data())
def test_splices_of_a_bundle_never_pass(data: st.DataObject) -> None:
    """Pieces of a true bundle in another order are the best forgery that bytes alone can make."""
    raw = _small()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)), min_size=2, max_size=6)))
    pieces = [raw[first:second] for first, second in zip([0, *cuts], [*cuts, len(raw)], strict=True)]
    shuffled = b"".join(data.draw(st.permutations(pieces)))
    assert _is_accepted(shuffled) == (shuffled == raw)


@given(raw=st.binary(max_size=300), signature=st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06", CENTRAL_SIGNATURE]))
def test_noise_never_passes(raw: bytes, signature: bytes) -> None:
    """The reader's first duty is to stay on its feet."""
    assert not _is_accepted(signature + raw)


@pytest.mark.parametrize("field", range(0, 46, 2))
def test_every_field_of_a_directory_header_is_compared(field: int) -> None:
    """Attributes, times and versions say nothing to us, and therefore may say nothing at all."""
    raw = bytearray(_small())
    at = raw.index(CENTRAL_SIGNATURE) + field
    raw[at] ^= 0x02
    assert not _is_accepted(bytes(raw))
