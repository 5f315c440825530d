"""Temporary files of processes that are gone are swept, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from custody.evidence import left_over


@pytest.mark.parametrize("number", ["99999999999999999999", "1e3", ""])
def test_a_name_with_no_number_of_a_process_is_none_of_ours(tmp_path: Path, number: str) -> None:
    """What another program called so stays, and ends nothing."""
    (tmp_path / f"spool-{number}-x.jsonl").write_bytes(b"theirs")
    left_over.sweep(tmp_path)
    assert len(list(tmp_path.iterdir())) == 1


def test_a_system_without_the_question_sweeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows asking whether a process lives sends it an interrupt."""

    def kill(process: int, signal: int) -> None:
        raise AssertionError((process, signal))

    (tmp_path / "spool-7-x.jsonl").write_bytes(b"ours")
    monkeypatch.setattr(left_over, "_ASKS", False)
    monkeypatch.setattr(os, "kill", kill)
    left_over.sweep(tmp_path)
    assert len(list(tmp_path.iterdir())) == 1
