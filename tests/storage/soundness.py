"""Whether a stored ledger is sound, found out from its bytes alone and compared with every row beside them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from custody.ledger.prove import LeafNodes
from custody.ledger.rows import EntryRows, rows_of
from custody.storage.ledger_store import SqliteStore
from custody.storage.records import record_row
from custody.verify.fold.disputes import Signing, reliance
from custody.verify.fold.fold import Fold
from custody.verify.fold.signing import match_keys
from custody.verify.rules.view import Agent, Case, StateRecord
from keys.note import parse_note
from schemas.checkpoint import parse_checkpoint
from schemas.entry import ParsedEntry, parse_entry
from schemas.merkle import Frontier, root_of
from schemas.report import Findings
from schemas.subject import Subject, encode_subject, subject_key

TABLES = ("entry", "commitment", "subject_entry", "subject", "exhibit", "agent", "case", "signing_key")


def check_sound(store: SqliteStore, folder: Path, *, signatures: bool = True) -> list[ParsedEntry]:
    """Assert that chain, tree, checkpoints, states and rows are what the bytes of the entries say, and return them."""
    with store.read() as reader:
        head = reader.head()
        entries = [parse_entry(raw) for raw in reader.entries(0, head.size)]
        notes = reader.connection.execute("SELECT size, note FROM checkpoint ORDER BY size").fetchall()
        assert reader.frontier().root() == root_of(entry.leaf for entry in entries)
        _check_tiles(reader.tiles(), [entry.leaf for entry in entries])
    _check_chain(entries)
    _check_checkpoints(entries, notes)
    fold, rows, places = _replay(entries, signatures=signatures)
    _check_rows(folder / "ledger.db", rows, places)
    with store.read() as reader:
        records: list[StateRecord] = [*reader.agents(), *reader.cases(), *reader.exhibits(), *reader.keys().values()]
        stored = {record_row(record) for record in records}
        expected = {record_row(record) for record in _records(fold, reader.agents(), reader.cases())}
        assert stored == expected
        assert reader.view().ledger() == fold.state.ledger()
    return entries


def _check_chain(entries: list[ParsedEntry]) -> None:
    previous = "0" * 64
    for index, entry in enumerate(entries):
        assert (entry.entry.index, entry.entry.previous) == (index, previous)
        previous = entry.leaf.hex()


def _check_tiles(tiles: object, leaves: list[bytes]) -> None:
    nodes = LeafNodes(leaves)
    for level in range(3):
        count = len(leaves) >> (8 * level)
        for number in range(-(-count // 256)):
            width = min(256, count - number * 256)
            expected = b"".join(nodes(8 * level, number * 256 + place) for place in range(width))
            assert tiles.get(level, number, width) == expected  # type: ignore[attr-defined]


def _check_checkpoints(entries: list[ParsedEntry], notes: list[tuple[int, bytes]]) -> None:
    roots, frontier = {}, Frontier()
    for entry in entries:
        frontier.append(entry.leaf)
        roots[frontier.size] = frontier.root()
    for size, note in notes:
        checkpoint = parse_checkpoint(parse_note(note).text)
        assert (checkpoint.size, checkpoint.root) == (size, roots[size])
    assert [size for size, _ in notes][-1:] == ([len(entries)] if entries else [])


def _replay(
    entries: list[ParsedEntry], *, signatures: bool
) -> tuple[Fold, list[EntryRows], dict[Subject, list[ParsedEntry]]]:
    findings = Findings()
    fold = Fold(findings, is_whole=True)
    rows, places = [], dict[Subject, list[ParsedEntry]]()
    for entry in entries:
        index, event = entry.entry.index, entry.event
        keys = match_keys(fold.state, index, event, entry.entry.envelope).key_ids
        signing = Signing(index, keys, reliance(fold.state, index, event, keys))
        placed, jobs = fold.add(entry)
        for job in jobs if signatures else ():
            job.check()
        rows.append(rows_of(entry=entry.entry, raw=entry.raw, leaf=entry.leaf, event=event, signing=signing))
        for subject in placed.subjects:
            places.setdefault(subject, []).append(entry)
    fold.finish()
    assert findings.items == []
    return fold, rows, places


def _check_rows(path: Path, rows: list[EntryRows], places: dict[Subject, list[ParsedEntry]]) -> None:
    connection = sqlite3.connect(path)
    try:
        found = {name: set(connection.execute(f'SELECT * FROM "{name}"')) for name in TABLES}
    finally:
        connection.close()
    assert found["entry"] == {tuple(row.entry) for row in rows}
    assert found["commitment"] == {tuple(item) for row in rows for item in row.commitments}
    assert found["subject"] == {(subject_key(subject), encode_subject(subject).decode()) for subject in places}
    assert found["subject_entry"] == {
        (subject_key(subject), place, entry.entry.index, frontier)
        for subject, items in places.items()
        for place, (entry, frontier) in enumerate(zip(items, _frontiers(items), strict=True))
    }


def _frontiers(entries: list[ParsedEntry]) -> Iterator[bytes]:
    frontier = Frontier()
    for entry in entries:
        frontier.append(entry.leaf)
        yield frontier.to_bytes()


def _records(fold: Fold, agents: Iterable[Agent], cases: Iterable[Case]) -> list[StateRecord]:
    state = fold.state
    named = [*(state.agent(agent.id) for agent in agents), *(state.case(case.number) for case in cases)]
    assert None not in named
    return [*(record for record in named if record is not None), *state.exhibits.values(), *state.keys.values()]
