"""What an erasure destroyed, and where its texts still stand afterwards: a file of the home, or another value."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from custody.cli.erasure.inherited import inherited_with
from custody.cli.ledger_access import LedgerAccess
from custody.storage import home_layout
from custody.storage.incoming import PREFIX
from schemas.errors import StorageError
from schemas.private import parse_disclosure

SHORTEST = 6
"""Characters of a text that is looked for in other values; shorter ones stand in many by chance."""
_SEARCHED = (home_layout.DRAFTS, home_layout.MANIFESTS, home_layout.LOCATIONS)
_OF_DATABASE = ("", "-journal", "-shm", "-wal")
SEARCH_AT_MOST = 200
"""Values that are looked for afterwards; of more, these are a sample."""


@dataclass(slots=True)
class Destroyed:
    """What is gone: values and names, files with their bytes, ``strays`` of which no entry spoke. ``left`` are places
    outside of the home that are to be cleared by hand, ``kept`` digests of files that exhibits beyond the order need;
    ``also`` are values of which the order doesn't speak and that hold a text which it destroys, each by its entry and
    place, or by the bundle of another ledger in which it came.
    """

    values: int = 0
    names: int = 0
    files: int = 0
    bytes: int = 0
    strays: int = 0
    left: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    also: list[str] = field(default_factory=list)
    texts: set[str] = field(default_factory=set)


def stray_values(access: LedgerAccess, done: Destroyed) -> list[str]:
    """Note where else a destroyed text stands: a description may quote the name of the file that it describes. Return
    the commitments of values that hold one and belong to no entry, as a refused batch leaves them: nobody misses them.
    """
    values = (parse_disclosure(text).value for text in done.texts)
    words = {value for value in values if isinstance(value, str) and len(value) >= SHORTEST}
    if not words:
        return []
    found = {
        item.commitment: item.path
        for item in access.home.store.disclosures.all()
        if item.text not in done.texts and any(word in str(item.value) for word in words)
    }
    with access.read() as reader:
        indexes = reader.commitment_indexes(sorted(found))
    done.also += [f"entry {index}, {found[item]}" for item, index in sorted(indexes.items(), key=lambda pair: pair[1])]
    done.also += [f"inherited bundle {where}" for where in inherited_with(access.home.inherited, words)]
    return sorted(found.keys() - indexes.keys())


def check_traces(home: Path, done: Destroyed, *, but: Collection[Path] | None = None) -> None:
    """Raise if the text of a destroyed value is still in a file that may hold private values.

    ``but`` are the lists that still hold some, where those and the database's own files are to go next.

    Raises:
        StorageError: ``erase.traces``.
    """
    needles = [text.encode("ascii") for text in sorted(done.texts)[:SEARCH_AT_MOST]]
    if not needles:
        return
    skipped = set() if but is None else {*but, *(home / f"{home_layout.DISCLOSURES_FILE}{end}" for end in _OF_DATABASE)}
    paths = [path for path in home.iterdir() if path.is_file() and path.name.startswith("disclosures")]
    folders = [*(home / name for name in _SEARCHED), *home.glob(f"{PREFIX}*")]
    paths += [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    found = [path for path in paths if path not in skipped and _holds(path, needles)]
    if found:
        names = ", ".join(str(path.relative_to(home)) for path in found[:5])
        hint = "the order is recorded; clear that file if it is left over, and custody erase --finish tries again"
        raise StorageError(
            "erase.traces", f"expected nothing left of what was erased, found some in {names}", hint=hint
        )


def _holds(path: Path, needles: Sequence[bytes]) -> bool:
    longest, rest = max(map(len, needles)), b""
    with path.open("rb") as file:
        while piece := file.read(1 << 24):
            piece = rest + piece
            if any(needle in piece for needle in needles):
                return True
            rest = piece[-longest:]
    return False
