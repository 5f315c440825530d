"""A clock that goes on while a command works: what is signed is what was shown."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import count

import pytest

from tests.cli.machine import CASE, Machine
from tests.cli.script import Stage


def test_an_export_is_signed_for_the_moment_that_was_shown(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Packing takes minutes; a time that nobody saw would stand above his signature."""
    machine = Machine(stage)
    machine.do(f"register --case {CASE} --exhibit EX-1 --kind phone --as exam-07")
    machine.do("agent enrol court-1 --kind organisation --country FR --as reg-1")
    start, passed = stage.now, count()
    ticking = property(lambda _: start + timedelta(seconds=next(passed)), lambda *_: None)
    monkeypatch.setattr(Stage, "now", ticking)
    ran = machine.do("bundle EX-1 --to court-1 -o b.zip --as exam-07")
    (shown,) = re.findall(r"when: (\S+) (\S+) UTC", ran.stderr)
    assert machine.entries()[-1].event.event.occurred_at == "{}T{}Z".format(*shown)
