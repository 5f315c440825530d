"""A thing without a number is known by its description alone: what was sent stands beside what was taken in."""

from pathlib import Path
from typing import Any

from tests.report.stories import text_of
from tests.vectors.forge import pack
from tests.vectors.posts import PAPER, Post, trust_in
from tests.vectors.setting import CASE

BAR: dict[str, Any] = {"description": "gold bar of 1 kg", "kind": "device", "nature": "object"}
OTHER = "ANOTHER KIND"


def told(folder: Path, *, hidden: bool = False, corrected: str = "", **taken: Any) -> str:
    """The text report on a bar that a sends and b takes in, perhaps as something else."""
    a = Post(folder, "a", {"b": "XB"}, is_holding=False, gate="v2")
    b = Post(folder, "b", {"a": "XA"}, is_holding=False, gate="v2")
    a.forge.add(a.world.sign(a.world.registration(CASE, "EX-1", actor="examiner-1", **BAR)))
    if corrected:
        right = {"field": "description", "reason": "misread", "value": corrected}
        a.annotate("record.corrected", right, event=a.story("EX-1")[0].event.hash)
    if hidden:
        a.forge.disclosures = [item for item in a.forge.disclosures if item.path != "/details/description"]
    b.accept(a, a.parcel(), **{**BAR, "content": None, **taken})
    b.consent(authority="a-police", recipient="ministry", **PAPER)
    text = text_of(pack(b.bundle("EX-1", to="ministry")), trust_in(a, b))
    assert "VERDICT: PASSED" in text
    return " ".join(text.split())


def test_what_was_sent_stands_beside_what_was_taken_in(tmp_path: Path) -> None:
    """Both sides signed, and no digest tells one bar from another: a court must be able to see it."""
    text = told(tmp_path, description="lead bar", kind="drive")
    assert "as sent by: a.example/main: gold bar of 1 kg" in text
    assert "lead bar" in text
    assert OTHER in text


def test_the_same_kind_in_other_words_is_no_matter(tmp_path: Path) -> None:
    """Two countries describe a thing in two languages."""
    text = told(tmp_path, description="Goldbarren")
    assert "gold bar of 1 kg" in text
    assert OTHER not in text


def test_what_its_sender_corrected_is_told(tmp_path: Path) -> None:
    """The wrong words stay, and the right ones stand beside them."""
    assert "lead bar (reason: misread)" in told(tmp_path, corrected="lead bar")


def test_what_is_withheld_is_said_to_be(tmp_path: Path) -> None:
    """Nothing is made up for a description that the sender's bundle doesn't show."""
    assert "a.example/main: (withheld)" in told(tmp_path, hidden=True)
