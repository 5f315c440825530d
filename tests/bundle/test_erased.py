"""Bundles after an order to erase: the proofs hold, what is gone is told from what is missing, nothing comes along."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest

from custody.bundle.disclose import parse_choice
from custody.bundle.source import verify_bundle
from custody.cli.demo.forgery import Members, pack, take_apart
from custody.verify.verify import Trusted
from schemas import canonical, layout
from schemas.details.exhibit import ExhibitRegistered
from schemas.details.record import DisclosureErased
from schemas.errors import RecordError, StorageError
from schemas.event import About
from schemas.report import Report, Severity, Verdict
from tests.bundle.test_build import CASE, FILES, Office, register_many
from tests.vectors.forge import Forge, Vault

CHAT = sha256(FILES["chat.txt"]).hexdigest()


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A new office."""
    return Office(tmp_path)


def order(office: Office, *exhibits: str, **details: Any) -> int:
    """Record an order about exhibits; return its entry."""
    with office.world.store.read() as reader:
        known = [reader.view().exhibit(CASE, number) for number in exhibits]
    about = [About(exhibit=item.registration) for item in known if item is not None]
    said = {"authority": "court", "commitments": [], "order": "12/26", **details}
    made = office.world.annotate("disclosure.erased", about, said, actor="examiner-1", registrar="registrar-1")
    return made.index


def root_of(office: Office, number: str) -> str:
    """Return the content root of an exhibit."""
    from schemas.entry import parse_entry

    for raw in office.world.entries():
        event = parse_entry(raw).event
        if isinstance(event.details, ExhibitRegistered) and event.event.exhibit == number:
            return event.details.content.root  # type: ignore[union-attr]
    raise AssertionError(number)


def found(report: Report) -> set[tuple[str, Severity]]:
    """Return what steps 9 and 10 found, but for what is always withheld."""
    return {
        (item.code, item.severity)
        for item in report.findings
        if item.step in (9, 10) and item.code != "disclosures.withheld"
    }


def without(office: Office, *digests: str) -> Vault:
    """Return the store without some files."""
    return Vault(office.folder, {name: raw for name, raw in office.world.contents.items() if name not in digests})


@pytest.mark.parametrize("by", ["file", "root"])
def test_a_file_that_was_erased_by_order_is_not_missing(office: Office, by: str) -> None:
    """What was signed is proven still; by whose order the bytes are gone is part of the story."""
    details = {"files": [CHAT]} if by == "file" else {"contents": [root_of(office, "EX-1")]}
    entry = order(office, "EX-1", **details)
    gone = [CHAT] if by == "file" else list(office.world.contents)
    built = office.build(vault=without(office, *gone))
    report = office.verify(built).report
    assert report.verdict is Verdict.PASSED
    assert found(report) == {("content.erased", Severity.NOTE)}
    assert any(f"entry {entry}" in item.text for item in report.findings)
    assert layout.FILES + CHAT not in take_apart(built.path)


def test_what_was_ordered_to_go_is_not_sent_even_if_it_is_still_here(office: Office) -> None:
    """The order counts from its record on, not from the day on which somebody gets round to it."""
    order(office, "EX-1", files=[CHAT])
    built = office.build()
    assert layout.FILES + CHAT not in take_apart(built.path)
    assert office.verify(built).report.verdict is Verdict.PASSED


def test_an_order_about_another_exhibit_excuses_nothing(office: Office) -> None:
    """Or one order could explain away what was lost elsewhere."""
    office.world.register(CASE, "EX-2", actor="examiner-1", files={"other.txt": FILES["chat.txt"]})
    order(office, "EX-2", files=[CHAT])
    with pytest.raises(StorageError, match=r"bundle\.file-missing"):
        office.build("both.zip", "EX-1", "EX-2", vault=without(office, CHAT))
    built = office.build("detached.zip", "EX-1", "EX-2", is_detached=True)
    report = office.verify(built).report
    assert report.verdict is Verdict.INDETERMINATE
    assert found(report) == {("content.erased", Severity.NOTE), ("content.absent", Severity.INDETERMINATE)}


