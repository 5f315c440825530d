"""What a record rests on is read again: at the write path, by an audit, and by whoever gets a bundle."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from custody.cli.demo.forgery import pack, take_apart
from custody.cli.exits import Exit
from custody.storage.home import open_home
from schemas import layout
from schemas.details.consent import ConsentRecorded
from schemas.details.transfer import TransferReceipt
from schemas.types import is_set
from tests.cli.behind import Sides, refused, sides
from tests.cli.machine import CASE

__all__ = ["sides"]


def consent(sides: Sides, letter: str = "grant.zip") -> dict[str, Any]:
    """Record a consent by letter as the command does, and return the details of it, to forge another from."""
    line = f"consent record EX-1 --authority peer --recipient third --purpose p --letter {letter} --as auth-1"
    sides.do(line)
    details = sides.a.entries()[-1].event.details
    assert isinstance(details, ConsentRecorded)
    given = {name: getattr(details, name) for name in details.__struct_fields__ if is_set(getattr(details, name))}
    return {**given, "purpose": "p", "conditions": None}


def origin(details: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """Return where a record was read, changed."""
    found = details["origin"]
    return {name: getattr(found, name) for name in found.__struct_fields__} | changes


def test_a_consent_rests_on_a_letter_that_is_kept(sides: Sides) -> None:
    """The same record, submitted by hand, is as good as the command's: its letter is there and says so."""
    details = consent(sides)
    assert is_set(details["origin"].document)
    ran = sides.forge("consent.recorded", details)
    assert ran.exit is Exit.DONE, ran
    assert sides.stage.custody("audit").exit is Exit.DONE


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"document": "ab" * 32}, "letter.absent"),
        ({"document": None}, "letter.absent"),
        ({"event": "ab" * 32}, "letter.origin"),
        ({"size": 3}, "letter.origin"),
        ({"root": "ab" * 32}, "letter.origin"),
        ({"manifest": "ab" * 32}, "letter.origin"),
        ({"request": "in-req-2"}, "letter.origin"),
        ({"ledger": "c.example/z"}, "letter.origin"),
    ],
)
def test_an_invented_letter_opens_no_gate(sides: Sides, changes: dict[str, Any], code: str) -> None:
    """A draft that names a letter that nobody has, or another place in one, stays outside."""
    details = consent(sides)
    size = len(sides.a.entries())
    refused(sides.forge("consent.recorded", {**details, "origin": origin(details, **changes)}), code)
    assert len(sides.a.entries()) == size


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"authority": "third"}, "letter.sender"),
        ({"request": None}, "letter.request"),
        ({"request": "req-2"}, "letter.request"),
    ],
)
def test_a_letter_is_used_for_what_it_answers(sides: Sides, changes: dict[str, Any], code: str) -> None:
    """Another authority didn't write it, and it grants no other request."""
    refused(sides.forge("consent.recorded", {**consent(sides), **changes}), code)


def test_a_changed_letter_opens_no_gate(sides: Sides) -> None:
    """Its bytes are kept under their own digest, which the record commits to, and they don't verify."""
    details, raw = consent(sides), Path("grant.zip").read_bytes()
    for place in range(200, len(raw), len(raw) // 12):
        digest = sides.keep(raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :])
        ran = sides.forge("consent.recorded", {**details, "origin": origin(details, document=digest)})
        assert ran.exit is Exit.REFUSED, f"byte {place}: {ran}"


def test_a_refusal_is_no_consent(sides: Sides) -> None:
    """A letter that says no, recorded as one that says yes."""
    details = consent(sides)
    sides.do("request receive refusal.zip --as auth-1")
    read = sides.a.entries()[-1].event.details.origin  # type: ignore[attr-defined]
    refused(sides.forge("consent.recorded", {**details, "origin": read, "request": "req-2"}), "letter.grant")


def test_a_ledger_that_nobody_believes_grants_nothing(sides: Sides) -> None:
    """The home must know whose letter it is."""
    details = consent(sides)
    Path("trust.json").unlink()
    sides.do("trust add a.json --yes --trust trust.json")
    refused(sides.forge("consent.recorded", details), "checkpoint.unknown-origin")


