"""A damaged file is no proof that something left without leave: the page says what can't be said any more."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import pytest

from custody.report.law_page import UNDECIDED
from custody.verify.verify import Verified
from schemas.report import Verdict
from tests.border import Side, read, register, trust
from tests.report.stories import AT, document_of


def damaged(path: Path, member: str) -> bytes:
    """Return a bundle with one bit changed in the packed bytes of a member."""
    raw = bytearray(path.read_bytes())
    with ZipFile(path) as bundle:
        info = bundle.getinfo(member)
    names = int.from_bytes(raw[info.header_offset + 26 : info.header_offset + 28], "little")
    extra = int.from_bytes(raw[info.header_offset + 28 : info.header_offset + 30], "little")
    raw[info.header_offset + 30 + names + extra + info.compress_size // 2] ^= 1
    return bytes(raw)


def find(verified: Verified, type: str) -> str:
    """Return the name under which an entry of a type lies in a bundle."""
    index = next(index for index, entry in verified.entries.items() if entry.event.type == type)
    return f"custody/entries/{index}.json"


@pytest.mark.parametrize("lost", ["exhibit.registered", "consent.recorded"])
def test_a_damaged_bundle_does_not_say_that_nobody_consented(tmp_path: Path, lost: str) -> None:
    """A judge who quotes page one would say that it was sent without leave; the consent is on record."""
    side = Side(tmp_path / "a", "a", peers={"b": "XB"})
    register(side)
    side.consent("EX-1", "b-police")
    sent = side.build("sent.zip", "EX-1", to="b-police").path
    believed = trust(side).trust
    assert "consent" not in dict(document_of(sent.read_bytes(), believed).law)
    raw = damaged(sent, find(read(sent, trust(side), AT), lost))
    document = document_of(raw, believed)
    assert document.verdict is Verdict.FAILED
    assert dict(document.law)["consent"] == UNDECIDED
    lawfulness = next(step for step in document.steps if step.number == 11)
    assert lawfulness.verdict is not Verdict.PASSED
    if lost == "exhibit.registered":
        assert [shown.code for shown in lawfulness.findings] == ["lawfulness.undecided"]
        assert lawfulness.verdict is Verdict.INDETERMINATE
