"""Words for a shell: what is pasted is what was meant, and nothing on the line moves the cursor."""

import os
import subprocess
from pathlib import Path

import pytest

from custody.report.safe_text import show
from custody.report.shell_words import shell_word

NAMES = [
    "a.dd",
    "Room 4/it's.dd",
    'a "b".dd',
    "$HOME/`id`;rm *",
    "~/x",
    "!!",
    "证据 第一.zip",
    "Телефон",
    "back\\slash",
    "\\x41",
    "\x1b[2Jgone\n",
    "\u202egpj.exe",
    "",
    os.fsdecode(b"caf\xe9"),
]


@pytest.mark.parametrize("name", NAMES)
def test_a_shell_reads_the_word_that_was_meant(name: str) -> None:
    """Blanks, quotes, other scripts, bytes of another encoding."""
    word = shell_word(name)
    assert show(word) == word
    done = subprocess.run(["bash", "-c", f"printf %s {word}"], capture_output=True, check=True, timeout=60)
    assert done.stdout == os.fsencode(name)


def test_a_path_is_never_taken_for_an_option() -> None:
    """`-o.zip` is a name like any other."""
    assert shell_word(Path("-o.zip")) == "./-o.zip"
    assert shell_word(Path("a/-o.zip")) == "a/-o.zip"
