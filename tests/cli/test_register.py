"""Registration at the prompt: what is taken in, what is refused, and what is left behind when something fails."""

import os
from hashlib import sha256
from pathlib import Path

import pytest

from custody.cli import ledger_access
from custody.cli.exits import Exit
from custody.cli.intake import taking_in
from schemas.details.exhibit import ExhibitRegistered
from schemas.errors import StorageError
from tests.cli.machine import CASE, Machine
from tests.cli.script import Stage

SECRETS = (
    "Room 4",
    "owner-of-it",
    "IMEI-35-209900",
    "warrant 7",
    "black phone",
    "secret-name.txt",
    "Fastdump",
    "S-4711",
)


@pytest.fixture
def machine(stage: Stage) -> Machine:
    """Give a ledger that is ready for evidence."""
    return Machine(stage)


def _details(machine: Machine) -> ExhibitRegistered:
    details = machine.entries()[-1].event.details
    assert isinstance(details, ExhibitRegistered)
    return details


def test_nothing_that_was_said_stands_in_clear(machine: Machine) -> None:
    """What is private stays out of the ledger by construction: it is shown to strangers for decades."""
    (machine.stage.folder / "ev").mkdir()
    (machine.stage.folder / "ev" / "secret-name.txt").write_text("x")
    (machine.stage.folder / "warrant.pdf").write_text("warrant 7")
    machine.register(
        "ev",
        '--place "Room 4" --seized-from owner-of-it --identifiers IMEI-35-209900 --legal-authority "warrant 7" '
        '--description "black phone" --acquisition-tool Fastdump --acquisition-version 1 --acquisition-method logical '
        "--seal S-4711 --document warrant.pdf --attest suspect:refused:owner-of-it:tired --handling malware",
    )
    raw = b"".join(entry.raw for entry in machine.entries())
    payloads = b"".join(entry.event.raw for entry in machine.entries())
    assert [secret for secret in SECRETS if secret.encode() in raw + payloads] == []
    stored = machine.home / "documents" / sha256(b"warrant 7").hexdigest()[:2] / sha256(b"warrant 7").hexdigest()
    assert stored.read_text() == "warrant 7"


def test_an_empty_directory_and_an_empty_file_are_evidence_too(machine: Machine) -> None:
    """That something is empty can matter; it must not look like an error."""
    (machine.stage.folder / "nothing").mkdir()
    (machine.stage.folder / "empty.log").touch()
    machine.register("nothing")
    content = _details(machine).content
    assert (getattr(content, "count", None), getattr(content, "bytes", None)) == (0, 0)
    machine.register("empty.log")
    assert sha256(b"").hexdigest() in machine.evidence()
    checked = machine.json(f"check --case {CASE} --all --as cust-02")
    assert [item["unaltered"] for item in checked["exhibits"]] == [True, True]


def test_a_name_that_is_not_utf_8_is_registered_shown_and_checked(machine: Machine) -> None:
    """Seized disks hold names in every encoding; none may crash the program or be changed."""
    folder = os.fsencode(machine.stage.folder) + b"/ev"
    os.mkdir(folder)
    for name in (b"caf\xe9", "证据".encode(), "دليل".encode(), b"line\nfeed"):
        with open(folder + b"/" + name, "wb") as file:
            file.write(name)
    ran = machine.do(f"register ev --case {CASE} --exhibit 1 --as exam-07")
    assert "caf\\xe9" in ran.stderr
    assert "证据" in ran.stderr
    assert "line\\x0afeed" in ran.stderr
    (machine.home / "evidence" / sha256(b"caf\xe9").hexdigest()[:2] / sha256(b"caf\xe9").hexdigest()).unlink()
    checked = machine.json("check 1 --as cust-02", Exit.FAILED)
    (difference,) = checked["exhibits"][0]["differences"]
    assert difference["path"] == {"base64": "Y2Fm6Q=="}


