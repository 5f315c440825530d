"""What `custody show --json` prints."""

from __future__ import annotations

from typing import Any, Literal

from custody.cli.acting.entry_results import EntrySigner, signers_of
from custody.cli.border.whereabouts import Whereabouts
from custody.cli.results import Result
from custody.cli.showing.freeze_state import State
from custody.evidence.members import Member
from custody.report.balance_words import balance_rows
from custody.report.family import Relative
from custody.report.ledger_story import LedgerStory, Told
from custody.verify.assets.freezes import Frozen
from schemas.content import Content, Digests, path_value
from schemas.types import UNSET, Hash, Status, Unset


class ShownValue(Result, frozen=True, kw_only=True, tag="custody-shown-value/v1"):
    """A value of an event in words, and the corrections of it, oldest first."""

    corrections: tuple[str, ...]
    label: str
    value: str


class ShownMark(Result, frozen=True, kw_only=True, tag="custody-shown-mark/v1"):
    """What stands beside an event: how bad it is, and in words what."""

    severity: Literal["defect", "failed", "indeterminate", "note"]
    text: str


class ShownEvent(Result, frozen=True, kw_only=True, tag="custody-shown-event/v1"):
    """One event of the story; ``after`` says how the exhibit stood after it, ``signed`` whether signatures hold."""

    after: str
    entry: int
    event: Hash
    headline: str
    marks: tuple[ShownMark, ...]
    occurred_at: str
    recorded_at: str
    recorded_later: bool
    signed: str
    signers: tuple[EntrySigner, ...]
    type: str
    utc_offset: str
    values: tuple[ShownValue, ...]


class ShownHolding(Result, frozen=True, kw_only=True, tag="custody-shown-holding/v1"):
    """One holder's time; without ``until`` it goes on."""

    by: str
    entry: int
    holder: str
    since: str
    until: str | Unset = UNSET


class ShownFile(Result, frozen=True, kw_only=True, tag="custody-shown-file/v1"):
    """A file; ``path`` where it is known here, as ``{"base64":...}`` where it is no UTF-8."""

    path: str | dict[str, str] | Unset = UNSET
    sha256: Hash | Unset = UNSET
    size: int | Unset = UNSET
    type: Literal["directory", "file", "symlink"]


class ShownContent(Result, frozen=True, kw_only=True, tag="custody-shown-content/v1"):
    """What an exhibit consists of, where its files lie, and the first of them, or all; ``root`` is its fingerprint."""

    bytes: int
    count: int
    files: tuple[ShownFile, ...]
    lies: Literal["in-place", "none", "store"]
    present: int | Unset = UNSET
    root: Hash
    where: str


class ShownRelative(Result, frozen=True, kw_only=True, tag="custody-shown-relative/v1"):
    """An exhibit that this one was made from, or that was made from it: by which act, and where it was registered."""

    act: int | Unset = UNSET
    case: str
    entry: int
    exhibit: str


class ShownBalance(Result, frozen=True, kw_only=True, tag="custody-shown-balance/v1"):
    """What the account or the custody wallet of an asset held, in its smallest unit, and when that was seen."""

    amount: str
    at: str
    entry: int
    holder: str


class ShownFreeze(Result, frozen=True, kw_only=True, tag="custody-shown-freeze/v1"):
    """A freeze at a provider as the entry that told of it last leaves it; without ``ends_at`` no end is on record."""

    ends_at: str | Unset = UNSET
    entry: int
    state: State


class ShownExhibit(Result, frozen=True, kw_only=True, tag="custody-show/v1"):
    """The story of an exhibit; no holder and no status where it did not exist at the time asked for."""

    as_of: str | Unset = UNSET
    balances: tuple[ShownBalance, ...] | Unset = UNSET
    case: str
    content: ShownContent | Unset = UNSET
    description: str
    events: tuple[ShownEvent, ...]
    exhibit: str
    freeze: ShownFreeze | Unset = UNSET
    holder: str | Unset = UNSET
    holdings: tuple[ShownHolding, ...]
    is_sealed: bool | Unset = UNSET
    kind: str
    left_out: int
    linked_cases: tuple[str, ...]
    made_from: tuple[ShownRelative, ...]
    made_from_it: tuple[ShownRelative, ...]
    nature: str
    place: ShownValue | Unset = UNSET
    registered_by: str
    status: Status | Unset = UNSET


