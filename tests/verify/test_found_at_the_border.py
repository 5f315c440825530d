"""Holes found at the border, one test each; every one fails where the hole is open."""

from __future__ import annotations

import io
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest

from custody.bundle import build
from custody.bundle.decrypt import BundleDecryption
from custody.bundle.source import verify_bundle
from custody.ledger.compose import Anchor, link_after
from custody.transfer.arrivals import delivery_of
from custody.verify import verify as verifier
from custody.verify.record.entries_step import check_entries
from custody.verify.verify import Trusted
from keys.private.age import AgeIdentity, encrypt_stream
from schemas import canonical, layout
from schemas.content import content_of
from schemas.errors import CustodyError, RuleViolation
from schemas.event import About, Link
from schemas.report import Severity, Verdict
from schemas.trust import ChainPin
from tests.border import CASE, NONCE, Side, codes, read, register, trust
from tests.onchain.forging import ETHEREUM
from tests.onchain.scenes import TARGET, WALLET, account, asset, owner_proof, state_block
from tests.vectors.forge import Forge, pack
from tests.world import World, settled

PAPER: dict[str, Any] = {"manner": "paper", "documents": ["ab" * 32], "number": "7"}
CONFIDENTIAL = [{"before": False, "code": "confidentiality"}]
ME = AgeIdentity.generate()


@pytest.fixture(autouse=True)
def liar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "_check_own", lambda *_: None)


def sides(tmp: Path) -> tuple[Side, Side]:
    a = Side(tmp / "a", "a", peers={"b": "XB", "c": "XC"})
    return a, Side(tmp / "b", "b", peers={"a": "XA", "c": "XC"})


def send(a: Side, *, thing: bool = False, number: str = "EX-1", to: str = "b-police", **dispatch: Any) -> Path:
    if thing:
        a.world.register(CASE, number, actor="examiner-1")
    else:
        register(a, number)
    a.consent(number, to, **{k: v for k, v in dispatch.items() if k in ("onward", "conditions")})
    sent = a.dispatch(number, to, **dispatch)
    return a.build(f"{number}.zip", number, to=to, acts=[sent], transfer=dispatch.get("transfer", NONCE)).path


def consent(side: Side, authority: str, by: str, to: str = "b-police", **more: Any) -> None:
    details = {
        "authority": authority, "issued_at": "2026-11-21T08:00:00Z", "onward": "allowed", "purpose": "p",
        "recipient": to, "valid_from": "2026-11-21T00:00:00Z", **more,
    }  # fmt: skip
    side.world.annotate("consent.recorded", side.world.about(CASE, "EX-1"), details, actor=by)


def outcome(side: Side, *others: Side, to: str, name: str = "out.zip", numbers: tuple[str, ...] = ("EX-1",)) -> Any:
    path = side.build(name, *numbers, to=to).path
    return read(path, trust(side, *others), side.world.at)


# -- the verifier alone: bytes ------------------------------------------------------------------------------------


def encrypted(world: World, folder: Path, exhibits: list[str], plain: bytes, inside: bytes, **trusted: Any) -> Any:
    """A bundle whose document `plain` is there as a ciphertext of `inside`, read with the identity it is for."""
    out, forge = io.BytesIO(), Forge.of(world, folder)
    encrypt_stream(io.BytesIO(inside).read, out.write, [ME.recipient])
    raw = out.getvalue()
    digest = sha256(raw).hexdigest()

    def edit(members: Any) -> None:
        bundle = json.loads(members[layout.BUNDLE])
        cipher = {"sha256": digest, "size": len(raw)}
        bundle["documents"] = [{"encrypted": cipher, "sha256": sha256(plain).hexdigest(), "size": len(plain)}]
        members[layout.BUNDLE] = canonical.encode(bundle)
        members[f"{layout.ENCRYPTED}{digest}.age"] = raw

    path = folder / "enc.zip"
    path.write_bytes(pack(forge.bundle([(CASE, number) for number in exhibits], edit_payload=edit)))
    return verify_bundle(
        path,
        trusted=trusted.get("trusted", Trusted()),
        at=world.at,
        decrypting=lambda container: BundleDecryption(container, (ME,)),
    ).verified.report  # type: ignore[union-attr]


