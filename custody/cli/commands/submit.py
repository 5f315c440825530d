"""`custody submit`: signed events that were made elsewhere, or waited for somebody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import msgspec

from custody.cli.acting.draft_files import read_draft
from custody.cli.acting.draft_standing import draft_paths, is_kept_here, stand, with_hint
from custody.cli.acting.signing import Recorded
from custody.cli.border.receipts import act_result, receipt_lines
from custody.cli.checking.trust_file import read_trust_file
from custody.cli.command import command
from custody.cli.commands.sign import record_draft
from custody.cli.context import Context, pass_custody
from custody.cli.exits import Exit
from custody.cli.options import trust_option
from custody.cli.output import emit
from custody.cli.results import RecordedEntry, Result
from custody.cli.typed_again import with_typed_options
from custody.report.safe_text import show, show_path
from custody.report.shell_words import shell_word
from schemas.errors import CustodyError, RefusedError, StorageError
from schemas.types import UNSET, Unset


class TakenDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A draft whose events are in the ledger: recorded now (``entries``), or before (``before``)."""

    path: str
    before: tuple[int, ...] | Unset = UNSET
    entries: tuple[RecordedEntry, ...] = ()


class KeptDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A draft that stays where it is, and why."""

    code: str
    path: str
    reason: str
    hint: str | Unset = UNSET


class SubmitResult(Result, frozen=True, kw_only=True, tag="custody-submitted/v1"):
    """What became of each draft."""

    kept: tuple[KeptDraft, ...]
    taken: tuple[TakenDraft, ...]


@dataclass(frozen=True, slots=True)
class _Done:
    """A draft that is in the ledger, with the receipts if that happened now."""

    path: Path
    recorded: Recorded | None
    before: tuple[int, ...] = ()


@command(
    example="""
    custody submit
    custody submit /media/stick/drafts
    custody submit handover.draft seal.draft
    """,
    result=SubmitResult,
)
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
@click.option("--clock-is-right", is_flag=True, help="Append after a jump of the clock.")
@trust_option
@pass_custody
def submit(context: Context, *, paths: tuple[Path, ...], clock_is_right: bool, trust_path: Path | None) -> int:
    """Record drafts that all have signed: files, folders of them, or without PATH those that wait in the home.

    Takes what it can, each draft wholly or not at all; keeps the rest where it is, and says why (exit 5). What rests
    on another ledger's letter, receipt or bundle is read again, by the trust file.
    """
    if trust_path is not None:
        context.ledger().trusted = read_trust_file(context, trust_path).trusted
    waiting = dict.fromkeys(draft_paths(paths or (context.ledger().drafts_folder(),)))
    done: list[_Done] = []
    kept: dict[Path, CustodyError] = {}
    for path in waiting:
        try:
            done.append(_take(context, path, clock_is_right=clock_is_right))
        except StorageError:
            raise
        except CustodyError as error:
            kept[path] = with_typed_options(with_hint(error), context.settings)
    emit(context.settings, _result(done, kept), _lines(context, done, kept))
    return Exit.REFUSED if kept else Exit.DONE


def _take(context: Context, path: Path, *, clock_is_right: bool) -> _Done:
    """Record one draft, unless it is recorded already.

    Raises:
        CustodyError: why it can't be recorded.
    """
    access = context.ledger()
    draft = read_draft(path)
    standing = stand(access, draft)
    if standing.missing and standing.problem is not None:
        # Signatures would not help it.
        raise standing.problem
    if standing.missing:
        names = ", ".join(map(show, standing.missing))
        hint = f"custody sign {shell_word(path)} --as {show(standing.missing[0])}"
        raise RefusedError("draft.unsigned", f"expected all signatures, found none of {names}", hint=hint)
    done = _Done(path, None, standing.recorded)
    if not standing.recorded:
        done = _Done(path, record_draft(access, draft, clock_is_right=clock_is_right))
    if is_kept_here(context, path):
        path.unlink()
    return done


def _result(done: list[_Done], kept: dict[Path, CustodyError]) -> SubmitResult:
    return SubmitResult(
        kept=tuple(
            KeptDraft(code=error.code, path=str(path), reason=error.text, hint=error.hint or UNSET)
            for path, error in kept.items()
        ),
        taken=tuple(
            TakenDraft(
                path=str(item.path),
                before=item.before or UNSET,
                entries=act_result(item.recorded).entries if item.recorded else (),
            )
            for item in done
        ),
    )


def _lines(context: Context, done: list[_Done], kept: dict[Path, CustodyError]) -> Iterator[str]:
    for item in done:
        if item.recorded is None:
            yield f"{show_path(item.path)}: recorded before, as entry {item.before[0]}"
        else:
            yield from receipt_lines(context, item.recorded.events, item.recorded.receipts)
    for path, error in kept.items():
        yield f"kept: {show_path(path)}: {show(error.text)} [{error.code}]"
        if error.hint:
            yield f"  hint: {show(error.hint)}"
    if not done and not kept:
        yield "nothing waits"
