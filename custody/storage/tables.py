"""The tables of a ledger's database, once, for every engine; SQLite keeps them STRICT.

Only `EntryTable.raw` and the notes are the truth. All else is an index that can be rebuilt from the bytes, and an
audit compares every column with them. Hashes stand as 32 raw bytes, state records as canonical JSON beside the columns
that are searched. These classes declare; they don't validate (a table model of SQLModel never does), so nothing is
ever read into them: rows go in and out as the tuples of `custody.ledger.rows`.
"""

from typing import Any, ClassVar

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, PrimaryKeyConstraint, Text, text
from sqlmodel import Field, MetaData, SQLModel

STRICT = {"sqlite_strict": True}
CLUSTERED = {"sqlite_strict": True, "sqlite_with_rowid": False}
"""Without a row id: the primary key is the table, which saves one of two trees."""
IS_BOUND = "instr(record, 'bound_to' || char(34) || ':[' || char(34))"
"""Whether an exhibit is bound to a ledger: that stands in no other record, as a quote in a text is escaped."""

LEDGER = MetaData()
DISCLOSURES = MetaData()


class LedgerBase(SQLModel):
    """Base of the tables in ``ledger.db``."""

    metadata = LEDGER


class DisclosureBase(SQLModel):
    """Base of the tables in ``disclosures.db``, which is the only file that holds private values."""

    metadata = DISCLOSURES


def _key(kind: Any, **options: Any) -> Any:
    return Field(sa_type=kind, primary_key=True, **options)


def _text(**options: Any) -> Any:
    return Field(sa_type=Text, **options)


def _int(**options: Any) -> Any:
    return Field(sa_type=Integer, **options)


def _blob(**options: Any) -> Any:
    return Field(sa_type=LargeBinary, **options)


def _entry() -> Any:
    return Field(sa_type=Integer, sa_column_args=[ForeignKey("entry.entry_index")])


class EntryTable(LedgerBase, table=True):
    """One row an entry; columns as `custody.ledger.rows.EntryRow`."""

    __tablename__ = "entry"
    __table_args__: ClassVar[Any] = STRICT
    entry_index: int = _key(Integer)
    leaf: bytes = _blob()
    event_hash: bytes = _blob(unique=True)
    type: str = _text()
    case: str | None = _text()
    exhibit: str | None = _text()
    sequence: int | None = _int()
    actor: str = _text()
    occurred_at: str = _text()
    recorded_at: str = _text()
    relies_on: str = _text()
    affirms: int | None = _int()
    signers: str = _text()
    raw: bytes = _blob()


class CommitmentTable(LedgerBase, table=True):
    """Every commitment, once in a ledger."""

    __tablename__ = "commitment"
    __table_args__: ClassVar[Any] = CLUSTERED
    commitment: bytes = _key(LargeBinary)
    entry_index: int = _entry()


class TileTable(LedgerBase, table=True):
    """Hash tiles (C2SP tlog-tiles, height 8), each in its widest form."""

    __tablename__ = "tile"
    __table_args__: ClassVar[Any] = (PrimaryKeyConstraint("level", "number"), STRICT)
    level: int = _int()
    number: int = _int()
    hashes: bytes = _blob()


class SubjectTable(LedgerBase, table=True):
    """Every subject, under the hash of its canonical array."""

    __tablename__ = "subject"
    __table_args__: ClassVar[Any] = CLUSTERED
    key: bytes = _key(LargeBinary)
    subject: str = _text()


class SubjectEntryTable(LedgerBase, table=True):
    """The entries of each subject, in ledger order; ``frontier``, as `Tally` says, is over all of them up to it."""

    __tablename__ = "subject_entry"
    __table_args__: ClassVar[Any] = (PrimaryKeyConstraint("key", "position"), CLUSTERED)
    key: bytes = _blob()
    position: int = _int()
    entry_index: int = _entry()
    frontier: bytes = _blob()


class CheckpointTable(LedgerBase, table=True):
    """The signed note at the end of each transaction."""

    __tablename__ = "checkpoint"
    __table_args__: ClassVar[Any] = STRICT
    size: int = _key(Integer)
    note: bytes = _blob()


