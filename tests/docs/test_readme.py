"""The README does what it says: its sessions run as typed, and what it points to is there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
PAGES = sorted(path.relative_to(ROOT).as_posix() for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")))


def sessions() -> list[str]:
    """Return the commands of all ```console blocks, in order."""
    blocks = re.findall(r"```console\n(.*?)```", README, flags=re.DOTALL)
    return [line.removeprefix("$ ") for block in blocks for line in block.splitlines() if line.startswith("$ ")]


def test_the_session_of_the_readme_runs_as_typed(tmp_path: Path) -> None:
    """A first session that doesn't work is the last one."""
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("a passphrase of a test\n", encoding="utf-8")
    passphrase.chmod(0o600)
    environment = {
        "CUSTODY_ARGON2": "interactive",
        "CUSTODY_KEYS": str(tmp_path / "keys"),
        "CUSTODY_PASSPHRASE_FILE": str(passphrase),
        "HOME": str(tmp_path),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
    }
    for line in sessions():
        done = subprocess.run(
            ["/bin/sh", "-c", line], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
    assert (tmp_path / "report.html").is_file()
    assert (tmp_path / "unpacked").is_dir()


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    """A page that sends its reader nowhere loses him."""
    folder = (ROOT / page).parent
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", (ROOT / page).read_text("utf-8"))
    missing = [target for target in targets if "://" not in target and not (folder / target).exists()]
    assert missing == []
