"""What the ledger itself says about files found changed: a defect beside the verdict (step 9).

A check of another content root than the registered one says nothing about this exhibit, whatever it counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from custody.verify.evidence.images import check_image
from custody.verify.gate.contents import content_root
from schemas.details.custody import HandedOver, Rehash
from schemas.details.exhibit import ExhibitChecked
from schemas.details.transfer import TransferAccepted, TransferReturned
from schemas.entry import ParsedEntry
from schemas.report import Findings, Severity
from schemas.types import is_set


def check_recorded(
    entries: Mapping[int, ParsedEntry], registered: Mapping[tuple[str, str], ParsedEntry], findings: Findings
) -> None:
    """Report checks on record, and digests computed at a handover, by which a listed exhibit isn't as registered.

    Findings: ``content.recorded-mismatch`` (defect), and those of `check_image`.
    """
    for entry in registered.values():
        check_image(entry, findings)
    roots = {entry.event.hash: content_root(entry.event.details) for entry in registered.values()}
    for index, entry in sorted(entries.items()):
        details, about = entry.event.details, entry.event.event.about
        texts: Iterator[str] = iter(())
        if isinstance(details, ExhibitChecked) and about and str(about[0].exhibit) in roots:
            texts = _check(details, roots[str(about[0].exhibit)])
        elif isinstance(details, HandedOver | TransferAccepted | TransferReturned):
            registration = registered.get((str(entry.event.event.case), str(entry.event.event.exhibit)))
            texts = _rehashes(details, content_root(registration.event.details)) if registration is not None else texts
        for text in texts:
            findings.add(9, Severity.DEFECT, "content.recorded-mismatch", f"entry {index}", text)


def _check(details: ExhibitChecked, root: str | None) -> Iterator[str]:
    if is_set(details.mismatches) or details.matching != details.checked:
        changed = max(len(details.mismatches or ()), abs(details.checked - details.matching))
        yield f"a check on record found {changed} of {details.checked} files changed"
    if details.root != root:
        yield f"a check on record is of the content root {details.root}, which isn't the registered one"


def _rehashes(details: HandedOver | TransferAccepted | TransferReturned, root: str | None) -> Iterator[str]:
    for field, when in _REHASHED.items():
        rehash = getattr(details, field, None)
        if isinstance(rehash, Rehash) and (not rehash.match or rehash.root != root):
            yield f"the content root {rehash.root} was found {when}, which isn't the registered one"


_REHASHED: Final = {
    "rehash": "on arrival",
    "rehash_before": "before this handover",
    "rehash_after": "after this handover",
}
