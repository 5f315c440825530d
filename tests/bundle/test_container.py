"""The reader: what is not exactly a bundle is refused, with the reason that helps."""

import io
import os
import shutil
import subprocess
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from custody.bundle.container import Container, open_container, read_container
from custody.bundle.zip_layout import Member, format_central, format_end, format_local
from schemas import bag, layout
from schemas.errors import CustodyError, StorageError, UsageError, VerificationError
from tests.bundle.making import EVIDENCE, EVIDENCE_NAME, Memory, contents, members_of, small_bytes, write_small


def _code(raw: bytes) -> str:
    with pytest.raises(CustodyError) as caught:
        read_container(Memory(raw))
    assert isinstance(caught.value, VerificationError)
    return caught.value.code


def _members(made: dict[str, bytes]) -> tuple[Member, ...]:
    return members_of(made, {name: zlib.crc32(raw) for name, raw in made.items()})


def _zip(made: dict[str, bytes]) -> bytes:
    """Pack members in our exact form, whatever their names and order."""
    members = _members(made)
    body = b"".join(format_local(member) + made[member.name] for member in members)
    directory = b"".join(map(format_central, members))
    return body + directory + format_end(count=len(members), size=len(directory), offset=len(body))


def _whole() -> dict[str, bytes]:
    return {**contents(), layout.TAG_MANIFEST: b""}


def _repack(raw: bytes, compression: int) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(target, "w", compression) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    return target.getvalue()


def test_every_member_is_read_back(tmp_path: Path) -> None:
    """The plain case, through each of the ways to read."""
    write_small(tmp_path / "b.zip")
    with open_container(tmp_path / "b.zip") as box:
        for name, raw in contents().items():
            assert box.read(name, maximum=len(raw)) == raw
            assert box.digest(name) == sha256(raw).hexdigest()
            assert box.open(name).read() == raw
            assert io.BufferedReader(box.open(name)).read() == raw
        assert list(box.members) == [*contents(), layout.TAG_MANIFEST]
        assert box.names(layout.ENTRIES) == tuple(f"custody/entries/{index}.json" for index in (0, 10, 2))


def test_a_member_above_its_cap_is_refused_unread() -> None:
    """A hostile bundle must not cost memory before it is refused."""
    box = read_container(Memory(small_bytes()))
    with pytest.raises(VerificationError) as caught:
        box.read(EVIDENCE_NAME, maximum=len(EVIDENCE) - 1)
    assert caught.value.code == "container.member-size"


def test_a_member_that_is_not_there_is_named() -> None:
    """Its absence is a fact about the bundle, not a crash."""
    box = read_container(Memory(small_bytes()))
    with pytest.raises(VerificationError) as caught:
        box.open("data/files/" + "0" * 64)
    assert caught.value.code == "container.member-missing"


@pytest.mark.parametrize("how", ["read", "digest", "open", "small", "buffered", "lines"])
def test_damaged_content_is_noticed_in_every_way_of_reading(how: str) -> None:
    """Content that rotted on the stick must not be taken for what was sent, whoever reads it."""
    raw = bytearray(small_bytes())
    raw[raw.index(EVIDENCE)] ^= 1
    box = read_container(Memory(bytes(raw)))

    def slowly() -> None:
        stream = box.open(EVIDENCE_NAME)
        while stream.read(3):
            pass

    ways: dict[str, Callable[[], object]] = {
        "read": lambda: box.read(EVIDENCE_NAME, maximum=99),
        "digest": lambda: box.digest(EVIDENCE_NAME),
        "open": lambda: box.open(EVIDENCE_NAME).read(),
        "small": slowly,
        "buffered": lambda: io.BufferedReader(box.open(EVIDENCE_NAME)).read(),
        "lines": lambda: list(box.lines(EVIDENCE_NAME, maximum=99)),
    }
    with pytest.raises(VerificationError) as caught:
        ways[how]()
    assert caught.value.code == "container.crc"


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_bundle_packed_again_is_told_from_a_broken_one(compression: int) -> None:
    """The recipient must hear that the cure is the original file, and it must still never pass."""
    with pytest.raises(VerificationError) as caught:
        read_container(Memory(_repack(small_bytes(), compression)))
    assert caught.value.code == "container.repacked"
    assert "original" in caught.value.hint


