"""The page of errors knows every code that the source can raise."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = re.compile(r'(?:Error|RuleViolation|kind)\(\s*"([a-z][a-z0-9-]*\.[a-z][a-z0-9.-]*)"')


def test_every_code_has_its_place_on_the_page() -> None:
    """Codes are relied on by scripts; one that no page explains is a riddle."""
    page = (ROOT / "docs/errors.md").read_text("utf-8")
    known = set(re.findall(r"`([a-z-]+\.)`", page))
    sources = [path for name in ("custody", "keys", "schemas") for path in (ROOT / name).rglob("*.py")]
    codes = {code for path in sources for code in CODE.findall(path.read_text("utf-8"))}
    assert len(codes) > 150
    assert sorted(code for code in codes if code.partition(".")[0] + "." not in known) == []


def test_the_page_names_no_code_that_nobody_raises() -> None:
    """A remedy for an error that can't happen misleads."""
    page = (ROOT / "docs/errors.md").read_text("utf-8")
    told = set(re.findall(r"`([a-z-]+\.[a-z-]+)`", page)) - {"ledger.db", "rule.case-exists"}
    source = "".join(
        path.read_text("utf-8") for name in ("custody", "keys", "schemas") for path in (ROOT / name).rglob("*.py")
    )
    assert sorted(code for code in told if f'"{code}"' not in source) == []
