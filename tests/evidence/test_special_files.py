"""Pipes, sockets and devices among files: a home folder has them, and nothing of them may be opened."""

import os
import socket
from pathlib import Path

import pytest

from custody.evidence.check import check_in_place
from custody.evidence.intake import Intake, take_in
from custody.evidence.members import members_of_event
from custody.evidence.survey import survey
from schemas.errors import RefusedError
from schemas.types import Private
from tests.evidence.conftest import Salts


@pytest.fixture
def home(seized: Path) -> Path:
    """Give a folder as it is found on a running system."""
    (seized / "notes.txt").write_text("notes")
    (seized / ".cache").mkdir()
    os.mkfifo(seized / ".cache" / "queue")
    folder = os.open(seized, os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(f"/proc/self/fd/{folder}/agent.sock")
    os.close(folder)
    return seized


def _told(intake: Intake) -> dict[str, str]:
    known = {found.commitment: found.value for found in intake.disclosures}
    records = intake.content.files
    assert isinstance(records, tuple)
    return {
        known[record.path.commitment]: known[record.error.commitment] if isinstance(record.error, Private) else "read"
        for record in records
    }


def test_they_are_refused_by_name_and_the_option_is_told(home: Path, salts: Salts, spool: Path) -> None:
    """Whoever registers a home folder learns at once what stands in the way, and what to type."""
    for look in (lambda: survey([home]), lambda: take_in([home], salts=salts, spool=spool)):
        with pytest.raises(RefusedError) as caught:
            look()
        assert caught.value.code == "evidence.special-file"
        assert "--accept-special" in (caught.value.hint or "")
        assert "agent.sock" in caught.value.text or "queue" in caught.value.text
    with pytest.raises(RefusedError):
        take_in([home], salts=salts, spool=spool, accept_unreadable=True)


def test_accepted_they_are_recorded_by_path_and_kind(home: Path, salts: Salts, spool: Path) -> None:
    """The exhibit says that they were there, as private values like all names; a pipe that is opened would hang."""
    assert survey([home], accept_special=True).unreadable == 0
    intake = take_in([home], salts=salts, spool=spool, accept_special=True)
    told = _told(intake)
    assert told["notes.txt"] == "read"
    assert told[".cache/queue"].startswith("a named pipe")
    assert told["agent.sock"].startswith("a socket")
    assert (intake.special, intake.unreadable, intake.content.count, intake.content.bytes) == (2, 0, 3, 5)


def test_one_that_comes_or_takes_a_files_place_is_found(home: Path, salts: Salts, spool: Path) -> None:
    """A check in place goes on past them: one more is an extra name, one instead of a file is a missing file."""
    intake = take_in([home], salts=salts, spool=spool, accept_special=True)
    known = {found.commitment: found for found in intake.disclosures}

    def check() -> tuple[bool, list[bytes], list[bytes]]:
        found = check_in_place(members_of_event(intake.content, known), sources=intake.sources)
        differing = [item.path or b"" for item in found.differences]
        return found.is_unaltered, list(found.extra), differing

    assert check() == (True, [], [])
    os.mkfifo(home / "new")
    assert check()[1] == [b"new"]
    (home / "notes.txt").unlink()
    os.mkfifo(home / "notes.txt")
    assert check() == (False, [b"new"], [b"notes.txt"])
