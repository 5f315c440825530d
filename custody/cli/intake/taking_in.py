"""Taking evidence in at the prompt: a large copy is asked about first, and a bar is drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from custody.cli.context import Context
from custody.cli.output import can_ask, has_progress, note, progress
from custody.cli.questions import ask
from custody.cli.showing.holdings import Staged
from custody.evidence.intake import Intake, Progress, take_in
from custody.evidence.partial import Partials
from custody.evidence.sources import find_sources
from custody.evidence.survey import Survey, survey
from custody.report.counts import listed
from custody.report.safe_text import show_path
from custody.transfer.ledger_law import profile_for
from schemas.details.ledger import LedgerOpened
from schemas.entry import parse_entry
from schemas.errors import RefusedError, UsageError
from schemas.limits import PIECE_BYTES
from schemas.pieces import describe
from schemas.private import SALT_BYTES

LARGE = 10 * 2**30
"""Bytes above which copying into the store is asked about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """How evidence is taken in."""

    in_place: bool
    accept_unreadable: bool
    accept_special: bool = False
    assume_yes: bool
    digests: tuple[str, ...] = ()
    """Digests by choice, beside the two that are always computed."""
    resume: bool | None = None
    """Whether to go on with interrupted readings; None: nobody said."""


def survey_paths(staged: Staged, paths: Sequence[Path], taking: Taking) -> Survey:
    """Return the extent of one exhibit, having made sure that it lies outside of the home.

    Raises:
        UsageError: ``register.in-home``, or as `survey`.
        RefusedError, StorageError: as `survey`.
    """
    for path in paths:
        if staged.holdings.holds(path) and not staged.is_ours(path):
            text = f"expected evidence outside of the ledger's home, found {show_path(path)}"
            raise UsageError("register.in-home", text, hint="custody check hashes what is registered already")
    return survey(paths, accept_special=taking.accept_special)


def unreadable_text(found: Survey) -> str:
    """Return what a survey could not read, in words."""
    first = listed([show_path(path) for path in found.first_unreadable], found.unreadable)
    return f"expected files that can be read, found {found.unreadable} that can't: {first}"


def confirm_size(total: int, taking: Taking) -> None:
    """Ask before more than 10 GiB are copied into the store.

    Raises:
        RefusedError: ``register.large`` where there is nobody to ask.
        Declined: the answer was no.
    """
    if taking.in_place or taking.assume_yes or total <= LARGE:
        return
    if not can_ask():
        hint = "--yes copies it; --in-place leaves it where it is"
        raise RefusedError(
            "register.large", f"expected at most 10 GiB to copy unasked, found {total:,} bytes", hint=hint
        )
    ask(f"Copy {total / 2**30:.1f} GiB into the ledger's store?", otherwise="nothing was copied")


def take_in_exhibit(
    context: Context,
    staged: Staged,
    paths: Sequence[Path],
    taking: Taking,
    *,
    partials: Partials,
    done: int,
    total: int,
) -> Intake:
    """Read one exhibit, and stage its files unless they stay in place; ``done`` of ``total`` bytes were read before.

    Raises:
        CustodyError: as `take_in`.
    """
    with progress(context.settings, "reading", is_bytes=True) as step:
        report: Callable[[Progress], None] | None = None
        if has_progress(context.settings):

            def report(at: Progress) -> None:
                step(done + at.read, total)

        intake = take_in(
            paths,
            salts=lambda: context.random(SALT_BYTES),
            spool=staged.holdings.manifests.base,
            batch=None if taking.in_place else staged.evidence(),
            accept_unreadable=taking.accept_unreadable,
            accept_special=taking.accept_special,
            names=(*taking.digests, *procedure_digests(context)),
            # What was taken out of a bundle a moment ago is gone with this run.
            partials=None if any(map(staged.is_ours, paths)) else partials,
            progress=report,
        )
    staged.adopt(intake)
    if not intake.content.count:
        note(context.settings, f"note: {show_path(paths[0])} is empty; that it is empty is all that is recorded")
    if intake.unreadable:
        note(context.settings, f"warning: {intake.unreadable:,} could not be read; path and error are recorded")
    if intake.special:
        text = f"warning: {intake.special:,} pipes, sockets or devices were not opened; path and kind are recorded"
        note(context.settings, text)
    lost = [item for _, extents in intake.unread for item in extents]
    if lost:
        note(
            context.settings,
            f"warning: {sum(item.size for item in lost):,} bytes could not be read; zeros stand for them, and where is "
            f"recorded: {describe(lost)}",
        )
    return intake


def procedure_digests(context: Context) -> tuple[str, ...]:
    """Return the digests that the profile of the ledger's country asks for beside SHA-256.

    Raises:
        StorageError: as the store does.
    """
    with context.ledger().read() as reader:
        details = parse_entry(reader.entry(0)).event.details
    assert isinstance(details, LedgerOpened), "a ledger begins with its opening"
    return tuple(wanted.digest for wanted in profile_for(details.country).digests)


def check_interrupted(context: Context, partials: Partials, paths: Sequence[Path], taking: Taking) -> int:
    """Say what becomes of interrupted readings of ``paths``, and return how many there are.

    Raises:
        RefusedError: ``evidence.interrupted`` where nobody said it.
        UsageError, RefusedError: as `find_sources`.
    """
    found = partials.interrupted(find_sources(paths))
    for item in found:
        name, read = show_path(item.mark.path), min(len(item.digests) * PIECE_BYTES, item.mark.size)
        text = f"{read:,} of {item.mark.size:,} bytes of {name} were read before an interruption"
        if taking.resume is None:
            hint = "--resume goes on from there; --no-resume begins anew"
            raise RefusedError("evidence.interrupted", f"expected no interrupted reading: {text}", hint=hint)
        if not taking.resume:
            then = "they are dropped, and all is read anew"
        elif taking.in_place:
            then = (
                "as it stays in place, all is read a second time for the digests of the whole, and compared with them"
            )
        else:
            then = "they are taken from our own copy, and only the rest is read"
        note(context.settings, f"note: {text}; {then}")
    return len(found)
