"""`custody trust seen`: remember a checkpoint, so that a later one must be of the same history."""

from __future__ import annotations

from pathlib import Path

import click

from custody.bundle.container import open_container
from custody.bundle.source import verify_container
from custody.cli.checking.opening import check_is_bundle, check_steps
from custody.cli.checking.trust_file import read_trust_file, replace_ledger, with_seen, write_trust
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.options import FILE
from custody.cli.output import emit
from custody.cli.results import Result
from schemas import layout, limits
from schemas.errors import VerificationError
from schemas.report import LedgerReport
from schemas.text import format_base64
from schemas.trust import SeenCheckpoint, TrustedLedger

WANTED_STEPS = (0, 2, 4)


class Remembered(Result, frozen=True, kw_only=True, tag="custody-seen/v1"):
    """A checkpoint that is held against every later bundle of the ledger."""

    origin: str
    root: str
    size: int


@command(example="custody trust seen bundle.zip", result=Remembered)
@click.argument("bundle", type=FILE)
@click.option("--trust", "trust_path", type=FILE, help="The trust file to change.")
@pass_custody
def trust_seen(context: Context, bundle: Path, trust_path: Path | None) -> None:
    """Remember the checkpoint of BUNDLE, after its container, checkpoint and entries have PASSED.

    From then on a ledger that shows another history is found.
    """
    file = read_trust_file(context, trust_path)
    check_is_bundle(bundle)
    with open_container(bundle) as container:
        verified = verify_container(container, trusted=file.trusted, at=context.now())
        check_steps(verified.report, WANTED_STEPS, bundle)
        raw = container.read(layout.CHECKPOINT, maximum=limits.NOTE_BYTES)
    ledger = verified.report.ledger
    assert isinstance(ledger, LedgerReport), "step 2 passed, so there is a checkpoint"
    seen = SeenCheckpoint(note=format_base64(raw), root=ledger.root, size=ledger.size)

    def add(known: TrustedLedger | None) -> TrustedLedger:
        if known is None:
            raise VerificationError("trust.unknown", f"expected a ledger that is believed, found {ledger.origin}")
        return with_seen(known, seen)

    write_trust(file, replace_ledger(file.trust, ledger.origin, add))
    emit(
        context.settings,
        Remembered(origin=ledger.origin, root=ledger.root, size=ledger.size),
        (f"remembered: {ledger.origin} at {ledger.size} entries, {ledger.root}",),
    )
