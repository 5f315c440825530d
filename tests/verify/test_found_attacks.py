"""Attacks that once went through, each as the forger who found it would try it: none of them passes again."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest

from custody.bundle.source import BundleSource
from custody.report.evidence_table import summary_of
from custody.verify.fold.disputes import Signing, find_disputes
from custody.verify.rules.view import Key
from custody.verify.verify import Trusted
from keys.private.signer import Ed25519Signer
from schemas import canonical, layout, limits
from schemas.content import Content, ManifestLine, content_of
from schemas.details.exhibit import ExhibitRegistered
from schemas.event import About
from schemas.report import Finding, Report, Severity, Verdict
from tests.vectors.forge import Members, pack
from tests.vectors.setting import CASE, HANDED_OVER, REGISTERED, Setting, make_setting, plain_bundle
from tests.verify.test_attacks import judge


@pytest.fixture
def setting(tmp_path: Path) -> Setting:
    """The small story, for one test to go on with."""
    return make_setting(tmp_path)


def report_on(setting: Setting) -> Report:
    """Return the report on a bundle of the story, to a reader who believes the ledger."""
    members = plain_bundle(setting, export={"actor": "examiner-2"})
    return judge(pack(members), Trusted(setting.trust()))


def codes(report: Report, step: int) -> set[str]:
    """Return the codes found at a step."""
    return {finding.code for finding in report.findings if finding.step == step}


def revoke(setting: Setting, agent: str, *, last: int) -> None:
    """Let two registrars revoke an agent's first key back to an earlier index."""
    key_id = setting.world.signers[agent][0].key_id
    details = {"agent": agent, "key_id": key_id, "last_valid_index": last, "reason": "compromised"}
    event = setting.world.event("agent.key-revoked", details, actor="registrar-1", registrar="registrar-2")
    setting.forge.add(setting.world.sign(event))


def affirm(setting: Setting, index: int, **offices: str) -> int:
    """Chain an affirmation of an entry about the exhibit."""
    event = setting.forge.reader().parsed[index].event.hash
    about = About(exhibit=str(setting.about().exhibit), event=event)
    return setting.forge.add(setting.world.sign(setting.world.annotation("record.affirmed", about, {}, **offices)))


def test_who_received_from_a_stolen_key_cannot_affirm_for_its_owner(setting: Setting) -> None:
    """A colleague steals a key, hands the exhibit over to himself, and vouches for it with his own good key."""
    revoke(setting, "examiner-1", last=REGISTERED)
    affirm(setting, HANDED_OVER, actor="custodian-1")
    report = report_on(setting)
    assert report.verdict is Verdict.INDETERMINATE
    assert codes(report, 5) == {"keys.disputed"}


def test_the_owner_of_the_stolen_key_can_affirm_with_another(setting: Setting) -> None:
    """It was himself after all: he says so with a key that was enrolled before the theft."""
    world = setting.world
    old, new = world.signers["examiner-1"][0], world.new_key("examiner-1")
    details = {"agent": "examiner-1", "key": world.public_key(new), "recovery": False}
    added = setting.forge.add(
        world.sign(world.event("agent.key-added", details, actor="examiner-1"), {"examiner-1": old})
    )
    composed = world.custody_act(
        "exhibit.sealed",
        CASE,
        "EX-1",
        {"seal": "A-1"},
        link=setting.link(),
        actor="custodian-1",
        second="examiner-1",
    )
    sealed = setting.forge.add(world.sign(composed, {"examiner-1": old}))
    revoke(setting, "examiner-1", last=added)
    assert report_on(setting).verdict is Verdict.INDETERMINATE
    affirm(setting, sealed, actor="examiner-1")
    assert report_on(setting).verdict is Verdict.PASSED


