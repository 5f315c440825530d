"""Records of every type with values of every kind in every field: both readers take the same ones."""

from __future__ import annotations

import copy
import inspect
import random
from typing import Any

import msgspec
import pytest

from schemas.errors import CustodyError
from schemas.event import parse_event
from schemas.registry import DETAILS
from tests.second import verify_from_spec
from tests.second.verify_from_spec import Bad

HASH, TIME = "ab" * 32, "2026-11-21T08:00:00Z"
PRIVATE = {"commitment": HASH}
SPANS = {"count": 1, "first": [{"length": 1, "start": 0}], "total": 1}
MEDIUM = {"digests": {"md5": "ab" * 16, "sha256": HASH}, "size": 3}
STORED = {"algorithm": "md5", "match": True, "value": "ab" * 16}
IMAGE = {"container": "raw", "segments": {"count": 1}}
LIST = {
    "absent": 0, "differing": 0, "document": HASH, "kind": "sums", "matching": 1, "unchecked": 0, "unknown_lines": 0,
    "unlisted": 0,
}  # fmt: skip
ROWS = {"count": 1, "files": 1, "format": "csv"}
RANGE = {"file": HASH, "offset": 0, "size": 1}
LETTER = {"event": HASH, "ledger": "a.example/main", "manifest": HASH, "request": "r", "root": HASH, "size": 3}
FOREIGN = {"case": "c", "exhibit": "e", "head": HASH, "ledger": "a.b", "manifest": HASH, "root": HASH, "size": 1}
FACTS, PURPOSE = {"name": "facts", "value": PRIVATE}, {"name": "purpose", "value": PRIVATE}
LETTERED, TRANSLATED = (
    {"document": HASH, "role": "apostille"},
    {"document": HASH, "of": "cd" * 32, "role": "translation"},
)
NAMES = [{"case": "a", "exhibit": "b"}, {"case": "b", "exhibit": "b"}]
RETURN, OTHER = {"before": True, "code": "return"}, {"before": False, "code": "other", "due": TIME}
POOL: list[Any] = [
    HASH, PRIVATE, TIME, "0f" * 16, "ministry", "XA", "EUR", "+08:00", "Europe/Paris", "a.example/main", 0, 1, 2**53,
    -1, 1.5, True, False, None, "", "yes", "age1" + "q" * 58, "x" * 65, "2026-02-30T00:00:00Z", "b.example/Main", [],
    {}, [HASH], [HASH, "cd" * 32], ["cd" * 32, HASH], {"first": TIME, "last": TIME},
    {"first": TIME, "last": "2025-01-01T00:00:00Z"}, [FACTS, PURPOSE], [PURPOSE, FACTS], {"met": "yes", "needed": "no"},
    LETTER, FOREIGN, [RETURN], [OTHER, RETURN], [RETURN, OTHER], ["return"], ["other", "return"], ["return", "other"],
    {"account": PRIVATE, "custody": "custodial"}, {"custody": "custodial"}, {**IMAGE, "not_read": "damaged"}, IMAGE,
    {**IMAGE, "medium": MEDIUM, "stored": [STORED]}, {**IMAGE, "medium": MEDIUM, "not_read": "damaged"},
    {**IMAGE, "medium": MEDIUM, "stored": [{**STORED, "match": False}]},
    {**IMAGE, "damage": ["stored-hash"], "medium": MEDIUM,
     "stored": [{**STORED, "match": False, "value": "cd" * 16}]},
    {**IMAGE, "damage": ["truncated", "medium-short"], "not_read": "damaged", "unreadable": SPANS},
    {"type": "chat", "records": [ROWS, {**ROWS, "first_at": TIME, "format": "mbox", "last_at": TIME}]},
    {"type": "chat", "records": [{**ROWS, "first_at": TIME}]}, {"type": "chat", "records": [ROWS, ROWS]},
    {"type": "log", "time_zone": "-00:00"}, {"type": "log", "time_zone": "A/B/C/D"},
    {"type": "log", "time_zone": "A/B/C/D/E"}, {"type": "log", "time_zone": "UTC\n"},
    {"type": "log", "period_from": TIME, "period_to": "2025-01-01T00:00:00Z"},
    {"type": "web-capture", "capture": {"url": PRIVATE}}, {"bytes": 3, "ranges": [RANGE]}, {"bytes": 3},
    {"bytes": 3, "document": HASH, "ranges": [RANGE]}, {"bytes": 0, "count": 0, "root": HASH},
    [{"country": "XA", "text": PRIVATE}], [{"country": "XA", "basis": "flag"}], "accepted", "refused", "granted",
    "postponed", "clarification-wanted", "political", ["facts"], "paper", "letter", "key", "proof", "data", "asset",
    "object", "foreign-assistance", "copy", "original", "allowed", "forbidden", "PASSED", ["damaged"],
    ["wrong-exhibit", "damaged"], ["csam", "malware"], ["malware", "csam"], {"match": True, "root": HASH},
    {"intact": True, "seal": PRIVATE}, [{"case": "a", "exhibit": "b", "head": HASH}],
    [{"case": "b", "exhibit": "b", "head": HASH}, {"case": "a", "exhibit": "b", "head": HASH}],
    [{"damaged": [{"offset": 0, "size": 1}], "expected": HASH}], [LIST], [{**LIST, "faults": ["map", "duplicate"]}],
    {"method": "live", "tool": PRIVATE, "version": PRIVATE}, "voluntary", "mla", "direct", "executed", "web-capture",
    [LETTERED, TRANSLATED], [TRANSLATED, LETTERED], [{**TRANSLATED, "of": HASH}], "lifted", "placed", "prolonged",
    {"power": "on"}, {"isolation": ["faraday", "radio-off"], "left": "off", "power": "on"},
    {"isolation": ["faraday", "none"], "power": "on"}, {"isolation": ["radio-off", "faraday"], "power": "on"},
    {"account": PRIVATE, "custody": "platform", "freeze": {"ends_at": TIME, "frozen_at": TIME, "provider": PRIVATE}},
    {"account": PRIVATE, "custody": "platform",
     "freeze": {"ends_at": "2025-01-01T00:00:00Z", "frozen_at": TIME, "provider": PRIVATE}},
    [{"eligible": False, "identity": {"number": PRIVATE, "type": "passport"}, "manner": "key", "person": PRIVATE,
      "role": "witness"}], {"exhibits": NAMES, "onward": "allowed", "to_country": "XA"},
    {"exhibits": NAMES[::-1], "onward": "allowed", "to_country": "XA"}, {"onward": "allowed", "to_country": "XA"},
    ["encrypted", "other"], ["other", "encrypted"], "dispatch", ["a", "b"], ["b", "a"], "twice", "agreed", "territory",
]  # fmt: skip
ANCHORS: dict[str, dict[str, Any]] = {
    "link": {"case": "c", "exhibit": "e", "link": {"sequence": 0}},
    "case": {"case": "c"},
    "about": {"about": [{"exhibit": HASH}]},
    "none": {},
}


