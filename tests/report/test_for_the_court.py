"""The page for courts says what the program does and what its reports say."""

import re
import shlex
from pathlib import Path

import click
import pytest

from custody.cli.program import program
from custody.report.step_words import LIMITS
from schemas.report import Verdict

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "for-the-court.md").read_text("utf-8")
COMMANDS = re.findall(r"^custody .+$", PAGE, re.MULTILINE)


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_on_the_page_is_one_of_the_program(line: str) -> None:
    """A clerk who types what the page says must not be told that there is no such option."""
    words = shlex.split(line.replace("3f9a...all 64 digits", "3f" * 32))[1:]
    command: click.Command | None = program
    context = program.make_context("custody", [], resilient_parsing=True)
    while isinstance(command, click.Group):
        command = command.get_command(context, words.pop(0))
    assert command is not None
    command.make_context(line, words)


def test_there_are_commands_on_the_page() -> None:
    """The test above would pass over a page without any."""
    assert len(COMMANDS) >= 3


@pytest.mark.parametrize("limit", LIMITS[:-1])
def test_the_page_says_what_no_proof_can_show(limit: str) -> None:
    """Page and report must not differ in what they do not promise."""
    first = limit.partition(".")[0]
    assert first in " ".join(PAGE.replace("**", "").split())


def test_the_page_explains_every_verdict() -> None:
    """A reader looks up the one word that he was told."""
    for verdict in (Verdict.PASSED, Verdict.FAILED, Verdict.INDETERMINATE):
        assert f"| **{verdict.value}" in PAGE


def test_the_page_uses_no_word_of_the_machinery() -> None:
    """It's for somebody who has never heard of any of this."""
    assert {"leaf", "trie", "root", "merkle", "dsse"}.isdisjoint(re.findall(r"[a-z]+", PAGE.lower()))


def test_links_on_the_page_lead_somewhere() -> None:
    """A page that is printed and mailed around is the last one to hold dead links."""
    targets = re.findall(r"\]\(([^)#]+)\)", PAGE)
    assert targets
    missing = [target for target in targets if not (ROOT / "docs" / target).exists()]
    assert missing == []
