"""The rows that stand beside an entry's bytes: an index that can be rebuilt from them, and nothing more.

Every row is a tuple in the order of its table's columns. `rows_of` is a pure function of the entry and of the state
before it, so an audit computes the rows again and compares. Nothing here is ever hashed, exported or verified.
"""

from __future__ import annotations

from binascii import unhexlify
from collections.abc import Iterable
from typing import NamedTuple

from custody.verify.disputes import Signing
from custody.verify.fold import commitments_in
from schemas import canonical
from schemas.entry import Entry
from schemas.event import Link, ParsedEvent


class EntryRow(NamedTuple):
    """An entry: ``leaf`` and ``event_hash`` of 32 bytes, ``raw`` the truth, the rest for searching.

    ``relies_on`` is the canonical array of the indexes that brought in what its signers sign with; ``affirms`` the
    index that it affirms.
    """

    entry_index: int
    leaf: bytes
    raw: bytes
    event_hash: bytes
    type: str
    case: str | None
    exhibit: str | None
    sequence: int | None
    actor: str
    occurred_at: str
    recorded_at: str
    relies_on: str
    affirms: int | None


class SignerRow(NamedTuple):
    """One signer of an entry, in the order in which the event names them."""

    entry_index: int
    position: int
    key_id: str
    agent: str
    signs_as: str
    on_behalf_of: str | None


class CommitmentRow(NamedTuple):
    """A commitment of 32 bytes and the one entry that holds it."""

    commitment: bytes
    entry_index: int


class EntryRows(NamedTuple):
    """All rows of one entry but those of its subjects, whose positions depend on what came before."""

    entry: EntryRow
    signers: tuple[SignerRow, ...]
    commitments: tuple[CommitmentRow, ...]


def rows_of(*, entry: Entry, raw: bytes, leaf: bytes, event: ParsedEvent, signing: Signing) -> EntryRows:
    """Return the rows of an entry of which ``raw`` are the bytes and ``leaf`` the leaf hash."""
    index = entry.index
    commitments = tuple(CommitmentRow(unhexlify(item), index) for item in commitments_in(event.raw))
    row = entry_row(entry=entry, raw=raw, leaf=leaf, event=event, signing=signing)
    return EntryRows(row, signer_rows(index, event, signing), commitments)


def entry_row(*, entry: Entry, raw: bytes, leaf: bytes, event: ParsedEvent, signing: Signing) -> EntryRow:
    """Return the row of the entry itself."""
    inner = event.event
    return EntryRow(
        entry.index,
        leaf,
        raw,
        unhexlify(event.hash),
        inner.type,
        _or_none(inner.case),
        _or_none(inner.exhibit),
        inner.link.sequence if isinstance(inner.link, Link) else None,
        inner.actor,
        inner.occurred_at,
        entry.recorded_at,
        # A canonical array of numbers.
        f"[{','.join(map(str, signing.relies_on))}]",
        signing.affirms,
    )


def signer_rows(index: int, event: ParsedEvent, signing: Signing) -> tuple[SignerRow, ...]:
    """Return the rows of an entry's signers, of each of whom ``signing`` has the key."""
    named = zip(event.event.signers, signing.keys, strict=True)
    return tuple([
        SignerRow(index, place, key_id, signer.agent, signer.as_, _or_none(signer.on_behalf_of))
        for place, (signer, key_id) in enumerate(named)
    ])  # fmt: skip


def signings_from(rows: Iterable[tuple[int, str, str, int | None]]) -> Iterable[Signing]:
    """Yield what disputes need from (index, relies_on, key id, affirms), one row a signer, in order of index."""
    index, relies_on, affirms, keys = -1, "[]", None, list[str]()
    for row_index, row_relies_on, key_id, row_affirms in rows:
        if row_index != index and index >= 0:
            yield _signing(index, relies_on, affirms, keys)
            keys = []
        index, relies_on, affirms = row_index, row_relies_on, row_affirms
        keys.append(key_id)
    if index >= 0:
        yield _signing(index, relies_on, affirms, keys)


def _signing(index: int, relies_on: str, affirms: int | None, keys: list[str]) -> Signing:
    sources = canonical.decode(relies_on.encode("ascii"), tuple[int, ...], maximum=65_535)
    return Signing(index, tuple(keys), sources, affirms)


def _or_none(value: object) -> str | None:
    return value if isinstance(value, str) else None
