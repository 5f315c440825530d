"""One act on several exhibits, an event for each, shown, signed and recorded as one; or one event by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from custody.cli.acting.exhibit_selection import Selected, Selection, select
from custody.cli.acting.signing import complete, named_signers
from custody.cli.border.giving import check_given
from custody.cli.border.receipts import emit_outcome
from custody.cli.context import Context
from custody.cli.options import Signing, When
from custody.cli.results import LeftOut
from custody.ledger.compose import NOWHERE, Anchor, Composed, link_after
from custody.verify.rules.view import Exhibit
from schemas.errors import RefusedError, RuleViolation, UsageError
from schemas.event import About, Signer

Details = Mapping[str, Any] | Callable[["Target"], Mapping[str, Any]]
"""Details of an act, private values in plain: the same for every exhibit, or made for each."""


@dataclass(frozen=True, slots=True)
class Target:
    """One of ``count`` exhibits of an act; ``place`` counts from 0."""

    exhibit: Exhibit
    place: int
    count: int


def record_act(
    context: Context,
    type: str,
    details: Details,
    selection: Selection,
    *,
    who: Signing,
    when: When,
    to: str | None = None,
    to_unit: str | None = None,
    keep: Callable[[], None] = lambda: None,
    notes: Sequence[str] = (),
) -> None:
    """Record one custody act of each exhibit that is meant, as one batch, and print what became of it.

    ``to`` receives, perhaps for a unit, and signs too. ``keep`` puts in place what the entries will name, after the
    signatures; lines of ``notes`` follow what is printed.

    Raises:
        UsageError: the exhibits or a value make no sense.
        CustodyError: as `complete`; nothing is written then.
    """
    selected = select(context, selection)
    signers = named_signers(context, who, to=to, to_unit=to_unit)
    composed, left_out = _compose_acts(context, type, details, selected, signers=signers, when=when)
    check_given(context, [item.event for item in composed], tried="dispatch")
    outcome = complete(context, who, composed, keep=keep)
    emit_outcome(context, outcome, notes=notes, left_out=left_out)


def _compose_acts(
    context: Context, type: str, details: Details, selected: Selected, *, signers: Sequence[Signer], when: When
) -> tuple[list[Composed], list[LeftOut]]:
    """Return an event for each exhibit, and with --all the exhibits to which the rules don't let it apply.

    Raises:
        UsageError: a value that doesn't fit.
        RefusedError: ``act.nothing`` where --all leaves every exhibit out.
    """
    access = context.ledger()
    composed: list[Composed] = []
    left_out: list[LeftOut] = []
    for place, exhibit in enumerate(selected.exhibits):
        values = details_for(details, Target(exhibit, place, len(selected.exhibits)))
        anchor = Anchor(case=exhibit.case, exhibit=exhibit.number, link=link_after(exhibit))
        event = access.compose(type, signers=signers, details=values, when=when, anchor=anchor)
        try:
            if selected.is_all:
                access.rehearse([event.event])
        except RuleViolation as error:
            left_out.append(LeftOut(case=exhibit.case, code=error.code, exhibit=exhibit.number, reason=error.text))
        else:
            composed.append(event)
    if not composed:
        first = left_out[0]
        text = f"expected an exhibit to which this can apply, found none of {len(left_out)} in case {first.case}"
        raise RefusedError("act.nothing", text, hint=f"{first.case}/{first.exhibit}: {first.reason} [{first.code}]")
    return composed, left_out


def compose_event(
    context: Context, type: str, details: Mapping[str, Any], *, who: Signing, when: When, anchor: Anchor = NOWHERE
) -> Composed:
    """Return an event that all sign whom ``who`` names.

    Raises:
        UsageError: a value that doesn't fit.
    """
    signers = named_signers(context, who)
    return context.ledger().compose(type, signers=signers, details=details, when=when, anchor=anchor)


def record_event(
    context: Context,
    type: str,
    details: Mapping[str, Any],
    *,
    who: Signing,
    when: When,
    anchor: Anchor = NOWHERE,
    keep: Callable[[], None] = lambda: None,
    notes: Sequence[str] = (),
) -> None:
    """Record one event by itself, and print what became of it; ``keep`` and ``notes`` as in `record_act`.

    Raises:
        UsageError: a value that doesn't fit.
        CustodyError: as `complete`; nothing is written then.
    """
    composed = compose_event(context, type, details, who=who, when=when, anchor=anchor)
    emit_outcome(context, complete(context, who, [composed], keep=keep), notes=notes)


def check_registrar(who: Signing) -> None:
    """Raise unless a registrar is named who signs beside the actor.

    Raises:
        UsageError: ``usage.registrar``.
    """
    if who.registrar is None:
        raise UsageError("usage.registrar", "expected --registrar AGENT who signs too, found none")


def details_for(details: Details, target: Target) -> Mapping[str, Any]:
    """Return the details of an act on one exhibit."""
    return details(target) if callable(details) else details


def record_notes(
    context: Context,
    type: str,
    details: Details,
    selection: Selection,
    *,
    who: Signing,
    when: When,
    keep: Callable[[], None] = lambda: None,
) -> None:
    """Record an annotation about each exhibit that is meant, as one batch, and print what became of it.

    Raises:
        UsageError: the exhibits or a value make no sense.
        CustodyError: as `complete`; nothing is written then.
    """
    selected = select(context, selection)
    composed = compose_notes(context, type, details, selected.exhibits, who=who, when=when)
    emit_outcome(context, complete(context, who, composed, keep=keep))


def compose_notes(
    context: Context, type: str, details: Details, exhibits: Sequence[Exhibit], *, who: Signing, when: When
) -> list[Composed]:
    """Return an annotation about each of ``exhibits``.

    Raises:
        UsageError: a value that doesn't fit.
    """
    signers = named_signers(context, who)
    composed = []
    for place, exhibit in enumerate(exhibits):
        values = details_for(details, Target(exhibit, place, len(exhibits)))
        anchor = Anchor(about=(About(exhibit=exhibit.registration),))
        composed.append(context.ledger().compose(type, signers=signers, details=values, when=when, anchor=anchor))
    return composed
