"""What in a ledger's home is due, overdue or weak: things that a person should look at, none of them a verdict."""

from __future__ import annotations

import os
import shutil
from collections.abc import Container, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

from custody.cli.acting.draft_files import SUFFIX, OpenDraft, read_draft
from custody.evidence.kept_readings import kept_readings
from custody.evidence.partial import KEPT
from custody.ledger.store import LedgerReader
from custody.report.ledger_words import disputed_entries
from custody.report.safe_text import show, show_path
from custody.report.shell_words import shell_word
from custody.report.words import format_utc
from custody.verify.rules.view import Exhibit
from schemas import limits
from schemas.details.exhibit import ExhibitReleased
from schemas.entry import parse_entry
from schemas.errors import CustodyError
from schemas.text import format_time

SOON: Final = timedelta(hours=24)
"""A draft that expires within it is due."""
TRANSIT: Final = timedelta(days=7)
"""What has been on its way for longer may be lost."""
ROOM: Final = 1 << 30
"""Bytes of free disk under which evidence soon won't fit."""


class Attention(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing to look at: a stable code, what it is about, and words. What is not due is advice. ``next`` is the
    command that goes on with it, words in capitals to be filled in; empty where no one command does.
    """

    code: str
    is_due: bool = True
    next: str = ""
    subject: str
    text: str


def attention_of_drafts(folder: Path, *, now: datetime) -> Iterator[Attention]:
    """Yield the drafts in ``folder`` that are overdue, due within a day, or can't be read."""
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            draft = read_draft(path)
        except CustodyError as error:
            yield Attention(code="draft.unreadable", subject=path.name, text=f"{show(error.text)} [{error.code}]")
            continue
        yield from _draft(path, draft, now)


def _draft(path: Path, draft: OpenDraft, now: datetime) -> Iterator[Attention]:
    until = min((event.event.not_after for event in draft.events if isinstance(event.event.not_after, str)), default="")
    if not until:
        return
    name = show_path(path.name)
    if until < format_time(now):
        yield Attention(code="draft.overdue", subject=name, text=f"was to be recorded by {format_utc(until)}")
    elif until < format_time(now + SOON):
        yield Attention(code="draft.due", subject=name, text=f"is to be recorded by {format_utc(until)}")


def attention_of_exhibits(
    reader: LedgerReader, exhibits: Iterable[Exhibit], *, now: datetime, doubtful: Container[str] = ()
) -> Iterator[Attention]:
    """Yield those of ``exhibits`` that are on their way, or should be back; what left no longer than a week ago is
    advice. Of what is ``doubtful``, by registration, somebody asks first who has it.
    """
    late = format_time(now - TRANSIT)
    for exhibit in exhibits:
        name, named = show(exhibit.name), shell_word(exhibit.name)
        is_late = exhibit.occurred_at < late
        if exhibit.status == "in-transit" and exhibit.registration not in doubtful:
            text = f"has been on its way since {format_utc(exhibit.occurred_at)}"
            move = f"custody move {named} --place PLACE --as {show(exhibit.holder)}"
            yield Attention(code="exhibit.in-transit", is_due=is_late, next=move, subject=name, text=text)
        if exhibit.status == "lent":
            due = _due(reader, exhibit)
            if due and due < format_time(now):
                text, back = (
                    f"was to be back by {format_utc(due)}",
                    f"custody return {named} --as {show(exhibit.holder)}",
                )
                yield Attention(code="exhibit.overdue", next=back, subject=name, text=text)


def _due(reader: LedgerReader, exhibit: Exhibit) -> str:
    """Return when a lent exhibit is to be back, as its last release says, or nothing."""
    for index in reversed(reader.subject_entries(("exhibit", exhibit.case, exhibit.number))):
        details = parse_entry(reader.entry(index)).event.details
        if isinstance(details, ExhibitReleased):
            return details.due if isinstance(details.due, str) else ""
    return ""


def attention_of_people(reader: LedgerReader) -> Iterator[Attention]:
    """Yield what is weak about registrars, and the entries in dispute."""
    ledger = reader.view().ledger()
    if ledger is not None and len(ledger.registrars) < 2:
        text = "has one registrar: if his keys are lost, only his recovery key helps"
        yield Attention(code="registrar.single", is_due=False, subject=ledger.origin, text=text)
    for index in sorted(disputed_entries(reader)):
        text = "is in dispute until it is affirmed"
        yield Attention(code="entry.disputed", subject=f"entry {index}", text=text)


def attention_of_readings(evidence: Path) -> Iterator[Attention]:
    """Yield what is kept below the folder of evidence of readings that ended early, or go on just now."""
    for kept in kept_readings(evidence / KEPT):
        if kept.journal is None:
            text = "holds part of a reading that nobody can go on with; it may be deleted"
            yield Attention(code="evidence.interrupted", is_due=False, subject=show_path(kept.folder), text=text)
            continue
        mark = kept.journal.mark
        # Who has lost the source for good can't say --no-resume.
        gone = (
            "" if os.path.lexists(mark.path) else f"; it isn't there now: if for good, delete {show_path(kept.folder)}"
        )
        done = min(len(kept.journal.digests) * limits.PIECE_BYTES, mark.size)
        yield Attention(
            code="evidence.interrupted",
            is_due=False,
            next=f"custody register {shell_word(Path(os.fsdecode(mark.path)))} --resume --case CASE --exhibit NUMBER",
            subject=show_path(mark.path),
            text=f"was read up to {done:,} of {mark.size:,} bytes by a command that ended early, or still runs; "
            f"what is kept takes room: --resume goes on, --no-resume drops it{gone}",
        )


def attention_of_disk(folder: Path) -> Iterator[Attention]:
    """Yield a disk that is nearly full."""
    free = shutil.disk_usage(folder).free
    if free < ROOM:
        yield Attention(code="disk.low", subject=show_path(folder), text=f"has {free >> 20} MiB left")
