"""What a bundle carries for the sake of something else: as much as a rule asks, and no rule asks for more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from custody.bundle.container import read_container
from custody.bundle.disclose import Choice
from custody.bundle.region import Held
from custody.bundle.source import BundleSource
from custody.transfer.law_files import shipped_profile
from custody.verify.verify import Trusted, Verified, verify
from schemas.errors import RuleViolation
from schemas.report import Verdict
from schemas.text import parse_time
from tests.border import CASE, NONCE, Side, codes, read, register, trust
from tests.vectors.forge import pack
from tests.vectors.posts import PAPER, Post, trust_in
from tests.verify.test_gate import HEARD, around, audit, tell

__all__ = ["around"]

GATES = [None, "v1", "v2"]


def derived(folder: Path, gate: str | None) -> Side:
    """A country with EX-1, EX-2 that was made from it, and a consent to each."""
    made = Side(folder / "a", "a", peers={"b": "XB", "c": "XC"}, gate=gate)
    register(made)
    parent = {"case": CASE, "event": made.world.about(CASE, "EX-1").exhibit, "exhibit": "EX-1"}
    made.world.register(CASE, "EX-2", actor="examiner-1", files={"x.txt": b"new"}, derived_from=[parent])
    made.consent("EX-1", "b-police")
    made.consent("EX-2", "b-police")
    return made


@pytest.mark.parametrize("gate", GATES)
def test_a_child_is_shown_alone_after_both_were_exported(tmp_path: Path, gate: str | None) -> None:
    """Of what it was made from a bundle carries the first acts; the consent to that came later, and isn't missing."""
    a = derived(tmp_path, gate)
    a.build("both.zip", "EX-1", "EX-2", to="b-police")
    alone = read(a.build("alone.zip", "EX-2", to="b-police").path, trust(a), a.world.at)
    assert alone.report.verdict is Verdict.PASSED
    assert audit(a) == {}


@pytest.mark.parametrize("gate", GATES)
def test_a_child_is_shown_alone_after_both_were_dispatched(tmp_path: Path, gate: str | None) -> None:
    """Nor is it known where what it was made from went in the end."""
    a = derived(tmp_path, gate)
    acts = [a.dispatch("EX-1", "b-police"), a.dispatch("EX-2", "b-police", item="copy")]
    a.build("both.zip", "EX-1", "EX-2", to="b-police", acts=acts, transfer=NONCE)
    alone = read(a.build("alone.zip", "EX-2", to="b-police").path, trust(a), a.world.at)
    assert alone.report.verdict is Verdict.PASSED


@pytest.mark.parametrize("gate", GATES)
@pytest.mark.usefixtures("around")
def test_what_an_ancestor_did_before_is_asked(tmp_path: Path, gate: str | None) -> None:
    """All that was said of it up to the act that a child names is there, so nothing is missing by accident."""
    a = Side(tmp_path / "a", "a", peers={"b": "XB"}, gate=gate)
    register(a)
    a.world.annotate(
        "bundle.exported", a.world.about(CASE, "EX-1"),
        {"manifest": "ab" * 32, "recipient": "b", "to": "b-police"}, actor="examiner-1",
    )  # fmt: skip
    a.world.act("custody.moved", CASE, "EX-1", {"place": "x", "to_country": "XA"}, actor="examiner-1")
    moved = a.world.exhibit(CASE, "EX-1")
    assert moved is not None
    parent = {"case": CASE, "event": moved.head, "exhibit": "EX-1"}
    a.world.register(CASE, "EX-2", actor="examiner-1", files={"x.txt": b"new"}, derived_from=[parent])
    found = read(a.build("child.zip", "EX-2", to="ministry").path, trust(a), a.world.at)
    assert "release.consent-missing" in codes(found)


FOREIGN = {
    "case": "x", "exhibit": "x", "head": "ab" * 32, "ledger": "b.example/main", "manifest": "cd" * 32,
    "root": "ef" * 32, "size": 5,
}  # fmt: skip
SAME = [{"case": CASE, "exhibit": "EX-7"}]


def alike(folder: Path, gate: str = "v2") -> Post:
    """A country in which EX-8 is the same as EX-7, which came from b, and whose own ministry lets EX-8 go to c."""
    post = Post(folder, "a", {"b": "XB", "c": "XC"}, gate=gate)
    came = {"foreign": FOREIGN, "obtained": "foreign-assistance"}
    for number, told in (("EX-7", came), ("EX-8", {"same_object_as": SAME})):
        registration = post.world.registration(CASE, number, actor="examiner-1", files={"s.txt": b"of b"}, **told)
        post.forge.add(post.world.sign(registration))
    post.annotate("record.corrected", {"field": "place", "reason": "typing", "value": "Room 9"}, "EX-7",
                  event=str(post.setting.about("EX-7").exhibit))  # fmt: skip
    post.consent("EX-8", recipient="c-police", **PAPER)
    return post


