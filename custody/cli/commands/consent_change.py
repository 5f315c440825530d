"""`custody consent met` and `custody consent revoke`: what happens to a consent after it was given."""

from __future__ import annotations

from pathlib import Path

import click

from custody.cli.acting.act_options import words_of
from custody.cli.acting.acts import record_event
from custody.cli.assistance.consents import anchor_of, find_consent
from custody.cli.assistance.letter_reading import open_letter
from custody.cli.checking.verification import Believed
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.options import FILE, Signing, When, acting, trust_option
from custody.cli.parameters import DIGEST
from custody.cli.results import ActResult
from custody.cli.showing.holdings import Staged, staging
from custody.transfer.letters import LetterRequest, peer_of
from schemas.details.consent import Condition
from schemas.details.letter import LetterOrigin
from schemas.details.request import RequestAnswered, RequestCompleted, RequestDrafted
from schemas.errors import UsageError
from schemas.event import ParsedEvent
from schemas.types import UNSET, is_set


@command(
    example="""
    custody consent met 41 --condition confidentiality --condition return --document undertaking.pdf --as auth-1
    custody consent met 41 --condition return --letter undertaking.zip --as auth-1
    """,
    result=ActResult,
)
@click.argument("consent", metavar="ENTRY|HASH")
@click.option(
    "--condition", "conditions", multiple=True, required=True, type=click.Choice(words_of(Condition, "code")),
    help="A condition that bars the release.",
)  # fmt: skip
@click.option("--document", type=FILE, help="The paper in which the recipient accepted it, kept in the home.")
@click.option("--letter", type=FILE, help="The letter of the recipient's ledger in which he accepted it.")
@click.option("--event", type=DIGEST, metavar="HASH", help="Which event of the letter; the newest, if not said.")
@click.option("--statement", help="What he said (kept private).")
@trust_option
@acting
@pass_custody
def consent_met(
    context: Context,
    *,
    consent: str,
    conditions: tuple[str, ...],
    document: Path | None,
    letter: Path | None,
    event: str | None,
    statement: str | None,
    trust_path: Path | None,
    who: Signing,
    when: When,
) -> None:
    """Record that conditions which bar the release under the CONSENT were accepted or met, in writing (law row C15)."""
    if (document is None) == (letter is None):
        raise UsageError("usage.consent", "expected --document or --letter, found both or neither")
    with context.ledger().home.store.read() as reader:
        _, found = find_consent(reader, consent)
    with staging(context) as staged:
        origin = None
        if letter is not None:
            believed = Believed(trust_path)
            origin = _accepted_in(context, staged, letter, believed, recipient=found.recipient, named=event)
        details = {
            "conditions": sorted(set(conditions)),
            "document": staged.document(document),
            "origin": origin,
            "statement": statement,
        }
        record_event(
            context, "consent.conditions-met", details, who=who, when=when, anchor=anchor_of(found), keep=staged.keep
        )


def _accepted_in(
    context: Context, staged: Staged, path: Path, believed: Believed, *, recipient: str, named: str | None
) -> LetterOrigin:
    """Return where the recipient's letter says so.

    Raises:
        UsageError: ``consent.event``.
        CustodyError: as `open_letter` and `peer_of`.
    """
    opened = open_letter(context, path, believed, accept_indeterminate=False)
    with opened.container:
        with context.ledger().read() as reader:
            peer_of(opened.letter, reader.agents(), recipient)
        opened.stage(staged)
        found = _newest(opened.letter.requests) if named is None else opened.letter.find(named)
    if found is None:
        what = "none that accepts anything" if named is None else f"none with the hash {named}"
        raise UsageError("consent.event", f"expected an event of the letter, found {what}")
    return opened.letter.origin(*found)


def _newest(requests: tuple[LetterRequest, ...]) -> tuple[LetterRequest, ParsedEvent] | None:
    """Return the newest event by which something can be accepted, one that says what before one that doesn't."""
    accepting = [
        (is_set(getattr(entry.event.details, "accepts", UNSET)), entry.entry.index, of, entry.event)
        for of in requests
        for entry in of.entries
        if isinstance(entry.event.details, RequestAnswered | RequestCompleted | RequestDrafted)
    ]
    found = max(accepting, key=lambda item: item[:2], default=None)
    return None if found is None else found[2:]


@command(
    example="""
    custody consent revoke 41 --reason "the treaty was suspended" --as auth-1
    custody consent revoke 41 --reason "decision 13/26" --document decision.pdf --as auth-1
    """,
    result=ActResult,
)
@click.argument("consent", metavar="ENTRY|HASH")
@click.option("--reason", required=True, help="Why (kept private).")
@click.option("--document", type=FILE, help="The revocation on paper; without it an official of the authority signs.")
@acting
@pass_custody
def consent_revoke(
    context: Context, *, consent: str, reason: str, document: Path | None, who: Signing, when: When
) -> None:
    """Record that a CONSENT is revoked: nothing leaves under it any more, and what has left has left."""
    with context.ledger().home.store.read() as reader:
        _, found = find_consent(reader, consent)
    with staging(context) as staged:
        manner = "key" if document is None else "paper"
        details = {"document": staged.document(document), "manner": manner, "reason": reason}
        record_event(context, "consent.revoked", details, who=who, when=when, anchor=anchor_of(found), keep=staged.keep)
