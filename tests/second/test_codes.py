"""Every code of the specification has a vector, and is given by the second verifier, or it is said here why not."""

from __future__ import annotations

import re
from pathlib import Path

from schemas.registry import DETAILS
from tests.second import verify_from_spec
from tests.second.judging import NAMES, judge

SPEC = Path(__file__).parents[2] / "docs" / "spec"
_CODE = re.compile(r"`([a-z]+(?:-[a-z]+)*\.[a-z]+(?:-[a-z]+)*)`")
WITHOUT_VECTOR = {
    "asks for a profile of procedure, which a vector has none of": "procedure.* profile.*",
    "needs an age identity, which a vector has none of, and the second verifier doesn't decrypt":
        "content.ciphertext content.identity content.plaintext",
    "is of a whole ledger only":
        "rule.about-unknown rule.consent-event letter.said release.bound-content release.enclosed "
        "release.registered-abroad defect.accepted-and-registered",
    "is of a trust file that no reader takes": "trust.log-key trust.seen policy.*",
    "is a diagnosis that another one takes the place of": "container.malformed layout.name keys.not-yet",
    "is told as the malformed record, list or log key around it":
        "subject.* text.decimal text.hex text.number text.offset text.time pieces.* vkey.* private.size",
    "comes after a cap that is lower": "note.size",
    "can't be, since keys are found by their ids": "signature.key-id",
    "would make a vector of a million members": "bag.too-many container.too-many entries.too-many",
    "depends on the machine": "content.digest-unchecked",
}  # fmt: skip


def documented() -> set[str]:
    """The codes on the page, without names of event types and of files."""
    found = set(_CODE.findall((SPEC / "verification.md").read_text("utf-8")))
    return {code for code in found - set(DETAILS) if not code.endswith((".json", ".txt"))}


def excused(code: str) -> bool:
    """Whether a reason stands above."""
    listed = " ".join(WITHOUT_VECTOR.values()).split()
    return code in listed or f"{code.partition('.')[0]}.*" in listed


def found_in_vectors() -> set[str]:
    """The codes that both verifiers find in some vector."""
    judged = [judge(name) for name in NAMES if name != "texts"]
    return {code for item in judged for _, code, _ in item.first_found & item.second_found}


def test_every_code_has_a_vector_or_a_reason() -> None:
    """A check that no vector asks for is one that another's verifier may leave out unseen."""
    assert sorted(code for code in documented() - found_in_vectors() if not excused(code)) == []


def test_no_reason_is_left_over() -> None:
    """An excuse for what has a vector by now hides the next gap."""
    assert sorted(code for code in found_in_vectors() if excused(code)) == []


def test_the_second_verifier_gives_only_codes_of_the_page() -> None:
    """`asset.not-checked` is its own word for what it can't do alone."""
    source = "".join(path.read_text("utf-8") for path in Path(verify_from_spec.__file__).parent.glob("*_from_spec.py"))
    raised = set(re.findall(r'(?:Bad|Wrong|find)\((?:\d+, )?"([a-z-]+\.[a-z-]+)"', source))
    assert raised - documented() == {"asset.not-checked"}
