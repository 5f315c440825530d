"""Every statement that the store runs, made from the tables: ``python -m custody.storage.declared`` writes
`custody.storage.statements`.

SQLAlchemy builds them, so a renamed column is an error here and nowhere else. It takes half a second to import, and a
command that looks at one exhibit would wait for it; so the texts are written down, and a test makes them again and
compares. Nothing imports this module but that test and `custody.storage.search`.
"""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any, Final

from sqlalchemy import MetaData, Table, bindparam, delete, func, insert, literal_column, or_, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite import insert as upsert_into
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.sql import ClauseElement

from custody.storage import tables

_WIDTH: Final = 92
_DIALECT = sqlite.dialect(paramstyle="qmark")


def table_of(kind: Any) -> Table:
    """Return the table that a class of `custody.storage.tables` declares."""
    found: Table = kind.__table__
    return found


def _sql(statement: ClauseElement) -> str:
    return str(statement.compile(dialect=_DIALECT))


def _insert(kind: type[Any]) -> str:
    return _sql(insert(table_of(kind)))


def _upsert(kind: type[Any], *, kept: tuple[str, ...] = ()) -> str:
    """Insert a row, or put its columns in place of those under the same primary key.

    Columns that are ``kept`` never change once they are there; indexes over them aren't written again either.
    """
    table = table_of(kind)
    names = [column.name for column in table.columns]
    keys = [column.name for column in table.primary_key.columns]
    statement = upsert_into(table).values({name: bindparam(name) for name in names})
    changed = {name: statement.excluded[name] for name in names if name not in (*keys, *kept)}
    return _sql(statement.on_conflict_do_update(index_elements=keys, set_=changed))


def _select(kind: type[Any], *columns: str, by: tuple[str, ...] = (), order: tuple[str, ...] = ()) -> str:
    """Select columns, or all, of the rows whose columns ``by`` equal the parameters, in that order."""
    c = table_of(kind).c
    statement = select(*(c[name] for name in columns or c.keys()))
    for name in by:
        statement = statement.where(c[name] == bindparam(name))
    return _sql(statement.order_by(*(c[name] for name in order)))


def _ddl(metadata: MetaData) -> dict[str, tuple[str, ...]]:
    """Return the statements that make each table with its indexes, in an order in which they can be run."""
    made = {}
    for table in metadata.sorted_tables:
        indexes = sorted(table.indexes, key=lambda index: str(index.name))
        made[table.name] = (_sql(CreateTable(table)), *[_sql(CreateIndex(index)) for index in indexes])
    return made


LEDGER_DDL: Final = _ddl(tables.LEDGER)
DISCLOSURES_DDL: Final = _ddl(tables.DISCLOSURES)

ADDED: Final = tuple(
    _sql(CreateIndex(index)) for index in table_of(tables.ExhibitTable).indexes if index.name == "exhibit_bound"
)
"""Indexes that came after the first homes of this format: a home that has none gets them with its next entry."""

_entry = table_of(tables.EntryTable).c

