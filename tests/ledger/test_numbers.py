"""Numbers that a clerk can read out, and that nobody takes for another."""

import pytest

from custody.ledger.numbers import check_writable_number, fold_agent, fold_number
from schemas.errors import CustodyError
from tests.world import World

CASE = "2026-0417"


@pytest.mark.parametrize("number", ["EX-1", "2026/0417 A", "案件-7", "قضية-٣", "Прил-2", "é-1", "क्‍ष-1", "𠮷-1"])
def test_numbers_of_any_script_are_taken(number: str) -> None:
    """Cases are numbered in every language."""
    check_writable_number(number)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("", "text.number"),
        ("a\nb", "text.number"),
        ("a" * 129, "text.number"),
        ("e\u0301-1", "number.form"),
        (" EX-1", "number.form"),
        ("EX-1 ", "number.form"),
        ("EX  1", "number.form"),
        ("EX\u200b1", "number.invisible"),
        ("EX\u202e1", "number.invisible"),
        ("EX\u00ad1", "number.invisible"),
        ("EX\u200d1", "number.invisible"),
        ("EX\u00a01", "number.invisible"),
        ("EX\ufe0f1", "number.invisible"),
        ("EX\u31641", "number.invisible"),
        ("EX\ue0001", "number.invisible"),
        ("EX\U000e00411", "number.invisible"),
        ("EX\u03781", "number.invisible"),
    ],
)
def test_what_cannot_be_read_is_refused(number: str, code: str) -> None:
    """Two numbers that print alike lead two people to two exhibits."""
    with pytest.raises(CustodyError) as caught:
        check_writable_number(number)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("first", "second"),
    [("EX-1", "ex-1"), ("EX-1", "EX\u20111"), ("EX-1", "EX\u20131"), ("EX-1", "\uff25\uff38-1"), ("EX-2", "EX-²"),
     ("straße", "STRASSE"), ("क्ष", "क्\u200dष")],
)  # fmt: skip
def test_confusable_numbers_fold_to_one(first: str, second: str) -> None:
    """Equal after NFKC, case folding and one kind of hyphen."""
    assert fold_number(first) == fold_number(second)


def test_plain_numbers_stay_apart() -> None:
    """The net must not catch what a person tells apart."""
    numbers = ["EX-1", "EX-2", "EX1", "EX-11", "EX.1", "EX_1"]
    assert len({fold_number(number) for number in numbers}) == len(numbers)


def test_a_confusable_number_is_refused_in_its_case_only(world: World) -> None:
    """`EX-1` and `ex-1` are one exhibit to everybody but a computer; in another case they are another matter."""
    world.register(CASE, "EX-1", actor="examiner-1")
    with pytest.raises(CustodyError, match="mistaken") as caught:
        world.register(CASE, "ex–1", actor="examiner-1")
    assert caught.value.code == "number.confusable"
    world.open_case("other")
    world.register("other", "ex-1", actor="examiner-1")
    with pytest.raises(CustodyError, match="mistaken"):
        world.open_case("OTHER")


def test_confusable_numbers_within_a_batch_are_refused(world: World) -> None:
    """A list of items is typed in one evening, and so are its mistakes."""
    batch = [world.sign(world.registration(CASE, number, actor="examiner-1")) for number in ("A-1", "A-2", "a-1")]
    with pytest.raises(CustodyError, match="event 3 of the batch") as caught:
        world.append(*batch)
    assert caught.value.code == "number.confusable"


def test_a_voided_number_stays_used(world: World) -> None:
    """A number that meant two things is of no use in court."""
    world.register(CASE, "EX-1", actor="examiner-1")
    world.act("exhibit.voided", CASE, "EX-1", {"reason": "typo"}, actor="examiner-1", registrar="registrar-1")
    with pytest.raises(CustodyError) as caught:
        world.register(CASE, "EX-1", actor="examiner-1")
    assert caught.value.code == "rule.exhibit-exists"


def test_two_exhibits_never_share_one_full_name(world: World) -> None:
    """`2026/7/1` in every list and report: exhibit 1 of case 2026/7, or exhibit 7/1 of case 2026."""
    for case in ("2026", "2026/7", "2026/7/8"):
        world.open_case(case)
    world.register("2026", "7/1", actor="examiner-1")
    with pytest.raises(CustodyError, match="found '2026/7/1' for '7/1' of '2026' too") as caught:
        world.register("2026/7", "1", actor="examiner-1")
    assert caught.value.code == "number.ambiguous"
    world.register("2026/7", "2", actor="examiner-1")
    batch = [
        world.sign(world.registration(*place, actor="examiner-1")) for place in (("2026/7/8", "9"), ("2026/7", "8/9"))
    ]
    with pytest.raises(CustodyError, match="event 2 of the batch") as caught:
        world.append(*batch)
    assert caught.value.code == "number.ambiguous"


@pytest.mark.parametrize("other", ["exam-l", "exam_1", "exam.1", "exarn-1"])
def test_an_agent_that_reads_like_another_folds_like_it(other: str) -> None:
    """Every page shows ids, and whoever enrols chose his own."""
    assert fold_agent(other) == fold_agent("exam-1")


@pytest.mark.parametrize("other", ["exam-2", "exam-11", "exan-1", "xam-1"])
def test_an_agent_that_reads_otherwise_folds_otherwise(other: str) -> None:
    """A warning that comes always is read by nobody."""
    assert fold_agent(other) != fold_agent("exam-1")
