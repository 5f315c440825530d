"""Seed phrases and private keys are found in whatever form they are typed, and prose is left alone."""

import hmac
import json
import unicodedata
from hashlib import sha256
from random import Random

import base58
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from hypothesis import given
from hypothesis import strategies as some
from mnemonic import Mnemonic
from pyrage.x25519 import Identity  # type: ignore[import-untyped]
from shamir_mnemonic.share import Share  # type: ignore[import-untyped]
from shamir_mnemonic.wordlist import WORDLIST  # type: ignore[import-untyped]

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


@pytest.mark.parametrize("version", ["01", "100", "101", "102"])
def test_a_phrase_of_electrum_is_found(version: str) -> None:
    """Its words are those of BIP-39, and their checksum is another."""
    english = Mnemonic("english")
    phrases = (
        " ".join(english.wordlist[sha256(b"%d %d" % (number, at)).digest()[0] * 8] for at in range(12))
        for number in range(1 << 16)
    )
    found = next(
        phrase
        for phrase in phrases
        if hmac.digest(b"Seed version", phrase.encode(), "sha512").hex().startswith(version)
        and not english.check(phrase)
    )
    assert kind_of_secret(found.upper()) == "a seed phrase"


@given(some.sampled_from([16, 18, 20, 24, 28, 32, 64]), some.booleans(), some.data())
def test_a_share_of_a_secret_is_found(size: int, extendable: bool, data: some.DataObject) -> None:
    """SLIP-39: who finds enough of them has the wallet, so each is kept out."""
    value = data.draw(some.binary(min_size=size, max_size=size))
    share = Share(data.draw(some.integers(0, 32767)), extendable, 1, 0, 1, 1, 0, 1, value).mnemonic()
    # Its words may by chance be a phrase of the other list as well.
    kinds = {"a seed phrase", "a share of a secret"}
    assert kind_of_secret(share) in kinds
    assert kind_of_secret("Paper: " + ", ".join(share.upper().split())) in kinds
    words = share.split()
    words[5], words[6] = words[6], words[5]
    assert kind_of_secret(" ".join(words)) in ({None, "a seed phrase"} if words != share.split() else kinds)


def test_the_first_four_letters_of_each_word_are_enough() -> None:
    """That is how phrases are punched into steel."""
    assert kind_of_secret(" ".join(word[:4] for word in PHRASE.split())) == "a seed phrase"


def _age() -> str:
    return str(Identity.generate())


def _keystore() -> str:
    secret = {
        "cipher": "aes-128-ctr",
        "ciphertext": "ab" * 32,
        "kdf": "scrypt",
        "kdfparams": {"n": 2},
        "mac": "cd" * 32,
    }
    return json.dumps({"address": "ab" * 20, "crypto": secret, "version": 3})


_KEY = Ed25519PrivateKey.generate()
_PEM = [
    _KEY.private_bytes(Encoding.PEM, form, how).decode()
    for form, how in (
        (PrivateFormat.PKCS8, NoEncryption()),
        (PrivateFormat.PKCS8, BestAvailableEncryption(b"word")),
        (PrivateFormat.OpenSSH, NoEncryption()),
    )
]


KEY_FILES = [
    *((pem, "a private key") for pem in _PEM),
    ("-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nxcLY", "a private key"),
    ("-----BEGIN RSA PRIVATE KEY-----", "a private key"),
    ("PuTTY-User-Key-File-3: ssh-ed25519", "a private key"),
    (
        json.dumps({"kty": "OKP", "crv": "Ed25519", "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}),
        "a private key",
    ),
    (_age(), "a private key"),
    (f"key: {_age().lower()}.", "a private key"),
    (_keystore(), "a wallet's keystore"),
    (base58.b58encode_check(b"\x01\x42\xe0" + bytes(36)).decode(), "a private key under a passphrase"),
]


@pytest.mark.parametrize("place", range(len(KEY_FILES)))
def test_key_files_of_other_programs_are_found(place: int) -> None:
    """A key file is attached as easily as a photo, and a passphrase on it only takes time."""
    text, kind = KEY_FILES[place]
    assert kind_of_secret(text) == kind
    assert kind_of_secret(f"note\n{text}\nend") == kind


PUBLIC = [
    "-----BEGIN PUBLIC KEY-----",
    "-----BEGIN CERTIFICATE-----",
    "the private key was in the envelope",
    str(Identity.generate().to_public()),
    "AGE-SECRET-KEY-1" + "Q" * 58,
    json.dumps({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}),
    json.dumps({"ciphertext": "ab" * 32, "nonce": "00"}),
]


@pytest.mark.parametrize("place", range(len(PUBLIC)))
def test_public_keys_and_talk_of_private_ones_are_left_alone(place: int) -> None:
    """What may be recorded must not be refused."""
    assert kind_of_secret(PUBLIC[place]) is None


def test_a_long_text_costs_no_more_than_its_length() -> None:
    """A megabyte of words or of one character is looked through in a moment, whoever made it."""
    for text in ('"kdf":' * 100_000, "a" * 1_000_000, "-----BEGIN " * 5_000, "kdf mac ciphertext " * 50_000):
        assert kind_of_secret(text) is None


def test_words_of_a_list_that_repeat_are_tested_once() -> None:
    """A megabyte of nothing but words of a list costs no more than other texts, and a phrase behind it is found."""
    text = "abandon " * 130_000
    assert kind_of_secret(text) is None
    assert kind_of_secret(f"{text} {PHRASE}") == "a seed phrase"
    assert kind_of_secret("5" * 1_000_000) is None


def test_more_words_of_a_list_than_chance_leaves_without_a_phrase_are_refused() -> None:
    """Whoever types nothing but such words, so that no checksum holds, can't buy hours of tests or hide one behind."""
    words = [word for word in WORDLIST if word not in Mnemonic("english").wordlist]
    typed = Random(7).choices(words, k=5000)
    assert kind_of_secret(" ".join(typed[:3000])) is None
    assert kind_of_secret(" ".join(typed)) == "a share of a secret"


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
