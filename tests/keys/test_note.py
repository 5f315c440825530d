"""Signed notes: one spelling, and no way from read to believed but the signature of a known key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import keys.note
from keys.note import NoteSignature, UnverifiedNote, cosigned_message, format_note, open_note, parse_note
from keys.verifier_key import VerifierKey, parse_verifier_key
from schemas.errors import CustodyError, RecordError, VerificationError
from schemas.text import format_base64
from tests.keys.people import cosigner_key, log_key, sign
from tests.thirdparty import vector

TEXT = b"log.example/main\n7\nnND/nri/U0xuHUrYSy0HtMeal2vzD9V4k/BO79C+QeI=\n"
TIME = 1795297380


def _line(number: int, key: VerifierKey, text: bytes = TEXT, *, time: int | None = None) -> NoteSignature:
    if time is None:
        return NoteSignature(key.name, key.id, sign(number, text))
    return NoteSignature(key.name, key.id, time.to_bytes(8, "big") + sign(number, cosigned_message(text, time=time)))


def _note(*lines: NoteSignature, text: bytes = TEXT) -> bytes:
    return format_note(UnverifiedNote(text, lines))


def _code(raw: bytes, *known: VerifierKey) -> str:
    with pytest.raises(CustodyError) as caught:
        open_note(raw, known)
    return caught.value.code


LOG, COSIGNER = log_key(1), cosigner_key(2)
GOOD = _note(_line(1, LOG), _line(2, COSIGNER, time=TIME))


def test_the_documented_note_opens() -> None:
    """The bytes in the docstring are the specification's own example."""
    documented = (keys.note.__doc__ or "").split("\n\n")
    lines = "\n\n".join(documented[1:3]).replace("    ", "") + "\n"
    key = parse_verifier_key("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
    note = open_note(lines.encode(), [key])
    assert note.text == b"This is an example message.\n"
    assert [signature.key for signature in note.verified] == [key]


@pytest.mark.parametrize("size", range(16))
def test_a_foreign_logs_checkpoints_open(size: int) -> None:
    """Notes that another program signed are read alike; its tree goes from 0 to 15."""
    key = parse_verifier_key(vector("tlog-tiles/vkey.txt").read_text("ascii").strip())
    note = open_note(vector(f"tlog-tiles/log/checkpoint.{size}").read_bytes(), [key])
    assert note.text.split(b"\n")[:2] == [b"example.com/log/testdata", b"%d" % size]


def test_a_log_and_its_cosigner_are_both_verified() -> None:
    """The cosigner's time comes out, and only his line has one."""
    note = open_note(GOOD, [LOG, COSIGNER])
    assert [(signature.key, signature.time) for signature in note.verified] == [(LOG, None), (COSIGNER, TIME)]
    assert (note.text, note.unverified) == (TEXT, ())


def test_an_unknown_signer_is_kept_apart() -> None:
    """He might be known to somebody else; here he proves nothing."""
    note = open_note(GOOD, [COSIGNER])
    assert [signature.key for signature in note.verified] == [COSIGNER]
    assert note.unverified == (_line(1, LOG),)


def test_reading_a_note_believes_nothing() -> None:
    """What was only read has another type, without a list of what is verified."""
    note = parse_note(GOOD)
    assert type(note) is UnverifiedNote
    assert not hasattr(note, "verified")


@pytest.mark.parametrize(
    "known",
    [
        (),
        (log_key(1, "log.example/other"),),
        (log_key(3),),
        (cosigner_key(1, "log.example/main"),),
        (VerifierKey(LOG.name, 6, LOG.key, LOG.id),),
    ],
    ids=["nobody", "another name", "another key", "another type", "unknown type"],
)
def test_a_note_that_no_known_key_signed_is_refused(known: tuple[VerifierKey, ...]) -> None:
    """Name and id together are the key; sharing one of them is nothing."""
    assert _code(GOOD, *known) == "note.unsigned"


@pytest.mark.parametrize(
    "line",
    [
        NoteSignature(COSIGNER.name, COSIGNER.id, sign(2, TEXT)),
        NoteSignature(COSIGNER.name, COSIGNER.id, bytes(8) + sign(2, TEXT)),
        NoteSignature(COSIGNER.name, COSIGNER.id, _line(2, COSIGNER, time=TIME).body[1:]),
        NoteSignature(COSIGNER.name, COSIGNER.id, b"\0" + _line(2, COSIGNER, time=TIME).body),
        NoteSignature(COSIGNER.name, COSIGNER.id, b"x"),
        _line(2, COSIGNER, time=2**63),
        _line(3, COSIGNER, time=TIME),
        _line(2, COSIGNER, TEXT + b"x\n", time=TIME),
        NoteSignature(
            COSIGNER.name, COSIGNER.id, (TIME + 1).to_bytes(8, "big") + _line(2, COSIGNER, time=TIME).body[8:]
        ),
    ],
    ids=["untimed", "plain text", "short", "long", "tiny", "too late", "another key", "another text", "another time"],
)
def test_one_wrong_signature_of_a_known_key_spoils_the_note(line: NoteSignature) -> None:
    """Whoever sends one is cheating or broken, whatever else is right."""
    assert _code(_note(_line(1, LOG), line), LOG, COSIGNER) == "note.signature"
    assert open_note(_note(_line(1, LOG), line), [LOG]).verified


def test_a_logs_signature_is_none_of_a_cosigner() -> None:
    """The first lines of a cosigned message keep the two apart, even for one key."""
    both = cosigner_key(1, LOG.name)
    moved = NoteSignature(both.name, both.id, TIME.to_bytes(8, "big") + sign(1, TEXT))
    assert _code(_note(moved), both) == "note.signature"


def test_a_known_key_signs_once() -> None:
    """Two lines of one key must never count as two."""
    assert _code(_note(_line(1, LOG), _line(1, LOG)), LOG) == "note.duplicate"
    assert _code(_note(_line(2, COSIGNER, time=1), _line(2, COSIGNER, time=2)), COSIGNER) == "note.duplicate"


def test_two_keys_under_one_name_and_id_are_refused() -> None:
    """An id has four bytes and anybody can make it collide: guessing which key is meant would be his choice."""
    twin = VerifierKey(LOG.name, 1, log_key(5).key, LOG.id)
    assert _code(GOOD, LOG, twin) == "note.ambiguous"
    assert open_note(GOOD, [LOG, LOG]).verified


def test_a_hundred_signatures_are_read_and_one_more_is_not() -> None:
    """Sixteen must be accepted by the specification; without a cap a note could cost any number of verifications."""
    others = [NoteSignature("n", number.to_bytes(4, "big"), b"x") for number in range(100)]
    assert len(open_note(_note(_line(1, LOG), *others[:99]), [LOG]).unverified) == 99
    assert _code(_note(_line(1, LOG), *others), LOG) == "note.signatures"


def test_a_note_above_a_megabyte_is_refused() -> None:
    """Before anything of it is looked at."""
    text = b"x" * 1_000_000 + b"\n"
    assert _code(_note(_line(1, LOG, text), text=text), LOG) == "note.size"


def test_a_text_may_hold_empty_lines() -> None:
    """The last empty line is the border."""
    text = b"a\n\nb\n\n\n"
    assert open_note(_note(_line(1, LOG, text), text=text), [LOG]).text == text


def test_every_changed_byte_is_refused_or_makes_a_signer_unknown() -> None:
    """Text, known names, ids and signatures are covered to the last bit."""
    for place in range(len(GOOD)):
        for mask in (0x01, 0x20, 0x80):
            changed = GOOD[:place] + bytes([GOOD[place] ^ mask]) + GOOD[place + 1 :]
            try:
                note = open_note(changed, [LOG, COSIGNER])
            except (RecordError, VerificationError):
                continue
            assert note.text == TEXT
            assert len(note.verified) == len(note.unverified) == 1


def test_every_substring_is_refused_but_whole_lines() -> None:
    """A cut note never passes: it may lose a signer's whole line, never a byte of its text."""
    whole_lines = {len(GOOD), len(_note(_line(1, LOG)))}
    for start in range(len(GOOD)):
        for end in range(start, len(GOOD) + 1):
            if start == 0 and end in whole_lines:
                assert open_note(GOOD[:end], [LOG, COSIGNER]).text == TEXT
            else:
                with pytest.raises((RecordError, VerificationError)):
                    open_note(GOOD[start:end], [LOG, COSIGNER])


def _spoiled() -> dict[str, bytes]:
    line = GOOD.split(b"\n\n")[1].split(b"\n")[0] + b"\n"
    body = format_base64(LOG.id + sign(1, TEXT)).encode()
    first, head = TEXT + b"\n", "— ".encode()
    return {
        "carriage returns": GOOD.replace(b"\n", b"\r\n"),
        "no final newline": GOOD[:-1],
        "a final empty line": GOOD + b"\n",
        "no empty line": TEXT + line,
        "no signature": first,
        "a hyphen": first + b"- " + line[4:],
        "two spaces": first + head + b" " + line[4:],
        "a tab in the text": b"\t" + GOOD,
        "a zero in the text": b"\0" + GOOD,
        "not UTF-8": b"\xff" + GOOD,
        "a surrogate": b"\xed\xa0\x80" + GOOD,
        "a trailing space": first + line[:-1] + b" \n",
        "an empty name": first + head + b" " + body + b"\n",
        "a plus in the name": first + head + b"a+b " + body + b"\n",
        "a no-break space in the name": first + head + "a\u00a0b ".encode() + body + b"\n",
        "no signature bytes": first + head + b"a AAAAAA==\n",
        "unpadded": first + line + head + b"a AAAAAAA\n",
        "tail bits": first + line + head + b"a AAAAAAB=\n",
        "two paddings": first + line + head + b"a AAAA=AAA\n",
        "the other alphabet": first + line + head + b"a AAAA_-AA\n",
    }


@pytest.mark.parametrize("name", _spoiled())
def test_another_spelling_is_refused(name: str) -> None:
    """Lenient readers let two byte strings be one note; several in use do."""
    assert _code(_spoiled()[name], LOG) in {"note.malformed", "text.base64"}


@given(st.binary(max_size=200))
def test_noise_is_refused_in_our_own_words(noise: bytes) -> None:
    """No bytes make the reader fail in any other way."""
    for raw in (noise, GOOD + noise + b"\n", noise + GOOD, TEXT + b"\n" + "— ".encode() + noise):
        try:
            assert format_note(parse_note(raw)) == raw
        except RecordError:
            continue
