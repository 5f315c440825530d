"""What a consent by letter rests on is read again: at the write path and by an audit."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from custody.cli.exits import Exit
from schemas.details.consent import ConsentRecorded
from schemas.types import is_set
from tests.cli.behind import Sides, refused, sides

__all__ = ["sides"]


def consent(sides: Sides, letter: str = "grant.zip") -> dict[str, Any]:
    """Record a consent by letter as the command does, and return the details of it, to forge another from."""
    line = f"consent record EX-1 --authority peer --recipient third --purpose p --letter {letter} --as auth-1"
    sides.do(line)
    details = sides.a.entries()[-1].event.details
    assert isinstance(details, ConsentRecorded)
    given = {name: getattr(details, name) for name in details.__struct_fields__ if is_set(getattr(details, name))}
    return {**given, "purpose": "p", "conditions": None}


def origin(details: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """Return where a record was read, changed."""
    found = details["origin"]
    return {name: getattr(found, name) for name in found.__struct_fields__} | changes


def test_a_consent_rests_on_a_letter_that_is_kept(sides: Sides) -> None:
    """The same record, submitted by hand, is as good as the command's: its letter is there and says so."""
    details = consent(sides)
    assert is_set(details["origin"].document)
    ran = sides.forge("consent.recorded", details)
    assert ran.exit is Exit.DONE, ran
    assert sides.stage.custody("audit").exit is Exit.DONE


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"document": "ab" * 32}, "letter.absent"),
        ({"document": None}, "letter.absent"),
        ({"event": "ab" * 32}, "letter.origin"),
        ({"size": 3}, "letter.origin"),
        ({"root": "ab" * 32}, "letter.origin"),
        ({"manifest": "ab" * 32}, "letter.origin"),
        ({"request": "in-req-2"}, "letter.origin"),
        ({"ledger": "c.example/z"}, "letter.origin"),
    ],
)
def test_an_invented_letter_opens_no_gate(sides: Sides, changes: dict[str, Any], code: str) -> None:
    """A draft that names a letter that nobody has, or another place in one, stays outside."""
    details = consent(sides)
    size = len(sides.a.entries())
    refused(sides.forge("consent.recorded", {**details, "origin": origin(details, **changes)}), code)
    assert len(sides.a.entries()) == size


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"authority": "third"}, "letter.sender"),
        ({"request": None}, "letter.request"),
        ({"request": "req-2"}, "letter.request"),
    ],
)
def test_a_letter_is_used_for_what_it_answers(sides: Sides, changes: dict[str, Any], code: str) -> None:
    """Another authority didn't write it, and it grants no other request."""
    refused(sides.forge("consent.recorded", {**consent(sides), **changes}), code)


def test_a_changed_letter_opens_no_gate(sides: Sides) -> None:
    """Its bytes are kept under their own digest, which the record commits to, and they don't verify."""
    details, raw = consent(sides), Path("grant.zip").read_bytes()
    for place in range(200, len(raw), len(raw) // 12):
        digest = sides.keep(raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :])
        ran = sides.forge("consent.recorded", {**details, "origin": origin(details, document=digest)})
        assert ran.exit is Exit.REFUSED, f"byte {place}: {ran}"


def test_a_refusal_is_no_consent(sides: Sides) -> None:
    """A letter that says no, recorded as one that says yes."""
    details = consent(sides)
    sides.do("request receive refusal.zip --as auth-1")
    read = sides.a.entries()[-1].event.details.origin  # type: ignore[attr-defined]
    refused(sides.forge("consent.recorded", {**details, "origin": read, "request": "req-2"}), "letter.grant")


def test_a_ledger_that_nobody_believes_grants_nothing(sides: Sides) -> None:
    """The home must know whose letter it is."""
    details = consent(sides)
    Path("trust.json").unlink()
    sides.do("trust add a.json --yes --trust trust.json")
    refused(sides.forge("consent.recorded", details), "checkpoint.unknown-origin")


def test_an_answer_says_what_the_letter_says(sides: Sides) -> None:
    """A refusal by letter is not recorded as a grant."""
    sides.do("request receive refusal.zip --as auth-1")
    read = sides.a.entries()[-1].event.details.origin  # type: ignore[attr-defined]
    details = {
        "answered_at": "2026-11-21T20:23:00Z", "from": "peer", "origin": read, "outcome": "granted",
        "received_at": "2026-11-21T20:24:00Z", "request": "req-2",
    }  # fmt: skip
    refused(sides.forge("request.answer-received", details), "letter.said")


def test_an_audit_finds_a_letter_that_is_gone_or_changed(sides: Sides) -> None:
    """What the command saw is no longer there: nobody can see it any more."""
    details = consent(sides)
    digest = details["origin"].document
    path = sides.a.home / "documents" / digest[:2] / digest
    raw = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(raw[:500] + bytes([raw[500] ^ 1]) + raw[501:])
    assert sides.stage.custody("audit").exit is Exit.FAILED
    path.unlink()
    found = sides.a.json("audit", Exit.INDETERMINATE)["findings"]
    assert "letter.absent" in {item["code"] for item in found}
