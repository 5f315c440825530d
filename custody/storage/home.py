"""The home of a ledger, opened: its store, and the keys that belong to the ledger and to no person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from custody.storage import home_layout
from custody.storage.folders import fresh_folder, write_durably
from custody.storage.home_layout import HomeRecord, find_home, is_home
from keys.private.directory import KeyDirectory
from keys.private.signer import Ed25519Signer
from schemas.errors import SigningKeyError, StorageError

if TYPE_CHECKING:
    from custody.storage.ledger_store import SqliteStore

__all__ = ["Home", "create_home", "find_home", "is_home", "open_home"]

RandomBytes = Callable[[int], bytes]

LOG: Final = "log"
"""The name under which the log's key files lie; no agent, though the files look alike."""
SYSTEM: Final = "system"


class Home:
    """The open home of a ledger. Close it when done."""

    def __init__(self, path: Path, record: HomeRecord, store: SqliteStore, *, random: RandomBytes) -> None:
        self.path = path
        self.origin = record.origin
        self.store = store
        self._keys = KeyDirectory(path / home_layout.KEYS, random)

    @property
    def documents(self) -> Path:
        """Where warrants, photos and certificates lie."""
        return self.path / home_layout.DOCUMENTS

    @property
    def drafts(self) -> Path:
        """Where events wait for signatures."""
        return self.path / home_layout.DRAFTS

    @property
    def evidence(self) -> Path:
        """Where files of evidence lie."""
        return self.path / home_layout.EVIDENCE

    @property
    def inherited(self) -> Path:
        """Where the bundles lie with which exhibits of other ledgers came."""
        return self.path / home_layout.INHERITED

    @property
    def locations(self) -> Path:
        """Where it is kept where evidence lies that was left in place."""
        return self.path / home_layout.LOCATIONS

    @property
    def manifests(self) -> Path:
        """Where file records of large exhibits lie."""
        return self.path / home_layout.MANIFESTS

    def log_signers(self) -> tuple[Ed25519Signer, ...]:
        """Return the log's keys that lie here; those that the ledger declares sign its checkpoints.

        Raises:
            SigningKeyError: ``key.absent`` without any, or as a key file says.
        """
        return self._signers(LOG)

    def system_signer(self) -> Ed25519Signer:
        """Return the newest key of the agent ``system``.

        Raises:
            SigningKeyError: as `log_signers`.
        """
        return self._signers(SYSTEM)[-1]

    def new_log_key(self) -> Ed25519Signer:
        """Make a further log key; it signs once ``ledger.key-added`` declares it.

        Raises:
            SigningKeyError: as a key file says.
        """
        return self._keys.create(LOG, passphrase=None)

    def new_system_key(self) -> Ed25519Signer:
        """Make a further key of the agent ``system``; it signs once ``agent.key-added`` brings it in.

        Raises:
            SigningKeyError: as a key file says.
        """
        return self._keys.create(SYSTEM, passphrase=None)

    def close(self) -> None:
        """Let go of the database."""
        self.store.close()

    def __enter__(self) -> Home:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _signers(self, name: str) -> tuple[Ed25519Signer, ...]:
        try:
            known = self._keys.find(name)
        except SigningKeyError as error:
            if error.code != "key.absent":
                raise
            # A new one would be none that this ledger knows: only those it was opened with go on.
            hint = "a backup is made without them: copy the folder keys of the ledger there from where you keep it"
            raise SigningKeyError(error.code, error.text, hint=hint) from None
        found = sorted(known, key=lambda key: (key.path.stat().st_mtime_ns, key.key_id))
        return tuple(self._keys.load(name, passphrase=None, key=key.key_id) for key in found)


def open_home(folder: Path, *, random: RandomBytes) -> Home:
    """Open the home of a ledger; ``random`` names temporary files.

    Raises:
        StorageError: ``home.absent``, ``home.unreadable``, ``home.newer``.
        RecordError: where ``custody.json`` was edited.
    """
    from custody.storage.ledger_store import SqliteStore

    record = home_layout.read_home(folder)
    if not is_home(folder):
        text = f"expected {home_layout.LEDGER_FILE} in {folder}, found none"
        raise StorageError("home.unreadable", text, hint="restore a backup: custody restore")
    return Home(folder, record, SqliteStore(folder), random=random)


@contextmanager
def create_home(folder: Path, *, origin: str, random: RandomBytes) -> Iterator[Home]:
    """Make a home for a new ledger, with its own keys and an empty database, and give it out to write entry 0.

    The folder has its name only once it is left without an error; else nothing is left behind.

    Raises:
        StorageError: ``home.exists`` where something is in the way, ``home.unwritable``.
        RecordError: where ``origin`` is none.
    """
    from custody.storage.ledger_store import SqliteStore

    with fresh_folder(folder, random=random) as inside:
        record = home_layout.format_home(origin)
        home_record = home_layout.parse_home(record)
        for name in home_layout.FOLDERS:
            (inside / name).mkdir(mode=0o700)
        with Home(inside, home_record, SqliteStore.create(inside), random=random) as home:
            home.new_log_key()
            home.new_system_key()
            yield home
        # Last: what has no custody.json is no home, whatever happened in between.
        write_durably(inside / home_layout.HOME_FILE, record)