def make(type: str, chance: random.Random) -> dict[str, Any]:
    """Return an event whose details have each field that they need and some others, each right by itself."""
    known = inspect.getclosurevars(verify_from_spec.DETAILS[type]).nonlocals
    details = {}
    for name, form in known["forms"].items():
        right = [value for value in POOL if is_taken(form, value)]
        if right and (name in known["needed"] or chance.random() < 0.35):
            details[name] = copy.deepcopy(chance.choice(right))
    return {
        "actor": "a", "details": details, "ledger": "a.b", "nonce": "0f" * 16, "occurred_at": TIME,
        "schema": "custody-event/v1", "signers": [{"agent": "a", "as": "actor"}], "type": type, "utc_offset": "+08:00",
        **ANCHORS[verify_from_spec.RULES[type].anchor],
    }  # fmt: skip


def spoil(details: Any, chance: random.Random) -> None:
    """Change one value, take a field or item away, or put a strange one in."""
    while details:
        key = chance.choice(sorted(details) if isinstance(details, dict) else range(len(details)))
        if isinstance(details[key], dict | list) and details[key] and chance.random() < 0.6:
            details = details[key]
        elif chance.random() < 0.5:
            details[key] = copy.deepcopy(chance.choice(POOL))
            return
        elif chance.random() < 0.6:
            del details[key]
            return
        elif isinstance(details, dict):
            details[chance.choice(("x", "document", "from", "to", "until"))] = copy.deepcopy(chance.choice(POOL))
            return
        else:
            details.append(details[key])
            return


def is_taken(read: Any, value: Any) -> bool:
    """Whether a reader takes a value."""
    try:
        read(value)
    except (Bad, CustodyError):
        return False
    return True


@pytest.mark.parametrize("type", sorted(verify_from_spec.DETAILS))
def test_both_readers_take_the_same_records(type: str) -> None:
    """A record that one reader takes and the other refuses is a verdict that depends on who reads."""
    chance = random.Random(type)
    for _ in range(60):
        event = make(type, chance)
        if chance.random() < 0.5:
            spoil(event["details"], chance)
        raw = verify_from_spec.encode(event)
        assert is_taken(verify_from_spec.read_event, raw) is is_taken(parse_event, raw), raw.decode()[:2000]


@pytest.mark.parametrize("type", sorted(verify_from_spec.DETAILS))
def test_both_readers_know_the_same_fields(type: str) -> None:
    """A field that one of them doesn't know is malformed there, and nowhere above is it ever tried."""
    ours = {field.encode_name: field.required for field in msgspec.structs.fields(DETAILS[type].details)}
    known = inspect.getclosurevars(verify_from_spec.DETAILS[type]).nonlocals
    assert {name: name in known["needed"] for name in known["forms"]} == ours
