"""Forms that schema and spec state, and that a record checks itself: each is asked for, whoever reads the bytes."""

from typing import Any

import msgspec
import pytest

from schemas import canonical, limits, text
from schemas.details.request import RequestDrafted, RequestReceived
from schemas.details.transfer import ForeignName, TransferAccepted, TransferRefused
from schemas.draft import DraftEvent
from schemas.entry import Entry
from schemas.envelope import Envelope, Signature
from schemas.errors import RecordError
from schemas.event import About, Event, Link, Signer
from schemas.generate import KINDS
from schemas.registry import DETAILS
from schemas.types import UNSET, Record
from tests.spec.story import bundled

FORMS = {
    About: ("case",),
    Entry: ("ledger", "previous", "recorded_at"),
    Event: (
        "actor", "case", "exhibit", "ledger", "nonce", "not_after", "occurred_at", "type", "utc_offset"
    ),
    Link: ("previous",),
    Signature: ("keyid",),
    Signer: ("agent", "on_behalf_of"),
}  # fmt: skip
"""The fields whose pattern no decoder looks at."""
WITHIN = {Signature: (DraftEvent, Envelope), Signer: (Event,)}
"""The records that check the fields of others in them."""
_NUMBERS = ("", "EX\n1", "EX-1\x7f", "EX\x85", "EX-\x9f", "x" * 129, "ä" * 65)
_KEY_ID = "ed25519:" + "0a" * 16
_OTHER: dict[type, dict[str, Any]] = {
    Signature: {"keyid": _KEY_ID, "sig": "aaaa"},
    Signer: {"agent": "examiner-9", "as": "witness"},
}
WRONG = {
    "agent": ("Examiner-1", "examiner 1", "", "examiner-1\n"),
    "actor": ("Examiner-1", "examiner 1", ""),
    "case": _NUMBERS,
    "exhibit": _NUMBERS,
    "keyid": (_KEY_ID[:-1], _KEY_ID.upper(), f"{_KEY_ID}\n", "", _KEY_ID[7:]),
    "ledger": ("Evidence.example", "evidence.example/", ""),
    "nonce": ("AB" * 16, "ab" * 15, "ab" * 16 + "\n", "xy" * 16, "١" * 32),
    "not_after": ("2026-02-30T00:00:00Z", "2026-02-03", ""),
    "occurred_at": ("2026-02-03T00:00:00z", "2026-02-03T24:00:00Z", "2026-02-03T00:00:00Z\n"),
    "on_behalf_of": ("Unit-1", "unit 1", "", "unit-1\n"),
    "previous": ("AB" * 32, "ab" * 31, "ab" * 32 + "\n", "xy" * 32, "a b" * 21 + "a", ""),
    "recorded_at": ("1969-12-31T23:59:59Z", "2026-13-01T00:00:00Z"),
    "type": ("Custody.moved", "custody moved", ""),
    "utc_offset": ("-00:00", "+24:00", "+1:00", "Z"),
}


def _sample(kind: type) -> dict[str, Any]:
    if kind is Link:
        return {"previous": "ab" * 32, "sequence": 1}
    if kind is About:
        return {"case": "2026-1"}
    parsed = next(entry for entry in bundled().story.entries if isinstance(entry.event.event.link, Link))
    raw = parsed.raw if kind is Entry else parsed.event.raw
    found: dict[str, Any] = canonical.decode_plain(raw, maximum=limits.ENTRY_BYTES)
    if kind in (DraftEvent, Envelope):
        envelope: dict[str, Any] = canonical.decode_plain(canonical.encode(parsed.entry.envelope), maximum=1 << 16)
        found = {name: envelope[name] for name in kind.__struct_fields__}
    return found


def _stated(kind: type, seen: dict[type, tuple[str, ...]], times: dict[type, tuple[str, ...]]) -> None:
    """Collect the fields, of a record and of all within it, with a pattern that only the schema states, and times."""
    info = msgspec.inspect.type_info(kind)
    assert isinstance(info, msgspec.inspect.StructType)
    if kind in seen:
        return
    seen[kind] = times[kind] = ()
    for field in info.fields:
        waiting: list[Any] = [field.type]
        while waiting:
            found = waiting.pop()
            if isinstance(found, msgspec.inspect.StructType):
                _stated(found.cls, seen, times)
            elif isinstance(found, msgspec.inspect.Metadata):
                if "pattern" in (found.extra_json_schema or {}):
                    seen[kind] += (field.encode_name,)
                waiting.append(found.type)
            else:
                if getattr(found, "pattern", None) == text.TIME_PATTERN:
                    times[kind] += (field.name,)
                waiting += [*getattr(found, "types", ()), *filter(None, [getattr(found, "item_type", None)])]


