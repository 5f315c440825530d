"""Options that several commands share: when an act happened, and who signs it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final

import click

from custody.cli.option_groups import gathered, several
from custody.cli.parameters import AGENT
from schemas import text
from schemas.errors import RecordError, UsageError


class _File(click.Path):
    """A path that is not spelled like a folder's: the slash at its end would be lost on the way to a `Path`."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, str) and value.endswith("/"):
            self.fail(f"expected a file, found the name of a folder, {value!r}", param, ctx)
        return super().convert(value, param, ctx)


FILE = _File(dir_okay=False, path_type=Path)
"""The type of an option or argument that names a file; ``-`` is stdin where it is read by `files.read_file`."""

_LOCAL = ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d")
_YEARS: Final = range(1970, 9999)
_MOST_OFF: Final = 10 * 366 * 24 * 3600
"""Seconds that a clock may be said to be wrong."""
_ZONE = re.compile(r"(Z|z|[+-][0-9]{2}:?[0-9]{2})$")


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """What --at, --utc-offset and --clock-offset say; `moment` turns it into a time."""

    at: str | None = None
    utc_offset: str | None = None
    clock_offset: int = 0

    def moment(self, now: datetime) -> tuple[datetime, str]:
        """Return the time of the act in UTC and the offset ``[+-]hh:mm`` to record; ``now`` has the local zone.

        A time without zone is local; what the clock was ahead (--clock-offset, in seconds) is taken off.

        Raises:
            UsageError: ``usage.time``, ``usage.offset``.
        """
        if abs(self.clock_offset) > _MOST_OFF:
            wrong = f"expected a clock offset of at most 10 years, found {self.clock_offset} seconds"
            raise UsageError("usage.offset", wrong)
        zone = now.tzinfo if self.utc_offset is None else timezone(parse_utc_offset(self.utc_offset))
        told = now if self.at is None else parse_moment(self.at, zone or UTC)
        # An offset that was typed with the time is the one to record, unless another was asked for.
        spelled = self.utc_offset is None and self.at is not None and _spells_offset(self.at)
        local = told if spelled else told.astimezone(zone)
        try:
            return (told - timedelta(seconds=self.clock_offset)).astimezone(UTC), format_utc_offset(local)
        except OverflowError:
            raise _bad_time(str(self.at)) from None


def _spells_offset(typed: str) -> bool:
    found = _ZONE.search(typed.strip())
    return found is not None and found.group(1) not in "Zz"


def parse_moment(typed: str, zone: Any) -> datetime:
    """Return the aware time that a person typed: ISO 8601 with Z or an offset, or local ``YYYY-MM-DD [HH:MM[:SS]]``.

    Raises:
        UsageError: ``usage.time``.
    """
    stripped = typed.strip()
    try:
        if _ZONE.search(stripped) and "T" in stripped.upper():
            return _within(datetime.fromisoformat(stripped.upper()), typed)
        if _ZONE.search(stripped) and ":" in stripped[:16]:
            return _within(datetime.fromisoformat(stripped.upper().replace(" ", "T", 1)), typed)
    except ValueError:
        raise _bad_time(typed) from None
    for form in _LOCAL:
        try:
            naive = datetime.strptime(stripped, form)  # noqa: DTZ007 the zone is put on below
        except ValueError:
            continue
        _within(naive, typed)
        # A system's local zone changes with the season; astimezone() asks it for that day.
        return naive.astimezone() if zone is None else naive.replace(tzinfo=zone)
    raise _bad_time(typed)


def _within(moment: datetime, typed: str) -> datetime:
    """Return a time of a year that records can hold, in whatever zone.

    Raises:
        UsageError: ``usage.time``.
    """
    if moment.year in _YEARS:
        return moment
    wanted = "since 1970" if moment.year < _YEARS.start else "before 9999"
    raise UsageError("usage.time", f"expected a time {wanted}, found {typed!r}")


def _bad_time(typed: str) -> UsageError:
    return UsageError(
        "usage.time",
        "expected a time such as 2026-11-21T20:23:00Z, 2026-11-21T20:23+08:00, '2026-11-21 20:23' or 2026-11-21, "
        f"found {typed!r}",
    )


def parse_utc_offset(typed: str) -> timedelta:
    """Return the offset ``[+-]hh:mm``.

    Raises:
        UsageError: ``usage.offset``.
    """
    try:
        return text.parse_offset(typed)
    except RecordError:
        raise UsageError("usage.offset", f"expected an offset such as +08:00, found {typed!r}") from None


def format_utc_offset(local: datetime) -> str:
    """Return the offset of an aware time as ``[+-]hh:mm``, cut to minutes."""
    offset = local.utcoffset() or timedelta()
    minutes = int(abs(offset) / timedelta(minutes=1))
    sign = "-" if offset < timedelta(0) and minutes else "+"
    return f"{sign}{minutes // 60:02d}:{minutes % 60:02d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """Who signs, as what, with which keys, and where a draft goes when a key is not at hand."""

    actor: str | None = None
    on_behalf_of: str | None = None
    seconds: tuple[str, ...] = ()
    witnesses: tuple[str, ...] = ()
    registrar: str | None = None
    draft: Path | None = None
    passphrase_file: Path | None = None
    assume_yes: bool = False
    allow_clock_jump: bool = False


timed = gathered(
    "when",
    When,
    click.option("--at", metavar="TIME", help="When it happened: 2026-11-21T20:23:00Z or '2026-11-21 20:23'."),
    click.option("--utc-offset", metavar="+HH:MM", help="Local offset to record, if not this machine's."),
    click.option("--clock-offset", type=int, default=0, metavar="S", help="Seconds that the clock was ahead."),
)
"""For commands that record an act: when it happened."""

passphrase_option = click.option(
    "--passphrase-file",
    type=FILE,
    help="File whose first line is the passphrase (CUSTODY_PASSPHRASE_FILE); never on the command line.",
)
"""For commands that open or make a private key."""

_SIGNING: Final = (
    click.option("--as", "actor", type=AGENT, help="Who acts (CUSTODY_AS; else the one key at hand)."),
    click.option("--on-behalf-of", type=AGENT, metavar="UNIT", help="The unit for which the actor acts."),
    click.option("--second", "seconds", multiple=True, type=AGENT, help="A second officer who signs too."),
    click.option("--witness", "witnesses", multiple=True, type=AGENT, help="A witness who signs too."),
    click.option("--registrar", type=AGENT, help="A registrar who signs beside the actor."),
    passphrase_option,
    click.option("--yes", "-y", "assume_yes", is_flag=True, help="Sign without asking."),
    click.option("--clock-is-right", "allow_clock_jump", is_flag=True, help="Append after a jump of the clock."),
)
_DRAFT = click.option("--draft", "-o", "draft", type=FILE, help="Where a draft goes if a key is not at hand.")

acting = several(gathered("who", Signing, *_SIGNING, _DRAFT), timed)
"""For commands that record an act: who signs it, and when it happened; they must not have ``--as`` themselves."""

signed_at_once = gathered("who", Signing, *_SIGNING)
"""For commands that can't leave a draft, because all must sign now: who signs."""

force_option = click.option("--force", is_flag=True, help="Overwrite what is there.")
"""For commands that write a file."""

FILES_HELP: Final = "Where files lie that travelled apart, each named by its SHA-256."
TRUST_HELP: Final = "Whom to believe (CUSTODY_TRUST; else your own trust file)."
trust_option = click.option("--trust", "trust_path", type=FILE, help=TRUST_HELP)
"""For commands that read or change what is believed."""
