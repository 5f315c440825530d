"""What is taken over from a letter: what was shown, whole, and nothing that was withheld."""

from __future__ import annotations

from typing import Any

import pytest

from custody.ledger.compose import Composed
from custody.transfer.letter_records import plain_details
from custody.transfer.letters import Letter, LetterRequest, check_addressed, check_is_news, peer_of
from custody.verify.rules.view import Agent, Ledger, Request
from schemas.errors import RefusedError, UsageError, VerificationError
from schemas.private import Disclosure
from tests.transfer.asking import Asking
from tests.world import World, settled

AT = "2026-11-21T09:00:00Z"


@pytest.fixture
def drafted() -> Composed:
    """A draft with every kind of private value: in a list, in an object, optional."""
    details: dict[str, Any] = {
        "dual_criminality": {"met": "yes", "needed": "yes", "statement": "both punish it"},
        "fields": [{"name": "facts", "value": "F"}, {"name": "purpose", "value": "P"}],
        "kind": "mla",
        "offences": [{"country": "XA", "text": "fraud"}],
        "period": {"first": AT, "last": AT},
        "request": "r-1",
        "to": "abroad-1",
    }
    return settled(World()).event("request.drafted", details, actor="registrar-1")


def _shown(composed: Composed, *withheld: str) -> dict[str, Disclosure]:
    return {item.commitment: item for item in composed.disclosures if item.path not in withheld}


def test_what_was_shown_is_taken_over_in_plain(drafted: Composed) -> None:
    """The receiver makes commitments of his own of it."""
    found = plain_details(drafted.event, _shown(drafted))
    assert found["fields"] == [{"name": "facts", "value": "F"}, {"name": "purpose", "value": "P"}]
    assert found["dual_criminality"]["statement"] == "both punish it"
    assert found["offences"] == [{"country": "XA", "text": "fraud"}]
    assert "commitment" not in str(found)


def test_a_statement_that_was_withheld_is_left_out_whole(drafted: Composed) -> None:
    """A field without its value would look as if it had been stated."""
    found = plain_details(drafted.event, _shown(drafted, "/details/fields/0/value", "/details/offences/0/text"))
    assert found["fields"] == [{"name": "purpose", "value": "P"}]
    assert found["offences"] == []


def test_an_optional_value_that_was_withheld_takes_nothing_with_it(drafted: Composed) -> None:
    """That dual criminality is met stands in clear; only the statement is missing."""
    found = plain_details(drafted.event, _shown(drafted, "/details/dual_criminality/statement"))
    assert found["dual_criminality"] == {"met": "yes", "needed": "yes"}


def test_nothing_shown_leaves_what_stands_in_clear(drafted: Composed) -> None:
    """Kinds, times and ids are no secrets."""
    found = plain_details(drafted.event, {})
    assert found["fields"] == []
    assert (found["kind"], found["period"]) == ("mla", {"first": AT, "last": AT})


THEIRS = "b.example/main"
READ = {
    "event": "01" * 32, "ledger": THEIRS, "manifest": "02" * 32, "request": "theirs", "root": "03" * 32, "size": 9,
}  # fmt: skip


def _agent(name: str, ledger: str | None = THEIRS) -> Agent:
    return Agent(name, "organisation", 1, (), (), (), country="XB", ledger=ledger)


def _letter(size: int = 9, root: str = "03" * 32, to: Agent | None = None) -> Letter:
    ledger = Ledger(THEIRS, "XB", (), ())
    return Letter(ledger=ledger, size=size, root=root, manifest="02" * 32, to=to, requests=(), disclosed={})


OF = LetterRequest(Request("theirs", "mla", "outgoing", "us", "sent"), ())


def test_two_histories_of_one_size_are_a_fork() -> None:
    """The other ledger was rewritten since its last letter, or shows different people different books."""
    story = Asking(paper=None, origin=READ).received(AT).story("incoming", "received")
    with pytest.raises(VerificationError, match=r"letter\.fork"):
        check_is_news(_letter(root="ff" * 32), OF, story)


@pytest.mark.parametrize("size", [5, 9, 12])
def test_a_letter_without_news_is_received_once(size: int) -> None:
    """Older, the same, or newer with nothing new: nothing is recorded a second time."""
    story = Asking(paper=None, origin=READ).received(AT).story("incoming", "received")
    with pytest.raises(RefusedError, match=r"letter\.twice"):
        check_is_news(_letter(size=size), OF, story)


def test_a_letter_counts_for_whom_it_was_written() -> None:
    """Shown to a third authority it is no request to that one."""
    check_addressed(_letter(to=_agent("us", "a.example/main")), "a.example/main")
    check_addressed(_letter(to=_agent("us", None)), "a.example/main")
    with pytest.raises(RefusedError, match=r"letter\.recipient"):
        check_addressed(_letter(to=_agent("others", "c.example/main")), "a.example/main")


def test_its_sender_is_the_organisation_with_that_ledger() -> None:
    """Nobody vouches for a letter but who is enrolled with the ledger that wrote it."""
    agents = [_agent("police-b"), _agent("other", "c.example/main"), _agent("paper-only", None)]
    assert peer_of(_letter(), agents, None).id == "police-b"
    with pytest.raises(RefusedError, match=r"letter\.sender"):
        peer_of(_letter(), agents[1:], None)
    with pytest.raises(RefusedError, match=r"letter\.sender"):
        peer_of(_letter(), agents, "other")
    both = [*agents, _agent("justice-b")]
    with pytest.raises(UsageError, match=r"letter\.senders"):
        peer_of(_letter(), both, None)
    assert peer_of(_letter(), both, "justice-b").id == "justice-b"
