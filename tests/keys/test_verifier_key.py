"""The one line of text by which a log or cosigner is known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.ed25519 import check_signature
from keys.verifier_key import KeyType, format_verifier_key, parse_verifier_key, verifier_key
from schemas.errors import RecordError
from schemas.text import format_base64, parse_base64
from tests.keys.people import public
from tests.thirdparty import vector

FOO = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"


def _line(name: str, kind: int, key: bytes, digits: str = "00000000") -> str:
    return f"{name}+{digits}+{format_base64(bytes([kind]) + key)}"


def test_the_example_of_the_specification_is_read_and_written() -> None:
    """What everybody else reads, we read."""
    key = parse_verifier_key(FOO)
    assert (key.name, key.kind, key.type, key.id.hex()) == ("example.com/foo", 1, KeyType.LOG, "530d903a")
    assert format_verifier_key(key) == FOO
    assert verifier_key(name="example.com/foo", type=KeyType.LOG, key=key.key) == key


def test_a_foreign_logs_key_is_read() -> None:
    """A log that another program made has the same key id."""
    line = vector("tlog-tiles/vkey.txt").read_text("ascii").strip()
    assert format_verifier_key(parse_verifier_key(line)) == line


@given(number=st.integers(0, 50), name=st.text(min_size=1, max_size=20), type=st.sampled_from(["LOG", "COSIGNER"]))
def test_what_is_written_is_read_back(number: int, name: str, type: str) -> None:
    """A name that can be written but not read back would lock its owner out."""
    if any(letter.isspace() or letter == "+" or ord(letter) < 32 for letter in name):
        with pytest.raises(RecordError, match=r"vkey\.name"):
            verifier_key(name=name, type=KeyType[type], key=public(number))
    else:
        key = verifier_key(name=name, type=KeyType[type], key=public(number))
        assert parse_verifier_key(format_verifier_key(key)) == key


def test_one_key_has_different_ids_for_different_work() -> None:
    """A log's signature must never pass as a cosigner's."""
    log = verifier_key(name="a", type=KeyType.LOG, key=public(1))
    cosigner = verifier_key(name="a", type=KeyType.COSIGNER, key=public(1))
    assert log.id != cosigner.id


@pytest.mark.parametrize("kind", [0, 2, 3, 5, 6, 0xFA, 0xFF])
def test_a_key_of_an_unknown_type_is_read_and_verifies_nothing(kind: int) -> None:
    """A policy that names a post-quantum cosigner must stay readable; that cosigner doesn't count yet."""
    line = _line("later.example", kind, b"\x01" * 1312)
    key = parse_verifier_key(line)
    assert key.type is KeyType.UNKNOWN
    assert format_verifier_key(key) == line


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("", "vkey.malformed"),
        (FOO.replace("530d903a", "530D903A"), "text.hex"),
        (FOO.replace("530d903a", "0530d903a"), "text.hex"),
        (FOO.replace("530d903a", "530d903b"), "vkey.id"),
        (FOO.replace("example.com/foo", "example.com/fop"), "vkey.id"),
        (FOO.replace("example.com/foo", ""), "vkey.malformed"),
        (FOO.replace("example.com/foo", "example.com foo"), "vkey.malformed"),
        (FOO.replace("example.com/foo", "example.com\u2003foo"), "vkey.malformed"),
        (FOO.replace("example.com/foo", "example.com\ud800foo"), "vkey.malformed"),
        (FOO[:-1] + "l", "vkey.id"),
        (FOO[:-1], "text.base64"),
        (FOO + "\n", "text.base64"),
        (" " + FOO, "vkey.malformed"),
        (FOO + "=", "text.base64"),
        (_line("a", 1, public(1)[:-1]), "key.public"),
        (_line("a", 4, public(1) + b"\0"), "key.public"),
        (_line("a", 1, b"\x01" + bytes(31)), "key.public"),
        (_line("a", 4, b""), "vkey.malformed"),
        (_line("n" * 256, 1, public(1)), "vkey.malformed"),
    ],
)
def test_another_spelling_is_refused(line: str, code: str) -> None:
    """Keys are compared as text in trust files: two spellings would be two logs."""
    with pytest.raises(RecordError) as caught:
        parse_verifier_key(line)
    assert caught.value.code == code


def test_every_changed_letter_is_refused_or_of_unknown_type() -> None:
    """Name, id and key vouch for each other, so a slip of the pen is found; only the type may lead elsewhere."""
    for place in range(len(FOO)):
        for letter in "A0b+/ é":
            if letter == FOO[place]:
                continue
            try:
                key = parse_verifier_key(FOO[:place] + letter + FOO[place + 1 :])
            except RecordError:
                continue
            assert key.type is KeyType.UNKNOWN


def test_every_cut_line_is_refused() -> None:
    """A key that lost its tail in an e-mail must not be believed."""
    for length in range(len(FOO)):
        with pytest.raises(RecordError):
            parse_verifier_key(FOO[:length])


def test_a_read_key_verifies() -> None:
    """The raw key is the bytes after the type; signature and text are the specification's own."""
    blob = parse_base64("Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=")
    key = parse_verifier_key(FOO)
    assert blob[:4] == key.id
    check_signature(key=key.key, message=b"This is an example message.\n", signature=blob[4:])
