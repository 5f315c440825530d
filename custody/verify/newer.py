"""What follows from a record of a newer schema version: it can't be read, so what its absence causes is undecided.

Only findings that an unread record can cause are softened, and only where there is one. What is wrong in any case
(a changed byte, a signature that doesn't hold, a broken chain) stays FAILED, and nothing becomes PASSED by this.
"""

from __future__ import annotations

from msgspec import structs

from schemas.report import Findings, Severity

_STEPS = frozenset({5, 7, 8})
_CODES = frozenset(
    {
        "checkpoint.genesis",
        "content.documents",
        "content.unlisted",
        "content.unnamed",
        "disclosures.stray",
        "note.unsigned",
        "signatures.extra",
        "signatures.missing",
        "tree.multiproof",
    }
)


def soften(findings: Findings) -> None:
    """Leave undecided, in a bundle with a record of a newer version, what the reader misses because of it."""
    if not any(finding.code == "record.version" for finding in findings.items):
        return
    findings.items = [
        structs.replace(finding, severity=Severity.INDETERMINATE)
        if finding.severity is Severity.FAILED and (finding.step in _STEPS or finding.code in _CODES)
        else finding
        for finding in findings.items
    ]
