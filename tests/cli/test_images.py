"""Images and hash lists at the prompt: damage is refused until somebody accepts it, and never forgotten afterwards."""

from hashlib import md5, sha256
from pathlib import Path
from typing import Any

import pytest

from custody.cli.exits import Exit
from custody.evidence.images.supervise import read_apart
from custody.verify.evidence.images import check_image
from custody.verify.gate.contents import images_of
from schemas.details.exhibit import ExhibitRegistered
from schemas.details.image import HashList, Image, Medium, Segments
from schemas.report import Findings
from schemas.types import UNSET
from tests.cli.machine import CASE, Machine
from tests.cli.script import Stage
from tests.evidence.images.forge_disks import write_qcow2
from tests.evidence.images.forge_ewf import CHUNK_BYTES, Forged, Shape, forge

MEDIUM = bytes(range(256)) * 128 * 5
LINE = f"--case {CASE} --exhibit next --as exam-07"


@pytest.fixture
def machine(stage: Stage) -> Machine:
    """Give a ledger that is ready for evidence."""
    return Machine(stage)


def _write(machine: Machine, forged: Forged, stem: str = "disk") -> list[Path]:
    return list(forged.write(machine.stage.folder, stem))


def _registered(machine: Machine) -> ExhibitRegistered:
    details = machine.entries()[-1].event.details
    assert isinstance(details, ExhibitRegistered)
    return details


def _image(machine: Machine) -> Image:
    image = _registered(machine).image
    assert isinstance(image, Image)
    return image


def _sha256(machine: Machine) -> str:
    medium = _image(machine).medium
    assert isinstance(medium, Medium)
    return medium.digests.sha256


def _list(machine: Machine) -> HashList:
    lists = _registered(machine).hash_lists
    assert isinstance(lists, tuple)
    return lists[0]


def test_one_medium_in_five_containers_has_one_digest(machine: Machine) -> None:
    """That is how a court sees that five exhibits are one disk."""
    folder = machine.stage.folder
    (folder / "a.dd").write_bytes(MEDIUM)
    for place, ending in enumerate(("001", "002")):
        half = len(MEDIUM) // 2 // 512 * 512
        (folder / f"b.{ending}").write_bytes(MEDIUM[place * half : (place + 1) * half if place == 0 else None])
    _write(machine, forge(MEDIUM), "c")
    _write(machine, forge(MEDIUM, Shape(segments=3)), "d")
    write_qcow2(folder / "e.qcow2", MEDIUM)
    digests = set()
    for name in ("a.dd", "b.001", "c.E01", "d.E01", "e.qcow2"):
        machine.register(name)
        digests.add(_sha256(machine))
        assert _registered(machine).kind == "image"
    assert digests == {sha256(MEDIUM).hexdigest()}


@pytest.mark.parametrize("how", ["", "--in-place"])
def test_segments_come_along_and_are_recorded_in_order(machine: Machine, how: str) -> None:
    """Whoever names the first of three segments means all of them."""
    paths = _write(machine, forge(MEDIUM, Shape(segments=3)))
    ran = machine.do(f"register disk.E01 {LINE} {how}")
    assert "taken in as well: disk.E02, disk.E03" in ran.stderr
    assert "the stored MD5 matches" in ran.stderr
    segments = _image(machine).segments
    assert isinstance(segments, Segments)
    assert segments.order == tuple(sha256(path.read_bytes()).hexdigest() for path in paths)
    checked = machine.json("check EX-1 --as cust-02")
    assert checked["exhibits"][0]["checked"] == 3


def test_what_an_image_says_of_people_is_private(machine: Machine) -> None:
    """Case data in a header name examiners and suspects."""
    _write(machine, forge(MEDIUM))
    machine.register("disk.E01")
    raw = b"".join(entry.event.raw for entry in machine.entries())
    assert [word for word in (b"examiner-1", b"found in the desk", b"a thumb drive", b"case-7") if word in raw] == []
    assert "examiner-1" in machine.do("show EX-1").stdout