def test_an_affirmation_says_nothing_about_a_theft_found_later(setting: Setting) -> None:
    """Two registrars looked into one stolen key; that the other signer's was stolen too came out after that."""
    revoke(setting, "examiner-1", last=REGISTERED)
    affirm(setting, HANDED_OVER, actor="registrar-1", registrar="registrar-2")
    assert report_on(setting).verdict is Verdict.PASSED
    revoke(setting, "custodian-1", last=REGISTERED)
    report = report_on(setting)
    assert report.verdict is Verdict.INDETERMINATE
    affirm(setting, HANDED_OVER, actor="registrar-1", registrar="registrar-2")
    assert report_on(setting).verdict is Verdict.PASSED


def test_affirmations_that_undo_one_another_come_to_an_end() -> None:
    """Accepting one made the other void, which made the first void again: the search never ended."""
    keys = {
        "a": Key("a", "a", b"", 0, revoked_at=5, last_valid=1),
        "b": Key("b", "b", b"", 0, revoked_at=3, last_valid=0),
    }
    signings = [
        Signing(0, (), ()),
        Signing(1, (), ()),
        Signing(2, ("b",), ()),
        Signing(3, ("a",), (2,)),
        Signing(4, (), (2, 3)),
        Signing(5, (), (4,), affirms=2),
        Signing(6, (), ()),
        Signing(7, (), (), affirms=5),
    ]
    disputes = find_disputes(signings, keys)
    assert 4 in disputes.barred
    assert 2 in disputes.disputed


@pytest.mark.parametrize(("again", "disputed"), [((), {1, 3}), ((Signing(6, ("c",), (), affirms=3),), set())])
def test_an_affirmation_counts_once_it_is_affirmed_itself(again: tuple[Signing, ...], disputed: set[int]) -> None:
    """Who vouched with a key that was lost later is believed again when somebody else vouches for that."""
    keys = {
        "a": Key("a", "a", b"", 0, revoked_at=2, last_valid=0),
        "b": Key("b", "b", b"", 0, revoked_at=5, last_valid=2),
        "c": Key("c", "c", b"", 0),
    }
    signings = [
        Signing(0, (), ()),
        Signing(1, ("a",), ()),
        Signing(2, ("c",), ()),
        Signing(3, ("b",), (), affirms=1),
        Signing(4, ("c",), ()),
        Signing(5, ("c",), ()),
        *again,
    ]
    found = find_disputes(signings, keys)
    assert found.disputed.keys() == disputed
    assert not found.barred


def severities(report: Report, code: str) -> set[str]:
    """Return how bad the findings of a code are."""
    return {finding.severity.value for finding in report.findings if finding.code == code}


def test_a_document_that_no_entry_names_never_passes(setting: Setting) -> None:
    """Who exports a bundle could put a warrant of his own into it, which nobody but he has ever seen."""
    raw = b"a warrant, says the exporter"
    digest = sha256(raw).hexdigest()

    def smuggle(members: Members) -> None:
        bundle = msgspec.json.decode(members[layout.BUNDLE])
        bundle["documents"] = [{"sha256": digest, "size": len(raw)}]
        members |= {layout.BUNDLE: canonical.encode(bundle), layout.DOCUMENTS + digest: raw}

    report = judge(pack(plain_bundle(setting, edit_payload=smuggle)), Trusted(setting.trust()))
    assert report.verdict is Verdict.FAILED
    assert codes(report, 9) == {"content.unnamed"}


@pytest.mark.parametrize(
    "changes",
    [{"root": "ab" * 32}, {"mismatches": ({"expected": "cd" * 32},)}, {"matching": 1}],
    ids=["other-root", "mismatches", "fewer"],
)
def test_a_check_that_did_not_find_the_exhibit_as_registered_is_a_defect(
    setting: Setting, changes: dict[str, Any]
) -> None:
    """'Two of two files match' means nothing if it was said about another content, or beside a list of changed ones."""
    details = {"bytes": 25, "checked": 2, "matching": 2, "root": content_root(setting), **changes}
    setting.forge.add(
        setting.world.sign(setting.world.annotation("exhibit.checked", setting.about(), details, actor="examiner-1"))
    )
    assert severities(report_on(setting), "content.recorded-mismatch") == {"defect"}


