"""Writes the golden report anew: ``python -m tests.report.golden``. The same code always writes the same text."""

from pathlib import Path

from tests.report.stories import full_story, text_of

PATH = Path(__file__).with_name("golden-report.txt")


def make_report() -> str:
    """Return the report on the full story."""
    told = full_story()
    return text_of(told.bundle, told.trust)


def main() -> None:
    """Write the file."""
    PATH.write_text(make_report(), encoding="utf-8")


if __name__ == "__main__":
    main()
