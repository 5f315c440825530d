"""Evidence crosses borders any number of times: one exhibit in each ledger, one holder at every time."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from custody.bundle import build
from custody.bundle.disclose import parse_choice
from custody.ledger import appending
from custody.transfer.arrivals import delivery_of
from custody.verify.verify import Verified
from schemas.content import Content
from schemas.details.exhibit import Foreign
from schemas.details.transfer import TransferReturned
from schemas.entry import parse_entry
from schemas.errors import RefusedError, RuleViolation
from tests.border import CASE, Side, codes, read, register, trust

PAPER = {"manner": "paper", "documents": ["ab" * 32], "number": "7"}


class Roads:
    """Three ledgers that believe each other; EX-1 was registered in a."""

    def __init__(self, folder: Path) -> None:
        self.sides = {
            name: Side(folder / name, name, peers={peer: f"X{peer.upper()}" for peer in "abc" if peer != name})
            for name in "abc"
        }
        self.hops = 0
        register(self.sides["a"])

    def send(self, start: str, end: str) -> Path:
        """Let one side send EX-1 to another, with every consent that it takes, and return the bundle."""
        self.hops += 1
        sender, to = self.sides[start], f"{end}-police"
        sender.consent("EX-1", to, number="1")
        for binding in {"a", "b", "c"} - {start, end}:
            sender.consent("EX-1", to, authority=f"{binding}-police", **PAPER)
        transfer = f"{self.hops:032x}"
        act = sender.dispatch("EX-1", to, transfer=transfer)
        name = f"{self.hops}.zip"
        return sender.build(name, "EX-1", to=to, acts=[act], transfer=transfer).path

    def read(self, bundle: Path) -> Verified:
        """Verify a bundle as somebody does who believes all three."""
        at = max(side.world.at for side in self.sides.values())
        return read(bundle, trust(*self.sides.values()), at)

    def cross(self, start: str, end: str) -> Verified:
        """Send EX-1 and take it in on the other side, as a new exhibit or back home."""
        bundle = self.send(start, end)
        verified = self.read(bundle)
        assert verified.report.verdict.value == "PASSED", verified.report.findings
        (arrival,) = delivery_of(verified).arrivals
        side = self.sides[end]
        if arrival.comes_home_to(side.world.origin) is None:
            side.accept(bundle, verified, f"{start}-police")
        else:
            side.take_back(bundle, verified, f"{start}-police")
        return verified

    def travel(self, *stops: str) -> Verified:
        """Let it cross from stop to stop, and return how the last bundle verified."""
        return [self.cross(*hop) for hop in pairwise(stops)][-1]

    def holder(self, name: str) -> tuple[str, str]:
        """Return status and holder of EX-1 in a ledger."""
        exhibit = self.sides[name].world.exhibit(CASE, "EX-1")
        assert exhibit is not None
        return exhibit.status, exhibit.holder


@pytest.fixture
def roads(tmp_path: Path) -> Roads:
    """Nothing was sent yet."""
    return Roads(tmp_path)


def returned(roads: Roads, name: str, **details: Any) -> None:
    """Record a return on paper."""
    side = roads.sides[name]
    given = {"document": "ab" * 32, "from": "b-police", "transfer": "ee" * 16, **details}
    act = side.world.custody_act("transfer.returned", CASE, "EX-1", given, actor="examiner-1")
    side.world.append(side.world.sign(act))


def recall(roads: Roads, name: str, transfer: str) -> None:
    """Record a recall."""
    side = roads.sides[name]
    given = {"reason": "wrong court", "transfer": transfer}
    side.world.append(
        side.world.sign(side.world.custody_act("transfer.recalled", CASE, "EX-1", given, actor="examiner-1"))
    )


def test_evidence_goes_to_and_fro_as_often_as_it_must(roads: Roads) -> None:
    """A -> B -> A -> B -> A: one exhibit in each ledger, and both say the same of where it is."""
    roads.travel(*"ababababa")
    assert roads.holder("a") == ("held", "examiner-1")
    assert roads.holder("b")[0] == "dispatched"


def test_evidence_comes_home_through_a_third_ledger(roads: Roads) -> None:
    """A -> B -> C -> A: who gave it back is not who got it, and it is the same exhibit all the same."""
    roads.travel(*"abca")
    assert roads.holder("a") == ("held", "examiner-1")


def test_a_circle_can_be_walked_again_and_again(roads: Roads) -> None:
    """Bundles lie within bundles no deeper than a verifier goes."""
    roads.travel(*"abcabcabca")
    assert roads.holder("a") == ("held", "examiner-1")


def test_what_happened_while_it_was_away_is_told_onward(roads: Roads) -> None:
    """Who gets it from a after it came back sees what b did with it."""
    last = roads.travel(*"abac")
    assert {item.origin for item in last.report.inherited} == {"a.example/main", "b.example/main"}  # type: ignore[union-attr]
    assert "inherited.away" not in codes(last)


def test_a_return_without_its_bundle_says_so(roads: Roads) -> None:
    """A gap in what is told is no lie yet: a defect, as a return on paper alone is one."""
    roads.travel(*"aba")
    roads.sides["a"].inherited.clear()
    verified = roads.read(roads.send("a", "c"))
    assert [item.severity.value for item in verified.report.findings if item.code == "inherited.away"] == ["defect"]
    assert verified.report.verdict.value == "PASSED"


@pytest.mark.parametrize("way", ["ababababab", "abcabcabcab", "abcbabab", "abacabac"])
def test_what_a_writer_must_leave_behind_is_no_defect(roads: Roads, way: str) -> None:
    """Whoever follows the format is not accused of it; that something is not told is said."""
    crossed = [roads.cross(*hop) for hop in pairwise(way)]
    found = [item for verified in crossed for item in verified.report.findings if item.code == "inherited.away"]
    assert {item.severity.value for item in found} == {"note"}


def test_what_a_writer_could_send_on_is_missed_however_far_it_went(roads: Roads) -> None:
    """That later ones lie deep explains nothing of the first."""
    roads.travel(*"abababab")
    entries = map(parse_entry, roads.sides["a"].world.entries())
    first = next(entry.event.details for entry in entries if isinstance(entry.event.details, TransferReturned))
    assert isinstance(first.foreign, Foreign)
    del roads.sides["a"].inherited[first.foreign.manifest]
    roads.travel(*"ba")
    found = [item for item in roads.read(roads.send("a", "c")).report.findings if item.code == "inherited.away"]
    own = [item.severity.value for item in found if item.subject.startswith("entry ")]
    assert own[0] == "defect"


@pytest.mark.usefixtures("liar")
def test_a_return_that_names_another_act_is_found(roads: Roads) -> None:
    """A ledger can't say that something else came back than was sent."""
    roads.travel("a", "b")
    bundle = roads.send("b", "a")
    verified = roads.read(bundle)
    (arrival,) = delivery_of(verified).arrivals
    other = replace(arrival.foreign, head="cd" * 32)
    roads.sides["a"].take_back(bundle, verified, "b-police", foreign=other)
    assert "inherited.head" in codes(roads.read(roads.send("a", "c")))


