"""`custody affirm`: vouch for an entry that the revocation of a key has put in dispute."""

from __future__ import annotations

import click

from custody.cli.acting.signing import complete, named_signers
from custody.cli.acting.subject_anchors import about_event
from custody.cli.border.receipts import emit_outcome
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.intake.parents import find_event
from custody.cli.options import Signing, When, signed, timed
from custody.cli.results import ActResult
from custody.ledger.compose import Anchor
from custody.ledger.store import LedgerReader
from custody.report.safe_text import show
from custody.verify.fold.disputes import find_disputes
from schemas.errors import UsageError


@command(
    example="""
    custody affirm 815 --as exam-07
    custody affirm --disputed --as reg-1 --registrar reg-2 --statement "compared with the paper records"
    """,
    result=ActResult,
)
@click.argument("entries", metavar="[ENTRY|HASH]...", nargs=-1)
@click.option("--disputed", is_flag=True, help="Every entry that is in dispute.")
@click.option("--statement", help="How it was made sure of (kept private).")
@signed
@timed
@pass_custody
def affirm(
    context: Context, *, entries: tuple[str, ...], disputed: bool, statement: str | None, who: Signing, when: When
) -> None:
    """Vouch for ENTRY, which was signed with a key that was no longer to be trusted.

    One who signed it affirms with another key, or two registrars do; none of the keys may be in dispute itself. Make
    sure first that it happened as the entry says: from then on it counts.
    """
    if bool(entries) == disputed:
        raise UsageError("usage.affirm", "expected either entries or --disputed, found both or neither")
    access = context.ledger()
    signers = named_signers(context, who)
    with access.read() as reader:
        doubtful = in_dispute(reader)
        named = [(name, find_event(reader, name)) for name in entries or doubtful]
        places = reader.event_indexes([event.hash for _, event in named])
        sound = [name for name, event in named if str(places[event.hash]) not in doubtful]
        if sound:
            text = f"expected entries in dispute, found {', '.join(map(show, sound))}, not in dispute"
            raise UsageError("usage.affirm", text, hint="custody status lists those that are")
        anchors = [Anchor(about=about_event(reader, event)) for _, event in named]
    if not anchors:
        raise UsageError("usage.affirm", "expected an entry in dispute, found none")
    details = {"statement": statement}
    composed = [
        access.compose("record.affirmed", signers=signers, details=details, when=when, anchor=anchor)
        for anchor in anchors
    ]
    emit_outcome(context, complete(context, who, composed))


def in_dispute(reader: LedgerReader) -> dict[str, None]:
    """Return the entry numbers that are in dispute, as they are typed, in order."""
    disputes = find_disputes(tuple(reader.signings()), reader.keys())
    return dict.fromkeys(map(str, sorted(disputes.disputed)))