def test_an_answer_says_what_the_letter_says(sides: Sides) -> None:
    """A refusal by letter is not recorded as a grant."""
    sides.do("request receive refusal.zip --as auth-1")
    read = sides.a.entries()[-1].event.details.origin  # type: ignore[attr-defined]
    details = {
        "answered_at": "2026-11-21T20:23:00Z", "from": "peer", "origin": read, "outcome": "granted",
        "received_at": "2026-11-21T20:24:00Z", "request": "req-2",
    }  # fmt: skip
    refused(sides.forge("request.answer-received", details), "letter.said")


def test_an_audit_finds_a_letter_that_is_gone_or_changed(sides: Sides) -> None:
    """What the command saw is no longer there: nobody can see it any more."""
    details = consent(sides)
    digest = details["origin"].document
    path = sides.a.home / "documents" / digest[:2] / digest
    raw = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(raw[:500] + bytes([raw[500] ^ 1]) + raw[501:])
    assert sides.stage.custody("audit").exit is Exit.FAILED
    path.unlink()
    found = sides.a.json("audit", Exit.INDETERMINATE)["findings"]
    assert "letter.absent" in {item["code"] for item in found}


def _sent(sides: Sides) -> TransferReceipt:
    """Send EX-1 to b, which accepts; return the receipt as the command recorded it."""
    sides.do(
        "agent enrol ministry --kind organisation --country FR --as reg-1",
        "agent change ministry --add auth-1 --as reg-1",
        "copy EX-1 --kind working --purpose p --as exam-07",
        f"register x.txt --case {CASE} --exhibit EX-3 --derived-from {CASE}/EX-1 --kind copy --as exam-07",
        "consent record EX-2 EX-3 --authority ministry --recipient peer --purpose p --as auth-1",
        "dispatch EX-3 --to peer --purpose p -o parcel.zip --as exam-07",
    )
    sides.at("b")
    sides.do(
        "key new exam-2",
        "agent enrol exam-2.enrol --role examiner --as reg-1",
        "case open D --authority B --legal-basis B --as reg-1",
        "receive parcel.zip --case D --receipt back.json --as exam-2",
        "audit",
    )
    sides.at("l")
    sides.do("receipt import back.json --as exam-07")
    details = sides.a.entries()[-1].event.details
    assert isinstance(details, TransferReceipt)
    return details


def test_an_invented_receipt_moves_nothing(sides: Sides) -> None:
    """A proof of another transfer, of other bytes or of none leaves the exhibit on its way."""
    real = _sent(sides)
    sides.do(
        "copy EX-2 --kind working --purpose p --as exam-07",
        f"register x.txt --case {CASE} --exhibit EX-4 --derived-from {CASE}/EX-2 --kind copy --as exam-07",
        "consent record EX-4 --authority ministry --recipient peer --purpose p --as auth-1",
        "dispatch EX-4 --to peer --purpose p -o second.zip --as exam-07",
    )
    sent = sides.a.entries()[-2].event.details
    details: dict[str, Any] = {
        "decided_at": real.decided_at, "document": real.document, "manner": "proof", "origin": real.origin,
        "outcome": "accepted", "transfer": sent.transfer,  # type: ignore[attr-defined]
    }  # fmt: skip
    raw = Path("back.json").read_bytes()
    flipped = sides.keep(raw.replace(b"index", b"inbex", 1))
    for changes, code in (
        ({}, "receipt.other"),
        ({"document": "ab" * 32}, "receipt.absent"),
        ({"document": flipped}, "tlog-proof.index"),
    ):
        ran = sides.forge("transfer.receipt", {**details, **changes}, signer="exam-07", number="EX-4")
        refused(ran, code)
    with open_home(sides.a.home, random=bytes) as home, home.store.read() as reader:
        exhibit = reader.view().exhibit(CASE, "EX-4")
    assert exhibit is not None
    assert exhibit.status == "dispatched"


def test_an_audit_reads_receipts_and_inherited_bundles_again(sides: Sides) -> None:
    """Both ends of a crossing hold; a bundle that was changed in the home doesn't, and one that is gone is told."""
    _sent(sides)
    assert sides.stage.custody("audit").exit is Exit.DONE
    sides.at("b")
    (path,) = (sides.stage.folder / "b" / "inherited").iterdir()
    raw = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(raw[:2000] + bytes([raw[2000] ^ 1]) + raw[2001:])
    assert sides.stage.custody("audit").exit is Exit.FAILED
    path.unlink()
    ran = sides.stage.custody("audit")
    assert (ran.exit, "inherited.absent" in ran.stdout) == (Exit.INDETERMINATE, True), ran


