"""Nobody can write into a record what the report says itself: that a court had it erased, that it was corrected."""

import pytest

from custody.report import marks
from custody.report.basis import Basis
from custody.report.document import make_document
from custody.report.html_report import format_html
from custody.report.safe_text import show
from custody.report.words import format_value
from tests.report.stories import PHONE, Told, bundle_of, text_of, verified
from tests.world import World, settled

CORRECTED = "laptop, kind computer; CORRECTED by reg in entry 3: gun (reason: slip)"
ERASED = "(erased by order, entry 7)"


def _told(description: str) -> Told:
    world = settled(World(seed="imitated"))
    world.register(*PHONE, actor="examiner-1", description=description, place=description)
    return bundle_of(world, PHONE)


@pytest.mark.parametrize("text", [ERASED, CORRECTED, "(withheld: secret)"])
def test_a_recorded_text_that_reads_as_a_mark_stands_in_quotes(text: str) -> None:
    """A judge would be told that a court ordered an erasure, or that a registrar corrected a record."""
    told = _told(text)
    report = " ".join(text_of(told.bundle, told.trust).split())
    assert f'what it is: "{text}", kind' in report
    assert f'place: "{text}"' in report
    outcome = verified(told.bundle, told.trust)
    page = format_html(make_document(outcome.report, outcome.verified, Basis("b.zip", "t.json", told.trust))).decode()
    assert f"<bdi>&#34;{text}&#34;, kind" in page
    assert f"<bdi>&#34;{text}&#34;</bdi>" in page
    assert f"<bdi>{text}" not in page


@pytest.mark.parametrize("mark", marks.MARKS)
def test_every_mark_is_known_however_it_is_spaced(mark: str) -> None:
    """White space is drawn alike, and a page draws many as one."""
    for text in (mark, f"a {mark} b", mark.replace(" ", "\u00a0"), mark.replace(" ", "   "), mark.upper()):
        assert show(text).startswith('"')
        assert show(text).endswith('"')


@pytest.mark.parametrize(
    "text",
    [
        "(Erased By order, entry 7)", "\uff08erased by order\uff09", "\u2768withheld)", "(with\ufe00held)",
        "(w\u0456thheld)", "C\u041eRRECTED by reg", "C\u200dORRECTED by reg", "CORRECTED BY reg", "( withheld )",
    ],
)  # fmt: skip
def test_what_looks_like_a_mark_is_quoted_too(text: str) -> None:
    """A reader sees no difference between these and the report's own words."""
    assert show(text).startswith('"')


@pytest.mark.parametrize(
    "text",
    ["erased by order of the court", "passport withheld", "spelling corrected by the owner", 'the "red" phone', "(w)"],
)
def test_other_texts_stand_as_they_are(text: str) -> None:
    """Quotes tell that a text imitates a mark, so they stand nowhere else."""
    assert show(text) == text


def test_no_two_texts_are_shown_alike() -> None:
    """Who writes quotes himself gets them escaped, and a backslash before them doubled."""
    texts = ["(withheld)", '"(withheld)"', '\\"(withheld)\\"', '(withheld)"', '(withheld)\\"', "(withheld)\\"]
    assert len({show(text) for text in texts}) == len(texts)
    assert show('a\\ "(withheld)') == '"a\\\\ \\"(withheld)"'


def test_a_value_of_several_parts_makes_no_mark_of_them() -> None:
    """The colon after a name is ours, and the name isn't."""
    assert format_value({"VERDICT": "PASSED"}) == '"VERDICT:" PASSED'
