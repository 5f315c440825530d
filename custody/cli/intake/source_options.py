"""Where records came from, as it is said at registration: logs, chats, message databases, mail, web captures.

What people state and what is counted in the files stand apart in the record. Nothing is guessed: a time without a zone
counts for something only where --time-zone says which zone it is, and that it was assumed is then recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timezone, tzinfo
from pathlib import Path
from typing import Any, Final, get_args
from zoneinfo import ZoneInfo

import click

from custody.cli.acting.act_options import FILE
from custody.cli.context import Context
from custody.cli.files import sha256_of
from custody.cli.option_groups import several
from custody.cli.options import parse_utc_offset
from custody.cli.output import note, progress
from custody.cli.parameters import TOKEN
from custody.cli.periods import end_of, start_of
from custody.evidence.collected.collection import Collection, read_collection, records_of
from custody.evidence.collected.tally import Stated
from custody.evidence.intake import Intake
from custody.report.safe_text import show_path
from schemas.content import Digests
from schemas.details.source import CAPTURE_PARTS, Channel, SourceType
from schemas.errors import UsageError
from schemas.text import parse_time

source_options = several(
    click.option("--source-type", type=click.Choice(get_args(SourceType)), help="What the records are."),
    click.option("--provider", help="Who holds the service (kept private)."),
    click.option("--account", help="Whose records they are: account, number, address (kept private)."),
    click.option("--period-from", metavar="TIME", help="The period that they cover: its first day or second."),
    click.option("--period-to", metavar="TIME", help="Its last day or second."),
    click.option("--time-zone", metavar="ZONE", help="Of times without one: +08:00, or Asia/Singapore. Never guessed."),
    click.option("--request", "request_id", type=TOKEN, metavar="ID", help="The request that they answer."),
    click.option("--channel", type=click.Choice(get_args(Channel)), help="By which way they were obtained."),
    click.option("--captured-url", metavar="URL", help="The page that was captured (kept private)."),
    click.option("--captured-at", metavar="TIME", help="When it was captured."),
    click.option("--captured-html", type=FILE, help="Which file is its source, if not the only page of the exhibit."),
    click.option("--captured-image", type=FILE, help="Which file shows the full page, if not the only image."),
)
"""Options about logs, chats, mail and web captures."""

SOURCE_NAMES: Final = (
    "source_type", "provider", "account", "period_from", "period_to", "time_zone", "request_id", "channel",
    "captured_url", "captured_at", "captured_html", "captured_image",
)  # fmt: skip
"""Names of `source_options`; a row of a list has all but the two files."""
_TYPES: Final = {kind: kind for kind in ("chat", "database", "email", "log", "web-capture")}
_CAPTURED: Final = ("captured_url", "captured_at", "captured_html", "captured_image")


@dataclass(frozen=True, slots=True)
class Sourced:
    """What was stated about one exhibit's records; the files that are parts of a web capture are not among details."""

    context: Context
    details: Mapping[str, Any]
    zone: tzinfo | None = None
    parts: Mapping[str, Path] = field(default_factory=dict)

    def learn(self, intake: Intake) -> dict[str, Any]:
        """Return the ``source`` with what is in the files that were just taken in.

        Raises:
            UsageError: ``usage.capture``.
            RefusedError: ``evidence.changed``, ``evidence.vanished``.
        """
        ends = [parse_time(told) if told else None for told in map(self.details.get, ("period_from", "period_to"))]
        stated = Stated(self.zone, *ends)
        if self.details.get("request"):
            _note_unknown(self.context, self.details["request"])
        done = 0
        with progress(self.context.settings, "counting records", is_bytes=True) as step:

            def tick(read: int) -> None:
                nonlocal done
                done += read
                step(done, max(done, intake.content.bytes))

            found = read_collection(intake, stated=stated, tick=tick)
        capture = self._capture(found, intake)
        return {"source": {**self.details, **found.details(), "capture": capture}}

    def _capture(self, found: Collection, intake: Intake) -> dict[str, Any] | None:
        told = self.details.get("capture")
        if told is None:
            return None
        only = {"html": found.pages, "image": found.images}
        parts = {name: digests[0] for name, digests in only.items() if len(digests) == 1 and name not in self.parts}
        for name in parts:
            note(self.context.settings, f"note: the only file of its kind is taken for {CAPTURE_PARTS[name]}")
        named = {name: _digest(path, intake) for name, path in self.parts.items()}
        capture = {**told, **parts, **named}
        missing = [words for name, words in CAPTURE_PARTS.items() if not capture.get(name)]
        if missing:
            note(self.context.settings, f"warning: a web capture below the court minimum: without {', '.join(missing)}")
        return capture


