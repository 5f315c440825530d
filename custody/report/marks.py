"""The words by which a report marks what it says itself, in lines where recorded texts stand too.

Whoever writes such a mark takes it from here, so that `is_imitated` knows it: a recorded text that holds one is shown
in quotes, and a judge sees who says that a court had something erased.
"""

from __future__ import annotations

import unicodedata
from typing import Final

ANOTHER_KIND: Final = "taken in as ANOTHER KIND of thing"
CORRECTED: Final = "CORRECTED by"
CUT: Final = "more characters)"
DESTROYED: Final = "DESTROYED BY ORDER"
DISPUTED: Final = "DISPUTED."
ERASED: Final = "(erased by order"
LOST: Final = "reported LOST on the way"
NOT_RECORDED: Final = "(not recorded)"
OPEN: Final = "?? OPEN"
PROCEDURE: Final = "*  DEFECT"
REASON: Final = "(reason:"
RECOVERED: Final = "(RECOVERED:"
VERDICT: Final = "VERDICT:"
WITHHELD: Final = "(withheld"
WRONG: Final = "!! WRONG"

MARKS: Final = (
    ANOTHER_KIND, CORRECTED, CUT, DESTROYED, DISPUTED, ERASED, LOST, NOT_RECORDED, OPEN, PROCEDURE, REASON, RECOVERED,
    VERDICT, WITHHELD, WRONG,
)  # fmt: skip
"""All of them, each without what differs from line to line."""

_UNDRAWN: Final = frozenset({"Cf", "Me", "Mn"})
# Cyrillic and Greek letters that are drawn as Latin ones; other scripts have more of them.
_LOOK_ALIKE: Final = dict(zip(
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0405\u0406"
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0455\u0456\u0501\u04bb\u051d"
    "\u0391\u0392\u0395\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf",
    "ABEKMHOPCTYXSI" "aeopcyxsidhw" "ABEHIKMNOPTYXo", strict=True,
))  # fmt: skip


def is_imitated(text: str) -> bool:
    """Tell whether a text holds a mark, however it is spaced; one in small letters also where some are capitals."""
    plain = _fold(text)
    lowered = plain.casefold()
    return any(mark in plain for mark in _IN_CAPITALS) or any(mark in lowered for mark in _IN_SMALL)


def _fold(text: str) -> str:
    """Return how a text looks: without spaces and what draws nothing, wide forms and look-alikes as plain letters."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        text = text.translate({ord(char): _look(char) for char in set(text)})
    return "".join(text.split())


def _look(char: str) -> str:
    kind = unicodedata.category(char)
    if kind in _UNDRAWN:
        return ""
    return "(" if kind == "Ps" and char > "~" else _LOOK_ALIKE.get(char, char)


_FOLDED: Final = tuple(map(_fold, MARKS))
_IN_SMALL: Final = tuple(mark for mark in _FOLDED if mark.islower())
_IN_CAPITALS: Final = tuple(
    spelt for mark in _FOLDED if not mark.islower() for spelt in sorted({mark, mark.upper()})
)  # fmt: skip
