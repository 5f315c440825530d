"""Private values of which no entry speaks: a command leaves them that is killed between them and its entry.

They prove nothing, and no order could ever name them. `custody audit` and `custody status --check` count them;
`custody status` alone looks at what came last.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from custody.cli.showing.attention import Attention
from custody.report.counts import counted
from custody.storage.ledger_store import SqliteStore
from custody.storage.reading import Reader

_AT_ONCE: Final = 4096


def destroy_strays(store: SqliteStore) -> int:
    """Destroy every value that belongs to no entry, and return how many there were.

    The ledger's only write lock is held meanwhile: nobody is then between his values and his entry.

    Raises:
        StorageError: ``ledger.busy``, ``ledger.full``.
    """
    with store.write() as writer:
        strays = list(_strays(store, writer))
        if strays:
            store.disclosures.forget(strays)
    return len(strays)


def attention_of_strays(store: SqliteStore, reader: Reader, *, is_whole: bool) -> Iterator[Attention]:
    """Yield advice where values lie there that belong to no entry; an act under way may have some for a moment.

    Without ``is_whole`` only the newest values are looked at, so that it takes as long in a large ledger as in a small.
    """
    newest = () if is_whole else store.disclosures.newest_commitments(_AT_ONCE)
    number = sum(1 for _ in _strays(store, reader)) if is_whole else len(_unspoken(reader, newest))
    if number:
        belong = "belongs" if number == 1 else "belong"
        text = f"hold {number:,} that {belong} to no entry, as a killed command leaves them"
        yield Attention(
            code="disclosures.uncommitted", is_due=False, next="custody erase --finish",
            subject="private values", text=text,
        )  # fmt: skip


def told(number: int) -> str:
    """Return what was destroyed in words."""
    return f"{counted(number, 'value', 'values')} that belonged to no entry"


def _strays(store: SqliteStore, reader: Reader) -> Iterator[str]:
    known = store.disclosures.commitments()
    while some := tuple(islice(known, _AT_ONCE)):
        yield from _unspoken(reader, some)


def _unspoken(reader: Reader, some: Sequence[str]) -> set[str]:
    return set(some) - reader.commitment_indexes(some).keys()