def read_pack(post: Post, *exhibits: str, **options: Any) -> Verified:
    """Return a bundle of some exhibits as a reader sees it."""
    source = BundleSource(read_container(Held(pack(post.bundle(*exhibits, **options)))))
    return verify(source, trusted=Trusted(trust_in(post), "00" * 32), at=post.world.at)


def judged(post: Post, *exhibits: str, **options: Any) -> set[str]:
    """Return what a reader of a bundle is told at steps 8 and 11."""
    found = read_pack(post, *exhibits, **options)
    return {item.code for item in found.report.findings if item.step in {8, 11}}


def test_what_is_the_same_shows_what_binds_it(tmp_path: Path) -> None:
    """Its registration says that it is bound; a bundle of the other one alone would hide that."""
    post = alike(tmp_path)
    assert judged(post, "EX-8", to="c-police") == {"completeness.goes-on", "release.consent-missing"}
    entries = [entry for entry in read_pack(post, "EX-8", to="c-police").entries.values() if entry.event.event.link]
    assert [(item.event.event.exhibit, item.event.type) for item in entries] == [
        ("EX-7", "exhibit.registered"), ("EX-8", "exhibit.registered"),
    ], "and no more than that"  # fmt: skip


@pytest.mark.parametrize(
    ("after", "is_told"),
    [
        (lambda post: post.consent("EX-1", "EX-2", recipient="c-police"), False),
        (lambda post: post.consent("EX-1", recipient="c-police"), True),
    ],
    ids=["of both", "of it alone"],
)
def test_what_is_carried_is_not_told_of_as_more(tmp_path: Path, after: Callable[[Post], object], is_told: bool) -> None:
    """A consent to an original and its copy stands in the bundle of the copy; nothing of the original is missing."""
    post = Post(tmp_path, "a", {"b": "XB", "c": "XC"}, gate="v2")
    parent = {"case": CASE, "event": post.story("EX-1")[0].event.hash, "exhibit": "EX-1"}
    composed = post.world.registration(
        CASE, "EX-2", actor="examiner-1", files={"s.txt": b"a copy"}, derived_from=[parent]
    )
    post.forge.add(post.world.sign(composed))
    after(post)
    assert ("completeness.goes-on" in judged(post, "EX-2", to="ministry")) == is_told


def test_leaving_it_out_is_found(tmp_path: Path) -> None:
    """Whoever makes the bundle is not asked whether he likes what binds it."""
    post = alike(tmp_path)
    index = next(entry.entry.index for entry in post.story("EX-7"))
    assert "completeness.count" in judged(post, "EX-8", to="c-police", omit=[index])


def test_an_older_gate_carries_what_it_carried(tmp_path: Path) -> None:
    """There nothing binds what is the same, so nothing is missing."""
    assert judged(alike(tmp_path, "v1"), "EX-8", to="c-police") == set()


@pytest.mark.parametrize(("gate", "is_refused"), [("v1", False), ("v2", True)])
def test_the_same_as_something_unknown_is_refused(tmp_path: Path, gate: str, is_refused: bool) -> None:
    """Whatever binds that would bind nothing here, because it came later."""
    a = Side(tmp_path / "a", "a", peers={}, gate=gate)
    event = a.world.registration(CASE, "EX-8", actor="examiner-1", same_object_as=SAME)
    if is_refused:
        with pytest.raises(RuleViolation) as caught:
            a.world.append(a.world.sign(event))
        assert caught.value.code == "rule.parent"
    else:
        a.world.append(a.world.sign(event))


def test_what_is_carried_for_a_rule_shows_nothing_else(tmp_path: Path) -> None:
    """Another case's exhibit goes along for where it came from, and neither its names nor its place are told."""
    a = Side(tmp_path / "a", "a", peers={"c": "XC"}, gate="v2")
    a.world.open_case("2026-0999")
    for case, number, told in (("2026-0999", "EX-7", {}), (CASE, "EX-8", {"same_object_as": [
        {"case": "2026-0999", "exhibit": "EX-7"}]})):  # fmt: skip
        event = a.world.registration(case, number, actor="examiner-1", files={"s.txt": b"x"}, place="Room 4", **told)
        a.world.append(a.world.sign(event))
    found = read(a.build("one.zip", "EX-8", to="ministry", choice=Choice(to="ministry")).path, trust(a), a.world.at)
    assert found.report.verdict is Verdict.PASSED
    disclosed = found.values.disclosed
    shown = {
        entry.event.event.case: {item.path for key, item in disclosed.items() if key in str(entry.event.raw)}
        for entry in found.entries.values() if entry.event.type == "exhibit.registered"
    }  # fmt: skip
    assert shown["2026-0999"] == set()
    assert "/details/place" in shown[CASE]


