"""A key on paper, typed back by a tired person years later."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import keys.private.paper
from keys.private.paper import ALPHABET, GROUPS, format_paper_key, parse_paper_key
from schemas.errors import SigningKeyError

SEED = bytes(range(32))
PAPER = format_paper_key(SEED)


def _error(text: str) -> SigningKeyError:
    with pytest.raises(SigningKeyError) as caught:
        parse_paper_key(text)
    return caught.value


def test_the_documented_paper_is_that_of_the_documented_key() -> None:
    """The bytes in the docstring are the ones that are printed."""
    documented = (keys.private.paper.__doc__ or "").split("\n\n")[1].replace("    ", "") + "\n"
    assert documented == PAPER


@given(st.binary(min_size=32, max_size=32))
def test_what_is_printed_is_read_back(seed: bytes) -> None:
    """For every key."""
    assert parse_paper_key(format_paper_key(seed)) == seed


@pytest.mark.parametrize(
    "typed",
    [
        PAPER.lower(),
        PAPER.replace(" ", "").replace("\n", ""),
        PAPER.replace(" ", "-"),
        PAPER.replace(" ", " - "),
        PAPER.replace(" ", "\r\n"),
        PAPER.replace("0", "O").replace("1", "I"),
        PAPER.replace("0", "o").replace("1", "l"),
        f"  \t{PAPER.strip()}\u00a0",
        PAPER.replace(" ", "", 1),
    ],
)
def test_spaces_case_and_look_alikes_do_not_matter(typed: str) -> None:
    """A person types what he sees."""
    assert parse_paper_key(typed) == SEED


@given(st.binary(min_size=32, max_size=32), st.data())
def test_every_wrong_letter_names_its_group(seed: bytes, data: st.DataObject) -> None:
    """Fourteen groups are a lot to compare again."""
    groups = format_paper_key(seed).split()
    place, letter = data.draw(st.integers(0, GROUPS - 1)), data.draw(st.integers(0, 4))
    other = data.draw(st.sampled_from([sign for sign in ALPHABET + "U*é" if sign != groups[place][letter]]))
    groups[place] = groups[place][:letter] + other + groups[place][letter + 1 :]
    error = _error(" ".join(groups))
    assert error.code == "paper.group"
    assert f"group {place + 1} of 14" in error.text


def test_every_wrong_letter_of_one_key_is_found() -> None:
    """All of them, not only those that a search happens on; without spaces too."""
    letters = "".join(PAPER.split())
    for place, right in enumerate(letters):
        for other in ALPHABET:
            if other != right:
                error = _error(letters[:place] + other + letters[place + 1 :])
                assert f"group {place // 5 + 1} of 14" in error.text


@given(st.binary(min_size=32, max_size=32), st.integers(0, GROUPS - 1), st.permutations(range(5)))
def test_two_letters_swapped_name_their_group(seed: bytes, place: int, order: list[int]) -> None:
    """The commonest slip after a wrong letter."""
    first, second = order[:2]
    groups = format_paper_key(seed).split()
    letters = list(groups[place])
    letters[first], letters[second] = letters[second], letters[first]
    if "".join(letters) != groups[place]:
        groups[place] = "".join(letters)
        assert f"group {place + 1} of 14" in _error(" ".join(groups)).text


@pytest.mark.parametrize("first", range(GROUPS))
def test_two_groups_swapped_are_found(first: int) -> None:
    """A line that the eye jumped to too early."""
    for second in range(first + 1, GROUPS):
        groups = PAPER.split()
        groups[first], groups[second] = groups[second], groups[first]
        assert f"group {first + 1} of 14" in _error(" ".join(groups)).text


@pytest.mark.parametrize("place", range(GROUPS))
def test_a_letter_lost_or_won_names_its_group(place: int) -> None:
    """The groups after it are right, and the person is told so by their not being named."""
    for changed in (PAPER.split()[place][:-1], PAPER.split()[place] + "Z"):
        groups = PAPER.split()
        groups[place] = changed
        assert f"group {place + 1} of 14" in _error(" ".join(groups)).text


@pytest.mark.parametrize(
    "typed", ["", " \n", PAPER.rsplit(maxsplit=1)[0], PAPER + " 00000", PAPER * 2, "0" * 69, "0" * 71, "x" * 100_000]
)
def test_a_wrong_number_of_groups_is_said(typed: str) -> None:
    """A second line that was forgotten."""
    assert _error(typed).code == "paper.length"


def test_groups_of_two_papers_do_not_mix() -> None:
    """Each group would be right by itself: the checksum over the whole finds it."""
    other = format_paper_key(bytes(range(1, 33))).split()
    groups = PAPER.split()
    assert _error(" ".join([*other[:1], *groups[1:]])).code == "paper.checksum"
    assert _error(" ".join([*groups[:13], other[13]])).code == "paper.checksum"
