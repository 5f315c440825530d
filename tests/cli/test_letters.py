"""A letter is believed as far as it verifies, for whom it was written, and once."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pytest

from custody.bundle import build
from custody.cli.exits import Exit
from schemas import layout
from schemas.errors import StorageError
from schemas.private import parse_disclosure
from tests.cli.machine import Machine
from tests.cli.script import Stage


@pytest.fixture
def letter(stage: Stage) -> Path:
    """A letter from a.example/x to b.example/y; the machine stands in the home of the latter and believes the other."""
    sender = Machine(stage)
    sender.do("key new auth-1")
    sender.do("agent enrol auth-1.enrol --role authority --as reg-1")
    sender.do("agent enrol peer --kind organisation --country DE --ledger b.example/y --as reg-1")
    sender.do("request draft req-1 --kind mla --to peer --field facts='the name of a victim' --as auth-1")
    sender.do("request send req-1 --incomplete -o letter.zip --as auth-1")
    sender.do("trust export -o a.json")
    sender.do("init b --origin b.example/y --authority B --country DE --registrar reg-1 --registrar reg-2")
    stage.patch.setenv("CUSTODY_HOME", str(stage.folder / "b"))
    sender.do("key new auth-2")
    sender.do("agent enrol auth-2.enrol --role authority --as reg-1")
    sender.do("agent enrol asker --kind organisation --country FR --ledger a.example/x --as reg-1")
    sender.do(f"trust add a.json --yes --trust {stage.folder / 'trust.json'}")
    return stage.folder / "letter.zip"


def _shown(path: Path) -> set[object]:
    """Return the private values that a letter shows."""
    with zipfile.ZipFile(path) as opened:
        texts = json.loads(opened.read(next(name for name in opened.namelist() if name.endswith(layout.DISCLOSURES))))
    return {parse_disclosure(text).value for text in texts["disclosures"]}


def _size(stage: Stage) -> str:
    ran = stage.custody("checkpoint")
    assert ran.exit is Exit.DONE
    return ran.stdout


def test_no_changed_letter_is_received(letter: Path, stage: Stage) -> None:
    """Every changed byte is FAILED, and nothing is recorded."""
    raw, before = letter.read_bytes(), _size(stage)
    for place in range(0, len(raw), len(raw) // 40):
        letter.write_bytes(raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :])
        ran = stage.custody("request receive letter.zip --as auth-2")
        assert ran.exit is Exit.FAILED, f"byte {place}: {ran}"
    assert _size(stage) == before
    letter.write_bytes(raw)
    assert stage.custody("request receive letter.zip --as auth-2").exit is Exit.DONE


def test_a_cut_letter_is_not_received(letter: Path, stage: Stage) -> None:
    """A download that broke off."""
    letter.write_bytes(letter.read_bytes()[:-100])
    assert stage.custody("request receive letter.zip --as auth-2").exit is Exit.FAILED


def test_what_is_undecided_is_received_where_somebody_insists(letter: Path, stage: Stage) -> None:
    """Without trust in its ledger the verdict is INDETERMINATE."""
    stage.patch.delenv("CUSTODY_TRUST")
    assert stage.custody("request receive letter.zip --as auth-2").exit is Exit.REFUSED
    taken = stage.custody("request receive letter.zip --accept-indeterminate --as auth-2")
    assert taken.exit is Exit.DONE
    assert "rests on a letter that is INDETERMINATE" in taken.stderr
    assert "custody trust seen" not in taken.stderr
    name = re.findall(r"request \S+ of \S+ is (\S+) here", taken.stdout)[0]
    for line in (f"request show {name}", "request list", "log"):
        told = stage.custody(line).stdout
        assert "a letter that is INDETERMINATE" in told, line
        assert "verified letter" not in told
    shown = json.loads(stage.custody(f"request show {name} --json").stdout)
    assert (shown["request"]["medium"], shown["steps"][0]["medium"]) == ("letter-undecided", "letter-undecided")


def test_what_a_request_says_stands_nowhere_in_clear(letter: Path, stage: Stage) -> None:
    """Victims and suspects are named in requests; the ledger's database holds commitments."""
    assert stage.custody("request receive letter.zip --as auth-2").exit is Exit.DONE
    assert "the name of a victim" in stage.custody("request show in-req-1").stdout
    databases = [path for home in ("l", "b") for path in (stage.folder / home).glob("*.db*")]
    held = {path.name for path in databases if b"the name of a victim" in path.read_bytes()}
    assert any(path.name.startswith("ledger.db") for path in databases)
    assert not any(name.startswith("ledger.db") for name in held), held


def test_a_bundle_of_exhibits_is_no_letter(letter: Path, stage: Stage) -> None:
    """It brings evidence, and is accepted or refused as such."""
    home = stage.folder / "b"
    stage.patch.setenv("CUSTODY_HOME", str(stage.folder / "l"))
    (stage.folder / "x.txt").write_text("x")
    lines = (
        "register x.txt --case 2026-0417 --exhibit EX-1 --as exam-07",
        "agent change auth-1 --country FR --as reg-1",
        "agent enrol home --kind organisation --country FR --as reg-1",
        "bundle EX-1 --to home -o exhibits.zip --as exam-07",
    )
    for line in lines:
        ran = stage.custody(line)
        assert ran.exit is Exit.DONE, ran
    stage.patch.setenv("CUSTODY_HOME", str(home))
    ran = stage.custody("request receive exhibits.zip --as auth-2")
    assert (ran.exit, "[letter.exhibits]" in ran.stderr) == (Exit.REFUSED, True), ran


