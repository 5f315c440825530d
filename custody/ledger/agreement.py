"""Do the rows that are searched say what the entries say which they led to?

Rows are an index. Whoever edits them may hide the newest acts of an exhibit, or the end of a key, from whoever reads
or sends its story. Only an audit looks at all of them; but what is about to be told or sent has been folded anyway, and
costs nothing to compare.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from custody.ledger.store import INDEX_HINT
from custody.verify.fold.fold import Fold
from custody.verify.fold.lineage import lineage_of
from custody.verify.fold.state import State
from custody.verify.rules.view import View
from schemas.entry import ParsedEntry
from schemas.errors import StorageError
from schemas.report import Findings, Severity

_OPENED: Final = ("origin", "country", "log_keys", "is_gated", "is_strict")
_TOLD: Final = ("head", "sequence", "holder", "status", "is_sealed")


def check_rows(view: View, state: State, exhibits: Iterable[tuple[str, str]], found: Findings) -> None:
    """Raise unless ``exhibits``, and the keys of the log and of all agents in it, stand in ``view`` as ``state`` has
    them, which was folded from their entries at the same moment. Where that ``found`` something that failed, nothing is
    compared: what was changed is told then.

    Raises:
        StorageError: ``ledger.unreadable``.
    """
    if not any(item.severity is Severity.FAILED for item in found.items):
        _compare(view, state, exhibits)


def _compare(view: View, state: State, exhibits: Iterable[tuple[str, str]]) -> None:
    ledger = view.ledger()
    if ledger is None or any(getattr(ledger, field) != getattr(state.ledger(), field, None) for field in _OPENED):
        raise _differing("the ledger")
    for name in exhibits:
        row, folded = view.exhibit(*name), state.exhibit(*name)
        if any(getattr(row, field, None) != getattr(folded, field, None) for field in _TOLD):
            raise _differing(f"exhibit {'/'.join(name)}")
    for key in state.keys.values():
        if view.key(key.id) != key:
            raise _differing(f"key {key.id}")


def check_entries(view: View, entries: Mapping[int, ParsedEntry], exhibits: Collection[tuple[str, str]]) -> None:
    """Raise as `check_rows`, of entries that nobody has folded yet, and whatever is wrong with them; whether they are
    signed is not looked at.

    Raises:
        StorageError: ``ledger.unreadable``.
    """
    fold = Fold(Findings(), is_whole=False, lineage=lineage_of(exhibits, entries))
    for index in sorted(entries):
        fold.add(entries[index])
    _compare(view, fold.state, exhibits)


def _differing(what: str) -> StorageError:
    text = f"expected the rows of {what} to say what its entries say, found them different"
    return StorageError("ledger.unreadable", text, hint=INDEX_HINT)
