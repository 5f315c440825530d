"""What binds an exhibit is handed on to all that derives from it, as far as a reader can be asked to look."""

from pathlib import Path
from typing import Any

import pytest

from custody.verify.fold.fold import Fold
from schemas import limits
from schemas.entry import parse_entry
from schemas.report import Findings
from tests.vectors.posts import Post
from tests.vectors.setting import CASE

FOREIGN = {"case": "x", "exhibit": "x", "head": "ab" * 32, "manifest": "cd" * 32, "root": "ef" * 32, "size": 5}


def _chain(folder: Path, *ledgers: str) -> Post:
    """Return a ledger with exhibits that derive from each other, each of which came from a ledger of its own."""
    post, told = Post(folder, "a", {}), dict[str, Any]()
    for number, ledger in enumerate(ledgers):
        told |= {"foreign": {**FOREIGN, "ledger": f"{ledger}.example/x"}, "obtained": "foreign-assistance"}
        composed = post.world.registration(CASE, f"D-{number}", actor="examiner-1", **told)
        post.forge.add(post.world.sign(composed))
        told["derived_from"] = [{"case": CASE, "event": composed.event.hash, "exhibit": f"D-{number}"}]
    return post


def _found(post: Post) -> tuple[list[str], Fold]:
    findings = Findings()
    fold = Fold(findings, is_whole=True)
    for raw in post.forge.raws:
        fold.add(parse_entry(raw))
    return [item.code for item in findings.items if item.step == 7], fold


def test_as_many_ledgers_as_the_limit_bind_an_exhibit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is named twice binds once."""
    monkeypatch.setattr(limits, "BOUND_TO", 2)
    codes, fold = _found(_chain(tmp_path, "b", "c", "b"))
    last = fold.state.exhibit(CASE, "D-2")
    assert codes == []
    assert last is not None
    assert last.bound_to == ("b.example/x", "c.example/x")


def test_more_ledgers_than_the_limit_bind_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each release costs its reader a look for a consent of each."""
    monkeypatch.setattr(limits, "BOUND_TO", 2)
    codes, fold = _found(_chain(tmp_path, "b", "c", "d"))
    assert codes == ["rule.bound"]
    assert fold.state.exhibit(CASE, "D-2") is None


@pytest.mark.parametrize(
    ("gate", "told", "codes"),
    [
        ("v2", {}, ["rule.bound"]),
        ("v1", {}, []),
        ("v2", {"same_object_as": [{"case": CASE, "exhibit": "EX-7"}]}, []),
        ("v2", {"foreign": {**FOREIGN, "ledger": "b.example/x"}, "obtained": "foreign-assistance"}, []),
        ("v2", None, ["rule.bound"]),
    ],
)
def test_what_replaces_a_wrong_number_is_bound_as_it_was(
    tmp_path: Path, gate: str, told: dict[str, Any] | None, codes: list[str]
) -> None:
    """A typing error would set free what another country lent; so would a number that is never given."""
    post = Post(tmp_path, "a", {}, gate=gate)
    came = {"foreign": {**FOREIGN, "ledger": "b.example/x"}, "obtained": "foreign-assistance"}
    for number, details in (("EX-7", came), ("EX-8", told)):
        if details is not None:
            composed = post.world.registration(CASE, number, actor="examiner-1", **details)
            post.forge.add(post.world.sign(composed))
    replaced = {"reason": "typing", "replaced_by": {"case": CASE, "exhibit": "EX-8"}}
    post.act("exhibit.voided", replaced, exhibit="EX-7", registrar="registrar-1")
    assert _found(post)[0] == codes


def test_what_nothing_binds_is_replaced_by_anything(tmp_path: Path) -> None:
    """Most wrong numbers are just that."""
    post = Post(tmp_path, "a", {}, gate="v2")
    post.act("exhibit.voided", {"reason": "typing"}, registrar="registrar-1")
    assert _found(post)[0] == []
