"""Events of a request as they would stand in a ledger, for tests of clocks: each at a time that is named."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from custody.transfer.requests import RequestStory
from custody.verify.rules.view import Request
from schemas.event import ParsedEvent
from schemas.text import parse_time
from tests.world import World

NOBODY = "registrar-1"


class Asking:
    """One request; times are texts such as ``2026-03-02T10:00:00Z``."""

    def __init__(self, kind: str = "production", request: str = "r-1", **body: Any) -> None:
        self.world = World()
        self.kind, self.request, self.body = kind, request, body
        self.events: list[ParsedEvent] = []

    def received(self, at: str) -> Asking:
        """It came in."""
        details = {"fields": (), "from": "office-xb", "kind": self.kind, "received_at": at, "paper": "ab" * 32}
        return self._add("request.received", at, {**details, **self.body})

    def drafted(self, at: str) -> Asking:
        """It was drafted here."""
        return self._add("request.drafted", at, {"fields": (), "kind": self.kind, "to": "office-xb", **self.body})

    def sent(self, at: str) -> Asking:
        """It left."""
        return self._add("request.sent", at, {"channel": "24-7", "sent_at": at})

    def answered(self, at: str, outcome: str, **more: Any) -> Asking:
        """It was answered here."""
        return self._add("request.answered", at, {"answered_at": at, "outcome": outcome, **more})

    def answer_received(self, at: str, outcome: str, **more: Any) -> Asking:
        """The other side's answer came here on paper."""
        told = {"answered_at": at, "from": "office-xb", "outcome": outcome, "paper": "ab" * 32, "received_at": at}
        return self._add("request.answer-received", at, {**told, **more})

    def completed(self, at: str) -> Asking:
        """What was missing came."""
        return self._add("request.completed", at, {"fields": ()})

    def extended(self, at: str, until: str) -> Asking:
        """It was prolonged."""
        return self._add("request.extended", at, {"until": until})

    def withdrawn(self, at: str) -> Asking:
        """It is asked no longer."""
        return self._add("request.withdrawn", at, {"reason": "not needed"})

    def closed(self, at: str) -> Asking:
        """It is over."""
        return self._add("request.closed", at, {"outcome": "executed"})

    def story(self, direction: Any = "outgoing", status: Any = "sent") -> RequestStory:
        """Return it as a story; entries are stood in for by their events, which is all that clocks read."""
        state = Request(self.request, self.kind, direction, "office-xb", status)

        class _Told(RequestStory):
            events = tuple(self.events)
            body = self.events[0].details  # type: ignore[assignment]

        return _Told(state, ())

    def _add(self, type: str, at: str, details: dict[str, Any]) -> Asking:
        moment: datetime = parse_time(at)
        self.world.at = moment
        composed = self.world.event(type, {"request": self.request, **details}, actor=NOBODY)
        self.events.append(composed.event)
        return self
