"""Steps 8 to 10: what was left out, evidence that is not the evidence, and disclosures that open nothing."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import msgspec

from custody.ledger.compose import Anchor
from schemas import canonical, layout
from schemas.bundle import Disclosures
from schemas.private import make_disclosure, parse_disclosure
from schemas.proof import Proof
from schemas.text import format_base64url, parse_base64url
from tests.vectors.forge import Members
from tests.vectors.setting import CASE, FILES, HANDED_OVER, REGISTERED, Setting, Vector, case, plain_bundle

SEAL = {"seal": "A-1"}


@case
def event_left_out(setting: Setting) -> Vector:
    """The newest act of the exhibit is left out, with a multiproof that fits."""
    index = setting.act("exhibit.incident", _LOST, actor="custodian-1")
    return setting.failed(plain_bundle(setting, omit=[index]), 8, "completeness.count")


_LOST = {"description": "gone", "discovered_at": "2026-11-21T08:00:00Z", "kind": "lost"}


@case
def annotation_left_out(setting: Setting) -> Vector:
    """A note about the exhibit is left out: a check that found a file changed."""
    details = {
        "bytes": 7, "checked": 2, "matching": 1, "mismatches": ({"expected": "ab" * 32},), "root": "cd" * 32
    }  # fmt: skip
    note = setting.world.annotation("exhibit.checked", setting.about(), details, actor="custodian-1")
    index = setting.forge.add(setting.world.sign(note))
    return setting.failed(plain_bundle(setting, omit=[index]), 8, "completeness.count")


@case
def revocation_left_out(setting: Setting) -> Vector:
    """The revocation of the custodian's key is left out."""
    key = setting.world.signers["custodian-1"][0].key_id
    details = {"agent": "custodian-1", "key_id": key, "last_valid_index": REGISTERED, "reason": "compromised"}
    event = setting.world.event("agent.key-revoked", details, actor="registrar-1", registrar="registrar-2")
    index = setting.forge.add(setting.world.sign(event))
    return setting.failed(plain_bundle(setting, omit=[index]), 8, "completeness.count")


@case
def tail_cut(setting: Setting) -> Vector:
    """The acts after the handover are left out, all of them."""
    cut = [
        setting.act("exhibit.sealed", SEAL, actor="custodian-1"),
        setting.act("exhibit.incident", _LOST, actor="custodian-1"),
    ]
    return setting.failed(plain_bundle(setting, omit=cut), 8, "completeness.count")


@case
def case_closing_left_out(setting: Setting) -> Vector:
    """The closing of the case is left out."""
    event = setting.world.event(
        "case.closed", {"outcome": "discontinued"}, actor="registrar-1", anchor=Anchor(case=CASE)
    )
    index = setting.forge.add(setting.world.sign(event))
    return setting.failed(plain_bundle(setting, omit=[index]), 8, "completeness.count")


@case
def stray_entry(setting: Setting) -> Vector:
    """An entry of another exhibit is carried."""
    return setting.failed(plain_bundle(setting, extra=[REGISTERED + 1]), 8, "completeness.stray")


def _drop_subject(kind: str) -> Any:
    def drop(proof: Proof) -> Proof:
        return msgspec.structs.replace(
            proof, subjects=tuple(item for item in proof.subjects if item.subject[0] != kind)
        )

    return drop


@case
def subject_without_proof(setting: Setting) -> Vector:
    """The proof of the exhibit's own subject is missing."""
    return setting.failed(plain_bundle(setting, edit_proof=_drop_subject("exhibit")), 8, "completeness.subjects")


@case
def subject_count_lowered(setting: Setting) -> Vector:
    """An act is left out and the subject's value changed to fit: the index root doesn't."""
    index = setting.act("exhibit.sealed", SEAL, actor="custodian-1")

    def lower(proof: Proof) -> Proof:
        subjects = tuple(
            msgspec.structs.replace(item, count=item.count - 1) if item.subject[0] == "exhibit" else item
            for item in proof.subjects
        )
        return msgspec.structs.replace(proof, subjects=subjects)

    return setting.failed(plain_bundle(setting, omit=[index], edit_proof=lower), 8, "trie.root")


@case
def index_root_wrong(setting: Setting) -> Vector:
    """The exporting entry commits to another index."""
    return setting.failed(plain_bundle(setting, export={"index_root": "ab" * 32}), 8, "trie.root")


@case
def export_about_another(setting: Setting) -> Vector:
    """The exporting entry is about another exhibit than the bundle."""
    about = [setting.about("EX-2")]
    return setting.failed(plain_bundle(setting, export={"about": about}), 8, "completeness.about")


@case
def derived_with_ancestor(setting: Setting) -> Vector:
    """A copy whose bundle carries its parent up to the act of copying; the parent lived on."""
    return setting.vector("PASSED", setting.forge.bundle([_derive(setting)]))


