"""An image's record can't contradict itself."""

from typing import Any

import pytest

from schemas import canonical
from schemas.details.image import HashList, Image
from schemas.errors import RecordError

HASH = "ab" * 32
MD5 = "cd" * 16
MEDIUM: dict[str, Any] = {"digests": {"md5": MD5, "sha256": HASH}, "size": 512}
WHOLE: dict[str, Any] = {
    "container": "ewf-e01",
    "medium": MEDIUM,
    "segments": {"count": 1, "order": [HASH]},
    "stored": [{"algorithm": "md5", "match": True, "value": MD5}],
}
LIST: dict[str, Any] = {
    **dict.fromkeys(("absent", "differing", "matching", "unchecked", "unknown_lines", "unlisted"), 0),
    "document": HASH,
    "kind": "sums",
}


def _decode(value: dict[str, Any]) -> Image:
    return canonical.decode(canonical.encode(value), Image, maximum=36_000)


def test_a_whole_image_is_taken() -> None:
    """What the others are variations of."""
    assert _decode(WHOLE).container == "ewf-e01"


BROKEN: dict[str, dict[str, Any]] = {
    "neither medium nor a reason": {"medium": None, "stored": None},
    "medium and a reason": {"not_read": "encrypted"},
    "a match that isn't one": {"stored": [{"algorithm": "md5", "match": True, "value": "ef" * 16}]},
    "a difference that isn't one": {"stored": [{"algorithm": "md5", "match": False, "value": MD5}]},
    "a match with nothing": {"stored": [{"algorithm": "sha1", "match": True, "value": "ef" * 20}]},
    "a match that isn't said": {"stored": [{"algorithm": "md5", "value": MD5}]},
    "damage without a difference": {"damage": ["stored-hash"]},
    "a difference without damage": {"stored": [{"algorithm": "md5", "match": False, "value": "ef" * 16}]},
    "damage out of order": {"damage": ["truncated", "segment-order"]},
    "damage twice": {"damage": ["truncated", "truncated"]},
    "an unknown container": {"container": "floppy"},
    "a match although not read": {"medium": None, "not_read": "damaged"},
    "no files": {"segments": {"count": 0}},
    "free text for a version": {"readers": [{"name": "libewf", "version": "by examiner one"}]},
    "an empty run": {"unreadable": {"count": 1, "first": [{"length": 0, "start": 5}], "total": 0}},
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_contradiction_is_no_record(name: str) -> None:
    """Summaries that contradict what they sum up have been believed elsewhere."""
    changed = {field: value for field, value in {**WHOLE, **BROKEN[name]}.items() if value is not None}
    with pytest.raises(RecordError):
        _decode(changed)


def test_a_list_has_one_spelling_of_its_faults() -> None:
    """A set that can be written in two ways has two hashes."""
    good = canonical.encode({**LIST, "faults": ["duplicate", "length"]})
    assert canonical.decode(good, HashList, maximum=36_000).kind == "sums"
    with pytest.raises(RecordError):
        canonical.decode(canonical.encode({**LIST, "faults": ["length", "duplicate"]}), HashList, maximum=36_000)
