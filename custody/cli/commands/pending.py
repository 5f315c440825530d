"""`custody pending`: what waits for a signature, and for whose."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import msgspec

from custody.cli.acting.draft_alone import check_alone
from custody.cli.acting.draft_files import OpenDraft, read_draft
from custody.cli.acting.draft_standing import draft_paths, stand
from custody.cli.border.receipts import names
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.keyring.keyring import stored_keys
from custody.cli.output import emit, note
from custody.cli.results import Result
from custody.cli.typed_again import typed_again
from custody.report.safe_text import show, show_path
from custody.report.shell_words import shell_word
from custody.report.words import format_utc, tell
from schemas.errors import CustodyError, UsageError
from schemas.types import UNSET, Unset


class WaitingDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A draft: what it says, who signed, who has not; ``problem`` and its ``code`` where it can't be recorded.

    ``unchecked`` counts signatures that only its ledger, which isn't at hand, can check.
    """

    path: str
    acts: tuple[str, ...] = ()
    code: str | Unset = UNSET
    expires: str | Unset = UNSET
    hint: str | Unset = UNSET
    problem: str | Unset = UNSET
    signed: tuple[str, ...] = ()
    unchecked: int | Unset = UNSET
    waiting_for: tuple[str, ...] = ()


class Pending(Result, frozen=True, kw_only=True, tag="custody-pending/v1"):
    """All drafts that are not recorded yet."""

    drafts: tuple[WaitingDraft, ...]


@command(
    example="""
    custody pending
    custody pending /media/stick/drafts --agent cust-02
    """,
    result=Pending,
)
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
@click.option("--agent", help="Only what waits for this agent.")
@pass_custody
def pending(context: Context, *, paths: tuple[Path, ...], agent: str | None) -> None:
    """List the drafts that wait in the home, and in the PATHs that are named.

    With a PATH no ledger is needed; what only the ledger knows, such as whether it would take them, is left out then.
    """
    has_ledger = context.find_home() is not None
    if not has_ledger and not paths:
        hint = "custody pending PATH says what drafts hold without one; --home DIR or CUSTODY_HOME names a ledger"
        raise UsageError("usage.no-home", "expected a ledger here or in a folder above, found none", hint=hint)
    folders = (context.ledger().drafts_folder(),) if has_ledger else ()
    found = dict.fromkeys(draft_paths((*(folder for folder in folders if folder.is_dir()), *paths)))
    if not has_ledger:
        note(context.settings, "note: no ledger here; only what the files say is shown")
    drafts = [draft for path in found if (draft := describe(context, path)) is not None]
    if agent is not None:
        drafts = [draft for draft in drafts if agent in draft.waiting_for]
    emit(context.settings, Pending(drafts=tuple(drafts)), _lines(context, drafts))


def describe(context: Context, path: Path) -> WaitingDraft | None:
    """Return what waits in a file; nothing where it is recorded already."""
    try:
        draft = read_draft(path)
        # As `custody sign`: a draft of another ledger than the one at hand says only what it says itself.
        if context.find_home() is None or context.ledger().ledger().origin != draft.draft.ledger:
            return _alone(context, path, draft)
        standing = stand(context.ledger(), draft)
    except CustodyError as error:
        return WaitingDraft(path=str(path), code=error.code, problem=error.text, hint=error.hint or UNSET)
    if standing.recorded:
        return None
    problem = standing.problem
    return WaitingDraft(
        path=str(path),
        acts=tuple(tell(event, {}, name_of=context.ledger().name_of).headline for event in draft.events),
        code=UNSET if problem is None else problem.code,
        expires=_expires(draft),
        hint=UNSET if problem is None else problem.hint or UNSET,
        problem=UNSET if problem is None else problem.text,
        signed=standing.signed,
        waiting_for=standing.missing,
    )


def _alone(context: Context, path: Path, draft: OpenDraft) -> WaitingDraft:
    """Return what a draft itself says.

    Raises:
        CustodyError: as `check_alone`.
    """
    found = check_alone(context, draft)
    return WaitingDraft(
        path=str(path),
        acts=tuple(tell(event, {}, name_of=names(context)).headline for event in draft.events),
        expires=_expires(draft),
        signed=found.signed,
        unchecked=found.unchecked or UNSET,
        waiting_for=found.missing,
    )


def _expires(draft: OpenDraft) -> str | Unset:
    times = [event.event.not_after for event in draft.events if isinstance(event.event.not_after, str)]
    return min(times, default=UNSET)


def _lines(context: Context, drafts: list[WaitingDraft]) -> Iterator[str]:
    for draft in drafts:
        yield show_path(draft.path)
        yield from (f"  {act}" for act in draft.acts)
        if draft.signed:
            yield f"  signed by: {', '.join(map(show, draft.signed))}"
        if draft.unchecked:
            yield f"  signatures by keys that don't lie here: {draft.unchecked}; only the ledger can check them"
        if draft.waiting_for and draft.unchecked:
            yield f"  to be signed by: {', '.join(map(show, draft.waiting_for))}, as far as they haven't"
        elif draft.waiting_for:
            yield f"  waiting for: {', '.join(map(show, draft.waiting_for))}"
        if isinstance(draft.expires, str):
            yield f"  to be recorded by: {format_utc(draft.expires)}"
        if isinstance(draft.problem, str):
            yield f"  can't be recorded: {show(draft.problem)} [{draft.code}]"
            if isinstance(draft.hint, str):
                yield f"  hint: {show(draft.hint)}"
        elif draft.waiting_for:
            sign = f"custody sign {shell_word(Path(draft.path))} --as {show(_next(context, draft))}"
            yield f"  next: {typed_again(context.settings, sign)}"
        else:
            yield f"  next: {typed_again(context.settings, f'custody submit {shell_word(Path(draft.path))}')}"
    if not drafts:
        yield "nothing waits"


def _next(context: Context, draft: WaitingDraft) -> str:
    """Return who may sign here and now, whose key lies here if anybody's does."""
    try:
        return next((agent for agent in draft.waiting_for if stored_keys(context, agent)), draft.waiting_for[0])
    except CustodyError:
        # A key file that can't be used is told to who signs with it.
        return draft.waiting_for[0]
