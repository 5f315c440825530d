"""Who may sign: found once for each type, signers and keys, and kept until agents, keys or the ledger itself change.

A ledger has many events for each of these. Append and replay both keep the answers against which nothing was to be
said, so that the same people's next act costs a look-up.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from custody.verify.fold.disputes import reliance
from custody.verify.fold.signing import MatchedKeys, match_keys
from custody.verify.gate.destination import concerns_gate
from custody.verify.rules.view import Agent, Key, Ledger, StateRecord, View
from schemas.envelope import Envelope
from schemas.event import ParsedEvent, Signer

_WHO: Final = (Agent, Key, Ledger)
Name = tuple[str, tuple[Signer, ...], tuple[str, ...]]


class Standing(msgspec.Struct, frozen=True):
    """What follows from an event's type, signers and key ids alone, until agents or keys change; ``may_let_out`` tells
    whether it concerns the gate. ``staying`` grows with what acts said of their way (`way_told`) that stayed here.
    """

    name: Name
    matched: MatchedKeys
    relies_on: tuple[int, ...]
    may_let_out: bool
    staying: set[tuple[object, ...] | None] = msgspec.field(default_factory=set)


class Standings:
    """The standings that are known to be good. Mutable: lives as long as one replay, or as what an appending process
    knows of its ledger.
    """

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[Name, Standing] = {}

    def __len__(self) -> int:
        return len(self._known)

    def find(self, view: View, index: int, event: ParsedEvent, envelope: Envelope) -> tuple[Standing, bool]:
        """Return the standing of an event's signers, and whether it was known to be good."""
        name = event.type, event.event.signers, tuple([signature.keyid for signature in envelope.signatures])
        known = self._known.get(name)
        if known is not None:
            return known, True
        matched = match_keys(view, index, event, envelope)
        relies_on = reliance(view, index, event, matched.key_ids)
        return Standing(name, matched, relies_on, concerns_gate(event)), False

    def settle(self, standing: Standing, changes: Iterable[StateRecord], *, is_known: bool) -> None:
        """Keep the standing of an event that the rules took, or forget all where it changed who may sign."""
        for record in changes:
            if isinstance(record, _WHO):
                self._known.clear()
                return
        if not is_known and not standing.matched.errors:
            self._known[standing.name] = standing
