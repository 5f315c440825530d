"""`custody checkpoint`: the ledger's signed statement of how far it has come."""

from __future__ import annotations

from pathlib import Path

import click

from custody.cli.checking.newest import checked_note
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.files import write_file
from custody.cli.options import FILE, force_option
from custody.cli.output import emit
from custody.cli.results import Result
from custody.report.safe_text import show_path
from schemas.types import UNSET, Unset


class CheckpointResult(Result, frozen=True, kw_only=True, tag="custody-checkpoint/v1"):
    """A checkpoint; ``note`` is the signed note as it stands (c2sp.org/tlog-checkpoint)."""

    note: str
    origin: str
    root: str
    size: int
    path: str | Unset = UNSET


@command(
    example="""
    custody checkpoint
    custody checkpoint -o 2026-11-21.checkpoint
    """,
    result=CheckpointResult,
)
@click.option("--size", type=click.IntRange(min=1), help="The one made at this size (the newest).")
@click.option("-o", "--out", type=FILE, help="Write it to a file.")
@force_option
@pass_custody
def checkpoint(context: Context, size: int | None, out: Path | None, force: bool) -> None:
    """Print the ledger's newest checkpoint: size, hash over all entries, and the ledger's signature.

    Keep one outside of this machine every day: `custody audit --since` then proves that nothing before it was changed.
    """
    with context.ledger().read() as reader:
        raw, found = checked_note(reader, size)
    text = raw.decode("utf-8")
    if out is not None:
        write_file(out, raw, force=force)
    result = CheckpointResult(
        note=text,
        origin=found.origin,
        root=found.root.hex(),
        size=found.size,
        path=UNSET if out is None else str(out),
    )
    # The note itself and nothing around it: `custody checkpoint > file` is a checkpoint file.
    lines = text.rstrip("\n").split("\n") if out is None else (f"{found.size} entries, written to {show_path(out)}",)
    emit(context.settings, result, lines)
