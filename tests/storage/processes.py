"""Processes that append to a ledger, for tests that need more than one of them, or that kill one.

    python -m tests.storage.processes append FOLDER NAME COUNT
    python -m tests.storage.processes crash FOLDER COUNT SEED
    python -m tests.storage.processes full FOLDER

Each prints what was acknowledged, one ``index event-hash`` a line. `crash` forks a child again and again and kills it
with SIGKILL at a random moment; only what the child said before its death counts as acknowledged.
"""

from __future__ import annotations

import os
import random
import resource
import signal
import sys
import time
import traceback
from pathlib import Path

from custody.ledger.submission import parse_submission
from custody.storage.ledger_store import SqliteStore
from schemas.entry import parse_entry
from schemas.errors import StorageError
from tests.world import World

CASE = "2026-0417"


def known_world(store: SqliteStore, seed: str) -> World:
    """Return the settled world again with its keys, but with randomness of its own."""
    world = World(store)
    for agent in ("registrar-1", "examiner-1"):
        world.new_key(agent)
    world.tick(3600)
    # Other than in the world that settled, so that no nonce or salt comes twice.
    world._seed_word = seed
    return world


def append_many(folder: Path, name: str, count: int) -> None:
    """Register exhibits, one transaction each."""
    with SqliteStore(folder) as store:
        world = known_world(store, name)
        now = world.at
        for number in range(count):
            # All desks have the right time, whichever of them is slower.
            world.at = now
            receipt = world.register(CASE, f"{name}-{number}", actor="examiner-1")
            print(receipt.index, receipt.event_hash, flush=True)


def crash(folder: Path, count: int, seed: int) -> None:
    """Kill a child that appends, ``count`` times, at moments that ``seed`` decides."""
    chance = random.Random(seed)
    _warm_up(folder)
    for trial in range(count):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            try:
                _append_until_killed(folder, f"crash-{seed}-{trial}", writing)
            finally:
                traceback.print_exc()
                sys.stderr.flush()
                os._exit(1)
        os.close(writing)
        # One child in four dies while it opens the ledger; the others have recorded something by then.
        heard = b"" if trial % 4 == 0 else os.read(reading, 65_536)
        time.sleep(chance.uniform(0.0, 0.012))
        os.kill(child, signal.SIGKILL)
        (_, status) = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            raise SystemExit("a child ended by itself")
        with os.fdopen(reading, "rb") as acknowledged:
            # A line that the child's death cut short was never said.
            lines = (heard + acknowledged.read()).decode().rpartition("\n")[0]
        print(lines, flush=True)
        _check_end(folder)


def _warm_up(folder: Path) -> None:
    """Build every decoder before the first fork, so that children spend their short lives on appending."""
    with SqliteStore(folder) as store:
        world = known_world(store, "warm-up")
        parse_submission(world.sign(world.registration(CASE, "warm-up", actor="examiner-1")))
        with store.read() as reader:
            for raw in reader.entries(0, reader.head().size):
                parse_entry(raw)
            reader.view().exhibit(CASE, "none")


def _append_until_killed(folder: Path, name: str, writing: int) -> None:
    with SqliteStore(folder) as store:
        world = known_world(store, name)
        now = world.at
        for number in range(10_000):
            world.at = now
            batch = [
                world.sign(world.registration(CASE, f"{name}-{number}-{item}", actor="examiner-1"))
                for item in range(number % 3 + 1)
            ]
            receipts = world.append_all(batch)
            os.write(writing, b"".join(b"%d %s\n" % (r.index, r.event_hash.encode()) for r in receipts))


def _check_end(folder: Path) -> None:
    """After each crash: the ledger opens, its end is whole, and the newest checkpoint is that of its end."""
    with SqliteStore(folder) as store, store.read() as reader:
        head = reader.head()
        assert f"\n{head.size}\n".encode() in reader.checkpoint(head.size)
        assert reader.leaves([head.size - 1]) == [head.leaf]


def fill_disk(folder: Path) -> None:
    """Append until files may grow no more, then go on once they may."""
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    with SqliteStore(folder) as store:
        world = known_world(store, "full")
        size = max(path.stat().st_size for path in folder.iterdir())
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100_000, hard))
        number = 0
        try:
            while True:
                receipt = world.register(CASE, f"full-{number}", actor="examiner-1")
                print(receipt.index, receipt.event_hash, flush=True)
                number += 1
        except StorageError as error:
            if error.code != "ledger.full":
                raise
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        receipt = world.register(CASE, "full-after", actor="examiner-1")
        print(receipt.index, receipt.event_hash, flush=True)


def main() -> None:
    """Do what the command line asks."""
    match sys.argv[1:]:
        case ["append", folder, name, count]:
            append_many(Path(folder), name, int(count))
        case ["crash", folder, count, seed]:
            crash(Path(folder), int(count), int(seed))
        case ["full", folder]:
            fill_disk(Path(folder))
        case _:
            raise SystemExit(2)


if __name__ == "__main__":
    main()
