"""The text of a label has one spelling, and the code on it is read back by a scanner that we did not write."""

import re
from html import unescape
from io import BytesIO

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from custody.report.labels import LONGEST, Label, format_label, parse_label
from custody.report.labels_page import PrintedLabel, format_page, format_picture
from custody.report.safe_text import show
from schemas.errors import RecordError, UsageError
from schemas.text import check_number

HASH = "6f1c9b3d2a7e4f5081b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718"
LABEL = Label("evidence.police.example/main", "2026-0417", "EX-1", HASH)
TEXT = f"custody-label/v1:evidence.police.example/main:2026-0417:EX-1:{HASH}"


def _is_number(text: str) -> bool:
    try:
        check_number(text)
    except (RecordError, UnicodeEncodeError):
        return False
    return True


NUMBERS = st.text(min_size=1, max_size=40).filter(_is_number)


def test_a_label_is_written_as_the_specification_shows() -> None:
    """Another program must be able to print one, and to read ours."""
    assert format_label(LABEL) == TEXT
    assert parse_label(TEXT) == LABEL
    assert ":7%2F26:EX%20%C3%A9~1:" in format_label(Label("a", "7/26", "EX \u00e9~1", HASH))


@given(case=NUMBERS, exhibit=NUMBERS)
def test_every_number_comes_back(case: str, exhibit: str) -> None:
    """Offices number with slashes, spaces, colons and letters of every script."""
    label = Label("a.example/x", case, exhibit, HASH)
    assert parse_label(format_label(label)) == label


@pytest.mark.parametrize(
    "text",
    [
        "",
        "EX-1",
        f" {TEXT}",
        f"{TEXT} ",
        f"{TEXT}:",
        TEXT.upper(),
        TEXT.replace(":", ";"),
        TEXT.replace("custody-label", "custody-labels"),
        TEXT.replace("/v1", "/v01"),
        TEXT.replace("evidence", "Evidence"),
        TEXT.replace(HASH, HASH.upper()),
        TEXT[:-1],
        TEXT.replace("EX-1", ""),
        TEXT.replace("EX-1", "EX%2D1"),
        TEXT.replace("EX-1", "EX%2"),
        TEXT.replace("EX-1", "EX/1"),
        TEXT.replace("EX-1", "EX 1"),
        TEXT.replace("EX-1", "EX+1"),
        TEXT.replace("EX-1", "EX%2f1"),
        TEXT.replace("EX-1", "%00"),
        TEXT.replace("EX-1", "%C3"),
        TEXT.replace("EX-1", "%ED%A0%80"),
        TEXT.replace("EX-1", "\u00e9"),
        TEXT.replace("EX-1", "\ud800"),
        TEXT.replace("EX-1", "x" * 129),
        TEXT.replace("1", "\u0661"),
        TEXT.replace("main", "\x00"),
        "custody-label/v1:" * 100_000,
    ],
)
def test_every_other_spelling_is_refused(text: str) -> None:
    """A generous reader would let two labels mean one exhibit, and one label two."""
    with pytest.raises(UsageError) as caught:
        parse_label(text)
    assert caught.value.code == "label.text"


def test_a_label_of_a_later_version_is_told_apart() -> None:
    """'Use a newer program' is not 'this is a forgery'."""
    with pytest.raises(UsageError) as caught:
        parse_label(TEXT.replace("/v1:", "/v2:"))
    assert caught.value.code == "label.version"


@pytest.mark.parametrize(
    "label",
    [
        LABEL,
        Label("a.example/x", "\u6848\u4ef6 7/26", "EX:1", HASH),
        Label("a" * 255, "\u6848" * 42, "\u0628" * 64, HASH),
    ],
    ids=["usual", "escaped", "longest"],
)
def test_a_scanner_reads_the_picture(label: Label) -> None:
    """Zxing is what phones and hand scanners use; the longest label fits as well."""
    text = format_label(label)
    assert len(text) <= LONGEST
    with Image.open(BytesIO(format_picture(label, "png"))) as image:
        (found,) = zxingcpp.read_barcodes(image.convert("L"))
    assert found.text == text
    assert parse_label(found.text) == label


def test_a_scratched_code_is_still_read() -> None:
    """Labels live on cardboard boxes: level M restores some fifteen percent."""
    with Image.open(BytesIO(format_picture(LABEL, "png"))) as picture:
        image = picture.convert("L")
    # A scratch through the data, clear of the three corners by which a code is found.
    image.paste(255, (image.width // 2, image.height // 2, image.width * 3 // 5, image.height * 3 // 5))
    (found,) = zxingcpp.read_barcodes(image)
    assert found.text == TEXT


def test_the_page_runs_and_fetches_nothing() -> None:
    """It is printed by whoever opens it, and its words come from strangers."""
    evil = Label("a", "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>\u202e', HASH)
    page = format_page([PrintedLabel(evil, (("what", show("<b>\u202eexe.jpg")),)), PrintedLabel(LABEL, ())]).decode()
    assert re.findall(r"<(?:script|img)\b", page) == []
    assert "&lt;script&gt;" in page
    assert "&lt;b&gt;" in page
    assert "\u202e" not in page
    assert page.count("<article>") == page.count("<svg") == 2
    assert re.findall(r"(?:src|href|url)\s*[=(]", page.replace("src=x onerror", "")) == []
    assert "default-src 'none'; style-src 'sha256-" in unescape(page)
    assert HASH[:8] in page


def test_a_label_is_the_same_every_time() -> None:
    """A second copy of a label must not look like another one."""
    assert format_picture(LABEL, "svg") == format_picture(LABEL, "svg")
    assert format_page([PrintedLabel(LABEL, ())]) == format_page([PrintedLabel(LABEL, ())])
