"""A list's names against an exhibit's: made from another folder, on another system, for more files or fewer."""

import pytest

from custody.evidence.hashlists.compare import Comparison, Known, compare
from custody.evidence.hashlists.model import Entry, ParsedList, Value

FILES = {
    b"a.txt": Known({"md5": "a" * 32, "sha256": "1" * 64, "blake3": "2" * 64}, 10),
    b"sub/a.txt": Known({"md5": "b" * 32, "sha256": "3" * 64, "blake3": "4" * 64}, 20),
}


def _compare(*lines: tuple[str, str]) -> Comparison:
    entries = tuple(
        Entry(number, name.encode(), (Value(("md5",), digit * 32),)) for number, (name, digit) in enumerate(lines, 1)
    )
    return compare(ParsedList("sums", entries), files=FILES, medium=None)


@pytest.mark.parametrize(
    "prefix", ["", "./", "evidence/", "/mnt/usb/case 7/", "sub/", "C:\\cases\\7\\", "\\\\server\\share\\"]
)
def test_names_are_matched_wherever_the_list_was_made(prefix: str) -> None:
    """Nobody makes a list from inside the folder that is registered a year later."""
    separator = "\\" if "\\" in prefix else "/"
    result = _compare((f"{prefix}a.txt", "a"), (f"{prefix}sub{separator}a.txt", "b"))
    assert (result.matching, result.absent, result.unlisted) == (2, [], 0)


def test_a_file_of_the_same_name_elsewhere_is_not_taken_for_ours() -> None:
    """Every folder has a desktop.ini."""
    result = _compare(("/x/a.txt", "a"), ("/x/sub/a.txt", "b"), ("/x/other/a.txt", "c"))
    assert (result.matching, result.absent, result.differences) == (2, [b"/x/other/a.txt"], [])


def test_a_difference_names_line_file_and_both_values() -> None:
    """That something differs is no help; what and where is."""
    result = _compare(("a.txt", "a"), ("sub/a.txt", "f"))
    (difference,) = result.differences
    assert (difference.line, difference.name, difference.file) == (2, b"sub/a.txt", "3" * 64)
    assert (difference.expected, difference.found) == ("f" * 32, "b" * 32)


def test_files_that_a_list_does_not_name_are_counted() -> None:
    """What was added after the list was made."""
    assert _compare(("a.txt", "a")).unlisted == 1


def test_sixty_four_digits_may_be_sha_256_or_blake3() -> None:
    """Nothing in a list of b3sum tells it from one of sha256sum; neither is guessed wrong."""
    for digest, expected in (("1" * 64, 1), ("2" * 64, 1), ("3" * 64, 0)):
        entry = Entry(1, b"a.txt", (Value(("sha256", "blake3"), digest),))
        result = compare(ParsedList("sums", (entry,)), files=FILES, medium=None)
        assert (result.matching, len(result.differences)) == (expected, 1 - expected)


def test_what_was_not_computed_is_not_checked() -> None:
    """SHA-384 or a Whirlpool digest: silence would look like a match."""
    entry = Entry(1, b"a.txt", (Value((), "e" * 96), Value(("sha512",), "e" * 128)))
    result = compare(ParsedList("sums", (entry,)), files=FILES, medium=None)
    assert (result.matching, result.unchecked, result.differences) == (0, 2, [])


def test_the_medium_is_compared_only_where_it_was_read() -> None:
    """A log's hash held against a container's would always differ."""
    entry = Entry(1, None, (Value(("md5",), "a" * 32),), size=10)
    parsed = ParsedList("dc3dd", (entry,))
    assert compare(parsed, files=FILES, medium=None).unchecked == 2
    assert compare(parsed, files=FILES, medium=FILES[b"a.txt"]).matching == 2
    assert len(compare(parsed, files=FILES, medium=FILES[b"sub/a.txt"]).differences) == 2
