"""Limits whose vectors would have hundreds of entries: both verifiers see them alike, where they are lower."""

from __future__ import annotations

import json
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from blake3 import blake3
from msgspec.structs import replace

from schemas import canonical, layout, limits
from schemas.bundle import Disclosures
from schemas.event import About
from schemas.pieces import commit_to, format_list
from schemas.private import make_disclosure
from tests.second import verify_from_spec
from tests.second.judging import first_report, second_report
from tests.second.verify_from_spec import read_lines
from tests.vectors.evidence_cases import register
from tests.vectors.forge import Members, pack
from tests.vectors.gate_cases import FROM_ABROAD
from tests.vectors.generate import AT
from tests.vectors.letter_cases import Letter
from tests.vectors.posts import Post, trust_in
from tests.vectors.setting import CASE
from tests.verify.test_lists_under_orders import post_of

Found = tuple[set[tuple[int, str]], set[tuple[int, str]]]


def _limit(monkeypatch: pytest.MonkeyPatch, name: str, value: int) -> None:
    monkeypatch.setattr(limits, name, value)
    monkeypatch.setattr(verify_from_spec, name, value)


def _judge(post: Post, members: Members, folder: Path) -> Found:
    """Return what both find that is worse than a note."""
    path = folder / "made.zip"
    path.write_bytes(pack(members))
    vector: dict[str, Any] = {"at": AT, "trust": canonical.encode(trust_in(post)).decode()}
    first, second = first_report(path, vector), second_report(path.read_bytes(), vector)
    return (
        {(item.step, item.code) for item in first.findings if item.severity.value != "note"},
        {(item.step, item.code) for item in second.findings if item.severity != "note"},
    )


