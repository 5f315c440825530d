"""From composed events to entries: show them in words, sign with the keys at hand, record, or leave a draft.

Every command that records something ends here. Who is named in the events must sign, all of them; where a key is not
on this machine, a draft waits for it, and nothing is recorded yet.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import click

from custody.cli.acting.draft_files import draft_name, draft_of, write_draft
from custody.cli.context import Context
from custody.cli.keyring.keyring import default_agent, signer_for, stored_keys
from custody.cli.keyring.session_access import has_session
from custody.cli.options import Signing
from custody.cli.output import can_ask, is_terminal, note, note_to_signer, release_notes
from custody.cli.questions import ask
from custody.ledger.appending import Receipt
from custody.ledger.compose import Composed
from custody.ledger.submission import Submission
from custody.report.safe_text import show
from custody.report.values import check_signable
from custody.report.words import Told, tell
from keys.private.signer import Signer as KeySigner
from keys.private.signing import join_signatures, sign_for
from schemas.envelope import Signature
from schemas.errors import RefusedError, UsageError
from schemas.event import ParsedEvent, Signer
from schemas.types import UNSET, SignsAs


@dataclass(frozen=True, slots=True)
class Recorded:
    """Events that are in the ledger, each with its receipt."""

    events: tuple[ParsedEvent, ...]
    receipts: tuple[Receipt, ...]


@dataclass(frozen=True, slots=True)
class Drafted:
    """Events that wait in a draft for the signatures of ``missing``."""

    events: tuple[ParsedEvent, ...]
    path: Path
    missing: tuple[str, ...]


Outcome = Recorded | Drafted


def named_signers(
    context: Context, who: Signing, *, to: str | None = None, to_unit: str | None = None
) -> tuple[Signer, ...]:
    """Return the signers of an event as the options name them, in the order in which an event wants them.

    Raises:
        UsageError: ``usage.who`` where nobody is named and several could be meant; ``usage.signers`` where one is
            named for two signatures.
    """
    actor = default_agent(context, who.actor)
    named: list[tuple[str, SignsAs, str | None]] = [(actor, "actor", who.on_behalf_of)]
    named += [(to, "to", to_unit)] if to else []
    named += [(agent, "second", None) for agent in who.seconds]
    named += [(agent, "witness", None) for agent in who.witnesses]
    named += [(who.registrar, "registrar", None)] if who.registrar else []
    agents = [agent for agent, _, _ in named]
    twice = next((agent for agent in agents if agents.count(agent) > 1), None)
    if twice is not None:
        text = f"expected a different agent for each signature, found {twice} named twice"
        raise UsageError("usage.signers", text, hint="--as names who acts; the others sign beside him")
    return tuple(Signer(agent=agent, as_=office, on_behalf_of=unit or UNSET) for agent, office, unit in named)


def complete(
    context: Context,
    who: Signing,
    composed: Sequence[Composed],
    *,
    signers: Mapping[str, KeySigner] = MappingProxyType({}),
    without: frozenset[str] = frozenset(),
    keep: Callable[[], None] = lambda: None,
) -> Outcome:
    """Show the events, sign them with the keys at hand, and record them as one batch; or write a draft.

    ``signers`` are used as they are, by agent; others are looked for among the user's keys, those whose ids are in
    ``without`` left aside. ``keep`` stores what the events name; it is called when all at hand have signed, and before
    anything is recorded or left to be recorded.

    Raises:
        RefusedError: ``sign.blind``, or as the ledger refuses; nothing is written then.
        RuleViolation: a custody rule forbids it; nothing is written then.
        SigningKeyError: a key at hand can't be used.
        click.Abort: the person said no.
    """
    events = [item.event for item in composed]
    disclosures = {found.commitment: found for item in composed for found in item.disclosures}
    for event in events:
        check_signable(event, disclosures)
    access = context.ledger()
    access.rehearse(events)
    _note_backward(context, events)
    agents = agents_of(events)
    found = tuple(agent for agent in agents if agent not in signers and is_at_hand(context, agent))
    told = [tell(event, disclosures, name_of=access.name_of) for event in events]
    show_events(context, told, (*signers, *found), is_asked=is_asked(who))
    confirm(context, who, found)
    loaded = load_signers(context, found, who.passphrase_file, alive=access.alive_keys() - without)
    at_hand = {**signers, **loaded}
    signatures = {event.hash: sign_all(event, at_hand) for event in events}
    missing = tuple(agent for agent in agents if agent not in at_hand)
    keep()
    if missing:
        path = who.draft or access.drafts_folder() / draft_name(events)
        write_draft(path, draft_of(composed, signatures), force=False)
        return Drafted(tuple(events), path, missing)
    submissions = [
        Submission(join_signatures(item.event, signatures[item.event.hash]), item.disclosures) for item in composed
    ]
    return Recorded(tuple(events), access.append(submissions, clock_is_right=who.allow_clock_jump))


def _note_backward(context: Context, events: Sequence[ParsedEvent]) -> None:
    """Warn of times before that of the last act of an exhibit: what is signed stays, and a slip in it too."""
    backward: list[str] = []
    with context.ledger().read() as reader:
        view = reader.view()
        for parsed in events:
            event = parsed.event
            if not (isinstance(event.case, str) and isinstance(event.exhibit, str)):
                continue
            known = view.exhibit(event.case, event.exhibit)
            if known is not None and event.occurred_at < known.occurred_at:
                name = show(known.name)
                backward.append(f"{event.occurred_at} lies before the last act of {name}, {known.occurred_at}")
    if backward:
        more = f"; so it is with {len(backward) - 1} more" if len(backward) > 1 else ""
        hint = "it will show as a defect [defect.time-backward]"
        note_to_signer(context.settings, f"warning: {backward[0]}{more}: is --at right?\n  {hint}")


def is_at_hand(context: Context, agent: str) -> bool:
    """Tell whether a key of ``agent`` is unlocked or lies in the user's folder.

    Raises:
        UsageError: ``usage.keys`` where the folder that was typed is not there: who mistyped it wants no draft.
        SigningKeyError: what lies there can't be used.
    """
    if has_session(context, agent):
        return True
    context.check_keys_folder()
    return bool(stored_keys(context, agent))


def agents_of(events: Iterable[ParsedEvent]) -> tuple[str, ...]:
    """Return all who are to sign, each once, in the order in which they are named."""
    return tuple(dict.fromkeys(signer.agent for event in events for signer in event.event.signers))


def load_signers(
    context: Context, agents: Iterable[str], passphrase_file: Path | None, *, alive: frozenset[str] | None
) -> dict[str, KeySigner]:
    """Return a signer for each of ``agents``, asking for each passphrase once; ``alive`` as in `signer_for`.

    Raises:
        SigningKeyError: a key can't be used.
    """
    return {agent: signer_for(context, agent, passphrase_file=passphrase_file, alive=alive) for agent in agents}


def is_asked(who: Signing) -> bool:
    """Tell whether a person is about to say by a word or a passphrase that he signs."""
    return not who.assume_yes and is_terminal(sys.stdin)


def show_events(context: Context, told: Sequence[Told], signing: Sequence[str], *, is_asked: bool = False) -> None:
    """Show on stderr what is about to be signed, and by whom, with --quiet only where somebody ``is_asked``; nothing
    but a person or a key refuses it from here on.
    """
    release_notes(context.settings, is_asked=is_asked)
    count = "one event" if len(told) == 1 else f"{len(told)} events"
    note(context.settings, f"To be signed by {', '.join(signing) or 'others'}: {count}", is_asked=is_asked)
    for item in told:
        for line in item.lines():
            note(context.settings, f"  {line}", is_asked=is_asked)


def confirm(context: Context, who: Signing, signing: Sequence[str]) -> None:
    """Ask on a terminal whether to sign, where no passphrase is about to be typed for it.

    Raises:
        RefusedError: ``sign.unasked`` where the question would go to a file.
        click.Abort: the answer was no; or the passphrase is his answer, and what is to be signed was not seen.
    """
    by_file = who.passphrase_file is not None or "CUSTODY_PASSPHRASE_FILE" in context.environment
    is_typed = not by_file and not all(has_session(context, agent) for agent in signing)
    if signing and is_typed and context.settings.is_unseen:
        raise click.Abort
    if signing and is_asked(who) and not is_typed:
        if not can_ask():
            hint = "leave stderr on the terminal, or --yes signs without asking"
            text = "expected a terminal to ask on whether to sign, found stderr elsewhere"
            raise RefusedError("sign.unasked", text, hint=hint)
        recorded = "" if context.settings.has_recorded else "; nothing was recorded"
        ask("Sign?", otherwise=f"nothing was signed{recorded}")


def sign_all(event: ParsedEvent, signers: Mapping[str, KeySigner]) -> tuple[Signature, ...]:
    """Return the signatures of those among ``signers`` whom the event names, in order of key id.

    Raises:
        SigningKeyError: a key can't be used any more.
    """
    named = [signer.agent for signer in event.event.signers]
    made = [sign_for(event, signers[agent]) for agent in named if agent in signers]
    return tuple(sorted(made, key=lambda signature: signature.keyid))