def test_a_bundle_packed_by_the_zip_program_is_told_so(tmp_path: Path) -> None:
    """What a desk clerk does: unzip, look, zip again."""
    program = shutil.which("zip")
    if program is None:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as other:
            other.mkdir("data")
            other.writestr("bagit.txt", bag.DECLARATION)
        assert _code(target.getvalue()) == "container.repacked"
        return
    (tmp_path / "bag").mkdir()
    with zipfile.ZipFile(io.BytesIO(small_bytes())) as old:
        old.extractall(tmp_path / "bag")
    subprocess.run([program, "-qr", "../new.zip", "."], cwd=tmp_path / "bag", check=True)
    assert _code((tmp_path / "new.zip").read_bytes()) == "container.repacked"


def test_a_comment_makes_another_file() -> None:
    """A comment is where a second message hides."""
    target = io.BytesIO(small_bytes())
    with zipfile.ZipFile(target, "a") as other:
        other.comment = b"hello"
    assert _code(target.getvalue()) in ("container.repacked", "container.trailing-bytes")


def test_bytes_in_front_make_another_file() -> None:
    """A program in front of a zip is a self-extracting archive, and runs."""
    assert _code(b"#!/bin/sh\n" + small_bytes()) in ("container.repacked", "container.not-a-zip")


@pytest.mark.parametrize("surplus", [b"\x00", b"PK", b"x" * 70_000, b"PK\x05\x06"])
def test_bytes_behind_the_end_are_refused(surplus: bytes) -> None:
    """Every byte of the file is accounted for; what follows could be anything."""
    code = _code(small_bytes() + surplus)
    assert code == ("container.trailing-bytes" if len(surplus) < 65_000 else "container.truncated")


@pytest.mark.parametrize("raw", [b"", b"P", b"hello, court", b"%PDF-1.7" * 100, b"\x00" * 5000])
def test_what_is_no_zip_is_called_so(raw: bytes) -> None:
    """The wrong attachment is the most common mistake."""
    assert _code(raw) == "container.not-a-zip"


def test_a_download_that_broke_off_is_called_so() -> None:
    """The cure is to download again."""
    raw = small_bytes({layout.FILES + "0" * 64: b"x" * 100_000})
    assert _code(raw[:90_000]) == "container.truncated"


@pytest.mark.parametrize(
    "name",
    [
        *("data/files/../../x", "/etc/passwd", "..", "data\\files\\x", "C:/x", "data/files/", "data/files/" + "A" * 64),
        *("custody/entries/01.json", "custody/entries/.json", "custody/report.html", "report.html", "data/readme.txt"),
        *(
            "data/files/" + "0" * 64 + "\n",
            "data/files/" + "0" * 65,
            "custody/entries/12345678901234567.json",
            "BAGIT.TXT",
        ),
    ],
)
def test_a_name_outside_of_the_layout_is_refused(name: str) -> None:
    """A name that could climb out of a folder, differ by case, or invite a click never gets in."""
    assert _code(_zip({**_whole(), name: b""})) == "container.member-unknown"


def test_a_name_twice_is_refused() -> None:
    """Two readers would take one each, and see two stories."""
    made = _whole()
    first = _members(made)
    again = replace(first[0], offset=first[-1].end)
    members = (first[0], *(replace(item, offset=item.offset + again.end - again.offset) for item in first))
    body = b"".join(format_local(member) + made[member.name] for member in members)
    directory = b"".join(map(format_central, members))
    raw = body + directory + format_end(count=len(members), size=len(directory), offset=len(body))
    assert _code(raw) == "container.member-twice"


@pytest.mark.parametrize("at", range(len(contents())))
def test_members_out_of_order_are_refused(at: int) -> None:
    """One bundle has one spelling, so that two copies can be compared byte for byte."""
    made = list(_whole().items())
    made[at], made[at + 1] = made[at + 1], made[at]
    assert _code(_zip(dict(made))) == "container.order"


@pytest.mark.parametrize("name", layout.REQUIRED)
def test_a_bundle_without_a_part_that_it_needs_is_refused(name: str) -> None:
    """What the sender must supply and did not is a failure, not an open question."""
    made = _whole()
    del made[name]
    assert _code(_zip(made)) == "container.member-missing"


