"""What is taken over from a letter: what was shown, whole, and nothing that was withheld."""

from __future__ import annotations

from typing import Any

import pytest

from custody.ledger.compose import Composed
from custody.transfer.letters import plain_details
from schemas.private import Disclosure
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
