"""Logs of acquisitions, in the words of the tools that write them."""

from contextlib import suppress
from hashlib import md5, sha1, sha256

import pytest
from hypothesis import given
from hypothesis import strategies as some

from custody.evidence.hashlists.compare import Known, compare
from custody.evidence.hashlists.model import HashListError, ParsedList
from custody.evidence.hashlists.read import read_hash_list

MEDIUM = bytes(range(256)) * 16
MD5, SHA1, SHA256 = (make(MEDIUM).hexdigest() for make in (md5, sha1, sha256))

GUYMAGER = f"""
GUYMAGER ACQUISITION INFO FILE
==============================

Guymager
========

Version              : 0.8.13-1
Acquisition
===========

Linux device            : /dev/sdb
Device size             : {len(MEDIUM)} (4.1kB)
Format                  : Expert Witness Format, sub-format Guymager - file extension is .Exx
Image path and file name: /evidence/disk.Exx
Hash calculation        : MD5, SHA-1 and SHA-256
Source verification     : on

No bad sectors encountered during acquisition.
State: Finished successfully

MD5 hash                   : {MD5}
MD5 hash verified source   : {MD5}
MD5 hash verified image    : {MD5}
SHA1 hash                  : {SHA1}
SHA1 hash verified source  : --
SHA1 hash verified image   : --
SHA256 hash                : {SHA256}
Source verification OK. The device delivered the same data during acquisition and verification.

Generated image files and their MD5 hashes
==========================================

MD5                               Image file
{MD5}  disk.E01
"""
FTK = f"""Created By AccessData\u00ae FTK\u00ae Imager 4.7.1.2

Case Information:
Acquired using: ADI4.7.1.2
Case Number: 7
Examiner: examiner-1
--------------------------------------------------------------

Information for E:\\evidence\\disk:

[Drive Geometry]
 Bytes per Sector: 512
 Sector Count: 8
[Computed Hashes]
 MD5 checksum:    {MD5}
 SHA1 checksum:   {SHA1}

Image Information:
 Segment list:
  E:\\evidence\\disk.E01

Image Verification Results:
 MD5 checksum:    {MD5} : verified
 SHA1 checksum:   {SHA1} : verified
"""
DC3DD = f"""dc3dd 7.2.646 started at 2026-11-21 09:30:00 +0100
compiled options:
command line: dc3dd if=/dev/sdb hof=disk.dd hash=md5 hash=sha256 log=dc3dd.log
device size: 8 sectors (probed),        4,096 bytes
sector size: 512 bytes (probed)
      4096 bytes ( 4 K ) copied ( 100% ),    0 s, 55 M/s

input results for device `/dev/sdb':
   8 sectors in
   0 bad sectors replaced by zeros
   {MD5} (md5)
   {SHA256} (sha256)
   {MD5} (md5), sectors 0 - 7

output results for file `disk.dd':
   8 sectors out
   [ok] {MD5} (md5)
   [ok] {SHA256} (sha256)

dc3dd completed at 2026-11-21 09:30:01 +0100
"""
DCFLDD = f"0 - 2048: {MD5}\n2048 - 4096: {SHA1[:32]}\nTotal (md5): {MD5}\nTotal (sha256): {SHA256}\n"
DDRESCUE = f"""# Mapfile. Created by GNU ddrescue version 1.27
# Command line: ddrescue /dev/sdb disk.dd disk.map
# current_pos  current_status  current_pass
0x00000C00     +               1
#      pos        size  status
0x00000000  0x00000400  +
0x00000400  0x00000200  -
0x00000600  0x{len(MEDIUM) - 0x600:08X}  +
"""
LOGS = {"guymager": GUYMAGER, "ftk-imager": FTK, "dc3dd": DC3DD, "dcfldd": DCFLDD, "ddrescue": DDRESCUE}


def _compare(parsed: ParsedList, medium: bytes) -> tuple[int, int]:
    digests = {"md5": md5(medium).hexdigest(), "sha1": sha1(medium).hexdigest(), "sha256": sha256(medium).hexdigest()}
    result = compare(parsed, files={}, medium=Known(digests, len(medium)))
    return result.matching, len(result.differences)


@pytest.mark.parametrize("kind", LOGS)
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_log_agrees_with_its_medium_and_no_other(kind: str, ends: str) -> None:
    """Every value counts, and none of them is a value of something else."""
    parsed = read_hash_list(LOGS[kind].replace("\n", ends).encode())
    assert (parsed.kind, parsed.faults) == (kind, ())
    matching, differing = _compare(parsed, MEDIUM)
    assert (matching > 0, differing) == (True, 0)
    assert _compare(parsed, MEDIUM[:-512]) == (0, matching)