# One row is fetched of what is ordered downwards; a LIMIT would become a parameter of every call.
HEAD: Final = _sql(select(_entry.entry_index, _entry.leaf, _entry.recorded_at).order_by(_entry.entry_index.desc()))
ENTRY: Final = _select(tables.EntryTable, "raw", by=("entry_index",))
LEAF: Final = _select(tables.EntryTable, "leaf", by=("entry_index",))
ENTRIES: Final = _sql(
    select(_entry.raw)
    .where(_entry.entry_index >= bindparam("first"), _entry.entry_index < bindparam("last"))
    .order_by(_entry.entry_index)
)
LEAVES: Final = _sql(
    select(_entry.leaf)
    .where(_entry.entry_index >= bindparam("first"), _entry.entry_index < bindparam("last"))
    .order_by(_entry.entry_index)
)
EVENT: Final = _select(tables.EntryTable, "entry_index", "raw", by=("event_hash",))
SIGNINGS: Final = _sql(
    select(_entry.entry_index, _entry.relies_on, _entry.signers, _entry.affirms)
    .where(_entry.entry_index >= bindparam("first"))
    .order_by(_entry.entry_index)
)
TILE: Final = _select(tables.TileTable, "hashes", by=("level", "number"))
CHECKPOINT: Final = _select(tables.CheckpointTable, "note", by=("size",))
_checkpoint = table_of(tables.CheckpointTable).c
NEWEST_CHECKPOINT: Final = _sql(select(_checkpoint.note).order_by(_checkpoint.size.desc()))
_subject = table_of(tables.SubjectTable).c
_subject_entry = table_of(tables.SubjectEntryTable).c
TALLY: Final = _sql(
    select(_subject_entry.position, _subject_entry.frontier)
    .where(_subject_entry.key == bindparam("key"))
    .order_by(_subject_entry.position.desc())
)
_counted = table_of(tables.SubjectEntryTable).alias("counted").c
_tallies = (
    select(_subject.key, _subject.subject, _subject_entry.position, _subject_entry.frontier)
    .join_from(table_of(tables.SubjectTable), table_of(tables.SubjectEntryTable), _subject.key == _subject_entry.key)
    .where(
        _subject_entry.position
        == select(func.max(_counted.position)).where(_counted.key == _subject.key).scalar_subquery()
    )
    .order_by(_subject.key)
)
TALLIES: Final = _sql(_tallies)
TALLIES_AMONG: Final = _sql(_tallies.where(_subject.key.op("IN")(literal_column("(?)"))))
SUBJECT_ENTRIES: Final = _select(tables.SubjectEntryTable, "entry_index", by=("key",), order=("position",))
DISPUTING: Final = _select(tables.SigningKeyTable, "id", by=("disputing",))

LEDGER: Final = _select(tables.LedgerTable, "record")
AGENT: Final = _select(tables.AgentTable, "record", by=("id",))
AGENTS: Final = _select(tables.AgentTable, "record", order=("id",))
KEY: Final = _select(tables.SigningKeyTable, "record", by=("id",))
KEYS: Final = _select(tables.SigningKeyTable, "record", order=("id",))
CASE: Final = _select(tables.CaseTable, "record", by=("number",))
CASES: Final = _select(tables.CaseTable, "record", order=("number",))
EXHIBIT: Final = _select(tables.ExhibitTable, "record", by=("case", "number"))
REQUEST: Final = _select(tables.RequestTable, "record", by=("id",))
REQUESTS: Final = _select(tables.RequestTable, "record", order=("id",))
CONSENT: Final = _select(tables.ConsentTable, "record", by=("id",))
TRANSFER: Final = _select(tables.TransferTable, "record", by=("id",))
_place = table_of(tables.SubjectEntryTable).c
_consent = table_of(tables.ConsentTable).c
_exhibit = table_of(tables.ExhibitTable).c
BOUND_EXHIBITS: Final = _sql(
    select(_exhibit.record).where(literal_column(tables.IS_BOUND)).order_by(_exhibit.case, _exhibit.number)
)
"""The exhibits that are bound to another ledger: in the words of the index, so that it is used."""
HELD: Final = _sql(
    select(_exhibit.record).where(
        or_(
            _exhibit.holder == bindparam("agent"),
            func.instr(_exhibit.record, bindparam("lodged")) > literal_column("0"),
        )
    )
)
"""The exhibits that an agent holds, or that were sent to him by an act of who holds them."""
CONSENTS: Final = _sql(
    select(_consent.record)
    .select_from(table_of(tables.SubjectEntryTable))
    .join(table_of(tables.EntryTable), _entry.entry_index == _place.entry_index)
    .join(table_of(tables.ConsentTable), _consent.id == _entry.event_hash)
    .where(_place.key == bindparam("key"))
    .order_by(_place.position.desc())
)
"""The consents among the entries of one subject, the newest first."""
REGISTRATIONS: Final = _sql(
    select(_entry.raw)
    .where(
        _entry.entry_index > bindparam("after"),
        or_(
            _entry.type == literal_column("'exhibit.registered'"), _entry.type == literal_column("'transfer.accepted'")
        ),
    )
    .order_by(_entry.entry_index)
)
"""The entries beyond one that bring an exhibit in."""
REGISTERED: Final = _select(tables.ExhibitTable, "record", by=("registration",))


