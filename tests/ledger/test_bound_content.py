"""What holds the files of a bound exhibit leaves by no event that the write path takes."""

from __future__ import annotations

import pytest

from custody.ledger.submission import Submission
from schemas.errors import RefusedError
from schemas.event import About
from tests.world import World

CASE = "2026-0417"
HASH = "ab" * 32
ABROAD = {
    "case": "C", "exhibit": "EX-7", "head": HASH, "ledger": "b.example/main", "manifest": HASH, "root": HASH, "size": 9,
}  # fmt: skip
THEIRS = {"one.txt": b"one", "two.txt": b"two"}
OUT = {"manifest": HASH, "recipient": "the lab", "to": "c-lab"}


@pytest.fixture
def bound(world: World) -> World:
    """EX-1 came from b on a condition; whatever b doesn't bind may go to c's laboratory at home."""
    world.register(CASE, "EX-1", actor="examiner-1", files=THEIRS, foreign=ABROAD)
    world.enrol("c-lab", (), kind="organisation", country=world.country, ledger="c.example/main")
    return world


def refusal(world: World, *submissions: Submission) -> RefusedError:
    """Return why a batch is refused; nothing is written then."""
    size = len(world.entries())
    with pytest.raises(RefusedError) as caught:
        world.append_all(submissions)
    assert len(world.entries()) == size
    return caught.value


def export(world: World, registration: str) -> Submission:
    """Return an export of the exhibit that was registered so to c's laboratory."""
    about = About(exhibit=registration)
    return world.sign(world.annotation("bundle.exported", about, OUT, actor="examiner-1"))


def test_it_is_asked_where_everything_enters(bound: World) -> None:
    """A draft, a bundle and a program of somebody's own come by no other way."""
    again = bound.register(CASE, "EX-2", actor="examiner-1", files=THEIRS).event_hash
    error = refusal(bound, export(bound, again))
    assert error.code == "release.consent-missing"
    assert error.hint is not None
    assert f"{CASE}/EX-2 holds files of {CASE}/EX-1" in error.hint
    ours = bound.register(CASE, "EX-3", actor="examiner-1", files={"ours": b"ours"}).event_hash
    bound.append(export(bound, ours))
    known = bound.exhibit(CASE, "EX-2")
    assert known is not None
    assert known.bound_to == ()


def test_it_is_asked_of_what_the_same_batch_registers(bound: World) -> None:
    """Registered and sent in one go it was never in the ledger before."""
    registration = bound.registration(CASE, "EX-2", actor="examiner-1", files=THEIRS)
    out = export(bound, registration.event.hash)
    assert refusal(bound, bound.sign(registration), out).code == "release.consent-missing"


def test_nothing_is_read_of_bound_exhibits_where_nothing_leaves(bound: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Daily work in a ledger with many foreign exhibits costs what it costs in any other."""
    read: list[str] = []
    monkeypatch.setattr("custody.ledger.bound_content.digests_of", lambda _: read.append("a registration"))
    bound.register(CASE, "EX-2", actor="examiner-1", files=THEIRS)
    bound.act("custody.moved", CASE, "EX-2", {"place": "safe"}, actor="examiner-1")
    bound.act("custody.handed-over", CASE, "EX-2", {"purpose": "keeping"}, actor="examiner-1", to="custodian-1")
    assert read == []
