"""The events by which keys come and go, as the commands of `custody key` compose them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from custody.cli.context import Context
from custody.cli.files import given_values
from custody.cli.options import When
from custody.ledger.compose import Composed, compose
from custody.ledger.store import LedgerReader
from schemas.details.ledger import PublicKey
from schemas.errors import UsageError
from schemas.event import Signer


def compose_key_added(
    context: Context,
    *,
    origin: str,
    agent: str,
    key: PublicKey,
    signers: Sequence[Signer],
    when: When,
    is_recovery: bool = False,
) -> Composed:
    """Return the event that brings in a further key of an agent.

    Raises:
        UsageError: a time that is none.
    """
    details = {"agent": agent, "key": key, "recovery": is_recovery}
    return _compose(context, "agent.key-added", origin=origin, signers=signers, details=details, when=when)


def compose_key_revoked(
    context: Context,
    *,
    origin: str,
    agent: str,
    key_id: str,
    reason: str,
    signers: Sequence[Signer],
    when: When,
    last_valid_index: int | None = None,
    note: str | None = None,
) -> Composed:
    """Return the event that ends a key of an agent.

    Raises:
        UsageError: a time that is none.
    """
    details = {
        "agent": agent,
        "key_id": key_id,
        "last_valid_index": last_valid_index,
        "note": note,
        "reason": reason,
    }
    return _compose(context, "agent.key-revoked", origin=origin, signers=signers, details=details, when=when)


def _compose(
    context: Context, type: str, *, origin: str, signers: Sequence[Signer], details: dict[str, Any], when: When
) -> Composed:
    """Compose for the ledger at hand, or, where another is meant, for one of which nothing is known but its name."""
    if context.find_home() is not None and context.ledger().ledger().origin == origin:
        return context.ledger().compose(type, signers=signers, details=details, when=when)
    occurred_at, utc_offset = when.moment(context.now())
    with given_values():
        return compose(
            type,
            ledger=origin,
            signers=signers,
            details=details,
            occurred_at=occurred_at,
            utc_offset=utc_offset,
            random=context.random,
        )


def living_keys(reader: LedgerReader, agent: str) -> tuple[str, ...]:
    """Return the ids of an agent's keys that are enrolled and not revoked.

    Raises:
        UsageError: ``usage.agent`` where the ledger has no such agent.
    """
    known = reader.view().agent(agent)
    if known is None:
        raise UsageError("usage.agent", f"expected an agent of this ledger, found {agent!r}", hint="custody agent list")
    keys = reader.keys()
    return tuple(key for key in known.keys if keys[key].revoked_at is None)


def choose_keys(living: Sequence[str], named: Iterable[str], *, all_of_them: bool, agent: str) -> tuple[str, ...]:
    """Return which keys are meant: those named, all, or the only one.

    Raises:
        UsageError: ``usage.key`` where it isn't clear, or a name is none of them.
    """
    wanted = tuple(named)
    known = ", ".join(living) or "none"
    strangers = [key for key in wanted if key not in living]
    if strangers:
        raise UsageError("usage.key", f"expected a valid key of {agent} ({known}), found {strangers[0]}")
    if wanted:
        return wanted
    if all_of_them and living:
        return tuple(living)
    if not living:
        raise UsageError("usage.key", f"expected a valid key of {agent}, found none", hint="custody agent list")
    if len(living) != 1:
        raise UsageError("usage.key", f"expected --key ID or --all for {agent}, found these keys: {known}")
    return tuple(living)
