"""Subjects: what a ledger can be asked about, and under which key."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

import schemas.subject
from schemas import canonical
from schemas.errors import RecordError
from schemas.subject import SubjectValue, digest_value, encode_subject, leaf_of, parse_subject, subject_key


@pytest.mark.parametrize(
    ("parts", "raw"),
    [
        (["ledger"], b'["ledger"]'),
        (["agent", "exam-07"], b'["agent","exam-07"]'),
        (["case", "2026-0417"], b'["case","2026-0417"]'),
        (["case-exhibits", "Az. 7 Js 1/26"], b'["case-exhibits","Az. 7 Js 1/26"]'),
        (["exhibit", "2026-0417", 'EX-"1"\\'], b'["exhibit","2026-0417","EX-\\"1\\"\\\\"]'),
        (["exhibit", "刑事-1", "物证/1"], '["exhibit","刑事-1","物证/1"]'.encode()),
    ],
)
def test_a_subject_is_a_canonical_array(parts: list[str], raw: bytes) -> None:
    """The key of a subject is computed alike in every language and script."""
    subject = parse_subject(parts)
    assert encode_subject(subject) == raw
    assert subject_key(subject) == sha256(raw).digest()


def test_the_example_in_the_docstring_is_one() -> None:
    """Documentation that a test reads stays right."""
    example = encode_subject(("exhibit", "2026-0417", "EX-1")).decode()
    assert f"    {example}\n" in (schemas.subject.__doc__ or "")


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([], "subject.kind"),
        ([""], "subject.kind"),
        (["Ledger"], "subject.kind"),
        (["transfer", "1"], "subject.part"),
        (["requests", "1"], "subject.kind"),
        (["ledger", "x"], "subject.arity"),
        (["agent"], "subject.arity"),
        (["exhibit", "2026-0417"], "subject.arity"),
        (["case", "a", "b"], "subject.arity"),
        (["agent", "Exam-07"], "subject.part"),
        (["agent", ""], "subject.part"),
        (["agent", "exam-07\n"], "subject.part"),
        (["agent", "a" * 65], "subject.part"),
        (["case", ""], "subject.part"),
        (["case", "a\n"], "subject.part"),
        (["exhibit", "2026-0417", "\x85"], "subject.part"),
        (["exhibit", "é" * 65, "EX-1"], "subject.part"),
    ],
)
def test_what_is_no_subject_is_refused(parts: list[str], code: str) -> None:
    """A subject that no ledger has could hide the one that it looks like."""
    with pytest.raises(RecordError) as caught:
        parse_subject(parts)
    assert caught.value.code == code


@given(count=st.integers(1, 2**53 - 1), root=st.binary(min_size=32, max_size=32))
def test_the_digest_of_a_value_is_that_of_its_canonical_json(count: int, root: bytes) -> None:
    """The fast way of writing must not be a second format."""
    raw = canonical.encode({"root": root.hex(), "count": count})
    digest = sha256(raw).digest()
    assert digest_value(SubjectValue(count, root)) == digest
    assert leaf_of(root, SubjectValue(count, root)) == sha256(b"\x02" + root + digest).digest()