def test_a_path_that_is_not_utf_8_can_be_typed(machine: Machine) -> None:
    """The description that is made of a name must be text, whatever the name is."""
    path = os.fsdecode(os.fsencode(machine.stage.folder) + b"/caf\xe9")
    Path(path).write_text("x")
    machine.do(f"register '{path}' --case {CASE} --exhibit 1 --as exam-07")


def test_more_than_sixteen_files_go_into_a_list_beside_the_ledger(machine: Machine) -> None:
    """A directory of any size is one event; its names are in the home, salted, and none in the ledger."""
    folder = machine.stage.folder / "many"
    folder.mkdir()
    for number in range(40):
        (folder / f"file-{number}").write_text(str(number))
    machine.register("many")
    content = _details(machine).content
    assert (machine.home / "manifests" / f"{getattr(content, 'root', '')}.jsonl").is_file()
    (folder / "file-7").write_text("changed, but the store is not")
    machine.json(f"check --case {CASE} --all --as cust-02")


def test_evidence_left_in_place_is_found_again_and_its_changes_too(machine: Machine) -> None:
    """A store of terabytes isn't copied; a change of it is found by the next check, and recorded."""
    folder = machine.stage.folder / "disk"
    folder.mkdir()
    (folder / "a").write_text("a")
    (folder / "b").write_text("b")
    machine.register("disk", "--in-place")
    assert machine.evidence() == {}
    machine.json(f"check {CASE}/EX-1 --as cust-02")
    (folder / "a").write_text("other")
    (folder / "b").unlink()
    (folder / "c").write_text("new")
    checked = machine.json(f"check {CASE}/EX-1 --as cust-02", Exit.FAILED)
    (exhibit,) = checked["exhibits"]
    assert [item["path"] for item in exhibit["differences"]] == ["a", "b"]
    assert "found" not in exhibit["differences"][1]
    assert exhibit["extra"] == ["c"]
    recorded = machine.entries()[-1].event
    assert (recorded.type, len(getattr(recorded.details, "mismatches", ()))) == ("exhibit.checked", 2)


def test_a_check_of_the_store_finds_a_changed_byte_and_records_it(machine: Machine) -> None:
    """Bits rot and hands slip: whatever the cause, the ledger says since when it was known."""
    (machine.stage.folder / "a").write_text("abc")
    machine.register("a")
    stored = machine.evidence()[sha256(b"abc").hexdigest()]
    stored.chmod(0o600)
    stored.write_text("abd")
    size = len(machine.entries())
    assert machine.stage.custody(f"check {CASE}/EX-1 --no-record").exit is Exit.FAILED
    assert len(machine.entries()) == size
    ran = machine.stage.custody(f"check {CASE}/EX-1 --as cust-02")
    assert ran.exit is Exit.FAILED
    assert "NOT what was registered" in ran.stdout
    assert sha256(b"abd").hexdigest() in ran.stdout
    assert len(machine.entries()) == size + 1
    handed = machine.do(f"handover {CASE}/EX-1 --from exam-07 --to cust-02 --purpose p --rehash")
    assert "is not what was registered" in handed.stderr
    rehash = getattr(machine.entries()[-1].event.details, "rehash_before", None)
    assert getattr(rehash, "match", None) is False


def test_many_differences_become_a_document(machine: Machine) -> None:
    """An event has room for a few digests; a lost disk must be recordable all the same."""
    folder = machine.stage.folder / "many"
    folder.mkdir()
    for number in range(80):
        (folder / f"file-{number}").write_text(str(number))
    machine.register("many", "--in-place")
    for path in folder.iterdir():
        path.unlink()
    machine.json(f"check {CASE}/EX-1 --as cust-02", Exit.FAILED)
    details = machine.entries()[-1].event.details
    digest = str(getattr(details, "document", ""))
    lines = (machine.home / "documents" / digest[:2] / digest).read_text().splitlines()
    assert len(lines) == 80


