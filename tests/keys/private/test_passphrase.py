"""The same letters open the same key file, wherever they are typed."""

from pathlib import Path

import pytest

from keys.private.passphrase import encode_passphrase, parse_passphrase, read_passphrase_file
from schemas.errors import SigningKeyError


def test_both_ways_of_writing_an_accent_are_one_passphrase() -> None:
    """One system types e with an accent, the other e and an accent: the key must open on both."""
    assert encode_passphrase("caf\u00e9 noir") == encode_passphrase("cafe\u0301 noir") == "café noir".encode()


def test_letters_that_only_look_alike_stay_different() -> None:
    """NFC, not NFKC: a passphrase isn't made weaker than it was typed."""
    assert encode_passphrase("\ufb01x") != encode_passphrase("fix")
    assert encode_passphrase(" a ") == b" a "


@pytest.mark.parametrize(
    ("raw", "passphrase"),
    [
        (b"open\n", b"open"),
        (b"open\r\n", b"open"),
        (b"open", b"open"),
        (b"open\n\n", b"open\n"),
        (b"open \n", b"open "),
        (b"open\r", b"open\r"),
        (b"\nopen\n", b"\nopen"),
    ],
)
def test_one_line_end_is_dropped_and_nothing_else(tmp_path: Path, raw: bytes, passphrase: bytes) -> None:
    """Editors end a file with a line end that nobody typed; any other white space may be meant."""
    path = tmp_path / "passphrase"
    path.write_bytes(raw)
    assert parse_passphrase(raw) == read_passphrase_file(path) == passphrase


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "passphrase.empty"),
        (b"\n", "passphrase.empty"),
        (b"\r\n", "passphrase.empty"),
        (b"\xff\n", "passphrase.malformed"),
        (b"a" * 4097, "passphrase.malformed"),
        (b"a" * 100_000, "passphrase.malformed"),
    ],
)
def test_a_file_without_a_passphrase_is_refused(tmp_path: Path, raw: bytes, code: str) -> None:
    """An empty passphrase would be no protection and look like one."""
    path = tmp_path / "passphrase"
    path.write_bytes(raw)
    with pytest.raises(SigningKeyError) as caught:
        read_passphrase_file(path)
    assert caught.value.code == code


def test_the_longest_passphrase_with_its_line_end_is_read(tmp_path: Path) -> None:
    """The cap is on the passphrase, not on the file."""
    path = tmp_path / "passphrase"
    path.write_bytes(b"a" * 4096 + b"\r\n")
    assert read_passphrase_file(path) == b"a" * 4096


@pytest.mark.parametrize(("text", "code"), [("", "passphrase.empty"), ("\ud800", "passphrase.malformed")])
def test_what_is_typed_must_be_text(text: str, code: str) -> None:
    """A prompt on a terminal with a wrong encoding gives letters that don't exist."""
    with pytest.raises(SigningKeyError) as caught:
        encode_passphrase(text)
    assert caught.value.code == code


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The user has to learn which of his settings is wrong."""
    with pytest.raises(SigningKeyError, match="nowhere") as caught:
        read_passphrase_file(tmp_path / "nowhere")
    assert caught.value.code == "passphrase.absent"
