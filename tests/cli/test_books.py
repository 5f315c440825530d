"""`custody show`, `list` and `log` on ledgers that were not made to be shown: hostile names, damage, size."""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest

from custody.cli.exits import Exit
from custody.storage.home import create_home, open_home
from tests.busy_world import CASE, busy_world, entries_of
from tests.cli.script import Stage
from tests.world import ORIGIN, World

NASTY = "\x1b[2J\u202efdp.exe\r\n\x9b31m\u2028EXHIBIT forged"
LINES = ("show {}", "list", "log", "list --as-of 2026-11-21T09:30:00Z", "show {} --files --as-of 2026-11-21T09:30:00Z")


@pytest.fixture
def world(stage: Stage) -> Iterator[World]:
    """A ledger with some history, whose home commands find."""
    stage.patch.setenv("CUSTODY_HOME", str(stage.folder / "home"))
    random = World(seed="home").random
    with create_home(stage.folder / "home", origin=ORIGIN, random=random) as home:
        made = busy_world(home.store)
    with open_home(stage.folder / "home", random=random) as home:
        made.store = home.store
        yield made


def _json(stage: Stage, line: str) -> dict[str, Any]:
    ran = stage.custody(f"{line} --json")
    assert ran.exit is Exit.DONE, ran
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


@pytest.mark.parametrize("line", LINES)
def test_no_name_can_move_the_cursor_or_forge_a_line(line: str, world: World, stage: Stage) -> None:
    """Names come from suspects' disks; what stands on the screen must be ours."""
    names = {f"{NASTY}/a": b"1", "caf\udce9.txt": b"2", "证据.txt": b"3"}
    world.register(CASE, "EX-9", actor="examiner-1", files=names, description=NASTY, place=NASTY, seized_from=NASTY)
    ran = stage.custody(line.format("EX-9"))
    assert ran.exit is Exit.DONE
    assert not any(char in ran.stdout for char in "\x1b\r\x9b\u202e\u2028")
    assert not any(text.startswith("EXHIBIT forged") for text in ran.stdout.splitlines())


def test_a_name_that_is_no_utf_8_is_shown_and_given_exactly(world: World, stage: Stage) -> None:
    """What is approximate on the screen is exact for programs."""
    world.register(CASE, "EX-9", actor="examiner-1", files={"caf\udce9.txt": b"2"})
    assert "caf\\xe9.txt" in stage.custody("show EX-9").stdout
    (file,) = _json(stage, "show EX-9")["content"]["files"]
    assert base64.b64decode(file["path"]["base64"]) == b"caf\xe9.txt"


def test_numbers_in_any_script_are_found_and_listed(world: World, stage: Stage) -> None:
    """Exhibits are numbered by people all over the world."""
    world.register(CASE, "证据-1", actor="examiner-1")
    assert "EXHIBIT 2026-0417/证据-1" in stage.custody("show 证据-1").stdout
    rows = stage.custody("list").stdout.splitlines()
    (row,) = (row for row in rows if "证据-1" in row)
    # Two cells for each of the two wide characters: on a terminal the state stands below its heading.
    assert row.index("held") == rows[0].index("STATE") - 2


def test_a_signature_that_does_not_hold_ends_with_failed(world: World, stage: Stage) -> None:
    """A story with a forged act in it is a verdict on the ledger, and scripts look at the exit code."""
    index = _json(stage, "show EX-1")["events"][1]["entry"]
    parsed = entries_of(world)[index]
    forged = parsed.event.raw.replace(b'"utc_offset":"+08:00"', b'"utc_offset":"+09:00"')
    raw = parsed.raw.replace(base64.b64encode(parsed.event.raw), base64.b64encode(forged))
    with sqlite3.connect(stage.folder / "home" / "ledger.db") as connection:
        connection.execute("DROP TRIGGER entry_stays")
        connection.execute("UPDATE entry SET raw = ? WHERE entry_index = ?", (raw, index))
    connection.close()
    ran = stage.custody("show EX-1")
    assert ran.exit is Exit.FAILED
    assert "!! WRONG" in ran.stdout
    assert "to look at" in ran.stdout


def test_an_entry_that_is_no_record_is_a_failure_and_no_crash(world: World, stage: Stage) -> None:
    """A damaged disk must not look like a bug."""
    with sqlite3.connect(stage.folder / "home" / "ledger.db") as connection:
        connection.execute("DROP TRIGGER entry_stays")
        connection.execute("UPDATE entry SET raw = x'00' WHERE entry_index > 6")
    connection.close()
    for line in ("show EX-1", "log", "list"):
        assert stage.custody(line).exit is Exit.FAILED, line


def test_a_list_of_files_that_is_lost_does_not_hide_the_story(world: World, stage: Stage) -> None:
    """The story is what is left when the evidence is gone."""
    files = {f"f{number:02}": b"x" for number in range(20)}
    world.register(CASE, "EX-9", actor="examiner-1", files=files)
    ran = stage.custody("show EX-9")
    assert ran.exit is Exit.DONE
    assert "[store.absent]" in ran.stdout
    assert "was registered by examiner-1" in ran.stdout


def test_the_log_in_pieces_is_the_log(world: World, stage: Stage) -> None:
    """A program that reads page by page must miss nothing."""
    every = _json(stage, "log")
    assert [entry["entry"] for entry in every["entries"]] == list(range(every["size"]))
    assert not every["has_more"]
    backward = _json(stage, "log --reverse")["entries"]
    assert backward == every["entries"][::-1]
    some = _json(stage, f"log --limit {every['size']}")
    assert (some["entries"], some["has_more"]) == (every["entries"], False)


def test_list_and_show_say_the_same(world: World, stage: Stage) -> None:
    """Two commands, one ledger, one answer: at any time that somebody asks for."""
    for as_of in ("", " --as-of 2026-11-21T08:20:00Z", " --as-of 2026-11-21T09:30:00Z"):
        listed = _json(stage, f"list{as_of}")["exhibits"]
        assert listed
        for item in listed:
            shown = _json(stage, f"show {item['case']}/{item['exhibit']}{as_of}")
            names = ("holder", "status", "is_sealed", "kind", "nature", "description")
            assert {name: shown[name] for name in names} == {name: item[name] for name in names}


def test_a_list_fits_a_narrow_terminal(world: World, stage: Stage) -> None:
    """On 80 columns an exhibit takes two lines, none of them broken by the terminal; elsewhere one, whole."""
    wide = stage.custody("list").stdout.splitlines()
    for width in (80, 100, 140):
        stage.patch.setattr("custody.cli.commands.list_.terminal_width", lambda width=width: width)
        rows = stage.custody("list").stdout.splitlines()
        assert max(map(len, rows)) <= width
        assert len(rows) - 1 == (len(wide) - 1) * (2 if width < 130 else 1)
        assert CASE in rows[2 if width < 130 else 1]
