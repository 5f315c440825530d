"""`custody verify` and `custody unpack`, as a court types them: verdict, exit code, page, files."""

import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import NoReturn

import pytest

from custody.bundle.container import open_container
from custody.bundle.strip import write_stripped
from custody.cli.checking import verdict_page
from custody.cli.exits import Exit
from schemas import canonical, layout
from schemas.errors import StorageError
from tests.cli.script import Stage
from tests.report.stories import FILES, full_story

NOTES = "2026-0417/EX-2/chat/notes.txt"


@pytest.fixture
def court(stage: Stage) -> Stage:
    """A reader's machine with a bundle, and a trust file that was given to him beforehand."""
    told = full_story()
    Path("bundle.zip").write_bytes(told.bundle)
    Path("damaged.zip").write_bytes(told.bundle.replace(b"room 4\n", b"room 5\n"))
    Path("trust.json").write_bytes(canonical.encode(told.trust))
    return stage


def test_the_exit_code_is_the_verdict(court: Stage) -> None:
    """Scripts decide by it, so it's the same as the last line says, and never that of a crash."""
    for line, exit, words in (
        ("verify bundle.zip", Exit.DONE, "VERDICT: PASSED"),
        ("verify damaged.zip", Exit.FAILED, "VERDICT: FAILED"),
    ):
        ran = court.custody(line)
        assert (ran.exit, ran.stderr) == (exit, "")
        assert ran.stdout.splitlines()[-1].startswith(words)
    court.patch.delenv("CUSTODY_TRUST")
    assert court.custody("verify bundle.zip").exit is Exit.INDETERMINATE
    assert court.custody("verify trust.json").exit is Exit.USAGE, "what never was a bundle gets no verdict"


@pytest.mark.parametrize(
    "line",
    [
        "verify nothing.zip",
        "verify .",
        "verify bundle.zip --trust nothing.json",
        "verify bundle.zip --trust bundle.zip",
        "verify bundle.zip --files nothing",
        "verify bundle.zip --proof nothing.json",
        "verify bundle.zip --proof trust.json",
        "verify bundle.zip --at yesterday",
        "unpack nothing.zip --to out",
        "unpack bundle.zip",
    ],
)
def test_what_was_typed_wrongly_is_no_verdict(court: Stage, line: str) -> None:
    """A typing error must never come out as 'the evidence does not verify'."""
    ran = court.custody(line)
    assert ran.exit is Exit.USAGE
    assert "VERDICT" not in ran.stdout
    assert ran.stderr.startswith("error: ")


@pytest.mark.timeout(60)
@pytest.mark.parametrize("option", ["--trust", "--proof", "--identity", "--profile"])
@pytest.mark.parametrize("name", ["pipe", "/dev/zero", "."])
def test_a_pipe_or_device_in_the_place_of_a_file_is_refused(court: Stage, option: str, name: str) -> None:
    """Reading it would wait for another program for ever; a medium of the sender may hold one under any name."""
    os.mkfifo("pipe")
    ran = court.custody(f"verify bundle.zip {option} {name}")
    assert (ran.exit in (Exit.USAGE, Exit.REFUSED), "VERDICT" in ran.stdout) == (True, False), ran.stderr


def test_what_a_shell_hands_over_is_read(court: Stage) -> None:
    """In ``--trust <(command)`` the pipe is the user's own, and its writer is there: so nothing lies on a disk."""
    court.patch.delenv("CUSTODY_TRUST")
    end, begin = os.pipe()
    os.write(begin, Path("trust.json").read_bytes())
    os.close(begin)
    ran = court.custody(f"verify bundle.zip --trust /dev/fd/{end}")
    os.close(end)
    assert (ran.exit, ran.stderr) == (Exit.DONE, "")


def test_an_option_names_another_trust_file(court: Stage) -> None:
    """Who believes somebody else for one case must not have to change what he believes."""
    Path("nobody.json").write_bytes(b'{"ledgers":[],"schema":"custody-trust/v1"}')
    ran = court.custody("verify bundle.zip --trust nobody.json")
    assert ran.exit is Exit.INDETERMINATE
    assert "does not know this ledger" in " ".join(ran.stdout.split())


def test_a_file_given_apart_costs_no_more_than_its_record_says(court: Stage) -> None:
    """A medium of the sender holds a sparse file of terabytes in place of the evidence: the verdict doesn't wait."""
    with open_container(Path("bundle.zip")) as container:
        write_stripped(container, Path("apart.zip"))
        name = next(name for name in container.members if name.startswith(layout.FILES)).removeprefix(layout.FILES)
    Path("medium").mkdir()
    Path("medium", name).touch()
    os.truncate(Path("medium", name), 1 << 43)
    ran = court.custody("verify apart.zip --files medium --json")
    found = [item for item in json.loads(ran.stdout)["findings"] if item["severity"] == "failed"]
    assert (ran.exit, {item["code"] for item in found}) == (Exit.FAILED, {"content.mismatch"})
    assert {item["found"] for item in found} == {str(1 << 43)}


def test_much_is_not_written_unasked(court: Stage) -> None:
    """The size of a bundle doesn't tell how much comes out of it."""
    court.patch.setattr("custody.cli.commands.unpack.LARGE", 3)
    ran = court.custody("unpack bundle.zip --to out")
    assert (ran.exit, Path("out").exists()) == (Exit.REFUSED, False)
    assert "expected at most 10 GiB to write unasked" in ran.stderr
    assert court.custody("unpack bundle.zip --to out --yes").exit is Exit.DONE