@pytest.mark.parametrize(("count", "found"), [(2, set()), (3, {(7, "rule.bound")})])
def test_so_many_ledgers_bind_an_exhibit(
    count: int, found: set[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One more than the limit, and its first act breaks a rule."""
    _limit(monkeypatch, "BOUND_TO", 2)
    post, told = Post(tmp_path, "a", {"b": "XB"}), dict[str, Any]()
    for number in range(count):
        told["foreign"] = {**FROM_ABROAD, "ledger": f"{'bcd'[number]}.example/main"}
        composed = post.world.registration(CASE, f"EX-{number + 2}", actor="examiner-1", **told)
        post.forge.add(post.world.sign(composed))
        told["derived_from"] = [{"case": CASE, "event": composed.event.hash, "exhibit": f"EX-{number + 2}"}]
    about = [About(exhibit=told["derived_from"][0]["event"])]  # known or not
    first, second = _judge(post, post.bundle(f"EX-{count + 1}", to="ministry", export={"about": about}), tmp_path)
    assert {item for item in first if item[0] == 7} == {item for item in second if item[0] == 7} == found


@pytest.mark.parametrize(("later", "found"), [(1, set()), (2, {(11, "release.consent-expired")})])
def test_the_newest_consents_count(
    later: int, found: set[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A consent that holds is not looked for behind so many newer ones."""
    _limit(monkeypatch, "CONSENTS_ASKED", 2)
    post = Post(tmp_path, "a", {"b": "XB"})
    post.consent()
    for _ in range(later):
        post.consent(valid_until="2026-11-21T08:00:00Z")
    first, second = _judge(post, post.bundle("EX-1"), tmp_path)
    assert first == second == found


def test_consents_to_others_are_asked_after_those_to_the_recipient(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many others got one since, the recipient's own stays the one that is looked at."""
    _limit(monkeypatch, "CONSENTS_ASKED", 2)
    post = Post(tmp_path, "a", {"b": "XB", "c": "XC"})
    post.consent()
    for _ in range(3):
        post.consent(recipient="c-police")
    first, second = _judge(post, post.bundle("EX-1"), tmp_path)
    assert first == second == set()


@pytest.mark.parametrize(("most", "found"), [(2, set()), (1, {(7, "rule.enrolment")})])
def test_an_agent_has_so_many_keys(most: int, found: set[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One more than the limit, revoked ones included, and it isn't enrolled."""
    _limit(monkeypatch, "AGENT_KEYS", most)
    post = Post(tmp_path, "a", {"b": "XB"})
    old, key = post.world.signers["examiner-1"][-1], post.world.public_key(post.world.new_key("examiner-1"))
    composed = post.world.event(
        "agent.key-added", {"agent": "examiner-1", "key": key, "recovery": False}, actor="examiner-1"
    )
    post.forge.add(post.world.sign(composed, {"examiner-1": old}))
    post.world.signers["examiner-1"].pop()  # so that the export is signed with the first
    first, second = _judge(post, post.bundle("EX-1", to="ministry"), tmp_path)
    assert first == second == found


@pytest.mark.parametrize(("most", "found"), [(2, set()), (1, {(7, "rule.enrolment")})])
def test_a_ledger_has_so_many_log_keys(
    most: int, found: set[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One more than the limit, revoked ones included, and it isn't declared."""
    _limit(monkeypatch, "LOG_KEYS", most)
    post = Post(tmp_path, "a", {"b": "XB"})
    key = post.world.log_key_of(post.world.origin, post.world.new_key("spare"))
    post.event("ledger.key-added", {"key": key}, actor="registrar-1", registrar="registrar-2")
    first, second = _judge(post, post.bundle("EX-1", to="ministry"), tmp_path)
    assert first == second == found


@pytest.mark.parametrize("count", [2, 3, 5])
def test_so_many_findings_of_a_kind_are_told(count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A report on a list of a million faults is no longer than one on a few, and says how many there are."""
    _limit(monkeypatch, "FINDINGS_OF_A_KIND", 2)
    post = Post(tmp_path, "a", {"b": "XB"})
    strays = [
        make_disclosure(salt=bytes([number]) * 16, path="/details/place", value="x").text for number in range(count)
    ]

    def edit(members: Members) -> None:
        told = canonical.decode(members[layout.DISCLOSURES], Disclosures, maximum=1 << 20)
        members[layout.DISCLOSURES] = canonical.encode(
            replace(told, disclosures=tuple(sorted((*told.disclosures, *strays))))
        )

    path = tmp_path / "made.zip"
    path.write_bytes(pack(post.bundle("EX-1", to="ministry", edit_payload=edit)))
    vector: dict[str, Any] = {"at": AT, "trust": canonical.encode(trust_in(post)).decode()}
    first, second = first_report(path, vector), second_report(path.read_bytes(), vector)
    ours = [item.subject == "bundle" for item in first.findings if item.code == "disclosures.stray"]
    theirs = [item.subject == "bundle" for item in second.findings if item.code == "disclosures.stray"]
    assert ours == theirs == [False, False, True][: min(count, 3)]


PIECE = limits.PIECE_BYTES


@pytest.mark.parametrize(
    ("damaged", "places"),
    [([PIECE + 5], "bytes 16777216-33554431"), ([0, 2 * PIECE + 6], "bytes 0-16777215, 33554432-33554438")],
)
def test_both_say_alike_where_a_file_is_damaged(damaged: list[int], places: str, tmp_path: Path) -> None:
    """One bad sector of a large disk: an expert is told where it is, by whichever program he asks."""
    post, raw = Post(tmp_path, "a", {"b": "XB"}), bytes(2 * PIECE + 7)
    cut = [raw[start : start + PIECE] for start in range(0, len(raw), PIECE)]
    digests = b"".join(blake3(piece).digest() for piece in cut)
    committed = commit_to(digests)
    post.forge.lists[committed.root] = b"".join(format_list(digests))
    digest = sha256(raw).hexdigest()
    post.world.contents[digest] = raw
    told = {"digests": {"sha256": digest}, "path": "disk.img", "pieces": committed, "size": len(raw), "type": "file"}
    register(post, told)
    members = post.bundle("EX-2", to="ministry")
    spoiled = bytearray(raw)
    for place in damaged:
        spoiled[place] = 1
    members[layout.FILES + digest] = bytes(spoiled)
    path = tmp_path / "made.zip"
    path.write_bytes(pack(members))
    vector: dict[str, Any] = {"at": AT, "trust": canonical.encode(trust_in(post)).decode()}
    first, second = first_report(path, vector), second_report(path.read_bytes(), vector)
    texts = [item.text for item in first.findings if item.code == "content.mismatch"]
    texts += [item.text for item in second.findings if item.code == "content.mismatch"]
    assert [text.partition("damaged: ")[2] for text in texts] == [places, places]


def test_a_list_that_many_exhibits_name_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """256 exhibits of one list of 20,000 lines kept the second verifier busy for ever; what is found stands at each."""
    raws = [b"one", b"two"]
    post, names, _ = post_of(tmp_path, 4, raws)
    post.erase(names[-1], files=[sha256(raws[0]).hexdigest()])
    read: list[bytes] = []

    def lines(raw: bytes) -> list[bytes]:
        read.append(raw)
        return read_lines(raw)

    monkeypatch.setattr(verify_from_spec, "read_lines", lines)
    path = tmp_path / "made.zip"
    path.write_bytes(pack(post.bundle(*names, to="ministry")))
    vector: dict[str, Any] = {"at": AT, "trust": canonical.encode(trust_in(post)).decode()}
    first, second = first_report(path, vector), second_report(path.read_bytes(), vector)
    assert sum(raw[:1] == b"{" for raw in read) == 2, "and once more for what an order destroys of it"
    assert {(item.step, item.code) for item in first.findings} == {(item.step, item.code) for item in second.findings}
    assert sum(item.code == "content.erased-shown" for item in second.findings) == 1


def test_what_lets_something_go_is_looked_through_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 128 ledgers that bind an exhibit each cost a walk over 256 consents, and each exhibit one over all orders."""
    post, told = Post(tmp_path, "a", {"b": "XB"}, gate="v2"), dict[str, Any]()
    for number in range(8):
        foreign = {**FROM_ABROAD, "ledger": f"l{number}.example/x"}
        told |= {"foreign": foreign, "obtained": "foreign-assistance"}
        composed = post.world.registration(CASE, f"D-{number}", actor="examiner-1", **told)
        post.forge.add(post.world.sign(composed))
        told["derived_from"] = [{"case": CASE, "event": composed.event.hash, "exhibit": f"D-{number}"}]
        post.erase(f"D-{number}", commitments=["ab" * 32])
    post.consent("D-7", valid_from="2030-01-01T00:00:00Z")
    post.annotate("access.logged", {"action": "exported", "agent": "b-police"}, "D-7", actor="system")
    looked = dict.fromkeys(("_given", "_fault"), 0)

    def count(name: str) -> None:
        known = getattr(verify_from_spec.Gate, name)

        def counted(*args: Any, **options: Any) -> Any:
            looked[name] += 1
            return known(*args, **options)

        monkeypatch.setattr(verify_from_spec.Gate, name, counted)

    for name in looked:
        count(name)
    first, second = _judge(post, post.bundle("D-7", to="ministry"), tmp_path)
    assert first == second
    assert (11, "release.consent-missing") in second
    assert looked["_given"] <= 6
    assert looked["_fault"] <= 4


def test_a_letter_is_gone_through_once_for_all_that_rests_on_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of as many consents cost a walk over all answers of the letter on which they rest."""
    setting: Any = SimpleNamespace(forge=SimpleNamespace(folder=tmp_path))
    members, a, b = Letter(answers=[{}] * 6, times=6).tell(setting)
    asked: list[str] = []

    def newest(self: verify_from_spec.Verification) -> Any:
        asked.append("once")
        return known.func(self)

    known: Any = verify_from_spec.Verification.newest_answers
    counted = cached_property(newest)
    counted.__set_name__(verify_from_spec.Verification, "newest_answers")
    monkeypatch.setattr(verify_from_spec.Verification, "newest_answers", counted)
    path = tmp_path / "made.zip"
    path.write_bytes(pack(members))
    vector: dict[str, Any] = {"at": AT, "trust": canonical.encode(trust_in(a, b)).decode()}
    first, second = first_report(path, vector), second_report(path.read_bytes(), vector)
    assert {(item.step, item.code) for item in first.findings} == {(item.step, item.code) for item in second.findings}
    assert asked == ["once"]


def test_orders_are_gone_through_once_for_all_exhibits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each exhibit cost a walk over all that was ever ordered destroyed."""
    post, names, _ = post_of(tmp_path, 6, [b"one", b"two"])
    for name in names:
        post.erase(name, files=[sha256(b"one").hexdigest()])
    made: list[int] = []

    class Orders(verify_from_spec.Orders):
        def __init__(self, orders: Any) -> None:
            super().__init__(orders)
            made.append(len(orders))

    monkeypatch.setattr(verify_from_spec, "Orders", Orders)
    first, second = _judge(post, post.bundle(*names, to="ministry"), tmp_path)
    assert first == second
    assert made == [len(names)]


@pytest.mark.parametrize("value", ["[]", '{"a":0}', "0", '""', '","', "[[[[[[[[[[[[]]]]]]]]]]]]"])
def test_many_values_in_few_bytes_are_not_made(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """66 megabytes of empty lists took the second verifier three gigabytes."""
    raw = b"[" + b",".join([value.encode()] * (verify_from_spec.DENSE_BYTES // len(value))) + b"]"
    monkeypatch.setattr(json, "loads", lambda *_, **__: pytest.fail("it was read"))
    with pytest.raises(verify_from_spec.Bad, match=r"record\.malformed"):
        verify_from_spec.decode(raw, verify_from_spec.JSON_BYTES)


@pytest.mark.parametrize(
    "value",
    [
        {"count": 1, "root": "ab" * 32, "siblings": [], "subject": ["case", "C"]},
        {"sha256": "ab" * 32, "size": 1},
        make_disclosure(salt=bytes(16), path="", value=0).text,
        '[{,:"\\' * 8,
        "[" * 64,
    ],
)
def test_the_densest_records_are_read(value: object) -> None:
    """Whatever a text holds, only what stands outside of texts counts."""
    raw = canonical.encode([value] * (verify_from_spec.DENSE_BYTES // len(canonical.encode(value)) + 1))
    assert len(raw) > verify_from_spec.DENSE_BYTES
    assert verify_from_spec.decode(raw, verify_from_spec.JSON_BYTES)[-1] == value
