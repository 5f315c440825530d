"""`custody list`: exhibits, who holds them, and where they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, get_args

import click

from custody.audit.custody_at import CustodyAt
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.output import emit, progress, terminal_width
from custody.cli.periods import WORDS, end_of
from custody.cli.results import Result
from custody.ledger.store import LedgerReader
from custody.report.as_of import Standings, standings_at
from custody.report.columns import cut, pad
from custody.report.glance import Glance, glances
from custody.report.safe_text import show
from custody.report.words import WITHHELD, format_utc
from custody.storage.reading import Reader
from custody.verify.rules.view import Exhibit
from schemas.errors import UsageError
from schemas.types import UNSET, Status, Unset

_COLUMNS: Final = (("EXHIBIT", 24), ("STATE", 11), ("SEAL", 10), ("HOLDER", 16), ("LAST ACT", 23), ("WHERE", 20))
_TEXT: Final = 60
"""Cells of a description; --json has all of it."""
_LEAST: Final = 14
_WIDE: Final = sum(size + 2 for _, size in _COLUMNS) + _LEAST
"""Cells of a terminal from which on a row of the list fits, with ``_LEAST`` of the description."""


class ListedExhibit(Result, frozen=True, kw_only=True, tag="custody-listed-exhibit/v1"):
    """An exhibit as it stands, now or at the time asked for; ``recorded_later`` says that nobody knew it then."""

    case: str
    description: str
    exhibit: str
    holder: str
    is_sealed: bool
    kind: str
    last_act_at: str
    nature: str
    place: str | Unset = UNSET
    recorded_later: bool | Unset = UNSET
    status: Status


class ExhibitList(Result, frozen=True, kw_only=True, tag="custody-list/v1"):
    """Exhibits in order of case and number; ``as_of`` where a time was asked for."""

    as_of: str | Unset = UNSET
    exhibits: tuple[ListedExhibit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What an exhibit must be to be listed."""

    holder: str | None
    place: str | None
    state: str | None
    is_sealed: bool | None
    as_of: str | None

    def fits(self, exhibit: Exhibit, then: CustodyAt | None) -> bool:
        """Tell whether an exhibit fits, but for its place; ``then`` is how it stood where a time was asked for."""
        holder = exhibit.holder if then is None else then.holder
        status = exhibit.status if then is None else then.status
        is_sealed = exhibit.is_sealed if then is None else then.sealed
        return self.holder in (None, holder) and self.state in (None, status) and self.is_sealed in (None, is_sealed)

    def is_there(self, glance: Glance) -> bool:
        """Tell whether an exhibit is at the place that was asked for."""
        if self.place is None:
            return True
        return glance.place != WITHHELD and self.place.casefold() in glance.place.casefold()


@command(
    name="list",
    example="""
    custody list
    custody list --case 2026-0417 --holder exam-07
    custody list --place "Room 4" --sealed
    custody list --as-of 2026-11-21
    """,
    result=ExhibitList,
)
@click.option("--case", metavar="CASE", help="Registered in this case.")
@click.option("--holder", metavar="AGENT", help="Held by this agent or unit.")
@click.option("--place", metavar="TEXT", help="Put last where the place holds this text.")
@click.option("--state", type=click.Choice(get_args(Status)), help="In this state.")
@click.option("--sealed/--unsealed", "is_sealed", default=None, help="Sealed, or not.")
@click.option("--as-of", metavar="TIME", help=f"As they stood then, as known now: {WORDS} up to its end.")
@pass_custody
def list_(context: Context, **given: Any) -> None:
    """List exhibits: state, seal, holder, last act, place, what they are.

    --as-of goes by when things happened; what was recorded later is marked.
    """
    as_of = end_of(context, given.pop("as_of"))
    case = given.pop("case")
    wanted = _Wanted(as_of=as_of, **given)
    store = context.ledger().home.store
    with store.read() as reader:
        _check_names(reader, case, wanted.holder)
        exhibits, standings = _choose(context, reader, case, wanted)
        looked = glances(reader, store.disclosures, exhibits, as_of=as_of)
        found = (_listed(item, standings) for item in looked if wanted.is_there(item))
        result = ExhibitList(as_of=as_of or UNSET, exhibits=tuple(found) if context.settings.json else ())
        emit(context.settings, result, _lines(found, as_of, terminal_width()))


