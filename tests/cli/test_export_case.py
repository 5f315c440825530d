"""The CASE/UCO export: valid for the field's own validator, the same every time, and silent about what is withheld."""

import json
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from custody.cli.exits import Exit
from custody.report.case_graph import ONTOLOGY
from tests.cli.machine import CASE, Machine
from tests.cli.script import Stage

OFFLINE = """
import socket, sys
def refuse(*_, **__):
    raise SystemExit("the validator asked for the network")
socket.socket.connect = refuse
socket.getaddrinfo = refuse
from case_utils.case_validate import main
main()
"""


@pytest.fixture
def machine(stage: Stage) -> Machine:
    """Give a ledger with an exhibit that was registered, sealed, handed over, checked, and copied."""
    made = Machine(stage)
    (stage.folder / "ev").mkdir()
    (stage.folder / "ev" / "secret-name.log").write_text('{"time":"2026-01-01T00:00:00Z"}\n')
    (stage.folder / "ev" / "none").mkdir()
    made.register(
        "ev",
        '--kind log --place "Room 4" --seized-from owner-of-it --description "server logs" --acquisition-tool Logdump '
        "--acquisition-version 2.1 --acquisition-method logical",
    )
    made.do("handover EX-1 --from exam-07 --to cust-02 --purpose storage -y")
    made.do("check EX-1 --as cust-02 -y")
    made.do("copy EX-1 --kind working --purpose analysis --as cust-02 -y")
    made.do("agent enrol court-fr --kind organisation --country FR --as reg-1")
    made.do("agent enrol court-de --kind organisation --country DE --as reg-1")
    return made


def _export(machine: Machine, line: str) -> Any:
    machine.do(f"export-case {line} -o out.jsonld --force")
    return json.loads((machine.stage.folder / "out.jsonld").read_bytes())


def _nodes(document: Any, type: str) -> list[Any]:
    return [node for node in document["@graph"] if node["@type"] == type]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(item)


def _validate(path: Path) -> None:
    command = [sys.executable, "-c", OFFLINE, "--built-version", ONTOLOGY, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "Conforms: True" in done.stdout) == (0, True), done.stdout + done.stderr


def test_the_fields_own_validator_accepts_it_without_a_network(machine: Machine) -> None:
    """CASE is what other tools read; its shapes are strict about types, so every kind of node is in this one."""
    (machine.stage.folder / "p.html").write_text("<!doctype html><html></html>")
    machine.do(f"register p.html --case {CASE} --exhibit next --as exam-07 -y --captured-url https://x.example/?a=1&b")
    machine.register("ev/secret-name.log", f"--derived-from {CASE}/EX-1 --kind derived")
    for number, exhibit in enumerate(("EX-1", "EX-2", "EX-3")):
        machine.do(f"export-case {exhibit} -o {number}.jsonld")
        _validate(machine.stage.folder / f"{number}.jsonld")


def test_units_defects_and_corrections_are_told_too(machine: Machine) -> None:
    """An object of an odd number, held by a unit, with a seal, an incident and a mistake: all of it is valid."""
    name, who = f"'{CASE}/A/1 \u00fc'", "--as exam-07 -y --on-behalf-of unit-1"
    machine.do("agent enrol unit-1 --kind unit --role examiner --member exam-07 --as reg-1")
    machine.do(
        f"register --case {CASE} --exhibit 'A/1 \u00fc' --kind web-capture --nature object --description x "
        f"--seal S1 {who} --second exam-11 --attest suspect:refused:N:tired"
    )
    machine.do(f"unseal {name} --seal S1 --seal-intact --reason r {who}")
    machine.do(f"examine {name} --purpose p --tool X --version 3 {who}")
    machine.do(f"incident {name} --kind damaged --description d {who}")
    machine.do(f"correct {name} --field description --value y --reason z --as exam-07 -y")
    document = _export(machine, name)
    _validate(machine.stage.folder / "out.jsonld")
    (unit,) = _nodes(document, "identity:Organization")
    acts = _nodes(document, "investigation:InvestigativeAction")
    assert [{"@id": unit["@id"]} in act.get("action:participant", []) for act in acts] == [True] * 5 + [False]
    assert any(line.startswith("DEFECT: ") for line in acts[0]["core:description"])


