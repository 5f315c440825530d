"""Freezes in bundles: each change goes with what is on record before it, and says nothing about what is no asset."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from schemas.content import content_of
from schemas.report import Finding, Severity, Verdict
from tests.report.stories import verified
from tests.vectors.evidence_cases import register
from tests.vectors.forge import pack
from tests.vectors.posts import Post, trust_in

ENDS = {"ends_at": "2027-03-01T00:00:00Z"}
PLACED: dict[str, Any] = {"change": "placed", **ENDS}
PROLONGED: dict[str, Any] = {"change": "prolonged", **ENDS}
LIFTED: dict[str, Any] = {"change": "lifted"}


def found(folder: Path, *changes: dict[str, Any], exhibit: str = "EX-2", **asset: Any) -> list[Finding]:
    """Return what is said of changes to the freeze of an exhibit; EX-1 is plain files."""
    post = Post(folder, "a", {"b": "XB"})
    values = {"account": "an account", "custody": "custodial", **asset}
    register(post, asset=values, content=content_of([]), kind="account", nature="asset")
    for change in changes:
        post.annotate("asset.freeze-changed", {"decided_at": "2026-11-20T00:00:00Z", **change}, exhibit)
    outcome = verified(pack(post.bundle(exhibit, to="ministry")), trust_in(post))
    assert outcome.report.verdict is Verdict.PASSED
    said = [item for item in outcome.report.findings if item.code.startswith("asset.")]
    last = len(post.forge.raws) - len(changes)
    assert {item.subject for item in said} <= {f"entry {index}" for index in range(last - 1, last + len(changes))}
    return said


@pytest.mark.parametrize(
    ("registered", "changes", "wrong"),
    [
        (False, [PLACED, PROLONGED, LIFTED, PLACED], 0),
        (True, [PROLONGED, LIFTED], 0),
        (True, [LIFTED], 0),
        (False, [LIFTED], 1),
        (False, [PROLONGED], 1),
        (True, [PLACED], 1),
        (True, [LIFTED, LIFTED], 1),
        (True, [LIFTED, PROLONGED], 1),
        (False, [PLACED, PLACED, LIFTED], 1),
        (False, [PROLONGED, LIFTED, LIFTED], 2),
    ],
)
def test_a_change_goes_with_the_freeze_on_record(
    tmp_path: Path, registered: bool, changes: list[dict[str, Any]], wrong: int
) -> None:
    """Whoever writes around the program lifts what nobody froze; a change counts as the newest all the same."""
    freeze: dict[str, Any] = {"freeze": {"provider": "an exchange"}} if registered else {}
    said = found(tmp_path, *changes, **freeze)
    assert [(item.code, item.severity, item.step) for item in said] == [
        ("asset.freeze-state", Severity.DEFECT, 9)
    ] * wrong


def test_plain_files_are_not_frozen(tmp_path: Path) -> None:
    """A freeze is of an asset that somebody else holds."""
    said = found(tmp_path, PLACED, LIFTED, exhibit="EX-1")
    assert [(item.code, item.severity) for item in said] == [("asset.none", Severity.DEFECT)] * 2
