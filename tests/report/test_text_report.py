"""The report as text: what a judge reads, in which order, in which words."""

import re
from hashlib import sha256
from pathlib import Path

import pytest

from custody.report.basis import Basis
from custody.report.document import make_document
from custody.report.safe_text import show
from custody.report.story import VALUE_CHARACTERS, clip
from custody.report.text_report import text_lines
from schemas import canonical
from schemas.report import Verdict
from tests.report.golden import PATH, make_report
from tests.report.stories import ATTACKS, document_of, full_story, text_of, verified

EXPERT = "THE SAME FINDINGS BY CODE"
MACHINERY = re.compile(r"\b(roots?|leaf|leaves|tries?|dsse|merkle|multiproof|siblings?|preorder)\b", re.IGNORECASE)
VECTORS = sorted((Path(__file__).parents[2] / "schemas" / "vectors").glob("*.zip"))


def test_the_report_on_the_story_is_the_one_on_file() -> None:
    """What a court reads changes only when somebody means it to; tests.report.golden writes it anew."""
    assert make_report() == PATH.read_text(encoding="utf-8")


def test_the_report_answers_in_the_order_of_a_judges_questions() -> None:
    """Who stops reading early must have read the verdict and its limits, not a table of entries."""
    titles = ("VERDICT", "WHAT THIS MEANS", "WHAT WAS NOT ASKED", "WHAT NO PROOF CAN SHOW", "WHAT THIS RESTS ON")
    later = ("THE STORY", "WHO IS WHO", "DEFECTS OF PROCEDURE", "WHAT WAS CHECKED", EXPERT)
    report = make_report()
    places = [report.index(f"\n{title}") for title in (*titles, *later)]
    assert places == sorted(places)


def test_the_last_line_is_the_verdict_with_what_was_not_checked() -> None:
    """Somebody who sees only the end of a terminal must not take it for more than it is."""
    last = make_report().splitlines()[-1]
    assert last.startswith("VERDICT: PASSED for what was asked.")
    assert "Not checked: time; certificates" in last


def test_the_story_says_who_held_what_when_and_how_it_came_to_him() -> None:
    """Custody is the question; all the rest serves the answer."""
    report = " ".join(make_report().split())
    for words in (
        "examiner-1: from 2026-11-21 08:05:00 UTC (entry 5, registered it; both signatures hold) until 2026",
        "custodian-1: from 2026-11-21 08:08:00 UTC (entry 8, handed over; both signatures hold)",
        "expert-1: from 2026-11-21 08:09:00 UTC (entry 9, taken over without the signature of the one who held it",
        "when: 2026-11-21 08:05:00 UTC (local +08:00)",
    ):
        assert words in report


def test_withheld_and_erased_values_are_told_apart() -> None:
    """One was not meant for this reader, the other exists no more."""
    report = make_report()
    assert "seized from: (withheld by the sender's rules)" in report
    assert "place: (erased by order, entry 13)" in report
    assert "had been sent out before: entry 12" in report
    assert "Room 4" not in report
    assert "suspect-1" not in report


def test_a_correction_stands_beside_the_value_that_it_corrects() -> None:
    """A wrong value that is only corrected pages later would be quoted in court."""
    lines = make_report().splitlines()
    at = lines.index("          description: description of EX-1")
    assert "CORRECTED by examiner-1 in entry 11: phone with a cracked screen (reason: misread)" in lines[at + 1]


def test_defects_stand_beside_the_verdict_and_never_change_it() -> None:
    """Courts may cure a defect, never a forgery; the two must not be mixed."""
    told = full_story()
    document = document_of(told.bundle, told.trust)
    assert document.verdict is Verdict.PASSED
    assert [item.code for item in document.defects] == ["defect.taken-over", "defect.time-backward"]
    assert "2 defects of procedure" in document.closing


def test_names_that_attack_the_terminal_are_shown_by_their_codes() -> None:
    """Evidence names are chosen by suspects: one may clear the screen, or read as another name."""
    report = make_report()
    assert all(show(name) in report for name in ATTACKS)
    assert {char for char in report if not char.isprintable()} == {"\n"}


