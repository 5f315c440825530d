"""The private values of an event: each commitment belongs to the place where it stands.

The place matters: a disclosure holds for one JSON Pointer only, so that a value can't be shown as if it stood in
another field. Within a file record pointers start at the record (formats, section on content).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from custody.verify.evidence.places import places_of
from custody.verify.fold.fold import names_again
from schemas import canonical, limits
from schemas.errors import RefusedError
from schemas.event import ParsedEvent
from schemas.private import Disclosure

Disclosures = Mapping[str, Disclosure]
"""Disclosures by commitment, 64 hex digits."""
_FILES = ("details", "content", "files")


def plain_of(event: ParsedEvent) -> dict[str, Any]:
    """Return the event as plain values, read from its bytes and nothing else."""
    value = canonical.decode_plain(event.raw, maximum=limits.EVENT_BYTES)
    assert isinstance(value, dict), "a parsed event is an object"
    return value


def commitment_of(value: object) -> str | None:
    """Return the commitment if ``value`` is one, as it stands in canonical JSON."""
    if isinstance(value, dict) and value.keys() == {"commitment"}:
        found = value["commitment"]
        return found if isinstance(found, str) else None
    return None


def pointer_of(place: tuple[str, ...]) -> str:
    """Return the JSON Pointer of a place; within a file record of an event it starts at the record."""
    inside = place[4:] if place[:3] == _FILES and len(place) > 4 else place
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in inside)


def check_signable(event: ParsedEvent, disclosures: Disclosures) -> None:
    """Raise unless every private value of the event can be shown to who is to sign it: nobody signs blind.

    Names of files that came from another ledger are that ledger's: its sender may have withheld them, and who accepts
    the files signs its commitments to them, which the bundle behind the record bears out.

    Raises:
        RefusedError: ``sign.blind`` where a disclosure is missing, ``sign.misplaced`` where it is for another field.
    """
    theirs = names_again(event.details)
    for commitment, pointer in places_of(event).items():
        disclosure = disclosures.get(commitment)
        if disclosure is None and commitment in theirs:
            continue
        if disclosure is None:
            raise RefusedError(
                "sign.blind",
                f"expected the value of {pointer} to be shown, found only its commitment",
                hint="ask for the draft with all its disclosures",
            )
        if disclosure.path != pointer:
            raise RefusedError("sign.misplaced", f"expected a value of {pointer}, found one of {disclosure.path}")
