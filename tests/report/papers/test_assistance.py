"""The paper of a request says all that was stated, in the words of the form, and how it was answered."""

from __future__ import annotations

import re
from typing import Any, get_args

import pytest

from custody.report.papers import assistance
from custody.report.papers.page import format_paper
from custody.report.papers.paper import Paper
from custody.report.papers.request_words import GROUNDS, KINDS, ORDER, OUTCOMES
from custody.transfer.law_files import request_fields
from schemas.details.request import FieldName, Ground, Outcome, RequestKind
from schemas.errors import UsageError
from tests.report.papers.test_papers import BASIS, CASE, DOCUMENT, read, row
from tests.world import World

STATED = {"authority": "Prosecutor <4>", "facts": "money went away", "holder": "a bank", "reciprocity": "promised"}
ASKED: dict[str, Any] = {
    "documents": (DOCUMENT,),
    "dual_criminality": {"met": "yes", "needed": "yes", "stated_by": "office-2", "statement": "both punish it"},
    "fields": tuple({"name": name, "value": value} for name, value in STATED.items()),
    "kind": "mla",
    "offences": ({"country": "XA", "iccs": "0701", "text": "fraud"},),
    "period": {"first": "2026-01-01T00:00:00Z", "last": "2026-02-01T00:00:00Z"},
    "request": "r-1",
    "respond_by": "2027-01-15T00:00:00Z",
}


def asking(country: str = "DE", peer: str = "CN") -> World:
    made = World(country=country)
    made.init()
    made.enrol("examiner-1")
    made.enrol("office-2", roles=(), kind="organisation", country=peer, ledger="b.example/x")
    made.open_case(CASE)
    return made


def drafted(made: World, **more: Any) -> Paper:
    made.append(made.sign(made.event("request.drafted", {**ASKED, "to": "office-2", **more}, actor="registrar-1")))
    return assistance.assistance_request(read(made, "r-1", names=()), "r-1", BASIS)


def test_every_statement_stands_under_the_title_of_its_form() -> None:
    """Rows C13 and C16: what is typed once is on the letter, and so is what stands in a place of its own."""
    paper = drafted(asking(peer="FR"), case=CASE)
    assert paper.english is None
    assert row(paper, "Kind") == "mutual legal assistance"
    assert row(paper, "To") == "office-2 (name of office-2), FR"
    assert row(paper, "Sent") == "not sent, as far as these records show"
    assert row(paper, "Case") == CASE
    assert row(paper, "Authority that asks") == "Prosecutor <4>"
    assert row(paper, "Holder of the evidence") == "a bank"
    assert row(paper, "Offence under investigation") == "XA: fraud (ICCS 0701)"
    assert row(paper, "Period that the data cover") == "2026-01-01 00:00:00 UTC - 2026-02-01 00:00:00 UTC"
    assert row(paper, "Deadline that is wished for") == "2027-01-15 00:00:00 UTC"
    assert row(paper, "Decisions on which it rests") == f"SHA-256 {DOCUMENT}"
    told = row(paper, "Offence in both countries")
    assert told == "needed: yes; met: yes; office-2 (name of office-2); both punish it"
    assert "Regulation (EU) 2023/1543" in row(paper, "Law by which it is dealt with, as far as known here")
    assert "Prosecutor &lt;4&gt;" in format_paper(paper).decode()


def test_what_was_not_stated_has_no_line() -> None:
    """A letter with thirty empty lines hides the five that are said."""
    labels = {item.label.en for item in drafted(asking(peer="FR")).rows}
    assert "Quantity" not in labels
    assert "Renews the request" not in labels


@pytest.mark.parametrize(("country", "peer", "chinese"), [("DE", "CN", True), ("CN", "DE", True), ("DE", "US", False)])
def test_it_is_in_chinese_too_where_one_of_the_two_is_chinese(country: str, peer: str, chinese: bool) -> None:
    """Row C13: a request to China goes with a translation; the form at the least is in both languages."""
    paper = drafted(asking(country, peer))
    assert (paper.english is not None) is chinese
    if chinese:
        own, english = format_paper(paper).decode().split('<section lang="en">')
        assert "刑事司法协助请求书" in own
        assert "请求机关的名称" in own
        assert re.search(r"[\u4e00-\u9fff]", english) is None
        assert own.count("<tr>") == english.count("<tr>")
        for words in ("mutual legal assistance", "Authority that asks", "not sent"):
            assert words not in own


