"""Damage to a large file is found where it is: in the store and in place, to whole pieces of 16 MiB."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from custody.evidence.check import check_in_place, check_stored
from custody.evidence.intake import Intake, take_in
from custody.evidence.members import Member, members_of_event
from custody.evidence.piece_lists import PieceLists
from custody.evidence.store import EvidenceStore
from custody.evidence.tally import CheckResult
from schemas.content import Digests, FileRecord, Pieces
from schemas.errors import RecordError
from schemas.limits import PIECE_BYTES
from schemas.pieces import count_pieces
from tests.evidence.conftest import Salts

SIZE = 3 * PIECE_BYTES + 5


@pytest.fixture
def image(seized: Path) -> Path:
    """An image of holes with some bytes of its own in each piece."""
    path = seized / "image.dd"
    with path.open("wb") as file:
        file.truncate(SIZE)
        for place in range(4):
            file.seek(place * PIECE_BYTES)
            file.write(bytes([place + 1]))
    return path


@pytest.fixture
def lists(tmp_path: Path) -> PieceLists:
    return PieceLists(tmp_path / "home" / "manifests")


def _members(intake: Intake) -> list[Member]:
    known = {disclosure.commitment: disclosure for disclosure in intake.disclosures}
    return list(members_of_event(intake.content, known))


def _record(intake: Intake) -> FileRecord:
    assert isinstance(intake.content.files, tuple)
    return intake.content.files[0]


def _checks(
    image: Path, lists: PieceLists, store: EvidenceStore, salts: Salts, spool: Path
) -> Callable[[Callable[[Path], object]], list[CheckResult]]:
    """Take the image in, both ways, and return what damages both copies and checks them."""
    with store.begin() as batch:
        intake = take_in([image], salts=salts, spool=spool, batch=batch)
        batch.commit()
    for digests in intake.pieces:
        lists.put(digests)
    digests_of_it = _record(intake).digests
    assert isinstance(digests_of_it, Digests)
    stored = store.get(digests_of_it.sha256)

    def damage(deed: Callable[[Path], object]) -> list[CheckResult]:
        stored.chmod(0o600)
        for path in (image, stored):
            deed(path)
        return [
            check_stored(_members(intake), store=store, lists=lists),
            check_in_place(_members(intake), sources=intake.sources, lists=lists),
        ]

    return damage


def _flip(*offsets: int) -> Callable[[Path], None]:
    def deed(path: Path) -> None:
        with path.open("r+b") as file:
            for offset in offsets:
                file.seek(offset)
                before = file.read(1)
                file.seek(offset)
                file.write(bytes([before[0] ^ 1]))

    return deed


@pytest.mark.parametrize(
    ("deed", "expected"),
    [
        (_flip(0), [(0, PIECE_BYTES)]),
        (_flip(PIECE_BYTES - 1, PIECE_BYTES), [(0, 2 * PIECE_BYTES)]),
        (_flip(5, 3 * PIECE_BYTES + 4), [(0, PIECE_BYTES), (3 * PIECE_BYTES, 5)]),
        (_flip(2 * PIECE_BYTES + 77), [(2 * PIECE_BYTES, PIECE_BYTES)]),
        (lambda path: os.truncate(path, SIZE - 1), [(3 * PIECE_BYTES, 5)]),
        (lambda path: os.truncate(path, PIECE_BYTES + 3), [(PIECE_BYTES, 2 * PIECE_BYTES + 5)]),
        (lambda path: os.truncate(path, PIECE_BYTES), [(PIECE_BYTES, 2 * PIECE_BYTES + 5)]),
        (lambda path: os.truncate(path, 1), [(0, SIZE)]),
        (lambda path: os.truncate(path, 0), [(0, SIZE)]),
        (lambda path: os.truncate(path, SIZE + 1), [(3 * PIECE_BYTES, 5)]),
    ],
    ids=["first", "border", "two places", "third", "cut by one", "cut", "cut at a piece", "stub", "emptied", "grown"],
)
def test_damage_is_told_to_a_range(
    deed: Callable[[Path], object],
    expected: list[tuple[int, int]],
    image: Path,
    lists: PieceLists,
    store: EvidenceStore,
    salts: Salts,
    spool: Path,
) -> None:
    """'The image differs' ends an expert's report; 'these 16 MiB differ' begins one."""
    for result in _checks(image, lists, store, salts, spool)(deed):
        (difference,) = result.differences
        assert [(item.offset, item.size) for item in difference.damaged] == expected
        assert difference.mismatch.damaged == difference.damaged


def test_without_its_list_damage_is_still_found(
    image: Path, lists: PieceLists, store: EvidenceStore, salts: Salts, spool: Path
) -> None:
    """A lost or spoilt list costs the place of the damage, never the finding."""
    check = _checks(image, lists, store, salts, spool)
    (path,) = spool.glob("*.pieces")
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    for result in check(_flip(0)):
        assert [difference.damaged for difference in result.differences] == [()]
    path.unlink()
    for result in check(_flip(1)):
        assert [difference.damaged for difference in result.differences] == [()]


def test_an_unaltered_image_matches(
    image: Path, lists: PieceLists, store: EvidenceStore, salts: Salts, spool: Path
) -> None:
    """A check that always found something would find nothing."""
    for result in _checks(image, lists, store, salts, spool)(lambda path: None):
        assert (result.is_unaltered, result.matching, result.unchecked) == (True, 1, ())


@pytest.mark.parametrize(
    ("size", "count"), [(0, 0), (1, 0), (PIECE_BYTES, 0), (PIECE_BYTES + 1, 2), (2 * PIECE_BYTES, 2), (SIZE, 4)]
)
def test_only_files_of_several_pieces_have_a_list(
    size: int, count: int, seized: Path, salts: Salts, spool: Path
) -> None:
    """For a smaller file the digest of the whole says as much."""
    path = seized / "file"
    path.touch()
    os.truncate(path, size)
    intake = take_in([path], salts=salts, spool=spool)
    pieces = _record(intake).pieces
    assert (pieces.count if isinstance(pieces, Pieces) else 0) == count == count_pieces(size)
    assert [len(digests) // 32 for digests in intake.pieces] == ([count] if count else [])


def test_a_list_that_is_not_the_one_committed_to_is_refused(lists: PieceLists) -> None:
    """Whoever can write the home can't point at other bytes."""
    lists.put(bytes(range(64)))
    (path,) = lists.path("0" * 64).parent.iterdir()
    good = Pieces(count=2, root=path.stem, size=PIECE_BYTES)
    assert lists.get(good) == bytes(range(64))
    assert lists.get(Pieces(count=2, root="0" * 64, size=PIECE_BYTES)) is None
    for raw in (b"", path.read_bytes()[65:], path.read_bytes().upper(), path.read_bytes() + b"0" * 64 + b"\n"):
        path.write_bytes(raw)
        with pytest.raises(RecordError):
            lists.get(good)
