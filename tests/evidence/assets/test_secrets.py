"""Seed phrases and private keys are found in whatever form they are typed, and prose is left alone."""

import unicodedata
from hashlib import sha256

import base58
import pytest
from hypothesis import given
from hypothesis import strategies as some
from mnemonic import Mnemonic

from custody.evidence.assets.secrets import kind_of_secret, looks_like_key, refuse_secrets, texts_of
from schemas.errors import UsageError

LANGUAGES = sorted(Mnemonic.list_languages())
PHRASE = "legal winner thank year wave sausage worth useful legal winner thank yellow"
WIF = base58.b58encode_check(b"\x80" + sha256(b"key").digest() + b"\x01").decode()


@given(some.sampled_from(LANGUAGES), some.sampled_from([16, 20, 24, 28, 32]), some.data())
def test_every_phrase_of_every_list_is_found(language: str, size: int, data: some.DataObject) -> None:
    """BIP-39 in all its languages and lengths, within other words, in capitals, decomposed."""
    phrase = Mnemonic(language).to_mnemonic(data.draw(some.binary(min_size=size, max_size=size)))
    for text in (phrase, phrase.upper(), unicodedata.normalize("NFC", phrase), f"found on paper: {phrase}. Sealed"):
        assert kind_of_secret(text) == "a seed phrase"


@pytest.mark.parametrize("between", [", ", "\n", "\t", " - ", "\u3000", "; ", "\u200b ", " | "])
def test_what_stands_between_the_words_hides_nothing(between: str) -> None:
    """Lists, tables, and characters that nobody sees."""
    assert kind_of_secret(between.join(PHRASE.split())) == "a seed phrase"
    numbered = " ".join(f"{place}. {word}" for place, word in enumerate(PHRASE.split(), start=1))
    assert kind_of_secret(numbered) == "a seed phrase"
    assert kind_of_secret("le\u200bgal" + PHRASE.removeprefix("legal")) == "a seed phrase"


@pytest.mark.parametrize(
    "text",
    [
        PHRASE.replace("yellow", "zoo"),
        " ".join(PHRASE.split()[:11]),
        PHRASE.replace("thank", "thanks"),
        "The examiner found the phone on the table in the room next to the wall and took it into custody",
        "的一是在不了有和人这中大为上个国我以要他",
        WIF[:-1] + ("a" if WIF[-1] != "a" else "b"),
        base58.b58encode_check(b"\x00" + bytes(20)).decode(),
        "xpub" + "1" * 107,
        "",
        "0" * 64,
    ],
)
def test_what_is_none_is_left_alone(text: str) -> None:
    """A wrong checksum, words of another list, addresses, prose: nothing that opens a wallet."""
    assert kind_of_secret(text) is None


@pytest.mark.parametrize("version", [0x80, 0xEF, 0xB0, 0x9E, 0xF1])
@pytest.mark.parametrize("tail", [b"", b"\x01"])
def test_a_private_key_is_found(version: int, tail: bytes) -> None:
    """Wallet import format of several chains, also where letters touch it."""
    key = base58.b58encode_check(bytes([version]) + sha256(b"key").digest() + tail).decode()
    for text in (key, f"key={key};", f"xx{key}", f"{key}yy"):
        assert kind_of_secret(text) == "a private key"


@pytest.mark.parametrize(
    "version", ["0488ade4", "049d7878", "04b2430c", "04358394", "045f18bc", "019d9cfe", "02fac398"]
)
def test_an_extended_private_key_is_found_and_a_public_one_is_not(version: str) -> None:
    """Xprv and its kin; what begins alike and holds a public key is no secret."""
    head = bytes.fromhex(version) + bytes(9) + sha256(b"code").digest()
    private = base58.b58encode_check(head + b"\0" + sha256(b"key").digest()).decode()
    public = base58.b58encode_check(head + b"\x02" + sha256(b"key").digest()).decode()
    assert (kind_of_secret(f"({private})"), kind_of_secret(public)) == ("an extended private key", None)


def test_the_error_says_nothing_of_the_text() -> None:
    """Errors go to logs."""
    with pytest.raises(UsageError) as found:
        refuse_secrets(f"note: {PHRASE}")
    told = f"{found.value} {found.value.text} {found.value.hint}"
    assert found.value.code == "secret.refused"
    assert not any(word in told for word in PHRASE.split())


@pytest.mark.parametrize(
    ("text", "is_like"),
    [("ab" * 32, True), (f"key 0x{'AB' * 32}.", True), ("ab" * 31, False), ("ab" * 33, False), ("g" + "a" * 64, False)],
)
def test_64_hex_digits_alone_are_noticed(text: str, is_like: bool) -> None:
    """They could be a private key, so a person is warned; they could be a digest, so nothing is refused."""
    assert looks_like_key(text) == is_like


def test_texts_are_found_at_any_depth() -> None:
    """Lists of lists, and names of fields."""
    assert set(texts_of({"a": ["b", ("c", {"d": 5, "e": True, "f": None})]})) == {"a", "b", "c", "d", "e", "f"}
