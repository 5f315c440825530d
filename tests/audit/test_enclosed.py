"""A file of one exhibit that leaves as a photo of another: an audit asks whether anybody let it go."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from custody.evidence.store import EvidenceStore
from custody.ledger.compose import Anchor
from custody.storage.ledger_store import SqliteStore
from schemas import bag, canonical, layout
from schemas.bundle import Bundle, BundledDocument, BundledExhibit, Ciphertext
from schemas.event import About
from tests.audit.conftest import CASE
from tests.audit.tampering import audit
from tests.world import ORIGIN, World, settled

SECRET = {"secret.txt": b"nobody consented"}
PHOTO = sha256(SECRET["secret.txt"]).hexdigest()
OPEN: dict[str, Any] = {
    "authority": "ministry", "issued_at": "2026-11-21T08:00:00Z", "manner": "key", "onward": "with-consent",
    "purpose": "case B", "valid_from": "2026-11-21T00:00:00Z",
}  # fmt: skip


def told(
    folder: Path,
    *,
    to: str = "b-police",
    photo: str = PHOTO,
    before: bool = True,
    said: str = "",
    late: bool = False,
    listed: str = "ab" * 32,
) -> list[str]:
    """Return where an audit finds a file enclosed; EX-1 went to somebody, and its seal has a photo, which may have
    become an exhibit late; ``listed`` is the digest of the list of what was packed.
    """
    with SqliteStore.create(folder) as store:
        world = settled(World(store), gate="v2")
        world.enrol("official-1", ("authority",))
        world.enrol("ministry", ("authority",), kind="organisation", members=["official-1"], country="XA")
        for agent, country in (("b-police", "XB"), ("lab", "XA")):
            world.enrol(agent, (), kind="organisation", country=country)
        world.register(CASE, "EX-1", actor="examiner-1", files={"open.txt": b"open"})
        world.register(CASE, "EX-9", actor="examiner-1", files={"x.txt": b"x"} if late else SECRET)
        for number in ("EX-1", "EX-9"):
            details = {**OPEN, "recipient": "b-police"}
            world.annotate("consent.recorded", world.about(CASE, number), details, actor="official-1")
        seal = {"photos": [photo], "seal": "7"}
        if before:
            world.act("exhibit.sealed", CASE, "EX-1", seal, actor="examiner-1")
        export(world, "bundle.exported", "EX-1", {"manifest": listed, "recipient": to, "to": to})
        if said == "access":
            export(world, "access.logged", "EX-9", {"action": "exported", "agent": to}, actor="system")
        elif said == "export":
            export(world, "bundle.exported", "EX-9", {"manifest": "cd" * 32, "recipient": to, "to": to})
        if not before:
            world.act("exhibit.sealed", CASE, "EX-1", seal, actor="examiner-1")
        if late:
            world.register(CASE, "EX-10", actor="examiner-1", files=SECRET)
    return findings(folder)


def findings(folder: Path) -> list[str]:
    """Return what an audit says of enclosed files; it may look into the documents of the home."""
    found = audit(folder, documents=EvidenceStore(folder / "documents")).findings
    return [item.text for item in found if item.code == "release.enclosed"]


def export(world: World, type: str, number: str, details: Mapping[str, Any], actor: str = "examiner-1") -> None:
    """Record that something about an exhibit went out."""
    world.annotate(type, world.about(CASE, number), details, actor=actor)


def test_a_file_that_went_as_a_photo_is_found(tmp_path: Path) -> None:
    """The writer's command refuses that; whoever writes around it is found out."""
    (text,) = told(tmp_path)
    assert f"a file of {CASE}/EX-9" in text
    assert "b-police" in text


@pytest.mark.parametrize(
    "case",
    [{"to": "lab"}, {"photo": "ab" * 32}, {"before": False}, {"said": "access"}, {"said": "export"}, {"late": True}],
)
def test_what_stayed_or_was_said_is_not(tmp_path: Path, case: dict[str, Any]) -> None:
    """At home, no file of an exhibit, named later only, on record as gone there, or evidence since later only."""
    assert told(tmp_path, **case) == []


def keep(folder: Path, *, photo: Mapping[str, Any] | None, member: str = "", is_damaged: bool = False) -> str:
    """Keep the list of a bundle's payload, with the photo or without, and its bundle.json; return the list's digest."""
    store = EvidenceStore(folder / "documents")
    bundle = canonical.encode(Bundle(
        documents=() if photo is None else (BundledDocument(sha256=PHOTO, size=16, **photo),),
        exhibits=(BundledExhibit(case=CASE, exhibit="EX-1"),), files=(), ledger=ORIGIN, nonce="ab" * 16,
        schema="custody-bundle/v1",
    ))  # fmt: skip
    names = {layout.BUNDLE: sha256(bundle).hexdigest()} | ({member: "cd" * 32} if member else {})
    manifest = bag.format_manifest(names.items())
    with store.begin() as batch:
        for raw in (manifest, bundle):
            store.add_bytes(raw, batch=batch)
        batch.commit()
    digest = sha256(manifest).hexdigest()
    if is_damaged:
        path = store.path(digest)
        path.chmod(0o600)
        path.write_bytes(bag.format_manifest([(layout.BUNDLE, "00" * 32)]))
    return digest