def test_a_ciphertext_is_compared_though_a_file_has_the_same_digest(tmp_path: Path) -> None:
    """verification.md, content.plaintext: the file in clear must not answer for the document's ciphertext."""
    world, plain = settled(World()), b"the genuine document\n"
    world.register(CASE, "EX-1", actor="examiner-1", files={"p": plain}, documents=[sha256(plain).hexdigest()])
    report = encrypted(world, tmp_path, ["EX-1"], plain, b"quite another\n")
    assert "content.plaintext" in {item.code for item in report.findings}


def test_an_asset_proof_that_nobody_recorded_proves_nothing(tmp_path: Path) -> None:
    """The same hole, used: a proof of the sender's choice in place of the registered document."""
    world, plain = settled(World()), b"what was registered is no proof\n"
    values = {
        "account": account(TARGET), "asset": asset(), "custody": "unknown",
        "proofs": [{"document": sha256(plain).hexdigest()}], "transfer": {"wallet": account(WALLET)},
    }  # fmt: skip
    world.register(CASE, "EX-1", actor="examiner-1", files={"p": plain})
    world.register(
        CASE, "EX-2", actor="examiner-1", asset=values, content=content_of([]), nature="asset", kind="collectible"
    )
    report = encrypted(world, tmp_path, ["EX-1", "EX-2"], plain, canonical.encode(owner_proof()))
    found = {item.code for item in report.findings}
    assert report.verdict is Verdict.FAILED
    assert not found & {"asset.proven", "asset.stated"}


# -- bundles within bundles ---------------------------------------------------------------------------------------


def test_two_histories_of_one_ledger_in_one_bundle_are_a_fork(tmp_path: Path) -> None:
    """trust.md, 'with a note of the same size and another root it is the proof of a fork': both notes are here."""
    (tmp_path / "1").mkdir(), (tmp_path / "2").mkdir()  # type: ignore[func-returns-value]
    b = Side(tmp_path / "b", "b", peers={"a": "XA", "c": "XC"})
    a = b
    for number, transfer in (("1", "0f" * 16), ("2", "0e" * 16)):
        a = Side(tmp_path / number / "a", "a", peers={"b": "XB"})
        path = send(a, thing=True, number=f"EX-{number}", onward="allowed", transfer=transfer)
        b.accept(path, read(path, trust(a), a.world.at), "a-police")
        b.consent(f"EX-{number}", "c-police")
    verified = outcome(b, a, to="c-police", numbers=("EX-1", "EX-2"))
    one, two = verified.report.inherited
    assert (one.origin, one.size) == (two.origin, two.size)
    assert one.root != two.root
    assert verified.report.verdict is Verdict.FAILED


def test_a_reader_who_names_his_ledger_reads_what_came_through_another(tmp_path: Path) -> None:
    """inherited.md: the inner bundle was made for the one between; that is asked of the outer one (false FAILED)."""
    a, b = sides(tmp_path)
    path = send(a, onward="allowed")
    b.accept(path, read(path, trust(a), a.world.at), "a-police")
    b.consent("EX-1", "c-police")
    onward = b.build("o.zip", "EX-1", to="c-police").path
    verified = read(onward, trust(a, b, ledger="c.example/main"), b.world.at)
    assert verified.report.verdict is Verdict.PASSED, codes(verified)


def test_a_newer_record_within_leaves_it_undecided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """README.md, Versions: a newer version is INDETERMINATE, also within."""
    a, b = sides(tmp_path)
    path = send(a, onward="allowed")
    b.accept(path, read(path, trust(a), a.world.at), "a-police")
    b.consent("EX-1", "c-police")
    onward, genuine = b.build("o.zip", "EX-1", to="c-police").path, check_entries

    def newer(opened: Any, findings: Any) -> Any:
        if opened.checkpoint.origin.startswith("a."):
            findings.add(4, Severity.INDETERMINATE, "record.version", "entry 3", "of version 2")
        return genuine(opened, findings)

    monkeypatch.setattr(verifier, "check_entries", newer)
    assert read(onward, trust(a, b), b.world.at).report.verdict is Verdict.INDETERMINATE


