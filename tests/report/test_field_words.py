"""What stands in a record as a code or a time stands before a reader in words."""

from __future__ import annotations

from typing import Any, get_args

from custody.report.field_labels import CODES, CONDITIONS, ONWARD
from custody.report.words import facts_of
from schemas.details.consent import ConditionCode, Onward

ACCEPTED: dict[str, Any] = {
    "accepted_at": "2026-11-21T20:23:00Z",
    "conditions": [{"before": False, "code": "return", "due": "2027-01-01T00:00:00Z"}],
    "onward": "forbidden",
    "rehash": {"match": True, "root": "00" * 32},
}


def test_terms_and_times_stand_in_words() -> None:
    """A judge reads what a condition asks and when, not its code; the digest stays as it is."""
    told = {fact.label: fact.value for fact in facts_of(ACCEPTED, {})}
    assert told == {
        "accepted at": "2026-11-21 20:23:00 UTC",
        "condition 1, to be met before it goes": "no",
        "condition 1": "Give it back. [return]",
        "condition 1, until": "2027-01-01 00:00:00 UTC",
        "to a third country": "It may NOT be handed to a third country.",
        "hashed again, and as it was sent": "yes",
        "content digest found": "00" * 32,
    }


def test_a_code_means_something_in_its_own_field_only() -> None:
    """The word 'return' is no condition where it is the purpose of an act."""
    told = facts_of({"purpose": "return", "manner": "paper"}, {})
    assert [fact.value for fact in told] == ["return", "recorded from a paper that the signer has seen"]


def test_a_statement_of_a_request_stands_under_its_own_name() -> None:
    """'purpose: trial' reads better than a name and a value with numbers."""
    told = facts_of({"fields": [{"name": "legal-basis", "value": {"commitment": "00" * 32}}]}, {})
    assert [(fact.place, fact.label, fact.value) for fact in told] == [
        (("details", "fields", "0", "value"), "legal-basis", "(withheld)")
    ]


def test_a_refusal_says_what_a_reader_would_have_been_told() -> None:
    """The code stays beside the sentence, since rules are looked up by it."""
    (told,) = facts_of({"breaches": ["release.consent-missing"]}, {})
    assert told.label == "had it left, a reader would be told"
    assert told.value.startswith("Evidence left")
    assert told.value.endswith("[release.consent-missing]")


def test_every_condition_and_onward_rule_has_words() -> None:
    """A code without words would stand bare on the page that binds its reader."""
    assert set(CONDITIONS) == set(get_args(ConditionCode))
    assert set(ONWARD) == set(get_args(Onward))
    assert all(text for words in CODES.values() for text in words.values())
