"""Step 11: dates of the grant in a letter, and those of the consent that rests on it."""

from __future__ import annotations

from typing import Any

from tests.vectors.letter_cases import GRANT, letter_case, wrong_letter

_DUE, _LATER = "2027-03-01T00:00:00Z", "2027-03-02T00:00:00Z"


def _dated(due: str | None) -> dict[str, Any]:
    said = {} if due is None else {"due": due}
    return {"conditions": [{"before": False, "code": "destroy-after", **said}]}


_GRANTED: dict[str, Any] = {"answers": [{"grant": {**GRANT, **_dated(_DUE)}}]}
letter_case("with-its-date", "The consent has a condition with the date of the letter.", "PASSED", None, "",
            consent=_dated(_DUE), **_GRANTED)  # fmt: skip
letter_case("with-a-date-of-our-own", "The consent sets a date where the letter has none.", "PASSED", None, "",
            answers=[{"grant": {**GRANT, **_dated(None)}}], consent=_dated(_DUE))  # fmt: skip
wrong_letter("with-a-later-date", "The consent has a condition with a later date than the letter.", "terms",
             consent=_dated(_LATER), **_GRANTED)  # fmt: skip
wrong_letter("without-its-date", "The consent has a condition without the date of the letter.", "terms",
             consent=_dated(None), **_GRANTED)  # fmt: skip