def test_every_act_takes_the_record_before_and_gives_the_next(machine: Machine) -> None:
    """Provenance in and out: a reader follows the chain without knowing our ledger."""
    document = _export(machine, "EX-1")
    acts = _nodes(document, "investigation:InvestigativeAction")
    assert [act["core:name"] for act in acts] == [
        "exhibit.registered", "custody.handed-over", "exhibit.checked", "exhibit.copied",
    ]  # fmt: skip
    records = _nodes(document, "investigation:ProvenanceRecord")
    assert {record["investigation:exhibitNumber"] for record in records} == {"EX-1"}
    (exhibit,) = _nodes(document, "observable:ObservableObject")
    given = exhibit["@id"]
    for act, before in zip(acts, [None, *acts], strict=False):
        assert act["action:object"] == [{"@id": given}]
        assert act.get("investigation:wasInformedBy", {}).get("@id") == (before and before["@id"])
        given = act["action:result"][0]["@id"] if "action:result" in act else given
    assert len(records) == 3
    handover = acts[1]
    assert handover["action:performer"] != handover["action:participant"][0]
    assert "held by cust-02, not sealed" in records[1]["core:description"]


def test_digests_names_and_tools_are_where_other_tools_look(machine: Machine) -> None:
    """A file's SHA-256 is what two programs have in common."""
    document = _export(machine, "EX-1")
    (file,) = _nodes(document, "observable:File")
    facets = {facet["@type"]: facet for facet in file["core:hasFacet"]}
    assert facets["observable:FileFacet"]["observable:filePath"] == "secret-name.log"
    hashes = {
        item["types:hashMethod"]: item["types:hashValue"]["@value"]
        for item in facets["observable:ContentDataFacet"]["observable:hash"]
    }
    (shown,) = [item for item in machine.json("show EX-1")["content"]["files"] if item["type"] == "file"]
    assert hashes["SHA256"] == shown["sha256"]
    (tool,) = _nodes(document, "tool:Tool")
    assert (tool["core:name"], tool["tool:version"]) == ("Logdump", "2.1")
    (place,) = _nodes(document, "location:Location")
    assert place["core:name"] == "Room 4"
    assert len(_nodes(document, "observable:Directory")) == 1


def test_the_medium_inside_an_image_has_digests_of_its_own(machine: Machine) -> None:
    """A raw image is its own medium; of an E01 the two differ, and other tools know the medium's."""
    raw = bytes(range(256)) * 256
    (machine.stage.folder / "disk.dd").write_bytes(raw)
    machine.register("disk.dd", "--kind image")
    document = _export(machine, "EX-2")
    _validate(machine.stage.folder / "out.jsonld")
    (medium,) = [node for node in document["@graph"] if node.get("core:name") == "the medium inside the image"]
    (facet,) = medium["core:hasFacet"]
    found = {item["types:hashMethod"]: item["types:hashValue"]["@value"] for item in facet["observable:hash"]}
    assert (found["SHA256"], facet["observable:sizeInBytes"]) == (sha256(raw).hexdigest(), len(raw))


def test_two_exports_of_one_story_are_the_same_bytes(machine: Machine) -> None:
    """Ids come from event hashes, so that exports can be compared and joined."""
    machine.do("export-case EX-1 -o a.jsonld")
    machine.do(f"export-case {CASE}/EX-1 -o b.jsonld")
    assert (machine.stage.folder / "a.jsonld").read_bytes() == (machine.stage.folder / "b.jsonld").read_bytes()


def test_what_is_withheld_is_nowhere_in_it(machine: Machine) -> None:
    """What stays here by rule stays here in every form of export."""
    inside = set(_texts(_export(machine, "EX-1")))
    assert any("owner-of-it" in text for text in inside)
    document = _export(machine, "EX-1 --to court-fr --as exam-07 --withhold *:/details/place --withhold *:/path")
    outside = " ".join(_texts(document))
    assert [word for word in ("owner-of-it", "Room 4", "secret-name") if word in outside] == []
    assert "server logs" in outside
    (bundle,) = _nodes(document, "core:Bundle")
    assert "2 values of its entries are not shown." in bundle["core:description"]
    _validate(machine.stage.folder / "out.jsonld")


