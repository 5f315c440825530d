"""Procedure at the prompt: what is missing by law, where it stands, how it is cured; and profiles of one's own."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from custody.cli.exits import Exit
from custody.transfer.law_files import shipped_profile
from schemas import canonical
from tests.cli.machine import CASE, Machine
from tests.cli.script import Stage

SOURCE = {"mark": "T", "row": "R1", "text": "x"}


@pytest.fixture
def machine(stage: Stage) -> Machine:
    made = Machine(stage)
    (stage.folder / "disk.img").write_bytes(b"bytes of a disk")
    made.register("disk.img", "--kind image")
    return made


def test_what_is_missing_is_told_with_source_and_cure(machine: Machine) -> None:
    """France is under two laws, whose checks are those of the standards; each thing is missed once."""
    told = machine.json("check-procedure EX-1")
    assert told["profile"] == "eu-and-coe"
    assert len({(item["code"], item["subject"], item["what"]) for item in told["findings"]}) == len(told["findings"])
    assert "procedure.reproducible" in {item["code"] for item in told["findings"]}
    ran = machine.do("check-procedure EX-1")
    assert "cure: the tool, its version and arguments" in ran.stdout
    assert "source: ACPO Good Practice Guide v5 principle 3 (row R4)" in " ".join(ran.stdout.split())
    assert "is no sign of tampering" in ran.stdout


def test_another_profile_asks_for_more(machine: Machine) -> None:
    """A case that goes to China is looked at as a court there would, before it leaves."""
    told = machine.json(f"check-procedure --case {CASE} --all --profile cn")
    codes = [item["code"] for item in told["findings"]]
    assert {"procedure.two-investigators", "procedure.holder-or-witness"} <= set(codes)
    assert codes.count("procedure.integrity") == 5
    assert all(item["row"] for item in told["findings"])


def test_check_exits_6_where_something_is_missing(machine: Machine) -> None:
    """A job can watch it, and a verdict's code is never used for it."""
    machine.json("check-procedure EX-1 --check", Exit.ATTENTION)


def test_a_profile_with_an_unknown_rule_is_refused(machine: Machine, stage: Stage) -> None:
    """Exit 2: the file is none of ours, and nothing was judged by it."""
    plain = canonical.decode_plain(canonical.encode(shipped_profile("generic")), maximum=1 << 20)
    plain["checks"].append({"rule": "zeal", "source": {"mark": "T", "row": "R1", "text": "x"}})
    path = Path(stage.folder / "mine.json")
    path.write_bytes(canonical.encode(plain))
    for command in ("check-procedure EX-1", "audit"):
        machine.fail(f"{command} --profile {path}", Exit.USAGE, "profile.rule")
    machine.fail("check-procedure EX-1 --profile nowhere", Exit.USAGE, "profile.absent")
    machine.fail("check-procedure EX-1 --profile none", Exit.USAGE, "usage.profile")


@pytest.mark.parametrize(
    ("change", "code", "told"),
    [
        ({"colour": "red"}, "record.malformed", "unknown field `colour`"),
        ({"checks": "all"}, "record.malformed", "$.checks"),
        ({"checks": [{"rule": "purpose"}]}, "record.malformed", "required field `source`"),
        ({"checks": [{"rule": "zeal", "source": SOURCE}]}, "profile.rule", "found 'zeal'"),
        ({"gates": [{"gate": "open", "source": SOURCE}]}, "profile.gate", "found 'open'"),
        ({"papers": ["love-letter"]}, "profile.paper", "found 'love-letter'"),
        ({"deadlines": [{"deadline": "eu.never", "kind": "mla"}]}, "profile.deadline", "found 'eu.never'"),
        ({"deadlines": [{"deadline": "eu.epoc", "kind": "mla"}] * 2}, "profile.deadline", "eu.epoc for mla twice"),
        ({"digests": [{"digest": "sm3", "source": SOURCE}]}, "profile.digests", "expected the check digests"),
        ({"checks": [{"rule": "digests", "source": SOURCE}]}, "profile.digests", "digests beside their check"),
        ({"zone": "Mars/Olympus"}, "profile.zone", "found 'Mars/Olympus'"),
        ({"checks": [{"rule": "purpose", "source": {**SOURCE, "mark": "X"}}]}, "record.malformed", "mark"),
    ],
)
def test_a_profile_that_is_wrong_inside_says_what_and_judges_nothing(
    machine: Machine, stage: Stage, change: dict[str, object], code: str, told: str
) -> None:
    """By every command that takes one: exit 2, the file's name, and what in it is wrong."""
    plain = canonical.decode_plain(canonical.encode(shipped_profile("generic")), maximum=1 << 20)
    (stage.folder / "mine.json").write_bytes(canonical.encode({**plain, **change}))
    for command in ("profile mine.json", "check-procedure EX-1 --profile mine.json", "audit --profile mine.json"):
        ran = machine.fail(command, Exit.USAGE, code)
        assert told in ran.stderr, ran
        assert "mine.json: " in ran.stderr
        assert ran.stdout == ""


@pytest.mark.parametrize(
    ("raw", "code", "told"),
    [
        (b"", "record.malformed", "an empty file"),
        (b'{"checks":', "record.malformed", "expected a procedure profile"),
        (b"[]", "record.malformed", "expected a procedure profile"),
        (b"\xff\xfe\x00", "record.malformed", "expected a procedure profile"),
        (b"PK\x03\x04 and more", "record.malformed", "a zip file"),
        (b" " * (1 << 20) + b"{}", "record.size", "at most 1048576 bytes"),
    ],
)
def test_what_is_no_profile_at_all_is_told_as_such(
    machine: Machine, stage: Stage, raw: bytes, code: str, told: str
) -> None:
    """Cut in half, another kind of file, too large: each by its own words."""
    (stage.folder / "mine.json").write_bytes(raw)
    assert told in machine.fail("check-procedure EX-1 --profile mine.json", Exit.USAGE, code).stderr