def _granted(sides: Sides) -> dict[str, Any]:
    """Let b send EX-1 to a, where it becomes EX-5, and grant by letter that it goes on to Italy until 2027."""
    sides.send()
    sides.do(
        "request answer in-req-1 --outcome granted --covers D/EX-1 --to-country IT --to-ledger c.example/z "
        "--onward forbidden --condition return,before --granted-until 2027-01-01 -o specific.zip --as auth-2",
    )
    sides.at("l")
    sides.do(f"receive parcel.zip --case {CASE} --number EX-1=EX-5 --as exam-07")
    sides.do(
        "consent record EX-5 --authority peer --recipient third --purpose p --letter specific.zip --onward forbidden "
        "--condition return,before --valid-until 2026-12-31 --as auth-1"
    )
    details = sides.a.entries()[-1].event.details
    assert isinstance(details, ConsentRecorded)
    given = {name: getattr(details, name) for name in details.__struct_fields__ if is_set(getattr(details, name))}
    return {**given, "purpose": "p", "conditions": [{"before": True, "code": "return"}]}


def test_a_consent_is_no_easier_than_what_the_letter_grants(sides: Sides) -> None:
    """The letter names exhibits, destination and terms; a draft that goes beyond any of them stays outside."""
    details = _granted(sides)
    sides.do("agent enrol fourth --kind organisation --country IT --ledger d.example/w --as reg-1")
    for changes, number, part in (
        ({"recipient": "fourth"}, "EX-5", "recipient"),
        ({"onward": "with-consent"}, "EX-5", "onward"),
        ({"conditions": None}, "EX-5", "condition return"),
        ({"conditions": [{"before": False, "code": "return"}]}, "EX-5", "condition return"),
        ({"valid_until": "2027-06-01T00:00:00Z"}, "EX-5", "valid_until"),
        ({"valid_until": None}, "EX-5", "valid_until"),
        ({}, "EX-1", "exhibits"),
    ):
        ran = sides.forge("consent.recorded", {**details, **changes}, number=number)
        refused(ran, "letter.terms")
        assert f"found more in: {part} [" in ran.stdout, ran
    ran = sides.forge("consent.recorded", details, number="EX-5")
    assert ran.exit is Exit.DONE, ran


def test_a_letter_that_came_in_as_an_answer_goes_along_for_the_consent(sides: Sides) -> None:
    """People receive the answer first and consent by it then; whoever gets the exhibit reads it all the same."""
    _granted(sides)
    entry = len(sides.a.entries()) - 1
    sides.do(
        "request receive specific.zip --as auth-1",
        "agent enrol ministry --kind organisation --country FR --as reg-1",
        "agent change ministry --add auth-1 --as reg-1",
        "consent record EX-5 --authority ministry --recipient third --purpose p --as auth-1",
        f"consent met {entry} --condition return --document x.txt --as auth-1",
        "bundle EX-5 --to third --request req-1 -o onward.zip --as exam-07",
    )
    letter = Path("specific.zip").read_bytes()
    assert take_apart(Path("onward.zip"))[layout.DOCUMENTS + sha256(letter).hexdigest()] == letter
    assert not [item for item in sides.a.json("verify onward.zip")["findings"] if item["code"].startswith("letter.")]


