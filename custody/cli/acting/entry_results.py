"""What --json says of an entry, alike in every command that shows entries."""

from __future__ import annotations

from custody.cli.results import Result
from schemas.event import ParsedEvent
from schemas.types import UNSET, Unset


class EntrySigner(Result, frozen=True, kw_only=True, tag="custody-signer/v1"):
    """One who signed an entry, as what, and for which unit."""

    agent: str
    office: str
    unit: str | Unset = UNSET


def signers_of(event: ParsedEvent) -> tuple[EntrySigner, ...]:
    """Return who signed an event, in the order in which it names them."""
    return tuple(
        EntrySigner(agent=signer.agent, office=signer.as_, unit=signer.on_behalf_of) for signer in event.event.signers
    )
