"""Beside an act of an exhibit's story stands what is wrong with it for this exhibit, and no more than can be read."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from custody.ledger.compose import Anchor
from custody.report.basis import Basis
from custody.report.document import Document, make_document
from custody.report.story import MARKS_SHOWN, Mark
from custody.report.text_report import text_lines
from schemas.event import About
from schemas.report import Finding, Severity
from schemas.types import is_set
from tests.report.stories import document_of, verified
from tests.vectors.forge import pack
from tests.vectors.posts import Post, trust_in
from tests.vectors.setting import CASE

EXPORTED = {"action": "exported", "agent": "b-police"}
FOREIGN = {"case": "x", "exhibit": "x", "head": "ab" * 32, "manifest": "cd" * 32, "root": "ef" * 32, "size": 5}


def _register(post: Post, name: str, **told: Any) -> dict[str, str]:
    composed = post.world.registration(CASE, name, actor="examiner-1", **told)
    post.forge.add(post.world.sign(composed))
    return {"case": CASE, "event": composed.event.hash, "exhibit": name}


def _exports(folder: Path, count: int, *, bound: int = 0) -> tuple[Post, list[str]]:
    """Return a ledger with an access by which so many exhibits were exported abroad together, without a consent."""
    folder.mkdir(exist_ok=True)
    post, parents = Post(folder, "a", {"b": "XB"}, gate="v2"), list[dict[str, str]]()
    for number in range(bound):
        foreign = {**FOREIGN, "ledger": f"l{number}.example/x"}
        derived = {"derived_from": parents} if parents else {}
        parents = [_register(post, f"D-{number}", foreign=foreign, obtained="foreign-assistance", **derived)]
    derived = {"derived_from": parents} if parents else {}
    made = [_register(post, f"E-{number:03}", **derived) for number in range(count)]
    about = tuple(About(exhibit=item["event"]) for item in made)
    post.event("access.logged", EXPORTED, actor="system", anchor=Anchor(about=about))
    return post, [item["exhibit"] for item in made]


def _document(post: Post, names: Sequence[str]) -> Document:
    return document_of(pack(post.bundle(*names, to="ministry")), trust_in(post))


def _failed(document: Document) -> list[list[Mark]]:
    return [
        [mark for act in page.story.acts for mark in act.marks if mark.severity is Severity.FAILED]
        for page in document.exhibits
    ]


def test_a_story_has_the_marks_of_its_own_exhibit(tmp_path: Path) -> None:
    """Who reads of one exhibit is not told what sixty others lack."""
    post, names = _exports(tmp_path, 12)
    marks = _failed(_document(post, names))
    assert [len(mine) for mine in marks] == [1] * 12
    assert all(f"{CASE}/{name} " in mine[0].text for name, mine in zip(names, marks, strict=True))


def test_a_report_grows_with_its_bundle(tmp_path: Path) -> None:
    """One entry about twice the exhibits is no reason for four times the screen."""
    sizes = []
    for count in (30, 60):
        post, names = _exports(tmp_path / str(count), count)
        sizes.append(sum(map(len, text_lines(_document(post, names)))))
    assert sizes[1] < 2.2 * sizes[0]


def test_what_an_exhibit_is_bound_to_is_told_once_and_counted(tmp_path: Path) -> None:
    """The consents of twenty ledgers are missing: that is one finding for each exhibit, which says how many."""
    post, names = _exports(tmp_path, 2, bound=20)
    found = verified(pack(post.bundle(*names, to="ministry")), trust_in(post)).report.findings
    missing = [item for item in found if item.code == "release.consent-missing" and is_set(item.exhibit)]
    assert [item.exhibit for item in missing][:2] == [f"{CASE}/{name}" for name in names]
    assert missing[0].text.endswith("; and 20 more of the kind")


def test_marks_beyond_what_is_read_are_counted(tmp_path: Path) -> None:
    """The worst stand beside the act; the others are pointed to."""
    post, names = _exports(tmp_path, 1)
    outcome = verified(pack(post.bundle(*names, to="ministry")), trust_in(post))
    assert outcome.verified is not None
    report = outcome.report
    (worst,) = (
        item for item in report.findings if item.severity is Severity.FAILED and item.subject.startswith("entry")
    )
    # Hundreds of notes before it must not push it from the page.
    note = Finding(code="asset.stated", severity=Severity.NOTE, step=9, subject=worst.subject, text="a note")
    flooded = msgspec.structs.replace(report, findings=(*(note,) * 300, *report.findings))
    told = dataclasses.replace(outcome.verified, report=flooded)
    document = make_document(flooded, told, Basis("bundle.zip", "trust.json", trust_in(post)))
    (marks,) = (act.marks for act in document.exhibits[0].story.acts if f"entry {act.entry}" == worst.subject)
    assert len(marks) == MARKS_SHOWN + 1
    assert marks[0].severity is Severity.FAILED
    assert marks[-1].text == f"And {301 - MARKS_SHOWN} more about this entry, among the findings of step 9."
