"""Findings in plain words: none of them reaches a judge without a sentence, and none of the values is touched."""

import ast
from pathlib import Path

import pytest

from custody.report.finding_words import ADVICE, MEANINGS, explain, reword
from custody.report.findings import SHOWN, Subjects, show_findings
from custody.report.step_words import NOT_ASKED, STEP_WORDS
from schemas.report import STEPS, Finding, Severity

ROOT = Path(__file__).parents[2]
ERRORS = frozenset(
    {
        "RecordError",
        "RuleViolation",
        "UnknownVersionError",
        "VerificationError",
        "_fail",
        "_miss",
        "add",
        "fail",
        "failed",
    }
)


def _codes() -> set[str]:
    """Return every code that the verifier, its records and its containers can put into a finding."""
    folders = ("custody/verify", "custody/bundle", "keys", "schemas")
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*.py") if "private" not in path.parts]
    found: set[str] = set()
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in ERRORS:
                    found.update(
                        item.value
                        for item in node.args
                        if isinstance(item, ast.Constant) and isinstance(item.value, str) and _is_code(item.value)
                    )
    return found


def _is_code(text: str) -> bool:
    family, dot, rest = text.partition(".")
    return bool(dot) and family.isalpha() and rest.replace("-", "").isalpha() and text == text.lower()


def finding(code: str = "content.mismatch", subject: str = "bundle", text: str = "x", **more: str) -> Finding:
    """Return a finding of step 9 that failed."""
    return Finding(code=code, severity=Severity.FAILED, step=9, subject=subject, text=text, **more)


def test_every_code_of_the_verifier_has_a_sentence() -> None:
    """A judge who reads 'something is not as it must be' has learnt nothing."""
    codes = _codes()
    assert {"bag.digest", "container.crc", "rule.holder", "note.signature"} <= codes
    local = {"bundle", "storage", "unpack", "trust"}
    unexplained = [code for code in codes if explain(code).startswith("Something is not as")]
    assert [code for code in unexplained if code.partition(".")[0] not in local] == []


def test_sentences_are_for_people() -> None:
    """Words of the machinery explain nothing to a court."""
    for text in (*MEANINGS.values(), *ADVICE.values(), *NOT_ASKED.values(), *(words.question for words in STEP_WORDS)):
        assert {"root", "leaf", "trie", "dsse", "witness"}.isdisjoint(text.lower().replace(".", " ").split())
        assert text[-1] in ".?"


def test_every_step_has_words() -> None:
    """Steps are numbered in code and report, and both lists must name the same ones."""
    assert len(STEP_WORDS) == len(STEPS)


def test_technical_words_are_exchanged_where_no_value_can_hold_them() -> None:
    """These texts hold digests and numbers only."""
    shown = reword(finding("tree.multiproof", text="expected the root ab, found cd"))
    assert shown == "expected the digest ab, found cd"


def test_values_that_look_like_technical_words_stay_as_they_are() -> None:
    """An exhibit may be numbered 'root': its number must never be replaced in a report."""
    text = "expected a new exhibit number, found root used in case leaf"
    assert reword(finding("rule.exhibit-exists", text=text)) == text


def test_expected_and_found_are_told_apart() -> None:
    """Who compares needs both values, one under the other."""
    (shown,), _ = show_findings([finding(text="expected ab, found cd")], Subjects(frozenset()))
    assert (shown.expected, shown.found, shown.text) == ("ab", "cd", "")
    (shown,), _ = show_findings([finding(text="words", expected="ab", found="c\x1bd")], Subjects(frozenset()))
    assert (shown.expected, shown.found, shown.text) == ("ab", "c\\x1bd", "words")


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("2026/EX-1", "exhibit 2026/EX-1"),
        ("2026/EX-1: a/b.txt", "exhibit 2026/EX-1, file a/b.txt"),
        ("2026/EX-1: x: a.txt", "exhibit 2026/EX-1: x, file a.txt"),
        ("entry 5", "entry 5"),
        ("checkpoint", "the signed state of the ledger"),
        ("ab" * 32, f"the hidden value {'ab' * 32}"),
        ("EX\u202e1", "EX\\u202e1"),
    ],
)
def test_subjects_are_named_in_words(subject: str, words: str) -> None:
    """A damaged file is named by exhibit and name, also where the number itself looks like a name."""
    assert Subjects(frozenset({"2026/EX-1", "2026/EX-1: x"})).name(subject) == words


def test_a_flood_of_findings_is_counted_and_not_printed() -> None:
    """A hostile bundle can cause millions."""
    shown, more = show_findings([finding()] * (SHOWN + 7), Subjects(frozenset()))
    assert (len(shown), more) == (SHOWN, 7)
