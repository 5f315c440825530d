"""Step 4: further details whose fields contradict each other, each of which a reader has to refuse."""

from __future__ import annotations

from tests.vectors.detail_cases import (
    ACCEPTED,
    APOSTILLE,
    DATA,
    EARLY,
    HASH,
    IMAGE,
    LETTER,
    OBJECT,
    OTHER,
    PRIVATE,
    REFUSED,
    ROWS,
    STORED,
    TIME,
    Details,
    Table,
    enter,
)

FILE: Details = {"digests": {"sha256": HASH}, "path": PRIVATE, "size": 3, "type": "file"}
LIST: Details = {
    "absent": 0, "differing": 0, "document": HASH, "kind": "sums", "matching": 1, "unchecked": 0, "unknown_lines": 0,
    "unlisted": 0,
}  # fmt: skip
CONTENT = {"bytes": 3, "count": 1, "root": HASH}
enter("conditions-met-out-of-order", "Conditions that were met, out of order.", "consent.conditions-met",
               {"conditions": ["return"], "document": HASH}, {"conditions": ["return", "other"]})  # fmt: skip
enter("conditions-met-twice", "A condition that was met twice.", "consent.conditions-met",
               {"conditions": ["return"], "document": HASH}, {"conditions": ["return", "return"]})  # fmt: skip
enter("erased-out-of-order", "Files that are erased, out of order.", "disclosure.erased",
               {"authority": "x", "commitments": [], "files": [HASH], "order": "x"},
               {"files": [OTHER, HASH]})  # fmt: skip
enter("request-completed-in-two-places", "What completes a request came on paper and in a letter.",
               "request.completed", {"fields": [], "request": "req-1"}, {"origin": LETTER, "paper": HASH},
               anchor="none")  # fmt: skip
enter("transfer-refused-for-reasons-out-of-order", "Reasons of a refusal out of order.", "transfer.refused",
               REFUSED, {"reasons": ["other", "damaged"]}, anchor="none")  # fmt: skip
enter("transfer-refused-twice-for-a-reason", "A reason of a refusal that stands twice.", "transfer.refused",
               REFUSED, {"reasons": ["other", "other"]}, anchor="none")  # fmt: skip
enter("transfer-accepted-with-reservations-out-of-order", "Reservations out of order.", "transfer.accepted",
               ACCEPTED, {"reservations": ["other", "content-incomplete"]}, anchor="link")  # fmt: skip
REGISTRATIONS: Table = (
    ("device-isolated-out-of-order", "Ways in which a device was isolated, out of order.", OBJECT,
     {"device_state": {"isolation": ["radio-off", "airplane-mode"], "power": "on"}}),
    ("image-damaged-out-of-order", "Damage of an image out of order.", DATA,
     {"image": {**IMAGE, "damage": ["truncated", "segment-missing"]}}),
    ("image-match-false", "A stored digest is said to be the medium's, and isn't.", DATA,
     {"image": {**IMAGE, "stored": [{**STORED, "value": "cd" * 16}]}}),
    ("image-match-of-what-was-not-computed", "A stored digest is said to be the medium's, which has none such.", DATA,
     {"image": {**IMAGE, "stored": [{"algorithm": "sha1", "match": True, "value": "ab" * 20}]}}),
    ("rows-backward", "Records whose first one is later than their last one.", DATA,
     {"source": {"records": [{**ROWS, "first_at": TIME, "last_at": EARLY}], "type": "log"}}),
    ("source-backward", "What was asked of a source ends before it begins.", DATA,
     {"source": {"period_from": TIME, "period_to": EARLY, "type": "log"}}),
    ("file-without-digests", "A file of a size, and without digests.", DATA,
     {"content": {**CONTENT, "files": [{"path": PRIVATE, "size": 3, "type": "file"}]}}),
    ("file-with-a-target", "A plain file that points to another one.", DATA,
     {"content": {**CONTENT, "files": [{**FILE, "target": PRIVATE}]}}),
    ("list-with-faults-out-of-order", "Faults of a list of digests, out of order.", DATA,
     {"hash_lists": [{**LIST, "faults": ["map", "length"]}]}),
    ("papers-twice", "A legal paper that stands twice.", OBJECT, {"legal_papers": [APOSTILLE, APOSTILLE]}),
)  # fmt: skip
for _name, _comment, _right, _wrong in REGISTRATIONS:
    enter(f"registered-{_name}", _comment, "exhibit.registered", _right, _wrong, anchor="link")