def shown_exhibit(
    story: LedgerStory,
    where: Whereabouts,
    *,
    made_from: tuple[Relative, ...],
    made_from_it: tuple[Relative, ...],
    as_of: str | None,
    freeze: tuple[Frozen, State] | None,
) -> ShownExhibit:
    """Return the story as a program reads it."""
    exhibit, details = story.exhibit, story.details
    status: Any = exhibit.status
    return ShownExhibit(
        as_of=as_of or UNSET,
        balances=_balances(story) or UNSET,
        case=exhibit.case,
        content=_content(details.content, where) if isinstance(details.content, Content) else UNSET,
        description=next((line.value for line in story.description if line.label == "description"), ""),
        events=tuple(map(_event, story.told)),
        exhibit=exhibit.exhibit,
        freeze=UNSET if freeze is None else _freeze(*freeze),
        holder=exhibit.holder,
        holdings=tuple(
            ShownHolding(by=item.by, entry=item.entry, holder=item.holder, since=item.since, until=item.until or UNSET)
            for item in story.story.holdings
        ),
        is_sealed=exhibit.sealed,
        kind=details.kind,
        left_out=story.left_out,
        linked_cases=tuple(case for case, _ in story.linked),
        made_from=tuple(map(_relative, made_from)),
        made_from_it=tuple(map(_relative, made_from_it)),
        nature=details.nature,
        place=UNSET if story.place is None or story.place[1] is None else _value(story.place[1]),
        registered_by=story.registration.event.event.actor,
        status=status,
    )


def _freeze(frozen: Frozen, state: State) -> ShownFreeze:
    return ShownFreeze(ends_at=frozen.ends_at or UNSET, entry=frozen.index, state=state)


def _balances(story: LedgerStory) -> tuple[ShownBalance, ...]:
    rows = balance_rows([told.entry for told in story.told], story.disclosed)
    return tuple(ShownBalance(amount=str(row.amount), at=row.at, entry=row.entry, holder=row.holder) for row in rows)


def _event(told: Told) -> ShownEvent:
    act, parsed = told.act, told.entry
    inner = parsed.event.event
    return ShownEvent(
        after=act.after,
        entry=act.entry,
        event=parsed.event.hash,
        headline=act.headline,
        marks=tuple(ShownMark(severity=mark.severity.value, text=mark.text) for mark in act.marks),
        occurred_at=inner.occurred_at,
        recorded_at=parsed.entry.recorded_at,
        recorded_later=told.is_late,
        signed=act.signed,
        signers=signers_of(parsed.event),
        type=inner.type,
        utc_offset=inner.utc_offset,
        values=tuple(map(_value, act.lines)),
    )


def _value(line: Any) -> ShownValue:
    return ShownValue(corrections=line.corrections, label=line.label, value=line.value)


def _content(content: Content, where: Whereabouts) -> ShownContent:
    return ShownContent(
        bytes=content.bytes,
        count=content.count,
        files=tuple(map(_file, where.members)),
        lies=where.kind,
        present=UNSET if where.present is None else where.present,
        root=content.root,
        where=where.text,
    )


def _file(member: Member) -> ShownFile:
    record = member.record
    return ShownFile(
        path=UNSET if member.path is None else path_value(member.path),
        sha256=record.digests.sha256 if isinstance(record.digests, Digests) else UNSET,
        size=record.size,
        type=record.type,
    )


def _relative(item: Relative) -> ShownRelative:
    act = UNSET if item.act is None else item.act
    return ShownRelative(act=act, case=item.case, entry=item.entry, exhibit=item.exhibit)
