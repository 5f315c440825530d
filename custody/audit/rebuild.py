"""A ledger's database made anew from its entries, where the rows beside them are wrong.

Rows are an index. What stands in the entries is read, hashed, folded and its signatures checked as in an audit, and
where any of that doesn't hold, nothing is done: no record is ever mended. Else every row is derived once more into a
new database, which takes the place of the old one's content; a copy of the old stays beside it. Checkpoints and private
values follow from nothing; they are carried over as far as they hold.

All of it happens under the ledger's write lock. In which order it reaches the disk, and what a crash leaves:

1. The new databases, in a folder that goes with its process. The next rebuild or erasure clears what a killed one left.
2. The copy of the old ones, in another such folder.
3. New private values, in one transaction, and among them the note that the copy of the old ones is a backup.
4. The copy's own name. A crash before leaves a note without a copy, but never a copy that no order to erase reaches.
5. The content of the ledger, in one transaction. Both databases are whole at any time, and about the same entries.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from custody.audit.beyond import check_nothing_beyond
from custody.audit.carried import HINT, SignedTree, carry_checkpoints, carry_values
from custody.audit.checkpoints import known_keys
from custody.audit.columns import STEP, check_soundness, compare_entries, compare_schema
from custody.audit.derived import DerivedRows, compare_derived
from custody.audit.entry_bytes import EntryBytes
from custody.audit.held import check_held, parse_held
from custody.audit.ledger_pass import Progress
from custody.audit.record import FindingsCap
from custody.audit.replay import CHUNK, Replay, Replayed
from custody.audit.table_rows import Row, TableRows, Unreadable
from custody.bundle.passing_folder import passing_folder, sweep_passing
from custody.bundle.whole_file import SUFFIX
from custody.ledger.collector import without_collector
from custody.ledger.log_key import sign_checkpoint
from custody.ledger.rows import EntryRow
from custody.ledger.signature_cores import SignatureCores
from custody.storage import statements
from custody.storage.copying import copy_database
from custody.storage.folders import fresh_folder
from custody.storage.home import Home
from custody.storage.home_layout import DISCLOSURES_FILE, LEDGER_FILE
from custody.storage.plain import check_plain
from custody.storage.replacing import Watch, keep_log, new_database, replace_content
from custody.storage.schema import DISCLOSURES, LEDGER
from keys.note import open_note
from keys.private.disk import sync_folder
from schemas.checkpoint import Checkpoint
from schemas.errors import RefusedError, SigningKeyError, StorageError, UndecidedError, VerificationError
from schemas.report import Finding, Findings, Severity
from schemas.text import format_time

_ENTRIES: Final = 4
_PLAIN: Final = "put the file itself there, and try again"
_BROKEN: Final = frozenset({2, _ENTRIES, 5, 6, 7, 8})
"""Steps that the entries fail by themselves. What the law asks beside them changes no row."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild did: ``differences`` from the entries that are gone now, ``omitted`` of them by code; what was
    ``left_out`` or can't be made again; the ``files`` that have new content, and where those before are ``kept``.
    """

    size: int
    root: bytes
    differences: tuple[Finding, ...]
    omitted: Mapping[str, int]
    left_out: tuple[Finding, ...]
    files: tuple[str, ...]
    kept: Path | None


@dataclass(slots=True)
class _Found:
    """What is found on the way. Mutable: lives as long as one rebuild."""

    broken: Findings = field(default_factory=Findings)
    differing: Findings = field(default_factory=Findings)
    left_out: Findings = field(default_factory=Findings)
    cap: FindingsCap = field(default_factory=FindingsCap)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilding:
    """How to rebuild: ``newest`` is the newest signed checkpoint that anybody holds, ``cores`` how many to use."""

    at: datetime
    random: Callable[[int], bytes]
    newest: bytes | None = None
    cores: int = 1
    progress: Progress | None = None


def rebuild(home: Home, how: Rebuilding) -> Rebuilt:
    """Make the rows of a home's databases anew where they are not what its entries give; the entries stay as they are.

    Raises:
        VerificationError: what an audit says of the entries: ``audit.*``, ``entries.*``, ``keys.*``, ``rule.*`` and so
            on; ``audit.truncated`` where rows or ``newest`` tell of more than there are. Nothing is changed then.
        StorageError: ``ledger.busy``, ``ledger.full``, ``ledger.read-only``; ``ledger.unreadable`` where what no row
            can be derived from is damaged or gone.
        RecordError, UsageError: where ``newest`` is no checkpoint of this ledger.
    """
    try:
        sweep_passing(home.path)
        for name in (LEDGER_FILE, DISCLOSURES_FILE):
            # A link may lead to the database of another ledger, of whose values no entry here speaks.
            check_plain(home.path / name, code="ledger.unreadable", hint=_PLAIN)
            keep_log(home.path / name)
        with ExitStack() as until_done:
            inside = until_done.enter_context(passing_folder(home.path / f".rebuild.{how.random(8).hex()}{SUFFIX}"))
            return _Rebuild(home, how, inside, until_done).run()
    except Unreadable as error:
        text = f"expected a database that can be read where it is no index, found {error}"
        raise StorageError("ledger.unreadable", text, hint="keep the home as it is, and restore a backup") from None


class _Rebuild:
    """One rebuild under way, with new databases in the folder ``inside``."""

    def __init__(self, home: Home, how: Rebuilding, inside: Path, until_done: ExitStack) -> None:
        self._home = home
        self._how = how
        self._inside = inside
        self._until_done = until_done
        self._found = _Found()
        self._is_ledger = False
        self._kept: Path | None = None
        self._files: list[str] = []

    def run(self) -> Rebuilt:
        """Do all of it."""
        database = self._home.store.database
        try:
            with database.transaction(is_write=True, as_found=True) as connection, without_collector():
                ledger = self._until_done.enter_context(Watch(database.path))
                replayed = self._derive(TableRows(connection), connection, ledger)
                is_ledger = self._is_ledger
                values = self._until_done.enter_context(Watch(self._home.path / DISCLOSURES_FILE))
                is_values = self._carry(replayed, values)
                names = [name for name, is_in in ((LEDGER_FILE, is_ledger), (DISCLOSURES_FILE, is_values)) if is_in]
                self._keep(names, values)
            if is_ledger:
                self._replace(LEDGER_FILE, ledger)
        except BaseException:
            if self._kept is not None and not self._files:
                shutil.rmtree(self._kept, ignore_errors=True)
            raise
        found, tree = self._found, replayed.tree
        return Rebuilt(
            size=tree.size,
            root=tree.root(tree.size),
            differences=tuple(found.differing.items),
            omitted=dict(sorted(found.cap.omitted.items())),
            left_out=tuple(found.left_out.items),
            files=tuple(self._files),
            kept=self._kept,
        )

    def _derive(self, rows: TableRows, connection: sqlite3.Connection, watch: Watch) -> Replayed:
        """Replay the entries, and write what follows from them into a new database."""
        found = self._found
        is_as_made = compare_schema(rows, LEDGER, found.differing)
        entries = EntryBytes(connection, found.differing)
        with new_database(self._inside / LEDGER_FILE, LEDGER, page_size=watch.page_size) as new:
            writing = DerivedRows(new)

            def take(stored: list[Row], expected: list[EntryRow]) -> None:
                _refuse(found.broken)
                writing.put_entries(expected)
                if is_as_made:
                    compare_entries(stored, expected, found.differing)

            replayed = self._replay(entries, take)
            signed = self._check_end(rows, replayed)
            notes = carry_checkpoints(rows, signed, found.differing, found.left_out)
            self._sign_again(replayed, notes)
            writing.finish(replayed, notes)
            if is_as_made:
                self._compare(rows, replayed)
            self._is_ledger = bool(found.differing.items or found.left_out.items)
            for index in replayed.exports:
                if index + 1 not in notes:
                    text = f"expected a checkpoint that ends with the export in entry {index}, found none"
                    found.left_out.add(2, Severity.FAILED, "audit.checkpoint-missing", f"checkpoint {index + 1}", text)
            made = Findings()
            compare_derived(TableRows(new), replayed, made)
            assert not made.items, f"what was written is what was derived: {made.items[0].text}"
        return replayed

    def _sign_again(self, replayed: Replayed, notes: dict[int, bytes]) -> None:
        """Make those checkpoints again that ended with an export and are gone, where the ledger's own keys lie here.

        The newest one speaks for those entries already, and an Ed25519 key gives the same bytes for the same text.
        """
        ledger = replayed.fold.state.ledger()
        assert ledger is not None, "entry 0 was replayed"
        for size in [index + 1 for index in replayed.exports if index + 1 not in notes]:
            made = Checkpoint(self._home.origin, size, replayed.tree.root(size))
            # Without the keys, as backups are, or with others, it stays gone.
            with suppress(SigningKeyError, RefusedError):
                notes[size] = sign_checkpoint(ledger, made, self._home.log_signers())
                text = f"expected a checkpoint that ends with the export in entry {size - 1}, found none: signed again"
                subject = f"checkpoint {size}"
                self._found.differing.add(2, Severity.FAILED, "audit.checkpoint-missing", subject, text)

    def _replay(self, entries: EntryBytes, take: Callable[[list[Row], list[EntryRow]], None]) -> Replayed:
        size, broken, progress = entries.size(), self._found.broken, self._how.progress
        if not size:
            raise VerificationError("audit.empty", "expected entry 0, found no entry at all", hint=HINT)
        with SignatureCores(cores=self._how.cores) as cores:
            cores.expect(size)
            replay = Replay(entries, broken, cores, checked_before=0, compare=take)
            for first in range(0, size, CHUNK):
                last = min(first + CHUNK, size)
                replay.read(first, last)
                self._found.cap.trim(self._found.differing)
                if progress is not None:
                    progress(last, size)
                _refuse(broken)
            replay.finish()
            replay.result.fold.finish()
            for number, error in cores.finish():
                broken.add(6, Severity.FAILED, error.code, f"entry {number}", error.text)
        _refuse(broken)
        return replay.result

    def _check_end(self, rows: TableRows, replayed: Replayed) -> SignedTree:
        """Raise where anything tells of entries that are not there."""
        tree, origin, ledger = replayed.tree, self._home.origin, replayed.fold.state.ledger()
        keys = known_keys(ledger.log_keys if ledger else (), None)
        if self._how.newest is not None:
            held, found = parse_held(self._how.newest, origin=origin, source="--newest"), Findings()
            open_note(self._how.newest, [known.key for known in keys])
            roots = {held.size: tree.root(held.size)} if held.size <= tree.size else {}
            check_held([held], size=tree.size, roots=roots, findings=found)
            _refuse(found)
            return SignedTree(tree, origin, keys)
        check_nothing_beyond(rows, tree.size)
        return SignedTree(tree, origin, keys)

    def _compare(self, rows: TableRows, replayed: Replayed) -> None:
        found = self._found
        try:
            compare_derived(rows, replayed, found.differing)
        except Unreadable as error:
            text = f"expected an index that can be read, found {error}"
            found.differing.add(STEP, Severity.FAILED, "audit.database", "database", text)
        found.cap.trim(found.differing)

    def _carry(self, replayed: Replayed, watch: Watch) -> bool:
        """Write a new database of private values, and tell whether it is another one than that which is there."""
        found, before = Findings(), len(self._found.left_out.items)
        database = self._home.store.disclosures.database
        with (
            database.transaction(is_write=False, as_found=True) as connection,
            new_database(self._inside / DISCLOSURES_FILE, DISCLOSURES, page_size=watch.page_size) as new,
        ):
            rows = TableRows(connection)
            compare_schema(rows, DISCLOSURES, found)
            check_soundness(rows, found)
            carry_values(rows, new, replayed.fold.commitments, self._found.left_out)
            is_other = bool(found.items) or len(self._found.left_out.items) > before
            if is_other:
                noted = os.fsencode(self._folder().absolute()).decode("utf-8", "backslashreplace")
                row = (format_time(self._how.at), noted, replayed.tree.size, 0, None)
                new.execute(statements.PUT_BACKUP, row)
        self._found.differing.items += found.items
        self._found.cap.trim(self._found.left_out)
        return is_other

    def _folder(self) -> Path:
        return self._home.path / f"before-rebuild-{format_time(self._how.at).replace('-', '').replace(':', '')}"

    def _keep(self, names: list[str], values: Watch) -> None:
        """Keep databases as they are, in a folder that appears as a whole, and not before it is noted what it holds.

        The note comes with the new private values: what is found may have triggers, and nothing is written into it.
        """
        if not names:
            return
        interrupt: KeyboardInterrupt | None = None
        with fresh_folder(self._folder(), random=self._how.random) as inside:
            for name in names:
                copy_database(self._home.path / name, inside / name, as_found=True)
            sync_folder(inside)
            try:
                if DISCLOSURES_FILE in names:
                    self._replace(DISCLOSURES_FILE, values)
            except KeyboardInterrupt as error:
                if not self._files:
                    raise
                interrupt = error
        self._kept = self._folder()
        if interrupt is not None:
            raise interrupt

    def _replace(self, name: str, watch: Watch) -> None:
        try:
            replace_content(self._home.path / name, self._inside / name, watch)
        except KeyboardInterrupt:
            # One that came while the disk synced comes up afterwards: then the copy is all that is left.
            if watch.has_seen():
                self._files.append(name)
            raise
        self._files.append(name)


def _refuse(found: Findings) -> None:
    """Raise the first thing that says that the entries themselves don't hold, or can't be told."""
    for item in found.items:
        if item.step in _BROKEN and item.severity is Severity.FAILED:
            raise VerificationError(item.code, f"{item.subject}: {item.text}", hint=HINT)
        if item.step == _ENTRIES and item.severity is Severity.INDETERMINATE:
            raise UndecidedError(item.code, f"{item.subject}: {item.text}", hint="use a newer release")
