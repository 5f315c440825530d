"""The writer: one form, readable by anyone, there whole or not at all."""

import io
import os
import resource
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest

from custody.bundle.container import open_container
from custody.bundle.zip_write import ContainerWriter, write_container
from schemas import layout
from schemas.errors import RecordError, StorageError, UsageError, VerificationError
from tests.bundle.making import EVIDENCE, EVIDENCE_NAME, contents, small_bytes, write_small


@contextmanager
def _file_limit(size: int) -> Iterator[None]:
    """Let the system refuse to make any file larger than ``size`` bytes, as a full disk would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_another_zip_program_reads_every_member(tmp_path: Path) -> None:
    """A court without our software opens the bundle with what it has."""
    write_small(tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as other:
        assert other.testzip() is None
        found = {name: other.read(name) for name in other.namelist()}
    tags = found.pop(layout.TAG_MANIFEST)
    assert found == contents()
    assert list(found) == list(contents())
    assert tags.count(b"\n") == len([name for name in found if not layout.is_payload(name)])


def test_the_first_bytes_are_those_of_the_specification() -> None:
    """The form is fixed by the spec's text, not by this program: a foreign writer must come to the same bytes."""
    raw, name, content = small_bytes(), b"bagit.txt", contents()[layout.BAGIT]
    crc = zlib.crc32(content)
    expected = b"PK\x03\x04" + bytes.fromhex("1400 0000 0000 0000 2100") + struct.pack("<I", crc)
    expected += struct.pack("<IIHH", len(content), len(content), 9, 0) + name + content
    assert raw.startswith(expected)
    directory = raw.index(b"PK\x01\x02")
    central = b"PK\x01\x02" + bytes.fromhex("1400 1400 0000 0000 0000 2100") + struct.pack("<I", crc)
    central += struct.pack("<II5HII", len(content), len(content), 9, 0, 0, 0, 0, 0, 0) + name
    assert raw[directory:].startswith(central)
    count = len(contents()) + 1
    end = struct.pack("<4s4HIIH", b"PK\x05\x06", 0, 0, count, count, len(raw) - 22 - directory, directory, 0)
    assert raw.endswith(end)


def test_a_streamed_member_has_the_bytes_of_one_at_hand(tmp_path: Path) -> None:
    """How content reached the writer must not show in the bundle."""
    with write_container(tmp_path / "b.zip") as writer:
        for name, raw in contents().items():
            writer.add_stream(name, io.BytesIO(raw), size=len(raw), sha256_hex=sha256(raw).hexdigest())
        writer.check_written()
        writer.add_tag_manifest()
    assert (tmp_path / "b.zip").read_bytes() == small_bytes()


@pytest.mark.parametrize("size", [len(EVIDENCE) - 1, len(EVIDENCE) + 1])
def test_a_source_of_another_size_is_refused(tmp_path: Path, size: int) -> None:
    """A file that grew or shrank since it was hashed would make every later offset a lie."""
    with pytest.raises(VerificationError) as caught, write_container(tmp_path / "b.zip") as writer:
        writer.add_stream(EVIDENCE_NAME, io.BytesIO(EVIDENCE), size=size)
    assert caught.value.code == "bundle.source-changed"
    assert list(tmp_path.iterdir()) == []


def test_a_source_with_another_digest_is_refused(tmp_path: Path) -> None:
    """Bytes that rotted in the store must not travel under the digest that they had."""
    with pytest.raises(VerificationError) as caught, write_container(tmp_path / "b.zip") as writer:
        writer.add_stream(EVIDENCE_NAME, io.BytesIO(b"x"), size=1, sha256_hex=sha256(EVIDENCE).hexdigest())
    assert caught.value.code == "bundle.source-changed"
    assert list(tmp_path.iterdir()) == []


