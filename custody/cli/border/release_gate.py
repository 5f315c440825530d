"""The consent gate at the prompt: asked before anything is packed, and every refusal put on record by the system."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NoReturn

from custody.cli.border.bound_content import binding, tell
from custody.cli.context import Context
from custody.cli.options import When
from custody.cli.output import note
from custody.ledger.admission import what_to_do
from custody.ledger.compose import Anchor, Composed
from custody.ledger.submission import Submission
from custody.ledger.working import WorkingState, try_out
from custody.report.safe_text import show
from custody.verify.gate.faults import Breach
from custody.verify.gate.release import bearing, check_release, foreign_requests, untold_terms
from custody.verify.rules.view import Exhibit, View
from keys.private.signing import join_signatures, sign_for
from schemas.errors import RefusedError, UsageError
from schemas.event import About, ParsedEvent, Signer
from schemas.text import format_time

Tried = Literal["bundle", "dispatch", "export", "prove"]
SYSTEM = "system"


def check_recipient(context: Context, agent: str) -> None:
    """Raise unless ``agent`` is on record, with a country.

    Raises:
        UsageError: ``release.recipient``.
    """
    with context.ledger().read() as reader:
        known = reader.view().agent(agent)
    if known is None or known.country is None:
        found = f"{agent!r}, who is not" if known is None else f"{agent}, of whom no country is on record"
        hint = "custody agent enrol ID --kind organisation --country CC, and then --to ID"
        if known is not None:
            hint = f"custody agent change {agent} --country CC"
        text = f"expected a recipient who is on record with a country, found {found}"
        raise UsageError("release.recipient", text, hint=hint)


def check_gate(context: Context, events: Sequence[ParsedEvent], *, to: str, tried: Tried, by: str) -> None:
    """Raise unless all of ``events``, which would be recorded in this order, let out only what may leave.

    Raises:
        RuleViolation: as the reducer does, at the first that breaks a rule.
        UsageError: ``release.recipient``.
        RefusedError: ``release.*``; the refusal is on record then.
    """
    check_recipient(context, to)
    access = context.ledger()
    now = format_time(context.now())
    breaches: list[Breach] = []
    with access.read() as reader:
        state, size = binding(context, reader), reader.head().size
        for event in try_out(state, size, events):
            breaches += (*foreign_requests(state, event, to), *check_release(state, event, now))
            breaches += context.ledger().letter_breaches(reader, state, event)
            if not breaches:
                tell_terms(context, state, event)
        abouts = tuple(dict.fromkeys(about for event in events for about in _abouts(state, event)))
        breaches = list(dict.fromkeys(breaches))
        # A letter is about no exhibit; what it would have let out is named by its breaches.
        abouts = abouts or tuple(dict.fromkeys(about for breach in breaches for about in _named(state, breach)))
    if breaches:
        tell(context, state)
        _record(context, breaches, abouts, to=to, tried=tried, by=by)
        _raise(breaches)


def check_exhibits_gate(context: Context, exhibits: Sequence[Exhibit], *, to: str, tried: Tried, by: str) -> None:
    """Raise unless the exhibits themselves may go to ``to``: for exports that put no bundle on record.

    What may leave is then recorded as an access by the system, so that such exports are no way round.

    Raises:
        UsageError: ``release.recipient``.
        RefusedError: ``release.*``; the refusal is on record then.
    """
    composed = _access(context, exhibits, to)
    check_gate(context, [composed.event], to=to, tried=tried, by=by)
    _append_by_system(context, composed)


def tell_terms(context: Context, view: View, event: ParsedEvent) -> None:
    """Say under which conditions something goes that its record can't carry: whoever gets it has to be told."""
    for untold in untold_terms(view, event, bearing(view, event, format_time(context.now()))):
        what = "tell them of it, and put on record that they took it upon themselves: custody explain"
        note(context.settings, f"warning: {show(untold.text)}: {what}")


def breaches_of(context: Context, exhibits: Sequence[Exhibit], *, to: str) -> list[Breach]:
    """Return what speaks against exhibits going to an agent; nothing is recorded."""
    with context.ledger().read() as reader:
        event = _access(context, exhibits, to).event
        view = binding(context, reader)
        found = check_release(view, event, format_time(context.now()))
        return [*found, *context.ledger().letter_breaches(reader, view, event)]


def record_export(context: Context, exhibits: Sequence[Exhibit], *, to: str) -> None:
    """Record by the system that something of exhibits was exported to an agent.

    Raises:
        RefusedError: ``release.*`` where it may not leave.
    """
    _append_by_system(context, _access(context, exhibits, to))


def record_view(context: Context, exhibits: Sequence[Exhibit], *, by: str) -> None:
    """Record by the system that an agent took something about exhibits out of the ledger, for use inside."""
    _append_by_system(context, _access(context, exhibits, by, action="viewed"))


def refuse(
    context: Context, breaches: Sequence[Breach], exhibits: Sequence[Exhibit], *, to: str, tried: Tried, by: str
) -> NoReturn:
    """Put a refusal on record, and raise it.

    Raises:
        RefusedError: ``release.*``.
    """
    about = tuple(About(exhibit=item.registration) for item in exhibits)
    _record(context, breaches, about, to=to, tried=tried, by=by)
    _raise(breaches)


def _access(context: Context, exhibits: Sequence[Exhibit], agent: str, *, action: str = "exported") -> Composed:
    about = tuple(About(exhibit=item.registration) for item in exhibits)
    return context.ledger().compose(
        "access.logged", signers=_system(), details={"action": action, "agent": agent}, when=When(),
        anchor=Anchor(about=about),
    )  # fmt: skip


def _abouts(state: WorkingState, event: ParsedEvent) -> tuple[About, ...]:
    if isinstance(event.event.about, tuple):
        return tuple(About(exhibit=item.exhibit) for item in event.event.about if isinstance(item.exhibit, str))
    exhibit = state.exhibit(str(event.event.case), str(event.event.exhibit))
    return () if exhibit is None else (About(exhibit=exhibit.registration),)


def _named(state: WorkingState, breach: Breach) -> Iterator[About]:
    case, _, number = breach.exhibit.rpartition("/")
    exhibit = state.exhibit(case, number)
    if exhibit is not None:
        yield About(exhibit=exhibit.registration)


def _record(
    context: Context, breaches: Sequence[Breach], about: tuple[About, ...], *, to: str, tried: Tried, by: str
) -> None:
    details = {"breaches": sorted({item.code for item in breaches}), "to": to, "tried": tried, "tried_by": by}
    composed = context.ledger().compose(
        "release.refused", signers=_system(), details=details, when=When(), anchor=Anchor(about=about)
    )
    _append_by_system(context, composed)


def _append_by_system(context: Context, composed: Composed) -> None:
    signature = sign_for(composed.event, context.ledger().home.system_signer())
    context.ledger().append([Submission(join_signatures(composed.event, [signature]), composed.disclosures)])


def _system() -> tuple[Signer, ...]:
    return (Signer(agent=SYSTEM, as_="actor"),)


def _raise(breaches: Sequence[Breach]) -> NoReturn:
    first = breaches[0]
    raise RefusedError(first.code, first.text, hint=f"{what_to_do(breaches)}; this refusal is on record")
