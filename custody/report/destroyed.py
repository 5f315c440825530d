"""What of the evidence is gone by order, in words for the first page: a PASSED without it would say too much."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from custody.report.counts import counted
from custody.report.safe_text import show
from custody.verify.evidence.erasures import Erasures, erasures_of
from custody.verify.verify import Verified
from schemas.content import Content
from schemas.details.exhibit import ExhibitRegistered
from schemas.details.record import DisclosureErased
from schemas.report import Finding
from schemas.types import is_set

ERASED = "content.erased"
_SHOWN = 5


def files_destroyed(subject: str, findings: Sequence[Finding]) -> str:
    """Return ``2 files`` of exhibit ``subject`` that were destroyed by order, as its findings tell; of a list that
    another exhibit names too just ``files``, and nothing where there are none.
    """
    found = [item for item in findings if item.code == ERASED]
    if any(item.subject == subject for item in found):
        return "files"
    return counted(len(found), "file", "files") if found else ""


def paragraphs_of(verified: Verified, found: dict[str, list[Finding]]) -> tuple[str, ...]:
    """Return what was destroyed by which order of each exhibit that the bundle lists; ``found`` are the findings about
    each, by ``case/exhibit``.
    """
    told = [
        (subject, files)
        for case, number in sorted(verified.listed)
        if (files := files_destroyed(subject := f"{case}/{number}", found.get(subject, ())))
    ]
    if not told:
        return ()
    erasures, entries = erasures_of(verified.entries), set[int]()
    for case, number in verified.listed:
        entries |= set(_orders(verified, case, number, erasures))
    names = "; ".join(f"{show(subject)}: {files}" for subject, files in told[:_SHOWN])
    more = f"; and of {counted(len(told) - _SHOWN, 'exhibit', 'exhibits')} more" if len(told) > _SHOWN else ""
    text = f"Not all the evidence is there any more. Destroyed by order, and compared with nothing: {names}{more}."
    return (text, " ".join(_order_words(verified, index) for index in sorted(entries)[:_SHOWN]))


def _orders(verified: Verified, case: str, number: str, erasures: Erasures) -> Iterator[int]:
    """Yield the entries that order files of an exhibit to be destroyed."""
    exhibit = verified.state.exhibit(case, number)
    place = None if exhibit is None else verified.state.event(exhibit.registration)
    details = None if place is None else verified.entries[place.index].event.details
    if exhibit is None or not isinstance(details, ExhibitRegistered) or not isinstance(details.content, Content):
        return
    whole = erasures.contents.get((exhibit.registration, details.content.root))
    yield from () if whole is None else (whole,)
    yield from (index for (name, _), index in erasures.files.items() if name == exhibit.registration)


def _order_words(verified: Verified, index: int) -> str:
    details = verified.entries[index].event.details
    if isinstance(details, DisclosureErased) and is_set(details.document):
        return f"That it was ordered, entry {index} says, which names the document of the order: ask for it."
    return f"That it was ordered, entry {index} says, and names no document of the order."
