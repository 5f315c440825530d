"""Is it still what was registered: stored and in place, file by file."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from custody.evidence.check import check_in_place, check_stored
from custody.evidence.intake import Intake, take_in
from custody.evidence.locations import Locations
from custody.evidence.manifest import Manifests
from custody.evidence.members import Member, members_of_event, members_of_manifest
from custody.evidence.store import EvidenceStore
from custody.evidence.tally import CheckResult
from schemas import canonical
from schemas.content import ManifestLine
from schemas.errors import RecordError, StorageError, VerificationError
from schemas.types import UNSET
from tests.evidence.conftest import Salts

COUNTS = pytest.mark.parametrize("extra", [0, 20], ids=["in the event", "in a manifest"])
EVENT = "ab" * 32


def _members(intake: Intake) -> Iterator[Member]:
    if intake.spool is not None:
        return members_of_manifest(intake.spool, content=intake.content)
    known = {disclosure.commitment: disclosure for disclosure in intake.disclosures}
    return members_of_event(intake.content, known)


def _fill(seized: Path, extra: int) -> None:
    (seized / "folder").mkdir()
    (seized / "folder" / "b").write_bytes(b"bb")
    (seized / "a").write_bytes(b"a")
    (seized / "empty").mkdir()
    (seized / "link").symlink_to("a")
    for number in range(extra):
        (seized / f"x{number:02}").write_bytes(b"x")


def _in_place(seized: Path, intake: Intake) -> CheckResult:
    return check_in_place(_members(intake), sources=intake.sources)


@COUNTS
def test_evidence_left_alone_matches(extra: int, seized: Path, salts: Salts, spool: Path, store: EvidenceStore) -> None:
    """Every file is read and every byte counted, in the store and in place."""
    _fill(seized, extra)
    with store.begin() as batch:
        intake = take_in([seized], salts=salts, spool=spool, batch=batch)
        batch.commit()
    for result in (check_stored(_members(intake), store=store), _in_place(seized, intake)):
        assert result.is_unaltered
        assert (result.checked, result.matching, result.read) == (2 + extra, 2 + extra, 3 + extra)
        assert (result.extra, result.skipped) == ((), 0)


@COUNTS
def test_an_altered_stored_file_is_named(
    extra: int, seized: Path, salts: Salts, spool: Path, store: EvidenceStore
) -> None:
    """The finding says which file, what was expected, and what is there."""
    _fill(seized, extra)
    with store.begin() as batch:
        intake = take_in([seized], salts=salts, spool=spool, batch=batch)
        batch.commit()
    expected = sha256(b"bb").hexdigest()
    store.get(expected).chmod(0o600)
    store.get(expected).write_bytes(b"BBB")
    (difference,) = check_stored(_members(intake), store=store).differences
    assert (difference.path, difference.expected) == (b"folder/b", expected)
    assert (difference.found, difference.size) == (sha256(b"BBB").hexdigest(), 3)
    store.get(expected).unlink()
    (difference,) = check_stored(_members(intake), store=store).differences
    assert (difference.found, difference.mismatch.found, difference.mismatch.size) == (None, UNSET, UNSET)


def _alter(top: Path) -> None:
    (top / "a").write_bytes(b"b")


def _remove(top: Path) -> None:
    (top / "a").unlink()


def _relink(top: Path) -> None:
    (top / "link").unlink()
    (top / "link").symlink_to("b")


def _add(top: Path) -> None:
    (top / "new").touch()


def _fill_empty(top: Path) -> None:
    (top / "empty" / "new").touch()


def _swap(top: Path) -> None:
    (top / "a").unlink()
    (top / "a").symlink_to("folder/b")


Seen = tuple[list[bytes | None], tuple[bytes, ...], tuple[bytes, ...]]


@COUNTS
@pytest.mark.parametrize(
    ("deed", "seen"),
    [
        (_alter, ([b"a"], (), ())),
        (_remove, ([b"a"], (), ())),
        (_swap, ([b"a"], (), ())),
        (_relink, ([], (b"link",), ())),
        (_add, ([], (), (b"new",))),
        (_fill_empty, ([], (b"empty",), (b"empty/new",))),
    ],
)
def test_what_was_done_in_place_is_named(
    deed: Callable[[Path], None], seen: Seen, extra: int, seized: Path, salts: Salts, spool: Path
) -> None:
    """A file altered, gone, swapped for a link, a link turned, a file added: each is seen, and nothing else."""
    _fill(seized, extra)
    intake = take_in([seized], salts=salts, spool=spool)
    deed(seized)
    result = _in_place(seized, intake)
    assert ([difference.path for difference in result.differences], result.altered, result.extra) == seen
    assert result.is_unaltered == (deed is _add)


def test_evidence_that_is_gone_altogether_is_missing(seized: Path, salts: Salts, spool: Path) -> None:
    """A disk that isn't plugged in is no crash: every file is missing."""
    _fill(seized, 0)
    intake = take_in([seized / "a", seized / "folder"], salts=salts, spool=spool)
    seized.rename(seized.parent / "elsewhere")
    result = _in_place(seized, intake)
    assert (result.checked, result.matching, len(result.differences)) == (2, 0, 2)


