"""What a bundle about some exhibits must carry, found in the ledger itself (docs/spec/completeness.md).

The verifier computes the same closure from the entries that it was given (`custody.verify.record.completeness`); here
the ledger is asked for them. The two are held against each other whenever a bundle is built: it is then verified.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from custody.ledger.store import LedgerReader
from custody.verify.record.named_agents import agents_of, request_of
from custody.verify.rules.subjects import LEDGER, subjects_of
from schemas.details.exhibit import ExhibitRegistered
from schemas.entry import ParsedEntry, parse_entry
from schemas.errors import UsageError
from schemas.subject import Subject


@dataclass(slots=True)
class LedgerClosure:
    """The entries below ``size`` that a bundle carries, and for each subject the last index that counts (None: all)."""

    size: int
    entries: dict[int, ParsedEntry] = field(default_factory=dict)
    wanted: dict[Subject, int | None] = field(default_factory=dict)
    indexes: dict[Subject, tuple[int, ...]] = field(default_factory=dict)
    bare: frozenset[int] = frozenset()
    """Those that are carried for the sake of a rule: they need no values and no documents."""


def find_closure(
    reader: LedgerReader,
    exhibits: list[tuple[str, str]],
    requests: Iterable[str] = (),
    *,
    size: int,
    to: str | None = None,
    is_planned: bool = False,
) -> LedgerClosure:
    """Return the closure of ``exhibits`` and ``requests`` among the first ``size`` entries, for agent ``to`` or,
    without one, for whoever may know all. The newest entry is carried too, with whom it names, unless the export that
    will be the newest is only ``is_planned``.

    Raises:
        UsageError: ``bundle.exhibit``, ``bundle.request`` for one that the ledger doesn't have.
    """
    closure = LedgerClosure(size)
    _want(reader, closure, LEDGER, None)
    for case, number in exhibits:
        if reader.view().exhibit(case, number) is None:
            raise UsageError("bundle.exhibit", f"expected a registered exhibit, found {case}/{number}")
        _want(reader, closure, ("exhibit", case, number), None)
    for request in requests:
        if reader.view().request(request) is None:
            raise UsageError("bundle.request", f"expected a request on record, found {request}")
        _want(reader, closure, ("request", request), None)
    _add_ancestors(reader, closure, _parents)
    plain, ledger = set(closure.entries), reader.view().ledger()
    if ledger is not None and ledger.is_strict:
        _add_ancestors(reader, closure, _alike)
        _add_requests(reader, closure, to)
        _add_decisions(reader, closure)
        closure.bare = frozenset(closure.entries.keys() - plain)
    if size and not is_planned:
        closure.entries.setdefault(size - 1, parse_entry(reader.entry(size - 1)))
    _add_agents(reader, closure)
    return closure


def _want(reader: LedgerReader, closure: LedgerClosure, subject: Subject, last: int | None) -> None:
    """Carry a subject up to entry ``last``; more than before where it was wanted already."""
    closure.wanted[subject] = last
    limit = closure.size if last is None else min(last + 1, closure.size)
    indexes = tuple(index for index in reader.subject_entries(subject) if index < limit)
    closure.indexes[subject] = indexes
    for index in indexes:
        if index not in closure.entries:
            closure.entries[index] = parse_entry(reader.entry(index))


Origins = Iterator[tuple[Subject, int]]


def _add_ancestors(
    reader: LedgerReader, closure: LedgerClosure, origins: Callable[[LedgerReader, ExhibitRegistered], Origins]
) -> None:
    """Add what each exhibit comes from, and the cases of all."""
    waiting = [subject for subject in closure.wanted if subject[0] == "exhibit"]
    while waiting:
        indexes = closure.indexes[waiting.pop()]
        details = closure.entries[indexes[0]].event.details if indexes else None
        for subject, last in origins(reader, details) if isinstance(details, ExhibitRegistered) else ():
            known = closure.wanted.get(subject, -1)
            if known is not None and last > known:
                _want(reader, closure, subject, last)
                waiting.append(subject)
    for subject in [subject for subject in closure.wanted if subject[0] == "exhibit"]:
        _want(reader, closure, ("case", subject[1]), None)


def _parents(reader: LedgerReader, details: ExhibitRegistered) -> Origins:
    """Yield what an exhibit was made from, with the act."""
    for parent in details.derived_from or ():
        yield ("exhibit", parent.case, parent.exhibit), reader.event_indexes([parent.event])[parent.event]


def _alike(reader: LedgerReader, details: ExhibitRegistered) -> Origins:
    """Yield also what it is the same as, with its registration: what binds that binds it."""
    yield from _parents(reader, details)
    for same in details.same_object_as or ():
        subject: Subject = ("exhibit", same.case, same.exhibit)
        yield from ((subject, index) for index in reader.subject_entries(subject)[:1])


def _add_requests(reader: LedgerReader, closure: LedgerClosure, to: str | None) -> None:
    """Add the requests on which something rests that was let go, as far as ``to`` may know of them."""
    indexes = sorted({index for found in closure.indexes.values() for index in found})
    found = (request_of(closure.entries[index].event, reader.view(), to) for index in indexes)
    for name in sorted({name for name in found if name is not None}):
        if ("request", name) not in closure.wanted and reader.subject_entries(("request", name)):
            _want(reader, closure, ("request", name), None)


def _add_decisions(reader: LedgerReader, closure: LedgerClosure) -> None:
    """Add all that was decided on the dispatches of other ledgers that were accepted or came back."""
    for index in sorted({index for found in closure.indexes.values() for index in found}):
        for subject in subjects_of(reader.view(), closure.entries[index].event):
            if subject[0] == "dispatch" and subject not in closure.wanted:
                _want(reader, closure, subject, None)


def _add_agents(reader: LedgerReader, closure: LedgerClosure) -> None:
    """Add the agents of every carried entry; their own entries are signed by others, so go on until none is new."""
    done: set[int] = set()
    while new := sorted(closure.entries.keys() - done):
        done.update(new)
        for agent in sorted({agent for index in new for agent in agents_of(closure.entries[index], reader.view())}):
            if ("agent", agent) not in closure.wanted:
                _want(reader, closure, ("agent", agent), None)
