"""Where a draft stands: who signed it, whose signature it waits for, and whether the ledger would still take it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from custody.cli.acting.draft_files import SUFFIX, OpenDraft
from custody.cli.context import Context
from custody.cli.ledger_access import LedgerAccess
from custody.ledger.store import LedgerReader
from custody.ledger.submission import Submission
from custody.verify.evidence.places import places_of
from custody.verify.fold.signing import match_keys, signature_jobs
from keys.private.signing import join_signatures
from schemas.errors import CustodyError, RefusedError, UsageError, VerificationError
from schemas.event import ParsedEvent


@dataclass(frozen=True, slots=True)
class Standing:
    """Agents that signed, with signatures that hold; those that are missing; entries of what is recorded already.

    ``problem`` says why the ledger would not take it, were it signed by all.
    """

    signed: tuple[str, ...]
    missing: tuple[str, ...]
    recorded: tuple[int, ...]
    problem: CustodyError | None = None


def stand(access: LedgerAccess, draft: OpenDraft) -> Standing:
    """Return where a draft stands in this ledger.

    Raises:
        UsageError: ``draft.ledger`` for a draft of another ledger.
        VerificationError: ``draft.signature`` where a signature in it does not hold, ``draft.key`` where its key is not
            that of a signer: somebody changed the draft.
    """
    origin = access.ledger().origin
    if draft.draft.ledger != origin or any(event.event.ledger != origin for event in draft.events):
        raise UsageError("draft.ledger", f"expected a draft of {origin}, found one of {draft.draft.ledger}")
    with access.read() as reader:
        known = reader.event_indexes([event.hash for event in draft.events])
        if len(known) == len(draft.events):
            return Standing((), (), tuple(known[event.hash] for event in draft.events))
        signed = dict.fromkeys(agent for place, _ in enumerate(draft.events) for agent in _signed(reader, draft, place))
    missing = dict.fromkeys(
        signer.agent for event in draft.events for signer in event.event.signers if signer.agent not in signed
    )
    return Standing(tuple(signed), tuple(missing), (), problem_of(access, draft))


def problem_of(access: LedgerAccess, draft: OpenDraft) -> CustodyError | None:
    """Return why the rules would refuse the events of a draft as the ledger is now, or nothing."""
    try:
        access.rehearse(draft.events)
    except CustodyError as error:
        return with_hint(error)
    return None


def with_hint(error: CustodyError) -> CustodyError:
    """Return an error with what to do about a draft that came too late."""
    if error.code in {"rule.link", "event.expired", "append.seen"}:
        hint = (
            "something was recorded meanwhile: custody sign DRAFT --again makes it anew, to be signed again; "
            "where a signer is gone, custody attach DRAFT keeps it"
        )
        return type(error)(error.code, error.text, hint=error.hint or hint)
    return error


def submissions_of(draft: OpenDraft) -> list[Submission]:
    """Return the events of a draft as the ledger takes them, each with its own disclosures.

    Raises:
        RefusedError: ``draft.unsigned`` for an event that nobody signed.
    """
    submissions = []
    for place, event in enumerate(draft.events):
        signatures = draft.signatures(place)
        if not signatures:
            raise RefusedError("draft.unsigned", "expected signatures in the draft, found none")
        wanted = places_of(event)
        values = tuple(draft.disclosures[commitment] for commitment in wanted if commitment in draft.disclosures)
        submissions.append(Submission(join_signatures(event, signatures), values))
    return submissions


def is_kept_here(context: Context, path: Path) -> bool:
    """Tell whether a draft lies in the home's own folder, from which it is removed once it is recorded."""
    return path.resolve().parent == context.ledger().drafts_folder().resolve()


def draft_paths(paths: Iterator[Path] | tuple[Path, ...]) -> Iterator[Path]:
    """Yield files as they are, and of folders all drafts in order of name.

    Raises:
        UsageError: ``usage.file`` for what isn't there.
    """
    for path in paths:
        if path.is_dir():
            yield from sorted(found for found in path.iterdir() if found.suffix == SUFFIX and found.is_file())
        elif path.exists() or str(path) == "-":
            yield path
        else:
            raise UsageError("usage.file", f"expected a draft or a folder at {path}, found nothing")


def _signed(reader: LedgerReader, draft: OpenDraft, place: int) -> Iterator[str]:
    """Yield the agents whose signatures on one event hold."""
    event, signatures = draft.events[place], draft.signatures(place)
    if not signatures:
        return
    envelope = join_signatures(event, signatures)
    matched = match_keys(reader.view(), reader.head().size, event, envelope)
    jobs, errors = signature_jobs(event, envelope, matched.keys)
    for error in (*matched.errors, *errors):
        if error.code != "signatures.missing":
            raise _tampered(event, error)
    for job in jobs:
        try:
            job.check()
        except VerificationError as error:
            raise _tampered(event, error) from None
        yield job.agent


def _tampered(event: ParsedEvent, error: VerificationError) -> VerificationError:
    code = "draft.signature" if error.code == "signature.invalid" else "draft.key"
    text = f"expected signatures that hold on {event.type}, found another: {error.text}"
    return VerificationError(code, text, hint="ask for the draft again; this one was changed, or its key has ended")
