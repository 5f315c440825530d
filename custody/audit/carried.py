"""What follows from nothing else, and is carried into a database that is made anew: signed checkpoints, private values
and who received them. What binds nobody is left out, and told.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from custody.audit.checkpoints import STEP as CHECKPOINTS
from custody.audit.checkpoints import KnownKey
from custody.audit.growing_tree import GrowingTree
from custody.audit.private_values import STEP as VALUES
from custody.audit.table_rows import TableRows, Unreadable
from custody.storage import statements
from custody.storage.schema import DISCLOSURES
from custody.verify.record.opened import fail
from keys.note import open_note
from schemas.checkpoint import Checkpoint, parse_checkpoint
from schemas.errors import CustodyError, VerificationError
from schemas.report import Findings, Severity

HINT: Final = "no record is ever mended: custody audit says more; keep the home as it is, and restore a backup"
_ADDED: Final = frozenset({"backup", "export"})
"""Tables that homes of earlier releases get when something is first noted."""


@dataclass(frozen=True, slots=True)
class SignedTree:
    """The tree over all entries, the ledger's name, and the keys that its entries declare for its checkpoints."""

    tree: GrowingTree
    origin: str
    keys: tuple[KnownKey, ...]

    def open(self, raw: object) -> tuple[Checkpoint, bool]:
        """Return a checkpoint that a key of the ledger signed, and whether one did that counts at its size.

        Raises:
            CustodyError: ``note.*``, ``checkpoint.*``, ``audit.checkpoint-size`` for that of another ledger.
        """
        note = open_note(raw if isinstance(raw, bytes) else b"", [known.key for known in self.keys])
        checkpoint, signed_by = parse_checkpoint(note.text), {line.key for line in note.verified}
        if checkpoint.origin != self.origin:
            text = f"expected a checkpoint of {self.origin}, found one of {checkpoint.origin}"
            raise VerificationError("audit.checkpoint-size", text)
        return checkpoint, any(it.key in signed_by and it.is_valid_at(checkpoint.size) for it in self.keys)

    def check(self, checkpoint: Checkpoint) -> None:
        """Raise unless the entries are those that a checkpoint was signed for: a ledger can't unsay what it signed.

        Raises:
            VerificationError: ``audit.truncated``, ``audit.checkpoint-root``.
        """
        size = checkpoint.size
        if size > self.tree.size:
            text = f"expected {size} entries, as in a checkpoint that the ledger signed, found {self.tree.size}"
            raise VerificationError("audit.truncated", text, hint=HINT)
        if (found := self.tree.root(size)) != checkpoint.root:
            text = f"expected the root {checkpoint.root.hex()} at size {size}, found {found.hex()} over the entries"
            raise VerificationError("audit.checkpoint-root", text, hint=HINT)


def carry_checkpoints(rows: TableRows, signed: SignedTree, differing: Findings, left_out: Findings) -> dict[int, bytes]:
    """Return the checkpoints that the ledger signed, each under its own size; that of all entries is among them.

    Findings: ``audit.checkpoint-size`` of one that stood elsewhere; ``note.*``, ``checkpoint.*`` of what is left out.

    Raises:
        VerificationError: as `SignedTree.check`; ``audit.checkpoint-missing`` without one of all entries that counts.
        Unreadable: at a damaged page.
    """
    notes: dict[int, bytes] = {}
    is_ended = False
    for size, raw in rows.scan("checkpoint", "size", "note", by="size"):
        try:
            checkpoint, counts = signed.open(raw)
        except CustodyError as error:
            fail(left_out, CHECKPOINTS, error, f"checkpoint {size}")
            continue
        signed.check(checkpoint)
        is_ended = is_ended or (counts and checkpoint.size == signed.tree.size)
        if checkpoint.size == size:
            notes[size] = raw
        else:
            notes.setdefault(checkpoint.size, raw)
            text = f"expected a checkpoint of {checkpoint.size} entries under its own size, found it under {size}"
            differing.add(CHECKPOINTS, Severity.FAILED, "audit.checkpoint-size", f"checkpoint {size}", text)
    if not is_ended:
        text = f"expected a checkpoint of all {signed.tree.size} entries, signed with a key that counts, found none"
        raise VerificationError("audit.checkpoint-missing", text, hint=HINT)
    return notes


def carry_values(
    rows: TableRows, new: sqlite3.Connection, commitments: Mapping[bytes, int], findings: Findings
) -> None:
    """Write into ``new`` every private value of which an entry speaks, and all that was noted of what left.

    Findings: ``disclosures.digest``, ``disclosures.uncommitted`` of what is left out.

    Raises:
        Unreadable: at a damaged page, or without the table of values or of recipients.
    """
    there = rows.tables()
    for table in DISCLOSURES.tables:
        if table not in there and table not in _ADDED:
            raise Unreadable(f"the table {table}: expected what no entry holds, found none")
    strays = 0
    for commitment, text in rows.scan("disclosure", "commitment", "text", by="rowid"):
        index = commitments.get(commitment)
        # That something was erased is kept, whatever it was.
        if text is not None and index is None:
            strays += 1
        elif text is not None and (not isinstance(text, str) or sha256(text.encode()).digest() != commitment):
            words = f"expected the value of commitment {commitment.hex()}, found another: left out"
            findings.add(VALUES, Severity.FAILED, "disclosures.digest", f"entry {index}", words)
        else:
            new.execute(statements.PUT_DISCLOSURE, (commitment, text))
    if strays:
        words = f"{strays} private values belong to no entry: left out"
        findings.add(VALUES, Severity.NOTE, "disclosures.uncommitted", "disclosures", words)
    for table in sorted(set(DISCLOSURES.tables) & there.keys() - {"disclosure"}):
        known = [name for (name,) in new.execute(f"SELECT name FROM pragma_table_info('{table}')")]
        names = [name for name in known if name in there[table]]
        marks = ", ".join("?" * len(names))
        new.executemany(
            f'INSERT INTO "{table}" ({", ".join(names)}) VALUES ({marks})', rows.scan(table, *names, by="1")
        )
