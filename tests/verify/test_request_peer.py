"""Whose request it is that something answers: what one country asked in confidence is told to no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.errors import RefusedError
from schemas.report import Severity
from tests.border import CASE, Side, register
from tests.verify.test_gate import HEARD, around, audit, code, letter, tell

__all__ = ["around"]
SECRET = {**HEARD, "fields": [{"name": "facts", "value": "the informer is the driver"}]}


@pytest.fixture
def side(tmp_path: Path) -> Side:
    """A country under the gate that was asked by b in confidence, and may send EX-1 to anybody."""
    made = Side(tmp_path / "a", "a", peers={"b": "XB", "c": "XC"}, gate="v2")
    made.world.enrol("lab-b", (), kind="organisation", country="XB")
    register(made)
    tell(made, "request.received", SECRET)
    for to in ("b-police", "c-police", "lab-b"):
        made.consent("EX-1", to)
    return made


def export(side: Side, to: str, request: str | None = "req-1") -> None:
    """Record an export of EX-1 that answers a request."""
    about = side.world.about(CASE, "EX-1")
    details = {"manifest": "ab" * 32, "recipient": to, "request": request, "to": to}
    side.world.annotate("bundle.exported", about, details, actor="examiner-1")


def test_what_goes_to_one_country_answers_no_other(side: Side) -> None:
    """It would carry the request; by export, dispatch and letter, an authority of the asking country may get it."""
    assert code(lambda: export(side, "c-police"), side) == "release.request-peer"
    assert code(lambda: letter(side, "c-police"), side) == "release.request-peer"
    with pytest.raises(RefusedError) as caught:
        side.world.append(side.world.sign(side.dispatch("EX-1", "c-police", request="req-1")))
    assert caught.value.code == "release.request-peer"
    export(side, "c-police", request=None)
    export(side, "b-police")
    export(side, "lab-b")
    letter(side)
    letter(side, "ministry")  # who is to do what was asked, in this country
    assert audit(side) == {}


@pytest.mark.usefixtures("around")
def test_answering_another_country_around_the_writer_is_found(side: Side) -> None:
    """Whoever has the bundle is told too."""
    export(side, "c-police")
    assert audit(side) == {"release.request-peer": Severity.FAILED}


@pytest.mark.parametrize("gate", [None, "v1"])
def test_an_older_ledger_keeps_its_verdict(tmp_path: Path, gate: str | None) -> None:
    """What was opened before the rule is not held against it."""
    side = Side(tmp_path / "a", "a", peers={"b": "XB", "c": "XC"}, gate=gate)
    register(side)
    tell(side, "request.received", SECRET)
    side.consent("EX-1", "c-police")
    export(side, "c-police")
    assert audit(side) == {}


@pytest.mark.usefixtures("around")
def test_an_unknown_country_hides_no_request_of_another(side: Side) -> None:
    """Whose request it is counts before where the recipient sits: both faults are told."""
    side.world.enrol("nobody-knows-where", (), kind="organisation")
    export(side, "nobody-knows-where")
    assert audit(side).keys() == {"release.recipient-unknown", "release.request-peer"}
