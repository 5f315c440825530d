"""A folder that could not be opened when an exhibit was registered: nobody may read that nothing was in it."""

from __future__ import annotations

from pathlib import Path

from custody.bundle.unpack import Named
from custody.cli.border.foreign_files import LaidOut, lay_out
from custody.cli.border.whereabouts import member_lines
from custody.evidence.members import Member
from custody.report.evidence_table import UNREAD_FOLDER, rows_of, summary_of
from schemas.content import Content, FileRecord
from schemas.private import Disclosure
from schemas.types import Private

HIDDEN = Disclosure(text="{}", path="/details/content/files/0/path", value="hidden")
CLOSED = FileRecord(path=HIDDEN.private, error=Private(commitment="22" * 32), type="directory")
CONTENT = Content(bytes=0, count=1, files=(CLOSED,), root="ab" * 32)


def test_a_folder_that_was_never_opened_is_not_called_an_empty_one() -> None:
    """Whatever was hidden in it would be sworn away: that nobody could look is all that is on record."""
    (row,) = rows_of(CONTENT, "C/1", [], {HIDDEN.commitment: HIDDEN}, str)
    assert (row.name, row.result) == ("hidden", UNREAD_FOLDER)
    (line,) = member_lines((Member(CLOSED, b"hidden", None, "EACCES: permission denied"),), CONTENT)
    assert line == "  hidden: could not be read when registered (EACCES: permission denied)"


def test_an_exhibit_with_such_a_folder_is_not_summed_up_as_registered() -> None:
    """'All compared' above a story hides that nobody ever looked into the one folder that matters."""
    assert summary_of(CONTENT, "C/1", []).endswith("a folder could not be read then, see its files")


def test_such_a_folder_is_not_taken_in_as_an_empty_one(tmp_path: Path) -> None:
    """Else the next ledger would register, and sign, that nothing was in it."""
    item = Named(folder=("C", "1"), record=CLOSED, path=b"hidden")
    assert lay_out([item], open_content=lambda _: None, target=tmp_path) == LaidOut(made=0, absent=1)
    assert list(tmp_path.iterdir()) == []
