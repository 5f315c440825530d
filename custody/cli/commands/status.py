"""`custody status`: how the ledger is doing, and what is due."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click
from msgspec.structs import replace

from custody.cli.acting.draft_files import SUFFIX
from custody.cli.assistance.holidays import holidays_option, read_holidays
from custody.cli.assistance.request_attention import attention_of_requests
from custody.cli.border.conditions_due import attention_of_conditions
from custody.cli.border.freezes_untold import attention_of_untold
from custody.cli.border.recalled import attention_of_disputed, disputed
from custody.cli.border.sent_away import attention_of_sent
from custody.cli.checking.newest import checked_note
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.erasure.strays import attention_of_strays
from custody.cli.exits import Exit
from custody.cli.intake.custody_wallets import attention_of_wallets
from custody.cli.ledger_access import LedgerAccess
from custody.cli.output import emit
from custody.cli.results import Result
from custody.cli.showing.attention import (
    Attention,
    attention_of_disk,
    attention_of_drafts,
    attention_of_exhibits,
    attention_of_people,
    attention_of_readings,
)  # fmt: skip
from custody.cli.showing.balances import attention_of_balances
from custody.cli.showing.freezes import attention_of_freezes
from custody.cli.showing.unchecked import attention_of_unchecked
from custody.cli.typed_again import typed_again
from custody.report.safe_text import show_path
from custody.report.words import format_utc
from schemas.law import RestDays


class Status(Result, frozen=True, kw_only=True, tag="custody-status/v1"):
    """Numbers of the ledger, and what to look at; ``recorded_at`` is the newest entry's."""

    agents: int
    attention: tuple[Attention, ...]
    cases: int
    drafts: int
    exhibits: int
    home: str
    origin: str
    recorded_at: str
    registrars: tuple[str, ...]
    root: str
    size: int


@command(
    example="""
    custody status
    custody status --check --quiet || mail -s "evidence ledger" registrar@police.example
    """,
    result=Status,
)
@click.option("--check", is_flag=True, help="Exit 6 where something is due or overdue, for a daily job.")
@holidays_option
@pass_custody
def status(context: Context, check: bool, holidays: Path | None) -> Exit:
    """Say how the ledger is doing: its size, its newest checkpoint, what waits, what is overdue.

    The newest checkpoint is compared with the tree and its signature verified; `custody audit` checks everything.
    """
    found = _look(context, context.ledger(), read_holidays(context, holidays), check=check)
    if not (check and context.settings.quiet):
        emit(context.settings, found, _lines(found))
    else:
        emit(context.settings, found, _attention_lines(found))
    return Exit.ATTENTION if check and any(item.is_due for item in found.attention) else Exit.DONE


def _look(context: Context, access: LedgerAccess, rest_days: Sequence[RestDays], *, check: bool) -> Status:
    ledger, now = access.ledger(), context.now()
    with access.home.store.read() as reader:
        (_, checkpoint), exhibits, doubtful = checked_note(reader), reader.exhibits(), tuple(disputed(reader))
        attention = (
            *attention_of_requests(reader, now=now, rest_days=rest_days),
            *attention_of_freezes(reader, access, now=now, rest_days=rest_days),
            *attention_of_balances(reader, access),
            *attention_of_drafts(access.drafts_folder(), now=now),
            *map(attention_of_disputed, doubtful),
            *attention_of_sent(reader, exhibits, now=now),
            *attention_of_untold(reader),
            *attention_of_conditions(reader, exhibits, now=now),
            *attention_of_exhibits(reader, exhibits, now=now, doubtful={it.exhibit.registration for it in doubtful}),
            *attention_of_people(reader),
            *attention_of_strays(access.home.store, reader, is_whole=check),
            *attention_of_readings(access.home.evidence),
            *attention_of_disk(access.home.path),
            # Both take a while in a large ledger: every private value, or every old registration, is looked at.
            *(attention_of_wallets(access) if check else ()),
            *(attention_of_unchecked(reader, exhibits, now=now) if check else ()),
        )
        return Status(
            agents=len(reader.agents()),
            attention=tuple(replace(it, next=typed_again(context.settings, it.next)) for it in attention),
            cases=len(reader.cases()),
            drafts=len(list(access.drafts_folder().glob(f"*{SUFFIX}"))),
            exhibits=len(exhibits),
            home=str(access.home.path),
            origin=ledger.origin,
            recorded_at=reader.head().recorded_at,
            registrars=ledger.registrars,
            root=checkpoint.root.hex(),
            size=checkpoint.size,
        )


def _lines(found: Status) -> Iterator[str]:
    yield f"{found.origin} in {show_path(found.home)}"
    yield f"  entries:    {found.size}, the newest recorded {format_utc(found.recorded_at)}"
    yield f"  checkpoint: {found.root}, its signature holds"
    yield f"  agents:     {found.agents}, registrars: {', '.join(found.registrars)}"
    yield f"  cases:      {found.cases}, exhibits: {found.exhibits}"
    yield f"  drafts:     {found.drafts}"
    if found.attention:
        yield "look at:"
        yield from _attention_lines(found)


def _attention_lines(found: Status) -> Iterator[str]:
    for item in found.attention:
        yield f"  {item.subject} {item.text} [{item.code}]"
        if item.next:
            yield f"    next: {item.next}"