INSERT_ENTRY: Final = _insert(tables.EntryTable)
INSERT_COMMITMENT: Final = _sql(upsert_into(table_of(tables.CommitmentTable)).on_conflict_do_nothing())
"""The first entry that holds it counts; what may stand again was asked before."""
INSERT_SUBJECT: Final = _insert(tables.SubjectTable)
INSERT_SUBJECT_ENTRY: Final = _insert(tables.SubjectEntryTable)
INSERT_CHECKPOINT: Final = _insert(tables.CheckpointTable)
PUT_TILE: Final = _upsert(tables.TileTable)
PUT_LEDGER: Final = _upsert(tables.LedgerTable)
PUT_AGENT: Final = _upsert(tables.AgentTable)
PUT_KEY: Final = _upsert(tables.SigningKeyTable)
PUT_CASE: Final = _upsert(tables.CaseTable)
PUT_EXHIBIT: Final = _upsert(tables.ExhibitTable, kept=("folded", "registration"))
PUT_REQUEST: Final = _upsert(tables.RequestTable)
PUT_CONSENT: Final = _upsert(tables.ConsentTable)
PUT_TRANSFER: Final = _upsert(tables.TransferTable)

DISCLOSURE: Final = _select(tables.DisclosureTable, "text", by=("commitment",))
# The array begins with a salt of 22 characters, so its path begins at byte 27: the 37th character of base64url.
DISCLOSURES_AT: Final = "SELECT text FROM disclosure WHERE substr(text, 37, ?) = ?"
DISCLOSURES: Final = _select(tables.DisclosureTable, "commitment", "text", order=("commitment",))
_disclosure = table_of(tables.DisclosureTable).c
COMMITMENTS: Final = _sql(
    select(_disclosure.commitment).where(_disclosure.text.is_not(None)).order_by(_disclosure.commitment)
)
NEWEST_COMMITMENTS: Final = "SELECT commitment FROM disclosure WHERE text IS NOT NULL ORDER BY rowid DESC LIMIT ?"
FORGET_DISCLOSURE: Final = _sql(
    delete(table_of(tables.DisclosureTable)).where(_disclosure.commitment == bindparam("commitment"))
)
PUT_DISCLOSURE: Final = _sql(upsert_into(table_of(tables.DisclosureTable)).on_conflict_do_nothing())
ERASE_DISCLOSURE: Final = _upsert(tables.DisclosureTable)
PUT_RECIPIENT: Final = _sql(upsert_into(table_of(tables.RecipientTable)).on_conflict_do_nothing())
PUT_EXPORT: Final = _upsert(tables.ExportTable)
EXPORTS: Final = _select(tables.ExportTable, "record", order=("exported_at", "event"))
PUT_BACKUP: Final = _upsert(tables.BackupTable)
BACKUPS: Final = _select(tables.BackupTable, order=("made_at", "path"))
EXPORTS_TO: Final = "SELECT DISTINCT event FROM recipient WHERE recipient = ? ORDER BY event"
RECIPIENTS: Final = _select(tables.RecipientTable, by=("commitment",), order=("received_at", "recipient", "event"))


def write() -> str:
    """Return the text of `custody.storage.statements`."""
    head = '"""Every statement that the store runs; `custody.storage.declared` makes this file from the tables."""'
    named = {name: value for name, value in globals().items() if name.isupper() and not name.startswith("_")}
    texts = [f"{name}: Final = {_literal(value)}" for name, value in named.items()]
    return "\n\n".join((head, "# fmt: off\nfrom typing import Final", *texts)) + "\n"


def _literal(value: object, indent: str = "") -> str:
    """Spell a text, a tuple of such or a dictionary of those, in lines that are not too long."""
    deeper = indent + "    "
    if isinstance(value, dict):
        lines = [f"{deeper}{_quoted(key)}: {_literal(item, deeper)}," for key, item in value.items()]
        return "\n".join(("{", *lines, f"{indent}}}"))
    if isinstance(value, tuple):
        lines = [f"{deeper}{_literal(item, deeper)}," for item in value]
    else:
        parts = textwrap.wrap(" ".join(str(value).split()), _WIDTH - len(deeper), break_long_words=False)
        if len(parts) == 1:
            return _quoted(parts[0])
        lines = [f"{deeper}{_quoted(part)}" for part in (*(f"{part} " for part in parts[:-1]), parts[-1])]
    return "\n".join(("(", *lines, f"{indent})"))


def _quoted(text: str) -> str:
    return f"'{text}'" if '"' in text else f'"{text}"'


if __name__ == "__main__":
    Path(__file__).with_name("statements.py").write_text(write(), encoding="utf-8")
