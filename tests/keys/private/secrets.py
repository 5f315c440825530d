"""Signers, randomness and costs for tests: fixed, cheap, and made of nothing secret."""

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from keys.private.locked import Cost
from keys.private.signer import Ed25519Signer
from schemas import canonical
from schemas.event import ParsedEvent, parse_event

CHEAP = Cost(operations=1, memory=8192)
"""The least that libsodium takes: a test is no attacker."""


def counting(start: int = 0) -> Callable[[int], bytes]:
    """Make a source of bytes that never gives the same twice and is the same in every run."""
    calls = start

    def random(size: int) -> bytes:
        nonlocal calls
        calls += 1
        return sha256(b"random %d" % calls).digest()[:size].ljust(size, b"\x5a")

    return random


def signer(number: int, agent: str = "examiner-1") -> Ed25519Signer:
    """Make the signer with this number."""
    return Ed25519Signer(agent=agent, seed=sha256(b"seed %d" % number).digest())


def event(*agents: str, **changes: Any) -> ParsedEvent:
    """Make an event that these agents sign, the first as actor and the second as the one who receives."""
    record = {
        "actor": agents[0],
        "case": "2026-0417",
        "details": {"outcome": "other"},
        "ledger": "evidence.police.example/main",
        "nonce": "0" * 32,
        "occurred_at": "2026-11-21T20:23:00Z",
        "schema": "custody-event/v1",
        "signers": [{"agent": agent, "as": office} for agent, office in zip(agents, OFFICES, strict=False)],
        "type": "case.closed",
        "utc_offset": "+08:00",
    }
    return parse_event(canonical.encode({**record, **changes}))


OFFICES = ("actor", "to", "second")


def loads(raw: bytes) -> dict[str, Any]:
    """Read a record as a stranger's tool would."""
    value: dict[str, Any] = json.loads(raw)
    return value
