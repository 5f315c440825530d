"""What the published vectors say anywhere, and how a record is changed into something that might be said."""

from __future__ import annotations

import base64
import json
from collections import defaultdict
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import Any
from zipfile import BadZipFile, ZipFile

from schemas import layout
from schemas.registry import DETAILS
from tests.vectors import generate

KEPT = 24
"""How many values of one field, and details of one type, are remembered."""
ODD: tuple[Any, ...] = ("", "x", 0, 1, -1, 2**53 - 1, True, False, [], {}, "ab" * 32, "9999-12-31T23:59:59Z")


@dataclass
class Words:
    """Values by field, an item of an array by the field's name with brackets; and details by type of event."""

    values: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    details: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))

    def hear(self, value: Any, name: str = "") -> None:
        """Remember a value and all within it."""
        known = self.values[name]
        if name and len(known) < KEPT and value not in known:
            known.append(value)
        for key, item in value.items() if isinstance(value, dict) else ():
            self.hear(item, key)
        for item in value if isinstance(value, list) else ():
            self.hear(item, f"{name}[]")

    def hear_event(self, event: dict[str, Any]) -> None:
        """Remember an event of a type that there is, unless enough of its like are known."""
        known = self.details[event["type"]]
        if len(known) < KEPT and event["details"] not in known:
            known.append(event["details"])
            self.hear(event)


@cache
def vocabulary() -> Words:
    """Return what the published vectors say, as far as their records can be read."""
    words = Words()
    for path in sorted(generate.FOLDER.glob("*.zip")):
        try:
            with ZipFile(path) as archive:
                entries = [archive.read(name) for name in archive.namelist() if name.startswith(layout.ENTRIES)]
            events = [json.loads(base64.b64decode(json.loads(raw)["envelope"]["payload"])) for raw in entries]
        except (BadZipFile, KeyError, OSError, ValueError):
            continue  # many vectors are damaged
        for event in events:
            if event.get("type") in DETAILS and "details" in event:
                words.hear_event(event)
    return words


def change(value: Any, chance: Random) -> str:
    """Change one place somewhere below an object or array that isn't empty, and return which."""
    place, name = list[str](), ""
    while True:
        keys = sorted(value) if isinstance(value, dict) else list(range(len(value)))
        if not keys or (isinstance(value, dict) and chance.random() < 0.1):
            return "/".join([*place, _add(value, name, chance)])
        key = chance.choice(keys)
        place, name = [*place, str(key)], key if isinstance(key, str) else f"{name}[]"
        if isinstance(value[key], dict | list) and value[key] and chance.random() < 0.75:
            value = value[key]
            continue
        _change_at(value, key, name, chance)
        return "/".join(place)


def _change_at(value: Any, key: Any, name: str, chance: Random) -> None:
    """Take an item away, put it there twice or behind the others, or put another value in its place."""
    match chance.randrange(6):
        case 0:
            del value[key]
        case 1 if isinstance(value, list):
            value.insert(chance.randrange(len(value) + 1), deepcopy(value[key]))
        case 2 if isinstance(value, list) and len(value) > 1:
            value.append(value.pop(key))
        case 3 if type(value[key]) is int:
            value[key] += chance.choice((-1, 1))
        case 4:
            value[key] = deepcopy(chance.choice(ODD))
        case _:
            value[key] = deepcopy(chance.choice(vocabulary().values[name] or ODD))


def _add(value: Any, name: str, chance: Random) -> str:
    """Add a field, or an item, that stands in such a place elsewhere."""
    alike = [item for item in vocabulary().values[name] if type(item) is type(value) and item]
    other = chance.choice(alike) if alike else {"x": 1} if isinstance(value, dict) else ["x"]
    if isinstance(value, list):
        value.append(deepcopy(chance.choice(other)))
        return "+"
    key = chance.choice(sorted(other))
    value[key] = deepcopy(other[key])
    return f"+{key}"
