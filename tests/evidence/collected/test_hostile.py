"""Whatever bytes follow a beginning that looks familiar: the readers end, with numbers that add up."""

from datetime import timedelta, timezone
from io import BytesIO

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from custody.evidence.collected.formats import FORMATS, Format, format_of
from custody.evidence.collected.tally import Stated, Tally
from custody.evidence.collected.times import read_mail_date, read_time
from tests.evidence.collected.counting import stated

BEGINNINGS = {
    "access-log": b'h - - [01/Jan/2026:08:00:00 +0800] "GET',
    "csv": b"id,time,text\n",
    "eml": b"From: a\nTo: b\nSubject: c\nDate: ",
    "json-lines": b'{"time":"2026-01-01T00:00:00Z"}\n{"time":',
    "mbox": b"From a\nDate: ",
    "syslog-3164": b"Nov 21 20:23:00 h x\n",
    "syslog-5424": b"<34>1 - h a - - - x\n<1>1 ",
    "syslog-iso": b"2026-01-01T08:00:00Z h a: x\n",
    "telegram-json": b'{"messages": [{"date_unixtime":"1767225600"},',
    "whatsapp-text": b"01/01/2026, 08:00 - A: x\n",
}
# Bytes that mean something to one of the readers, so that chance finds the corners.
PIECES = st.lists(
    st.sampled_from(
        [
            *(b"\n", b"\r\n", b"\r", b'"', b"'", b",", b":", b"{", b"}", b"[", b"]", b"\\", b"\0", b"\xff", b" ", b"-"),
            *(
                b"\xef\xbb\xbf",
                b"\xe2\x80\xaf",
                b"\xd9\xa1",
                b"From ",
                b"Date: ",
                b"Feb 29 25:61:61 h ",
                b"<999>",
                b"12",
            ),
            *(b"99999999999999999999", b"2026-13-01T00:00:00Z", b"0001-01-01T00:00:00+23:59", b"9999-12-31T23:59:60Z"),
            *(
                b"9999-12-31T23:59:59-23:59",
                b"2026-01-01T00:00:00+99:99",
                b"[31/02/0000, 13:99 PM] ",
                b"1e400",
                b"null",
            ),
            *(b'"messages":', b'"date":', b'"date_unixtime":', b'"1795263780"', b"\xed\xa0\x80", b"\\ud800", b"NaN"),
            *(b'[31/Dec/9999:23:59:59 -9959] "', b"[01/Jan/0000:24:00:00 +0000] "),
        ]
    ),
    max_size=40,
).map(b"".join)
SAID = (Stated(), stated(timezone(timedelta(hours=-23, minutes=-59)), "0001-01-02", "9999-12-30"))


@pytest.mark.parametrize("kind", FORMATS, ids=lambda item: item.name)
@given(rest=PIECES | st.binary(max_size=200), said=st.sampled_from(SAID))
@example(rest=b'"\\', said=SAID[0])
@example(rest=b"\0" * 100, said=SAID[1])
def test_every_reader_ends_with_numbers_that_add_up(kind: Format, rest: bytes, said: Stated) -> None:
    """A log that stops a registration would be a way to keep evidence out."""
    tally = Tally(said)
    kind.read(BytesIO(BEGINNINGS[kind.name] + rest), tally)
    assert 0 <= tally.undated <= tally.count
    assert 0 <= tally.assumed <= tally.count - tally.undated
    assert (tally.first is None) == (tally.last is None) == (tally.undated == tally.count)
    assert tally.first is None or tally.last is None or tally.first <= tally.last
    tally.details()


@given(head=PIECES | st.binary(max_size=300), start=st.sampled_from(sorted(BEGINNINGS.values())))
def test_telling_the_format_of_anything_is_safe(head: bytes, start: bytes) -> None:
    """Every file of an exhibit is looked at, and most of them are something else."""
    for raw in (head, start + head):
        for name in (b"x", b"x.csv", b"x.jsonl", b"\xff.TSV"):
            format_of(raw, name)


@given(text=st.text(max_size=60) | PIECES.map(lambda raw: raw.decode("utf-8", "replace")))
def test_no_text_breaks_the_reading_of_times(text: str) -> None:
    """What is read is a time that exists, or nothing."""
    read_time(text)
    read_mail_date(text)


@example(value=10**400)
@example(value=-(10**400))
@example(value=1e308)
@given(value=st.integers() | st.floats(allow_nan=True) | st.booleans() | st.none())
def test_no_number_breaks_the_reading_of_times(value: object) -> None:
    """JSON has numbers of every size."""
    read_time(value)