@pytest.mark.parametrize(
    ("ground", "english", "chinese"),
    [
        ("no-connection", "no substantive connection to the case", "与案件缺乏实质性联系"),
        ("time-barred", "time-barred under the law of the state asked", "已过追诉时效"),
    ],
)
def test_answers_say_who_forwarded_and_who_decided(ground: str, english: str, chinese: str) -> None:
    """Rows C14 and C24: the ground from the closed list, the reasons, and the two organs."""
    made = asking("CN", "DE")
    made.enrol("ministry-1", roles=(), kind="organisation", country="CN")
    came = {**ASKED, "from": "office-2", "paper": DOCUMENT, "received_at": "2026-11-01T00:00:00Z", "reference": "No. 9"}
    made.append(made.sign(made.event("request.received", came, actor="registrar-1")))
    answer = {
        "answered_at": "2026-11-20T00:00:00Z", "decided_by": "ministry-1", "ground": ground,
        "outcome": "refused", "reasons": "not shown", "request": "r-1",
    }  # fmt: skip
    made.append(made.sign(made.event("request.answered", answer, actor="registrar-1")))
    paper = assistance.assistance_request(read(made, "r-1", names=()), "r-1", BASIS)
    assert paper.english is not None
    assert row(paper.english, "From") == "office-2 (name of office-2), DE"
    assert row(paper.english, "Number there") == "No. 9"
    ((when, what, why, decided, forwarded, until, terms, documents),) = paper.english.tables[0].rows
    assert (when, what) == ("2026-11-20 00:00:00 UTC", "refused")
    assert why == f"{english}; not shown"
    assert (decided, forwarded) == ("ministry-1 (name of ministry-1)", "not recorded")
    assert (until, terms, documents) == ("-", "-", "not recorded")
    assert paper.tables[0].rows[0][2] == f"{chinese}; not shown"


def test_what_is_granted_is_granted_on_terms_that_stand_there() -> None:
    """Row C15: conditions are accepted in writing, so they are on the paper."""
    made = asking("CN", "DE")
    came = {**ASKED, "from": "office-2", "paper": DOCUMENT, "received_at": "2026-11-01T00:00:00Z"}
    made.append(made.sign(made.event("request.received", came, actor="registrar-1")))
    terms = ({"before": False, "code": "use-limited", "text": "for case 7 only"},)
    grant = {"conditions": terms, "onward": "forbidden", "to_country": "DE"}
    answer = {"answered_at": "2026-11-20T00:00:00Z", "grant": grant, "outcome": "granted", "request": "r-1"}
    made.append(made.sign(made.event("request.answered", answer, actor="registrar-1")))
    paper = assistance.assistance_request(read(made, "r-1", names=()), "r-1", BASIS)
    assert paper.english is not None
    assert paper.english.tables[0].rows[0][6] == "DE; onward transfer: forbidden; use-limited: for case 7 only"
    assert paper.tables[0].rows[0][6] == "DE; 向第三国转移: 禁止; 限制使用: for case 7 only"


def test_a_request_that_is_not_there_makes_no_paper() -> None:
    """Nothing is printed about nothing."""
    with pytest.raises(UsageError, match=r"print\.subject"):
        assistance.assistance_request(read(asking(), names=()), "r-9", BASIS)


def test_every_statement_kind_answer_and_ground_has_its_words() -> None:
    """One that is added later would be left out of the letter, or stand there in a language that isn't the form's."""
    assert set(ORDER) == set(get_args(FieldName)) == {item.name for item in request_fields().fields}
    assert len(ORDER) == len(set(ORDER))
    for words, closed in ((KINDS, RequestKind), (OUTCOMES, Outcome), (GROUNDS, Ground)):
        assert set(words) == set(get_args(closed))
        assert len({item.own for item in words.values()}) == len(words)
