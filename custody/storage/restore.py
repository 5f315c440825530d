"""Bringing a backup back, without ever forking the ledger silently.

A backup that is older than what the ledger has acknowledged would be a second ledger of the same name: the next entry
would take a place that is taken. So who restores shows the newest checkpoint that anybody holds, and what is restored
must contain it. There is no way round: an older backup is evidence to read, never a ledger to continue.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from custody.ledger.store import LedgerReader
from custody.storage import home_layout
from custody.storage.backup import copy_home
from custody.storage.copying import copy_folder
from custody.storage.database import FROZEN, mode_of
from custody.storage.folders import fresh_folder, write_durably
from custody.storage.ledger_store import SqliteStore
from custody.storage.plain import check_plain
from custody.storage.replacing import Watch
from keys.note import open_note, parse_note
from keys.verifier_key import parse_verifier_key
from schemas.checkpoint import Checkpoint, parse_checkpoint
from schemas.errors import StorageError
from schemas.merkle import Frontier, hash_leaf


@dataclass(frozen=True, slots=True)
class Restored:
    """A restored ledger of ``size`` entries, which contains the checkpoint ``newest``; whether it can sign again."""

    path: Path
    size: int
    newest: Checkpoint
    has_keys: bool


def restore(
    source: Path, folder: Path, *, newest: bytes, random: Callable[[int], bytes], keys: Path | None = None
) -> Restored:
    """Make a home in a new ``folder`` out of a backup, which must contain the signed checkpoint ``newest``.

    ``keys`` is a folder of the ledger's own keys, where the backup has none.

    Raises:
        StorageError: ``restore.older`` where the checkpoint is beyond the backup, ``restore.forked`` where the backup
            had another root at that size, ``restore.origin``, ``restore.damaged``; ``ledger.busy`` where somebody
            writes to what is no backup then; ``home.*``, ``backup.failed``.
        VerificationError: ``note.*`` where no log key of the ledger signed the checkpoint.
        RecordError: where ``newest`` is no checkpoint.
    """
    record = home_layout.read_home(source)
    _check_plain(source)
    unverified = parse_checkpoint(parse_note(newest).text)
    if unverified.origin != record.origin:
        text = f"expected a checkpoint of {record.origin}, found one of {unverified.origin}"
        raise StorageError("restore.origin", text)
    with _watched(source) as check_unused, fresh_folder(folder, random=random) as inside:
        left_out = frozenset() if keys is None else frozenset({home_layout.KEYS})
        copy_home(source, inside, left_out=left_out)
        check_unused()
        if keys is not None:
            (inside / home_layout.KEYS).rmdir()
            copy_folder(keys, inside / home_layout.KEYS)
        with SqliteStore(inside) as store, store.read() as reader:
            size = _check(reader, newest, unverified)
        has_keys = any((inside / home_layout.KEYS).iterdir())
        write_durably(inside / home_layout.HOME_FILE, home_layout.format_home(record.origin))
    return Restored(folder, size, unverified, has_keys)


@contextmanager
def _watched(source: Path) -> Iterator[Callable[[], None]]:
    """Give out what raises where somebody wrote to a backup since: then it is a ledger in use, and its copy a fork."""
    with ExitStack() as watching:
        watches = [
            watching.enter_context(Watch(source / name))
            for name in (home_layout.LEDGER_FILE, home_layout.DISCLOSURES_FILE)
            if mode_of(source / name) != FROZEN  # of which the copy tells by itself
        ]

        def check() -> None:
            for watch in watches:
                watch.check()

        yield check


def _check_plain(source: Path) -> None:
    """Raise where a file of a backup is missing, or something else stands in place of what it holds."""
    for name in (home_layout.HOME_FILE, home_layout.LEDGER_FILE, home_layout.DISCLOSURES_FILE, *home_layout.FOLDERS):
        path, is_folder = source / name, name in home_layout.FOLDERS
        if is_folder and not os.path.lexists(path):
            continue  # made empty
        hint = "a backup made by custody holds no links; if this is one of yours, put the real files in their place"
        check_plain(path, code="restore.damaged", hint=hint, is_folder=is_folder)


def _check(reader: LedgerReader, newest: bytes, claimed: Checkpoint) -> int:
    """Raise unless the ledger, hashed from its bytes, contains the checkpoint and ends as its own newest one says."""
    head, ledger = reader.head(), reader.view().ledger()
    if ledger is None:
        raise StorageError("restore.damaged", "expected a ledger with entries, found none")
    if claimed.size > head.size:
        raise StorageError(
            "restore.older",
            f"expected a backup with at least the {claimed.size} entries of the checkpoint, found {head.size}",
            hint="look for a newer backup; to continue this one would fork the ledger",
        )
    open_note(newest, [parse_verifier_key(key.key) for key in ledger.log_keys])
    own = parse_checkpoint(parse_note(reader.checkpoint()).text)
    roots = _roots(reader, head.size, {claimed.size, own.size})
    if own.size != head.size or roots[own.size] != own.root:
        text = f"expected the {head.size} entries to be those of the newest checkpoint, found others"
        raise StorageError("restore.damaged", text, hint="custody audit says where")
    if roots[claimed.size] != claimed.root:
        raise StorageError(
            "restore.forked",
            f"expected the root {claimed.root.hex()} at size {claimed.size}, found {roots[claimed.size].hex()}",
            hint="keep both: together they prove that the ledger was forked",
        )
    return head.size


def _roots(reader: LedgerReader, size: int, wanted: set[int]) -> dict[int, bytes]:
    """Return the roots at the sizes wanted, from the bytes of all entries."""
    frontier, roots = Frontier(), {}
    if 0 in wanted:
        roots[0] = frontier.root()
    for raw in reader.entries(0, size):
        frontier.append(hash_leaf(raw))
        if frontier.size in wanted:
            roots[frontier.size] = frontier.root()
    return roots
