"""Exhibits on their way into the ledger: read, staged, composed, signed, stored and recorded as one.

Order, and what a crash leaves: evidence is staged (a crash removes it at the next run), the events are signed, the
evidence gets its names in the store, the entries are appended. So evidence may lie in the store without an entry, which
harms nobody; an entry whose evidence was never stored can't be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from custody.cli.acting.numbering import next_numbers
from custody.cli.acting.signing import Outcome, complete, named_signers
from custody.cli.border.bound_content import warn_bound
from custody.cli.context import Context
from custody.cli.intake.registered_before import note_repeats, warn_alike
from custody.cli.intake.seizure_details import check_signing
from custody.cli.intake.taking_in import Taking, check_interrupted, confirm_size, survey_paths, take_in_exhibit
from custody.cli.options import Signing, When
from custody.cli.output import note
from custody.cli.showing.holdings import Staged
from custody.cli.soft_end import soft_end
from custody.evidence.intake import Intake
from custody.evidence.items import NEXT
from custody.evidence.partial import KEPT, Partials
from custody.ledger.compose import Anchor, Composed, link_after
from schemas import canonical, limits
from schemas.errors import RuleViolation
from schemas.event import Link, Signer

_ATTEMPTS = 5
"""How often a free number is looked for while others register in the same case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One exhibit to be registered: ``number`` may be ``next``; no ``paths`` for an object.

    ``details`` are those of the registration, private values in plain; its content comes from ``paths`` if there are
    some. ``check`` is asked about what was read, and ``learn`` returns the details that are known only then. With a
    ``seal`` it is sealed in the same go.
    """

    case: str
    number: str
    paths: tuple[Path, ...]
    details: Mapping[str, Any]
    seal: str | None = None
    check: Callable[[Intake], None] = lambda _: None
    learn: Callable[[Intake], Mapping[str, Any]] = lambda _: {}


@dataclass(frozen=True, slots=True)
class Taken:
    """An exhibit that was read; an object has no intake."""

    wanted: Wanted
    intake: Intake | None


def register_exhibits(
    context: Context, staged: Staged, wanted: Sequence[Wanted], taking: Taking, *, who: Signing, when: When
) -> Outcome:
    """Read, sign and record exhibits as one batch.

    Raises:
        CustodyError: as `take_in` and `complete`; nothing is recorded then.
        click.Abort: the person said no.
    """
    # Who signs and whether the rules allow it is known before an hour of reading, so ask first.
    signers = named_signers(context, who)
    for item in wanted:
        check_signing(item.details, signers)
    rehearse_numbers(context, wanted, signers, when)
    warn_alike(context, wanted[0].case, [item.number for item in wanted if item.number != NEXT])
    # A machine that shuts down asks programs to end by SIGTERM: as with an interrupt, what was read is kept.
    with soft_end(), Partials(staged.holdings.home.evidence / KEPT, resume=taking.resume) as partials:
        try:
            taken = _take_all(context, staged, wanted, taking, partials)
            outcome = _record(context, staged, taken, taking, signers, who=who, when=when)
        except BaseException:
            if partials.kept:
                text = f"note: {partials.kept:,} bytes that were read are kept; the same command with --resume goes on"
                note(context.settings, text)
            raise
        partials.forget()
    return outcome


def _record(
    context: Context,
    staged: Staged,
    taken: Sequence[Taken],
    taking: Taking,
    signers: Sequence[Signer],
    *,
    who: Signing,
    when: When,
) -> Outcome:
    """Sign and record what was read, under other numbers where somebody took the next one meanwhile."""
    wanted = [item.wanted for item in taken]
    for attempt in range(1, _ATTEMPTS + 1):
        numbered = assign_numbers(context, taken)
        composed = [event for item in numbered for event in _compose(context, item, signers, when, staged, taking)]
        events, spools = [item.event for item in composed], _spools(taken)
        note_repeats(context, events, spools)
        warn_bound(context, events, spools)
        try:
            return complete(context, who, composed, keep=staged.keep)
        except RuleViolation as error:
            if error.code != "rule.exhibit-exists" or attempt == _ATTEMPTS or not _has_next(wanted):
                raise
            staged.forget_places()
            note(context.settings, "note: somebody took the number meanwhile; the next free one follows")
    raise AssertionError("the last attempt returns or raises")


def _spools(taken: Sequence[Taken]) -> dict[str, Path]:
    """Return the lists of files of what was read, by content root."""
    intakes = (item.intake for item in taken)
    return {item.content.root: item.spool for item in intakes if item is not None and item.spool is not None}


def rehearse_numbers(context: Context, wanted: Sequence[Wanted], signers: Sequence[Signer], when: When) -> None:
    """Ask the rules about the registrations as if all were objects: who, which case, which numbers.

    Raises:
        CustodyError: as the ledger would refuse the registrations.
    """
    access = context.ledger()
    details = {"description": "-", "kind": "other", "nature": "object", "obtained": "seizure"}
    numbered = assign_numbers(context, [Taken(item, None) for item in wanted])
    events = [
        access.compose("exhibit.registered", signers=signers, details=details, when=when, anchor=_anchor(item.wanted))
        for item in numbered
    ]
    access.rehearse([item.event for item in events])


def assign_numbers(context: Context, taken: Sequence[Taken]) -> list[Taken]:
    """Return the exhibits with ``next`` replaced by free numbers."""
    if not _has_next(item.wanted for item in taken):
        return list(taken)
    case = taken[0].wanted.case
    with context.ledger().read() as reader:
        known = [exhibit.number for exhibit in reader.exhibits(case=case)]
    known += [item.wanted.number for item in taken if item.wanted.number != NEXT]
    free = iter(next_numbers(known, sum(item.wanted.number == NEXT for item in taken)))
    return [
        replace(item, wanted=replace(item.wanted, number=next(free))) if item.wanted.number == NEXT else item
        for item in taken
    ]


def _has_next(wanted: Any) -> bool:
    return any(item.number == NEXT for item in wanted)


def _take_all(
    context: Context, staged: Staged, wanted: Sequence[Wanted], taking: Taking, partials: Partials
) -> list[Taken]:
    extents = [survey_paths(staged, item.paths, taking).size if item.paths else 0 for item in wanted]
    total, done = sum(extents), 0
    confirm_size(total, taking)
    interrupted = sum(check_interrupted(context, partials, item.paths, taking) for item in wanted if item.paths)
    if taking.resume and not interrupted:
        note(context.settings, "note: nothing of it was interrupted; it is read from the start")
    taken = []
    for given, size in zip(wanted, extents, strict=True):
        item, intake = given, None
        if item.paths:
            intake = take_in_exhibit(context, staged, item.paths, taking, partials=partials, done=done, total=total)
            item.check(intake)
            item = replace(item, details={**item.details, **item.learn(intake)})
        done += size
        taken.append(Taken(item, intake))
    return taken


def _compose(
    context: Context, taken: Taken, signers: Sequence[Signer], when: When, staged: Staged, taking: Taking
) -> list[Composed]:
    """Return the registration of one exhibit, and its sealing if it is sealed in the same go."""
    access, wanted, intake = context.ledger(), taken.wanted, taken.intake
    details = {
        **wanted.details,
        "content": wanted.details.get("content") if intake is None else intake.content,
        "lost": _lost(intake, staged) if intake else None,
        "unreadable": (intake.unreadable or None) if intake else None,
    }
    made = access.compose("exhibit.registered", signers=signers, details=details, when=when, anchor=_anchor(wanted))
    registered = Composed(made.event, (*made.disclosures, *(intake.disclosures if intake else ())))
    if intake is not None and taking.in_place:
        staged.leave_in_place(registered.event.hash, intake.sources)
    if wanted.seal is None:
        return [registered]
    link = Link(sequence=1, previous=registered.event.hash)
    anchor = Anchor(case=wanted.case, exhibit=wanted.number, link=link)
    sealing = {"seal": wanted.seal}
    return [registered, access.compose("exhibit.sealed", signers=signers, details=sealing, when=when, anchor=anchor)]


def _lost(intake: Intake, staged: Staged) -> dict[str, Any] | None:
    """Return the field ``lost`` of a registration, or nothing where all was read; a long list is staged as a document.

    Raises:
        StorageError: as the store does.
    """
    ranges = [
        {"file": sha256, "offset": item.offset, "size": item.size}
        for sha256, extents in sorted(intake.unread)
        for item in extents
    ]
    if not ranges:
        return None
    total = sum(item.size for _, extents in intake.unread for item in extents)
    if len(ranges) <= limits.EXTENTS:
        return {"bytes": total, "ranges": ranges}
    return {
        "bytes": total,
        "document": staged.document_bytes(b"".join(canonical.encode(row) + b"\n" for row in ranges)),
    }


def _anchor(wanted: Wanted) -> Anchor:
    return Anchor(case=wanted.case, exhibit=wanted.number, link=link_after(None))