def test_a_viewer_receives_nothing(letter: Path, stage: Stage) -> None:
    """Who may not ask may not write down what others ask."""
    for line in ("key new view-9", "agent enrol view-9.enrol --role viewer --as reg-1"):
        assert stage.custody(line).exit is Exit.DONE
    before = _size(stage)
    ran = stage.custody("request receive letter.zip --as view-9")
    assert (ran.exit, "[rule.role]" in ran.stderr) == (Exit.REFUSED, True), ran
    assert _size(stage) == before


def test_our_own_closing_note_stays_here(letter: Path, stage: Stage) -> None:
    """What we think of the end of a request is ours; the reasons of an answer are for the one who asked (row C14)."""
    for line in (
        "request receive letter.zip --as auth-2",
        "request answer in-req-1 --outcome refused --ground no-connection --reasons 'told to both' --as auth-2",
        "request close in-req-1 --outcome not-executed --note 'between us' -o closed.zip --as auth-2",
        "request letter in-req-1 -o shown.zip --disclose request.closed:/details/note --as auth-2",
        "request letter in-req-1 -o bare.zip --withhold request.answered:/details/reasons --as auth-2",
    ):
        ran = stage.custody(line)
        assert ran.exit is Exit.DONE, ran
        if ".zip --" in line and " -o " in line:
            assert ("request.closed:/details/note" in ran.stdout) == ("shown" not in line)
    told = {name: _shown(stage.folder / name) for name in ("closed.zip", "shown.zip", "bare.zip")}
    assert ["between us" in told[name] for name in told] == [False, True, False]
    assert ["told to both" in told[name] for name in told] == [True, True, False]


def test_what_a_letter_withholds_is_counted_in_its_result(letter: Path, stage: Stage) -> None:
    """Programs read it too; each field says why it stayed."""
    assert stage.custody("request receive letter.zip --as auth-2").exit is Exit.DONE
    pattern = "request.received:/details/fields/*"
    ran = stage.custody(f"request letter in-req-1 -o back.zip --withhold {pattern} --as auth-2 --json")
    withheld = json.loads(ran.stdout)["withheld"]
    assert {"count": 1, "field": "/details/fields/*/value", "reason": "hand", "type": "request.received"} in withheld
    assert "the name of a victim" not in _shown(stage.folder / "back.zip")
    assert "the name of a victim" in _shown(letter)


def test_where_an_answer_leads_travels_in_the_letter(letter: Path, stage: Stage) -> None:
    """Law row B6: the asking side reads it; a name that is withheld takes its line with it, not the whole answer."""
    for line in (
        "request receive letter.zip --as auth-2",
        "request answer in-req-1 --outcome granted --to-country FR --leads-to NL:Hosting --leads-to SE -o told.zip "
        "--as auth-2",
        "request letter in-req-1 -o hidden.zip --withhold request.answered:/details/leads_to/*/provider --as auth-2",
        f"trust export -o {stage.folder / 'b.json'}",
    ):
        ran = stage.custody(line)
        assert ran.exit is Exit.DONE, ran
    assert ("Hosting" in _shown(stage.folder / "told.zip"), "Hosting" in _shown(stage.folder / "hidden.zip")) == (
        True, False,
    )  # fmt: skip
    stage.patch.setenv("CUSTODY_HOME", str(stage.folder / "l"))
    assert stage.custody(f"trust add b.json --yes --trust {stage.folder / 'trust.json'}").exit is Exit.DONE
    assert stage.custody("request receive hidden.zip --as auth-1").exit is Exit.DONE
    told = json.loads(stage.custody("request show req-1 --json").stdout)["request"]["leads"]
    assert [lead["country"] for lead in told] == ["SE"]


@pytest.mark.parametrize("fault", ["storage.full", "bundle.unsound"])
def test_a_letter_that_was_not_written_names_what_is_on_record(
    letter: Path, stage: Stage, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """Whoever reads that nothing was written answers a second time, and the first answer stays for ever."""
    assert stage.custody("request receive letter.zip --as auth-2").exit is Exit.DONE

    def fail(*_: object) -> None:
        raise StorageError(fault, "expected room, found none", hint="make room")

    with monkeypatch.context() as patched:
        patched.setattr(build, "_write_records" if fault == "storage.full" else "_check_own", fail)
        ran = stage.custody("request answer in-req-1 --outcome nothing-found -o answer.zip --as auth-2")
    assert ran.exit is Exit.REFUSED
    assert f"[{fault}]" in ran.stderr
    ((first, last),) = re.findall(r"entries (\d+) to (\d+) are on record", ran.stderr)
    assert int(last) == int(first) + 1
    told = "hint: make room; don't record it again: custody request letter in-req-1 -o FILE writes what is on record"
    assert told in ran.stderr
    assert "request in-req-1 was answered" in stage.custody("log").stdout
    (stage.folder / "answer.zip").unlink(missing_ok=True)
    again = stage.custody("request letter in-req-1 -o answer.zip --as auth-2")
    assert again.exit is Exit.DONE, again
