"""`custody rebuild`: the index of the ledger made anew from its entries, where an audit found it wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

import click

from custody.audit.rebuild import Rebuilding, Rebuilt
from custody.audit.rebuild import rebuild as rebuild_home
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.files import given_file, read_file
from custody.cli.options import FILE
from custody.cli.output import emit, progress
from custody.cli.results import Result
from custody.cli.soft_end import soft_end
from custody.ledger.signature_cores import cores_at_hand
from custody.report.counts import counted
from custody.report.safe_text import show, show_path
from keys.note import parse_note
from schemas import limits
from schemas.checkpoint import parse_checkpoint
from schemas.report import Finding

_SHOWN: Final = 40


class RebuiltIndex(Result, frozen=True, kw_only=True, tag="custody-rebuilt/v1"):
    """What a rebuild did to which ``files``, and where those before are ``kept``; nothing where nothing differed.

    ``differences`` are gone now, of which ``omitted`` counts by code those that are not listed. What was ``left_out``
    held nothing, or can't be made again.
    """

    differences: tuple[Finding, ...]
    files: tuple[str, ...]
    kept: str
    left_out: tuple[Finding, ...]
    omitted: dict[str, int]
    root: str
    size: int


@command(
    example="""
    custody rebuild
    custody rebuild --newest 2026-11-21.checkpoint
    """,
    result=RebuiltIndex,
)
@click.option("--newest", type=FILE, help="The newest checkpoint that anybody holds: the entries must contain it.")
@pass_custody
def rebuild(context: Context, newest: Path | None) -> None:
    """Make the ledger's index anew from its entries, where it is not what they give.

    Every entry is checked first, with its signatures and the rules, as in an audit; where one doesn't hold, nothing is
    done. No entry, and no signed checkpoint, is ever changed; that of an export, where it is gone, is signed again. The
    databases as they were are kept in the home, in a folder before-rebuild-..., for whoever wants to know who did it.
    """
    held = None
    if newest is not None:
        held = read_file(newest, maximum=limits.NOTE_BYTES)
        with given_file(newest):
            parse_checkpoint(parse_note(held).text)
    home = context.ledger().home
    with soft_end(), progress(context.settings, "replaying") as step:
        how = Rebuilding(
            at=context.now(), random=context.random, newest=held, cores=cores_at_hand(), progress=step
        )  # fmt: skip
        done = rebuild_home(home, how)
    result = RebuiltIndex(
        differences=done.differences,
        files=done.files,
        kept="" if done.kept is None else str(done.kept),
        left_out=done.left_out,
        omitted=dict(done.omitted),
        root=done.root.hex(),
        size=done.size,
    )
    emit(context.settings, result, _lines(done))


def _lines(done: Rebuilt) -> Iterator[str]:
    yield f"{counted(done.size, 'entry', 'entries')} replayed: bytes, chain, signatures and rules hold"
    yield f"  checkpoint: {done.root.hex()}, as before"
    if done.differences:
        yield "not what they give, and made anew:"
        yield from _findings(done.differences, sum(done.omitted.values()))
    if done.left_out:
        yield "not carried over, or missing; nobody can make it again:"
        yield from _findings(done.left_out, 0)
    if done.kept is None:
        yield "the index is what they give: nothing was changed"
        return
    yield f"new content: {', '.join(done.files)}; as it was before: {show_path(done.kept)}"
    yield "next: custody audit"


def _findings(found: Sequence[Finding], omitted: int) -> Iterator[str]:
    for item in islice(found, _SHOWN):
        yield f"  {show(item.subject)}: {show(item.text)} [{item.code}]"
    if (more := max(0, len(found) - _SHOWN) + omitted) > 0:
        yield f"  and {more:,} more"