class LedgerTable(LedgerBase, table=True):
    """The ledger's own state; one row, number 1."""

    __tablename__ = "ledger"
    __table_args__: ClassVar[Any] = STRICT
    number: int = _key(Integer)
    origin: str = _text()
    record: str = _text()


class AgentTable(LedgerBase, table=True):
    """An agent's state."""

    __tablename__ = "agent"
    __table_args__: ClassVar[Any] = STRICT
    id: str = _key(Text)
    kind: str = _text()
    has_left: int = _int()
    record: str = _text()


class SigningKeyTable(LedgerBase, table=True):
    """A public key's state; ``disputing`` is 1 where its revocation reaches back before itself."""

    __tablename__ = "signing_key"
    __table_args__: ClassVar[Any] = STRICT
    id: str = _key(Text)
    agent: str = _text()
    disputing: int = _int(index=True)
    record: str = _text()


class CaseTable(LedgerBase, table=True):
    """A case's state; ``folded`` is what confusable numbers have in common."""

    __tablename__ = "case"
    __table_args__: ClassVar[Any] = STRICT
    number: str = _key(Text)
    folded: str = _text(index=True)
    is_open: int = _int()
    record: str = _text()


class ExhibitTable(LedgerBase, table=True):
    """An exhibit's state; every page that an act touches is written and synced, so indexes are few."""

    __tablename__ = "exhibit"
    __table_args__: ClassVar[Any] = (
        PrimaryKeyConstraint("case", "number"),
        Index("exhibit_bound", "case", "number", sqlite_where=text(IS_BOUND)),
        Index("exhibit_folded", "folded"),
        CLUSTERED,
    )
    case: str = _text()
    number: str = _text()
    folded: str = _text()
    registration: bytes = _blob(unique=True)
    holder: str = _text()
    status: str = _text()
    sealed: int = _int()
    record: str = _text()


class RequestTable(LedgerBase, table=True):
    """An assistance request's state."""

    __tablename__ = "request"
    __table_args__: ClassVar[Any] = STRICT
    id: str = _key(Text)
    status: str = _text()
    record: str = _text()


class ConsentTable(LedgerBase, table=True):
    """A consent's state, by the event hash that recorded it; the subjects of its exhibits lead to it."""

    __tablename__ = "consent"
    __table_args__: ClassVar[Any] = STRICT
    id: bytes = _key(LargeBinary)
    record: str = _text()


class TransferTable(LedgerBase, table=True):
    """What was decided about a transfer to this ledger."""

    __tablename__ = "transfer"
    __table_args__: ClassVar[Any] = STRICT
    id: bytes = _key(LargeBinary)
    record: str = _text()


class DisclosureTable(DisclosureBase, table=True):
    """A private value; ``text`` is what its commitment hashes, and is gone once it was erased by order."""

    __tablename__ = "disclosure"
    __table_args__: ClassVar[Any] = STRICT
    commitment: bytes = _key(LargeBinary)
    text: str | None = _text()


class RecipientTable(DisclosureBase, table=True):
    """Who received which value, and when; the export's event hash says with which bundle."""

    __tablename__ = "recipient"
    __table_args__: ClassVar[Any] = (PrimaryKeyConstraint("commitment", "recipient", "received_at", "event"), CLUSTERED)
    commitment: bytes = _blob()
    recipient: str = _text()
    received_at: str = _text()
    event: str = _text()


class ExportTable(DisclosureBase, table=True):
    """An export with all that is kept of it (`custody.storage.sent`)."""

    __tablename__ = "export"
    __table_args__: ClassVar[Any] = CLUSTERED
    event: str = _key(Text)
    recipient: str = _text()
    exported_at: str = _text()
    record: str = _text()


class BackupTable(DisclosureBase, table=True):
    """A backup that was made of the home, and when it was said to be gone."""

    __tablename__ = "backup"
    __table_args__: ClassVar[Any] = (PrimaryKeyConstraint("made_at", "path"), CLUSTERED)
    made_at: str = _text()
    path: str = _text()
    size: int = _int()
    has_evidence: int = _int()
    gone_at: str | None = _text()
