"""`custody attach`: a signed event that could not be recorded is kept as a document, without effect."""

from __future__ import annotations

from pathlib import Path

import click

from custody.cli.acting.act_options import words_of
from custody.cli.acting.draft_files import OpenDraft, read_draft
from custody.cli.acting.draft_standing import stand, submissions_of
from custody.cli.acting.signing import Recorded, complete, named_signers
from custody.cli.border.receipts import emit_outcome
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.options import FILE, Signing, When, acting
from custody.cli.results import ActResult
from custody.cli.showing.holdings import Staged, staging
from custody.ledger.compose import Anchor, Composed
from schemas import canonical
from schemas.details.record import EventAttached
from schemas.errors import RefusedError, UsageError
from schemas.event import About, ParsedEvent
from schemas.types import is_set

_SUFFIX = ".attached"


@command(
    example="""
    custody attach handover.draft --reason signer-gone --note "cust-02 retired before it was submitted" --as exam-07
    """,
    result=ActResult,
)
@click.argument("late", metavar="DRAFT", type=FILE)
@click.option("--reason", required=True, type=click.Choice(words_of(EventAttached, "reason")), help="Why it is late.")
@click.option("--note", help="More about it (kept private).")
@acting
@pass_custody
def attach(context: Context, *, late: Path, reason: str, note: str | None, who: Signing, when: When) -> None:
    """Keep what somebody signed in DRAFT as a document, with a note about the exhibit; it has no effect on custody.

    For a draft whose place was taken and that can't be signed again. The file stays, with .attached behind its name: it
    holds the private values.
    """
    opened = read_draft(late)
    standing = stand(context.ledger(), opened)
    if standing.recorded:
        text = f"expected a draft that was not recorded, found it as entry {standing.recorded[0]}"
        raise RefusedError("draft.recorded", text)
    if not standing.signed:
        raise UsageError("draft.unsigned", "expected a draft that somebody signed, found no signature")
    with staging(context) as staged:
        composed = _compose(context, opened, staged, reason=reason, note=note, who=who, when=when)
        outcome = complete(context, who, composed, keep=staged.keep)
    if isinstance(outcome, Recorded):
        late.rename(late.with_name(late.name + _SUFFIX))
    emit_outcome(context, outcome)


def _compose(
    context: Context, draft: OpenDraft, staged: Staged, *, reason: str, note: str | None, who: Signing, when: When
) -> list[Composed]:
    access = context.ledger()
    signers = named_signers(context, who)
    composed = []
    for event, submission in zip(draft.events, submissions_of(draft), strict=True):
        document = staged.document_bytes(canonical.encode(submission.envelope))
        details = {"document": document, "event": event.hash, "note": note, "reason": reason}
        anchor = Anchor(about=(_subject(context, event),))
        composed.append(access.compose("event.attached", signers=signers, details=details, when=when, anchor=anchor))
    return composed


def _subject(context: Context, event: ParsedEvent) -> About:
    """Return what the signed event was about: its exhibit, its case if the exhibit was never registered, its actor."""
    inner = event.event
    if isinstance(inner.about, tuple) and inner.about[0].kind in {"agent", "case", "exhibit"}:
        first = inner.about[0]
        return About(agent=first.agent, case=first.case, exhibit=first.exhibit)
    with context.ledger().read() as reader:
        known = reader.view().exhibit(str(inner.case), str(inner.exhibit)) if is_set(inner.exhibit) else None
    if known is not None:
        return About(exhibit=known.registration)
    return About(case=inner.case) if is_set(inner.case) else About(agent=inner.actor)