def _check_names(reader: LedgerReader, case: str | None, holder: str | None) -> None:
    """Raise where the case or the holder is unknown: an empty list would say something else.

    Raises:
        UsageError: ``usage.case``, ``usage.agent``.
    """
    view = reader.view()
    if case is not None and view.case(case) is None:
        raise UsageError("usage.case", f"expected a case of this ledger, found {case!r}", hint="custody case list")
    if holder is not None and view.agent(holder) is None:
        raise UsageError("usage.agent", f"expected an agent or unit, found {holder!r}", hint="custody agent list")


def _choose(
    context: Context, reader: Reader, case: str | None, wanted: _Wanted
) -> tuple[Sequence[Exhibit], Standings | None]:
    """Return the exhibits that fit but for their place, and how they stood where a time was asked for."""
    if wanted.as_of is None:
        exhibits = reader.exhibits(case=case, holder=wanted.holder)
        return [exhibit for exhibit in exhibits if wanted.fits(exhibit, None)], None
    exhibits = reader.exhibits(case=case)
    with progress(context.settings, "looking back") as step:
        standings = standings_at(reader, exhibits, wanted.as_of, step=step)
    known = [(exhibit, standings.get((exhibit.case, exhibit.number))) for exhibit in exhibits]
    return [exhibit for exhibit, then in known if then is not None and wanted.fits(exhibit, then)], standings


def _listed(glance: Glance, standings: Standings | None) -> ListedExhibit:
    exhibit = glance.exhibit
    then = None if standings is None else standings[exhibit.case, exhibit.number]
    return ListedExhibit(
        case=exhibit.case,
        description=glance.description,
        exhibit=exhibit.number,
        holder=exhibit.holder if then is None else then.holder,
        is_sealed=exhibit.is_sealed if then is None else then.sealed,
        kind=glance.kind,
        last_act_at=exhibit.occurred_at if then is None else then.occurred_at,
        nature=glance.nature,
        place=glance.place or UNSET,
        recorded_later=UNSET if then is None else then.recorded_later,
        status=exhibit.status if then is None else _status(then),
    )


def _status(then: CustodyAt) -> Status:
    return next(status for status in get_args(Status) if status == then.status)


def _lines(found: Iterator[ListedExhibit], as_of: str | None, width: int | None) -> Iterator[str]:
    count, late = 0, 0
    for item in found:
        if not count:
            yield from _rows([name for name, _ in _COLUMNS], "WHAT", width)
        count, late = count + 1, late + (item.recorded_later is True)
        yield from _line(item, width)
    when = "" if as_of is None else f", as of {format_utc(as_of)} by when things happened, as known now"
    yield f"{count:,} exhibit{'' if count == 1 else 's'}{when}"
    if late:
        yield "* recorded after that time: it had happened, and the ledger did not know it yet"


def _line(item: ListedExhibit, width: int | None) -> Iterator[str]:
    cells = (
        show(f"{item.case}/{item.exhibit}"),
        item.status.replace("-", " "),
        "sealed" if item.is_sealed else "not sealed",
        item.holder,
        format_utc(item.last_act_at),
        cut(item.place, 20) if isinstance(item.place, str) else "-",
    )
    what = cut(f"{item.kind.replace('-', ' ')}: {item.description}", _TEXT)
    yield from _rows(cells, f"{what}{' *' if item.recorded_later is True else ''}", width)


def _rows(cells: Sequence[str], what: str, width: int | None) -> Iterator[str]:
    """Yield one row, or two where the terminal is too narrow to tell what it is about behind the rest."""
    padded = [pad(text, size) for text, (_, size) in zip(cells, _COLUMNS, strict=True)]
    if width is None or width >= _WIDE:
        yield "  ".join([*padded, what if width is None else cut(what, width - _WIDE + _LEAST)])
        return
    yield "  ".join(padded[:4]).rstrip()
    yield cut("    " + "  ".join([*padded[4:], what]), max(width, _TEXT))