def asked(folder: Path, outcome: str | None) -> Post:
    """A country that was asked by b, and whose ministry lets EX-1 go to b and to c because of that."""
    post = Post(folder, "a", {"b": "XB", "c": "XC"}, gate="v2")
    heard = {**HEARD, "fields": [{"name": "facts", "value": "the informer is the driver"}]}
    post.event("request.received", heard, actor="official-1")
    post.consent(request="req-1", **PAPER)
    if outcome:
        reasons = {"ground": "political", "reasons": "no"}
        answer = {"answered_at": HEARD["received_at"], "outcome": outcome, "request": "req-1", **reasons}
        post.event("request.answered", answer, actor="official-1")
    return post


@pytest.mark.parametrize("to", ["b-police", "ministry"])
def test_a_refused_request_lets_nothing_go_though_nobody_lists_it(tmp_path: Path, to: str) -> None:
    """What a consent rests on is in the bundle for whoever may know of it: who asked, and who was asked."""
    post = asked(tmp_path, "refused")
    post.act("custody.moved", {"place": "x", "to_agent": "b-police", "to_country": "XB"})
    assert "release.request-ended" in judged(post, "EX-1", to=to)


def test_what_one_country_asks_is_not_carried_to_another(tmp_path: Path) -> None:
    """That b has it is told by the consent; what b asked, and what for, is b's."""
    post = asked(tmp_path, None)
    post.act("custody.moved", {"place": "x", "to_agent": "b-police", "to_country": "XB"})
    for to, told in (("c-police", False), ("b-police", True)):
        types = {entry.event.type for entry in read_pack(post, "EX-1", to=to).entries.values()}
        assert ("request.received" in types) is told


@pytest.mark.parametrize("to", ["c-police", "ministry"])
def test_a_dispatch_under_the_request_of_a_third_country_shows_itself(tmp_path: Path, to: str) -> None:
    """A bundle that doesn't list the request hides nothing of it."""
    post = asked(tmp_path, None)
    post.consent(recipient="c-police")
    post.dispatch(to="c-police", request="req-1")
    assert "release.request-peer" in judged(post, "EX-1", to=to)


def test_of_what_a_child_was_made_from_no_end_is_missed(tmp_path: Path) -> None:
    """How its freeze went on isn't carried, so that nobody prolonged it is not known either."""
    a = Side(tmp_path / "a", "a", peers={"b": "XB"}, gate="v2")
    frozen = {"ends_at": "2026-11-21T09:00:00Z", "provider": "an exchange"}
    asset = {"account": "an account", "custody": "custodial", "freeze": frozen}
    a.world.register(CASE, "EX-1", actor="examiner-1", nature="asset", kind="account", asset=asset, files={"a": b"a"})
    parent = {"case": CASE, "event": a.world.about(CASE, "EX-1").exhibit, "exhibit": "EX-1"}
    a.world.register(CASE, "EX-2", actor="examiner-1", files={"x.txt": b"new"}, derived_from=[parent])
    prolonged = {"change": "prolonged", "decided_at": "2026-11-21T08:00:00Z", "ends_at": "2028-01-01T00:00:00Z"}
    a.world.annotate("asset.freeze-changed", a.world.about(CASE, "EX-1"), prolonged, actor="examiner-1")

    def ended(path: Path, at: str) -> bool:
        source = BundleSource(read_container(Held(path.read_bytes())))
        found = verify(source, trusted=trust(a), at=parse_time(at), profile_for=lambda *_: shipped_profile("cn"))
        return "procedure.freeze" in {item.code for item in found.report.findings}

    child = a.build("child.zip", "EX-2", to="ministry").path
    both = a.build("both.zip", "EX-1", "EX-2", to="ministry").path
    for at in ("2026-12-01T00:00:00Z", "2029-01-01T00:00:00Z"):
        assert (ended(child, at), ended(both, at)) == (False, at.startswith("2029"))


def test_a_request_that_nobody_lists_is_carried_without_what_it_says(tmp_path: Path) -> None:
    """The rule asks whether it still stands; a bundle says what was asked where it answers it."""
    a = Side(tmp_path / "a", "a", peers={"b": "XB"}, gate="v2")
    register(a)
    tell(a, "request.received", {**HEARD, "fields": [{"name": "facts", "value": "the informer is the driver"}]})
    a.consent("EX-1", "b-police", request="req-1")
    a.consent("EX-1", "b-police")
    a.world.append(a.world.sign(a.dispatch("EX-1", "b-police", request="req-1")))
    built = a.build("one.zip", "EX-1", to="b-police", choice=Choice(to="b-police"), transfer=NONCE)
    found = read(built.path, trust(a), a.world.at)
    assert found.report.verdict is Verdict.PASSED
    (heard,) = (entry for entry in found.entries.values() if entry.event.type == "request.received")
    assert not any(key in str(heard.event.raw) for key in found.values.disclosed)