def test_a_check_that_found_everything_as_registered_is_none(setting: Setting) -> None:
    """Else the defect would say nothing."""
    details = {"bytes": 25, "checked": 2, "matching": 2, "root": content_root(setting)}
    setting.forge.add(
        setting.world.sign(setting.world.annotation("exhibit.checked", setting.about(), details, actor="examiner-1"))
    )
    rehash = {"match": True, "root": content_root(setting)}
    setting.act("custody.handed-over", {"purpose": "x", "rehash_after": rehash}, actor="custodian-1", to="examiner-2")
    assert severities(report_on(setting), "content.recorded-mismatch") == set()


@pytest.mark.parametrize("match", [True, False])
def test_a_handover_of_other_content_is_a_defect(setting: Setting, match: bool) -> None:
    """The receiver computed another root, and the story alone would have told."""
    rehash = {"match": match, "root": "ab" * 32}
    setting.act("custody.handed-over", {"purpose": "x", "rehash_before": rehash}, actor="custodian-1", to="examiner-2")
    assert severities(report_on(setting), "content.recorded-mismatch") == {"defect"}


def content_root(setting: Setting) -> str:
    """Return the registered content root of the exhibit."""
    details = setting.forge.reader().parsed[REGISTERED].event.details
    assert isinstance(details, ExhibitRegistered)
    assert isinstance(details.content, Content)
    return details.content.root


@pytest.mark.parametrize("second", [None, "registrar-2"])
def test_a_registrar_who_makes_another_alone_is_told(setting: Setting, second: str | None) -> None:
    """With a second key of his own he revokes a colleague's key, recovers it, and acts in the colleague's name."""
    world = setting.world
    public = world.public_key(world.new_key("registrar-9"))
    details: dict[str, Any] = {
        "agent": "registrar-9",
        "keys": (public,),
        "kind": "person",
        "name": "n",
        "roles": ("registrar",),
    }
    setting.forge.add(world.sign(world.event("agent.enrolled", details, actor="registrar-1", second=second)))
    old = world.signers["custodian-1"][0]
    details = {"agent": "custodian-1", "key_id": old.key_id, "reason": "lost"}
    setting.forge.add(world.sign(world.event("agent.key-revoked", details, actor="registrar-1")))
    public = world.public_key(world.new_key("custodian-1"))
    details = {"agent": "custodian-1", "key": public, "recovery": True}
    composed = world.event("agent.key-added", details, actor="registrar-1", registrar="registrar-9")
    setting.forge.add(world.sign(composed))
    setting.act("exhibit.sealed", {"seal": "A-1"}, actor="custodian-1")
    told = severities(report_on(setting), "defect.single-registrar")
    assert told == (set() if second else {"defect"})


