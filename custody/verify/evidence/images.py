"""What a registration itself says of a damaged image, or of a list that differs: beside the verdict (step 9).

A court may cure a damaged container, or throw it out; that it came damaged is no forgery. So nothing here is
*failed*: the bytes are judged by their digests alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from custody.verify.gate.contents import images_of
from schemas.details.exhibit import ExhibitRegistered
from schemas.details.image import Damage, HashList, Image, Spans
from schemas.entry import ParsedEntry
from schemas.report import Findings, Severity

_DAMAGE: Final[dict[Damage, tuple[str, str]]] = {
    "container-checksum": ("image.container-checksum", "checksums of its container don't hold"),
    "container-structure": ("image.container-structure", "its container contradicts itself or can't be followed"),
    "medium-short": ("image.medium-short", "it holds less of its medium than it declares"),
    "pointer-file": ("image.pointer-file", "a pointer file stands in place of it"),
    "segment-missing": ("image.segment-missing", "segments of it are missing"),
    "segment-order": ("image.segment-order", "the names of its segments don't follow the numbers in them"),
    "stored-hash": ("image.stored-hash", "the hash stored in it is not that of its medium"),
    "truncated": ("image.truncated", "it ends too early"),
    "zero-bytes": ("image.zero-bytes", "it is empty"),
}
_Told = Iterator[tuple[Severity, str, str]]


def check_image(entry: ParsedEntry, findings: Findings) -> None:
    """Report what a registration says of an image and of lists; other entries say nothing of them.

    Findings: ``image.<damage>`` for each damage, ``hash-list.mismatch`` and ``hash-list.fault`` (defect);
    ``image.unreadable``, ``image.not-read``, ``hash-list.absent``, ``hash-list.unknown-lines`` (note).
    """
    details = entry.event.details
    if not isinstance(details, ExhibitRegistered):
        return
    where = f"entry {entry.entry.index}"
    for number, image in enumerate(images_of(details), start=1):
        for severity, code, text in _image(image):
            findings.add(9, severity, code, where, f"{'the image' if number == 1 else f'image {number}'}: {text}")
    for item in details.hash_lists or ():
        for severity, code, text in _list(item):
            findings.add(9, severity, code, where, f"the list {item.document}: {text}")


def _image(image: Image) -> _Told:
    for damage in image.damage or ():
        code, text = _DAMAGE[damage]
        if damage == "container-checksum" and isinstance(image.damaged, Spans):
            text = f"{text}, for {image.damaged.total} bytes of its medium in {image.damaged.count} places"
        yield Severity.DEFECT, code, text
    if isinstance(image.unreadable, Spans):
        text = f"{image.unreadable.total} sectors in {image.unreadable.count} places could not be read at acquisition"
        yield Severity.NOTE, "image.unreadable", text
    if isinstance(image.not_read, str):
        yield Severity.NOTE, "image.not-read", f"its medium was not read: {image.not_read}"


def _list(item: HashList) -> _Told:
    if item.differing:
        yield Severity.DEFECT, "hash-list.mismatch", f"{item.differing} of its values are not those of the files"
    for fault in item.faults or ():
        yield Severity.DEFECT, "hash-list.fault", f"{fault}"
    if item.absent:
        yield Severity.NOTE, "hash-list.absent", f"{item.absent} of its names are not in the exhibit"
    if item.unknown_lines:
        yield Severity.NOTE, "hash-list.unknown-lines", f"{item.unknown_lines} of its lines were not understood"
