"""What a log and its cosigners sign opens with their verifier keys."""

import pytest

from keys.note import open_note
from keys.private.notes import NoteSigner, cosign_note, sign_note
from keys.verifier_key import KeyType, format_verifier_key, parse_verifier_key
from schemas.errors import RecordError, UsageError
from tests.keys.private.secrets import signer

TEXT = b"log.example/main\n7\nnND/nri/U0xuHUrYSy0HtMeal2vzD9V4k/BO79C+QeI=\n"
LOG = NoteSigner("log.example/main", signer(1, "log"))
COSIGNER = NoteSigner("court.example", signer(2), KeyType.COSIGNER)
TIME = 1795297380


def test_a_logs_note_opens_with_its_key() -> None:
    """The key is the one line that `init` prints."""
    line = format_verifier_key(LOG.verifier_key)
    note = open_note(sign_note(TEXT, LOG), [parse_verifier_key(line)])
    assert note.text == TEXT


def test_two_log_keys_sign_one_note() -> None:
    """While one replaces the other, readers know either."""
    new = NoteSigner("log.example/main", signer(3, "log"))
    raw = sign_note(TEXT, LOG, new)
    for each in (LOG, new):
        assert open_note(raw, [each.verifier_key]).text == TEXT


def test_a_cosigner_adds_his_line_and_his_time() -> None:
    """The log's own bytes stay as they were."""
    raw = sign_note(TEXT, LOG)
    cosigned = cosign_note(open_note(raw, [LOG.verifier_key]), raw, signer=COSIGNER, time=TIME)
    assert cosigned.startswith(raw)
    verified = open_note(cosigned, [LOG.verifier_key, COSIGNER.verifier_key]).verified
    assert [(signature.key.name, signature.time) for signature in verified] == [
        ("log.example/main", None),
        ("court.example", TIME),
    ]


def test_a_note_is_cosigned_only_as_it_was_opened() -> None:
    """A cosigner vouches for what he has seen, not for bytes that came later."""
    raw = sign_note(TEXT, LOG)
    note = open_note(raw, [LOG.verifier_key])
    with pytest.raises(UsageError, match=r"signing\.note"):
        cosign_note(note, sign_note(TEXT.replace(b"7", b"8"), LOG), signer=COSIGNER, time=TIME)


def test_each_kind_of_key_does_its_own_work() -> None:
    """A log's key that cosigned would make the log its own witness."""
    raw = sign_note(TEXT, LOG)
    with pytest.raises(UsageError, match=r"signing\.key-type"):
        sign_note(TEXT, COSIGNER)
    with pytest.raises(UsageError, match=r"signing\.key-type"):
        cosign_note(open_note(raw, [LOG.verifier_key]), raw, signer=LOG, time=TIME)


@pytest.mark.parametrize("text", [b"", b"no line end", b"a\r\n", b"a\tb\n", b"\xff\n", b"a\n\0\n", b"a\n" * 600_000])
def test_a_text_that_no_reader_would_take_is_not_signed(text: bytes) -> None:
    """A signature over it would exist for ever."""
    with pytest.raises((RecordError, UsageError)):
        sign_note(text, LOG)


def test_a_note_without_a_signature_is_not_made() -> None:
    """It would be a text that looks like a note."""
    with pytest.raises(RecordError):
        sign_note(TEXT)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u2003b"])
def test_a_name_that_breaks_the_line_is_refused(name: str) -> None:
    """The line would be read as another key's."""
    with pytest.raises(RecordError, match=r"vkey\.name"):
        sign_note(TEXT, NoteSigner(name, signer(1)))
