"""Within step 12: numbers that people would misread. A writer refuses them; a reader of a bundle sees one alone, and
would take it for the other.

What is asked is written out here and in docs/spec/verification.md, so that no answer depends on a version of Unicode
but for NFC, which is stable.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from schemas.report import Findings, Severity

_UNSEEN: Final = re.compile(
    "[\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200b\u200e\u200f\u2028-\u202f"
    "\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
    # A joiner is spelling between letters of the scripts that have it.
    "|(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])"
)
_MIXED: Final = re.compile("[A-Za-z][\u0370-\u052f]|[\u0370-\u052f][A-Za-z]")
"""A Latin letter beside a Greek or Cyrillic one: no word has both, and many of them look the same."""


def check_numbers(names: Iterable[tuple[str, str]], findings: Findings) -> None:
    """Report the listed exhibits whose number, or that of their case, could be taken for another.

    Finding: ``defect.number-unclear`` (defect).
    """
    for case, exhibit in names:
        for number in (case, exhibit):
            why = _unclear(number)
            if why:
                spelled = number.encode("ascii", "backslashreplace").decode("ascii")
                text = f"expected a number that can't be taken for another, found {why} in '{spelled}'"
                findings.add(12, Severity.DEFECT, "defect.number-unclear", f"{case}/{exhibit}", text)


def _unclear(number: str) -> str:
    """Say what is unclear in a number, or nothing."""
    if number != number.strip(" ") or "  " in number:
        return "a space at an end, or two in a row,"
    if number.isascii():
        return ""
    if _UNSEEN.search(number):
        return "a sign that can't be seen"
    if _MIXED.search(number):
        return "a Latin letter beside a Greek or Cyrillic one"
    return "another form than the composed one (NFC)" if unicodedata.normalize("NFC", number) != number else ""
