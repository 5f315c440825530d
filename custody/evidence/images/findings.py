"""What is wrong with an image, as codes: recorded, shown, and refused unless the person accepts damaged evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from schemas.details.image import Damage
from schemas.errors import RefusedError

MEANINGS: Final[dict[Damage, str]] = {
    "container-checksum": "checksums of the container don't hold",
    "container-structure": "the container contradicts itself, or its library can't follow it",
    "medium-short": "the container holds less of the medium than it declares",
    "pointer-file": "a pointer file stands where the image was meant to be",
    "segment-missing": "segments of the image are missing",
    "segment-order": "the names of segments don't follow the numbers in them",
    "stored-hash": "the hash stored in the image is not that of its medium",
    "truncated": "the container ends too early",
    "zero-bytes": "the image is empty",
}
"""What each kind of damage means."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong: its kind, and in words what was found."""

    damage: Damage
    text: str


def check_accepted(faults: Sequence[Fault], *, accept: bool) -> None:
    """Raise for the first of ``faults`` unless the person accepts damaged evidence.

    Raises:
        RefusedError: ``image.<damage>``.
    """
    if faults and not accept:
        first, *more = faults
        also = f"; also: {'; '.join(fault.text for fault in more[:8])}" if more else ""
        raise RefusedError(
            f"image.{first.damage}",
            f"expected a whole image, but {MEANINGS[first.damage]}: {first.text}{also}",
            hint="--accept-damaged registers it as it is, and records what is wrong with it",
        )