def _damaged() -> dict[str, Any]:
    whole = forge(MEDIUM, Shape(segments=2))
    cut = Forged((whole.segments[0], whole.segments[1][:-100]), whole.chunks)
    return {
        "image.container-checksum": whole.damage(1),
        "image.stored-hash": forge(MEDIUM, Shape(segments=2, md5_stored=b"\x07" * 16)),
        "image.truncated": cut,
        "image.segment-order": Forged((whole.segments[1], whole.segments[0]), whole.chunks),
        "image.segment-missing": Forged(whole.segments[:1], whole.chunks),
        "image.medium-short": forge(MEDIUM, Shape(sectors_declared=6400, chunks_declared=100)),
        "image.zero-bytes": Forged((whole.segments[0], b""), whole.chunks),
        "image.pointer-file": Forged((b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n",), ()),
        "image.container-structure": Forged((whole.segments[0], b"A" * 600), whole.chunks),
    }


@pytest.mark.parametrize("code", sorted(_damaged()))
def test_damage_is_refused_then_recorded_then_shown_and_reported(machine: Machine, code: str) -> None:
    """Damaged evidence can always be registered; nobody may learn later that it had come damaged."""
    _write(machine, _damaged()[code])
    before = len(machine.entries())
    machine.fail(f"register disk.E01 {LINE}", Exit.REFUSED, code)
    assert (len(machine.entries()), machine.evidence()) == (before, {})
    machine.register("disk.E01", "--accept-damaged")
    assert code.partition(".")[2] in (_image(machine).damage or ())
    shown = machine.do("show EX-1").stdout
    assert "defect" in shown
    audited = machine.json("audit")
    assert code in {item["code"] for item in audited["findings"]}


def test_a_stranger_hears_of_damage_beside_the_verdict(machine: Machine) -> None:
    """It came damaged, and that is no forgery: a defect in the report, and no failed step."""
    _write(machine, forge(MEDIUM, Shape(errors=[(5, 2)])).damage(2))
    (machine.stage.folder / "disk.md5").write_text(f"{md5(MEDIUM).hexdigest()}  -\nsigned: examiner-1\n")
    machine.register("disk.E01", "--accept-damaged --hash-list disk.md5")
    machine.do("agent enrol court-1 --kind organisation --country FR --as reg-1")
    machine.do("bundle EX-1 --to court-1 -o b.zip --as exam-07")
    machine.stage.patch.delenv("CUSTODY_TRUST", raising=False)
    report = machine.json("verify b.zip --keys strangers", Exit.INDETERMINATE)
    found = {item["code"]: item["severity"] for item in report["findings"] if item["step"] == 9}
    assert found == {
        "hash-list.mismatch": "defect",
        "hash-list.unknown-lines": "note",
        "image.container-checksum": "defect",
        "image.stored-hash": "defect",
        "image.unreadable": "note",
    }
    told = machine.stage.custody("verify b.zip").stdout
    assert "damaged already when it was registered" in " ".join(told.split())


def test_damage_is_located_in_the_record(machine: Machine) -> None:
    """A planted error at a known place is found there, by byte."""
    _write(machine, forge(MEDIUM).damage(2))
    machine.register("disk.E01", "--accept-damaged")
    damaged = _image(machine).damaged
    assert damaged.first[0].start == 2 * CHUNK_BYTES  # type: ignore[union-attr]
    assert damaged.total == CHUNK_BYTES  # type: ignore[union-attr]
    shown = " ".join(machine.do("show EX-1").stdout.split())
    assert f"damaged bytes of the medium, which: {2 * CHUNK_BYTES:,} to {3 * CHUNK_BYTES - 1:,}" in shown
    assert "is NOT that of the medium" in shown


def test_bad_sectors_come_from_the_image_and_from_a_map(machine: Machine) -> None:
    """What the device did not give is no damage of the image, and must be known all the same."""
    _write(machine, forge(MEDIUM, Shape(errors=[(5, 2)])))
    (machine.stage.folder / "disk.map").write_text(
        "# Mapfile. Created by GNU ddrescue version 1.27\n0x0 + 1\n0x00000000  0x00002000  +\n"
        f"0x00002000  0x00000400  -\n0x00002400  0x{len(MEDIUM) - 0x2400:08X}  +\n"
    )
    machine.register("disk.E01", "--hash-list disk.map")
    unreadable = _image(machine).unreadable
    assert [(item.start, item.length) for item in unreadable.first] == [(5, 2), (16, 2)]  # type: ignore[union-attr]
    assert "could not be read, which: 5 to 6; 16 to 17" in machine.do("show EX-1").stdout
    assert _list(machine).matching == 1


def test_the_medium_can_be_left_unread(machine: Machine) -> None:
    """Where an hour matters more; the record says that nobody looked."""
    _write(machine, forge(MEDIUM))
    machine.register("disk.E01", "--no-medium")
    assert _image(machine).not_read == "not-asked"
    shown = " ".join(machine.do("show EX-1").stdout.split())
    assert "medium: not read, because that was not asked for" in shown


def test_a_log_is_held_against_the_medium_and_its_files(machine: Machine) -> None:
    """The typed hash of a form, checked at last."""
    (path,) = _write(machine, forge(MEDIUM))
    digest = md5(MEDIUM).hexdigest()
    (machine.stage.folder / "disk.info").write_text(
        f"GUYMAGER ACQUISITION INFO FILE\n\nMD5 hash : {digest}\nDevice size : {len(MEDIUM)}\n"
        f"{md5(path.read_bytes()).hexdigest()}  disk.E01\n"
    )
    machine.register("disk.E01", "--hash-list disk.info")
    held = _list(machine)
    assert (held.kind, held.matching, held.differing, held.unchecked) == ("guymager", 3, 0, 0)
    kept = machine.home / "documents" / held.document[:2] / held.document
    assert kept.read_bytes() == (machine.stage.folder / "disk.info").read_bytes()


def test_a_list_that_differs_is_refused_then_recorded(machine: Machine) -> None:
    """One wrong digit in a list of two; the other file matches."""
    folder = machine.stage.folder / "ev"
    folder.mkdir()
    (folder / "a.txt").write_text("a")
    (folder / "b.txt").write_text("b")
    (machine.stage.folder / "sums.md5").write_text(
        f"{md5(b'a').hexdigest()}  ev/a.txt\n{md5(b'x').hexdigest()}  ev/b.txt\n"
    )
    machine.fail(f"register ev --hash-list sums.md5 {LINE}", Exit.REFUSED, "hash-list.mismatch")
    machine.register("ev", "--hash-list sums.md5 --accept-damaged")
    held = _list(machine)
    assert (held.matching, held.differing, held.absent, held.unlisted) == (1, 1, 0, 0)
    difference = held.differences[0]  # type: ignore[index]
    assert (difference.expected, difference.found) == (md5(b"x").hexdigest(), md5(b"b").hexdigest())
    assert difference.file == sha256(b"b").hexdigest()
    audited = machine.json("audit")
    assert "hash-list.mismatch" in {item["code"] for item in audited["findings"]}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"{md5(b'a').hexdigest()}  ev/a.txt\n{md5(b'b').hexdigest()}  ev/gone.txt\n", "hash-list.absent"),
        (f"{md5(b'b').hexdigest()}  other.txt\n", "hash-list.nothing"),
        (f"{md5(b'a').hexdigest()}  ev/a.txt\r\n{md5(b'b').hexdigest()}  z\nx\r\n", "hash-list.line-ends"),
        (f"{md5(b'a').hexdigest()}0  ev/a.txt\n", "hash-list.length"),
    ],
)
def test_lists_that_don_t_fit_are_refused(machine: Machine, text: str, code: str) -> None:
    """A list for other files says nothing of these, and must not look as if it did."""
    folder = machine.stage.folder / "ev"
    folder.mkdir()
    (folder / "a.txt").write_text("a")
    (machine.stage.folder / "list").write_bytes(text.encode())
    machine.fail(f"register ev --hash-list list {LINE}", Exit.REFUSED, code)
    machine.register("ev", "--hash-list list --accept-damaged")
    assert _list(machine).matching <= 1


