"""Secrets kept out: what is typed, listed or attached is looked at before anything else reads, quotes or keeps it.

The command line is looked at as a whole before it is taken apart, so that no message of the parser can quote a seed
phrase; lists before their rows are read; documents that are texts before they are kept; and every private value once
more before it goes into an event.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from custody.evidence.assets.secrets import looks_like_key, refuse_secrets, texts_of

if TYPE_CHECKING:
    from schemas.private import Disclosure

DOCUMENT_BYTES: Final = 1 << 20
"""Documents up to this size are looked at; a longer one is no note that somebody typed."""
_PUBLIC: Final = ("/details/asset/", "/details/state/", "/details/transfer/")
"""Places where 64 hex digits are what is wanted: ids of transactions, hashes of blocks."""


def refuse_typed(arguments: Sequence[str]) -> None:
    """Raise if a command line holds a secret, in one argument or spread over several.

    Raises:
        UsageError: ``secret.refused``.
    """
    refuse_secrets(" ".join(arguments))


def refuse_in_bytes(raw: bytes) -> None:
    """Raise if a list or note, as UTF-8 or UTF-16, holds a secret; bytes that are no text hold none.

    Raises:
        UsageError: ``secret.refused``.
    """
    is_wide = raw[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        text = raw.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeError:
        text = raw.decode("latin-1") if b"\0" not in raw else ""
    refuse_secrets(text)


def refuse_in_documents(paths: Iterable[Path]) -> None:
    """Raise if one of these files is a text that holds a secret.

    Raises:
        UsageError: ``secret.refused``.
        OSError: a file can't be read.
    """
    for path in paths:
        if path.is_file() and path.stat().st_size <= DOCUMENT_BYTES:
            refuse_in_bytes(path.read_bytes())


def refuse_in_details(details: Any) -> None:
    """Raise if a text among details, about to be composed, holds a secret.

    Raises:
        UsageError: ``secret.refused``.
    """
    for text in texts_of(details):
        refuse_secrets(text)


def places_like_keys(disclosures: Iterable[Disclosure]) -> list[str]:
    """Return where private values hold 64 hex digits by themselves, and none is wanted."""
    return [
        found.path
        for found in disclosures
        if not found.path.startswith(_PUBLIC) and any(looks_like_key(text) for text in texts_of(found.value))
    ]
