"""The catalogue of records: what contradicts itself is no record, and what a web capture lacks is named."""

from typing import Any

import pytest

from schemas import canonical
from schemas.details.source import Capture, Source, missing_of
from schemas.errors import RecordError
from schemas.types import UNSET

HASH = "a" * 64
COUNTED = {"count": 2, "files": 1, "format": "csv"}


def _decode(value: dict[str, Any]) -> Source:
    return canonical.decode(canonical.encode(value), Source, maximum=10_000)


@pytest.mark.parametrize(
    "value",
    [
        {"type": "log"},
        {"type": "log", "time_zone": "+08:00", "period_from": "2026-01-01T00:00:00Z"},
        {"type": "log", "time_zone": "America/Argentina/Buenos_Aires", "records": [COUNTED]},
        {"type": "log", "time_zone": "Etc/GMT+8", "records": [COUNTED, {**COUNTED, "format": "eml"}]},
        {"type": "log", "period_from": "2026-01-01T00:00:00Z", "period_to": "2026-01-01T00:00:00Z"},
        {"type": "web-capture", "capture": {}},
    ],
)
def test_a_catalogue_may_say_little_or_much(value: dict[str, Any]) -> None:
    """An examiner at a scene knows less than a provider's covering letter."""
    assert canonical.encode(_decode(value)) == canonical.encode(value)


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"type": "gossip"},
        {"type": "log", "provider": "in clear"},
        {"type": "log", "time_zone": "-00:00x"},
        {"type": "log", "time_zone": "../etc/passwd"},
        {"type": "log", "time_zone": "A/" * 40},
        {"type": "log", "request": "REQ 1"},
        {"type": "log", "period_from": "2026-02-30T00:00:00Z"},
        {"type": "log", "period_from": "2026-01-02T00:00:00Z", "period_to": "2026-01-01T00:00:00Z"},
        {"type": "log", "records": []},
        {"type": "log", "records": [COUNTED, COUNTED]},
        {"type": "log", "records": [{**COUNTED, "format": "eml"}, COUNTED]},
        {"type": "log", "records": [{**COUNTED, "first_at": "2026-01-01T00:00:00Z"}]},
        {"type": "log", "records": [{**COUNTED, "count": -1}]},
        {
            "type": "log",
            "records": [{**COUNTED, "first_at": "2026-01-02T00:00:00Z", "last_at": "2026-01-01T00:00:00Z"}],
        },
        {"type": "web-capture", "capture": {"url": "https://in.clear.example"}},
        {"type": "web-capture", "capture": {"captured_at": "2026-01-01T24:00:00Z"}},
    ],
)
def test_a_catalogue_that_contradicts_itself_is_malformed(value: dict[str, Any]) -> None:
    """The record refuses it, so that no reader has to wonder what was meant."""
    with pytest.raises(RecordError):
        _decode(value)


def test_what_a_capture_lacks_is_named_in_order() -> None:
    """The same words stand in warning, report and finding."""
    assert missing_of(UNSET) == missing_of(Capture())
    assert len(missing_of(UNSET)) == 4
    assert missing_of(Capture(html=HASH, captured_at="2026-01-01T00:00:00Z")) == (
        "its URL",
        "an image of the full page",
    )
