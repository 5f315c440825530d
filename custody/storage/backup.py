"""A consistent copy of a home, made while the ledger is in use.

The ledger is copied first. Whatever an entry needs (its private values, documents, manifests, files) is on the disk
before the entry is, so all that the copied entries need is there when the rest is copied.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from custody.storage import home_layout
from custody.storage.copying import copy_database, copy_folder
from custody.storage.folders import fresh_folder, write_durably
from custody.storage.home import Home
from custody.storage.ledger_store import SqliteStore


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds: ``size`` in entries, and the signed checkpoint of that size, to be kept elsewhere."""

    path: Path
    size: int
    checkpoint: bytes


def back_up(
    home: Home, folder: Path, *, random: Callable[[int], bytes], with_keys: bool = False, with_evidence: bool = False
) -> Backup:
    """Copy ``home`` into a new ``folder``, which appears whole or not at all.

    Keys are left out unless asked for: who has the backup could else sign as the ledger. Evidence is left out unless
    asked for, as it may be large and is often kept twice already.

    Raises:
        StorageError: ``home.exists``, ``home.unwritable``, ``backup.failed``, ``ledger.*``.
    """
    left_out = {name for name, wanted in ((home_layout.KEYS, with_keys), (home_layout.EVIDENCE, with_evidence))
                if not wanted}  # fmt: skip
    with fresh_folder(folder, random=random) as inside:
        copy_home(home.path, inside, left_out=frozenset(left_out))
        with SqliteStore(inside) as store, store.read() as reader:
            made = Backup(folder, reader.head().size, reader.checkpoint())
        # Last: what has no custody.json is no home.
        write_durably(inside / home_layout.HOME_FILE, home_layout.format_home(home.origin))
    return made


def copy_home(source: Path, target: Path, *, left_out: frozenset[str] = frozenset()) -> None:
    """Copy databases and folders from one home into an existing folder; those ``left_out`` are made empty.

    Raises:
        StorageError: ``backup.failed``, ``ledger.*``.
    """
    copy_database(source / home_layout.LEDGER_FILE, target / home_layout.LEDGER_FILE)
    copy_database(source / home_layout.DISCLOSURES_FILE, target / home_layout.DISCLOSURES_FILE)
    for name in home_layout.FOLDERS:
        if name in left_out:
            (target / name).mkdir(mode=0o700)
        else:
            copy_folder(source / name, target / name)
