"""The rows that stand beside an entry's bytes: an index that can be rebuilt from them, and nothing more.

Every row is a tuple in the order of its table's columns. `rows_of` is a pure function of the entry and of the state
before it, so an audit computes the rows again and compares. Nothing here is ever hashed, exported or verified.
"""

from __future__ import annotations

from binascii import unhexlify
from functools import lru_cache
from typing import NamedTuple

import msgspec

from custody.verify.fold.disputes import Signing
from custody.verify.fold.fold import commitments_in
from schemas import canonical
from schemas.entry import Entry
from schemas.event import Link, ParsedEvent, Signer


class EntryRow(NamedTuple):
    """An entry: ``leaf`` and ``event_hash`` of 32 bytes, ``raw`` the truth, the rest for searching.

    ``relies_on`` is the canonical array of the indexes that brought in what its signers sign with; ``affirms`` the
    index that it affirms. ``signers`` is canonical JSON as well, one object a signer in the event's order, as
    `StoredSigner` reads it.
    """

    entry_index: int
    leaf: bytes
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
    signers: str
    raw: bytes


class StoredSigner(msgspec.Struct, frozen=True):
    """One signer of an entry, as the column ``signers`` spells him."""

    agent: str
    key: str
    on_behalf_of: str = ""


_SIGNERS = msgspec.json.Decoder(tuple[StoredSigner, ...])


class CommitmentRow(NamedTuple):
    """A commitment of 32 bytes and the one entry that holds it."""

    commitment: bytes
    entry_index: int


class EntryRows(NamedTuple):
    """All rows of one entry but those of its subjects, whose positions depend on what came before."""

    entry: EntryRow
    commitments: tuple[CommitmentRow, ...]


def rows_of(*, entry: Entry, raw: bytes, leaf: bytes, event: ParsedEvent, signing: Signing) -> EntryRows:
    """Return the rows of an entry of which ``raw`` are the bytes and ``leaf`` the leaf hash."""
    index = entry.index
    commitments = tuple(CommitmentRow(unhexlify(item), index) for item in commitments_in(event.raw))
    row = entry_row(entry=entry, raw=raw, leaf=leaf, event=event, signing=signing)
    return EntryRows(row, commitments)


def entry_row(*, entry: Entry, raw: bytes, leaf: bytes, event: ParsedEvent, signing: Signing) -> EntryRow:
    """Return the row of the entry itself."""
    inner = event.event
    # Made for each entry of a replay: the type's own constructor would take a second call.
    columns = (
        entry.index,
        leaf,
        unhexlify(event.hash),
        inner.type,
        inner.case or None,
        inner.exhibit or None,
        inner.link.sequence if isinstance(inner.link, Link) else None,
        inner.actor,
        inner.occurred_at,
        entry.recorded_at,
        _indexes(signing.relies_on),
        signing.affirms,
        _signers(inner.signers, signing.keys),
        raw,
    )
    return tuple.__new__(EntryRow, columns)


@lru_cache(maxsize=256)
def _indexes(numbers: tuple[int, ...]) -> str:
    """Spell a canonical array of numbers."""
    return f"[{','.join(map(str, numbers))}]"


@lru_cache(maxsize=256)
def _signers(signers: tuple[Signer, ...], keys: tuple[str, ...]) -> str:
    """Spell who signed and with which keys; the same people sign again and again."""
    units = [_or_none(signer.on_behalf_of) for signer in signers]
    named = zip(signers, keys, units, strict=True)
    return canonical.encode(
        [
            {"agent": signer.agent, "as": signer.as_, "key": key} | ({"on_behalf_of": unit} if unit else {})
            for signer, key, unit in named
        ]
    ).decode("ascii")


def signing_from(row: tuple[int, str, str, int | None]) -> Signing:
    """Return what disputes need from an entry's index, ``relies_on``, ``signers`` and ``affirms``."""
    index, relies_on, signers, affirms = row
    keys = tuple([signer.key for signer in _SIGNERS.decode(signers)])
    sources = canonical.decode(relies_on.encode("ascii"), tuple[int, ...], maximum=65_535)
    return Signing(index, keys, sources, affirms)


def _or_none(value: object) -> str | None:
    return value if isinstance(value, str) else None