CIPHERTEXT = Ciphertext(sha256="cd" * 32, size=300)
CARRIED: dict[str, dict[str, Any]] = {
    "in clear": {"photo": {}, "member": layout.DOCUMENTS + PHOTO},
    "encrypted": {"photo": {"encrypted": CIPHERTEXT}, "member": f"{layout.ENCRYPTED}{CIPHERTEXT.sha256}.age"},
    "as no document": {"photo": None, "member": layout.DOCUMENTS + PHOTO},
}


@pytest.mark.parametrize("case", CARRIED)
def test_the_list_of_what_was_packed_says_that_it_went(tmp_path: Path, case: str) -> None:
    """The export signs that list, so nobody can keep another; also where its bundle.json tells nothing of the photo."""
    (text,) = told(tmp_path, listed=keep(tmp_path, **CARRIED[case]))
    assert text.startswith(f"carried a file of {CASE}/EX-9")


def test_what_was_left_out_of_the_bundle_is_not_found(tmp_path: Path) -> None:
    """A photo that an entry names by its digest alone, or that was destroyed by order, went nowhere."""
    assert told(tmp_path, listed=keep(tmp_path, photo=None)) == []


def test_a_list_that_was_changed_says_nothing(tmp_path: Path) -> None:
    """Its bytes are held against the digest that the export signed: what may have gone stays in question."""
    (text,) = told(tmp_path, listed=keep(tmp_path, photo=None, is_damaged=True))
    assert text.startswith("may have carried")


CLAIM = {"authority": "x", "basis": "loss", "claim": "c1", "country": "XA"}


def sent(folder: Path, *, named: str, late: bool = False) -> list[str]:
    """Return where an audit finds a file enclosed; EX-2, made from EX-1, went abroad, and something names the file."""
    with SqliteStore.create(folder) as store:
        world = settled(World(store), gate="v2")
        world.enrol("official-1", ("authority",))
        world.enrol("ministry", ("authority",), kind="organisation", members=["official-1"], country="XA")
        world.enrol("b-police", (), kind="organisation", country="XB")
        world.open_case("OTHER")
        world.register(CASE, "EX-1", actor="examiner-1", files={"open.txt": b"open"})
        world.register(CASE, "EX-9", actor="examiner-1", files=SECRET)
        made = [{"case": CASE, "event": world.exhibit(CASE, "EX-1").head, "exhibit": "EX-1"}]  # type: ignore[union-attr]
        if named == "ancestor" and not late:
            world.act("exhibit.sealed", CASE, "EX-1", {"photos": [PHOTO], "seal": "7"}, actor="examiner-1")
            made[0]["event"] = world.exhibit(CASE, "EX-1").head  # type: ignore[union-attr]
        world.register(CASE, "EX-2", actor="examiner-1", files={"copy.txt": b"copy"}, derived_from=made)
        if named == "ancestor" and late:
            world.act("exhibit.sealed", CASE, "EX-1", {"photos": [PHOTO], "seal": "7"}, actor="examiner-1")
        elif named != "ancestor":
            anchor = Anchor(about=(About(case=named),))
            details = {**CLAIM, "document": PHOTO}
            world.append(world.sign(world.event("jurisdiction.claimed", details, actor="official-1", anchor=anchor)))
        details = {**OPEN, "recipient": "b-police"}
        world.annotate("consent.recorded", world.about(CASE, "EX-2"), details, actor="official-1")
        export(world, "bundle.exported", "EX-2", {"manifest": "ab" * 32, "recipient": "b", "to": "b-police"})
    return findings(folder)


@pytest.mark.parametrize("named", ["ancestor", CASE])
def test_what_the_case_or_an_original_names_goes_along(tmp_path: Path, named: str) -> None:
    """A bundle carries the entries of the case, and those of what its exhibit was made from, with their documents."""
    (text,) = sent(tmp_path, named=named)
    assert f"a file of {CASE}/EX-9" in text


@pytest.mark.parametrize("case", [{"named": "ancestor", "late": True}, {"named": "OTHER"}])
def test_what_no_bundle_carries_is_not_found(tmp_path: Path, case: dict[str, Any]) -> None:
    """What was named of an original after the copy was made stays out of its bundle, and so do other cases."""
    assert sent(tmp_path, **case) == []
