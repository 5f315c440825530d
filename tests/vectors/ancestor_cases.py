"""Steps 7, 8 and 11: what was said together of an exhibit and of what was made from it, shown in a bundle of one."""

from __future__ import annotations

from collections.abc import Callable

from tests.vectors.forge import Members, pack
from tests.vectors.posts import DISPATCH, TRANSFER, Post, trust_in
from tests.vectors.setting import CASE, CASES, FILES, Setting, Vector

Tell = Callable[[Post], Members]


def _enter(name: str, comment: str, code: str, tell: Tell, *, step: int = 11) -> None:
    def vector(setting: Setting) -> Vector:
        post = Post(setting.forge.folder, "a", {"b": "XB"}, gate="v2")
        raw = pack(tell(post))
        verdict = "FAILED" if code else "PASSED"
        return Vector(verdict, raw, step if code else None, code, trust=trust_in(post))

    assert name not in CASES, f"two cases named {name}"
    CASES[name] = (comment, vector)


def _derive(post: Post, exhibit: str = "EX-2", *parents: str) -> None:
    """Make an exhibit from others, as they stand now."""
    known = [post.forge.reader().view().exhibit(CASE, name) for name in parents or ("EX-1",)]
    heads = [{"case": CASE, "event": item.head, "exhibit": item.number} for item in known if item is not None]
    composed = post.world.registration(CASE, exhibit, actor="examiner-1", files=FILES, derived_from=heads)
    post.forge.add(post.world.sign(composed))


def _alone(post: Post) -> Members:
    return post.bundle("EX-2", to="ministry")


def _exported_together(post: Post) -> Members:
    _derive(post)
    post.consent("EX-1")
    post.consent("EX-2")
    post.bundle("EX-1", "EX-2")
    return _alone(post)


def _dispatched_together(post: Post) -> Members:
    _derive(post)
    post.consent("EX-1", "EX-2")
    post.dispatch()
    post.act("transfer.dispatched", {**DISPATCH, "item": "copy"}, exhibit="EX-2")
    post.bundle("EX-1", "EX-2", stated={"transfer": TRANSFER})
    return _alone(post)


def _exported_before(post: Post) -> Members:
    """The parent was let out without consent, before the act that its child names."""
    post.bundle("EX-1")
    post.act("custody.moved", {"place": "Room 5", "to_country": "XA"})
    _derive(post)
    return _alone(post)


def _exported_together_without_consent(post: Post) -> Members:
    """To the parent there was a consent, and to the child none."""
    _derive(post)
    post.consent("EX-1")
    post.bundle("EX-1", "EX-2")
    return _alone(post)


def _with_its_grandchild(post: Post) -> Members:
    """The middle one is an ancestor, too, and is carried up to what was made from it."""
    _derive(post)
    _derive(post, "EX-3", "EX-2")
    post.consent("EX-1", "EX-2", "EX-3")
    post.bundle("EX-1", "EX-2", "EX-3")
    return post.bundle("EX-3", to="ministry")


def _named_twice(post: Post) -> Members:
    """Two children name two acts of one parent: it is followed up to the later one."""
    _derive(post)
    post.bundle("EX-1")
    post.act("custody.moved", {"place": "Room 5", "to_country": "XA"})
    _derive(post, "EX-3", "EX-1", "EX-2")
    return post.bundle("EX-3", to="ministry")


def _left_out(post: Post) -> Members:
    """Of what it was made from nothing at all is carried."""
    _derive(post)
    known = post.story("EX-1")
    return post.bundle("EX-2", to="ministry", omit=[item.entry.index for item in known])


_enter("ancestor-left-out-as-a-whole", "What it was made from is left out as a whole.", "completeness.count", _left_out,
       step=8)  # fmt: skip
_enter("exported-with-what-it-came-from", "Both were exported under a consent each; a bundle of the child alone.", "",
       _exported_together)  # fmt: skip
_enter("dispatched-with-what-it-came-from", "Both were sent together; a bundle of the child alone.", "",
       _dispatched_together)  # fmt: skip
_enter("exported-with-its-ancestors", "Three generations were exported; a bundle of the youngest.", "",
       _with_its_grandchild)  # fmt: skip
_enter("exported-before-it-was-made", "What it was made from was exported without consent before.",
       "release.consent-missing", _exported_before)  # fmt: skip
_enter("exported-with-its-parent-s-consent", "Both were exported under a consent to what it came from alone.",
       "release.consent-missing", _exported_together_without_consent)  # fmt: skip
_enter("exported-between-two-children", "What two were made from was exported before the second was.",
       "release.consent-missing", _named_twice)  # fmt: skip
