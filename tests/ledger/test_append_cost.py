"""What an append looks at: other ledgers' words and all registrations only where the event calls for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import msgspec
import pytest

from custody.ledger.append import append
from custody.ledger.compose import NOWHERE, Composed
from custody.ledger.store import LedgerWriter
from custody.ledger.working import WorkingState
from custody.verify.border.past import RESTING
from custody.verify.rules.view import Exhibit, View
from schemas.details.letter import LetterOrigin
from schemas.entry import ParsedEntry
from schemas.private import Disclosure
from schemas.registry import DETAILS
from tests.world import World

CASE = "2026-0417"


def test_every_type_that_may_rest_on_a_letter_is_looked_behind() -> None:
    """The write path passes the others over unread: a new type with an origin must not be among them."""
    with_letters = {
        name
        for name, type in DETAILS.items()
        if any(LetterOrigin in get_args(item.type) for item in msgspec.structs.fields(type.details))
    }
    assert "request.withdrawn" in with_letters
    assert with_letters <= RESTING


def test_an_ordinary_append_neither_looks_behind_nor_searches(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A search along all registrations, under the write lock, is for what goes out with documents."""
    searched: list[tuple[str, ...]] = []
    looked: list[str] = []
    holders = WorkingState.holders

    def spy(state: WorkingState, digests: tuple[str, ...]) -> dict[str, tuple[Exhibit, ...]]:
        searched.extend([digests] if digests and type(state) is WorkingState else [])
        return holders(state, digests)

    def look(writer: LedgerWriter, view: View, entry: ParsedEntry, made: Sequence[Disclosure]) -> None:
        looked.append(entry.event.event.type)

    def put(composed: Composed) -> None:
        append(world.store, [world.sign(composed)], at=world.at, log_signers=(world.log_signer,), behind=look)
        world.tick()

    monkeypatch.setattr(WorkingState, "holders", spy)
    world.enrol("official-1", ("authority",))
    world.enrol("peer", (), kind="organisation", country="XB")
    put(world.registration(CASE, "EX-1", actor="examiner-1", files={"a": b"a"}))
    put(world.custody_act("custody.moved", CASE, "EX-1", {"place": "safe 2"}, actor="examiner-1"))
    asked = {"documents": ["ab" * 32], "fields": [], "kind": "mla", "request": "req-1", "to": "peer"}
    put(world.event("request.drafted", asked, actor="official-1", anchor=NOWHERE))
    assert (searched, looked) == ([], [])
    sent = {"channel": "direct", "request": "req-1", "sent_at": "2026-11-21T08:00:00Z"}
    put(world.event("request.sent", sent, actor="official-1", anchor=NOWHERE))
    ended = {"reason": "settled", "request": "req-1"}
    put(world.event("request.withdrawn", ended, actor="official-1", anchor=NOWHERE))
    # Once for the consents to what it encloses, once for the letters on which these rest.
    assert (searched, looked) == ([("ab" * 32,)] * 2, ["request.withdrawn"])
