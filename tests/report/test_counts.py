"""Numbers and lists in words."""

import pytest

from custody.report.counts import listed


@pytest.mark.parametrize(
    ("shown", "total", "told"),
    [
        ((), 0, ""),
        (("a",), 1, "a"),
        (("a", "b"), 2, "a, b"),
        (("a", "b"), 3, "a, b and 1 more"),
        (("a",), 1001, "a and 1,000 more"),
    ],
)
def test_a_list_that_is_cut_says_how_many_are_left(shown: tuple[str, ...], total: int, told: str) -> None:
    """Who reads eight names must not take them for all."""
    assert listed(shown, total) == told
