"""Lists of pieces in a bundle: only the one that was committed to counts, and it tells where the damage is."""

from collections.abc import Mapping

import pytest
from blake3 import blake3

from custody.verify.evidence.piece_lists import PieceLists
from custody.verify.record.source import FoundFile
from schemas import layout, limits, pieces
from schemas.content import Digests, FileRecord, Pieces
from schemas.report import Findings, Severity
from schemas.types import UNSET, Private
from tests.spec.reading import Members

SIZE = 2 * limits.PIECE_BYTES + 7
DIGESTS = b"".join(blake3(bytes([place])).digest() for place in range(3))
COMMITTED = pieces.commit_to(DIGESTS)
NAME = layout.pieces_name(COMMITTED.root)
LIST = b"".join(pieces.format_list(DIGESTS))


def _record(committed: Pieces = COMMITTED, size: int = SIZE) -> FileRecord:
    return FileRecord(
        digests=Digests(sha256="0" * 64),
        path=Private(commitment="1" * 64),
        pieces=committed,
        size=size,
        type="file",
    )


def _check(
    members: Mapping[str, bytes], record: FileRecord, *, times: int = 1
) -> tuple[bytes | None, list[tuple[str, Severity]]]:
    findings = Findings()
    lists = PieceLists(Members(members), frozenset(members), findings)
    found = None
    for _ in range(times):
        found = lists.check("2026/EX-1: disk.dd", record)
    return found, [(item.code, item.severity) for item in findings.items]


def test_the_list_that_was_committed_to_is_read_once() -> None:
    """A thousand records of one file cost one list."""
    assert _check({NAME: LIST}, _record(), times=3) == (DIGESTS, [])


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        LIST[:-65],
        LIST + LIST[:65],
        LIST[65:] + LIST[:65],
        LIST.upper(),
        LIST.replace(b"\n", b"\r\n"),
        LIST[:10] + b"0" + LIST[11:],
        b" " + LIST[1:],
        b"\n" * 3,
    ],
    ids=["empty", "cut", "longer", "another order", "capitals", "CRLF", "one digit", "a blank", "blank lines"],
)
def test_another_list_fails_the_bundle(raw: bytes) -> None:
    """Whoever exchanges a list wants the damage to be looked for elsewhere."""
    assert raw != LIST
    assert _check({NAME: raw}, _record()) == (None, [("content.pieces", Severity.FAILED)])


@pytest.mark.parametrize(
    ("committed", "size"),
    [
        (Pieces(count=3, root=COMMITTED.root, size=1 << 20), SIZE),
        (Pieces(count=2, root=COMMITTED.root, size=limits.PIECE_BYTES), SIZE),
        (Pieces(count=4, root=COMMITTED.root, size=limits.PIECE_BYTES), SIZE),
        (Pieces(count=1, root=COMMITTED.root, size=limits.PIECE_BYTES), limits.PIECE_BYTES),
        (Pieces(count=0, root=COMMITTED.root, size=limits.PIECE_BYTES), 0),
        (COMMITTED, 3 * limits.PIECE_BYTES + 1),
    ],
    ids=["small pieces", "too few", "too many", "one piece", "no piece", "a longer file"],
)
def test_pieces_that_are_not_those_of_a_file_of_that_size_fail(committed: Pieces, size: int) -> None:
    """One file has one list, or two verifiers would point at two places."""
    codes = _check({NAME: LIST}, _record(committed, size))[1]
    assert codes == [("content.pieces", Severity.FAILED)]


def test_an_absent_list_is_a_note() -> None:
    """The digest of the whole still decides; only the place of a damage is lost."""
    assert _check({}, _record(), times=2) == (None, [("content.pieces-absent", Severity.NOTE)])


def test_a_file_without_pieces_asks_for_no_list() -> None:
    """Small files have none."""
    record = FileRecord(
        digests=Digests(sha256="0" * 64), path=Private(commitment="1" * 64), pieces=UNSET, size=5, type="file"
    )
    assert _check({}, record) == (None, [])


def test_good_bytes_with_another_list_fail() -> None:
    """A list that was wrong from the beginning would send every later search astray."""
    findings = Findings()
    lists = PieceLists(Members({NAME: LIST}), frozenset({NAME}), findings)
    other = DIGESTS[:32] + bytes(32) + DIGESTS[64:]
    lists.differ("disk.dd", DIGESTS, FoundFile("0" * 64, SIZE, {}, other))
    assert [(item.code, item.severity) for item in findings.items] == [("content.pieces", Severity.FAILED)]
    assert f"bytes {limits.PIECE_BYTES}-{2 * limits.PIECE_BYTES - 1}" in findings.items[0].text


def test_damage_is_told_in_words() -> None:
    """First and last byte, as a hex editor counts them."""
    lists = PieceLists(Members({}), frozenset(), Findings())
    found = FoundFile("f" * 64, SIZE, {}, DIGESTS[:32] + bytes(64))
    expected = f"; damaged: bytes {limits.PIECE_BYTES}-{SIZE - 1}"
    assert lists.damage(DIGESTS, found, _record()) == expected
    assert lists.damage(None, found, _record()) == ""
    # Without BLAKE3 nothing is known of pieces.
    assert lists.damage(DIGESTS, FoundFile("f" * 64, SIZE), _record()) == ""
