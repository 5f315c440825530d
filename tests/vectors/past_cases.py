"""Step 2: what several bundles that travel together say of one ledger's past."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import structs

from keys.private.signer import Ed25519Signer
from schemas import canonical, layout
from schemas.entry import parse_entry
from schemas.event import About
from schemas.merkle import hash_leaf, root_of
from schemas.proof import Proof
from tests.vectors.border_cases import WayBack
from tests.vectors.forge import pack, retag
from tests.vectors.posts import PAPER, Post, trust_in
from tests.vectors.setting import CASES, Setting, Vector
from tests.vectors.transfer_cases import Road

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


# What lies between: the chain shows neither what no carried entry follows nor what the index is silent about


def _draft(post: Post, request: str = "req-7") -> None:
    draft = {"fields": [], "kind": "mla", "request": request, "to": "registrar-2"}
    post.event("request.drafted", draft, actor="registrar-1")


def _draft_two(post: Post) -> None:
    _draft(post)
    _draft(post, "req-8")


def _first(post: Post, type: str) -> int:
    return next(index for index, raw in enumerate(post.forge.raws) if parse_entry(raw).event.type == type)


def _hide(post: Post) -> None:
    post.forge.hidden = frozenset({_first(post, "exhibit.checked")})


def _exchange(post: Post) -> None:
    """Put another draft in the place of the first; the second is in no bundle either, and names what stood there."""
    index = _first(post, "request.drafted")
    old = parse_entry(post.forge.raws[index]).entry
    _draft(post, "req-9")
    new = parse_entry(post.forge.raws.pop()).entry
    changed = structs.replace(new, index=index, previous=old.previous, recorded_at=old.recorded_at)
    post.forge.raws[index] = canonical.encode(changed)


def _unlink(proof: Proof) -> Proof:
    return structs.replace(proof, consistency=())


def _between(
    name: str, comment: str, step: int | None, code: str, change: Callable[[Post], object], *,
    before: Callable[[Post], object] = _draft_two, verdict: str = "FAILED",
    edit: Callable[[Proof], Proof] | None = None,
) -> None:  # fmt: skip
    def tell(setting: Setting) -> Vector:
        way = WayBack(setting, before=before)
        change(way.a)
        way.a.take_back(way.b, way.back)
        raw = pack(way.a.bundle("EX-1", to="ministry", edit_proof=edit))
        return Vector(verdict, raw, step, code, trust=trust_in(way.a, way.b))

    assert name not in CASES, f"two cases named {name}"
    CASES[name] = (comment, tell)


_between("kept-back-and-back", "An entry that a first bundle tells stands in the tree, and the index is silent on it.",
         8, "completeness.contradicted", _hide, before=_check)  # fmt: skip
_between("exchanged-and-back", "An entry was exchanged, and none is carried that follows it: the roots tell.", 2,
         "tree.consistency", _exchange)  # fmt: skip
_between("exchanged-and-unlinked", "The same, and the proof that would tell is left out.", 2, "checkpoint.not-linked",
         _exchange, verdict="INDETERMINATE", edit=_unlink)  # fmt: skip
_between("back-and-linked", "The same ledger, as it was.", None, "", lambda _: None, verdict="PASSED")


def _accepted_twice(setting: Setting) -> Vector:
    road = Road(setting)
    b = Post(setting.forge.folder / "b", "b", {"a": "XA", "d": "XD"}, is_holding=False)
    d = Post(setting.forge.folder, "d", {"a": "XA", "b": "XB"}, is_holding=False)
    first = b.accept(road.a, road.parcel)
    d.accept(road.a, road.parcel)
    d.consent(recipient="b-police", **PAPER)
    d.consent(authority="a-police", recipient="b-police", **PAPER)
    d.dispatch(transfer="3f" * 16)
    second = b.accept(
        d, d.bundle("EX-1", to="b-police", stated={"transfer": "3f" * 16}), exhibit="EX-2", transfer="3f" * 16
    )
    b.consent("EX-1", "EX-2", authority="a-police", recipient="ministry", **PAPER)
    about = [About(exhibit=first), About(exhibit=second)]
    raw = pack(b.bundle("EX-1", "EX-2", to="ministry", export={"about": about}))
    return Vector("FAILED", raw, 9, "inherited.twice", trust=trust_in(road.a, b, d))


CASES["accepted-by-two-ledgers"] = ("What was sent once two ledgers took in, and both came together.", _accepted_twice)


# Two bundles within that say two things of one ledger, and who signed them


class Two:
    """Each of two exhibits came with another past of one size, which ``seed`` signed for what it calls A."""

    def __init__(self, setting: Setting, seed: str = "post") -> None:
        self.road = Road(setting)
        self.fork = Post(setting.forge.folder / "b", "a", {"b": "XB"}, seed=seed)
        self.b, self.foreign = self.road.b, dict[str, Any]()

    def sign_otherwise(self) -> None:
        """Sign the second past with a key that isn't A's."""
        self.fork.forge.log_signer = Ed25519Signer(agent="log", seed=b"another".ljust(32, b"."))

    def make(self) -> bytes:
        """Make the bundle that holds both."""
        first = self.b.accept(self.road.a, self.road.parcel)
        parcel = self.fork.parcel(not_sealed="another word")
        if self.foreign:
            parcel[layout.CHECKPOINT] = self.road.parcel[layout.CHECKPOINT]
            retag(parcel)
        second = self.b.accept(self.fork, parcel, exhibit="EX-2", foreign=self.foreign)
        self.b.consent("EX-1", "EX-2", authority="a-police", recipient="ministry", **PAPER)
        about = [About(exhibit=first), About(exhibit=second)]
        return pack(self.b.bundle("EX-1", "EX-2", to="ministry", export={"about": about}))


def _unsigned(setting: Setting) -> Vector:
    two = Two(setting)
    two.sign_otherwise()
    return Vector("FAILED", two.make(), 2, "note.unsigned", trust=trust_in(two.road.a, two.b))


def _unproven(setting: Setting) -> Vector:
    two = Two(setting)
    two.foreign = {"root": root_of(hash_leaf(raw) for raw in two.road.a.forge.raws).hex()}
    return Vector("FAILED", two.make(), 4, "tree.multiproof", trust=trust_in(two.road.a, two.b))


def _nobody_knows(setting: Setting, seed: str) -> Vector:
    two = Two(setting, seed)
    is_forked = seed == "post"
    verdict, code = ("FAILED", "checkpoint.fork") if is_forked else ("INDETERMINATE", "checkpoint.unknown-origin")
    return Vector(verdict, two.make(), 2, code, trust=trust_in(two.b))


for _name, _comment, _tell in (
    ("forked-within-unsigned", "Another past of a ledger that isn't signed with a key of it accuses nobody.",
     _unsigned),
    ("forked-within-unproven", "Nor do entries that don't stand under the signed checkpoint beside them.", _unproven),
    ("forked-within-unknown", "Nobody vouches for a ledger, and one log key signed two pasts of it.",
     lambda setting: _nobody_knows(setting, "post")),
    ("forked-within-by-another-key", "Nobody vouches for it, and two keys signed, each its own: one may be anybody's.",
     lambda setting: _nobody_knows(setting, "stranger")),
):  # fmt: skip
    assert _name not in CASES, f"two cases named {_name}"
    CASES[_name] = (_comment, _tell)
