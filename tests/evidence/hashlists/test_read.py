"""Lists of digests in every form that tools write, and in every form in which people hand them on."""

import codecs
import subprocess
from hashlib import md5, sha1, sha256, sha512
from pathlib import Path
from shutil import which

import pytest

from custody.evidence.hashlists.compare import Known, compare
from custody.evidence.hashlists.model import HashListError, ParsedList
from custody.evidence.hashlists.read import read_hash_list
from custody.evidence.wording import shown

RAW = b"hello"
MD5, SHA1, SHA256, SHA512 = (make(RAW).hexdigest() for make in (md5, sha1, sha256, sha512))


def _only(parsed: ParsedList) -> tuple[bytes | None, str, int | None]:
    (entry,) = parsed.entries
    return entry.name, entry.values[0].digest, entry.size


FORMS = {
    "text": (f"{SHA256}  notes.txt\n", b"notes.txt", SHA256),
    "binary": (f"{SHA256} *notes.txt\n", b"notes.txt", SHA256),
    "upper": (f"{SHA256.upper()}  notes.txt\n", b"notes.txt", SHA256),
    "escaped": (f"\\{MD5}  a\\\\b\\nc\\rd\n", b"a\\b\nc\rd", MD5),
    "not escaped": (f"{MD5}  a\\\\b\n", b"a\\\\b", MD5),
    "spaces": (f"{MD5}   two  spaces \n", b" two  spaces ", MD5),
    "tagged": (f"SHA256 (a (b).txt) = {SHA256}\n", b"a (b).txt", SHA256),
    "tagged md5": (f"MD5 (a.txt) = {MD5}\n", b"a.txt", MD5),
    "sha512": (f"{SHA512}  a\n", b"a", SHA512),
    "sized": (f"         5  {MD5}  /x/notes.txt\n", b"/x/notes.txt", MD5),
    "no end": (f"{SHA1}  a", b"a", SHA1),
    "crlf": (f"{SHA1}  a\r\n", b"a", SHA1),
    "comment": (f"# made by me\n\n{SHA1}  a\n", b"a", SHA1),
    "device": (f"{SHA1}  /dev/sdb\n", None, SHA1),
    "pipe": (f"{SHA1}  -\n", None, SHA1),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_line_is_read(form: str) -> None:
    """What the tool wrote is what is compared, name for name and digit for digit."""
    text, name, digest = FORMS[form]
    parsed = read_hash_list(text.encode())
    assert _only(parsed)[:2] == (name, digest)
    assert (parsed.unknown, parsed.faults) == ((), ())


@pytest.mark.parametrize(
    "raw",
    [
        codecs.BOM_UTF8 + f"{MD5}  a\n".encode(),
        codecs.BOM_UTF16_LE + f"{MD5}  a\r\n".encode("utf-16-le"),
        codecs.BOM_UTF16_BE + f"{MD5}  a\n".encode("utf-16-be"),
    ],
)
def test_a_byte_order_mark_is_no_part_of_the_list(raw: bytes) -> None:
    """Windows writes one, and the first digest must not be lost by it."""
    assert _only(read_hash_list(raw))[:2] == (b"a", MD5)


FAULTS = {
    "length": (f"{MD5}  a\n{MD5}0  b\n", "hash-list.length"),
    "short": (f"{MD5[:-2]}  a\n", "hash-list.length"),
    "wrong for its tag": (f"SHA256 (a) = {MD5}\n", "hash-list.length"),
    "line ends": (f"{MD5}  a\r\n{MD5}  b\n{MD5}  c\r\n", "hash-list.line-ends"),
    "duplicate": (f"{MD5}  a\n{MD5[::-1]}  a\n", "hash-list.duplicate"),
    "hashdeep length": (f"%%%% HASHDEEP-1.0\n%%%% size,md5,filename\n5,{SHA1},a\n", "hash-list.length"),
    "map": ("# Mapfile. Created by GNU ddrescue version 1.27\n0x0 + 1\n0x0 0x10 +\n0x20 0x10 +\n", "hash-list.map"),
    "log": (f"dc3dd 7.2.646 started\n   {MD5} (sha256)\n", "hash-list.length"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_wrong_with_a_list_has_its_code(fault: str) -> None:
    """A list that somebody edited proves nothing until somebody says that it does."""
    text, code = FAULTS[fault]
    assert code in {item.code for item in read_hash_list(text.encode()).faults}


def test_the_same_line_twice_is_no_fault() -> None:
    """Two lists put together say the same of the same file."""
    assert read_hash_list(f"{MD5}  a\n{MD5}  a\n".encode()).faults == ()


REFUSED = {
    "nothing": (b"", "hash-list.format"),
    "prose": (b"Dear colleague,\nthe disk is in the post.\n", "hash-list.format"),
    "zeros": (bytes(100), "hash-list.encoding"),
    "half of UTF-16": (codecs.BOM_UTF16_LE + b"a\x00b", "hash-list.encoding"),
    "no header": (b"%%%% HASHDEEP-1.0\n5,abc,a\n", "hash-list.header"),
    "unknown column": (b"%%%% HASHDEEP-1.0\n%%%% size,crc32,filename\n5,abc,a\n", "hash-list.header"),
    "nothing below": (b"%%%% HASHDEEP-1.0\n%%%% size,md5,filename\n", "hash-list.empty"),
    "no digest": (b"GUYMAGER ACQUISITION INFO FILE\nMD5 hash : --\n", "hash-list.empty"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_list_is_refused(name: str) -> None:
    """A letter that is taken for a list would be 'checked' with nothing in it."""
    raw, code = REFUSED[name]
    with pytest.raises(HashListError) as caught:
        read_hash_list(raw)
    assert caught.value.code == code


def test_unknown_lines_are_counted_and_not_guessed() -> None:
    """A line that half looks like one of a list may be somebody's remark."""
    parsed = read_hash_list(f"{MD5}  a\nWARNING: 1 line is improperly formatted\n{MD5} b\n".encode())
    assert (len(parsed.entries), parsed.unknown) == (1, (2, 3))


def test_hashdeep_has_sizes_and_names_with_commas() -> None:
    """Its names are the rest of the line, commas and all."""
    text = f"%%%% HASHDEEP-1.0\n%%%% size,md5,sha256,filename\n## $ hashdeep -r .\n5,{MD5},{SHA256},/x/a,b.txt\n"
    parsed = read_hash_list(text.encode())
    (entry,) = parsed.entries
    assert (parsed.kind, entry.name, entry.size) == ("hashdeep", b"/x/a,b.txt", 5)
    assert [value.digest for value in entry.values] == [MD5, SHA256]


@pytest.mark.skipif(which("hashdeep") is None or which("md5deep") is None, reason="hashdeep absent")
@pytest.mark.parametrize(
    "command", [["hashdeep", "-c", "md5,sha1,sha256"], ["md5deep", "-z"], ["md5deep"], ["sha256deep"]]
)
def test_what_the_tools_themselves_write_matches(command: list[str], tmp_path: Path) -> None:
    """The forms here are from their documents; these are from the programs."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "a, b.txt").write_bytes(RAW)
    (tmp_path / "sub" / "c.bin").write_bytes(RAW)
    written = subprocess.run([*command, "-r", str(tmp_path)], capture_output=True, check=True).stdout
    known = Known({"md5": MD5, "sha1": SHA1, "sha256": SHA256}, len(RAW))
    result = compare(read_hash_list(written), files={b"a, b.txt": known, b"sub/c.bin": known}, medium=None)
    assert (result.differences, result.absent, result.unlisted, result.unchecked) == ([], [], 0, 0)
    assert result.matching >= 2


def test_names_that_are_shown_are_safe() -> None:
    """A list is hostile input as much as the evidence is."""
    text = f"{MD5}  a\x1b[2Jb\n{SHA1}  a\n{MD5[::-1]}  a\x1b[2Jb\n"
    (fault,) = read_hash_list(text.encode()).faults
    assert "\x1b" not in fault.text
    assert shown(b"a\x1b[2Jb") in fault.text
