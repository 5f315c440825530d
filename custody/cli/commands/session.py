"""`custody unlock` and `custody lock`: one passphrase for a working session."""

from __future__ import annotations

import re
from pathlib import Path

import click

from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.keyring.keyring import key_directory
from custody.cli.keyring.passphrase import with_passphrase
from custody.cli.keyring.session_access import sessions_folder
from custody.cli.options import passphrase_option
from custody.cli.output import emit
from custody.cli.parameters import AGENT
from custody.cli.results import Result
from custody.cli.typed_again import typed_again
from keys.private.session import LONGEST, end_sessions, start_session
from keys.private.signer import Ed25519Signer
from schemas.errors import UsageError

_UNITS = {"s": 1, "m": 60, "h": 3600}
_DURATION = re.compile(r"(?:[0-9]{1,5}[hms])+", re.ASCII)


class Unlocked(Result, frozen=True, kw_only=True, tag="custody-unlocked/v1"):
    """A session that was started: which keys, for how many seconds."""

    agent: str
    key_ids: tuple[str, ...]
    seconds: int


class Locked(Result, frozen=True, kw_only=True, tag="custody-locked/v1"):
    """How many sessions were ended."""

    ended: int


@command(
    example="""
    custody unlock exam-07 --for 3h
    custody unlock exam-07 --for 90m --passphrase-file /run/secrets/exam-07
    """,
    result=Unlocked,
)
@click.argument("agent", type=AGENT)
@click.option("--for", "duration", default="1h", show_default=True, metavar="TIME", help="Such as 3h, 45m, 1h30m.")
@passphrase_option
@pass_custody
def unlock(context: Context, agent: str, duration: str, passphrase_file: Path | None) -> None:
    """Open AGENT's keys for a working session, so that each signature needs no passphrase.

    The keys are held by a process of its own, which signs nothing but acts of AGENT and ends when the time is over. On
    a terminal each signature is still asked for.
    """
    seconds = parse_duration(duration)
    directory = key_directory(context)
    keys = directory.find(agent)

    def load(phrase: bytes | None) -> list[Ed25519Signer]:
        return [directory.load(agent, passphrase=phrase, key=key.key_id) for key in keys]

    has_passphrase = any(key.has_passphrase for key in keys)
    signers = with_passphrase(context, passphrase_file, agent=agent, use=load) if has_passphrase else load(None)
    start_session(sessions_folder(context), signers, seconds=seconds)
    ids = tuple(signer.key_id for signer in signers)
    ending = typed_again(context.settings, f"custody lock {agent}")
    emit(
        context.settings,
        Unlocked(agent=agent, key_ids=ids, seconds=seconds),
        (f"{agent} is unlocked for {duration}: {', '.join(ids)}", f"next: {ending} ends it earlier"),
    )


@command(
    example="""
    custody lock
    custody lock exam-07
    """,
    result=Locked,
)
@click.argument("agent", type=AGENT, required=False)
@pass_custody
def lock(context: Context, agent: str | None) -> None:
    """End the working session of AGENT, or of everybody whose keys lie here."""
    ended = end_sessions(sessions_folder(context), agent=agent)
    words = {0: "nothing was unlocked", 1: "1 session ended"}.get(ended, f"{ended} sessions ended")
    emit(context.settings, Locked(ended=ended), (words,))


def parse_duration(typed: str) -> int:
    """Return the seconds that ``1h30m``, ``45m`` or ``20s`` means, up to a day.

    Raises:
        UsageError: ``usage.duration``.
    """
    parts = re.findall(r"([0-9]+)([hms])", typed) if _DURATION.fullmatch(typed) else []
    seconds = sum(int(number) * _UNITS[unit] for number, unit in parts)
    if not 0 < seconds <= LONGEST:
        raise UsageError("usage.duration", f"expected a time up to 24h such as 3h or 45m, found {typed!r}")
    return seconds