@pytest.fixture
def liar(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a sender's program hand out what its own check would not let pass."""
    monkeypatch.setattr(build, "_check_own", lambda *_: None)


def test_the_same_bundle_brings_nothing_home_twice(roads: Roads) -> None:
    """An old bundle can't take custody out of the hands of who has the evidence now."""
    roads.travel("a", "b")
    bundle = roads.send("b", "a")
    verified = roads.read(bundle)
    roads.sides["a"].take_back(bundle, verified, "b-police")
    roads.send("a", "b")
    with pytest.raises(RuleViolation, match=r"rule\.transfer-twice"):
        roads.sides["a"].take_back(bundle, verified, "b-police")


def test_what_was_recalled_and_accepted_all_the_same_comes_home(roads: Roads) -> None:
    """The acceptance makes no second holder, and the evidence is not stranded; the record says what happened."""
    bundle = roads.send("a", "b")
    recall(roads, "a", f"{1:032x}")
    roads.sides["b"].accept(bundle, roads.read(bundle), "a-police")
    assert roads.holder("a") == ("in-transit", "examiner-1")
    roads.cross("b", "a")
    assert roads.holder("a") == ("held", "examiner-1")
    assert "defect.returned-after-recall" in codes(roads.read(roads.send("a", "c")))


def test_what_was_refused_unread_and_accepted_intact_comes_home(roads: Roads) -> None:
    """A damaged parcel is refused, its receipt is on record, and then the same parcel arrives whole."""
    bundle = roads.send("a", "b")
    side = roads.sides["a"]
    refused = {
        "decided_at": "2026-11-21T13:00:00Z", "document": "ab" * 32, "manner": "paper", "outcome": "refused",
        "transfer": f"{1:032x}",
    }  # fmt: skip
    act = side.world.custody_act("transfer.receipt", CASE, "EX-1", refused, actor="examiner-1")
    side.world.append(side.world.sign(act))
    roads.sides["b"].accept(bundle, roads.read(bundle), "a-police")
    roads.cross("b", "a")
    assert roads.holder("a") == ("held", "examiner-1")


def test_it_comes_home_on_paper_as_well(roads: Roads) -> None:
    """Not everybody has a ledger; and once is enough."""
    roads.send("a", "b")
    recall(roads, "a", f"{1:032x}")
    returned(roads, "a", sent=f"{1:032x}")
    assert roads.holder("a") == ("held", "examiner-1")
    with pytest.raises(RuleViolation, match=r"rule\.state"):
        returned(roads, "a", sent=f"{1:032x}", transfer="ef" * 16)


def test_what_was_never_sent_does_not_come_back(roads: Roads) -> None:
    """A return of what is held would be a custody act out of nothing."""
    with pytest.raises(RuleViolation, match=r"rule\.state"):
        returned(roads, "a", sent=f"{1:032x}")


@pytest.mark.parametrize("sent", [None, f"{1:032x}"])
def test_a_late_return_takes_nothing_from_the_next_receiver(roads: Roads, sent: str | None) -> None:
    """Recalled from b and on its way to c: what b gives back is not what c is getting."""
    roads.send("a", "b")
    recall(roads, "a", f"{1:032x}")
    side = roads.sides["a"]
    moved = side.world.custody_act("custody.moved", CASE, "EX-1", {"place": "room 4"}, actor="examiner-1")
    side.world.append(side.world.sign(moved))
    roads.send("a", "c")
    with pytest.raises(RuleViolation, match=r"rule\.transfer-other"):
        returned(roads, "a", sent=sent)
    assert roads.holder("a") == ("dispatched", "c-police")


def both(side: Side) -> Path:
    """Let a side hand out EX-1 and EX-2 at home."""
    for exhibit in ("EX-1", "EX-2"):
        side.consent(exhibit, "ministry", authority="a-police", **PAPER)
    return side.build("two.zip", "EX-1", "EX-2", to="ministry").path


def test_a_name_may_stand_again_only_in_its_own_content(roads: Roads) -> None:
    """What frees evidence to come back frees no salt to serve a second value."""
    bundle = roads.send("a", "b")
    verified = roads.read(bundle)
    side = roads.sides["b"]
    side.accept(bundle, verified, "a-police")
    before = parse_entry(side.world.entries()[-1]).event.details
    roads.cross("b", "a")
    bundle = roads.send("a", "b")
    verified = roads.read(bundle)
    with pytest.raises(RuleViolation, match=r"rule\.commitment-twice"):
        side.accept(bundle, verified, "a-police", number="EX-2", place=before.description)  # type: ignore[attr-defined]
    side.accept(bundle, verified, "a-police", number="EX-2")
    assert "rule.commitment-twice" not in codes(roads.read(both(side)))


@pytest.mark.usefixtures("liar")
def test_a_verifier_finds_a_name_that_serves_another_content(roads: Roads, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ledger that lets its own rule go is found out by who reads its bundle."""
    bundle = roads.send("a", "b")
    verified, side = roads.read(bundle), roads.sides["b"]
    side.accept(bundle, verified, "a-police")
    roads.cross("b", "a")
    bundle = roads.send("a", "b")
    verified = roads.read(bundle)
    content = delivery_of(verified).arrivals[0].registered.content
    assert isinstance(content, Content)
    monkeypatch.setattr(appending, "check_commitments", lambda *_: None)
    side.accept(bundle, verified, "a-police", number="EX-2", content=replace(content, root="00" * 32))
    assert "rule.commitment-twice" in codes(roads.read(both(side)))


def test_what_is_withheld_is_not_shown_by_a_bundle_within(roads: Roads) -> None:
    """Who keeps a text back must not find it in the papers that he hands on; he is told, and nothing is recorded."""
    roads.travel("a", "b")
    side = roads.sides["b"]
    side.consent("EX-1", "ministry", authority="a-police", **PAPER)
    before = len(side.world.entries())
    choice = parse_choice(withhold=["exhibit.registered:/details/description"], disclose=[])
    with pytest.raises(RefusedError, match=r"bundle of a\.example/main.*bundle\.inherited-shows"):
        side.build("kept.zip", "EX-1", to="ministry", choice=choice)
    assert len(side.world.entries()) == before
    choice = parse_choice(withhold=["exhibit.registered:/details/description"], disclose=[], even_inherited=True)
    assert (
        roads.read(side.build("kept.zip", "EX-1", to="ministry", choice=choice).path).report.verdict.value == "PASSED"
    )


def test_what_no_bundle_within_shows_is_withheld_as_always(roads: Roads) -> None:
    """Only what would be seen all the same stops an export."""
    roads.travel("a", "b")
    side = roads.sides["b"]
    side.consent("EX-1", "ministry", authority="a-police", **PAPER)
    choice = parse_choice(withhold=["transfer.accepted:/details/description"], disclose=[])
    assert side.build("kept.zip", "EX-1", to="ministry", choice=choice).kept