def test_an_object_has_nothing_to_hash(machine: Machine) -> None:
    """A phone in a bag is no file; saying 'unaltered' of it would be a lie."""
    machine.json(f"register --case {CASE} --exhibit EX-1 --kind phone --as exam-07")
    machine.fail(f"check {CASE}/EX-1 --as cust-02", Exit.REFUSED, "check.object")


@pytest.mark.parametrize(
    ("line", "exit", "code"),
    [
        ("register l/evidence --case {case} --exhibit 1 --as exam-07", Exit.USAGE, "register.in-home"),
        ("register . --case {case} --exhibit 1 --as exam-07", Exit.USAGE, "evidence.holds-ledger"),
        ("register absent --case {case} --exhibit 1 --as exam-07", Exit.USAGE, "evidence.absent"),
        ("register a a --case {case} --exhibit 1 --as exam-07", Exit.USAGE, "evidence.duplicate"),
        ("register link --case {case} --exhibit 1 --as exam-07", Exit.USAGE, "evidence.symlink"),
        ("register a --case {case} --as exam-07", Exit.USAGE, "usage.number"),
        ("register a --case {case} --exhibit 1 --nature object --as exam-07", Exit.USAGE, "usage.nature"),
        ("register --case {case} --exhibit 1 --nature data --as exam-07", Exit.USAGE, "usage.nature"),
        ("register --case {case} --exhibit 1 --in-place --as exam-07", Exit.USAGE, "usage.in-place"),
        ("register a --case {case} --exhibit 1 --acquisition-tool T --as exam-07", Exit.USAGE, "usage.acquisition"),
        ("register a --case {case} --exhibit 1 --document absent.pdf --as exam-07", Exit.USAGE, "store.source"),
        ("register a --case {case} --exhibit 1 --list a --as exam-07", Exit.USAGE, "usage.list"),
        ("register a --case {case} --exhibit '1  2' --as exam-07", Exit.REFUSED, "number.form"),
        ("register a --case {case} --exhibit '1\u202e2' --as exam-07", Exit.REFUSED, "number.invisible"),
        ("register a --case {case} --exhibit 1 --as cust-09", Exit.REFUSED, "rule.unknown-agent"),
        ("register a --case {case} --exhibit 1 --at 2030-01-01T00:00:00Z --as exam-07", Exit.REFUSED, "event.future"),
    ],
)
def test_what_makes_no_sense_is_refused_and_leaves_nothing(line: str, exit: Exit, code: str, machine: Machine) -> None:
    """A wrong command line costs a message, never an entry or a file."""
    (machine.stage.folder / "a").write_text("a")
    (machine.stage.folder / "link").symlink_to("a")
    size = len(machine.entries())
    machine.fail(line.format(case=CASE), exit, code)
    assert len(machine.entries()) == size
    assert machine.evidence() == {}


