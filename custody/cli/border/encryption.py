"""To whose keys an export is encrypted: --encrypt and --age-recipient, and where the recipient's key is found."""

from __future__ import annotations

from dataclasses import dataclass

import click

from custody.cli.checking.trust_file import read_trust_file
from custody.cli.context import Context
from custody.cli.option_groups import gathered
from custody.cli.parameters import AGE_KEY
from schemas.details.ledger import AgentChanged, AgentEnrolled
from schemas.entry import parse_entry
from schemas.errors import UsageError


@dataclass(frozen=True, slots=True)
class Encrypting:
    """What --encrypt and --age-recipient say; `recipients` turns it into keys."""

    is_wanted: bool
    by_hand: tuple[str, ...]

    def recipients(self, context: Context, *, to: str, is_detached: bool) -> tuple[str, ...]:
        """Return the age keys to which an export for the agent ``to`` is encrypted; none where it travels in clear.

        With --encrypt: the key that the ledger has of him, else the one that the trust file has under this name.

        Raises:
            UsageError: ``bundle.no-age-key``, ``bundle.encrypt-detached``.
        """
        if not self.is_wanted and not self.by_hand:
            return ()
        if is_detached:
            hint = "leave --detached out; or encrypt the disk on which the evidence travels"
            text = "expected evidence in the bundle to encrypt, found --detached"
            raise UsageError("bundle.encrypt-detached", text, hint=hint)
        found = find_age_key(context, to) if self.is_wanted else None
        if self.is_wanted and found is None:
            hint = f"custody agent change {to} --age-key AGE1..., or --age-recipient AGE1... for this bundle"
            text = f"expected an age key of {to} in the ledger or the trust file, found none"
            raise UsageError("bundle.no-age-key", text, hint=hint)
        return tuple(dict.fromkeys((*([found] if found else []), *self.by_hand)))


def find_age_key(context: Context, agent: str) -> str | None:
    """Return the age key of an agent: the last one on record, else the one in the trust file; nothing where neither."""
    with context.ledger().read() as reader:
        for index in reversed(reader.subject_entries(("agent", agent))):
            details = parse_entry(reader.entry(index)).event.details
            if isinstance(details, AgentEnrolled | AgentChanged) and isinstance(details.age_key, str):
                return details.age_key
    if not context.trust_file().exists():
        return None
    trust = read_trust_file(context, None).trust
    known = trust.recipients or ()
    return next((item.age_key for item in known if item.name == agent), None)


encrypting = gathered(
    "encrypting",
    Encrypting,
    click.option(
        "--encrypt", "is_wanted", is_flag=True, help="Encrypt evidence and documents to the recipient's age key."
    ),
    click.option("--age-recipient", "by_hand", type=AGE_KEY, multiple=True, help="Encrypt to this key too, age1..."),
)
"""For commands that pack exhibits: to whose keys."""
