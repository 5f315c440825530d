"""State records as rows: the record as JSON, and beside it the columns that are searched."""

from __future__ import annotations

from typing import Any, Final, TypeVar

import msgspec

from custody.ledger.numbers import fold_number
from custody.ledger.store import INDEX_HINT
from custody.storage import statements
from custody.verify.fold.disputes import is_disputing
from custody.verify.rules.view import Agent, Case, Consent, Exhibit, Key, Ledger, Request, StateRecord, Transfer
from schemas.errors import StorageError

T = TypeVar("T", Agent, Case, Consent, Exhibit, Key, Ledger, Request, Transfer)

Row = tuple[str | bytes | int | None, ...]

_ENCODER: Final = msgspec.json.Encoder(order="sorted")
_DECODERS: Final[dict[type[Any], msgspec.json.Decoder[Any]]] = {
    kind: msgspec.json.Decoder(kind) for kind in (Agent, Case, Consent, Exhibit, Key, Ledger, Request, Transfer)
}


def record_row(record: StateRecord) -> tuple[str, Row]:
    """Return the statement that puts ``record``, and the row that it puts. A pure function: an audit compares."""
    text = _ENCODER.encode(record).decode("utf-8")
    match record:
        case Exhibit():
            return statements.PUT_EXHIBIT, (
                record.case, record.number, fold_number(record.number), bytes.fromhex(record.registration),
                record.holder, record.status, int(record.is_sealed), text,
            )  # fmt: skip
        case Agent():
            return statements.PUT_AGENT, (record.id, record.kind, int(record.has_left), text)
        case Key():
            return statements.PUT_KEY, (record.id, record.agent, int(is_disputing(record)), text)
        case Case():
            return statements.PUT_CASE, (record.number, fold_number(record.number), int(record.is_open), text)
        case Request():
            return statements.PUT_REQUEST, (record.id, record.status, text)
        case Consent():
            return statements.PUT_CONSENT, (bytes.fromhex(record.id), text)
        case Transfer():
            return statements.PUT_TRANSFER, (bytes.fromhex(record.id), text)
        case Ledger():
            return statements.PUT_LEDGER, (1, record.origin, text)


def read_record(kind: type[T], text: str) -> T:
    """Return the record that a row holds.

    Raises:
        StorageError: ``ledger.unreadable``.
    """
    try:
        found: T = _DECODERS[kind].decode(text)
    except msgspec.MsgspecError as error:
        text = f"expected the state of one {kind.__name__}: {error}"
        raise StorageError("ledger.unreadable", text, hint=INDEX_HINT) from None
    return found
