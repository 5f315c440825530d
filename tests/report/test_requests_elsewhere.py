"""What one country asks is told to no third one, and a reader there is told that he doesn't see it."""

from __future__ import annotations

from pathlib import Path

import pytest

from custody.report.basis import Basis
from custody.report.document import make_document
from tests.border import read, trust
from tests.verify.test_ended_requests import asked


@pytest.mark.parametrize(("to", "is_told"), [("ministry", False), ("c-police", True)])
def test_a_third_reader_is_told_which_requests_he_does_not_see(tmp_path: Path, to: str, is_told: bool) -> None:
    """Whether what may go to b rests on a request that still stands is for readers of the two countries to see."""
    a = asked(tmp_path, "v2")
    a.consent("EX-1", "b-police", request="req-1")
    a.consent("EX-1", "c-police")
    verified = read(a.build("p.zip", "EX-1", to=to).path, trust(a), a.world.at)
    document = make_document(verified.report, verified, Basis("p.zip"))
    assert [text for text in document.not_asked if "req-1 (entry " in text] == [
        text for text in document.not_asked if text.startswith("Requests:")
    ]
    assert ("; requests" in document.closing) is is_told
