"""A crash at any point leaves a ledger that opens, is sound, and holds every entry that was acknowledged."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from custody.storage.ledger_store import SqliteStore
from schemas.entry import ParsedEntry
from tests.storage.soundness import check_sound
from tests.world import World

ROOT = Path(__file__).resolve().parents[2]
CASE = "2026-0417"


def start(*arguments: str) -> subprocess.Popen[str]:
    """Start a process of `tests.storage.processes`."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.storage.processes", *arguments],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def acknowledged(process: subprocess.Popen[str]) -> list[tuple[int, str]]:
    """Wait for a process, and return index and event hash of each entry that it said was recorded."""
    out, err = process.communicate(timeout=240)
    assert process.returncode == 0, err
    return [(int(line.split()[0]), line.split()[1]) for line in out.splitlines() if line]


def check_all_there(entries: list[ParsedEntry], receipts: list[tuple[int, str]]) -> None:
    """Assert that every acknowledged entry stands where its receipt says."""
    assert [(index, entries[index].event.hash) for index, _ in receipts] == receipts


def test_a_process_killed_at_any_moment_leaves_a_sound_ledger(world: World, folder: Path) -> None:
    """A laptop at a scene runs out of power in the middle of the last exhibit."""
    world.store.close()
    receipts = acknowledged(start("crash", str(folder), "200", "7"))
    with SqliteStore(folder) as store:
        entries = check_sound(store, folder)
    check_all_there(entries, receipts)
    # Three children in four are heard before they die; else this test could not fail.
    assert len(receipts) >= 150


def test_processes_that_append_at_once_lose_nothing(world: World, folder: Path) -> None:
    """Two desks, one ledger: no fork, and nobody's entry is lost."""
    world.store.close()
    processes = [start("append", str(folder), f"desk-{number}", "25") for number in range(4)]
    receipts = [receipt for process in processes for receipt in acknowledged(process)]
    with SqliteStore(folder) as store:
        entries = check_sound(store, folder)
    assert len({index for index, _ in receipts}) == 100
    check_all_there(entries, receipts)


def test_a_full_disk_refuses_and_leaves_a_sound_ledger(world: World, folder: Path) -> None:
    """What doesn't fit is refused whole; with room made, work goes on."""
    world.store.close()
    receipts = acknowledged(start("full", str(folder)))
    with SqliteStore(folder) as store:
        entries = check_sound(store, folder)
    assert len(receipts) > 1
    check_all_there(entries, receipts)
    assert receipts[-1][0] == len(entries) - 1


def test_a_log_cut_anywhere_opens_as_an_earlier_whole_ledger(world: World, folder: Path, tmp_path: Path) -> None:
    """After a loss of power the end of the database's log may be missing or old: what is left is whole entries."""
    for number in range(6):
        world.register(CASE, f"EX-{number}", actor="examiner-1")
    log = (folder / "ledger.db-wal").read_bytes()
    sizes = set()
    for cut in range(0, len(log), max(1, len(log) // 40)):
        copy = tmp_path / f"cut-{cut}"
        copy.mkdir()
        for name in ("ledger.db", "disclosures.db", "disclosures.db-wal"):
            shutil.copy(folder / name, copy / name)
        (copy / "ledger.db-wal").write_bytes(log[:cut])
        with SqliteStore(copy) as store:
            sizes.add(len(check_sound(store, copy, signatures=False)))
        shutil.rmtree(copy)
    assert len(sizes) > 3
    assert max(sizes) <= len(world.entries())


def test_a_transaction_that_fails_midway_writes_nothing(world: World, folder: Path) -> None:
    """Neither rows nor tiles nor states of a refused batch stay behind, also not in memory."""
    batch = [world.sign(world.registration(CASE, f"EX-{number}", actor="examiner-1")) for number in range(600)]
    batch.append(world.sign(world.registration("unknown case", "EX-1", actor="examiner-1")))
    before = world.entries()
    with pytest.raises(Exception, match="event 601 of the batch"):
        world.append_all(batch)
    assert world.entries() == before
    world.append_all(batch[:600])
    check_sound(world.store, folder)