def test_a_large_copy_is_asked_about(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody fills the ledger's disk by a slip; where nobody can be asked, --yes or --in-place says what is meant."""
    monkeypatch.setattr(taking_in, "LARGE", 2)
    (machine.stage.folder / "big").write_text("four")
    machine.fail(f"register big --case {CASE} --exhibit 1 --as exam-07", Exit.REFUSED, "register.large")
    machine.do(f"register big --case {CASE} --exhibit 1 --in-place --as exam-07")
    machine.do(f"register big --case {CASE} --exhibit 2 --yes --as exam-07")


def test_evidence_is_in_the_store_before_its_entry_is(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crash between the two leaves evidence without an entry, which harms nobody; the other order would lose it."""
    (machine.stage.folder / "a").write_text("a")

    def crash(*_: object, **__: object) -> None:
        assert sha256(b"a").hexdigest() in machine.evidence()
        raise StorageError("ledger.full", "expected room on the disk, found none")

    with monkeypatch.context() as patch:
        patch.setattr(ledger_access, "append", crash)
        machine.fail(f"register a --case {CASE} --exhibit 1 --as exam-07", Exit.REFUSED, "ledger.full")
    machine.do(f"register a --case {CASE} --exhibit 1 --as exam-07")


def test_next_follows_the_pattern_of_the_case(machine: Machine) -> None:
    """Numbers of a case look alike, and a typist's slip shouldn't start a second series."""
    machine.json(f"register --case {CASE} --exhibit A-008 --kind sim --as exam-07")
    machine.json(f"register --case {CASE} --exhibit A-009 --kind sim --as exam-07")
    machine.json(f"register --case {CASE} --exhibit B-77 --kind sim --as exam-07")
    found = machine.json(f"register --case {CASE} --exhibit next --kind sim --as exam-07")
    assert found["entries"][0]["exhibit"] == "A-010"


def test_a_next_number_that_was_taken_meanwhile_is_replaced(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two people at two terminals both say next: both get a number."""
    from custody.cli.acting.signing import Outcome, complete
    from custody.cli.intake import registration

    raced: list[bool] = []

    def slow(*args: object, **kwargs: object) -> Outcome:
        if not raced:
            raced.append(True)
            machine.json(f"register --case {CASE} --exhibit EX-1 --kind sim --as exam-11")
        return complete(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(registration, "complete", slow)
    (machine.stage.folder / "a").write_text("a")
    found = machine.register("a", "--in-place")
    assert found["entries"][0]["exhibit"] == "EX-2"
    machine.json(f"check {CASE}/EX-2 --as cust-02")


def test_a_home_folder_with_a_pipe_is_refused_first_and_recorded_on_demand(machine: Machine) -> None:
    """Real home folders hold sockets and pipes; they may not keep everything else from being secured."""
    folder = machine.stage.folder / "home"
    folder.mkdir()
    (folder / "a.txt").write_text("a")
    os.mkfifo(folder / "queue")
    line = f"register home --case {CASE} --exhibit next --as exam-07"
    ran = machine.fail(line, Exit.REFUSED, "evidence.special-file")
    assert "--accept-special" in ran.stderr
    ran = machine.do(f"register home --case {CASE} --exhibit EX-1 --accept-special --as exam-07")
    assert "1 pipes, sockets or devices were not opened" in ran.stderr
    assert "queue: could not be read when registered (a named pipe" in machine.do("show EX-1").stdout
    machine.do("check EX-1 --as exam-07")


def test_how_it_was_obtained_is_never_taken_for_granted(machine: Machine) -> None:
    """A seizure is an act of law: once, whoever said nothing had signed that there was one."""
    machine.stage.patch.delenv("CUSTODY_OBTAINED")
    (machine.stage.folder / "few").write_bytes(b"few")
    before, line = len(machine.entries()), f"register few --case {CASE} --as exam-07 --exhibit"
    ran = machine.fail(f"{line} 1", Exit.USAGE, "usage.obtained")
    for word in ("derived", "foreign-assistance", "found", "online-capture", "production", "seizure", "voluntary"):
        assert word in ran.stderr
    asset = "--platform Art --collection 7 --item 42"
    machine.fail(f"register-asset --case {CASE} --exhibit 1 --as exam-07 {asset}", Exit.USAGE, "usage.obtained")
    machine.stage.patch.setenv("CUSTODY_OBTAINED", "taken")
    machine.fail(f"{line} 1", Exit.USAGE, "usage.obtained")
    assert len(machine.entries()) == before
    machine.do(f"{line} 1 --obtained voluntary")
    machine.stage.patch.setenv("CUSTODY_OBTAINED", "found")
    machine.do(f"{line} 2")
    machine.do("copy 1 --kind working --purpose reading --as exam-07")
    machine.do(f"{line} 3 --derived-from 1")
    said = [it.event.details.obtained for it in machine.entries() if isinstance(it.event.details, ExhibitRegistered)]
    assert said == ["voluntary", "found", "derived"]