def test_a_bundle_without_any_entry_is_refused() -> None:
    """Evidence without records is what this project is against."""
    made = {name: raw for name, raw in _whole().items() if not name.startswith(layout.ENTRIES)}
    assert _code(_zip(made)) == "container.member-missing"


def test_more_members_than_the_cap_are_refused_before_they_are_read() -> None:
    """Twenty bytes that claim two billion members must cost twenty bytes' work."""
    end = format_end(count=2_000_001, size=92_000_046, offset=0)

    class Sparse:
        size = 92_000_046 + len(end)

        def read_at(self, offset: int, length: int) -> bytes:
            assert length < 70_000
            start = offset - 92_000_046
            return end[start : start + length] if start >= 0 else bytes(length)

    with pytest.raises(VerificationError) as caught:
        read_container(Sparse())
    assert caught.value.code == "container.too-many"


def test_lines_are_ended_by_lf_and_bounded() -> None:
    """A manifest of a million lines is read one by one; a line without end is refused at its cap."""
    name = layout.MANIFESTS + "0" * 64 + ".jsonl"

    def lines(raw: bytes) -> list[bytes]:
        return list(read_container(Memory(small_bytes({name: raw}))).lines(name, maximum=8))

    assert lines(b"") == []
    assert lines(b"a\n\nb\r\n1234567\n") == [b"a", b"", b"b\r", b"1234567"]
    for wrong in (b"a", b"a\nb", b"12345678\n"):
        with pytest.raises(VerificationError) as caught:
            lines(wrong)
        assert caught.value.code == "container.line"


def test_a_bundle_within_a_bundle_is_read_where_it_lies() -> None:
    """Inherited bundles are as strict as outer ones and need no copy on the disk."""
    inner = small_bytes()
    name = f"{layout.INHERITED}{sha256(inner).hexdigest()}.zip"
    outer = read_container(Memory(small_bytes({name: inner})))
    box = outer.nested(name)
    assert box.read(EVIDENCE_NAME, maximum=99) == EVIDENCE
    bad = read_container(Memory(small_bytes({name: inner + b"x"})))
    with pytest.raises(VerificationError) as caught:
        bad.nested(name)
    assert caught.value.code == "container.trailing-bytes"


def test_a_fault_of_the_reader_s_own_disk_is_no_verdict(tmp_path: Path) -> None:
    """A court must not read FAILED because a path was mistyped or a stick pulled out."""
    with pytest.raises(UsageError) as absent:
        open_container(tmp_path / "no.zip")
    with pytest.raises(UsageError) as folder:
        open_container(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError) as pipe:
        open_container(tmp_path / "pipe")
    assert [error.value.code for error in (absent, folder, pipe)] == [
        *("bundle.absent", "bundle.not-a-file", "bundle.not-a-file")
    ]


def test_a_file_cut_while_it_is_read_is_no_verdict(tmp_path: Path) -> None:
    """Somebody else's program truncated it under our hands; the next run tells what it is now."""
    write_small(tmp_path / "b.zip")
    with open_container(tmp_path / "b.zip") as box:
        os.truncate(tmp_path / "b.zip", 10)
        with pytest.raises(StorageError) as caught:
            box.digest(EVIDENCE_NAME)
    assert caught.value.code == "storage.changed"


def test_a_closed_container_gives_its_file_back(tmp_path: Path) -> None:
    """A stick can be taken out after the verdict."""
    write_small(tmp_path / "b.zip")
    before = set(os.listdir("/dev/fd"))
    box = open_container(tmp_path / "b.zip")
    box.close()
    box.close()
    (tmp_path / "bad.zip").write_bytes(b"x")
    with pytest.raises(VerificationError):
        open_container(tmp_path / "bad.zip")
    assert set(os.listdir("/dev/fd")) == before


def test_the_members_cannot_be_changed_by_a_caller() -> None:
    """What was checked stays what is read."""
    box: Container = read_container(Memory(small_bytes()))
    with pytest.raises(TypeError):
        box.members["x"] = box.members[layout.BAGIT]  # type: ignore[index]
