"""Canonical JSON: the one spelling of every record (RFC 8785 on a subset).

The subset: objects with keys ``[A-Za-z0-9_-]+``, arrays, strings, booleans and integers up to 2^53-1; no null, no
fraction. On it, msgspec's sorted encoding equals RFC 8785, so the rule for a reader is short: check size and nesting,
decode into the typed record (an unknown field fails), encode again, compare. That ends duplicate keys, white space,
escapes and number forms in one stroke.

    b'{"bytes":5,"count":1,"root":"aa"}'     canonical
    b'{"count":1,"bytes":5,"root":"aa"}'     refused: keys not in order
    b'{"bytes":5.0,"count":1,"root":"aa"}'   refused: a fraction
"""

from __future__ import annotations

import re
from typing import Any, TypeVar

import msgspec

from schemas import limits
from schemas.errors import RecordError, UnknownVersionError
from schemas.record_words import name_record

T = TypeVar("T")

_ENCODER = msgspec.json.Encoder(order="sorted")
_DECODERS: dict[object, msgspec.json.Decoder[Any]] = {}
_KEY = re.compile(r"[A-Za-z0-9_-]+\Z", re.ASCII)


def encode(value: object) -> bytes:
    """Return the canonical bytes of a record or of a plain value of the subset."""
    return _ENCODER.encode(value)


def decode(raw: bytes, kind: type[T], *, maximum: int) -> T:
    """Return the record of type ``kind`` of which ``raw`` is the canonical spelling.

    Raises:
        RecordError: ``record.size`` above ``maximum`` bytes, ``record.nesting`` above 16 levels, ``record.malformed``
            where a field is missing, unknown or of the wrong form, ``record.not-canonical`` for another spelling.
        UnknownVersionError: ``record.version`` where only the number in ``schema`` is unknown.
    """
    if len(raw) > maximum:
        raise RecordError("record.size", f"expected at most {maximum} bytes, found {len(raw)}")
    decoder = _DECODERS.get(kind)
    if decoder is None:
        decoder = _DECODERS.setdefault(kind, msgspec.json.Decoder(kind))
    try:
        value: T = decoder.decode(raw)
        again = _ENCODER.encode(value)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        _raise_if_newer(raw, kind)
        raise RecordError("record.malformed", f"expected {_name(kind)}: {_clean(error)}") from None
    if again != raw:
        raise RecordError("record.not-canonical", f"expected the canonical spelling of {_name(kind)}")
    return value


def decode_plain(raw: bytes, *, maximum: int) -> Any:
    """Return the plain value (dict, list, str, bool, int) of which ``raw`` is the canonical spelling.

    For values whose type a schema does not fix, such as a disclosure's: the whole subset is checked by hand.

    Raises:
        RecordError: as `decode`.
    """
    value = decode(raw, object, maximum=maximum)
    check_subset(value)
    return value


def check_subset(value: object, *, depth: int = 0) -> None:
    """Raise unless ``value`` is within the subset, at most 16 levels deep.

    Raises:
        RecordError: ``record.nesting`` or ``record.subset``.
    """
    if depth >= limits.MAX_NESTING and isinstance(value, list | tuple | dict):
        raise RecordError("record.nesting", f"expected at most {limits.MAX_NESTING} levels")
    match value:
        case bool() | str():
            return
        case int():
            if abs(value) > limits.MAX_SAFE_INTEGER:
                raise RecordError("record.subset", f"expected an integer within 2^53-1, found {value}")
        case list() | tuple():
            for item in value:
                check_subset(item, depth=depth + 1)
        case dict():
            for key, item in value.items():
                if not _KEY.match(key):
                    raise RecordError("record.subset", f"expected a key of [A-Za-z0-9_-]+, found {key[:40]!r}")
                check_subset(item, depth=depth + 1)
        case _:
            raise RecordError("record.subset", f"expected no {type(value).__name__} in a record")


class _Versioned(msgspec.Struct):
    schema: str


def schema_of(raw: bytes) -> str:
    """Return the text in ``schema`` of a JSON object, or an empty one: a hint for messages, never a check."""
    try:
        return msgspec.json.decode(raw, type=_Versioned).schema
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return ""


def _raise_if_newer(raw: bytes, kind: object) -> None:
    """Tell a newer version of the wanted schema (undecided) from bytes that are wrong.

    Only canonical JSON names a version: every version keeps to the subset, and how much of other bytes a JSON library
    reads is not for a verdict to depend on.
    """
    known = getattr(kind, "SCHEMA", None)
    found = schema_of(raw) if known else ""
    if not known or found == known:
        return
    if re.fullmatch(re.escape(known.rsplit("/", 1)[0]) + r"/v[1-9][0-9]{0,5}", found) and _is_canonical(raw):
        raise UnknownVersionError(
            "record.version", f"expected {name_record(known)}, found version {found}", hint="use a newer release"
        )


def _is_canonical(raw: bytes) -> bool:
    try:
        decode_plain(raw, maximum=len(raw))
    except RecordError:
        return False
    return True


def _name(kind: object) -> str:
    return name_record(str(getattr(kind, "SCHEMA", None) or getattr(kind, "__name__", "JSON value")))


def _clean(error: Exception) -> str:
    """One line of the decoder's own words, without capital or full stop."""
    text = " ".join(str(error).split()).rstrip(".") or type(error).__name__
    # An abbreviation such as JSON stays as it is.
    return (text if text[:2].isupper() else text[0].lower() + text[1:])[:200]
