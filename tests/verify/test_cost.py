"""What a hostile bundle costs its reader grows with its size and no faster: else a court waits for ever.

Counted are the interpreter's instructions in each function, for bundles of n and of 2n records of one kind. They are
the same in every run: a function that walks all records for each of them takes four times as many, and not twice.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from types import CodeType, FrameType, SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from custody.bundle.container import read_container
from custody.bundle.region import Held
from custody.bundle.source import BundleSource
from custody.ledger.compose import Anchor
from custody.report.basis import Basis
from custody.report.document import make_document
from custody.verify.fold.state import State
from custody.verify.gate import faults
from custody.verify.gate.faults import Breach, fault_of
from custody.verify.rules.view import Agent
from custody.verify.verify import Trusted, verify
from schemas import canonical, layout, limits, text
from schemas.content import content_of
from schemas.event import About
from schemas.merkle import hash_leaf, root_of
from schemas.trust import Trust
from schemas.types import UNSET
from tests.onchain import scenes
from tests.vectors.content_cases import make_list
from tests.vectors.evidence_cases import register
from tests.vectors.forge import pack
from tests.vectors.letter_cases import Letter, _right
from tests.vectors.posts import CONSENT, Post, link_of, trust_in
from tests.vectors.setting import CASE, FILES
from tests.vectors.transfer_cases import RECALLED, RECEIPT, Road
from tests.verify.test_lists_under_orders import post_of

AT = text.parse_time("2026-11-22T00:00:00Z")
RECORDS = 24
WORTH_COUNTING = 3_000
"""Instructions; a function with less is not where anybody waits."""
Hostile = Callable[[Path, int], tuple[bytes, Trust]]


def _letters(folder: Path, count: int) -> tuple[bytes, Trust]:
    """Consents that all rest on one letter, which has as many answers."""
    setting: Any = SimpleNamespace(forge=SimpleNamespace(folder=folder))
    letter = Letter(answers=[{}] * count, times=count)
    members, a, b = letter.tell(setting)
    return pack(members), trust_in(a, b)


def _receipts(folder: Path, count: int) -> tuple[bytes, Trust]:
    """Receipts that all follow the last of many acts, far behind the dispatch."""
    setting: Any = SimpleNamespace(forge=SimpleNamespace(folder=folder))
    road = Road(setting)
    road.b.accept(road.a, road.parcel)
    accepted = next(entry for entry in road.b.forge.reader().parsed.values() if entry.event.type == "transfer.accepted")
    raw, raws = _right(road, accepted.entry.index), road.b.forge.raws
    digest = sha256(raw).hexdigest()
    road.a.forge.documents[digest] = raw
    origin = {
        "event": accepted.event.hash, "index": accepted.entry.index, "ledger": road.b.world.origin,
        "root": root_of(map(hash_leaf, raws)).hex(), "size": len(raws),
    }  # fmt: skip
    decided = accepted.event.details.accepted_at  # type: ignore[attr-defined]
    told = {**RECEIPT, "decided_at": decided, "document": digest, "manner": "proof", "origin": origin}
    road.a.act("transfer.recalled", RECALLED)
    for _ in range(count):
        road.a.act("custody.moved", {"place": "Room 5"})
    link = link_of(road.a)
    for _ in range(count):
        composed = road.a.world.custody_act("transfer.receipt", CASE, "EX-1", told, link=link, actor="examiner-1")
        road.a.forge.add(road.a.world.sign(composed))
    return pack(road.a.bundle("EX-1", to="ministry")), trust_in(road.a, road.b)


def _originals(folder: Path, count: int) -> tuple[bytes, Trust]:
    """A chain of exhibits, each made from the one before, each in a case of its own, and corrected again and again."""
    post = Post(folder, "a", {})
    parents: list[dict[str, str]] = []
    corrected = About(exhibit="")
    for number in range(count):
        case = f"C-{number:04}"
        opened = {"authority": "prosecutor", "legal_basis": "order 7", "offences": ()}
        post.event("case.opened", opened, actor="registrar-1", anchor=Anchor(case=case))
        origin = {"derived_from": parents} if parents else {}
        composed = post.world.registration(case, "EX", actor="examiner-1", files=FILES, **origin)
        post.forge.add(post.world.sign(composed))
        parents = [{"case": case, "event": composed.event.hash, "exhibit": "EX"}]
        corrected = About(exhibit=composed.event.hash, event=composed.event.hash)
    right = {"field": "description", "reason": "mistyped", "value": "disk"}
    for _ in range(count):
        post.event("record.corrected", right, anchor=Anchor(about=(corrected,)))
    export = {"about": [About(exhibit=corrected.exhibit)], "stated": {"to": "ministry"}}
    members = post.forge.bundle([(parents[0]["case"], "EX")], export=export)
    return pack(members), trust_in(post)


def _erased(folder: Path, count: int) -> tuple[bytes, Trust]:
    """Orders that destroy, between exports of what they are about."""
    post = Post(folder, "a", {})
    for _ in range(count):
        post.erase(commitments=["ab" * 32])
        post.forge.export([(CASE, "EX-1")], {layout.MANIFEST: b""}, stated={"to": "ministry"})
    return pack(post.bundle("EX-1", to="ministry")), trust_in(post)


def _observations(folder: Path, count: int) -> tuple[bytes, Trust]:
    """An asset of which every look shows less: of its account before it was taken, and of ever new wallets after."""
    post = Post(folder, "a", {})
    target = "eip155:1:0x" + "a1" * 20
    register(post, asset={"account": target, "custody": "self-hosted"}, content=content_of([]), nature="asset")
    for number in range(2 * count):
        wallet = {"wallet": f"eip155:1:0x{number % count + 1:040x}"}
        at = f"2026-11-29T{number // 60:02}:{number % 60:02}:00Z"
        state = {"balance": str(9_000 - number), "observed_at": at}
        post.annotate("asset.observed", {"balance_of": "wallet", "state": state, "transfer": wallet}, "EX-2")
        state = {**state, "observed_at": f"2025{at[4:]}"}
        post.annotate("asset.observed", {"balance_of": "account", "state": state}, "EX-2")
    return pack(post.bundle("EX-2", to="ministry")), trust_in(post)


def _consents(folder: Path, count: int) -> tuple[bytes, Trust]:
    """Consents that let nothing go yet, more than a release looks at, and as many releases."""
    post = Post(folder, "a", {"b": "XB"})
    for number in range(count):
        post.consent(valid_from=f"2030-01-01T00:00:{number:02}Z")
    for _ in range(count):
        post.annotate("access.logged", {"action": "exported", "agent": "b-police"}, actor="system")
    return pack(post.bundle("EX-1")), trust_in(post)


def _worded(folder: Path, count: int) -> tuple[bytes, Trust]:
    """Consents of as many words, and a dispatch under all of them at once."""
    post = Post(folder, "a", {"b": "XB"}, gate="v2")
    words = [f"condition {number:03}" for number in range(count)]
    for word in words:
        post.consent(conditions=[{"before": False, "code": "use-limited", "text": word}])
    together = [{"before": False, "code": "use-limited", "text": "; ".join(words)}]
    return pack(post.parcel(conditions=together)), trust_in(post)


def _lists(folder: Path, count: int) -> tuple[bytes, Trust]:
    """Exhibits of one list of as many folders, and an order that destroys a file of each."""
    post = Post(folder, "a", {})
    records = ({"path": f"folder {number:04}", "type": "directory"} for number in range(count))
    content, raw, _ = make_list(post, *records)
    post.forge.manifests[content.root] = raw
    names = [f"N-{number:04}" for number in range(count)]
    told: dict[str, Any] = {"content": replace(content, files=UNSET), "kind": "directory", "nature": "data"}
    for name in names:
        post.forge.add(post.world.sign(post.world.registration(CASE, name, actor="examiner-1", **told)))
    post.erase(*names, files=["ab" * 32])
    return pack(post.bundle(*names, to="ministry")), trust_in(post)


def _ordered(folder: Path, count: int) -> tuple[bytes, Trust]:
    """Exhibits of one list of as many files, and for each an order of its own that destroys another file."""
    raws = [f"file {number}".encode() for number in range(count)]
    post, names, _ = post_of(folder, count, raws)
    for name, raw in zip(names, raws, strict=True):
        post.erase(name, files=[sha256(raw).hexdigest()])
    return pack(post.bundle(*names, to="ministry")), trust_in(post)


def _moved(folder: Path, count: int) -> tuple[bytes, Trust]:
    """Who holds as many exhibits is entered as abroad, and as here, again and again; and so is who held them before."""
    post, names = Post(folder, "a", {}, gate="v2"), [f"N-{number:04}" for number in range(count)]
    post.event("agent.changed", {"agent": "registrar-1", "country": "XA"}, actor="registrar-1")
    for name in names:
        post.forge.add(post.world.sign(post.world.registration(CASE, name, actor="examiner-1")))
    for name in names:
        post.act("custody.handed-over", {"purpose": "x"}, exhibit=name, to="registrar-1")
    for agent in ("registrar-1", "examiner-1"):
        for country in ("XB", "XA") * count:
            post.event("agent.changed", {"agent": agent, "country": country}, actor="registrar-1")
    return pack(post.bundle(*names, to="ministry")), trust_in(post)


def _alike(folder: Path, count: int) -> tuple[bytes, Trust]:
    """Exhibits of which each is the same as sixteen before it, and consents that rest on requests of others."""
    post = Post(folder, "a", {"b": "XB"}, gate="v2")
    names = [f"N-{number:04}" for number in range(count)]
    for at, name in enumerate(names):
        same = [{"case": CASE, "exhibit": other} for other in names[max(0, at - 16) : at]]
        told: dict[str, Any] = {"same_object_as": same} if same else {}
        post.forge.add(post.world.sign(post.world.registration(CASE, name, actor="examiner-1", **told)))
    for at, name in enumerate(names):
        heard = {"fields": [], "from": "b-police", "kind": "mla", "paper": "ab" * 32, "request": f"r-{at}"}
        post.event("request.received", {**heard, "received_at": "2026-11-21T09:00:00Z"}, actor="official-1")
        post.consent(name, request=f"r-{at}")
    return pack(post.bundle(names[-1], to="ministry")), trust_in(post)


def _proofs(folder: Path, count: int) -> tuple[bytes, Trust]:
    """An asset that is looked at again and again, each time with the same long proof, which is named sixteen times."""
    post = Post(folder, "a", {})
    raw = canonical.encode(scenes.bitcoin_proof(0, 8 * count))
    digest = sha256(raw).hexdigest()
    post.forge.documents[digest] = raw
    transfer = {"transaction": scenes.PAYMENT_ID, "wallet": scenes.address(scenes.WALLET)}
    seized = {"account": scenes.address(scenes.TARGET), "custody": "self-hosted", "transfer": transfer}
    register(post, asset=seized, content=content_of([]), nature="asset")
    for _ in range(count):
        post.annotate("asset.observed", {"proofs": [{"document": digest}] * 16}, "EX-2")
    return pack(post.bundle("EX-2", to="ministry")), trust_in(post)


def _bound(folder: Path, count: int) -> tuple[bytes, Trust]:
    """An exhibit that as many ledgers bind, each by one that it derives from, and as many consents of none of them."""
    post = Post(folder, "a", {"b": "XB"}, gate="v2")
    parents: list[dict[str, str]] = []
    named = {"case": "x", "exhibit": "x", "head": "ab" * 32, "manifest": "cd" * 32, "root": "ef" * 32}
    foreign: dict[str, Any] = {**named, "size": 5}
    for number in range(count):
        told: dict[str, Any] = {
            "foreign": {**foreign, "ledger": f"l{number}.example/x"},
            "obtained": "foreign-assistance",
        }
        told |= {"derived_from": parents} if parents else {}
        composed = post.world.registration(CASE, f"D-{number:03}", actor="examiner-1", **told)
        post.forge.add(post.world.sign(composed))
        parents = [{"case": CASE, "event": composed.event.hash, "exhibit": f"D-{number:03}"}]
    last = parents[0]["exhibit"]
    for _ in range(count):
        post.annotate("consent.recorded", CONSENT, last, actor="official-1")
    post.annotate("access.logged", {"action": "exported", "agent": "b-police"}, last, actor="system")
    return pack(post.bundle(last)), trust_in(post)


def _together(folder: Path, count: int) -> tuple[bytes, Trust]:
    """As many consents, about as many exhibits, all of which go at once."""
    post, names = Post(folder, "a", {"b": "XB"}, gate="v2"), [f"N-{number:04}" for number in range(count)]
    for name in names:
        post.forge.add(post.world.sign(post.world.registration(CASE, name, actor="examiner-1")))
    for _ in names:
        post.consent(*names, valid_from="2030-01-01T00:00:00Z")
    post.annotate("access.logged", {"action": "exported", "agent": "b-police"}, *names, actor="system")
    return pack(post.bundle(*names, to="ministry")), trust_in(post)


def _work(made: tuple[bytes, Trust]) -> Callable[[], None]:
    raw, trust = made

    def work() -> None:
        source = BundleSource(read_container(Held(raw)))
        verified = verify(source, trusted=Trusted(trust, "00" * 32), at=AT)
        make_document(verified.report, verified, Basis(bundle="hostile.zip", trust=trust))

    return work


def _count(work: Callable[[], None]) -> Counter[CodeType]:
    """Return how many instructions were run, by function."""
    counts: Counter[CodeType] = Counter()

    def trace(frame: FrameType, event: str, _: object) -> Any:
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        if event == "opcode":
            counts[frame.f_code] += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return counts


@pytest.mark.parametrize(
    "hostile",
    [
        *(_letters, _receipts, _originals, _erased, _observations, _consents, _lists, _ordered, _proofs, _bound),
        *(_moved, _alike, _worded),
    ],
    ids=lambda item: item.__name__[1:],
)
def test_twice_the_records_cost_twice_the_work(
    tmp_path: Path, hostile: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No function walks over all records for each of them."""
    if hostile is not _worded:  # which is about all that are asked
        monkeypatch.setattr(limits, "CONSENTS_ASKED", RECORDS // 4)
    works = []
    for times in (1, 2):
        folder = tmp_path / str(times)
        folder.mkdir()
        works.append(_work(hostile(folder, times * RECORDS)))
    works[0]()  # what is loaded or kept at the first time isn't counted
    once, twice = map(_count, works)
    worse = {
        f"{code.co_filename}:{code.co_firstlineno} {code.co_name}": (once[code], count)
        for code, count in twice.items()
        if count > max(WORTH_COUNTING, 3 * once[code])
    }
    assert worse == {}


def test_most_of_the_ledgers_that_bind_what_goes_are_only_looked_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A release of 256 exhibits that 128 ledgers bind took 0.3 seconds, and ten megabytes hold hundreds of them."""
    work, made = _work(_bound(tmp_path, RECORDS)), Counter[str]()

    def breach(code: str, text: str, exhibit: str = "") -> Breach:
        made[code] += 1
        return Breach(code, text, exhibit)

    def given(*args: Any) -> Any:
        made["looks"] += 1
        return known(*args)

    known = faults._given
    monkeypatch.setattr(faults, "Breach", breach)
    monkeypatch.setattr(faults, "_given", given)
    work()
    # However many ledgers lack the same, it is told once each time that the exhibit goes.
    assert 0 < made.pop("looks") < RECORDS
    assert made
    assert max(made.values()) < RECORDS // 4


def test_consents_to_all_that_goes_at_once_are_looked_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forty releases of 250 exhibits under 256 consents to each took a verifier two minutes."""
    work, asked = _work(_together(tmp_path, RECORDS)), Counter[str]()

    def told(state: State, agent: str) -> Agent | None:
        asked["authorities"] += agent == CONSENT["authority"]
        return known(state, agent)

    def judged(*args: Any, **options: Any) -> tuple[int, str, str] | None:
        asked["consents"] += 1
        return fault_of(*args, **options)

    known = State.agent
    monkeypatch.setattr(State, "agent", told)
    monkeypatch.setattr("custody.verify.gate.faults.fault_of", judged)
    work()
    # Once for what is wrong, once for what it rests on; of authorities other steps ask as well.
    assert asked["consents"] <= 4 * RECORDS
    assert RECORDS < asked["authorities"] < RECORDS**2
