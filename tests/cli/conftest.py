"""A machine for each test: empty folder, no environment, a clock that stands until it is moved."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.cli.script import Stage


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """Give a machine on which nothing was done yet."""
    made = Stage(tmp_path, monkeypatch)
    made.set_up()
    # A socket's path may have a hundred bytes or so, and the folders of tests have long names.
    with TemporaryDirectory(prefix="run-") as runtime:
        monkeypatch.setenv("XDG_RUNTIME_DIR", runtime)
        yield made
