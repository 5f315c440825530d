"""Drafts in wrong hands: what was changed, or is another ledger's, is neither signed nor recorded."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import structs

from custody.cli.acting.draft_files import make_draft, read_draft, write_draft
from custody.cli.exits import Exit
from schemas.envelope import Signature
from schemas.event import encode_event
from schemas.text import format_base64
from tests.cli.machine import CASE, Machine
from tests.cli.script import Stage


@pytest.fixture
def machine(stage: Stage) -> Machine:
    """Give a ledger with one exhibit, and the key of the custodian on a stick of its own."""
    made = Machine(stage)
    made.json(f"register --case {CASE} --exhibit EX-1 --kind phone --as exam-07")
    stick = stage.folder / "stick"
    stick.mkdir()
    for path in (stage.folder / "keys").glob("cust-02*"):
        path.rename(stick / path.name)
    stick.chmod(0o700)
    return made


@pytest.fixture
def draft(machine: Machine) -> Path:
    """Give a handover that the giver signed."""
    path = machine.stage.folder / "handover.draft"
    machine.do(f'handover EX-1 --from exam-07 --to cust-02 --purpose "safe keeping" -o {path}')
    return path


def test_a_draft_that_was_changed_is_not_signed(machine: Machine, draft: Path) -> None:
    """Whoever carries a draft can't make the receiver sign something that the giver never signed."""
    opened = read_draft(draft)
    (event,) = opened.events
    changed = encode_event(structs.replace(event.event, occurred_at="2026-11-20T00:00:00Z"))
    write_draft(
        draft, make_draft([changed], {changed.hash: opened.signatures(0)}, opened.draft.disclosures), force=True
    )
    machine.fail(f"--keys stick sign {draft} --as cust-02", Exit.FAILED, "draft.signature")
    machine.fail(f"submit {draft}", Exit.REFUSED, "draft.signature")
    assert "draft.signature" in machine.do(f"pending {draft}").stdout


def test_nobody_signs_a_value_that_is_not_shown(machine: Machine, draft: Path) -> None:
    """A commitment alone could hide anything."""
    opened = read_draft(draft)
    hidden = make_draft(opened.events, {opened.events[0].hash: opened.signatures(0)}, ())
    write_draft(draft, hidden, force=True)
    machine.fail(f"--keys stick sign {draft} --as cust-02", Exit.REFUSED, "sign.blind")


def test_a_signature_of_a_stranger_spoils_a_draft(machine: Machine, draft: Path) -> None:
    """An envelope holds exactly the signatures of those that are named."""
    opened = read_draft(draft)
    strange = Signature(keyid="ed25519:" + "0" * 32, sig=format_base64(bytes(64)))
    signatures = (strange, *opened.signatures(0))
    write_draft(
        draft,
        make_draft(opened.events, {opened.events[0].hash: signatures}, opened.draft.disclosures),
        force=True,
    )
    machine.fail(f"--keys stick sign {draft} --as cust-02", Exit.FAILED, "draft.key")


def test_a_cut_draft_is_no_draft(machine: Machine, draft: Path) -> None:
    """A stick pulled out too early must not look like tampering."""
    draft.write_bytes(draft.read_bytes()[:-9])
    machine.fail(f"--keys stick sign {draft} --as cust-02", Exit.USAGE, "record.malformed")


def test_a_draft_of_another_ledger_is_not_recorded_here(machine: Machine, draft: Path) -> None:
    """Two ledgers of two countries may lie side by side on one desk."""
    machine.do("--home m init m --origin b.example/y --authority B --country DE --registrar reg-9")
    assert "draft.ledger" in machine.stage.custody(f"--home m submit {draft}").stdout
    signed = machine.do(f"--home m --keys stick sign {draft} --as cust-02")
    assert "the ledger here is b.example/y, the draft's is a.example/x" in signed.stderr
    assert "handed over" in machine.do(f"submit {draft}").stdout


def test_one_refused_draft_stands_in_nobody_s_way(machine: Machine, draft: Path) -> None:
    """A stick with the drafts of a week: what can be recorded is, the rest is named with the reason."""
    folder = machine.stage.folder / "folder"
    folder.mkdir()
    machine.do(f"--keys stick sign {draft} --as cust-02 --no-submit --out {folder}/b.draft")
    (folder / "a.draft").write_text("{}")
    (folder / "note.txt").write_text("no draft, and not looked at")
    found = machine.json(f"submit {folder}", Exit.REFUSED)
    assert [Path(item["path"]).name for item in found["taken"]] == ["b.draft"]
    assert [Path(item["path"]).name for item in found["kept"]] == ["a.draft"]
    again = machine.json(f"submit {folder}/b.draft")
    assert again["taken"][0]["before"] == [len(machine.entries()) - 1]


