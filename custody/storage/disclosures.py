"""Private values in a file of their own: the only place where a ledger holds a name, and whence it can be erased.

``secure_delete`` is on, so that an erased value is overwritten where it stands. Pages that SQLite re-arranged before
may hold copies of it in their unused parts, so the file is written anew after an erasure, and the log is folded in.
What a file system or a backup keeps of old blocks is for the operator (docs/operations.md). A row whose text is gone
says that the value was erased by order, not that it never was here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from custody.storage import schema, statements
from custody.storage.database import PATIENCE, Database
from custody.storage.sent import Sent
from schemas import text
from schemas.errors import StorageError
from schemas.private import Disclosure, parse_disclosure


@dataclass(frozen=True, slots=True)
class Receiving:
    """That somebody received a value: when, and with which export (event hash)."""

    commitment: str
    recipient: str
    received_at: datetime
    event: str


class Disclosures:
    """The disclosures of one ledger, as `custody.ledger.store.DisclosureStore` promises, and who received them."""

    def __init__(self, path: Path, *, patience: float = PATIENCE) -> None:
        self.database = Database(path, schema.DISCLOSURES, secure_delete=True, patience=patience)
        self.sent = Sent(self.database)

    def put(self, disclosures: Iterable[Disclosure]) -> None:
        """Keep disclosures durably; those that are there, or were erased, stay so.

        Raises:
            StorageError: ``ledger.busy``, ``ledger.full``.
        """
        rows = [(bytes.fromhex(item.commitment), item.text) for item in disclosures]
        with self.database.transaction(is_write=True) as connection:
            connection.executemany(statements.PUT_DISCLOSURE, rows)

    def get(self, commitments: Sequence[str]) -> Mapping[str, Disclosure]:
        """Return the disclosures that are there, by commitment.

        Raises:
            StorageError: ``disclosures.damaged`` where one doesn't hash to its commitment.
        """
        found = {}
        with self.database.transaction(is_write=False) as connection:
            for commitment in commitments:
                row = connection.execute(statements.DISCLOSURE, (bytes.fromhex(commitment),)).fetchone()
                if row is not None and row[0] is not None:
                    found[commitment] = _read(commitment, row[0])
        return found

    def at_path(self, path: str) -> tuple[Disclosure, ...]:
        """Return the disclosures whose JSON Pointer is ``path``, of all events; a scan of the whole store."""
        prefix = text.format_base64url(path.encode("utf-8")[: len(path.encode("utf-8")) // 3 * 3])
        with self.database.transaction(is_write=False) as connection:
            rows = connection.execute(statements.DISCLOSURES_AT, (len(prefix), prefix)).fetchall()
        found = (parse_disclosure(line) for (line,) in rows)
        return tuple(disclosure for disclosure in found if disclosure.path == path)

    def all(self) -> Iterator[Disclosure]:
        """Yield every value that is here, in order of commitment.

        Raises:
            StorageError: ``disclosures.damaged``.
        """
        with self.database.transaction(is_write=False) as connection:
            for commitment, line in connection.execute(statements.DISCLOSURES):
                if line is not None:
                    yield _read(commitment.hex(), line)

    def commitments(self) -> Iterator[str]:
        """Yield the commitments of all values that are here."""
        with self.database.transaction(is_write=False) as connection:
            for (raw,) in connection.execute(statements.COMMITMENTS):
                yield raw.hex()

    def newest_commitments(self, most: int) -> tuple[str, ...]:
        """Return the commitments of the values that came last, ``most`` at most."""
        with self.database.transaction(is_write=False) as connection:
            return tuple(raw.hex() for (raw,) in connection.execute(statements.NEWEST_COMMITMENTS, (most,)))

    def erased(self, commitments: Sequence[str]) -> frozenset[str]:
        """Return those of ``commitments`` whose values were erased here."""
        with self.database.transaction(is_write=False) as connection:
            rows = {
                item: connection.execute(statements.DISCLOSURE, (bytes.fromhex(item),)).fetchone()
                for item in commitments
            }
        return frozenset(item for item, row in rows.items() if row is not None and row[0] is None)

    def erase(self, commitments: Iterable[str]) -> None:
        """Destroy values with their salts, known here or not, and remember that they were erased.

        Raises:
            StorageError: ``ledger.busy``, ``ledger.full``.
        """
        with self.database.transaction(is_write=True) as connection:
            rows = [(bytes.fromhex(item), None) for item in commitments]
            connection.executemany(statements.ERASE_DISCLOSURE, rows)
        self._cut_log()

    def forget(self, commitments: Iterable[str]) -> None:
        """Destroy values with their salts as if they had never been here: for those of which no entry speaks.

        Raises:
            StorageError: ``ledger.busy``, ``ledger.full``.
        """
        with self.database.transaction(is_write=True) as connection:
            connection.executemany(statements.FORGET_DISCLOSURE, [(bytes.fromhex(item),) for item in commitments])
        self._cut_log()

    def note_recipients(self, receivings: Iterable[Receiving]) -> None:
        """Remember who received which values; the same fact twice is one."""
        rows = [
            (bytes.fromhex(item.commitment), item.recipient, text.format_time(item.received_at), item.event)
            for item in receivings
        ]
        with self.database.transaction(is_write=True) as connection:
            connection.executemany(statements.PUT_RECIPIENT, rows)

    def recipients(self, commitments: Iterable[str]) -> tuple[Receiving, ...]:
        """Return who received these values, in order of time for each."""
        found = []
        with self.database.transaction(is_write=False) as connection:
            for commitment in commitments:
                rows = connection.execute(statements.RECIPIENTS, (bytes.fromhex(commitment),))
                found += [Receiving(raw.hex(), who, text.parse_time(when), event) for raw, who, when, event in rows]
        return tuple(found)

    def exports_to(self, recipient: str) -> tuple[str, ...]:
        """Return the event hashes of the exports by which ``recipient`` received anything."""
        with self.database.transaction(is_write=False) as connection:
            rows = connection.execute(statements.EXPORTS_TO, (recipient,)).fetchall()
        return tuple(event for (event,) in rows)

    def _cut_log(self) -> None:
        """Write the file anew, fold the log into it and empty the log: both hold pages from before the erasure."""
        with self.database.errors():
            connection = sqlite3.connect(self.database.path, timeout=PATIENCE, isolation_level=None)
            try:
                # What VACUUM needs on the way may be as large as the file; on a disk it would leave traces there.
                connection.execute("PRAGMA temp_store=MEMORY")
                connection.execute("PRAGMA secure_delete=ON")
                connection.execute("VACUUM")
                (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                connection.close()
        if busy:
            raise StorageError(
                "ledger.busy",
                "expected nobody to read while values are erased, found a reader",
                hint="the values are erased; custody erase --finish clears the last copies in the log",
            )


def _read(commitment: str, line: str) -> Disclosure:
    disclosure = parse_disclosure(line)
    if disclosure.commitment != commitment:
        text = f"expected the disclosure of {commitment}, found that of {disclosure.commitment}"
        hint = "restore a backup, or custody rebuild, which leaves out values that are not those of entries"
        raise StorageError("disclosures.damaged", text, hint=hint)
    return disclosure
