"""`custody erase`: destroy private values, names and files by order; what was signed of them stays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import click
import msgspec

from custody.cli.acting.signing import Outcome, Recorded, complete, named_signers
from custody.cli.border.receipts import act_result, outcome_lines
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.erasure.destroying import destroy, recorded_orders, refuse_repeat
from custody.cli.erasure.plan import Wanted, make_plan
from custody.cli.erasure.reach import ErasedBackup, ErasedReceiving, backups_with, receivings_of
from custody.cli.erasure.strays import destroy_strays, told
from custody.cli.erasure.traces import Destroyed
from custody.cli.ledger_access import LedgerAccess
from custody.cli.options import FILE, Signing, When, acting
from custody.cli.output import emit
from custody.cli.results import ActResult, Result
from custody.cli.showing.holdings import staging
from custody.ledger.compose import Anchor
from custody.report.counts import count_bytes, counted
from custody.report.safe_text import show, show_path
from schemas.errors import UsageError
from schemas.types import UNSET, Unset


class Gone(msgspec.Struct, frozen=True, kw_only=True):
    """What was destroyed here. ``kept`` are digests of files that other exhibits need, ``left`` places outside.

    ``also`` says where a text that was destroyed stands in values of which the order doesn't speak; ``stray`` counts
    values of which no entry speaks.
    """

    also: tuple[str, ...]
    bytes: int
    files: int
    kept: tuple[str, ...]
    left: tuple[str, ...]
    names: int
    stray: int
    values: int


class Erased(Result, frozen=True, kw_only=True, tag="custody-erased/v1"):
    """The order on record, what it destroyed here, who had received it before, and the backups that may hold it."""

    backups: tuple[ErasedBackup, ...]
    received: tuple[ErasedReceiving, ...]
    destroyed: Gone | Unset = UNSET
    orders: int | Unset = UNSET
    recorded: ActResult | Unset = UNSET


@command(
    example="""
    custody erase 41 --field seized_from --order "Court order 12/26" --authority "District Court" \\
        --as exam-07 --registrar reg-1
    custody erase EX-1 --name chat/notes.txt --order "Order 12/26" --authority "Court" --as exam-07 --registrar reg-1
    custody erase EX-1 --files --order "Order 12/26" --authority "District Court" --as exam-07 --registrar reg-1
    custody erase --finish
    """,
    result=Erased,
)
@click.argument("entry", metavar="ENTRY|HASH|EXHIBIT", required=False)
@click.option("--field", "fields", multiple=True, help="Which value: the name of its field, or its place.")
@click.option("--everything", is_flag=True, help="Every private value of the event, and all names of its files.")
@click.option("--name", "names", multiple=True, help="The name of a file, as it was recorded.")
@click.option("--names", "all_names", is_flag=True, help="All names of files.")
@click.option("--file", "files", multiple=True, help="A stored file or document: its SHA-256, or its name.")
@click.option("--files", "all_files", is_flag=True, help="All stored files of the exhibit.")
@click.option("--even-shared", is_flag=True, help="Also files that other exhibits have too.")
@click.option("--order", help="By which order (kept private).")
@click.option("--authority", help="Whose order it is (kept private).")
@click.option("--document", type=FILE, help="The order itself, kept in the home (or sha256:DIGITS).")
@click.option(
    "--finish",
    is_flag=True,
    help="Destroy what was ordered and is still here, and what a crash left.",
)
@acting
@pass_custody
def erase(
    context: Context,
    *,
    entry: str | None,
    fields: tuple[str, ...],
    everything: bool,
    names: tuple[str, ...],
    all_names: bool,
    files: tuple[str, ...],
    all_files: bool,
    even_shared: bool,
    order: str | None,
    authority: str | None,
    document: Path | None,
    finish: bool,
    who: Signing,
    when: When,
) -> None:
    """Destroy private values and files by order of an authority; a registrar signs too.

    ENTRY is an entry number or hash; an EXHIBIT means its registration. Values, salts, names and files are overwritten
    here, in the database, its journal, lists and drafts; what was signed still verifies, and reports say by whose order
    they are gone. Who had received them, and which backups hold them, is listed: those are to be dealt with apart.
    """
    access = context.ledger()
    if finish:
        _finish(context, access)
        return
    if entry is None or order is None or authority is None:
        typed = {"ENTRY": entry, "--order": order, "--authority": authority}
        missing = " or ".join(name for name, value in typed.items() if value is None)
        raise UsageError("usage.erase", f"expected ENTRY, --order and --authority, found no {missing}")
    wanted = Wanted(
        fields=fields, everything=everything, names=names, all_names=all_names, files=files, all_files=all_files,
        even_shared=even_shared,
    )  # fmt: skip
    plan = make_plan(context, entry, wanted)
    refuse_repeat(access, plan)
    with staging(context) as staged:
        said = {"authority": authority, "document": staged.document(document), "order": order}
        signers, anchor = named_signers(context, who), Anchor(about=plan.about)
        composed = [
            access.compose("disclosure.erased", signers=signers, details={**said, **part}, when=when, anchor=anchor)
            for part in plan.details()
        ]
        received = receivings_of(access, plan)
        outcome = complete(context, who, composed, keep=staged.keep)
    # Recorded first: a value that is gone without an order on record could be anybody's doing.
    done = destroy(access, outcome.events) if isinstance(outcome, Recorded) else None
    backups = backups_with(access, plan, before=context.now())
    _emit(context, outcome, done, received, backups)


def _finish(context: Context, access: LedgerAccess) -> None:
    with access.home.store.read() as reader:
        orders = recorded_orders(reader)
    done = destroy(access, orders)
    done.strays = destroy_strays(access.home.store)
    lines = (f"orders on record: {len(orders)}; all that they name is destroyed", *_gone_lines(done))
    emit(context.settings, Erased(backups=(), destroyed=_gone(done), orders=len(orders), received=()), lines)


def _emit(
    context: Context,
    outcome: Outcome,
    done: Destroyed | None,
    received: Sequence[ErasedReceiving],
    backups: Sequence[ErasedBackup],
) -> None:
    result = Erased(
        backups=tuple(backups),
        destroyed=UNSET if done is None else _gone(done),
        received=tuple(received),
        recorded=act_result(outcome),
    )
    notes = list(_reach_lines(received, backups))
    if done is None:
        notes.append("nothing is destroyed yet; when the draft is recorded: custody erase --finish")
    else:
        notes = [*_gone_lines(done), *notes]
    emit(context.settings, result, (*outcome_lines(context, outcome), *notes))


def _gone(done: Destroyed) -> Gone:
    return Gone(
        also=tuple(done.also),
        bytes=done.bytes,
        files=done.files,
        kept=tuple(done.kept),
        left=tuple(done.left),
        names=done.names,
        stray=done.strays,
        values=done.values,
    )


def _gone_lines(done: Destroyed) -> Iterator[str]:
    values, names = counted(done.values, "value", "values"), counted(done.names, "name", "names")
    files = f"{counted(done.files, 'file', 'files')} ({count_bytes(done.bytes)})"
    yield f"destroyed here: {values}, {names} in lists, {files}"
    if done.strays:
        yield f"  and {told(done.strays)}, as a killed command leaves them"
    for digest in done.kept:
        yield f"  kept, because an exhibit that no order speaks of has it too: {digest}"
    for place in done.also:
        yield f"  the same text stands in another value, of which the order doesn't speak: {show(place)}"
    for place in dict.fromkeys(done.left):
        yield f"  to be cleared by hand, where it was left: {place}"


def _reach_lines(received: Sequence[ErasedReceiving], backups: Sequence[ErasedBackup]) -> Iterator[str]:
    for item in received:
        yield f"received before by {show(item.recipient)}, {_day(item.received_at)}, event {item.event}: {item.what}"
    for backup in backups:
        what = "with evidence" if backup.has_evidence else "without evidence"
        away = "" if backup.is_there else ", which is not there now"
        yield f"may still be in the backup of {_day(backup.made_at)}, {what}: {show_path(backup.path)}{away}"
    if backups:
        yield "  destroy those backups or keep them locked; custody backup --gone DEST says that one is gone"


def _day(time: str) -> str:
    return f"{datetime.fromisoformat(time):%Y-%m-%d}"
