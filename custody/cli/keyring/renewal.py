"""Making a draft anew after something else was recorded: the same acts, linked to what happened last."""

from __future__ import annotations

from typing import Any

from custody.cli.acting.draft_files import OpenDraft
from custody.cli.context import Context
from custody.cli.options import When
from custody.ledger.compose import Anchor, Composed, link_after
from custody.ledger.working import WorkingState
from custody.report.values import Disclosures, check_signable, commitment_of, plain_of
from custody.verify.rules.reducer import reduce
from schemas.errors import UsageError
from schemas.event import ParsedEvent
from schemas.types import is_set


def renew(context: Context, draft: OpenDraft) -> list[Composed]:
    """Return the events of a draft with new links, salts and times to be recorded by; all must sign them anew.

    When things happened, and who is named, stays as it was.

    Raises:
        UsageError: ``draft.again`` for what holds no custody act but a registration, which nothing overtakes.
        RefusedError: ``sign.blind``.
        RuleViolation: the rules don't allow it any more.
    """
    access = context.ledger()
    made = []
    with access.read() as reader:
        state, size = WorkingState(reader.view()), reader.head().size
        for place, event in enumerate(draft.events):
            if event.type == "exhibit.registered" or not is_set(event.event.link):
                hint = "make the registration or note anew with its own command"
                text = f"expected acts on registered exhibits, found {event.type}"
                raise UsageError("draft.again", text, hint=hint)
            check_signable(event, draft.disclosures)
            composed = _renew_one(context, state, event, draft.disclosures)
            outcome = reduce(state, size + place, composed.event, ())
            state.put(outcome.changes)
            state.place(composed.event.hash, outcome.place)
            made.append(composed)
    return made


def _renew_one(context: Context, state: WorkingState, event: ParsedEvent, disclosures: Disclosures) -> Composed:
    inner = event.event
    case, number = str(inner.case), str(inner.exhibit)
    return context.ledger().compose(
        event.type,
        signers=inner.signers,
        details=_revealed(plain_of(event)["details"], disclosures),
        when=When(at=inner.occurred_at, utc_offset=inner.utc_offset),
        anchor=Anchor(case=case, exhibit=number, link=link_after(state.exhibit(case, number))),
    )


def _revealed(value: Any, disclosures: Disclosures) -> Any:
    """Return details with private values in plain, as `compose` takes them."""
    commitment = commitment_of(value)
    if commitment is not None:
        return disclosures[commitment].value
    if isinstance(value, dict):
        return {name: _revealed(item, disclosures) for name, item in value.items()}
    if isinstance(value, list):
        return [_revealed(item, disclosures) for item in value]
    return value
