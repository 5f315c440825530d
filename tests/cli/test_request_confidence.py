"""What one country asked in confidence leaves for nobody else: not under its request, and not beside it."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from custody.cli.demo.forgery import take_apart
from custody.cli.exits import Exit
from schemas import canonical, layout, limits
from schemas.bundle import Disclosures
from schemas.private import parse_disclosure
from tests.cli.behind import Sides, sides

__all__ = ["sides"]
SECRET = "the informer is the driver"


def _asked(sides: Sides) -> None:
    """Let Germany ask a on paper, and let the ministry of a consent to EX-1 going to anybody abroad."""
    Path("asked.pdf").write_text("please")
    sides.do(
        "agent enrol ministry --kind organisation --country FR --as reg-1",
        "agent change ministry --add auth-1 --as reg-1",
        "agent enrol lab-de --kind organisation --country DE --as reg-1",
        f'request receive --paper asked.pdf --id de-1 --from peer --reference 7 --kind mla --field facts="{SECRET}" '
        "--as auth-1",
        f'request draft de-2 --kind mla --to peer --field facts="{SECRET}" --document asked.pdf --as auth-1',
    )
    for to in ("peer", "third", "lab-de"):
        sides.do(f"consent record EX-1 --authority ministry --recipient {to} --purpose p --as auth-1")


def _shown(path: str) -> list[object]:
    raw = take_apart(Path(path))[layout.DISCLOSURES]
    texts = canonical.decode(raw, Disclosures, maximum=limits.JSON_BYTES).disclosures
    return [parse_disclosure(text).value for text in texts]


def test_what_goes_to_one_country_answers_no_request_of_another(sides: Sides) -> None:
    """A number typed wrong must not hand over what another country asked; the attempt is on record."""
    _asked(sides)
    for line in ("dispatch EX-1 --original --not-sealed x --purpose p", "bundle EX-1"):
        sides.a.fail(f"{line} --to third --request de-1 -o o.zip --as exam-07", Exit.REFUSED, "release.request-peer")
        assert not Path("o.zip").exists()
        assert sides.a.entries()[-1].event.type == "release.refused"


def test_a_request_is_told_to_nobody_but_its_other_side(sides: Sides) -> None:
    """Another authority of his country gets what was asked for: neither the words of the request nor its documents."""
    _asked(sides)
    document = layout.DOCUMENTS + sha256(b"please").hexdigest()
    sides.do(
        "bundle EX-1 --to peer --request de-2 -o peer.zip --as exam-07",
        "bundle EX-1 --to lab-de --request de-2 -o lab.zip --as exam-07",
        "bundle EX-1 --to lab-de --request de-2 --disclose request.drafted:/details/fields/* -o told.zip --as exam-07",
    )
    assert SECRET in _shown("peer.zip")
    assert document in take_apart(Path("peer.zip"))
    assert SECRET not in _shown("lab.zip")
    assert document not in take_apart(Path("lab.zip"))
    assert SECRET in _shown("told.zip")
    found = sides.a.json("verify lab.zip")
    assert not [item for item in found["findings"] if item["severity"] in {"failed", "indeterminate"}]
