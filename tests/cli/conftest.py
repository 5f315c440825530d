"""A machine for each test: empty folder, no environment, a clock that stands until it is moved."""

from pathlib import Path

import pytest

from tests.cli.script import Stage


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Give a machine on which nothing was done yet."""
    made = Stage(tmp_path, monkeypatch)
    made.set_up()
    return made
