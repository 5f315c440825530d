"""An image in one line: its medium, and whether it is what the image says it is."""

from __future__ import annotations

from typing import Final

from custody.report.counts import count_bytes
from schemas.details.image import Image, Medium, StoredHash

_WHY: Final = {
    "damaged": "the image is damaged",
    "encrypted": "it is encrypted",
    "library-absent": "the library that reads it was not installed",
    "library-failed": "the library that reads it failed",
    "needs-parent": "it holds only what differs from another image",
    "not-asked": "that was not asked for",
    "too-large": "it declares more than can be",
    "unsupported": "nothing here reads its format",
}


def medium_words(image: Image) -> str:
    """Return what was found inside an image when it was registered."""
    if not isinstance(image.medium, Medium):
        return f"not read, because {_WHY[str(image.not_read)]}"
    stored = image.stored or ()
    told = [f"{count_bytes(image.medium.size)}, SHA-256 {image.medium.digests.sha256}", *map(_stored_words, stored)]
    return "; ".join(told)


def _stored_words(item: StoredHash) -> str:
    found = {True: "is that of the medium", False: "is NOT that of the medium"}.get(item.match, "was not compared")  # type: ignore[arg-type]
    return f"the {item.algorithm.upper()} stored in the image {found}"