def test_what_is_no_list_is_a_usage_error_before_anything_is_read(machine: Machine) -> None:
    """An hour of reading should not end with a typing error."""
    (machine.stage.folder / "ev").write_text("a")
    (machine.stage.folder / "letter").write_text("Dear colleague\n")
    machine.fail(f"register ev --hash-list letter {LINE}", Exit.USAGE, "hash-list.format")
    machine.fail(f"register --hash-list letter --kind phone {LINE}", Exit.USAGE, "hash-list.format")


def test_an_image_that_changes_meanwhile_is_refused(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The medium must be that of the bytes that were hashed."""
    (path,) = _write(machine, forge(MEDIUM))

    def meddle(*args: Any, **more: Any) -> Any:
        path.write_bytes(path.read_bytes())
        return read_apart(*args, **more)

    monkeypatch.setattr("custody.cli.intake.image_reading.read_apart", meddle)
    machine.fail(f"register disk.E01 --in-place {LINE}", Exit.REFUSED, "evidence.changed")
    machine.register("disk.E01")


def _media(machine: Machine) -> list[str]:
    return [
        image.medium.digests.sha256 if isinstance(image.medium, Medium) else str(image.not_read)
        for image in images_of(_registered(machine))
    ]


def test_every_image_of_an_exhibit_is_read(machine: Machine) -> None:
    """A seizure is often several disks, and what is wrong with the second one matters as much."""
    other = MEDIUM[::-1]
    _write(machine, forge(MEDIUM, Shape(segments=2)), "a")
    _write(machine, forge(other), "b")
    ran = machine.do(f"register a.E01 b.E01 {LINE}")
    assert "medium of a.E01" in ran.stderr
    assert "medium of b.E01" in ran.stderr
    assert f"image 2: medium SHA-256: {sha256(other).hexdigest()}" in ran.stdout + ran.stderr
    assert _registered(machine).content.count == 3  # type: ignore[union-attr]
    assert _media(machine) == [sha256(MEDIUM).hexdigest(), sha256(other).hexdigest()]
    assert "medium 2" in machine.do("show EX-1").stdout
    (machine.stage.folder / "c.E01").touch()
    machine.fail(f"register b.E01 c.E01 {LINE}", Exit.REFUSED, "image.zero-bytes")


def test_damage_of_a_later_image_is_refused_recorded_and_reported(machine: Machine) -> None:
    """Whoever looks at the first disk alone lets the second one through."""
    _write(machine, forge(MEDIUM), "a")
    _write(machine, forge(MEDIUM, Shape(md5_stored=b"\x07" * 16)), "b")
    machine.fail(f"register a.E01 b.E01 {LINE}", Exit.REFUSED, "image.stored-hash")
    machine.do(f"register a.E01 b.E01 --accept-damaged {LINE}")
    assert [image.damage for image in images_of(_registered(machine))] == [UNSET, ("stored-hash",)]
    findings = Findings()
    check_image(machine.entries()[-1], findings)
    assert [(item.code, item.text.split(":")[0]) for item in findings.items] == [("image.stored-hash", "image 2")]


def test_a_folder_of_disks_is_read_down_to_its_bottom(machine: Machine) -> None:
    """That is how disks come: one folder each, containers of many kinds, and their logs beside them."""
    folder = machine.stage.folder / "seizure"
    for name in ("one", "two"):
        (folder / name).mkdir(parents=True)
    forge(MEDIUM).write(folder / "one", "disk1")
    forge(MEDIUM, Shape(segments=3)).write(folder / "one", "disk2")
    write_qcow2(folder / "two" / "disk3.qcow2", MEDIUM)
    (folder / "two" / "x.img").touch()
    (folder / "two" / "old.E01").touch()
    forge(MEDIUM).write(folder, "disk0")
    (folder / "disk4.dd").write_bytes(MEDIUM)
    machine.register("seizure")
    assert _media(machine) == [sha256(MEDIUM).hexdigest()] * 5
    assert _registered(machine).kind == "image"


def test_a_folder_with_a_disk_deep_inside_stays_a_folder(machine: Machine) -> None:
    """A home directory that holds a virtual machine is no disk; what that disk is gets recorded all the same."""
    folder = machine.stage.folder / "home"
    (folder / "vm").mkdir(parents=True)
    write_qcow2(folder / "vm" / "disk.qcow2", MEDIUM)
    machine.register("home")
    assert (_registered(machine).kind, _media(machine)) == ("directory", [sha256(MEDIUM).hexdigest()])


def test_a_log_speaks_of_the_image_that_is_called_like_it(machine: Machine) -> None:
    """Held against another disk, a true log would be a lie and a false one might be true."""
    other = MEDIUM[::-1]
    _write(machine, forge(MEDIUM), "a")
    _write(machine, forge(other), "b")
    log = "dc3dd 7.2.646 started\n   {} (sha256)\n"
    for name, digest in (("b.log", sha256(other)), ("a.E01.txt", sha256(MEDIUM)), ("notes.txt", sha256(other))):
        (machine.stage.folder / name).write_text(log.format(digest.hexdigest()))
    machine.do(f"register a.E01 b.E01 --hash-list b.log --hash-list a.E01.txt --hash-list notes.txt {LINE}")
    lists = _registered(machine).hash_lists
    assert isinstance(lists, tuple)
    assert [(item.matching, item.differing, item.unchecked) for item in lists] == [(1, 0, 0)] * 3
    (machine.stage.folder / "a.log").write_text(log.format(sha256(other).hexdigest()))
    machine.fail(f"register a.E01 b.E01 --hash-list a.log {LINE}", Exit.REFUSED, "hash-list.mismatch")


def test_more_images_than_a_record_holds_are_refused_with_a_way_out(machine: Machine) -> None:
    """Nothing may be left out without a word."""
    folder = machine.stage.folder / "many"
    folder.mkdir()
    for number in range(9):
        forge(MEDIUM[: 512 * 64]).write(folder, f"disk{number}")
    machine.fail(f"register many {LINE}", Exit.REFUSED, "image.number")
    assert "image.number" in machine.do(f"register many --no-medium {LINE}").stderr
    assert images_of(_registered(machine)) == ()
    (folder / "disk8.E01").unlink()
    machine.register("many")
    assert len(_media(machine)) == 8


def test_a_directory_with_one_image_is_read_too(machine: Machine) -> None:
    """Tools write an image and its log into one folder, and that is what is handed in."""
    folder = machine.stage.folder / "case"
    folder.mkdir()
    forge(MEDIUM, Shape(segments=2)).write(folder)
    (folder / "notes.txt").write_text("n")
    machine.register("case")
    assert _sha256(machine) == sha256(MEDIUM).hexdigest()
    assert _registered(machine).content.count == 3  # type: ignore[union-attr]


def test_a_list_that_holds_a_seed_phrase_is_refused(machine: Machine) -> None:
    """A log is kept as it is, for strangers to read."""
    (machine.stage.folder / "ev").write_text("a")
    words = "legal winner thank year wave sausage worth useful legal winner thank yellow"
    (machine.stage.folder / "ev.log").write_text(f"dc3dd 7.2.646 started\n# wallet: {words}\n")
    ran = machine.fail(f"register ev --hash-list ev.log {LINE}", Exit.USAGE, "secret.refused")
    assert "sausage" not in str(ran)
