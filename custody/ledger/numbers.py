"""Case and exhibit numbers as a writer takes them: readable, and never two that look alike; agents that do.

A verifier checks only the length and that there is no control character, or its verdict would depend on a version of
Unicode. A writer is stricter: what a clerk reads out on the telephone must lead to one exhibit.
"""

from __future__ import annotations

import unicodedata

from schemas.errors import RefusedError
from schemas.text import check_number

_JOINERS = "\u200c\u200d"
# Cc, Cf (bidi controls and other invisible signs), Cs, Co, Cn, and every space but the plain one.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"})
# Drawn as nothing although Unicode calls them letters or marks.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u00ad\ufe58\ufe63\uff0d\u2e3a\u2e3b"), "-")


def check_writable_number(number: str) -> None:
    """Raise unless a writer may give ``number`` to a case or an exhibit.

    Joiners (ZWJ, ZWNJ) between letters are spelling in many scripts and stay allowed.

    Raises:
        RecordError: ``text.number``.
        RefusedError: ``number.form`` where it isn't NFC or has spaces at an end or two in a row,
            ``number.invisible`` for a sign that can't be seen, or turns the direction of writing.
    """
    check_number(number)
    if unicodedata.normalize("NFC", number) != number:
        raise RefusedError("number.form", f"expected a number in Unicode's composed form (NFC), found {number!r}")
    if number != " ".join(number.split(" ")).strip() or "  " in number:
        raise RefusedError("number.form", f"expected no space at the ends and single ones within, found {number!r}")
    if number.isascii():
        # Control characters are gone already, and all else in ASCII can be seen.
        return
    for place, sign in enumerate(number):
        if sign == " " or (sign in _JOINERS and _is_between_letters(number, place)):
            continue
        if unicodedata.category(sign) in _INVISIBLE or sign in _BLANK or _is_selector(sign):
            raise RefusedError("number.invisible", f"expected visible signs, found U+{ord(sign):04X} in {number!r}")


def fold_number(number: str) -> str:
    """Return what two confusable numbers have in common: NFKC, case folded, one kind of hyphen, no joiners."""
    if number.isascii():
        return number.casefold()
    plain = unicodedata.normalize("NFKC", number).translate(_DASHES).casefold()
    return unicodedata.normalize("NFKC", "".join(sign for sign in plain if sign not in _JOINERS))


_LIKE = str.maketrans({"0": "o", "1": "l", ".": "-", "_": "-"})


def fold_agent(agent: str) -> str:
    """Return what two agents' ids have in common that a tired eye takes for each other, such as exam-1 and exam-l."""
    return agent.translate(_LIKE).replace("rn", "m").replace("vv", "w")


def _is_between_letters(number: str, place: int) -> bool:
    around = number[place - 1 : place] + number[place + 1 : place + 2]
    return place > 0 and len(around) == 2 and all(unicodedata.category(sign)[0] in "LM" for sign in around)


def _is_selector(sign: str) -> bool:
    """Tell whether a sign only selects how the one before is drawn."""
    return "\ufe00" <= sign <= "\ufe0f" or "\U000e0100" <= sign <= "\U000e01ef"
