"""What holds the files of a bound exhibit leaves by no event that the write path takes."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256

import pytest

from custody.ledger.bound_content import Binding, BoundFiles
from custody.ledger.submission import Submission
from schemas.content import Content
from schemas.details.exhibit import ExhibitRegistered
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


def test_it_is_asked_of_what_the_same_batch_binds(bound: World) -> None:
    """What is bound, what has its files and what leaves may come in one go, as an audit would find them in three."""
    files = {"three.txt": b"three"}
    theirs = bound.registration(CASE, "EX-2", actor="examiner-1", files=files, foreign=ABROAD)
    again = bound.registration(CASE, "EX-3", actor="examiner-1", files=files)
    error = refusal(bound, bound.sign(theirs), bound.sign(again), export(bound, again.event.hash))
    assert error.code == "release.consent-missing"
    assert f"{CASE}/EX-3 holds files of {CASE}/EX-2" in str(error.hint)
    first = export(bound, again.event.hash)
    bound.append_all([bound.sign(again), bound.sign(theirs), first])


def test_a_first_holder_that_was_asked_about_stays_bound_and_later_ones_are_found(bound: World) -> None:
    """What was read for one event of a batch is not what the next one finds."""
    files = {"three.txt": b"three"}
    theirs = bound.registration(CASE, "EX-2", actor="examiner-1", files=files, foreign=ABROAD)
    again = bound.registration(CASE, "EX-3", actor="examiner-1", files=files)
    ours = bound.registration(CASE, "EX-4", actor="examiner-1", files={"ours": b"ours"})
    log = {"action": "exported", "agent": "c-lab"}
    about = About(exhibit=ours.event.hash)
    shown = bound.sign(bound.annotation("access.logged", about, log, actor="system"))
    batch = [bound.sign(ours), shown, bound.sign(theirs), bound.sign(again), export(bound, again.event.hash)]
    assert refusal(bound, *batch).code == "release.consent-missing"


def test_the_same_batch_may_say_how_it_came_by_its_files(bound: World) -> None:
    """An explanation that stands before what leaves counts, whenever it was recorded."""
    again = bound.registration(CASE, "EX-2", actor="examiner-1", files=THEIRS)
    registered = again.event.hash
    about = About(event=registered, exhibit=registered)
    said = {"cures": ["release.bound-content"], "statement": "seized here as well"}
    explained = bound.sign(bound.annotation("record.explained", about, said, actor="examiner-1"))
    batch = [bound.sign(again), explained, export(bound, registered)]
    assert refusal(bound, batch[0], batch[2]).code == "release.consent-missing"
    bound.append_all(batch)


class Counted:
    """Lists of files in memory; ``read`` counts how often each was read."""

    def __init__(self) -> None:
        self.lists: dict[str, list[str]] = {}
        self.read: Counter[str] = Counter()

    def roots(self) -> list[str]:
        """Return the content roots of all lists."""
        return list(self.lists)

    def digests(self, root: str) -> list[str]:
        """Return the digests of a list."""
        self.read[root] += 1
        return self.lists.get(root, [])


def test_each_list_is_read_a_few_times_however_many_exhibits_leave(bound: World) -> None:
    """The ledger is locked meanwhile: what one exhibit costs isn't multiplied by the lists of all others."""
    lists = Counted()
    own: list[str] = []
    for number in range(6):
        many = {f"{number}-{item}": f"{number}-{item}".encode() for item in range(17)}
        for name, details in ((f"B-{number}", {"foreign": ABROAD}), (f"C-{number}", {})):
            made = bound.registration(CASE, name, actor="examiner-1", files=many, **details)
            assert isinstance(made.event.details, ExhibitRegistered)
            assert isinstance(made.event.details.content, Content)
            lists.lists[made.event.details.content.root] = [sha256(raw).hexdigest() for raw in many.values()]
            own.append(bound.append(bound.sign(made)).event_hash)
    with bound.store.read() as reader:
        found = BoundFiles(reader, lists)
        taken = [found.held_by(item) for item in map(reader.view().registered, own) if item and not item.bound_to]
    assert [item and item.is_whole for item in taken] == [True] * 6
    assert max(lists.read.values()) <= 3


def test_what_one_country_binds_is_asked_for_the_files_of_another(bound: World) -> None:
    """By the consent of b alone c's files would go on under the name of what b sent."""
    theirs = {**ABROAD, "ledger": "c.example/main"}
    bound.register(CASE, "EX-2", actor="examiner-1", files={"c": b"of c"}, foreign=theirs)
    known = bound.exhibit(CASE, "EX-1")
    assert known is not None
    parent = {"case": CASE, "event": known.registration, "exhibit": "EX-1"}
    bound.register(CASE, "EX-3", actor="examiner-1", files={"c": b"of c"}, derived_from=[parent])
    bound.register(CASE, "EX-4", actor="examiner-1", files={"own": b"own"}, derived_from=[parent])
    with bound.store.read() as reader:
        view = Binding(reader.view(), BoundFiles(reader))
        found = [view.exhibit(CASE, f"EX-{number}") for number in (1, 2, 3, 4)]
    b, c = "b.example/main", "c.example/main"
    assert [item.bound_to for item in found if item is not None] == [(b,), (c,), (b, c), (b,)]
    assert [exhibit.number for exhibit, _ in view.told] == ["EX-3"]


def test_where_one_ledger_binds_all_no_files_are_read(bound: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a bound exhibit holds there, it is bound already."""
    monkeypatch.setattr("custody.ledger.bound_content.digests_of", lambda _: pytest.fail("a registration was read"))
    with bound.store.read() as reader:
        known = Binding(reader.view(), BoundFiles(reader)).exhibit(CASE, "EX-1")
    assert known is not None
    assert known.bound_to == ("b.example/main",)
