"""The bag: exactly one spelling, and yet a bag to everybody else."""

import re
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import bag, layout, limits
from schemas.errors import RecordError
from tests.bundle.making import contents, write_small
from tests.thirdparty import vector

A, B = "a" * 64, "b" * 64


def _code(raw: bytes) -> str:
    with pytest.raises(RecordError) as caught:
        bag.parse_manifest(raw)
    return caught.value.code


def test_a_manifest_is_read_as_it_was_written() -> None:
    """The exporting entry commits to these bytes."""
    raw = bag.format_manifest([("data/b", B), ("data/a", A)])
    assert raw == f"{A}  data/a\n{B}  data/b\n".encode()
    assert bag.parse_manifest(raw) == (("data/a", A), ("data/b", B))
    assert bag.parse_manifest(bag.format_manifest([])) == ()


def test_a_line_counts_its_end_among_its_bytes() -> None:
    """The limit is that of a manifest's line, its line feed included."""
    longest = f"{A}  data/{'a' * (limits.MANIFEST_LINE - 72)}\n".encode()
    assert len(longest) == limits.MANIFEST_LINE
    assert len(bag.parse_manifest(longest)) == 1
    assert _code(longest.replace(b"data/", b"data/a")) == "bag.manifest"


@pytest.mark.parametrize(
    "line",
    [
        f"{A} data/a\n",
        f"{A}\tdata/a\n",
        f"{A}   data/a\n",
        f"{A} *data/a\n",
        f"{A.upper()}  data/a\n",
        f"{A[:63]}  data/a\n",
        f"{A}{A}  data/a\n",
        f"{A}  data/a\r\n",
        f"{A}  data/a\r",
        f"{A}  data/a",
        f"{A}  data/a \n",
        f"{A}  \n",
        f"\n{A}  data/a\n",
        f"{A}  data/a\n\n",
        f"\ufeff{A}  data/a\n",
        f"{A}  {'d' * 70_000}\n",
    ],
)
def test_a_line_in_another_spelling_is_refused(line: str) -> None:
    """RFC 8493 lets writers choose; two spellings of one bag would be two digests of one truth."""
    assert _code(line.encode()) == "bag.manifest"


@pytest.mark.parametrize(
    "path",
    [
        *("/etc/passwd", "../x", "data/../../x", "data/./x", "./data/x", "data//x", "data/", "~/x", "data/.hidden"),
        *("C:/x", "C:\\x", "data\\..\\x", "\\\\host\\x", "data/%2e%2e/x", "data/%0Ax", "data/a b", "data/\u00e9"),
        *("data/\u202ex", "data/a\x00", "data/a\x0b", "data/a\u0085", "data/a\u2028", "$HOME/x", "file:///x", ""),
    ],
)
def test_a_path_that_could_lead_elsewhere_is_refused(path: str) -> None:
    """A bag that is unpacked by a foreign tool must not write outside of its folder."""
    assert _code(f"{A}  {path}\n".encode()) == "bag.manifest"
    with pytest.raises(RecordError):
        bag.format_manifest([(path, A)])


def test_a_path_listed_twice_is_refused() -> None:
    """Which of two digests counts would be the reader's choice; the same digest twice counts the bytes twice."""
    assert _code(f"{A}  data/a\n{B}  data/a\n".encode()) == "bag.twice"
    assert _code(f"{A}  data/a\n{A}  data/a\n".encode()) == "bag.twice"
    assert _code(f"{A}  data/b\n{B}  data/a\n".encode()) == "bag.order"


@given(
    items=st.dictionaries(st.from_regex(r"[a-z0-9]{1,3}(/[a-z0-9_-]{1,3})?", fullmatch=True), st.just(A)),
    data=st.data(),
)
def test_no_change_of_a_byte_leaves_a_manifest_as_it_was(items: dict[str, str], data: st.DataObject) -> None:
    """Reading is one to one: whatever is accepted is what would be written."""
    raw = bytearray(bag.format_manifest(items.items()))
    if raw:
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = bag.parse_manifest(bytes(raw))
    except RecordError:
        return
    assert bag.format_manifest(found) == bytes(raw)