def test_a_reader_of_a_bundle_reads_the_letter_too(sides: Sides) -> None:
    """It passes for who believes both ledgers, is undecided for who doesn't, and fails where the letter was changed."""
    _granted(sides)
    entry = len(sides.a.entries()) - 1
    sides.do(
        "agent enrol ministry --kind organisation --country FR --as reg-1",
        "agent change ministry --add auth-1 --as reg-1",
        "consent record EX-5 --authority ministry --recipient third --purpose p --as auth-1",
        f"consent met {entry} --condition return --document x.txt --as auth-1",
        "bundle EX-5 --to third --request req-1 -o onward.zip --as exam-07",
    )
    found = sides.a.json("verify onward.zip")
    assert not [item for item in found["findings"] if item["code"].startswith("letter.")]
    members = take_apart(Path("onward.zip"))
    letter = Path("specific.zip").read_bytes()
    name = layout.DOCUMENTS + sha256(letter).hexdigest()
    assert members[name] == letter
    del members[name]
    Path("without.zip").write_bytes(pack(members))
    assert sides.stage.custody("verify without.zip").exit is Exit.FAILED  # the payload manifest lists it
    Path("trust.json").unlink()
    sides.do("trust add a.json --yes --trust trust.json")
    ran = sides.a.json("verify onward.zip", Exit.INDETERMINATE)
    unknown = {item["subject"] for item in ran["findings"] if item["code"] == "checkpoint.unknown-origin"}
    assert unknown == {"b.example/y: checkpoint"}


def test_a_consent_by_letter_answers_us_and_what_leaves_answers_others(sides: Sides) -> None:
    """Two requests: that of the third country, under which it leaves, and ours to where it came from."""
    _granted(sides)
    entry = len(sides.a.entries()) - 1
    Path("asked.pdf").write_text("please")
    sides.do(
        "agent enrol ministry --kind organisation --country FR --as reg-1",
        "agent change ministry --add auth-1 --as reg-1",
        "request receive --paper asked.pdf --id it-1 --from third --reference 7 --kind mla --field facts=f --as auth-1",
        "consent record EX-5 --authority ministry --recipient third --purpose p --request it-1 --as auth-1",
        f"consent met {entry} --condition return --document x.txt --as auth-1",
    )
    sides.a.fail("bundle EX-5 --to third -o n.zip --as exam-07", Exit.REFUSED, "release.consent-request")
    sides.a.fail(
        "bundle EX-5 --to third --request req-1 -o n.zip --as exam-07", Exit.REFUSED, "release.consent-request"
    )
    sides.do("bundle EX-5 --to third --request it-1 -o onward.zip --as exam-07")
    found = sides.a.json("verify onward.zip")
    assert not [item for item in found["findings"] if item["severity"] == "failed"]
    assert sides.stage.custody("audit").exit is Exit.DONE


def test_nothing_leaves_under_a_letter_that_is_gone(sides: Sides) -> None:
    """Who gets the evidence would be told that nobody can see what let it go."""
    details = _granted(sides)
    entry = len(sides.a.entries()) - 1
    sides.do(
        "agent enrol ministry --kind organisation --country FR --as reg-1",
        "agent change ministry --add auth-1 --as reg-1",
        "consent record EX-5 --authority ministry --recipient third --purpose p --as auth-1",
        f"consent met {entry} --condition return --document x.txt --as auth-1",
    )
    digest = details["origin"].document
    (sides.a.home / "documents" / digest[:2] / digest).unlink()
    line = "bundle EX-5 --to third --request req-1 -o onward.zip --as exam-07"
    sides.a.fail(line, Exit.REFUSED, "release.consent-letter")
    assert not Path("onward.zip").exists()
    assert sides.a.entries()[-1].event.type == "release.refused"


def test_a_letter_that_an_order_destroyed_is_told_and_lets_nothing_more_out(sides: Sides) -> None:
    """What left under it is history; an order about another exhibit excuses nothing."""
    details = _granted(sides)
    entry = len(sides.a.entries()) - 1
    digest = details["origin"].document
    erase = f"--file {digest} --order o --authority court --as exam-07 --registrar reg-1 --yes"
    ran = sides.stage.custody(f"erase {entry} {erase}")
    assert ran.exit is Exit.DONE, ran
    assert not (sides.a.home / "documents" / digest[:2] / digest).exists()
    found = sides.a.json("audit")["findings"]
    assert [(item["step"], item["severity"]) for item in found if item["code"] == "letter.erased"] == [(11, "note")]
    assert "letter.absent" not in {item["code"] for item in found}
    sides.do(
        "agent enrol ministry --kind organisation --country FR --as reg-1",
        "agent change ministry --add auth-1 --as reg-1",
        "consent record EX-5 --authority ministry --recipient third --purpose p --as auth-1",
        f"consent met {entry} --condition return --document x.txt --as auth-1",
    )
    sides.a.fail("bundle EX-5 --to third -o n.zip --as exam-07", Exit.REFUSED, "release.consent-letter")
