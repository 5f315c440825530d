"""Step 2: what several bundles that travel together say of one ledger's past."""

from __future__ import annotations

from collections.abc import Callable

from schemas.entry import parse_entry
from tests.vectors.border_cases import WayBack
from tests.vectors.forge import pack
from tests.vectors.posts import Post, trust_in
from tests.vectors.setting import CASES, Setting, Vector

CHECK = {"bytes": 13, "checked": 2, "matching": 1, "root": "ab" * 32}
Instead = Callable[[Post], object]


def _check(post: Post) -> None:
    """What the ledger would rather not have written: its evidence is no longer what it was."""
    post.annotate("exhibit.checked", CHECK)


def _rewrite(post: Post, *instead: Instead) -> None:
    """Leave out the check, chain something ``instead``, and what followed again: people signed no place in a ledger."""
    entries = [parse_entry(raw) for raw in post.forge.raws]
    first = next(item.entry.index for item in entries if item.event.type == "exhibit.checked")
    del post.forge.raws[first:]
    for write in instead:
        write(post)
    for item in entries[first + 1 :]:
        changes = {"index_root": post.forge.index_root()} if item.event.type == "bundle.exported" else {}
        post.forge.add(item.entry.envelope, recorded_at=item.entry.recorded_at, **changes)


def _case(name: str, comment: str, verdict: str, rewrite: Callable[[Post], object]) -> None:
    def tell(setting: Setting) -> Vector:
        way = WayBack(setting, before=_check)
        rewrite(way.a)
        way.a.take_back(way.b, way.back)
        is_forked = verdict == "FAILED"
        raw = pack(way.a.bundle("EX-1", to="ministry"))
        return Vector(verdict, raw, 2 if is_forked else None, "checkpoint.fork" if is_forked else "",
                      trust=trust_in(way.a, way.b))  # fmt: skip

    assert name not in CASES, f"two cases named {name}"
    CASES[name] = (comment, tell)


_case("rewritten-and-back", "What left comes back with what its ledger was: an entry of it has been exchanged since.",
      "FAILED", lambda post: _rewrite(post, lambda post: post.consent(purpose="another")))  # fmt: skip
_case("shortened-and-back", "The same, and nothing was put in its place: what followed stands at other indexes.",
      "FAILED", _rewrite)  # fmt: skip
_case("checked-and-back", "The same ledger, as it was.", "PASSED", lambda _: None)
