"""What is encrypted to an authority opens with its identity alone, and says what is wrong otherwise."""

import io
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyrage  # type: ignore[import-untyped]
import pytest

from keys.private.age import HEADER_BYTES, AgeIdentity, check_recipient, decrypt_stream, encrypt_stream
from keys.private.age_file import add_age_file, format_age_file, open_age_file, parse_age_file, read_identity
from schemas import canonical
from schemas.errors import SigningKeyError, VerificationError
from tests.keys.private.secrets import CHEAP, counting, loads

MINE, THEIRS = AgeIdentity.generate(), AgeIdentity.generate()
PLAIN = bytes(range(256)) * 1024
"""Four chunks, so that damage can lie behind good ones."""


def encrypted(plain: bytes, *identities: AgeIdentity) -> bytes:
    """Return a ciphertext of ``plain`` for identities."""
    out = io.BytesIO()
    encrypt_stream(io.BytesIO(plain).read, out.write, [item.recipient for item in identities])
    return out.getvalue()


def decrypted(raw: bytes, *identities: AgeIdentity) -> bytes | None:
    """Return the plain bytes, or nothing where they are for others."""
    out = io.BytesIO()
    return out.getvalue() if decrypt_stream(io.BytesIO(raw).read, out.write, identities) else None


@pytest.mark.parametrize("plain", [b"", b"x", PLAIN[:65536], PLAIN])
def test_each_of_several_recipients_can_decrypt(plain: bytes) -> None:
    """A case may go to a court and its expert, each with a key of his own."""
    raw = encrypted(plain, MINE, THEIRS)
    assert decrypted(raw, MINE) == decrypted(raw, THEIRS) == plain
    assert pyrage.decrypt(raw, [MINE.open_with()]) == plain


def test_what_is_for_others_is_told_from_what_is_damaged() -> None:
    """One is a wrong key in the reader's hand, the other a wrong byte in the sender's."""
    raw = encrypted(PLAIN, THEIRS)
    assert decrypted(raw, MINE) is None
    assert decrypted(raw, MINE, THEIRS) == PLAIN


@pytest.mark.parametrize(
    "damage",
    [
        lambda raw: b"",
        lambda raw: raw[:40],
        lambda raw: raw[:-1],
        lambda raw: raw[: -len(PLAIN) // 2],
        lambda raw: raw + b"x",
        lambda raw: raw[:-9] + bytes([raw[-9] ^ 1]) + raw[-8:],
        lambda raw: b"PK\x03\x04" + raw,
        lambda raw: raw.replace(b"age-encryption.org/v1", b"age-encryption.org/v9"),
        lambda raw: raw.replace(b"\n--- ", b"\n-> x\nAA\n--- "),
        lambda raw: b"age-encryption.org/v1\n-> X25519 x\n" + (b"A" * 64 + b"\n") * (HEADER_BYTES // 65 + 1),
    ],
)
def test_a_damaged_ciphertext_is_never_taken(damage: Any) -> None:
    """Nor does a hostile one cost more time than its size."""
    with pytest.raises(VerificationError) as caught:
        decrypted(damage(encrypted(PLAIN, MINE)), MINE)
    assert caught.value.code == "content.ciphertext"


def test_errors_of_the_disk_are_the_disks() -> None:
    """A full disk must never look like a damaged ciphertext."""
    raw = encrypted(PLAIN, MINE)

    def full(_: bytes) -> None:
        raise OSError(28, "full")

    def broken(_: int) -> bytes:
        raise OSError(5, "broken")

    with pytest.raises(OSError, match="full"):
        decrypt_stream(io.BytesIO(raw).read, full, [MINE])
    with pytest.raises(OSError, match="full"):
        encrypt_stream(io.BytesIO(PLAIN).read, full, [MINE.recipient])
    with pytest.raises(OSError, match="broken"):
        encrypt_stream(broken, io.BytesIO().write, [MINE.recipient])


@pytest.mark.parametrize("mistake", ["nothing", "cut", "letter", "longer", "other"])
def test_a_mistyped_recipient_is_refused(mistake: str) -> None:
    """Encrypted to a key that nobody has, evidence would be lost on the way."""
    good = MINE.recipient
    wrong = good[:-1] + ("p" if good.endswith("q") else "q")
    mistakes = {"nothing": "", "cut": good[:-1], "letter": wrong, "longer": good + "q", "other": "ssh-ed25519 AAAA"}
    with pytest.raises(SigningKeyError, match=r"key\.age-recipient"):
        check_recipient(mistakes[mistake])


def code_of(raw: bytes, phrase: bytes = b"open") -> str:
    """Return the code with which a file refuses to open."""
    with pytest.raises(SigningKeyError) as caught:
        open_age_file(parse_age_file(raw), passphrase=phrase)
    return caught.value.code


def test_an_identity_opens_with_its_passphrase_alone() -> None:
    """And the file says whose it is without one."""
    raw = format_age_file(MINE, name="court-3", passphrase=b"open", random=counting(), cost=CHEAP)
    file = parse_age_file(raw)
    assert (file.name, file.recipient) == ("court-3", MINE.recipient)
    assert open_age_file(file, passphrase=b"open").reveal() == MINE.reveal()
    assert MINE.reveal().encode() not in raw
    assert MINE.reveal() not in repr(MINE)
    assert code_of(raw, b"other") == "key.wrong-passphrase"
    assert code_of(raw.replace(b"court-3", b"court-4")) == "key.damaged"
    assert code_of(raw.replace(b"/v1", b"/v2")) == "key.version"
    assert code_of(raw[:-1]) == "key.damaged"


def test_a_swapped_recipient_is_found_when_the_file_is_opened() -> None:
    """Whoever makes the checksum fit again can't make the secret fit."""
    raw = format_age_file(MINE, name="court-3", passphrase=b"open", random=counting(), cost=CHEAP)
    fields = {**loads(raw), "recipient": THEIRS.recipient}
    del fields["checksum"]
    forged = canonical.encode({**fields, "checksum": sha256(canonical.encode(fields)).hexdigest()})
    assert code_of(forged) == "key.damaged"


def test_identities_of_the_tools_of_age_are_read(tmp_path: Path) -> None:
    """An authority may have its key already."""

    def read(content: bytes, mode: int = 0o600) -> AgeIdentity:
        path = tmp_path / "identity"
        path.write_bytes(content)
        path.chmod(mode)
        return read_identity(path, get_passphrase=lambda _: b"open")

    text = f"# created: today\n# public key: {MINE.recipient}\n{MINE.reveal()}\n".encode()
    assert read(text).recipient == MINE.recipient
    assert read(pyrage.passphrase.encrypt(text, "open")).recipient == MINE.recipient
    for content, mode, code in (
        (text, 0o644, "key.too-open"),
        (text + THEIRS.reveal().encode(), 0o600, "key.age-many"),
        (b"nothing\n", 0o600, "key.age-identity"),
        (pyrage.passphrase.encrypt(text, "another"), 0o600, "key.wrong-passphrase"),
    ):
        with pytest.raises(SigningKeyError) as caught:
            read(content, mode)
        assert caught.value.code == code
    with pytest.raises(SigningKeyError, match=r"key\.absent"):
        read_identity(tmp_path / "nothing", get_passphrase=lambda _: b"open")


def test_an_identity_is_never_overwritten(tmp_path: Path) -> None:
    """What was encrypted to it would be lost."""
    path = tmp_path / "keys" / "court.age"
    add_age_file(path, b"first", random=counting())
    with pytest.raises(SigningKeyError, match=r"key\.exists"):
        add_age_file(path, b"second", random=counting())
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"first", 0o600)
