"""Rows that say otherwise than the entries do: what an audit finds, and a rebuild undoes."""

from __future__ import annotations

from typing import Any

from tests.audit.conftest import SEALED, SIZE

COLUMNS: dict[str, Any] = {
    "leaf": bytes(32),
    "event_hash": bytes(32),
    "type": "exhibit.unsealed",
    "case": "2026-0418",
    "exhibit": "EX-2",
    "sequence": 7,
    "actor": "examiner-2",
    "occurred_at": "2026-11-21T07:00:00Z",
    "recorded_at": "2026-11-21T07:00:00Z",
    "relies_on": "[]",
    "affirms": 3,
    "signers": "[]",
}
"""By column of an entry, what doesn't stand in the one that sealed."""
ROWS = (
    (f"UPDATE commitment SET entry_index = 0 WHERE entry_index = {SEALED}", "audit.commitment-row"),
    (f"DELETE FROM commitment WHERE entry_index = {SEALED}", "audit.commitment-row"),
    (f"UPDATE subject_entry SET entry_index = 3 WHERE entry_index = {SEALED}", "audit.subject-row"),
    (f"DELETE FROM subject_entry WHERE entry_index = {SEALED}", "audit.subject-row"),
    ("DELETE FROM subject WHERE subject LIKE '%EX-1%'", "audit.subject-row"),
    ("UPDATE subject SET subject = replace(subject, 'EX-1', 'EX-7')", "audit.subject-row"),
    (f"UPDATE subject_entry SET position = 99 WHERE entry_index = {SEALED}", "audit.subject-row"),
    (f"UPDATE subject_entry SET frontier = zeroblob(32) WHERE entry_index = {SEALED}", "audit.subject-row"),
    ("UPDATE subject_entry SET frontier = zeroblob(32) WHERE position = 0", "audit.subject-row"),
    ("INSERT INTO subject_entry VALUES (zeroblob(32), 0, 1, x'')", "audit.subject-row"),
    ("INSERT INTO subject VALUES (zeroblob(32), '[\"agent\",\"x\"]')", "audit.subject-row"),
    ("UPDATE exhibit SET holder = 'examiner-2'", "audit.state-row"),
    ("UPDATE exhibit SET record = replace(record, 'custodian-1', 'examiner-2')", "audit.state-row"),
    ("UPDATE agent SET has_left = 1 WHERE id = 'viewer-1'", "audit.state-row"),
    ("DELETE FROM signing_key WHERE agent = 'viewer-1'", "audit.state-row"),
    ("UPDATE \"case\" SET is_open = 0", "audit.state-row"),
    ("UPDATE ledger SET origin = 'other.example/main'", "audit.state-row"),
    (f"UPDATE checkpoint SET size = {SIZE + 5} WHERE size = {SIZE - 3}", "audit.checkpoint-size"),
)  # fmt: skip
"""A statement, and the code with which an audit finds what it did."""
