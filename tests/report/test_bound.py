"""On the first page stands what the reader may not do alone: hand on what is bound to another country's consent."""

from __future__ import annotations

from pathlib import Path

from tests.report.stories import document_of
from tests.vectors.forge import pack
from tests.vectors.posts import trust_in
from tests.verify.test_carried import alike


def test_what_binds_an_exhibit_stands_on_the_first_page(tmp_path: Path) -> None:
    """Also where it is bound only because another exhibit, which the bundle isn't about, is the same thing."""
    post = alike(tmp_path)
    rows = document_of(pack(post.bundle("EX-8", to="ministry")), trust_in(post)).law
    told = "2026-0417/EX-8 (the same as 2026-0417/EX-7): to nobody else without the consent of b.example/main"
    assert ("bound", told) in rows


def test_what_nothing_binds_is_not_told(tmp_path: Path) -> None:
    """A row that says nothing would be read as one that says something."""
    post = alike(tmp_path)
    rows = document_of(pack(post.bundle("EX-1", to="ministry")), trust_in(post)).law
    assert "bound" not in dict(rows)