def test_each_value_of_a_log_is_taken_once() -> None:
    """Counts are what a court reads: 'verified' lines are values too, '--' is none."""
    counts = {kind: _compare(read_hash_list(text.encode()), MEDIUM)[0] for kind, text in LOGS.items()}
    assert counts == {"guymager": 6, "ftk-imager": 5, "dc3dd": 4, "dcfldd": 2, "ddrescue": 1}


def test_values_of_parts_are_counted_and_not_compared() -> None:
    """Windows of dcfldd and dc3dd are of ranges that nobody reads again here; that is said."""
    assert read_hash_list(DCFLDD.encode()).unchecked == 2
    assert read_hash_list(DC3DD.encode()).unchecked == 1


def test_guymager_names_its_files_too() -> None:
    """The digest of each segment beside that of the medium."""
    (file,) = [entry for entry in read_hash_list(GUYMAGER.encode()).entries if entry.name is not None]
    assert (file.name, file.values[0].digest) == (b"disk.E01", MD5)


def test_a_map_says_what_was_not_rescued() -> None:
    """Bad sectors and places never tried, by byte; finished ones are not among them."""
    assert read_hash_list(DDRESCUE.encode()).bad == ((0x400, 0x200),)


def test_an_ftk_log_in_utf_16_is_read() -> None:
    """Newer versions write it so."""
    parsed = read_hash_list(FTK.encode("utf-16"))
    assert (parsed.kind, _compare(parsed, MEDIUM)) == ("ftk-imager", (5, 0))


@pytest.mark.parametrize(
    ("blocks", "size", "bad", "unknown"),
    [
        ("0x0 010 +\n010 0200 -", 210, ((10, 200),), ()),
        ("0x0 0x200 +\n0x200 0x7FFFFFFFFFFFFDFF ?", None, (), (4,)),
        ("0xFFFFFFFFFFFFFFFF 0xFFFFFFFFFFFFFFFF -", None, (), (3,)),
        ("9999999999999999999 1 -", None, (), (3,)),
    ],
)
def test_numbers_of_a_map_are_read_as_written_or_not_at_all(
    blocks: str, size: int | None, bad: tuple[tuple[int, int], ...], unknown: tuple[int, ...]
) -> None:
    """Zeros in front, ends that the tool didn't know, and lies: none ends in a crash or in a size that is none."""
    text = f"# Mapfile. Created by GNU ddrescue version 1.27\n0x0 + 1\n{blocks}\n"
    found = read_hash_list(text.encode())
    assert (found.bad, found.unknown) == (bad, unknown)
    assert [entry.size for entry in found.entries] == [size]


@pytest.mark.parametrize(
    "text",
    [
        f"GUYMAGER ACQUISITION INFO FILE\nDevice size : {'9' * 5000} bytes\nMD5 hash : {'ab' * 16}\n",
        "Created By AccessData FTK Imager\nSector count: 9999999999999999999\nBytes per Sector: 9999999999\n"
        f"MD5 checksum: {'ab' * 16}\n",
    ],
)
def test_sizes_that_no_medium_has_are_left_out(text: str) -> None:
    """A number of five thousand digits is no size, and no reason to stop."""
    assert [entry.size for entry in read_hash_list(text.encode()).entries] == [None]


@given(some.sampled_from([*LOGS]), some.data())
def test_no_mutilation_of_a_log_crashes(kind: str, data: some.DataObject) -> None:
    """Whatever is cut out of a log or put into it: it is read, or refused with a code."""
    raw = LOGS[kind].encode()
    at = data.draw(some.integers(0, len(raw)))
    end = data.draw(some.integers(at, min(at + 40, len(raw))))
    put = data.draw(
        some.sampled_from([b"", b"\r", b"\0", b"\xef\xbb\xbf", b"\xff\xfe", b"0", b"9" * 5000, b"-", b"\x85"])
    )
    with suppress(HashListError):
        read_hash_list(raw[:at] + put + raw[end:])


@pytest.mark.parametrize(
    ("head", "line"), [(GUYMAGER, "MD5 hash: {}"), (FTK, "MD5 checksum: {}"), (FTK, "MD5 checksum: {} : verified")]
)
def test_a_line_of_blanks_costs_no_more_than_its_length(head: str, line: str) -> None:
    """A stranger's list of one long line must not hold up an intake: this ends at once, or not within the hour."""
    found = read_hash_list((head + "\n" + line.format("a" + " " * 1_000_000 + "b") + "\n").encode())
    assert [fault.code for fault in found.faults] == ["hash-list.length"]
