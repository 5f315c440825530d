"""The receipt of a transfer says what was sent and decided, in the words of both sides."""

from __future__ import annotations

import re
from typing import Any, get_args

from custody.ledger.compose import Anchor, link_after
from custody.report.papers import receipt
from custody.report.papers.page import format_paper
from custody.report.papers.receipt_words import WORDS
from schemas.details.consent import ConditionCode, Onward
from schemas.details.transfer import RefusalReason, Reservation
from schemas.entry import parse_entry
from tests.report.papers.test_papers import BASIS, CASE, DISK, DOCUMENT, read, row, world
from tests.world import World

__all__ = ["world"]

TRANSFER = "ab" * 16


def accept(made: World, **changes: Any) -> None:
    """Take in an exhibit of another ledger, which its office-2 sent."""
    hash_ = "ef" * 32
    foreign = {
        "case": "B-7", "exhibit": "9", "head": hash_, "ledger": "b.example/x", "manifest": hash_, "root": hash_,
        "size": 9,
    }  # fmt: skip
    details = {
        "accepted_at": "2026-11-21T08:00:00Z", "description": "phone", "foreign": foreign, "from": "office-2",
        "kind": "phone", "nature": "object", "obtained": "foreign-assistance", "onward": "forbidden",
        "sent_at": "2026-11-20T08:00:00Z", "transfer": TRANSFER, **changes,
    }  # fmt: skip
    anchor = Anchor(case=CASE, exhibit="EX-9", link=link_after(None))
    made.append(made.sign(made.event("transfer.accepted", details, actor="examiner-1", anchor=anchor)))


def test_a_dispatch_without_a_decision_says_so(world: World) -> None:
    """A sender's paper must not look like a receipt."""
    details = {"item": "original", "onward": "forbidden", "purpose": "p", "to": "office-2", "transfer": TRANSFER}
    world.act("transfer.dispatched", CASE, DISK, {**details, "seal": "S-1"}, actor="examiner-1")
    paper = receipt.transfer_receipt(read(world), TRANSFER, BASIS)
    assert row(paper, "State").startswith("on its way")
    assert paper.tables[0].rows[0][1] == "original sent"
    told = {
        "decided_at": "2026-11-22T00:00:00Z", "document": DOCUMENT, "manner": "paper", "outcome": "accepted",
        "transfer": TRANSFER,
    }  # fmt: skip
    world.act("transfer.receipt", CASE, DISK, told, actor="examiner-1")
    paper = receipt.transfer_receipt(read(world), TRANSFER, BASIS)
    assert row(paper, "State") == "decided"
    assert paper.tables[0].rows[1][1] == "receipt: accepted (on paper)"


def test_the_receiver_s_paper_says_when_it_was_sent_and_accepted_and_what_was_found(world: World) -> None:
    """Row R3 and the receipt profile: both times, the check of the files, reservations and terms."""
    accept(world, onward="with-consent", rehash={"match": False, "root": "ef" * 32}, reservations=("seal-broken",))
    refused = {
        "exhibits": ({"case": "B-7", "exhibit": "10", "head": "ab" * 32},), "from": "office-2", "ledger": "b.example/x",
        "reasons": ("damaged",), "refused_at": "2026-11-21T08:00:00Z", "transfer": TRANSFER, "verdict": "FAILED",
    }  # fmt: skip
    world.append(world.sign(world.event("transfer.refused", refused, actor="examiner-1")))
    last = len(world.entries()) - 1
    paper = receipt.transfer_receipt(read(world, names=((CASE, "EX-9"),), extra=(last,)), TRANSFER, BASIS)
    accepted, other = paper.tables[0].rows
    assert accepted[0] == f"{CASE}/EX-9, there B-7/9"
    assert accepted[2] == "sent 2026-11-20 08:00:00 UTC, accepted 2026-11-21 08:00:00 UTC"
    assert accepted[4].startswith("NOT as registered")
    assert accepted[6] == "onward transfer: only with a new consent; reservations: seal broken"
    assert other[:2] == ("B-7/10", "refused")
    assert other[6] == "damaged; verdict on the bundle: FAILED"


def test_a_receipt_of_a_chinese_ledger_is_in_chinese_and_english() -> None:
    """Each edition is whole and in one language; of another ledger it is in English alone."""
    papers = []
    for country in ("CN", "XA"):
        made = World(country=country)
        made.init()
        made.enrol("examiner-1")
        made.enrol("office-2", roles=(), kind="organisation", country="XB", ledger="b.example/x")
        made.enrol("ministry-1", roles=(), kind="organisation", country=country)
        made.open_case(CASE)
        made.register(CASE, DISK, actor="examiner-1")
        given = {
            "authority": "ministry-1", "documents": (DOCUMENT,), "issued_at": "2026-11-20T00:00:00Z", "manner": "paper",
            "number": "No. 7", "onward": "with-consent", "purpose": "p", "recipient": "office-2",
            "valid_from": "2026-11-20T00:00:00Z",
        }  # fmt: skip
        made.annotate("consent.recorded", made.about(CASE, DISK), given, actor="registrar-1")
        consent = parse_entry(made.entries()[-1]).event.hash
        terms = ({"before": False, "code": "use-limited", "due": "2027-03-01T00:00:00Z"},)
        sent = {"conditions": terms, "item": "original", "onward": "with-consent", "purpose": "p", "to": "office-2"}
        made.act(
            "transfer.dispatched", CASE, DISK, {**sent, "consent": consent, "transfer": TRANSFER}, actor="examiner-1"
        )
        told = {"decided_at": "2026-11-22T00:00:00Z", "document": DOCUMENT, "manner": "paper", "outcome": "accepted"}
        made.act("transfer.receipt", CASE, DISK, {**told, "transfer": TRANSFER}, actor="examiner-1")
        papers.append(receipt.transfer_receipt(read(made), TRANSFER, BASIS))
    chinese, other = papers
    assert other.english is None
    assert format_paper(other).decode().isascii()
    own, english = format_paper(chinese).decode().split('<section lang="en">')
    assert "物证移交回执" in own
    assert re.search(r"[\u4e00-\u9fff]", english) is None
    for words in ("Receipt", "Signed by", "sent", "not recorded", "only with a new consent", "use-limited", "accepted"):
        assert words not in own
        assert words in english
    assert own.count("<tr>") == english.count("<tr>")


def test_every_closed_word_of_a_transfer_has_a_chinese_one() -> None:
    """A term that is added later would stand there in English."""
    words = {*get_args(ConditionCode), *get_args(Onward), *get_args(RefusalReason), *get_args(Reservation)}
    assert words - WORDS.keys() == set()