def test_the_report_prints_what_the_verdict_rests_on() -> None:
    """Two readers who differ must be able to see whether they believed the same."""
    told = full_story()
    report = text_of(told.bundle, told.trust)
    assert told.trust.ledgers[0].genesis in report
    assert told.trust.ledgers[0].log_keys[0].key in report
    assert sha256(canonical.encode(told.trust)).hexdigest() in report
    assert "time used:                       2026-12-01 00:00:00 UTC" in report


def test_a_damaged_file_is_named_with_its_exhibit() -> None:
    """'Something is damaged' helps nobody; which file of which exhibit may save the rest."""
    told = full_story()
    broken = told.bundle.replace(b"room 4\n", b"room 5\n")
    report = " ".join(text_of(broken, told.trust).split())
    assert "exhibit 2026-0417/EX-2, file chat/notes.txt: A file of the evidence is damaged" in report
    assert "VERDICT: FAILED" in report
    assert "told by records that did not all pass" in report


def test_completeness_is_never_claimed_where_the_records_failed() -> None:
    """Nobody may quote 'complete' from a report on a bundle whose records were changed."""
    told = full_story()
    assert "The bundle is complete according to the ledger" in " ".join(make_report().split())
    for path in VECTORS:
        outcome = verified(path.read_bytes(), None)
        verdicts = [step.verdict for step in outcome.report.steps]
        text = " ".join(document_of(path.read_bytes(), None).limits)
        if Verdict.FAILED in (verdicts[2], verdicts[4], verdicts[8]):
            assert "complete was not established" in text
    assert "complete was not established" in text_of(told.bundle[:-1], told.trust).replace("\n    ", " ")


def test_without_a_trust_file_the_report_says_whom_to_ask_for_what() -> None:
    """The first bundle of an unknown ledger is the usual case, not an error of the reader's."""
    told = full_story()
    report = " ".join(text_of(told.bundle, None).split())
    assert "VERDICT: INDETERMINATE" in report
    assert told.trust.ledgers[0].genesis in report
    assert "authority, as the bundle says: police of Example (XA)" in report
    assert "--fingerprint" in report


def test_a_file_that_is_no_bundle_gets_a_report_too() -> None:
    """The reader who was sent the wrong file needs a page that says so."""
    report = text_of(b"PK", None)
    assert "VERDICT: FAILED" in report
    assert "The file is no bundle at all" in report
    assert "THE STORY" not in report


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_every_vector_gets_a_report_in_words_for_people(path: Path) -> None:
    """Whatever is wrong with a bundle, the report on it is complete, and holds no word of the machinery."""
    outcome = verified(path.read_bytes(), None)
    document = make_document(outcome.report, outcome.verified, Basis("bundle.zip"))
    lines = list(text_lines(document))
    body = "\n".join(lines[: next(place for place, line in enumerate(lines) if line.startswith(EXPERT))])
    assert MACHINERY.search(body) is None
    assert lines[-1].startswith(f"VERDICT: {outcome.report.verdict.value}")
    # Between Persian letters a joiner stays; a hard space stands in French, and in a number it is told as a defect.
    assert all(char.isprintable() or char in "\u200c\u200d\xa0" for line in lines for char in line)


def test_there_are_vectors_to_report_on() -> None:
    """The test above would pass over an empty folder."""
    assert len(VECTORS) > 50


def test_a_value_of_any_length_leaves_the_report_readable() -> None:
    """One field may hold tens of thousands of characters; what is not shown is counted."""
    assert clip("x" * VALUE_CHARACTERS) == "x" * VALUE_CHARACTERS
    assert clip("x" * (VALUE_CHARACTERS + 5)).endswith("... (5 more characters)")


def test_a_fault_of_the_container_is_no_story() -> None:
    """Step 0 alone speaks where nothing could be opened."""
    outcome = verified(b"", None)
    assert outcome.verified is None
    assert outcome.report.first_open_step == 0
