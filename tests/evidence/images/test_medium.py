"""One medium has one digest, whatever it is wrapped in."""

import os
import sys
from collections.abc import Callable
from hashlib import md5, sha256
from pathlib import Path

import pytest

from custody.evidence.images.job import Job
from custody.evidence.images.medium import read_medium
from custody.evidence.images.prepare import find_images
from tests.evidence.images.conftest import Read
from tests.evidence.images.forge_disks import write_compressed_qcow2, write_qcow2, write_vhd, write_vmdk
from tests.evidence.images.forge_ewf import CHUNK_BYTES, Shape, forge


def _write_raw(folder: Path, medium: bytes) -> Path:
    path = folder / "disk.dd"
    path.write_bytes(medium)
    return path


def _write_split(folder: Path, medium: bytes, names: tuple[str, ...]) -> Path:
    share = -(-len(medium) // len(names) // 512) * 512
    for place, name in enumerate(names):
        (folder / f"disk.{name}").write_bytes(medium[place * share : (place + 1) * share])
    return folder / f"disk.{names[0]}"


CONTAINERS: dict[str, Callable[[Path, bytes], Path]] = {
    "raw": _write_raw,
    "numbered": lambda folder, medium: _write_split(folder, medium, ("001", "002", "003")),
    "from zero": lambda folder, medium: _write_split(folder, medium, ("000", "001")),
    "lettered": lambda folder, medium: _write_split(folder, medium, ("aa", "ab", "ac")),
    "E01": lambda folder, medium: forge(medium).write(folder)[0],
    "E01 of five": lambda folder, medium: forge(medium, Shape(segments=5)).write(folder)[0],
    "E01 stored": lambda folder, medium: forge(medium, Shape(compress=False)).write(folder)[0],
    "qcow2": lambda folder, medium: write_qcow2(folder / "disk.qcow2", medium),
    "qcow2 compressed": lambda folder, medium: write_compressed_qcow2(folder / "disk.qcow2", medium),
    "qcow2 in small clusters": lambda folder, medium: write_compressed_qcow2(folder / "d.qcow2", medium, bits=12),
    "vhd": lambda folder, medium: write_vhd(folder / "disk.vhd", medium),
    "vmdk": lambda folder, medium: write_vmdk(folder / "disk.vmdk", medium),
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_medium_has_one_digest_in_every_container(name: str, medium: bytes, tmp_path: Path, read: Read) -> None:
    """Examiners convert images; that two exhibits hold the same disk must show by itself."""
    (image,) = find_images([CONTAINERS[name](tmp_path, medium)], is_image=False)
    found = read([Path(os.fsdecode(path)) for path in image.paths], image.container)
    assert (image.faults, found.faults) == ((), ())
    assert (found.not_read, found.size, found.digests["sha256"]) == (None, len(medium), sha256(medium).hexdigest())


def test_what_an_image_says_of_itself_is_read(medium: bytes, tmp_path: Path, read: Read) -> None:
    """Case data, stored hashes and bad sectors are what an examiner compares with his notes."""
    found = read(forge(medium, Shape(errors=[(5, 2), (70, 64)])).write(tmp_path))
    assert found.header["examiner"] == "examiner-1"
    assert found.header["case_number"] == "case-7"
    assert found.stored["md5"] == md5(medium).hexdigest() == found.digests["md5"]
    assert found.unreadable == ((5, 2), (70, 64))
    assert (found.sector_size, found.compression) == (512, "deflate")
    assert found.readers.keys() == {"libewf", "custody"}


@pytest.mark.parametrize("compress", [True, False])
def test_smart_images_are_read_and_their_damage_is_found(
    compress: bool, medium: bytes, tmp_path: Path, read: Read
) -> None:
    """SMART (s01) has a short volume section, no checksum behind the entries, and the chunks in the table's section."""
    shape = Shape(is_smart=True, compress=compress, has_sha1=False)
    forged = forge(medium, shape)
    (tmp_path / "disk.s01").write_bytes(forged.segments[0])
    (image,) = find_images([tmp_path / "disk.s01"], is_image=False)
    assert image.container == "ewf-s01"
    found = read([tmp_path / "disk.s01"], "ewf-s01")
    assert (found.not_read, found.faults, found.damaged) == (None, (), ())
    assert (found.size, found.digests["sha256"]) == (len(medium), sha256(medium).hexdigest())
    assert found.stored["md5"] == md5(medium).hexdigest() == found.digests["md5"]
    assert found.readers.keys() == {"libewf", "custody"}
    (tmp_path / "disk.s01").write_bytes(forged.damage(3).segments[0])
    found = read([tmp_path / "disk.s01"], "ewf-s01")
    assert found.damaged == ((3 * CHUNK_BYTES, CHUNK_BYTES),)
    assert {fault.damage for fault in found.faults} == {"container-checksum", "stored-hash"}


def test_a_name_that_is_not_utf_8_is_read(medium: bytes, tmp_path: Path, read: Read) -> None:
    """Libewf opens files by UTF-8 names only; evidence has other ones."""
    forge(medium).write(tmp_path, "disk")
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.E01"))
    (tmp_path / "disk.E01").rename(odd)
    assert read([odd]).digests["sha256"] == sha256(medium).hexdigest()


@pytest.mark.parametrize(("container", "module"), [("ewf-e01", "pyewf"), ("qcow2", "pyqcow"), ("vmdk", "pyvmdk")])
def test_without_the_library_the_medium_is_said_not_to_be_read(
    container: str, module: str, medium: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The extra is optional; silence about the medium would look as if it had been checked."""
    monkeypatch.setitem(sys.modules, module, None)
    forge(medium, Shape(segments=2)).write(tmp_path)
    paths = (os.fsencode(tmp_path / "disk.E01"),)
    found = read_medium(Job(container=container, paths=paths), report=lambda *_: None)  # type: ignore[arg-type]
    assert (found.not_read, found.digests) == ("library-absent", {})
    if container == "ewf-e01":
        assert [fault.damage for fault in found.faults] == ["segment-missing"]


def test_media_that_need_another_image_or_a_password_are_not_read(medium: bytes, tmp_path: Path, read: Read) -> None:
    """A digest of half of a medium, or of its ciphertext, would be compared with others by somebody."""
    assert read([write_qcow2(tmp_path / "a.qcow2", medium, backing=b"base.img")], "qcow2").not_read == "needs-parent"
    assert read([write_qcow2(tmp_path / "b.qcow2", medium, crypt=1)], "qcow2").not_read == "encrypted"


@pytest.mark.parametrize("feature", [0b100, 0b1_0000, 1 << 63])
def test_what_the_library_does_not_know_is_not_read(feature: int, medium: bytes, tmp_path: Path, read: Read) -> None:
    """Data in another file, or entries of another form: such an image is whole, and its medium is not told here."""
    found = read([write_compressed_qcow2(tmp_path / "a.qcow2", medium, features=feature)], "qcow2")
    assert (found.not_read, found.faults, found.digests) == ("unsupported", (), {})


def test_a_compressed_cluster_that_is_damaged_is_no_zeros(medium: bytes, tmp_path: Path, read: Read) -> None:
    """A digest of what a library makes of damage would be one of no disk that ever was."""
    path = write_compressed_qcow2(tmp_path / "a.qcow2", medium)
    raw = bytearray(path.read_bytes())
    raw[-2000:-512] = bytes(1488)
    path.write_bytes(raw)
    found = read([path], "qcow2")
    assert (found.not_read, found.digests) == ("library-failed", {})
    assert [fault.damage for fault in found.faults] == ["container-structure"]


def test_a_descriptor_opens_no_file_that_was_not_registered(medium: bytes, tmp_path: Path, read: Read) -> None:
    """A seized VMDK may name any file of the examiner's machine as its extent."""
    outside = tmp_path / "outside"
    outside.write_bytes(medium)
    (tmp_path / "in").mkdir()
    for name in (str(outside), "../outside", "..\\outside"):
        path = write_vmdk(tmp_path / "in" / "disk.vmdk", medium, extent=name)
        (image,) = find_images([path], is_image=False)
        assert image.paths == (os.fsencode(path),)
        assert [fault.damage for fault in image.faults] == ["segment-missing"]
        assert read([path], "vmdk").digests == {}
