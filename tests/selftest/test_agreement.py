"""Vectors and forged signatures, as the self test runs them: it must be able to disagree."""

import json
import shutil
from pathlib import Path

import pytest

from custody.selftest import signatures, vectors
from schemas.report import Verdict
from tests.keys.curve import is_strict


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of a few vectors."""
    for name in vectors.vector_names()[:3]:
        for ending in ("json", "zip"):
            shutil.copy(vectors.FOLDER / f"{name}.{ending}", tmp_path)
    shutil.copy(vectors.FOLDER / vectors.TEXTS, tmp_path)
    return tmp_path


def _rewrite(path: Path, **changes: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_bytes()), **changes}))


def test_vectors_that_hold_pass(folder: Path) -> None:
    """The counts say how much was looked at."""
    assert (vectors.check_bundles(folder).verdict, vectors.check_bundles(folder).count) == (Verdict.PASSED, 3)
    assert vectors.check_texts(folder).verdict is Verdict.PASSED


@pytest.mark.parametrize("changes", [{"verdict": "INDETERMINATE"}, {"step": 12}, {"code": "some.code"}])
def test_any_difference_from_a_vector_is_found(changes: dict[str, object], folder: Path) -> None:
    """Verdict, step and code are all promised to others who write a verifier."""
    name = vectors.vector_names(folder)[0]
    _rewrite(folder / f"{name}.json", **changes)
    checked = vectors.check_bundles(folder)
    assert checked.verdict is Verdict.FAILED
    assert [item.subject for item in checked.disagreements] == [name]


def test_a_damaged_or_missing_vector_disagrees(folder: Path) -> None:
    """A release whose vectors are gone has not been tested."""
    first, second, third = vectors.vector_names(folder)
    (folder / f"{first}.zip").unlink()
    (folder / f"{second}.json").write_text("{")
    _rewrite(folder / f"{third}.json", trust="{}")
    (folder / vectors.TEXTS).unlink()
    assert [item.subject for item in vectors.check_bundles(folder).disagreements] == [first, second, third]
    assert vectors.check_texts(folder).verdict is Verdict.FAILED
    assert vectors.check_bundles(folder / "absent").verdict is Verdict.FAILED


def test_a_text_read_otherwise_disagrees(folder: Path) -> None:
    """The small texts are where two readers differ first."""
    texts = json.loads((folder / vectors.TEXTS).read_bytes())
    texts["texts"][0]["valid"] = not texts["texts"][0]["valid"]
    (folder / vectors.TEXTS).write_text(json.dumps(texts))
    (wrong,) = vectors.check_texts(folder).disagreements
    assert texts["texts"][0]["comment"] in wrong.subject


def test_forged_signatures_are_refused_here() -> None:
    """The machine of a user may carry another libsodium."""
    assert signatures.check_signatures().verdict is Verdict.PASSED
    assert signatures.is_taken(signatures.GENUINE)


@pytest.mark.parametrize("case", [signatures.GENUINE, *signatures.FORGED], ids=lambda case: case.what)
def test_the_yardstick_agrees_about_each_case(case: signatures.Case) -> None:
    """A case that is refused for a slip in its bytes would test nothing; plain arithmetic says which ones hold."""
    assert is_strict(case.key, case.message, case.signature) is (case is signatures.GENUINE)


def test_a_library_that_takes_everything_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The self test is for the day on which the library is broken."""
    monkeypatch.setattr(signatures, "check_signature", lambda **given: None)
    checked = signatures.check_signatures()
    assert (checked.verdict, len(checked.disagreements)) == (Verdict.FAILED, len(signatures.FORGED))
