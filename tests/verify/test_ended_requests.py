"""Requests that ended bear nothing: what was refused, withdrawn or not executed lets nothing go until it is granted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from schemas.errors import RefusedError
from tests.border import Side, register

PEERS = {"b": "XB", "c": "XC"}
REFUSED = {"answered_at": "2026-11-21T08:00:00Z", "ground": "security", "outcome": "refused", "reasons": "secret"}
LATER = {"ground": None, "outcome": "nothing-found", "reasons": None}
GRANTED = {
    "grant": {"onward": "with-consent", "to_country": "XB"}, "ground": None, "outcome": "granted", "reasons": None,
}  # fmt: skip


def asked(folder: Path, gate: str | None) -> Side:
    """Return a country with an exhibit, and a request of the police of b."""
    side = Side(folder / "a", "a", peers=PEERS, gate=gate)
    register(side)
    heard = {
        "fields": [], "from": "b-police", "kind": "production", "paper": "ab" * 32, "request": "req-1",
        "received_at": "2026-11-21T07:00:00Z",
    }  # fmt: skip
    side.world.append(side.world.sign(side.world.event("request.received", heard, actor="official-1")))
    return side


def test_a_request_that_was_withdrawn_ends_the_consent_that_rests_on_it(tmp_path: Path) -> None:
    """What nobody asks for any more does not leave."""
    side = asked(tmp_path, None)
    side.consent("EX-1", "b-police", request="req-1")
    withdrawn = {"reason": "settled", "request": "req-1"}
    side.world.append(side.world.sign(side.world.event("request.withdrawn", withdrawn, actor="official-1")))
    with pytest.raises(RefusedError) as caught:
        side.build("refused.zip", "EX-1", to="b-police")
    assert caught.value.code == "release.request-ended"


@pytest.mark.parametrize(
    ("ends", "is_over"),
    [
        ([("request.withdrawn", {"reason": "settled"}), ("request.closed", {"outcome": "withdrawn"})], True),
        ([("request.withdrawn", {"reason": "settled"}), ("request.closed", {"outcome": "executed"})], True),
        ([("request.closed", {"outcome": "withdrawn"})], True),
        ([("request.closed", {"outcome": "not-executed"})], True),
        ([("request.closed", {"outcome": "expired"})], True),
        ([("request.closed", {"outcome": "executed-in-part"})], False),
        ([("request.answered", REFUSED), ("request.answered", {**REFUSED, **LATER})], True),
        ([("request.answered", REFUSED), ("request.answered", {**REFUSED, **GRANTED})], False),
    ],
)
def test_closing_a_request_gives_nothing_back(tmp_path: Path, ends: list[tuple[str, Any]], is_over: bool) -> None:
    """Tidying up after a withdrawal must not open the gate again; what was executed may be sent a second time."""
    side = asked(tmp_path, "v2")
    side.consent("EX-1", "b-police", request="req-1")
    for type, details in ends:
        composed = side.world.event(type, {**details, "request": "req-1"}, actor="official-1")
        side.world.append(side.world.sign(composed))
    act = side.dispatch("EX-1", "b-police", request="req-1")
    if not is_over:
        side.world.append(side.world.sign(act))
        return
    with pytest.raises(RefusedError) as caught:
        side.world.append(side.world.sign(act))
    assert caught.value.code == "release.request-ended"


def test_nothing_is_sent_on_a_request_that_was_refused(tmp_path: Path) -> None:
    """Also where the consent names none."""
    side = asked(tmp_path, "v2")
    side.consent("EX-1", "b-police")
    answer = side.world.event("request.answered", {**REFUSED, "request": "req-1"}, actor="official-1")
    side.world.append(side.world.sign(answer))
    with pytest.raises(RefusedError) as caught:
        side.world.append(side.world.sign(side.dispatch("EX-1", "b-police", request="req-1")))
    assert caught.value.code == "release.request-ended"
    side.world.append(side.world.sign(side.dispatch("EX-1", "b-police")))