def test_a_list_of_files_that_many_exhibits_name_is_read_once(
    setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bundle of 100 MB would else cost what 256 of them cost, and a finding for each file each time."""
    world, forge = setting.world, setting.forge
    records = [world._file_record(f"file-{number:02}", b"same", []) for number in range(17)]
    content = content_of(records)
    forge.manifests[content.root] = b"".join(canonical.encode(ManifestLine(record=item)) + b"\n" for item in records)
    numbers = [f"COPY-{number}" for number in range(3)]
    for number in numbers:
        # The last one claims another sum, which must be found though the list isn't read again.
        claimed = msgspec.structs.replace(content, bytes=content.bytes + (number == numbers[-1]))
        forge.add(
            world.sign(
                world.registration(CASE, number, actor="examiner-1", content=claimed, kind="directory", nature="data")
            )
        )
    read: list[str] = []
    lines = BundleSource.lines

    def count(source: BundleSource, name: str, maximum: int) -> Iterator[bytes]:
        read.append(name)
        return lines(source, name, maximum)

    monkeypatch.setattr(BundleSource, "lines", count)
    report = judge(pack(forge.bundle([(CASE, number) for number in numbers])), Trusted(setting.trust()))
    assert len(read) == 1
    failed = [(item.code, item.subject) for item in report.findings if item.severity is Severity.FAILED]
    assert failed == [("content.count", f"{CASE}/{numbers[-1]}")]


def test_what_a_list_lacks_is_said_of_every_exhibit_that_names_it(setting: Setting) -> None:
    """Each exhibit has its own page: none may read 'as registered' because another one was told already."""
    world, forge = setting.world, setting.forge
    records = [world._file_record(f"file-{number:02}", b"same", []) for number in range(17)]
    content = content_of(records)
    forge.manifests[content.root] = b"".join(canonical.encode(ManifestLine(record=item)) + b"\n" for item in records)
    numbers = ["COPY-0", "COPY-1"]
    for number in numbers:
        composed = world.registration(
            CASE, number, actor="examiner-1", content=content, kind="directory", nature="data"
        )
        forge.add(world.sign(composed))

    def cut(members: Members) -> None:
        name = f"{layout.MANIFESTS}{content.root}.jsonl"
        members[name] = members[name].partition(b"\n")[2]

    members = forge.bundle([(CASE, number) for number in numbers], edit_payload=cut)
    report = judge(pack(members), Trusted(setting.trust()))
    for number in numbers:
        mine = {item.code for item in report.findings if item.subject == f"{CASE}/{number}"}
        assert mine == {"content.root", "content.count"}


@pytest.mark.parametrize(
    ("cap", "code"), [("UNIT_MEMBERS", "members"), ("AGENT_KEYS", "keys"), ("LOG_KEYS", "log keys")]
)
def test_lists_of_agents_and_keys_have_an_end(
    setting: Setting, monkeypatch: pytest.MonkeyPatch, cap: str, code: str
) -> None:
    """Every change is held against all before it: without an end, a bundle costs the square of its size."""
    monkeypatch.setattr(limits, cap, 2)
    world, forge = setting.world, setting.forge
    unit = {
        "agent": "unit-1",
        "keys": (),
        "kind": "unit",
        "members": ("custodian-1", "examiner-1"),
        "name": "n",
        "roles": (),
    }
    forge.add(world.sign(world.event("agent.enrolled", unit, actor="registrar-1")))
    more = {"agent": "unit-1", "members_added": ("examiner-2",)}
    forge.add(world.sign(world.event("agent.changed", more, actor="registrar-1")))
    for _ in range(2):
        old = world.signers["custodian-1"][-1]
        public = world.public_key(world.new_key("custodian-1"))
        details = {"agent": "custodian-1", "key": public, "recovery": False}
        forge.add(world.sign(world.event("agent.key-added", details, actor="custodian-1"), {"custodian-1": old}))
    for number in range(2):
        signer = Ed25519Signer(agent="log", seed=bytes([number]) * 32)
        added = {"key": world.log_key_of(world.origin, signer)}
        forge.add(world.sign(world.event("ledger.key-added", added, actor="registrar-1", registrar="registrar-2")))
    on_behalf_of = {"custodian-1": "unit-1"}
    composed = world.registration(CASE, "EX-9", actor="custodian-1", on_behalf_of=on_behalf_of)
    keys = {"custodian-1": world.signers["custodian-1"][0]}
    forge.add(world.sign(composed, keys))
    report = judge(pack(forge.bundle([(CASE, "EX-9")])), Trusted(setting.trust()))
    found = [item.text for item in report.findings if item.code == "rule.enrolment"]
    assert found == [f"expected at most 2 {code}, found 3"]


def test_a_file_that_was_never_read_is_not_summed_up_as_registered() -> None:
    """'All as registered' above a story hides that nobody ever looked into the one file that matters."""
    content = Content(bytes=0, count=1, root="ab" * 32)
    note = Finding(
        code="content.unreadable", severity=Severity.NOTE, step=9, subject="C/1: secret.db", text="could not be read"
    )
    assert "some could not be read" in summary_of(content, "C/1", [note])
    assert "some could not be read" not in summary_of(content, "C/1", [])
