"""The report on a letter, which has no exhibits: what was asked, how it stands, and what happened to it."""

from __future__ import annotations

import pytest

from custody.report.document import Document
from custody.report.html_report import format_html
from custody.report.text_report import text_lines
from schemas import canonical
from schemas.report import RequestReport
from schemas.trust import Trust
from schemas.types import UNSET
from tests.report.stories import document_of, verified
from tests.second.judging import read_vector
from tests.vectors import generate

STORY = tuple(range(8, 16))
"""The entries of the request in the vector ``letter``."""


def _vector(name: str) -> tuple[bytes, Trust]:
    trust = canonical.decode(read_vector(name)["trust"].encode(), Trust, maximum=1_000_000)
    return (generate.FOLDER / f"{name}.zip").read_bytes(), trust


@pytest.fixture(scope="module")
def page() -> Document:
    """What a person reads of the letter."""
    return document_of(*_vector("letter"))


def test_a_letter_tells_its_story_to_programs() -> None:
    """Who reads the report as JSON would else learn that a letter holds, and nothing of what it says."""
    report = verified(*_vector("letter")).report
    assert report.exhibits == ()
    assert report.requests == (
        RequestReport(
            direction="outgoing", entries=STORY, kind="mla", outcome="granted", peer="b-police", request="req-1",
            status="closed", until="2026-12-21T00:00:00Z",
        ),
    )  # fmt: skip


def test_a_bundle_that_tells_of_no_request_has_the_report_that_it_had() -> None:
    """What lies in an archive, with a digest of its own, is written the same by a newer program."""
    report = verified(*_vector("whole")).report
    assert report.requests is UNSET
    assert b'"requests"' not in canonical.encode(report)


def test_a_person_reads_how_a_request_stands(page: Document) -> None:
    """Before its acts a request has a line that says how it ended, as an exhibit has."""
    now = "mla, asked of b-police; closed: granted, until 2026-12-21T00:00:00Z"
    assert [item.now for item in page.requests] == [now]
    told, html = "\n".join(text_lines(page)), format_html(page).decode()
    assert "at the end" in told
    assert now in html
    assert dict(page.law)["request"] == "req-1"


def test_each_act_of_a_request_is_told_once(page: Document) -> None:
    """The story is that of the report, and not found a second time by other means."""
    assert tuple(act.entry for act in page.requests[0].acts) == STORY


def test_a_request_that_the_rules_refused_is_told_without_a_state() -> None:
    """Its entries are carried, and nothing is made up of how it stands."""
    bundle, trust = _vector("rule-request-sent-and-never-drafted")
    assert verified(bundle, trust).report.requests == (RequestReport(entries=(8,), request="req-1"),)
    assert [item.now for item in document_of(bundle, trust).requests] == ["unknown: its story could not be followed"]
