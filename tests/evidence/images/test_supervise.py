"""The process that reads a medium may crash, hang, swell or babble: the registration goes on."""

import os
import sys
from pathlib import Path

import pytest

from custody.evidence.images.job import Job
from custody.evidence.images.supervise import read_apart
from tests.evidence.images.conftest import Read
from tests.evidence.images.forge_ewf import forge

CHILDREN = {
    "crash": "import os; os.abort()",
    "exit": "raise SystemExit(3)",
    "babble": "import sys; sys.stdout.write('no json\\n' * 100)",
    "half a line": 'import sys; sys.stdout.write(\'{"type":"finished"\')',
    "deaf": "import os; os.close(0)",
}


@pytest.mark.parametrize("name", CHILDREN)
def test_a_library_that_breaks_is_a_finding(name: str, tmp_path: Path, read: Read) -> None:
    """Its crash must not be ours: the container is evidence all the same."""
    found = read([tmp_path / "disk.E01"], command=(sys.executable, "-c", CHILDREN[name]))
    assert (found.not_read, [fault.damage for fault in found.faults]) == ("library-failed", ["container-structure"])


def test_a_library_that_never_ends_is_stopped(tmp_path: Path, read: Read) -> None:
    """An endless loop in a parser would otherwise hold a seizure for ever."""
    command = (sys.executable, "-c", "import time; time.sleep(60)")
    found = read([tmp_path / "disk.E01"], command=command, stall_seconds=0.3)
    assert found.not_read == "library-failed"
    assert "no progress" in found.not_read_text


def test_memory_is_bounded(tmp_path: Path, read: Read) -> None:
    """A bomb meets the limit of the process, not the machine's."""
    script = "from custody.evidence.images.child import limit_process\nlimit_process()\nheld = bytearray(8 << 30)\n"
    found = read([tmp_path / "disk.E01"], command=(sys.executable, "-c", script))
    assert found.not_read == "library-failed"


def test_nothing_is_written_by_the_process(tmp_path: Path) -> None:
    """A library that was taken over must not leave a file behind."""
    script = (
        "from custody.evidence.images.child import limit_process\n"
        "limit_process()\n"
        f"open({str(tmp_path / 'left')!r}, 'wb', 0).write(b'x')\n"
    )
    read_apart(Job(container="ewf-e01", paths=(b"/x",)), command=(sys.executable, "-c", script))
    left = tmp_path / "left"
    assert not left.exists() or left.stat().st_size == 0


def test_progress_comes_through(medium: bytes, tmp_path: Path) -> None:
    """Hours of reading without a sign look like a hang."""
    paths = forge(medium).write(tmp_path)
    seen: list[tuple[int, int]] = []
    job = Job(container="ewf-e01", paths=tuple(map(os.fsencode, paths)))
    read_apart(job, report=lambda done, total: seen.append((done, total)))
    assert seen
    assert all(0 < done <= total == len(medium) for done, total in seen)