def test_what_was_not_run_is_not_passed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """verification.md: step 12 decided nothing (no entry was folded), and step 11 was not run where `to` stands."""
    a, _ = sides(tmp_path)
    path, genuine = send(a), check_entries

    def newer(opened: Any, findings: Any) -> Any:
        findings.add(4, Severity.INDETERMINATE, "record.version", "entry 3", "of version 2")
        return genuine(opened, findings)

    monkeypatch.setattr(verifier, "check_entries", newer)
    steps = read(path, trust(a), a.world.at).report.steps
    assert steps[12].verdict is not Verdict.PASSED


# -- custody moves once -------------------------------------------------------------------------------------------


def test_only_he_to_whom_it_was_dispatched_takes_it_in(tmp_path: Path) -> None:
    """transfers.md: dispatched to c, but in a bundle made out to b (or to nobody): b must not accept custody."""
    a, _ = sides(tmp_path)
    register(a)
    a.consent("EX-1", "b-police")
    a.consent("EX-1", "c-police")
    with pytest.raises(RuleViolation, match=r"rule\.transfer-export"):
        a.build("p.zip", "EX-1", to="b-police", acts=[a.dispatch("EX-1", "c-police")], transfer=NONCE)


def accept_again(side: Side, path: Path, believed: Side, sender: str, *, case: str, number: str, transfer: str) -> None:
    (arrival,) = delivery_of(read(path, trust(believed), believed.world.at)).arrivals
    details = {
        "accepted_at": "2026-11-21T12:00:00Z", "description": "x", "foreign": arrival.foreign, "from": sender,
        "kind": "phone", "nature": "object", "obtained": "foreign-assistance", "onward": "with-consent",
        "sent_at": arrival.dispatch.event.occurred_at, "transfer": transfer,
    }  # fmt: skip
    anchor = Anchor(case=case, exhibit=number, link=Link(sequence=0))
    side.world.append(
        side.world.sign(side.world.event("transfer.accepted", details, actor="examiner-1", anchor=anchor))
    )


def test_a_dispatch_is_not_accepted_again_under_another_transfer(tmp_path: Path) -> None:
    """transfers.md: `foreign.head` names one dispatch in the world; another transfer id makes no second thing."""
    a, b = sides(tmp_path)
    path = send(a, thing=True)
    b.accept(path, read(path, trust(a), a.world.at), "a-police")
    with pytest.raises(CustodyError):
        accept_again(b, path, a, "a-police", case=CASE, number="EX-2", transfer="ee" * 16)


def test_a_ledger_does_not_accept_from_itself(tmp_path: Path) -> None:
    """It would have the exhibit twice: dispatched under one number, held under another."""
    a, _ = sides(tmp_path)
    a.world.enrol("b-court", (), kind="organisation", country="XB")
    path = send(a, thing=True, to="b-court")
    a.world.open_case("Z")
    with pytest.raises(CustodyError):
        accept_again(a, path, a, "b-court", case="Z", number="EX-1", transfer=NONCE)


def test_what_was_found_otherwise_at_acceptance_is_a_defect(tmp_path: Path) -> None:
    """verification.md, content.recorded-mismatch: a handover's rehash counts, an acceptance's doesn't."""
    a, b = sides(tmp_path)
    path = send(a, onward="allowed")
    b.accept(path, read(path, trust(a), a.world.at), "a-police", rehash={"match": False, "root": "ab" * 32})
    b.consent("EX-1", "c-police")
    assert "content.recorded-mismatch" in codes(outcome(b, a, to="c-police"))


# -- the gate -----------------------------------------------------------------------------------------------------


def bad(verified: Any) -> bool:
    """Tell whether anything at all is said against it."""
    return any(item.severity is not Severity.NOTE for item in verified.report.findings)