def test_a_profile_in_another_spelling_says_how_it_is_spelled(machine: Machine, stage: Stage) -> None:
    """Who wrote it by hand is told the one command that mends it; a newer version is not called wrong."""
    plain = canonical.decode_plain(canonical.encode(shipped_profile("generic")), maximum=1 << 20)
    path = stage.folder / "mine.json"
    path.write_text(json.dumps(plain, indent=1))
    assert "jq -cSj" in machine.fail("profile mine.json", Exit.USAGE, "record.not-canonical").stderr
    path.write_bytes(canonical.encode({**plain, "schema": "custody-profile/v2"}))
    machine.fail("profile mine.json", Exit.INDETERMINATE, "record.version")


def test_audit_looks_at_procedure_and_still_passes(machine: Machine) -> None:
    """Step 12 stands beside the verdict."""
    told = machine.json("audit")
    assert "procedure.reproducible" in {item["code"] for item in told["findings"]}
    assert told["verdict"] == "PASSED"
    told = machine.json("audit --profile none")
    assert not [item for item in told["findings"] if item["code"].startswith("procedure.")]


def test_verify_looks_at_procedure_by_the_ledger_s_country(machine: Machine, stage: Stage) -> None:
    """A reader abroad sees what the sender's own law wanted; the verdict is the same with and without."""
    stage.patch.delenv("CUSTODY_TRUST")
    machine.do("agent enrol court-1 --kind organisation --country FR --as reg-1")
    machine.do("bundle EX-1 --to court-1 -o b.zip --as exam-07")
    told = machine.json("verify b.zip --keys strangers", Exit.INDETERMINATE)
    assert "procedure.reproducible" in {item["code"] for item in told["findings"]}
    bare = machine.json("verify b.zip --keys strangers --profile none", Exit.INDETERMINATE)
    assert not [item for item in bare["findings"] if item["code"].startswith("procedure.")]
    assert bare["steps"] == told["steps"]
    strict = machine.json("verify b.zip --keys strangers --profile cn", Exit.INDETERMINATE)
    assert [item["code"] for item in strict["findings"]].count("procedure.integrity") == 5


def test_what_the_rules_find_by_themselves_is_told_with_its_law(machine: Machine, stage: Stage) -> None:
    """Rows C20 and R6: non-public data taken online abroad, and half a capture, here, in the report and in an audit."""
    (stage.folder / "page.html").write_text("<html></html>")
    taken = "--data-country JP --acquisition-method remote --acquisition-tool t --acquisition-version 1"
    machine.register(stage.folder / "page.html", f"--kind web-capture --obtained online-capture {taken}")
    told = machine.stage.custody("check-procedure --case 2026-0417 --all").stdout
    for words in (
        "non-public data that lie in JP were taken online",
        "cure: the consent of the country where the data lie",
        "China Justice Observer tells them; Budapest Convention (ETS 185) art. 32",
        "(row C20)",
        "source: Berkeley Protocol paragraphs 153 to 155, by a secondary source (row R6)",
    ):
        assert words in " ".join(told.split())
    assert "(row C20)" in machine.do("audit").stdout
    entry = next(item["entry"] for item in machine.json("log")["entries"][::-1] if item["type"] == "exhibit.registered")
    machine.do(f"explain {entry} --statement 'the page is public' --cures sovereignty --as exam-07")
    assert "explained in entry" in machine.stage.custody("check-procedure --case 2026-0417 --all").stdout


def test_a_report_says_by_which_profile_it_looked_and_that_by_none_it_did_not(machine: Machine, stage: Stage) -> None:
    """A profile of one's own may ask for nothing, and be called as one that is shipped: the digest tells."""
    plain = canonical.decode_plain(canonical.encode(shipped_profile("generic")), maximum=1 << 20)
    raw = canonical.encode({**plain, "checks": [], "name": "cn"})
    (stage.folder / "mine.json").write_bytes(raw)
    told = " ".join(machine.do("audit").stdout.split())
    assert "procedure profile: eu-and-coe, by the laws of FR; SHA-256 " in told
    told = " ".join(machine.do("audit --profile mine.json").stdout.split())
    assert f"procedure profile: cn, in mine.json; SHA-256 {sha256(raw).hexdigest()}" in told
    told = machine.do("audit --profile none").stdout
    assert "- Procedure: no procedure profile was applied" in told
    assert "Not checked: evidence; the past; time; procedure." in told


def test_an_explanation_stands_beside_what_is_missing(machine: Machine) -> None:
    """It is still missing, and the exit is the same: whether it is cured is for the court."""
    before = machine.json("check-procedure EX-1 --check", Exit.ATTENTION)
    entry = next(item["subject"] for item in before["findings"] if item["code"] == "procedure.reproducible")
    machine.do(
        f"explain {entry.split()[1]} --statement 'the maker of the tool is unknown' --cures reproducible --as exam-07"
    )
    told = machine.json("check-procedure EX-1 --check", Exit.ATTENTION)
    (found,) = [item for item in told["findings"] if item["code"] == "procedure.reproducible"]
    assert len(found["explained"]) == 1
    assert told["defects"] == before["defects"]
    assert not any(item["explained"] for item in told["findings"] if item["code"] != "procedure.reproducible")
    ran = machine.do("check-procedure EX-1")
    assert f"explained in entry {found['explained'][0]}; whether that is enough is for the court" in ran.stdout
    (audited,) = [item for item in machine.json("audit")["findings"] if item["code"] == "procedure.reproducible"]
    assert audited["text"].endswith(f"; explained in entry {found['explained'][0]}")
