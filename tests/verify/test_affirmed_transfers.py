"""A dispatch, a receipt or an acceptance that a stolen key puts in dispute can be affirmed as any other act."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.event import About
from tests.border import CASE, NONCE, Side, read, register, trust

CALLED = {"reason": "late", "transfer": NONCE}


def affirm(side: Side) -> None:
    """Let two registrars affirm the newest act of EX-1."""
    exhibit = side.world.exhibit(CASE, "EX-1")
    assert exhibit is not None
    about = About(exhibit=exhibit.registration, event=exhibit.head)
    side.world.annotate("record.affirmed", about, {}, actor="registrar-1", registrar="registrar-2")


@pytest.mark.parametrize("is_recalled", [False, True])
def test_an_act_of_a_transfer_is_affirmed(tmp_path: Path, is_recalled: bool) -> None:
    """Else whatever a stolen key sent would stay undecided for ever."""
    a = Side(tmp_path / "a", "a", peers={"b": "XB"}, gate="v2")
    register(a)
    a.consent("EX-1", "b-police")
    a.world.append(a.world.sign(a.dispatch("EX-1", "b-police")))
    if is_recalled:
        a.world.act("transfer.recalled", CASE, "EX-1", CALLED, actor="examiner-1")
    affirm(a)
    assert read(a.build("p.zip", "EX-1", to="ministry").path, trust(a), a.world.at).report.verdict.value == "PASSED"
