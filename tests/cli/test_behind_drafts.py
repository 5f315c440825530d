"""Drafts that rest on another ledger's letter, submitted later or elsewhere."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from custody.cli.exits import Exit
from schemas.types import is_set
from tests.cli.behind import Sides, refused, sides

__all__ = ["sides"]


def test_a_draft_that_waited_is_read_under_the_trust_file_that_is_named(sides: Sides) -> None:
    """Its user's own file may not know the other ledger; a file that is named may, and the hint says so."""
    sides.do("consent record EX-1 --authority peer --recipient third --purpose p --letter grant.zip --as auth-1")
    details = sides.a.entries()[-1].event.details
    given = {name: getattr(details, name) for name in details.__struct_fields__ if is_set(getattr(details, name))}
    path = Path("trust.json")
    path.rename("both.json")
    sides.do("trust add a.json --yes --trust trust.json")
    ran = sides.forge("consent.recorded", {**given, "purpose": "p"})
    refused(ran, "checkpoint.unknown-origin")
    assert "--trust FILE" in ran.stdout
    sides.do("submit forged.draft --trust both.json")
    sides.forge("consent.recorded", {**given, "purpose": "p"})
    sides.a.fail("submit forged.draft --trust x.txt", Exit.USAGE, "record.malformed")
    assert sides.stage.custody("audit --trust both.json").exit is Exit.DONE


def test_a_draft_says_which_file_it_wants(sides: Sides) -> None:
    """Submitted in a copy of the home that never saw the letter: it stays, and the digest and its place are told."""
    sides.do("consent record EX-1 --authority peer --recipient third --purpose p --letter grant.zip --as auth-1")
    details = sides.a.entries()[-1].event.details
    given = {name: getattr(details, name) for name in details.__struct_fields__ if is_set(getattr(details, name))}
    digest = sha256(Path("grant.zip").read_bytes()).hexdigest()
    kept = sides.a.home / "documents" / digest[:2] / digest
    raw = kept.read_bytes()
    kept.unlink()
    ran = sides.forge("consent.recorded", {**given, "purpose": "p"})
    refused(ran, "letter.absent")
    assert f"letter with the SHA-256 {digest}" in ran.stdout
    assert f"documents/{digest[:2]}/{digest}" in ran.stdout
    kept.write_bytes(raw)
    sides.do("submit forged.draft")