@pytest.mark.parametrize("more", ["", "--json"])
def test_a_page_that_can_not_be_written_takes_no_verdict_away(court: Stage, more: str) -> None:
    """The hashing took a night, and the disk for the page is full: the verdict is told, and that there is no page."""

    def full(*_: object, **__: object) -> NoReturn:
        raise StorageError("storage.full", "writing page.html: no space left on device")

    court.patch.setattr(verdict_page, "write_file", full)
    for name, exit, word in (("bundle.zip", Exit.REFUSED, "PASSED"), ("damaged.zip", Exit.FAILED, "FAILED")):
        ran = court.custody(f"verify {name} --report page.html {more}")
        assert (ran.exit, ran.stderr) == (exit, "error: writing page.html: no space left on device [storage.full]\n")
        assert word in ran.stdout


def test_json_is_the_report_and_nothing_else(court: Stage) -> None:
    """Programs read one object, also where the verdict is FAILED."""
    ran = court.custody("verify damaged.zip --json --report page.html")
    found = json.loads(ran.stdout)
    assert (ran.exit, found["verdict"], ran.stderr) == (Exit.FAILED, "FAILED", "")
    assert Path("page.html").exists()


def test_the_time_used_is_the_one_that_was_asked_for(court: Stage) -> None:
    """A verdict of today must be repeatable next year."""
    ran = court.custody("verify bundle.zip --json --at 2027-01-01T00:00:00Z")
    assert json.loads(ran.stdout)["at"] == "2027-01-01T00:00:00Z"


def test_a_page_is_never_overwritten_unasked(court: Stage) -> None:
    """The page on file may be the one that was put before the court."""
    Path("page.html").write_text("of last year")
    assert court.custody("verify bundle.zip --report page.html").exit is Exit.USAGE
    assert Path("page.html").read_text() == "of last year"
    assert court.custody("verify bundle.zip --report page.html --force").exit is Exit.DONE
    page = Path("page.html").read_text("utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert f"custody {version('exhibit-ledger')}" in page
    assert sorted(os.listdir()).count("page.html") == 1


def test_unpacking_gives_evidence_its_names_back(court: Stage) -> None:
    """The expert wants the files as they were called, and safe on his system."""
    ran = court.custody("unpack bundle.zip --to out")
    assert ran.exit is Exit.DONE
    assert Path("out", NOTES).read_bytes() == FILES["chat/notes.txt"]
    written = [path for path in Path("out").rglob("*") if path.is_file() and path.name != "_names.csv"]
    assert sorted(path.read_bytes() for path in written) == sorted(FILES.values())
    assert all(path.name.isprintable() for path in written)


def test_the_list_of_names_tells_of_every_exhibit(court: Stage) -> None:
    """Who counts exhibits in the folder misses a thing, of which there is no file."""
    assert court.custody("unpack bundle.zip --to out").exit is Exit.DONE
    assert "2026-0417/EX-1,,,,exhibit without files" in Path("out/_names.csv").read_text("utf-8-sig")


def test_what_failed_is_not_unpacked(court: Stage) -> None:
    """Files that are not the registered ones must not lie on a disk under the registered names."""
    ran = court.custody("unpack damaged.zip --to out")
    assert ran.exit is Exit.FAILED
    assert "chat/notes.txt" in ran.stderr
    assert not Path("out").exists()


def test_what_is_undecided_is_unpacked_with_a_warning_or_not_at_all(court: Stage) -> None:
    """An expert may need the files today; that nothing vouches for them yet must be in his face."""
    court.patch.delenv("CUSTODY_TRUST")
    strict = court.custody("unpack bundle.zip --to out --strict")
    assert (strict.exit, Path("out").exists()) == (Exit.INDETERMINATE, False)
    ran = court.custody("unpack bundle.zip --to out --quiet")
    assert (ran.exit, Path("out", NOTES).exists()) == (Exit.DONE, True)
    assert ran.stderr.startswith("WARNING: expected bundle.zip to have PASSED")
    found = json.loads(court.custody("unpack bundle.zip --to other --json").stdout)
    assert (found["verdict"], found["files"], found["undecided"]) == (
        "INDETERMINATE",
        len(FILES),
        ["checkpoint.no-trust"],
    )


def test_a_folder_with_something_in_it_is_left_alone(court: Stage) -> None:
    """Files of two cases in one folder would be taken for one."""
    Path("out").mkdir()
    Path("out/mine").write_text("mine")
    assert court.custody("unpack bundle.zip --to out").exit is Exit.USAGE
    assert os.listdir("out") == ["mine"]


def test_verify_loads_no_database_template_or_terminal(court: Stage) -> None:
    """A small bundle is verified in a third of a second, and a court can run it without a database."""
    code = (
        "import sys\nfrom custody.cli.program import run\nrun(['verify', 'bundle.zip'])\n"
        "print(*sorted(name for name in sys.modules if '.' not in name), file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)
    assert "VERDICT: PASSED" in ran.stdout
    heavy = {"sqlmodel", "sqlalchemy", "pydantic", "sqlite3", "jinja2", "rich", "socket", "ssl"}
    assert heavy & set(ran.stderr.split()) == set()
