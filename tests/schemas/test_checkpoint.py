"""Checkpoints: one spelling, which is C2SP's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import schemas.checkpoint
from schemas.checkpoint import Checkpoint, format_checkpoint, parse_checkpoint
from schemas.errors import RecordError
from schemas.merkle import EMPTY_ROOT, hash_leaf
from tests import rfc6962

BODY = b"evidence.police.example/main\n2\nT1X2GdkhUjV3iyufF9b0kVsWFxIU0VI4EpNml2Teci4=\n"


def test_the_example_in_the_docstring_is_a_real_checkpoint() -> None:
    """A foreign implementer starts from these bytes."""
    document = "".join(f"{line.strip()}\n" for line in (schemas.checkpoint.__doc__ or "").splitlines())
    assert BODY.decode() in document
    root = rfc6962.root([hash_leaf(b"one"), hash_leaf(b"two")])
    assert parse_checkpoint(BODY) == Checkpoint("evidence.police.example/main", 2, root)


@given(size=st.integers(1, 2**53 - 1), root=st.binary(min_size=32, max_size=32))
def test_a_checkpoint_comes_back_as_it_was(size: int, root: bytes) -> None:
    """What is signed is what was meant."""
    checkpoint = Checkpoint("ledger.example", size, root)
    assert parse_checkpoint(format_checkpoint(checkpoint)) == checkpoint


def test_an_empty_tree_has_a_checkpoint() -> None:
    """Foreign logs sign size 0; its root is fixed."""
    empty = Checkpoint("ledger.example", 0, EMPTY_ROOT)
    assert parse_checkpoint(format_checkpoint(empty)) == empty


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"\n", b"\r\n", "checkpoint.origin"),
        (b"=\n", b"=", "checkpoint.malformed"),
        (b"=\n", b"=\n\n", "checkpoint.malformed"),
        (b"=\n", b"=\nextension\n", "checkpoint.malformed"),
        (b"\n2\n", b"\n\n", "checkpoint.size"),
        (b"\n2\n", b"\n", "checkpoint.malformed"),
        (b"\n2\n", b"\n02\n", "checkpoint.size"),
        (b"\n2\n", b"\n+2\n", "checkpoint.size"),
        (b"\n2\n", b"\n-2\n", "checkpoint.size"),
        (b"\n2\n", b"\n 2\n", "checkpoint.size"),
        (b"\n2\n", b"\n2 \n", "checkpoint.size"),
        (b"\n2\n", b"\n2\r\n", "checkpoint.size"),
        (b"\n2\n", b"\n2_0\n", "checkpoint.size"),
        (b"\n2\n", "\n\u0662\n".encode(), "checkpoint.size"),
        (b"\n2\n", b"\n9007199254740992\n", "checkpoint.size"),
        (b"\n2\n", b"\n%s\n" % (b"9" * 5000), "checkpoint.size"),
        (b"\n2\n", b"\n0\n", "checkpoint.root"),
        (b"ci4=", b"ci4", "checkpoint.root"),
        (b"ci4=", b"ci5=", "checkpoint.root"),
        (b"ci4=", b"ci4=\t", "checkpoint.root"),
        (b"ci4=", b"cg==", "checkpoint.root"),
        (b"T1X2", b"T1X_", "checkpoint.root"),
        (b"T1X2", b"AAAAT1X2", "checkpoint.root"),
        (b"T1X2", b"", "checkpoint.root"),
        (b"evidence.police.example/main", b"", "checkpoint.origin"),
        (b"evidence", b"evi dence", "checkpoint.origin"),
        (b"evidence", b"evi+dence", "checkpoint.origin"),
        (b"evidence", b"evi\x00dence", "checkpoint.origin"),
        (b"evidence", b"evi\x7fdence", "checkpoint.origin"),
        (b"evidence", "evi\u2003dence".encode(), "checkpoint.origin"),
        (b"evidence", "evi\u0085dence".encode(), "checkpoint.origin"),
        (b"evidence", b"e" * 300, "checkpoint.origin"),
        (b"evidence", b"\xff", "checkpoint.malformed"),
        (BODY, b"", "checkpoint.malformed"),
    ],
)
def test_any_other_spelling_is_refused(old: bytes, new: bytes, code: str) -> None:
    """Two spellings of one checkpoint would be two signed texts for one fact."""
    assert old in BODY
    with pytest.raises(RecordError) as caught:
        parse_checkpoint(BODY.replace(old, new))
    assert caught.value.code == code


@given(place=st.integers(0, len(BODY) - 1), bit=st.integers(0, 7))
def test_no_changed_bit_leaves_the_checkpoint_as_it_was(place: int, bit: int) -> None:
    """Each byte means something."""
    changed = bytearray(BODY)
    changed[place] ^= 1 << bit
    try:
        found = parse_checkpoint(bytes(changed))
    except RecordError:
        return
    assert found != parse_checkpoint(BODY)
    assert format_checkpoint(found) == changed