def test_nothing_appears_where_the_block_fails(tmp_path: Path) -> None:
    """Half a bundle under its final name would be sent."""

    def interrupted() -> None:
        with write_container(tmp_path / "b.zip") as writer:
            writer.add(layout.BAGIT, b"x")
            assert not (tmp_path / "b.zip").exists()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    """What fails for lack of space must not keep the space, nor look like a bundle."""
    raw = os.urandom(1 << 20)
    with (
        _file_limit(1 << 16),
        pytest.raises(StorageError) as caught,
        write_container(tmp_path / "b.zip") as writer,
    ):
        writer.add_stream(EVIDENCE_NAME, io.BytesIO(raw), size=len(raw))
    assert caught.value.code == "storage.full"
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_full_at_the_very_end_leaves_nothing_behind(tmp_path: Path) -> None:
    """The last bytes reach the disk when the file is closed; an error there counts as any other."""
    with (
        pytest.raises(StorageError) as caught,
        _file_limit(100),
        write_container(tmp_path / "b.zip") as writer,
    ):
        writer.add(layout.BAGIT, b"x" * 200)
    assert caught.value.code == "storage.full"
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_the_disk_will_not_keep_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was reported as failed must not be there after all."""

    def fail(_: Path) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("custody.bundle.whole_file.sync_directory", fail)
    with pytest.raises(StorageError) as caught:
        write_small(tmp_path / "b.zip")
    assert caught.value.code == "storage.io"
    assert list(tmp_path.iterdir()) == []


def test_an_existing_file_is_never_replaced(tmp_path: Path) -> None:
    """The bundle sent last year must survive a slip of the keyboard, also one made while this one is written."""
    (tmp_path / "old.zip").write_bytes(b"old")
    with pytest.raises(UsageError) as early, write_container(tmp_path / "old.zip"):
        raise AssertionError

    def overtaken() -> None:
        with write_container(tmp_path / "new.zip") as writer:
            writer.add(layout.BAGIT, b"x")
            (tmp_path / "new.zip").write_bytes(b"theirs")

    with pytest.raises(UsageError) as late:
        overtaken()
    assert (early.value.code, late.value.code) == ("bundle.exists", "bundle.exists")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"old.zip": b"old", "new.zip": b"theirs"}


def test_a_disk_without_hard_links_takes_a_bundle_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bundles travel on memory sticks, whose file system knows no links."""

    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    write_small(tmp_path / "b.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["b.zip"]
    open_container(tmp_path / "b.zip").close()


def test_a_disk_that_gives_other_bytes_back_is_noticed(tmp_path: Path) -> None:
    """The exporting entry promises digests for all time, so they are those of the bytes on the disk."""
    path = tmp_path / "b"
    path.touch()
    with path.open("r+b") as file:
        writer = ContainerWriter(file)
        written = writer.add(layout.BAGIT, b"declaration")
        writer.check_written()
        file.flush()
        os.pwrite(file.fileno(), b"D", written.member.content)
        with pytest.raises(StorageError) as caught:
            writer.check_written()
    assert caught.value.code == "storage.lied"


@pytest.mark.parametrize("second", ["bagit.txt", "bag-info.txt", "data/../x"])
def test_the_writer_writes_nothing_that_a_reader_would_refuse(tmp_path: Path, second: str) -> None:
    """Order and names are the caller's duty; breaking it is a bug that must not reach another country."""

    def careless() -> None:
        with write_container(tmp_path / "b.zip") as writer:
            writer.add(layout.BAG_INFO, b"")
            writer.add(second, b"")

    with pytest.raises((AssertionError, RecordError)):
        careless()
    assert list(tmp_path.iterdir()) == []


def test_a_bundle_is_readable_for_its_owner_only(tmp_path: Path) -> None:
    """It holds what a court has sealed."""
    write_small(tmp_path / "b.zip")
    assert (tmp_path / "b.zip").stat().st_mode & 0o777 == 0o600


def test_reading_a_bundle_loads_no_zip_library() -> None:
    """`custody verify` has a third of a second for all of it."""
    code = "import sys; import custody.bundle.container; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"zipfile", "shutil", "tempfile", "csv", "unicodedata"}.isdisjoint(done.stdout.split())
