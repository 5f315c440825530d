"""The second verifier reaches the first one's verdicts: then the specification alone decides, and not our code."""

from __future__ import annotations

import ast
import base64
import inspect
import json
import random
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from blake3 import blake3

from keys.private.signer import Ed25519Signer
from schemas import canonical
from schemas.errors import RecordError, UnknownVersionError
from schemas.proof import Proof
from schemas.report import Report
from tests.golden import test_golden as golden
from tests.second import mutants, verify_from_spec
from tests.second.crossings import Crossing
from tests.second.judging import NAMES, first_report, judge, read_vector, second_report
from tests.second.stories import Story
from tests.vectors import generate

PROGRAM = Path(verify_from_spec.__file__)
SPEC = Path(__file__).parents[2] / "docs" / "spec"
WHOLE = (
    "whole", "derived-with-ancestor", "quorum-there", "disputed-and-affirmed", "seen-linked", "letter",
    "release-with-consent", "transfer-received", "two-ledgers", "encrypted-and-given", "asset-owner-proven",
    "letter-consent", "receipt-proven",
)  # fmt: skip
"""Vectors that pass, from which mutants are made."""


def run(*arguments: str | Path, flags: Iterable[str] = ("-I",)) -> subprocess.CompletedProcess[str]:
    """Run the second verifier as a program that can import nothing of ours."""
    command = [sys.executable, *flags, str(PROGRAM), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")


@pytest.mark.parametrize("program", [PROGRAM, PROGRAM.with_name("chains_from_spec.py")], ids=lambda path: path.stem)
def test_it_imports_nothing_but_the_standard_library(program: Path) -> None:
    """A verifier that shares our code shares our faults. PyNaCl may speed it up, by the same rule."""
    tree = ast.parse(program.read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "." for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} - set(sys.stdlib_module_names) <= {"nacl", "blake3"}


def test_it_says_what_it_can_not_check_alone(tmp_path: Path) -> None:
    """Without the file about chains a proof is undecided, and never passed over."""
    alone, vector = tmp_path / PROGRAM.name, read_vector("asset-owner-proven")
    alone.write_bytes(PROGRAM.read_bytes())
    (tmp_path / "trust.json").write_text(vector["trust"])
    command = [sys.executable, "-I", str(alone), str(generate.FOLDER / vector["bundle"]), "--trust", "trust.json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, "asset.not-checked" in done.stdout) == (4, True)
    assert run(generate.FOLDER / vector["bundle"], "--trust", tmp_path / "trust.json").returncode == 0


@pytest.mark.parametrize("name", NAMES)
def test_it_agrees_with_every_vector(name: str) -> None:
    """The vectors are what a stranger's verifier is held to; the specification has to be enough for them."""
    if name == "texts":
        assert verify_from_spec.run_vector(generate.FOLDER / f"{name}.json") == []
        return
    vector, told = read_vector(name), judge(name).second
    first_open = next(
        (step["number"] for step in told["steps"] if step["verdict"] in ("FAILED", "INDETERMINATE")), None
    )
    assert (told["verdict"], first_open) == (vector["verdict"], vector.get("step"))
    assert vector.get("code") in {None, *(code for _, code, _ in judge(name).second_found)}


@pytest.mark.parametrize("name", sorted(golden.DIGESTS))
def test_it_agrees_with_bundles_of_earlier_releases(name: str) -> None:
    """What lies in an archive keeps its verdict, whoever reads it."""
    assert verify_from_spec.run_vector(golden.FOLDER / f"{name}.json") == []


@pytest.mark.parametrize("name", [name for name in NAMES if name != "texts"])
def test_both_verifiers_tell_the_same_steps_and_exhibits(name: str) -> None:
    """What a report promises of two verifiers: the same verdict of each step, and the same state of each exhibit."""
    told, second = judge(name).first, judge(name).second
    assert second["steps"] == told["steps"]
    parts = ("law", "inherited", "requests")
    assert [second.get(part) for part in parts] == [told.get(part) for part in parts]
    assert [(item["case"], item["exhibit"], item.get("holder"), item.get("status")) for item in second["exhibits"]] == [
        (item["case"], item["exhibit"], item.get("holder"), item.get("status")) for item in told["exhibits"]
    ]


@pytest.mark.parametrize("name", [name for name in NAMES if name != "texts"])
def test_both_verifiers_find_the_same_in_a_vector(name: str) -> None:
    """Codes are stable names: a lawyer who reads one report must find the same names in the other."""
    assert judge(name).second_found == judge(name).first_found
    assert _at_entries(judge(name).second) == _at_entries(judge(name).first)


def _at_entries(report: dict[str, Any]) -> set[tuple[int, str, str]]:
    """What is found at which entry: one fault found in the place of another is two faults missed."""
    found = [item for item in report["findings"] if item["step"] in (5, 6, 7, 9, 11, 12)]
    return {(item["step"], item["code"], item["subject"]) for item in found if item["subject"].startswith("entry ")}


@pytest.mark.parametrize("kind", ["flipped", "forged"])
@pytest.mark.parametrize("name", WHOLE)
def test_both_verifiers_agree_over_mutants(name: str, kind: str, tmp_path: Path) -> None:
    """Bytes that nobody thought of are where two readers of one text part."""
    vector, bundle = read_vector(name), tmp_path / "bundle.zip"
    made = {"flipped": mutants.flipped, "forged": mutants.forged}[kind]
    for what, raw in made(generate.FOLDER / vector["bundle"], count={"flipped": 15, "forged": 60}[kind]):
        bundle.write_bytes(raw)
        first, second = first_report(bundle, vector), second_report(raw, vector)
        assert (second.verdict, second.first_open_step) == (first.verdict.value, first.first_open_step), what
        assert second.verdict != "PASSED", what


@pytest.mark.parametrize("seed", range(24))
def test_both_verifiers_agree_over_random_stories(seed: int, tmp_path: Path) -> None:
    """Who may act, what a stolen key reaches and who may vouch for it: a page of rules, told twice in code."""
    story = Story.of(seed, tmp_path)
    raw = story.tell(25)
    (tmp_path / "bundle.zip").write_bytes(raw)
    vector = read_vector("whole")
    first, second = first_report(tmp_path / "bundle.zip", vector), second_report(raw, vector)
    assert (second.verdict, second.first_open_step) == (first.verdict.value, first.first_open_step)
    assert {(item.step, item.code, item.subject) for item in second.findings if 5 <= item.step <= 7} == {
        (item.step, item.code, item.subject) for item in first.findings if 5 <= item.step <= 7
    }


@pytest.mark.parametrize("seed", range(24))
def test_both_verifiers_agree_over_random_crossings(seed: int, tmp_path: Path) -> None:
    """What may leave a country and what came of it: the rules of the border, told twice in code."""
    raw = Crossing.of(seed, tmp_path).tell(18)
    (tmp_path / "bundle.zip").write_bytes(raw)
    vector = read_vector("no-trust")
    first, second = first_report(tmp_path / "bundle.zip", vector), second_report(raw, vector)
    assert {(item.step, item.code, item.subject) for item in second.findings if item.step in (5, 6, 7, 11, 12)} == {
        (item.step, item.code, item.subject) for item in first.findings if item.step in (5, 6, 7, 11, 12)
    }
    told = json.loads(canonical.encode(first))
    parts = ("steps", "law", "requests")
    assert [second.report().get(name) for name in parts] == [told.get(name) for name in parts]


@pytest.mark.parametrize("levels", [16, 17])
@pytest.mark.parametrize("raw", [b"%s", b'{"a":%s}', b"[1,%s]"])
def test_both_readers_count_levels_alike(raw: bytes, levels: int) -> None:
    """One level more or less is enough for one verifier to refuse what the other takes."""
    below = levels - (raw != b"%s")
    whole = raw % (b"[" * below + b"]" * below)
    assert is_taken(lambda: verify_from_spec.decode(whole, 1000)) is (levels == 16)
    assert is_taken(lambda: canonical.decode_plain(whole, maximum=1000)) is (levels == 16)


@pytest.mark.parametrize(
    "change", [(b"", b""), (b"{", b" {"), (b'"bytes":5', b'"bytes":5.5'), (b'"bytes":5', b'"bytes":-0')]
)
def test_both_readers_take_a_version_only_from_canonical_bytes(change: tuple[bytes, bytes]) -> None:
    """Otherwise it would depend on a JSON library whether a bundle is undecided or FAILED."""
    raw = b'{"bytes":5,"schema":"custody-proof/v2"}'.replace(*change, 1)
    for read in (
        lambda: verify_from_spec.read_record(raw, 1000, "custody-proof"),
        lambda: canonical.decode(raw, Proof, maximum=1000),
    ):
        with pytest.raises((verify_from_spec.Bad, RecordError, UnknownVersionError)) as caught:
            read()
        assert (getattr(caught.value, "code", "") == "record.version") is (change == (b"", b""))


def is_taken(read: Callable[[], object]) -> bool:
    """Whether a reader returns."""
    try:
        read()
    except (verify_from_spec.Bad, RecordError):
        return False
    return True


def test_it_runs_without_our_packages(tmp_path: Path) -> None:
    """A court has a Python and this one file, with PyNaCl or without."""
    vector = read_vector("whole")
    trust = tmp_path / "trust.json"
    trust.write_text(vector["trust"])
    bundle = generate.FOLDER / vector["bundle"]
    for flags in (("-I",), ("-I", "-S")):  # without site-packages there is no PyNaCl
        done = run(bundle, "--trust", trust, "--at", vector["at"], flags=flags)
        assert (done.returncode, done.stdout.splitlines()[-1], done.stderr) == (0, "PASSED", "")
        done = run(bundle, "--at", vector["at"], flags=flags)
        assert (done.returncode, done.stdout.splitlines()[-1]) == (4, "INDETERMINATE")
        done = run(generate.FOLDER / "tail-cut.zip", "--trust", trust, flags=flags)
        assert (done.returncode, done.stdout.splitlines()[-1]) == (3, "FAILED")


def test_its_report_is_the_record_of_the_specification(tmp_path: Path) -> None:
    """With --json a report can be read by any program that knows report.md, ours too."""
    vector = read_vector("whole")
    trust = tmp_path / "trust.json"
    trust.write_text(vector["trust"])
    done = run(generate.FOLDER / vector["bundle"], "--trust", trust, "--at", vector["at"], "--json")
    told = canonical.decode(done.stdout.rstrip("\n").encode(), Report, maximum=1_000_000)
    assert told.verdict.value == "PASSED"
    assert told.trust_sha256 == sha256(trust.read_bytes()).hexdigest()
    first = first_report(generate.FOLDER / vector["bundle"], vector)
    assert (told.ledger, told.exhibits, told.at) == (first.ledger, first.exhibits, first.at)


def test_files_that_travel_apart_are_found_in_folders(tmp_path: Path) -> None:
    """Evidence of many gigabytes comes on another disk, under the names that its owner gave it."""
    vector = read_vector("detached-and-given")
    trust = tmp_path / "trust.json"
    trust.write_text(vector["trust"])
    folder = tmp_path / "disk" / "below"
    folder.mkdir(parents=True)
    arguments = (generate.FOLDER / vector["bundle"], "--trust", trust, "--files", tmp_path / "disk")
    assert run(*arguments).returncode == 4
    for number, raw in enumerate(vector["files"].values()):
        (folder / f"file {number}").write_bytes(base64.b64decode(raw))
    assert run(*arguments).returncode == 0


@pytest.mark.parametrize("behind", [1, 65_535, 65_536, 300_000])
def test_both_look_for_the_end_of_a_zip_as_far_as_a_comment_reaches(behind: int, tmp_path: Path) -> None:
    """A large file that is no bundle is not read through for an end record where no zip program looks for one."""
    path, vector = tmp_path / "bundle.zip", read_vector("whole")
    path.write_bytes((generate.FOLDER / vector["bundle"]).read_bytes() + bytes(behind))
    first, second = first_report(path, vector), second_report(path.read_bytes(), vector)
    expected = "container.trailing-bytes" if behind <= 65_535 else "container.truncated"
    assert {item.code for item in first.findings if item.step == 0} == {expected}
    assert {item.code for item in second.findings if item.step == 0} == {expected}


def test_a_program_that_is_used_wrongly_says_nothing_about_a_bundle(tmp_path: Path) -> None:
    """Exit code 3 means that evidence was tampered with; a typing error must never look like that."""
    (tmp_path / "trust.json").write_text("{}")
    bundle = generate.FOLDER / "whole.zip"
    wrong = ((), (bundle, "--trust", tmp_path / "trust.json"), (tmp_path / "none.zip",), (bundle, "--at", "x"))
    for arguments in wrong:
        assert run(*arguments).returncode == 2


def test_signatures_are_checked_by_the_same_rule_without_a_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rule for signatures is ours, not a library's: both ways must decide alike, in odd cases most of all."""
    chance = random.Random(1)
    cases = []
    for number in range(12):
        signer, message = Ed25519Signer(agent="a", seed=chance.randbytes(32)), b"message %d" % number
        signature = signer.sign(message)
        large_s = int.from_bytes(signature[32:], "little") + verify_from_spec.L
        for changed in (
            signature,
            signature[:63],
            mutants.mutate(signature, chance),
            signature[:32] + large_s.to_bytes(32, "little"),
            (1).to_bytes(32, "little") + signature[32:],
            bytes(64),
        ):
            cases.append((signer.public_key, message, changed))
        cases.append(((1).to_bytes(32, "little"), message, (1).to_bytes(32, "little") + bytes(32)))
    with_library = [verify_from_spec.holds(*case) for case in cases]
    monkeypatch.setattr(verify_from_spec, "_fast_open", None)
    assert [verify_from_spec.holds(*case) for case in cases] == with_library
    assert with_library.count(True) == 12


@pytest.mark.parametrize("size", [0, 1, 64, 65, 1024, 1025, 2048, 3073, 9000])
def test_a_digest_is_the_same_without_a_library(size: int) -> None:
    """Evidence that only one verifier can hash would be judged by one only."""
    raw, own = random.Random(size).randbytes(size), verify_from_spec.Blake3()
    for start in range(0, size, 700):
        own.update(raw[start : start + 700])
    assert own.hexdigest() == blake3(raw).hexdigest()


def test_its_headings_name_every_page() -> None:
    """Who reads a page finds the part that follows it; those left out are for writers and printers, or only indexes."""
    source = PROGRAM.read_text()
    headings = "".join(line for line in source.splitlines() if line.lstrip().startswith("# "))
    pages = {path.name for path in SPEC.glob("*.md")} - {
        "README.md",
        "by-type.md",
        "gate-v2.md",
        "labels.md",
        "procedure.md",
    }
    assert sorted(page for page in pages if page not in headings) == []


def test_its_rules_are_those_of_the_page() -> None:
    """The table of who may do what is copied word for word; a page that changes must take this program along."""
    page = (SPEC / "events.md").read_text()
    assert verify_from_spec.RULES_TABLE.strip() in page


@pytest.mark.parametrize("type", sorted(verify_from_spec.DETAILS))
def test_its_fields_are_those_of_the_pages(type: str) -> None:
    """A field that a page gains later would make every bundle that uses it malformed for a stranger."""
    pages = "".join(path.read_text() for path in sorted(SPEC.glob("*.md")))
    table = re.search(rf"<!-- generated: details {re.escape(type)} -->\n(.*?)<!-- end -->", pages, re.DOTALL)
    assert table is not None, "every type has its table"
    told = re.findall(r"^\| `(\w+)` \| (MUST|optional) \|", table[1], re.MULTILINE)
    known = inspect.getclosurevars(verify_from_spec.DETAILS[type]).nonlocals
    assert known["forms"].keys() == {name for name, _ in told}
    assert known["needed"] == {name for name, how in told if how == "MUST"}


def test_a_wrong_trust_file_is_refused() -> None:
    """What a reader believes is his own to mend; nothing of it may turn into a verdict about a bundle."""
    vector = read_vector("quorum-there")
    for changed in (
        vector["trust"].replace("quorum W", "quorum X"),
        vector["trust"].replace('"custody-trust/v1"', '"custody-trust/v2"'),
        vector["trust"].replace('"first":0', '"first":-1'),
    ):
        with pytest.raises(verify_from_spec.Bad):
            verify_from_spec.read_trust(changed.encode())
    assert verify_from_spec.read_trust(vector["trust"].encode())["ledgers"]