def _all_stated() -> tuple[dict[type, tuple[str, ...]], dict[type, tuple[str, ...]]]:
    seen: dict[type, tuple[str, ...]] = {}
    times: dict[type, tuple[str, ...]] = {}
    for kind in (*KINDS.values(), *(event_type.details for event_type in DETAILS.values())):
        _stated(kind, seen, times)
    return seen, times


_NEEDS: dict[type, dict[str, Any]] = {
    RequestDrafted: {"fields": ()},
    RequestReceived: {"fields": ()},
    TransferAccepted: {"nature": "object"},
    TransferRefused: {"exhibits": (ForeignName(case="2026-1", exhibit="EX-1", head="ab" * 32),), "reasons": ()},
}
"""What a record looks at before it looks at its times."""


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in _all_stated()[1].items() for name in names])
def test_every_time_in_a_record_is_one_that_exists(kind: type[Record], name: str) -> None:
    """A pattern takes 30 February; whoever adds a field of that type has to have the record ask the calendar too."""
    wanted = {item.name: UNSET for item in msgspec.structs.fields(kind) if item.required}
    with pytest.raises(ValueError, match="expected a time that exists"):
        kind(**wanted | _NEEDS.get(kind, {}) | {name: "2026-02-30T00:00:00Z"})


def test_every_form_that_no_decoder_checks_is_known_here() -> None:
    """A field that only states its form, and that nothing checks, would take anything."""
    seen, _ = _all_stated()
    assert {kind: names for kind, names in seen.items() if names} == FORMS


@pytest.mark.parametrize(
    ("kind", "name", "wrong"),
    [
        (kind, name, wrong)
        for kind, names in FORMS.items()
        for name in names
        for wrong in WRONG[name]
        if kind not in WITHIN
    ],
)
def test_a_wrong_form_is_no_record(kind: type[Record], name: str, wrong: str) -> None:
    """What a decoder's pattern would refuse, the record refuses with the same code."""
    plain = _sample(kind)
    canonical.decode(canonical.encode(plain), kind, maximum=limits.ENTRY_BYTES)
    with pytest.raises(RecordError) as caught:
        canonical.decode(canonical.encode(plain | {name: wrong}), kind, maximum=limits.ENTRY_BYTES)
    assert caught.value.code == "record.malformed"


@pytest.mark.parametrize(
    ("outer", "kind", "name", "wrong"),
    [
        (outer, kind, name, wrong)
        for kind, outers in WITHIN.items()
        for outer in outers
        for name in FORMS[kind]
        for wrong in WRONG[name]
    ],
)
def test_a_wrong_form_within_is_no_record(outer: type[Record], kind: type[Record], name: str, wrong: str) -> None:
    """A signer or a signature stands in no record that doesn't look at its form."""
    plain, field = _sample(outer), "signers" if kind is Signer else "signatures"
    # The actor stays: nothing but the form is to be wrong.
    kept = plain[field][:1] if kind is Signer else []
    good, bad = (plain | {field: [*kept, _OTHER[kind] | changed]} for changed in ({}, {name: wrong}))
    canonical.decode(canonical.encode(good), outer, maximum=limits.ENTRY_BYTES)
    with pytest.raises(RecordError) as caught:
        canonical.decode(canonical.encode(bad), outer, maximum=limits.ENTRY_BYTES)
    assert caught.value.code == "record.malformed"


@pytest.mark.parametrize("number", ["x" * 128, "ä" * 64, "🔒" * 32])
def test_a_number_may_be_as_long_as_the_limit(number: str) -> None:
    """A limit that one verifier reads as 'at most' and another as 'less than' splits them over one sound record."""
    plain = _sample(Event) | {"exhibit": number}
    assert canonical.decode(canonical.encode(plain), Event, maximum=limits.ENTRY_BYTES).exhibit == number