def _derive(setting: Setting) -> tuple[str, str]:
    index = setting.act("exhibit.copied", {"copy": "working", "purpose": "search"}, actor="custodian-1")
    act = setting.forge.reader().parsed[index].event.hash
    parent = {"case": CASE, "event": act, "exhibit": "EX-1"}
    copy = setting.world.registration(
        CASE, "EX-1-1", actor="custodian-1", files=FILES, kind="copy", obtained="derived", derived_from=(parent,)
    )
    setting.forge.add(setting.world.sign(copy))
    setting.act("exhibit.sealed", SEAL, actor="custodian-1")
    return CASE, "EX-1-1"


@case
def ancestor_left_out(setting: Setting) -> Vector:
    """A copy whose parent's handover is left out."""
    copy = _derive(setting)
    return setting.failed(setting.forge.bundle([copy], omit=[HANDED_OVER]), 7, "rule.link")


@case
def note_on_ancestor_left_out(setting: Setting) -> Vector:
    """A copy, and a check of its parent from before the copying is left out."""
    details = {"bytes": 7, "checked": 2, "matching": 1, "mismatches": ({"expected": "ab" * 32},), "root": "cd" * 32}
    note = setting.world.annotation("exhibit.checked", setting.about(), details, actor="custodian-1")
    index = setting.forge.add(setting.world.sign(note))
    copy = _derive(setting)
    return setting.failed(setting.forge.bundle([copy], omit=[index]), 8, "tree.consistency")


@case
def detached(setting: Setting) -> Vector:
    """The evidence travels apart and was not given."""
    return setting.vector("INDETERMINATE", plain_bundle(setting, is_detached=True), 9, "content.absent")


@case
def detached_and_given(setting: Setting) -> Vector:
    """The evidence travels apart and was given."""
    files = {sha256(raw).hexdigest(): raw for raw in FILES.values()}
    return setting.vector("PASSED", plain_bundle(setting, is_detached=True), files=files)


@case
def detached_and_changed(setting: Setting) -> Vector:
    """The evidence travels apart, and a file given under its digest has other bytes."""
    files = {sha256(raw).hexdigest(): raw.replace(b"room 4", b"room 5") for raw in FILES.values()}
    return setting.failed(plain_bundle(setting, is_detached=True), 9, "content.mismatch", files=files)


@case
def detached_and_longer(setting: Setting) -> Vector:
    """A file is given apart with a byte more than was registered."""
    members = plain_bundle(setting, is_detached=True)
    files = {sha256(raw).hexdigest(): raw + b"." for raw in FILES.values()}
    return setting.failed(members, 9, "content.mismatch", files=files)


@case
def file_not_of_the_exhibit(setting: Setting) -> Vector:
    """bundle.json and manifest list a file that no exhibit consists of."""
    raw = b"planted\n"
    digest = sha256(raw).hexdigest()

    def plant(members: Members) -> None:
        bundle = msgspec.json.decode(members[layout.BUNDLE])
        bundle["files"] = sorted(
            [*bundle["files"], {"sha256": digest, "size": len(raw)}], key=lambda item: item["sha256"]
        )
        members[layout.BUNDLE] = canonical.encode(bundle)
        members[layout.FILES + digest] = raw

    return setting.failed(plain_bundle(setting, edit_payload=plant), 9, "content.unnamed")


@case
def file_unlisted(setting: Setting) -> Vector:
    """bundle.json doesn't list a file that the exhibit consists of."""

    def unlist(members: Members) -> None:
        bundle = msgspec.json.decode(members[layout.BUNDLE])
        gone = bundle["files"].pop()
        members[layout.BUNDLE] = canonical.encode(bundle)
        del members[layout.FILES + gone["sha256"]]

    return setting.failed(plain_bundle(setting, edit_payload=unlist), 9, "content.unlisted")


def _disclose(setting: Setting, edit: Any) -> Vector:
    def change(members: Members) -> None:
        lines = edit(list(msgspec.json.decode(members[layout.DISCLOSURES])["disclosures"]))
        record = Disclosures(disclosures=tuple(sorted(lines)), schema="custody-disclosures/v1")
        members[layout.DISCLOSURES] = canonical.encode(record)

    members = plain_bundle(setting, edit_payload=change)
    return setting.vector("FAILED", members, 10, "disclosures.stray")


@case
def disclosure_stray(setting: Setting) -> Vector:
    """A disclosure that opens no commitment: 'seized in another room'."""
    extra = make_disclosure(salt=bytes(16), path="/details/place", value="Room 5")
    return _disclose(setting, lambda lines: [*lines, extra.text])


@case
def disclosure_value_changed(setting: Setting) -> Vector:
    """The place in a disclosure is changed under its salt."""

    def change(lines: list[str]) -> list[str]:
        index = next(place for place, line in enumerate(lines) if parse_disclosure(line).value == "Room 4")
        raw = parse_base64url(lines[index]).replace(b"Room 4", b"Room 5")
        return [*lines[:index], format_base64url(raw), *lines[index + 1 :]]

    return _disclose(setting, change)


@case
def everything_withheld(setting: Setting) -> Vector:
    """No value is disclosed at all, not even the files' names: every proof still holds."""

    def withhold(members: Members) -> None:
        members[layout.DISCLOSURES] = canonical.encode(Disclosures(disclosures=(), schema="custody-disclosures/v1"))

    return setting.vector("PASSED", plain_bundle(setting, edit_payload=withhold), None, "disclosures.withheld")
