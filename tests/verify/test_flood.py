"""Whoever writes a million wrong lines gets no report of a gigabyte: some of a kind are told, and how many more."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest
from msgspec.structs import replace

from schemas import canonical, layout, limits
from schemas.bundle import Bundle, BundledFile, Disclosures
from schemas.errors import RecordError
from schemas.private import make_disclosure
from schemas.report import Finding, Findings, Severity, Verdict
from tests.vectors.forge import Members
from tests.vectors.posts import Post
from tests.verify.judging import read_members


def found(folder: Path, **lists: tuple[str, ...]) -> list[Finding]:
    """Return what fails in a bundle whose list of disclosures says more than it should."""
    post = Post(folder, "a", {}, gate="v2")

    def edit(members: Members) -> None:
        known = canonical.decode(members[layout.DISCLOSURES], Disclosures, maximum=limits.JSON_BYTES)
        told = {"disclosures": sorted({*known.disclosures, *lists.get("disclosures", ())}), "schema": known.schema}
        more = {"withheld": {"hand": sorted(lists["withheld"])}} if "withheld" in lists else {}
        members[layout.DISCLOSURES] = canonical.encode({**told, **more})

    report = read_members(post.bundle("EX-1", to="ministry", edit_payload=edit), post).report
    assert report.verdict is Verdict.FAILED
    assert report.steps[10].verdict is Verdict.FAILED
    return [item for item in report.findings if item.severity is Severity.FAILED]


MANY = tuple(f"{number:04x}" for number in range(20))
UNKNOWN = tuple(sha256(name.encode()).hexdigest() for name in MANY)


@pytest.mark.parametrize(("kind", "lines"), [("disclosures", MANY), ("withheld", UNKNOWN)])
def test_a_flood_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, lines: tuple[str, ...]) -> None:
    """Each code keeps its first ones, and no verdict changes."""
    (folder := tmp_path / "whole").mkdir()
    counts = Counter(item.code for item in found(folder, **{kind: lines}))
    monkeypatch.setattr(limits, "FINDINGS_OF_A_KIND", 3)
    (folder := tmp_path / "few").mkdir()
    told = found(folder, **{kind: lines})
    assert {item.code for item in told} == counts.keys()
    for code, count in counts.items():
        mine = [item.text for item in told if item.code == code]
        assert len(mine) == min(count, 4)
        assert (mine[-1] == f"and {count - 3} more of the kind") is (count > 3)
    assert max(counts.values()) > 3


def test_no_more_disclosures_are_looked_at_than_there_can_be() -> None:
    """Nine million texts of four characters, none of which can be a disclosure, took a minute and 800 MB."""
    least = make_disclosure(salt=bytes(16), path="", value=0).text
    assert limits.JSON_BYTES // (len(least) + len('"",')) < limits.DISCLOSURES
    many = b",".join(b'"%07x"' % number for number in range(limits.DISCLOSURES + 1))
    with pytest.raises(RecordError):
        canonical.decode(
            b'{"disclosures":[%s],"schema":"custody-disclosures/v1"}' % many, Disclosures, maximum=limits.JSON_BYTES
        )


def test_files_that_nothing_calls_for_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line of bundle.json made two findings, each three times as long; of an exhibit's own files each is told."""
    monkeypatch.setattr(limits, "FINDINGS_OF_A_KIND", 3)
    post = Post(tmp_path, "a", {}, gate="v2")

    def edit(members: Members) -> None:
        known = canonical.decode(members[layout.BUNDLE], Bundle, maximum=limits.JSON_BYTES)
        more = (BundledFile(sha256=digest, size=0) for digest in UNKNOWN)
        files = tuple(sorted((*known.files, *more), key=lambda item: item.sha256))
        members[layout.BUNDLE] = canonical.encode(replace(known, files=files))

    report = read_members(post.bundle("EX-1", to="ministry", edit_payload=edit), post).report
    counts = Counter(item.code for item in report.findings if item.severity is Severity.FAILED)
    assert counts == {"content.unnamed": 4, "content.documents": 4}


def test_other_steps_and_kinds_are_told_each() -> None:
    """What an exhibit or an entry lacks is told of each, or its story would say that nothing is wrong with it."""
    findings = Findings(is_bounded=True)
    for step, severity in ((9, Severity.FAILED), (10, Severity.NOTE), (7, Severity.FAILED)):
        for number in range(limits.FINDINGS_OF_A_KIND + 5):
            findings.add(step, severity, "x.y", f"entry {number}", "x")
    findings.tell_more()
    assert len(findings.items) == 3 * (limits.FINDINGS_OF_A_KIND + 5)


def test_an_audit_counts_by_itself() -> None:
    """It keeps its list short in its own way, and tells how many it left out of each code."""
    findings = Findings()
    for number in range(limits.FINDINGS_OF_A_KIND + 5):
        findings.add(8, Severity.FAILED, "audit.subject-row", f"{number}", "x")
    assert len(findings.items) == limits.FINDINGS_OF_A_KIND + 5
