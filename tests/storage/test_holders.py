"""Which exhibits hold a file: the rows of a home say what a replay of the whole ledger says."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from msgspec.structs import replace

from custody.ledger.working import WorkingState
from custody.storage.ledger_store import SqliteStore
from custody.verify.fold.fold import Fold
from schemas.entry import parse_entry
from schemas.event import About
from schemas.report import Findings
from tests.world import World, settled

CASE = "2026-0417"
HEARD = {
    "fields": [], "from": "b-police", "kind": "mla", "paper": "ab" * 32, "received_at": "2026-11-21T09:00:00Z",
    "request": "req-1",
}  # fmt: skip


def digest(raw: bytes) -> str:
    """Return what a registration says of a file."""
    return sha256(raw).hexdigest()


def test_a_home_and_a_replay_agree_on_files_and_documents(tmp_path: Path) -> None:
    """The writer asks the rows, the auditor his replay: a letter that one refuses must not pass the other."""
    with SqliteStore.create(tmp_path) as store:
        world = settled(World(store))
        world.enrol("official-1", ("authority",))
        world.enrol("b-police", (), kind="organisation", country="XB")
        for name, files in (("EX-1", {"a": b"one", "b": b"two"}), ("EX-2", {"c": b"two", "e": b""})):
            world.register(CASE, name, actor="examiner-1", files=files)
        world.register(CASE, "EX-3", actor="examiner-1", files={f"n{item}": b"%d" % item for item in range(17)})
        world.register(CASE, "EX-4", actor="examiner-1")
        world.append(world.sign(world.event("request.received", HEARD, actor="official-1")))
        about = About(request="req-1", event=parse_entry(world.entries()[-1]).event.hash)
        details = {"documents": [digest(b"letter")], "statement": "late"}
        world.annotate("record.explained", about, details, actor="examiner-1")
        fold = Fold(Findings(), is_whole=True)
        for raw in world.entries():
            fold.add(parse_entry(raw))
        wanted = tuple(digest(raw) for raw in (b"one", b"two", b"", b"3", b"letter"))
        with store.read() as reader:
            found, replayed = reader.view().holders(wanted), fold.state.holders(wanted)
            assert found == replayed
            assert {key: [item.number for item in items] for key, items in found.items()} == {
                digest(b"one"): ["EX-1"],
                digest(b"two"): ["EX-1", "EX-2"],
            }
            documents = reader.view().documents("req-1")
            assert documents == fold.state.documents("req-1") == (digest(b"letter"),)
            assert reader.view().holders(()) == {}


def test_a_home_and_a_replay_agree_on_who_has_what(tmp_path: Path) -> None:
    """Also while a transaction grows, in which a thing may have gone on already."""
    with SqliteStore.create(tmp_path) as store:
        world = World(store)
        settled(world, gate="v2")
        world.enrol("keeper", ("custodian",), country="XA")
        world.enrol("lab", (), kind="organisation", country="XA")
        for name in ("EX-1", "EX-2", "EX-3", "EX-4"):
            world.register(CASE, name, actor="examiner-1")
        world.act("custody.handed-over", CASE, "EX-1", {"purpose": "x"}, actor="examiner-1", to="keeper")
        world.act("custody.moved", CASE, "EX-2", {"place": "x", "to_agent": "lab"}, actor="examiner-1")
        world.act("exhibit.voided", CASE, "EX-3", {"reason": "x"}, actor="examiner-1", registrar="registrar-1")
        fold = Fold(Findings(), is_whole=True)
        for raw in world.entries():
            fold.add(parse_entry(raw))
        held = {"examiner-1": {"EX-2", "EX-4"}, "keeper": {"EX-1"}, "lab": {"EX-2"}, "nobody": set[str]()}
        with store.read() as reader:
            working = WorkingState(reader.view())
            for agent, names in held.items():
                for view in (reader.view(), fold.state, working):
                    assert {item.number for item in view.held_by(agent)} == names
            moved = world.exhibit(CASE, "EX-1")
            assert moved is not None
            for state in (working, fold.state):
                state.put([replace(moved, holder="lab")])
                assert not list(state.held_by("keeper"))
                assert {item.number for item in state.held_by("lab")} == {"EX-1", "EX-2"}