def test_the_payload_is_counted_in_bytes_and_files() -> None:
    """A lost file shows before anything is hashed."""
    raw = bag.format_bag_info(total_bytes=2**53 - 1, count=3)
    assert raw == b"Payload-Oxum: 9007199254740991.3\n"
    assert bag.parse_bag_info(raw) == bag.Oxum(bytes=2**53 - 1, count=3)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"Payload-Oxum: 1.1",
        b"Payload-Oxum: 1.1\r\n",
        b"Payload-Oxum: 01.1\n",
        b"Payload-Oxum: 1.1\nBagging-Date: 2026-11-21\n",
        b"Payload-Oxum:  1.1\n",
        b"payload-oxum: 1.1\n",
        b"Payload-Oxum: -1.1\n",
        b"Payload-Oxum: 1\n",
        b"Payload-Oxum: 9007199254740992.1\n",
        b"Payload-Oxum: 1.2000001\n",
        b"Payload-Oxum: 1.1\n" + b" " * 200,
        "Payload-Oxum: \u0661.1\n".encode(),
    ],
)
def test_bag_info_has_one_line_in_one_spelling(raw: bytes) -> None:
    """A field more would be a message that nobody signed for."""
    with pytest.raises(RecordError):
        bag.parse_bag_info(raw)


def test_the_declaration_has_one_spelling() -> None:
    """RFC 8493 section 2.1.1 says so itself."""
    bag.check_declaration(bag.DECLARATION)
    for wrong in (
        b"",
        bag.DECLARATION[:-1],
        bag.DECLARATION.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + bag.DECLARATION,
    ):
        with pytest.raises(RecordError):
            bag.check_declaration(wrong)


@pytest.mark.parametrize(
    "name", ["same-filename-listed-twice-with-different-hashes", "same-filename-listed-twice-with-the-same-hash"]
)
def test_a_foreign_bag_that_lists_a_file_twice_is_refused(name: str) -> None:
    """The Library of Congress's conformance suite calls these invalid."""
    assert _code(vector(f"bagit/v1.0/invalid/{name}/manifest-sha256.txt").read_bytes()) == "bag.twice"


@pytest.mark.parametrize("name", ["bagit-with-invalid-whitespace", "same-filename-listed-twice-with-different-hashes"])
def test_a_foreign_declaration_with_spaces_is_refused(name: str) -> None:
    """The same suite: white space around the colon or at the end of a line."""
    with pytest.raises(RecordError):
        bag.check_declaration(vector(f"bagit/v1.0/invalid/{name}/bagit.txt").read_bytes())


def test_a_foreign_manifest_that_forgets_a_file_does_not_list_it() -> None:
    """The same suite: the verifier compares what is listed with what is there."""
    folder = vector("bagit/v1.0/invalid/notAllManifestsListAllFiles")
    lines = (folder / "manifest-sha512.txt").read_text().splitlines()
    listed = bag.parse_manifest(bag.format_manifest((line.split("  ")[1], line[:64]) for line in lines))
    there = {path.relative_to(folder).as_posix() for path in (folder / "data").iterdir()}
    assert {path for path, _ in listed} < there


def test_a_foreign_valid_bag_has_our_declaration() -> None:
    """The same suite's valid bag: what we write is what others expect."""
    bag.check_declaration(vector("bagit/v1.0/valid/basicBag/bagit.txt").read_bytes())


def _read_as_rfc_8493_says(manifest: Path) -> dict[str, str]:
    """Take digest, white space, path from each line (RFC 8493 section 2.1.3)."""
    pairs = [line.split(None, 1) for line in manifest.read_text("utf-8").splitlines()]
    return {path: digest for digest, path in pairs}


def test_an_unpacked_bundle_is_a_valid_bag(tmp_path: Path) -> None:
    """Checked by the text of RFC 8493 sections 2 and 3 alone, as a foreign archive would."""
    write_small(tmp_path / "b.zip")
    home = tmp_path / "bag"
    with zipfile.ZipFile(tmp_path / "b.zip") as other:
        other.extractall(home)
    there = {path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()}
    assert (home / "bagit.txt").read_text() == "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    payload = _read_as_rfc_8493_says(home / "manifest-sha256.txt")
    tags = _read_as_rfc_8493_says(home / "tagmanifest-sha256.txt")
    assert set(payload) == {name for name in there if name.startswith("data/")}
    assert set(tags) == {name for name in there if not name.startswith("data/")} - {"tagmanifest-sha256.txt"}
    for name, digest in {**payload, **tags}.items():
        assert sha256((home / name).read_bytes()).hexdigest() == digest
    assert re.fullmatch(r"Payload-Oxum: \d+\.\d+\n", (home / "bag-info.txt").read_text())
    assert set(payload) == {name for name in contents() if layout.is_payload(name)}
