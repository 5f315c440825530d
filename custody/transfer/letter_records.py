"""What is recorded here of a letter: plain details of the records that repeat what another ledger wrote."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from custody.transfer.letters import Letter, LetterRequest
from schemas.details.request import (
    RequestAnswered,
    RequestClosed,
    RequestCompleted,
    RequestExtended,
    RequestWithdrawn,
)  # fmt: skip
from schemas.event import ParsedEvent
from schemas.private import Disclosure

Details = dict[str, Any]
_HIDDEN: Final = object()
_ASKED: Final = (
    "deadlines", "documents", "dual_criminality", "fields", "kind", "offences", "period", "respond_by", "until",
)  # fmt: skip
"""What of a request is copied as it was asked; the sender's case number and ids of agents mean nothing here."""
_ANSWERED: Final = ("answered_at", "documents", "ground", "leads_to", "outcome", "reasons", "until", "wanted")


def plain_details(event: ParsedEvent, disclosed: Mapping[str, Disclosure]) -> Details:
    """Return the details of an event with the disclosed values in plain; what is withheld is left out.

    An item of a list that lacks a value is left out whole: half a statement would be another one.
    """
    plain = _shown(json.loads(event.raw)["details"], disclosed)
    assert isinstance(plain, dict), "details are an object"
    return plain


def _shown(value: Any, disclosed: Mapping[str, Disclosure]) -> Any:
    if isinstance(value, dict):
        if value.keys() == {"commitment"}:
            found = disclosed.get(value["commitment"])
            return _HIDDEN if found is None else found.value
        shown = {name: _shown(item, disclosed) for name, item in value.items()}
        return {name: item for name, item in shown.items() if item is not _HIDDEN}
    if isinstance(value, list):
        shown_items = [(item, _shown(item, disclosed)) for item in value]
        return [new for old, new in shown_items if new is not _HIDDEN and _is_whole(old, new)]
    return value


def _is_whole(old: Any, new: Any) -> bool:
    return not isinstance(old, dict) or old.keys() == {"commitment"} or old.keys() == new.keys()


def received_details(
    letter: Letter, of: LetterRequest, *, local: str, sender: str, received_at: str, ours: Mapping[str, Any]
) -> Details:
    """Return the plain details of ``request.received`` for a request in a letter, what completed it included. ``ours``
    is what the receiver says of it: the ``case`` here, and ``deadlines`` of his own law beside those of the sender.
    """
    asked = plain_details(of.begun, letter.disclosed)
    fields = {item["name"]: item["value"] for item in asked.get("fields", [])}
    documents = list(asked.get("documents", []))
    for entry in of.entries:
        if isinstance(entry.event.details, RequestCompleted):
            more = plain_details(entry.event, letter.disclosed)
            fields.update((item["name"], item["value"]) for item in more.get("fields", []))
            documents += [item for item in more.get("documents", []) if item not in documents]
    copied: Details = {name: asked[name] for name in _ASKED if name in asked}
    if "dual_criminality" in copied:
        # Who stated it is an agent of the sender's ledger; here his id names nobody, or somebody else.
        copied["dual_criminality"].pop("stated_by", None)
    theirs = asked.get("case")
    return {
        **copied,
        "case": ours.get("case"),
        "deadlines": sorted({*copied.get("deadlines", ()), *(ours.get("deadlines") or ())}) or None,
        "documents": documents or None,
        "fields": [{"name": name, "value": fields[name]} for name in sorted(fields)],
        "from": sender,
        "origin": letter.origin(of, of.begun),
        "received_at": received_at,
        "reference": of.state.id if theirs is None else f"{of.state.id}, case {theirs}",
        "request": local,
    }


def news_details(
    letter: Letter, of: LetterRequest, event: ParsedEvent, *, local: str, peer: str, received_at: str
) -> tuple[str, Details]:
    """Return type and plain details of the record here of an event that is `news`."""
    shown, origin = plain_details(event, letter.disclosed), letter.origin(of, event)
    match event.details:
        case RequestAnswered():
            # A list of which every item was withheld is no list.
            kept: Details = {name: shown[name] for name in _ANSWERED if shown.get(name)}
            if "reasons" not in kept and kept["outcome"] in {"conflict-of-law", "postponed", "refused"}:
                kept["reasons"] = "withheld by the sender of the letter"
            who = [f"{label} {shown[name]}" for name, label in _DECIDERS.items() if name in shown]
            reference = ", ".join([of.state.id, *who])
            kept |= {"from": peer, "origin": origin, "received_at": received_at, "reference": reference}
            return "request.answer-received", {**kept, "request": local}
        case RequestCompleted():
            told = {"accepts": shown.get("accepts"), "documents": shown.get("documents"), "origin": origin}
            return "request.completed", {**told, "fields": shown.get("fields", []), "request": local}
        case RequestExtended():
            reason = shown.get("reason")
            details = {"origin": origin, "reason": reason, "request": local, "until": shown["until"]}
            return "request.extended", details
        case RequestWithdrawn():
            reason = shown.get("reason", "withheld by the sender of the letter")
            return "request.withdrawn", {"origin": origin, "reason": reason, "request": local}
        case RequestClosed(outcome=outcome):
            return "request.closed", {"note": shown.get("note"), "origin": origin, "outcome": outcome, "request": local}
        case _:
            raise AssertionError(f"{event.type} is no news")


_DECIDERS: Final = {"decided_by": "decided by", "forwarded_by": "forwarded by"}
