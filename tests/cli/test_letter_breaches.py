"""What a writer asks of the letters under which something leaves: no more than a reader of it would, and no less."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from custody.bundle.behind import Behind, past_of
from custody.cli.checking.behind import reader_events, reader_requests
from custody.cli.checking.letter_breaches import letter_breaches
from custody.ledger.append import append
from custody.ledger.compose import Composed
from custody.ledger.store import LedgerReader
from custody.verify.rules.view import View
from custody.verify.verify import Trusted
from schemas.entry import ParsedEntry
from schemas.errors import RefusedError
from schemas.event import About
from schemas.private import Disclosure
from tests.border import CASE, Side, register
from tests.verify.test_erased_letters import ABROAD, GATES, INVENTED, WAYS, order, side

PAPER: dict[str, Any] = {"documents": ["12" * 32], "manner": "paper", "number": "7"}
MOVED = {"place": "x", **ABROAD}


def submit(side: Side, composed: Composed) -> None:
    """Append an event of a home that keeps no letter, as its write path does."""
    home = Behind(lambda _: None, lambda _: None, Trusted(), side.world.at)

    def look(reader: LedgerReader, view: View, entry: ParsedEntry, made: Sequence[Disclosure]) -> None:
        past = past_of(view, reader_events(reader), reader_requests(reader))
        found = letter_breaches(reader, past, entry.event, entry.entry.recorded_at, behind=lambda: home)
        for breach in found:
            raise RefusedError(breach.code, breach.text)

    world = side.world
    append(world.store, (world.sign(composed),), at=world.at, log_signers=(world.log_signer,), behind=look)


def refused(side: Side, composed: Composed) -> str:
    """Return the text with which an event is refused because of its letters; nothing is written then."""
    size = len(side.world.entries())
    with pytest.raises(RefusedError) as caught:
        submit(side, composed)
    assert caught.value.code == "release.consent-letter"
    assert len(side.world.entries()) == size
    return caught.value.text


def away(side: Side, number: str = "EX-1", **more: Any) -> Composed:
    """Return a move of an exhibit to b."""
    return side.world.custody_act("custody.moved", CASE, number, MOVED, actor="examiner-1", **more)


@pytest.mark.parametrize("gate", GATES)
@pytest.mark.parametrize(("type", "details", "offices"), WAYS)
def test_no_way_out_is_open_under_a_letter_that_is_gone(
    tmp_path: Path, gate: str | None, type: str, details: dict[str, Any], offices: dict[str, Any]
) -> None:
    """Its readers would find it undecided for ever; with a paper beside it they wouldn't."""
    a = side(tmp_path, gate)
    order(a)

    def leaving() -> Composed:
        if type == "access.logged":
            return a.world.annotation(type, a.world.about(CASE, "EX-1"), details, actor="system")
        return a.world.custody_act(type, CASE, "EX-1", details, actor="examiner-1", **offices)

    refused(a, leaving())
    a.consent("EX-1", "b-police", **PAPER)
    submit(a, leaving())


@pytest.mark.parametrize(
    "changes",
    [
        {"valid_until": "2026-11-21T00:00:01Z"},
        {"conditions": [{"before": True, "code": "return"}]},
        {"onward": "forbidden"},
        {"conditions": [{"before": False, "code": "return"}]},
    ],
)
def test_a_paper_that_does_not_let_it_go_this_way_stands_in_for_no_letter(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    """A dispatch on easier terms than the paper's leaves under the letter alone."""
    a = side(tmp_path, "v2")
    order(a)
    a.consent("EX-1", "b-police", **PAPER, **changes)
    assert "the letter of ministry" in refused(a, a.dispatch("EX-1", "b-police"))


def test_a_paper_of_later_stands_in_for_no_letter(tmp_path: Path) -> None:
    """It counts from its day on, and what left before left under the letter."""
    a = side(tmp_path, "v2")
    order(a)
    a.world.tick(7_200)
    a.consent("EX-1", "b-police", **PAPER, valid_from=a.world.at.strftime("%Y-%m-%dT%H:%M:%SZ"))
    refused(a, away(a, occurred_at=a.world.at - timedelta(hours=1)))


def test_a_condition_that_a_letter_met_is_not_met_without_it(tmp_path: Path) -> None:
    """The consent itself was given by key, and rests on the letter all the same."""
    a = Side(tmp_path / "a", "a", peers={"b": "XB"}, gate="v2")
    register(a)
    given = a.consent("EX-1", "b-police", conditions=[{"before": True, "code": "confidentiality"}])
    exhibit = a.world.about(CASE, "EX-1").exhibit
    met = {"conditions": ["confidentiality"], "origin": INVENTED}
    a.world.annotate("consent.conditions-met", About(exhibit=exhibit, event=given), met, actor="official-1")
    refused(a, away(a))


def test_who_is_bound_by_its_content_alone_needs_the_letter_too(tmp_path: Path) -> None:
    """Registered anew it would go on under a letter of where it came from that nobody can see."""
    a = Side(tmp_path / "a", "a", peers={"b": "XB", "c": "XC"}, gate="v2")
    hashes = {"head": "ab" * 32, "manifest": "cd" * 32, "root": "ef" * 32}
    foreign = {"case": "C", "exhibit": "E", "ledger": "c.example/main", "size": 9, **hashes}
    a.world.register(CASE, "EX-1", actor="examiner-1", files={"c": b"of c"}, foreign=foreign)
    a.world.register(CASE, "EX-2", actor="examiner-1", files={"c": b"of c"})
    a.consent("EX-2", "b-police", **PAPER)
    origin = {**INVENTED, "ledger": "c.example/main"}
    a.consent("EX-2", "b-police", authority="c-police", manner="letter", origin=origin)
    assert "the letter of c-police" in refused(a, away(a, "EX-2"))
