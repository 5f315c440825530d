"""Whole processes at the prompt: help, and the verdict on small bundles."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from bench.figure import Figure
from bench.session import Session

RUNS = 7


def run() -> tuple[Figure, ...]:
    """Return the median seconds of ``custody --help`` and of ``custody verify`` with 10 and 100 events."""
    with tempfile.TemporaryDirectory() as name:
        session = Session(Path(name))
        session.open()
        Path(name, "evidence").mkdir()
        Path(name, "evidence", "notes.txt").write_text("room 4\n", encoding="utf-8")
        session.register("evidence", "EX-1")
        session.run("agent", "enrol", "court-1", "--kind", "organisation", "--country", "NL", "--as", "reg-1")
        session.run("trust", "export", "-o", "trust.json")
        figures = [_figure("custody --help", 0.15, session, "--help")]
        done = 0
        for events, target in ((10, 0.35), (100, 0.4)):
            for number in range(done, events):
                session.run("move", "EX-1", "--place", f"shelf {number}", "--as", "exam-1")
            done = events
            session.run("bundle", "EX-1", "--to", "court-1", "-o", f"{events}.zip", "--as", "exam-1")
            verify = ("verify", f"{events}.zip", "--trust", "trust.json")
            figures.append(_figure(f"custody verify, {events} events and more", target, session, *verify))
    return tuple(figures)


def _figure(name: str, target: float, session: Session, *arguments: str) -> Figure:
    session.run(*arguments)
    seconds = [session.run(*arguments) for _ in range(RUNS)]
    note = f"{min(seconds):.3f} to {max(seconds):.3f}"
    return Figure(name=name, measured=statistics.median(seconds), target=target, unit="s", is_most=True, note=note)
