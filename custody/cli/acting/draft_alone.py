"""What can be said of a draft where its ledger isn't at hand: its own bytes, the clock, and the keys that lie here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from custody.cli.acting.draft_files import OpenDraft
from custody.cli.context import Context
from custody.cli.keyring.keyring import key_directory
from custody.report.words import format_utc
from keys.dsse import check_envelope_signature
from keys.private.directory import StoredKey
from schemas.envelope import Signature, pae
from schemas.errors import RefusedError, UsageError, VerificationError
from schemas.event import PAYLOAD_TYPE, ParsedEvent
from schemas.text import format_time

_AGAIN: Final = "ask for the draft again; this one was changed"


@dataclass(frozen=True, slots=True)
class Alone:
    """Whose signatures hold; how many more there are, which only the ledger can check; who is to sign altogether."""

    signed: tuple[str, ...]
    unchecked: int
    named: tuple[str, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Who has not signed for certain; whoever an unchecked signature belongs to is among them."""
        return tuple(agent for agent in self.named if agent not in self.signed)


def check_alone(context: Context, draft: OpenDraft) -> Alone:
    """Return what can be said of a draft without its ledger.

    Raises:
        UsageError: ``draft.ledger`` where its events are of another ledger than it says.
        RefusedError: ``event.expired`` where it was to be recorded by a time that is past.
        VerificationError: ``draft.signature`` where a signature by a key that lies here does not hold, or there are
            more signatures than signers: somebody changed the draft.
    """
    known = {found.key_id: found for found in key_directory(context).list_keys() if isinstance(found, StoredKey)}
    signed: dict[str, None] = {}
    unchecked = 0
    for place, event in enumerate(draft.events):
        _check_event(draft, event, format_time(context.now()))
        signatures, named = draft.signatures(place), [signer.agent for signer in event.event.signers]
        if len(signatures) > len(named):
            text = f"expected at most {len(named)} signatures on {event.type}, found {len(signatures)}"
            raise VerificationError("draft.signature", text, hint=_AGAIN)
        for signature in signatures:
            key = known.get(signature.keyid)
            if key is None:
                unchecked += 1
                continue
            _check_signature(event, signature, key, named)
            signed[key.agent] = None
    names = dict.fromkeys(signer.agent for event in draft.events for signer in event.event.signers)
    return Alone(tuple(signed), unchecked, tuple(names))


def _check_event(draft: OpenDraft, event: ParsedEvent, now: str) -> None:
    if event.event.ledger != draft.draft.ledger:
        text = f"expected events of {draft.draft.ledger}, as the draft says, found one of {event.event.ledger}"
        raise UsageError("draft.ledger", text, hint=_AGAIN)
    until = event.event.not_after
    if isinstance(until, str) and until < now:
        text = f"expected a draft that can still be recorded, found one that was to be by {format_utc(until)}"
        raise RefusedError("event.expired", text, hint="custody sign DRAFT --again makes it anew where its ledger is")


def _check_signature(event: ParsedEvent, signature: Signature, key: StoredKey, named: list[str]) -> None:
    if key.agent not in named:
        text = f"expected signatures of {', '.join(named)} on {event.type}, found one of {key.agent}"
        raise VerificationError("draft.signature", text, hint=_AGAIN)
    try:
        check_envelope_signature(message=pae(PAYLOAD_TYPE, event.raw), signature=signature, key=key.public_key)
    except VerificationError as error:
        text = f"expected the signature of {key.agent} to hold on {event.type}, found another: {error.text}"
        raise VerificationError("draft.signature", text, hint=_AGAIN) from None