def test_a_withheld_path_is_skipped_and_accuses_nobody(seized: Path, salts: Salts, spool: Path) -> None:
    """Without its name a file in place can't be found, and its name must not look like an added one."""
    _fill(seized, 0)
    intake = take_in([seized], salts=salts, spool=spool)
    known = {item.commitment: item for item in intake.disclosures if item.value != "a"}
    result = check_in_place(members_of_event(intake.content, known), sources=intake.sources)
    assert (result.checked, result.skipped, result.extra) == (1, 2, ())


def _rewrite(path: Path, change: Callable[[list[bytes]], list[bytes]]) -> None:
    path.write_bytes(b"".join(change(path.read_bytes().splitlines(keepends=True))))


@pytest.mark.parametrize(
    "change",
    [lambda lines: lines[:-1], lambda lines: lines[::-1], lambda lines: [*lines, lines[0]], lambda lines: []],
    ids=["cut", "reversed", "doubled", "emptied"],
)
def test_a_manifest_that_was_tampered_with_is_found(
    change: Callable[[list[bytes]], list[bytes]], seized: Path, salts: Salts, spool: Path
) -> None:
    """Its root is signed, so no line can go, come or move."""
    _fill(seized, 20)
    intake = take_in([seized], salts=salts, spool=spool)
    assert intake.spool is not None
    _rewrite(intake.spool, change)
    with pytest.raises(VerificationError) as caught:
        _in_place(seized, intake)
    assert caught.value.code == "content.root"


def test_a_foreign_disclosure_in_a_manifest_is_found(seized: Path, salts: Salts, spool: Path) -> None:
    """Disclosures aren't under the root, so each has to match its own record."""
    _fill(seized, 20)
    intake = take_in([seized], salts=salts, spool=spool)
    assert intake.spool is not None

    def cross(lines: list[bytes]) -> list[bytes]:
        first, second = (canonical.decode(raw[:-1], ManifestLine, maximum=65_536) for raw in lines[:2])
        crossed = ManifestLine(disclosures=second.disclosures, record=first.record)
        return [canonical.encode(crossed) + b"\n", *lines[1:]]

    _rewrite(intake.spool, cross)
    with pytest.raises(VerificationError) as caught:
        _in_place(seized, intake)
    assert caught.value.code == "content.disclosure"


def test_a_cut_line_is_no_record(seized: Path, salts: Salts, spool: Path) -> None:
    """A manifest whose writing was interrupted is said to be so."""
    _fill(seized, 20)
    intake = take_in([seized], salts=salts, spool=spool)
    assert intake.spool is not None
    os.truncate(intake.spool, intake.spool.stat().st_size - 1)
    with pytest.raises(RecordError):
        _in_place(seized, intake)


def test_a_manifest_gets_the_name_of_its_root(seized: Path, salts: Salts, spool: Path) -> None:
    """From then on the content of an event finds it."""
    _fill(seized, 20)
    manifests = Manifests(spool)
    intake = take_in([seized], salts=salts, spool=manifests.base)
    assert intake.spool is not None
    path = manifests.adopt(intake.spool, root=intake.content.root)
    assert [child.name for child in spool.iterdir()] == [f"{intake.content.root}.jsonl"]
    assert len(list(members_of_manifest(path, content=intake.content))) == intake.content.count
    with pytest.raises(StorageError):
        list(members_of_manifest(manifests.path("00" * 32), content=intake.content))


def test_a_manifest_left_over_by_a_crash_is_removed(seized: Path, salts: Salts, spool: Path) -> None:
    """It holds names in clear and belongs to nothing; one that another process writes at this moment stays."""
    _fill(seized, 20)
    with subprocess.Popen([sys.executable, "-c", "pass"]) as gone:
        gone.wait()
    spool.mkdir(parents=True)
    names = [f"spool-{number}-x.jsonl" for number in (gone.pid, os.getppid())]
    for name in names:
        (spool / name).touch()
    take_in([seized], salts=salts, spool=spool)
    assert [(spool / name).exists() for name in names] == [False, True]


def test_a_location_is_found_again(tmp_path: Path, seized: Path, salts: Salts, spool: Path) -> None:
    """Also with a name that is no text, and after it was recorded anew."""
    raw = os.fsencode(seized) + b"/br\xffken"
    os.mkdir(raw)
    (seized / "a").touch()
    locations = Locations(tmp_path / "home" / "locations")
    assert locations.find(EVENT) is None
    for paths in ([seized], [Path(os.fsdecode(raw)), seized / "a"]):
        intake = take_in(paths, salts=salts, spool=spool)
        locations.record(EVENT, intake.sources)
        assert locations.find(EVENT) == intake.sources
    assert len(list((tmp_path / "home" / "locations").iterdir())) == 1
    with pytest.raises(RecordError):
        locations.find("../escape")