def test_a_file_that_should_be_gone_and_is_shown_is_a_defect(office: Office) -> None:
    """Whoever sends it breaks an order, and forges nothing."""
    order(office, "EX-1", files=[CHAT])
    forge = Forge.of(office.world, office.folder)

    def edit(members: Members) -> None:
        members[layout.FILES + CHAT] = FILES["chat.txt"]

    path = office.folder / "shown.zip"
    path.write_bytes(pack(forge.bundle([(CASE, "EX-1")], edit_payload=edit)))
    outcome = verify_bundle(path, trusted=Trusted(), at=office.world.at)
    assert ("content.erased-shown", Severity.DEFECT) in found(outcome.report)
    assert all(item.severity is not Severity.FAILED for item in outcome.report.findings)


@pytest.mark.parametrize("by", ["commitment", "root"])
def test_names_in_a_list_that_were_erased_are_counted(office: Office, by: str) -> None:
    """The reader learns that names are gone by order and not kept from him."""
    root, vault = register_many(office)
    lines = [msgspec.json.decode(line) for line in vault.manifests[root].splitlines()]
    chosen = [line["record"]["path"]["commitment"] for line in lines[: 1 if by == "commitment" else None]]
    order(office, "EX-9", **({"commitments": chosen} if by == "commitment" else {"names": [root]}))
    for line in lines:
        if line["record"]["path"]["commitment"] in chosen:
            del line["disclosures"]
    manifest = b"".join(canonical.encode(line) + b"\n" for line in lines)
    built = office.build("b.zip", "EX-9", vault=Vault(office.folder, office.world.contents, {root: manifest}))
    report = office.verify(built).report
    assert report.verdict is Verdict.PASSED
    assert found(report) == {("content.names-erased", Severity.NOTE)}
    (note,) = [item for item in report.findings if item.code == "content.names-erased"]
    assert note.text.endswith(f": {len(chosen)}")


def test_a_bundle_says_why_it_withholds(office: Office) -> None:
    """By hand, by rule, or because the sender has nothing: each value once."""
    choice = parse_choice(withhold=("exhibit.registered:/details/description",), disclose=())
    built = office.build(choice=choice)
    told = msgspec.json.decode(take_apart(built.path)[layout.DISCLOSURES])["withheld"]
    assert (len(told["hand"]), len(told["rule"])) == (1, 1)
    kept = {(item.type, item.pointer, item.reason) for item in built.kept}
    assert ("exhibit.registered", "/details/seized_from", "rule") in kept
    assert ("exhibit.registered", "/details/description", "hand") in kept
    verified = office.verify(built)
    assert sorted(verified.values.reasons.values()) == ["hand", "rule"]
    (note,) = [item for item in verified.report.findings if item.code == "disclosures.withheld"]
    assert note.text == "private values withheld from this bundle: 3; kept by hand: 1; kept by rule: 1"


@pytest.mark.parametrize("lie", ["shown", "unknown"])
def test_a_list_of_what_is_withheld_never_names_what_is_shown(office: Office, lie: str) -> None:
    """A sender who says that he withholds what he shows has mixed two bundles, or means to confuse."""
    forge = Forge.of(office.world, office.folder)

    def edit(members: Members) -> None:
        record = msgspec.json.decode(members[layout.DISCLOSURES])
        shown = sha256(record["disclosures"][0].encode()).hexdigest()
        record["withheld"] = {"hand": [shown if lie == "shown" else "ab" * 32]}
        members[layout.DISCLOSURES] = canonical.encode(record)

    path = office.folder / "lie.zip"
    path.write_bytes(pack(forge.bundle([(CASE, "EX-1")], edit_payload=edit)))
    outcome = verify_bundle(path, trusted=Trusted(), at=office.world.at)
    assert ("disclosures.list", Severity.FAILED) in found(outcome.report)


@pytest.mark.parametrize(
    "fields",
    [{}, {"files": []}, {"files": ["b" * 64, "a" * 64]}, {"files": ["a" * 64] * 2}, {"names": ["x"]}],
)
def test_an_order_that_erases_nothing_or_is_misspelt_is_no_record(fields: dict[str, Sequence[str]]) -> None:
    """One order has one spelling."""
    private = {"commitment": "ab" * 32}
    raw = canonical.encode({"authority": private, "commitments": [], "order": private, **fields})
    with pytest.raises(RecordError):
        canonical.decode(raw, DisclosureErased, maximum=10_000)