def source_of(context: Context, given: Mapping[str, Any], *, kind: str | None) -> Sourced | None:
    """Return what was stated of the records of one exhibit; nothing where it is none of records.

    Raises:
        UsageError: ``usage.source-type``, ``usage.time``, ``usage.time-zone``, ``usage.period``.
    """
    stated: dict[str, Any] = {name: given[name] for name in SOURCE_NAMES if given.get(name)}
    if not stated and kind not in _TYPES:
        return None
    zone = None if "time_zone" not in stated else _zone_of(stated["time_zone"])
    start, end = start_of(context, stated.get("period_from"), zone), end_of(context, stated.get("period_to"), zone)
    if start is not None and end is not None and end < start:
        raise UsageError("usage.period", f"expected --period-from before --period-to, found {start} and {end}")
    is_capture = kind == "web-capture" or any(name in stated for name in _CAPTURED)
    type_ = stated.get("source_type") or ("web-capture" if is_capture else _TYPES.get(str(kind), "other"))
    names = ("account", "channel", "provider", "time_zone")
    details = {
        **{name: stated.get(name) for name in names},
        "capture": _told_of_capture(context, stated, zone) if is_capture else None,
        "period_from": start,
        "period_to": end,
        "request": stated.get("request_id"),
        "type": type_,
    }
    parts: dict[str, Path] = {
        name: stated[f"captured_{name}"] for name in ("html", "image") if f"captured_{name}" in stated
    }
    return Sourced(context, details, zone, parts)


def _told_of_capture(context: Context, stated: Mapping[str, Any], zone: tzinfo | None) -> dict[str, Any]:
    at = start_of(context, stated.get("captured_at"), zone)
    return {"captured_at": at, "url": stated.get("captured_url")}


def _note_unknown(context: Context, request: str) -> None:
    """Warn of a request that isn't on record: it may be one on paper, or a typing error."""
    with context.ledger().read() as reader:
        known = reader.view().request(request) is not None
    if not known:
        note(context.settings, f"warning: the request {request} is not on record in this ledger")


def _zone_of(typed: str) -> tzinfo:
    """Return the zone that a person named.

    Raises:
        UsageError: ``usage.time-zone``.
    """
    if typed[:1] in {"+", "-"}:
        return timezone(parse_utc_offset(typed))
    try:
        return ZoneInfo(typed)
    except (KeyError, ValueError, OSError):
        text = f"expected an offset such as +08:00 or a zone such as Asia/Singapore, found {typed!r}"
        raise UsageError("usage.time-zone", text) from None


def _digest(path: Path, intake: Intake) -> str:
    """Return the SHA-256 of a named part of a capture, which must be a file of the exhibit.

    Raises:
        UsageError: ``usage.capture``.
        OSError: the file can't be read.
    """
    digest = sha256_of(path)
    digests = (record.digests for record in records_of(intake))
    if not any(isinstance(item, Digests) and item.sha256 == digest for item in digests):
        text = f"expected a file of the exhibit as part of the capture, found {show_path(path)} apart from it"
        raise UsageError("usage.capture", text, hint="name it among the PATHs as well")
    return digest