def test_a_dispatch_is_not_freer_than_its_consent(tmp_path: Path) -> None:
    """lawfulness.md: the consent says `forbidden` and a condition, the dispatch `allowed` and none."""
    a, _ = sides(tmp_path)
    register(a)
    a.consent("EX-1", "b-police", onward="forbidden", conditions=CONFIDENTIAL)
    sent = a.dispatch("EX-1", "b-police", onward="allowed", consent="cd" * 32)
    with pytest.raises(CustodyError):
        a.build("p.zip", "EX-1", to="b-police", acts=[sent], transfer=NONCE)


def test_what_is_bound_is_bound_to_the_ledger_that_sent_it(tmp_path: Path) -> None:
    """transfers.md: `from` without a ledger on record is anybody, so also the next recipient, who binds nothing."""
    a, b = sides(tmp_path)
    path = send(a, onward="forbidden")
    b.world.enrol("c-court", (), kind="organisation", country="XC")
    try:
        b.accept(path, read(path, trust(a), a.world.at), "c-court")
    except CustodyError:
        return
    b.consent("EX-1", "c-court")
    assert bad(outcome(b, a, to="c-court"))


@pytest.mark.parametrize("authority", ["examiner-1", "viewer-1", "system"])
def test_nobody_consents_who_is_no_authority(tmp_path: Path, authority: str) -> None:
    """lawfulness.md, 'a competent authority': the examiner himself, a viewer, the program, on the examiner's paper."""
    a, _ = sides(tmp_path)
    register(a)
    try:
        consent(a, authority, "examiner-1", **PAPER)
    except CustodyError:
        return
    with pytest.raises(CustodyError):
        a.build("p.zip", "EX-1", to="b-police")


def test_the_examiners_own_unit_is_no_authority(tmp_path: Path) -> None:
    """requests.md, rule.consent-authority: any unit or organisation will do, without role and country."""
    a, _ = sides(tmp_path)
    register(a)
    a.world.enrol("squad", (), kind="unit", members=["examiner-1"])
    try:
        consent(a, "squad", "examiner-1", **PAPER)
    except CustodyError:
        return
    with pytest.raises(CustodyError):
        a.build("p.zip", "EX-1", to="b-police")


def test_whose_ledger_says_abroad_is_abroad(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A has b's police as its own country's, so no consent is asked; b's own ledger, carried with it, says XB."""
    genuine = World.event

    def elsewhere(self: World, type: str, details: Any, **more: Any) -> Any:
        return genuine(self, type, {**details, "country": "XB"} if type == "ledger.opened" else details, **more)

    a = Side(tmp_path / "a", "a", peers={"b": "XA"})
    monkeypatch.setattr(World, "event", elsewhere)
    b = Side(tmp_path / "b", "b", peers={"a": "XA", "c": "XC"})
    monkeypatch.undo()
    monkeypatch.setattr(build, "_check_own", lambda *_: None)
    register(a)
    sent = a.dispatch("EX-1", "b-police", onward="allowed")
    path = a.build("p.zip", "EX-1", to="b-police", acts=[sent], transfer=NONCE).path
    b.accept(path, read(path, trust(a), a.world.at), "a-police")
    b.world.enrol("m", ("authority",), kind="organisation", members=["official-1"], country="XB")
    b.consent("EX-1", "c-police", authority="m")
    assert bad(outcome(b, a, to="c-police"))


def test_a_country_that_changes_for_a_release_is_told(tmp_path: Path) -> None:
    """One registrar calls b's police domestic for one export, and foreign again."""
    a, _ = sides(tmp_path)
    register(a)

    def call(country: str) -> None:
        event = a.world.event("agent.changed", {"agent": "b-police", "country": country}, actor="registrar-1")
        a.world.append(a.world.sign(event))

    try:
        call("XA")
    except CustodyError:
        return
    verified = outcome(a, to="b-police")
    call("XB")
    assert bad(verified)


def test_an_access_about_a_case_lets_its_exhibits_out(tmp_path: Path) -> None:
    """lawfulness.md: `exported` about a case releases nothing, about its exhibits everything."""
    a, _ = sides(tmp_path)
    register(a)
    with pytest.raises(CustodyError):
        a.world.annotate("access.logged", About(case=CASE), {"action": "exported", "agent": "b-police"}, actor="system")


_ = (ChainPin, ETHEREUM, state_block, msgspec, link_after)
