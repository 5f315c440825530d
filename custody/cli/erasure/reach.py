"""How far something went before it was erased: who received it with which export, and which backups may hold it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime

import msgspec

from custody.cli.erasure.plan import Plan
from custody.cli.ledger_access import LedgerAccess
from custody.ledger.entries import entries_at
from custody.storage.sent import ExportRecord
from schemas.content import Content
from schemas.details.exhibit import ExhibitRegistered
from schemas.text import format_time
from schemas.types import is_set


class ErasedReceiving(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who received what is erased: with which export (event hash), and whether values, names or files."""

    event: str
    received_at: str
    recipient: str
    what: str


class ErasedBackup(msgspec.Struct, frozen=True, kw_only=True):
    """A backup that was made while it was here; whether anything ``is_there`` now, where it was made."""

    has_evidence: bool
    is_there: bool
    made_at: str
    path: str


def receivings_of(access: LedgerAccess, plan: Plan) -> tuple[ErasedReceiving, ...]:
    """Return who received any of what a plan destroys, in order of time."""
    store = access.home.store.disclosures
    found = {
        ErasedReceiving(
            event=item.event, received_at=format_time(item.received_at), recipient=item.recipient, what="values"
        )
        for item in store.recipients(plan.commitments)
    }
    roots = _roots(access, plan)
    has_files = bool(plan.files or plan.contents)
    for export in store.sent.exports():
        for what in _sent(export, roots, has_names=bool(plan.names or plan.commitments), has_files=has_files):
            found.add(
                ErasedReceiving(
                    event=export.event, received_at=export.exported_at, recipient=export.recipient, what=what
                )
            )
    # What was noted and never recorded did not leave: the ledger refused it, or the machine stopped before.
    with access.read() as reader:
        left = reader.event_indexes(sorted({item.event for item in found}))
    found = {item for item in found if item.event in left}
    return tuple(sorted(found, key=lambda item: (item.received_at, item.recipient, item.event, item.what)))


def backups_with(access: LedgerAccess, plan: Plan, *, before: datetime) -> tuple[ErasedBackup, ...]:
    """Return the backups made up to ``before`` that may hold what a plan destroys, and are not said to be gone."""
    since = _known_since(access, plan)
    has_values = bool(plan.names or plan.commitments)
    return tuple(
        ErasedBackup(
            has_evidence=item.has_evidence,
            is_there=_is_there(item.path),
            made_at=format_time(item.made_at),
            path=item.path,
        )
        for item in access.home.store.disclosures.sent.backups()
        if item.gone_at is None
        and format_time(item.made_at) <= format_time(before)
        and item.size > since
        and (has_values or item.has_evidence)
    )


def _is_there(path: str) -> bool:
    """Tell whether anything is at a noted place; one with bytes that are not UTF-8 can't be looked for."""
    return "\\x" in path or os.path.lexists(path)


def _sent(export: ExportRecord, roots: dict[str, bool], *, has_names: bool, has_files: bool) -> Iterator[str]:
    mine = [item for item in export.exhibits if item.root in roots]
    if has_names and any(item.with_names and roots[item.root] for item in mine):
        yield "names"
    if has_files and mine:
        yield "files, apart" if export.detached else "files"


def _roots(access: LedgerAccess, plan: Plan) -> dict[str, bool]:
    """Return the content roots of the exhibits that a plan is about, and whether names in their lists go."""
    found = {}
    with access.read() as reader:
        named = [about.exhibit for about in plan.about if isinstance(about.exhibit, str)]
        entries = list(entries_at(reader, reader.event_indexes(named).values()))
        in_events = reader.commitment_indexes(plan.commitments)
    for item in (entry.event.details for entry in entries):
        if isinstance(item, ExhibitRegistered) and isinstance(item.content, Content):
            in_list = bool(plan.names) or any(commitment not in in_events for commitment in plan.commitments)
            found[item.content.root] = in_list and not is_set(item.content.files)
    return found


def _known_since(access: LedgerAccess, plan: Plan) -> int:
    """Return the entry since which the ledger has what a plan destroys; a backup of no more entries can't hold it."""
    with access.read() as reader:
        events = [about.event for about in plan.about if isinstance(about.event, str)]
        return min(reader.event_indexes(events).values(), default=0)
