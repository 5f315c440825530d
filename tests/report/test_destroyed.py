"""Evidence that was destroyed by order is said to be gone on the first page: PASSED alone would say it is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from custody.report.basis import Basis
from custody.report.document import Document, make_document
from tests.vectors.posts import Post
from tests.vectors.setting import CASE
from tests.verify.judging import read_members


def told(folder: Path, *, whole: bool, document: str | None = None) -> Document:
    """Return the report on EX-1, all of whose files were destroyed, or the first of two."""
    post = Post(folder, "a", {}, gate="v2")
    content = post.story("EX-1")[0].event.details.content  # type: ignore[attr-defined]
    digests = [item.digests.sha256 for item in content.files]
    what = {"contents": [content.root]} if whole else {"files": digests[:1]}
    post.erase(**what, **({} if document is None else {"document": document}))
    gone = digests if whole else digests[:1]
    members = post.bundle("EX-1", to="ministry")
    members = {name: raw for name, raw in members.items() if name.rpartition("/")[2] not in gone}
    verified = read_members(members, post)
    return make_document(verified.report, verified, Basis("x.zip"))


@pytest.mark.parametrize(
    ("whole", "files", "summary"),
    [
        (True, "2 files", "2 files DESTROYED BY ORDER and not compared, so that none of them was"),
        (False, "1 file", "1 file DESTROYED BY ORDER and not compared, the others compared and as registered"),
    ],
)
def test_the_first_page_says_what_is_gone(tmp_path: Path, whole: bool, files: str, summary: str) -> None:
    """A judge reads the verdict and the sentence after it; what is gone can't be in the notes alone."""
    document = told(tmp_path, whole=whole)
    assert document.headline == "PASSED for what was asked"
    assert document.meaning[0].startswith("Not all the evidence is there any more.")
    assert f"{CASE}/EX-1: {files}" in document.meaning[0]
    assert document.meaning[-1].startswith("Every other check")
    assert document.exhibits[0].files.endswith(summary)


@pytest.mark.parametrize(("document", "words"), [(None, "names no document"), ("ab" * 32, "names the document")])
def test_it_says_whether_there_is_an_order_to_be_read(tmp_path: Path, document: str | None, words: str) -> None:
    """Who destroyed evidence alone would say that he was told to."""
    assert words in told(tmp_path, whole=True, document=document).meaning[1]


def test_what_is_whole_is_said_to_be_so(tmp_path: Path) -> None:
    """Nothing is added where nothing is gone."""
    post = Post(tmp_path, "a", {}, gate="v2")
    verified = read_members(post.bundle("EX-1", to="ministry"), post)
    document = make_document(verified.report, verified, Basis("x.zip"))
    assert len(document.meaning) == 1
    assert document.exhibits[0].files.endswith("all compared and as registered")
