"""What a cosigner adds to a log's note opens with both their verifier keys."""

import pytest

from keys.note import NoteSignature, UnverifiedNote, format_note, open_note
from keys.private.notes import Cosigner, cosign_note
from keys.verifier_key import KeyType, verifier_key
from schemas import limits
from schemas.errors import RecordError, UsageError
from tests.keys.private.secrets import signer

TEXT = b"log.example/main\n7\nnND/nri/U0xuHUrYSy0HtMeal2vzD9V4k/BO79C+QeI=\n"
LOG = signer(1, "log")
LOG_KEY = verifier_key(name="log.example/main", type=KeyType.LOG, key=LOG.public_key)
COSIGNER = Cosigner("court.example", signer(2))
TIME = 1795297380


def _note(text: bytes = TEXT, *, lines: int = 1) -> bytes:
    """Return a note that the log signed, with so many signature lines."""
    others = [NoteSignature("other.example", bytes(4), b"\x01")] * (lines - 1)
    return format_note(UnverifiedNote(text, (NoteSignature(LOG_KEY.name, LOG_KEY.id, LOG.sign(text)), *others)))


def test_a_cosigner_adds_his_line_and_his_time() -> None:
    """The log's own bytes stay as they were."""
    raw = _note()
    cosigned = cosign_note(open_note(raw, [LOG_KEY]), raw, cosigner=COSIGNER, time=TIME)
    assert cosigned.startswith(raw)
    verified = open_note(cosigned, [LOG_KEY, COSIGNER.verifier_key]).verified
    assert [(signature.key.name, signature.time) for signature in verified] == [
        ("log.example/main", None),
        ("court.example", TIME),
    ]


def test_a_note_is_cosigned_only_as_it_was_opened() -> None:
    """A cosigner vouches for what he has seen, not for bytes that came later."""
    note = open_note(_note(), [LOG_KEY])
    with pytest.raises(UsageError, match=r"signing\.note"):
        cosign_note(note, _note(TEXT.replace(b"7", b"8")), cosigner=COSIGNER, time=TIME)


def test_a_line_that_no_reader_would_take_is_not_added() -> None:
    """A note that is full is still a note; with one line more it would be none."""
    raw = _note(lines=limits.NOTE_SIGNATURES)
    with pytest.raises(RecordError, match=r"note\.signatures"):
        cosign_note(open_note(raw, [LOG_KEY]), raw, cosigner=COSIGNER, time=TIME)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u2003b"])
def test_a_name_that_breaks_the_line_is_refused(name: str) -> None:
    """The line would be read as another key's."""
    raw = _note()
    with pytest.raises(RecordError, match=r"vkey\.name"):
        cosign_note(open_note(raw, [LOG_KEY]), raw, cosigner=Cosigner(name, signer(1)), time=TIME)
