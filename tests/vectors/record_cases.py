"""Small texts and records, right and wrong, for the parsers of any implementation."""

from __future__ import annotations

import base64
import json
from typing import Any

Text = tuple[str, bytes, bool, str]
"""Kind, bytes, whether they must be accepted, and what is special about them."""

TIMES: list[Text] = [
    ("time", b"2026-11-21T20:23:00Z", True, "a time"),
    ("time", b"2024-02-29T00:00:00Z", True, "leap day"),
    ("time", b"2026-02-29T00:00:00Z", False, "no leap year"),
    ("time", b"2026-11-21T20:23:60Z", False, "leap second"),
    ("time", b"2026-11-21T24:00:00Z", False, "hour 24"),
    ("time", b"1969-12-31T23:59:59Z", False, "before 1970"),
    ("time", b"2026-11-21T20:23:00+00:00", False, "an offset instead of Z"),
    ("time", b"2026-11-21t20:23:00z", False, "small letters"),
    ("time", b"2026-11-21T20:23:00.0Z", False, "a fraction"),
    ("time", b"2026-11-21T20:23:00Z\n", False, "a line end"),
    ("time", "٢٠٢٦-11-21T20:23:00Z".encode(), False, "Arabic digits"),
]
OFFSETS: list[Text] = [
    ("offset", b"+08:00", True, "an offset"),
    ("offset", b"+00:00", True, "UTC"),
    ("offset", b"-00:00", False, "minus nothing"),
    ("offset", b"+8:00", False, "one digit"),
    ("offset", b"+24:00", False, "a whole day"),
    ("offset", b"Z", False, "a letter"),
]
BASE64: list[Text] = [
    ("base64", b"AQID", True, "three bytes"),
    ("base64", b"AQI=", True, "two bytes"),
    ("base64", b"AQJ=", False, "tail bits that are not zero"),
    ("base64", b"AQI", False, "no padding"),
    ("base64", b"AQ I=", False, "a space"),
    ("base64", b"-_8=", False, "the URL alphabet"),
    ("base64", b"AQI=\n", False, "a line end"),
]
DECIMALS: list[Text] = [
    ("decimal", b"0", True, "nothing"),
    ("decimal", b"812", True, "a number"),
    ("decimal", b"0812", False, "a leading zero"),
    ("decimal", b"+812", False, "a sign"),
    ("decimal", b" 812", False, "a space"),
    ("decimal", b"8_12", False, "an underscore"),
    ("decimal", "٨".encode(), False, "an Arabic digit"),
    ("decimal", b"9007199254740992", False, "2^53"),
]
PLAIN: list[Text] = [
    ("canonical", b'{"a":1,"b":[true,"x"]}', True, "an object"),
    ("canonical", b'{"b":1,"a":2}', False, "keys out of order"),
    ("canonical", b'{"a":1,"a":1}', False, "a key twice"),
    ("canonical", b'{"a": 1}', False, "a space"),
    ("canonical", b'{"a":1}\n', False, "a final line end"),
    ("canonical", b'{"a":1.0}', False, "a fraction"),
    ("canonical", b'{"a":1e2}', False, "an exponent"),
    ("canonical", b'{"a":-0}', False, "minus zero"),
    ("canonical", b'{"a":null}', False, "null"),
    ("canonical", b'{"a":9007199254740992}', False, "2^53"),
    ("canonical", b'{"a":"\\u0041"}', False, "an escape that isn't needed"),
    ("canonical", b'{"a":"\\/"}', False, "an escaped slash"),
    ("canonical", b'{"a":"\\u001F"}', False, "an escape in capitals"),
    ("canonical", b'{"a":"\\u001f"}', True, "a control character"),
    ("canonical", b'{"a":"\\n"}', True, "a line end inside"),
    ("canonical", b'{"a":"\\ud800"}', False, "half a surrogate pair"),
    ("canonical", b'{"a":"\xff"}', False, "not UTF-8"),
    ("canonical", '{"a":"é €"}'.encode(), True, "UTF-8 as it stands"),
    ("canonical", b'{"a b":1}', False, "a key outside of the alphabet"),
    ("canonical", b"\xef\xbb\xbf{}", False, "a byte order mark"),
    ("canonical", b"[" * 16 + b"]" * 16, True, "sixteen levels"),
    ("canonical", b"[" * 18 + b"]" * 18, False, "eighteen levels"),
    ("canonical", b"", False, "nothing"),
]
NUMBERS: list[Text] = [
    ("number", b"2026-0417", True, "a case number"),
    ("number", "案件 2026-417".encode(), True, "Chinese"),
    ("number", b"", False, "nothing"),
    ("number", b"A\x07", False, "a bell"),
    ("number", b"A\xc2\x85", False, "U+0085"),
    ("number", b"A" * 129, False, "129 bytes"),
    ("number", "é".encode() * 64, True, "128 bytes, 64 characters"),
    ("number", "é".encode() * 65, False, "130 bytes, 65 characters"),
]
PATHS: list[Text] = [
    ("path", b"chat/messages.json", True, "a path"),
    ("path", b"a//b", False, "an empty part"),
    ("path", b"/a", False, "absolute"),
    ("path", b"a/", False, "an empty last part"),
    ("path", b"a/../b", False, "a step up"),
    ("path", b".", False, "a dot"),
    ("path", b"a\x00b", False, "a zero byte"),
    ("path", b"..a/b..", True, "dots in names"),
    ("path", b"\xff\xfe", True, "not UTF-8"),
]
ALL = [*TIMES, *OFFSETS, *BASE64, *DECIMALS, *PLAIN, *NUMBERS, *PATHS]


def make_texts() -> bytes:
    """Return ``texts.json``: every case with its bytes in base64."""
    items: list[dict[str, Any]] = [
        {"comment": comment, "input": base64.b64encode(raw).decode(), "kind": kind, "valid": valid}
        for kind, raw, valid, comment in ALL
    ]
    return json.dumps({"schema": "custody-texts/v1", "texts": items}, indent=1, sort_keys=True).encode() + b"\n"