def test_keeping_a_late_draft_keeps_its_signed_bytes(machine: Machine, draft: Path) -> None:
    """What a colleague signed isn't thrown away because somebody was quicker."""
    machine.do("move EX-1 --place P --as exam-07")
    event = read_draft(draft).events[0]
    machine.do(f"attach {draft} --reason superseded --as exam-07")
    attached = machine.entries()[-1].event
    digest = str(getattr(attached.details, "document", ""))
    document = (machine.home / "documents" / digest[:2] / digest).read_bytes()
    assert format_base64(event.raw).encode() in document
    assert not draft.exists()
    machine.fail(f"attach {draft}.attached --reason late --as ghost", Exit.REFUSED, "rule.unknown-agent")


def test_a_registration_can_wait_for_a_second_officer(machine: Machine) -> None:
    """Evidence is taken in at once; the exhibit exists when both have signed, and nothing of it was lost meanwhile."""
    (machine.stage.folder / "a").write_text("abc")
    found = machine.json(f"register a --case {CASE} --exhibit EX-2 --as exam-07 --second cust-02")
    assert found["waiting_for"] == ["cust-02"]
    machine.fail("check EX-2 --no-record", Exit.USAGE, "usage.exhibit")
    signed = machine.do(f"--keys stick sign {found['draft']} --as cust-02")
    assert "file 1 name: a" in signed.stderr
    assert "was registered by exam-07" in signed.stdout
    assert machine.json("check EX-2 --no-record")["exhibits"][0]["unaltered"] is True
    assert not Path(found["draft"]).exists()


def _away(machine: Machine) -> None:
    machine.stage.patch.delenv("CUSTODY_HOME")


def test_a_changed_draft_is_not_signed_away_from_its_ledger_either(machine: Machine, draft: Path) -> None:
    """On the road nobody asks the ledger: what the keys at hand can tell is told before a passphrase is typed."""
    opened = read_draft(draft)
    changed = encode_event(structs.replace(opened.events[0].event, occurred_at="2026-11-20T00:00:00Z"))
    made = make_draft([changed], {changed.hash: opened.signatures(0)}, opened.draft.disclosures)
    write_draft(draft, made, force=True)
    for key in (machine.stage.folder / "keys").glob("exam-07*"):
        (machine.stage.folder / "stick" / key.name).write_bytes(key.read_bytes())
        (machine.stage.folder / "stick" / key.name).chmod(0o600)
    _away(machine)
    machine.fail(f"--keys stick sign {draft} --as cust-02", Exit.FAILED, "draft.signature")
    assert "draft.signature" in machine.do(f"--keys stick pending {draft}").stdout


def test_a_draft_of_another_ledger_than_it_says_is_not_signed(machine: Machine, draft: Path) -> None:
    """The name on the cover must be that of what is signed."""
    opened = read_draft(draft)
    write_draft(draft, structs.replace(opened.draft, ledger="b.example/other"), force=True)
    _away(machine)
    machine.fail(f"--keys stick sign {draft} --as cust-02", Exit.USAGE, "draft.ledger")


def test_a_draft_that_says_a_thing_twice_is_not_signed(machine: Machine, draft: Path) -> None:
    """One event is recorded once, so a second copy of it can only be there by somebody's hand."""
    opened = read_draft(draft)
    twice = structs.replace(opened.draft, events=opened.draft.events * 2)
    write_draft(draft, twice, force=True)
    machine.fail(f"sign {draft} --as cust-02", Exit.USAGE, "draft.twice")
    _away(machine)
    machine.fail(f"--keys stick sign {draft} --as cust-02", Exit.USAGE, "draft.twice")


def test_a_draft_of_another_ledger_is_listed_as_it_is_signed(machine: Machine, draft: Path) -> None:
    """Who stands in his own ledger and was handed a colleague's draft sees what it says, as if no ledger were there."""
    machine.do("init other --origin b.example/other --authority B --country FR --registrar reg-5")
    ran = machine.do(f"--home other pending {draft}")
    assert "signed by: exam-07" in ran.stdout
    assert "waiting for: cust-02" in ran.stdout
    assert "draft.ledger" not in ran.stdout


def test_files_that_wait_are_listed_without_a_ledger(machine: Machine, draft: Path) -> None:
    """The receiver at another desk has the file and no ledger, and wants to know what it is."""
    _away(machine)
    ran = machine.do(f"pending {draft}")
    assert "no ledger here" in ran.stderr
    assert "signed by: exam-07" in ran.stdout
    assert "waiting for: cust-02" in ran.stdout
    ran = machine.do(f"--keys stick pending {draft}")
    assert "1; only the ledger can check them" in ran.stdout
    found = machine.json(f"--keys stick pending {draft}")["drafts"][0]
    assert (found["signed"], found["unchecked"]) == ([], 1)
    # Whose key lies here is asked, not who signed.
    assert f"next: custody --keys stick sign {draft} --as cust-02" in ran.stdout
    ran = machine.fail("pending", Exit.USAGE, "usage.no-home")
    assert "custody pending PATH" in ran.stderr
    ran = machine.do(f"--keys stick sign {draft} --as cust-02")
    assert "make sure who gave you this" in ran.stderr
