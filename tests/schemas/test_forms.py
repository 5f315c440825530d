"""Forms that schema and spec state, and that a record checks itself: each is asked for, whoever reads the bytes."""

from typing import Any

import msgspec
import pytest

from schemas import canonical, limits
from schemas.entry import Entry
from schemas.errors import RecordError
from schemas.event import Event, Link
from schemas.generate import KINDS
from schemas.registry import DETAILS
from schemas.types import Record
from tests.spec.story import bundled

FORMS = {
    Entry: ("ledger", "previous", "recorded_at"),
    Event: ("actor", "ledger", "nonce", "not_after", "occurred_at", "type", "utc_offset"),
    Link: ("previous",),
}
"""The fields whose pattern no decoder looks at."""
WRONG = {
    "actor": ("Examiner-1", "examiner 1", ""),
    "ledger": ("Evidence.example", "evidence.example/", ""),
    "nonce": ("AB" * 16, "ab" * 15, "ab" * 16 + "\n", "xy" * 16, "١" * 32),
    "not_after": ("2026-02-30T00:00:00Z", "2026-02-03", ""),
    "occurred_at": ("2026-02-03T00:00:00z", "2026-02-03T24:00:00Z", "2026-02-03T00:00:00Z\n"),
    "previous": ("AB" * 32, "ab" * 31, "ab" * 32 + "\n", "xy" * 32, "a b" * 21 + "a", ""),
    "recorded_at": ("1969-12-31T23:59:59Z", "2026-13-01T00:00:00Z"),
    "type": ("Custody.moved", "custody moved", ""),
    "utc_offset": ("-00:00", "+24:00", "+1:00", "Z"),
}


def _sample(kind: type) -> dict[str, Any]:
    if kind is Link:
        return {"previous": "ab" * 32, "sequence": 1}
    parsed = next(entry for entry in bundled().story.entries if isinstance(entry.event.event.link, Link))
    raw = parsed.raw if kind is Entry else parsed.event.raw
    found: dict[str, Any] = canonical.decode_plain(raw, maximum=limits.ENTRY_BYTES)
    return found


def _stated(kind: type, seen: dict[type, tuple[str, ...]]) -> None:
    """Collect the fields, of a record and of all within it, with a pattern that only the schema states."""
    info = msgspec.inspect.type_info(kind)
    assert isinstance(info, msgspec.inspect.StructType)
    if kind in seen:
        return
    seen[kind] = ()
    for field in info.fields:
        waiting: list[Any] = [field.type]
        while waiting:
            found = waiting.pop()
            if isinstance(found, msgspec.inspect.StructType):
                _stated(found.cls, seen)
            elif isinstance(found, msgspec.inspect.Metadata):
                if "pattern" in (found.extra_json_schema or {}):
                    seen[kind] += (field.encode_name,)
                waiting.append(found.type)
            else:
                waiting += [*getattr(found, "types", ()), *filter(None, [getattr(found, "item_type", None)])]


def test_every_form_that_no_decoder_checks_is_known_here() -> None:
    """A field that only states its form, and that nothing checks, would take anything."""
    seen: dict[type, tuple[str, ...]] = {}
    for kind in (*KINDS.values(), *(event_type.details for event_type in DETAILS.values())):
        _stated(kind, seen)
    assert {kind: names for kind, names in seen.items() if names} == FORMS


@pytest.mark.parametrize(
    ("kind", "name", "wrong"),
    [(kind, name, wrong) for kind, names in FORMS.items() for name in names for wrong in WRONG[name]],
)
def test_a_wrong_form_is_no_record(kind: type[Record], name: str, wrong: str) -> None:
    """What a decoder's pattern would refuse, the record refuses with the same code."""
    plain = _sample(kind)
    canonical.decode(canonical.encode(plain), kind, maximum=limits.ENTRY_BYTES)
    with pytest.raises(RecordError) as caught:
        canonical.decode(canonical.encode(plain | {name: wrong}), kind, maximum=limits.ENTRY_BYTES)
    assert caught.value.code == "record.malformed"
