"""What is kept here of an export, and how it is told: who received what, what was withheld from him, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from custody.bundle.build import Export
from custody.bundle.disclose import Choice
from custody.bundle.withheld import Kept
from custody.cli.checking.rehashing import content_of_exhibit
from custody.cli.context import Context
from custody.cli.ledger_access import LedgerAccess
from custody.cli.showing.holdings import staging
from custody.report.safe_text import show
from custody.storage.disclosures import Receiving
from custody.storage.sent import ExportRecord, SentExhibit, WithheldValue
from custody.verify.rules.view import Exhibit
from schemas.text import format_time
from schemas.types import UNSET

_WHY = {"absent": "not known to this ledger itself", "hand": "by hand", "rule": "by rule"}


class WithheldLine(msgspec.Struct, frozen=True, kw_only=True):
    """How many values of one field were withheld, and why: ``hand``, ``rule``, or ``absent``."""

    count: int
    field: str
    reason: str
    type: str


def note_export(
    context: Context,
    made: Export,
    *,
    event: str,
    to: str,
    exhibits: Iterable[Exhibit],
    choice: Choice,
    is_detached: bool,
    encrypted_to: tuple[str, ...],
) -> None:
    """Keep on record what leaves this home with the exporting ``event``, and who receives which values; and, among the
    documents, the lists of what was packed, by which an audit knows what was left out.

    It counts once the ledger has that event: a note of an export that was refused tells of nothing.

    Raises:
        StorageError: ``ledger.*``, ``store.*``.
    """
    with staging(context) as staged:
        for raw in made.lists:
            staged.document_bytes(raw)
        staged.keep()
    sent = [(exhibit, content_of_exhibit(context, exhibit)) for exhibit in exhibits]
    with_names = choice.is_disclosed("exhibit.registered", "/path")
    record = ExportRecord(
        absent=made.absent or UNSET,
        detached=is_detached,
        encrypted_to=encrypted_to,
        event=event,
        exhibits=tuple(
            SentExhibit(
                case=item.case, exhibit=item.number, root=content.root if content else "", with_names=with_names
            )
            for item, content in sent
        ),
        exported_at=format_time(context.now()),
        recipient=to,
        withheld=tuple(
            WithheldValue(
                commitment=item.commitment, event=item.event, field=item.pointer, reason=item.reason, type=item.type
            )
            for item in made.kept
        ),
    )
    store = context.ledger().home.store.disclosures
    store.note_recipients(Receiving(item, to, context.now(), event) for item in made.disclosed)
    store.sent.note_export(record)


def told_absent(access: LedgerAccess, *, before: str) -> frozenset[str]:
    """Return the digests of documents of which an export on record, other than the event ``before``, was told already
    that they are not here: one that was recorded by its digest alone is kept elsewhere, and told of once.
    """
    exports = access.home.store.disclosures.sent.exports()
    known = {item.event: item.absent or () for item in exports if item.event != before}
    with access.read() as reader:
        recorded = reader.event_indexes(sorted(known))
    return frozenset(digest for event in recorded for digest in known[event])


def withheld_lines(kept: Iterable[Kept]) -> tuple[WithheldLine, ...]:
    """Return what was withheld, counted by field and reason."""
    counted = Counter((item.type, _field(item.pointer), item.reason) for item in kept)
    return tuple(
        WithheldLine(count=count, field=field, reason=reason, type=type)
        for (type, field, reason), count in sorted(counted.items())
    )


def tell_withheld(lines: Iterable[WithheldLine]) -> Iterator[str]:
    """Yield the same in words."""
    for line in lines:
        count = "" if line.count == 1 else f", {line.count} values"
        yield f"  withheld {_WHY[line.reason]}: {show(line.type)}:{show(line.field)}{count}"


def _field(pointer: str) -> str:
    """Return a pointer with a ``*`` for each place in a list, as the patterns of --withhold have it."""
    return "/".join("*" if part.isdigit() else part for part in pointer.split("/"))