def test_what_leaves_the_country_asks_the_consent_gate(machine: Machine) -> None:
    """An export for another program is no way round the law; both answers are on record."""
    before = len(machine.entries())
    machine.fail("export-case EX-1 -o out.jsonld --to court-de --as exam-07", Exit.REFUSED, "release.consent-missing")
    machine.fail("export-case EX-1 -o out.jsonld --to nobody --as exam-07", Exit.USAGE, "release.recipient")
    assert not (machine.stage.folder / "out.jsonld").exists()
    machine.do("export-case EX-1 -o out.jsonld --to court-fr --as exam-07")
    assert [entry.event.type for entry in machine.entries()[before:]] == ["release.refused", "access.logged"]


@pytest.fixture
def bundled(machine: Machine) -> Machine:
    """Give the same with a bundle of its exhibit, and what a court needs to believe it."""
    machine.do("bundle EX-1 --to court-fr -o b.zip --as exam-07 -y")
    machine.do("trust export -o trust.json")
    return machine


def test_a_verified_bundle_tells_the_same_story(bundled: Machine) -> None:
    """The receiving side exports with its own program; ids agree, as they come from the signed events."""
    document = _export(bundled, "--bundle b.zip --trust trust.json")
    _validate(bundled.stage.folder / "out.jsonld")
    assert "owner-of-it" not in " ".join(_texts(document))
    (basis,) = _nodes(document, "core:Bundle")
    assert "with the verdict PASSED" in basis["core:description"][0]
    mine = _nodes(_export(bundled, "EX-1"), "investigation:InvestigativeAction")
    theirs = _nodes(document, "investigation:InvestigativeAction")
    assert [act["@id"] for act in theirs] == [act["@id"] for act in mine]


def test_a_bundle_that_does_not_verify_is_not_exported(bundled: Machine) -> None:
    """Another format must not launder a forgery."""
    (bundled.stage.folder / "nobody.json").write_bytes(b'{"ledgers":[],"schema":"custody-trust/v1"}')
    line = "export-case -o x.jsonld --bundle b.zip --trust nobody.json"
    bundled.fail(line, Exit.REFUSED, "case-export.verdict")
    document = _export(bundled, "--bundle b.zip --trust nobody.json --accept-indeterminate")
    assert "with the verdict INDETERMINATE" in _nodes(document, "core:Bundle")[0]["core:description"][0]
    raw = bytearray((bundled.stage.folder / "b.zip").read_bytes())
    raw[len(raw) // 2] ^= 1
    (bundled.stage.folder / "bad.zip").write_bytes(raw)
    line = "export-case -o x.jsonld --bundle bad.zip --trust trust.json --accept-indeterminate"
    ran = bundled.stage.custody(line)
    assert ran.exit is Exit.FAILED, ran
    assert not (bundled.stage.folder / "x.jsonld").exists()


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("export-case -o x.jsonld", "usage.export-case"),
        ("export-case EX-1 -o x.jsonld --trust trust.json", "usage.export-case"),
        ("export-case -o x.jsonld --bundle b.zip --trust trust.json --to court-fr", "usage.export-case"),
        ("export-case EX-7 -o x.jsonld --bundle b.zip --trust trust.json", "case-export.exhibit"),
        ("export-case EX-7 -o x.jsonld", "usage.exhibit"),
        ("export-case EX-1 -o b.zip", "usage.exists"),
        ("export-case EX-1 -o x.jsonld --withhold place", "bundle.pattern"),
    ],
)
def test_what_makes_no_sense_writes_nothing(bundled: Machine, line: str, code: str) -> None:
    """An export is whole, or not there."""
    bundled.fail(line, Exit.USAGE, code)
    assert not (bundled.stage.folder / "x.jsonld").exists()
