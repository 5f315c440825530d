"""Each format: its records are counted, its clear times are found, and what is unclear stays unknown."""

import json
from datetime import timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from custody.evidence.collected.formats import format_of
from tests.evidence.collected.counting import count, span, stated

SINGAPORE = timezone(timedelta(hours=8))
FIRST, LAST = "2026-01-01T00:00:00Z", "2026-11-21T12:23:00Z"


@pytest.mark.parametrize(
    "second",
    [
        b'{"timestamp":"2026-11-21T12:23:00.999Z"}',
        b'{"eventTime":"2026-11-21 20:23:00+08:00"}',
        b'{"Timestamp (UTC)":"2026-11-21 12:23:00"}',
        b'{"ts":1795263780}',
        b'{"time":"1795263780123"}',
        b'{"id":"2020-01-01T00:00:00Z","created_at":1795263780.5}',
    ],
)
def test_json_lines_are_dated_by_the_key_that_says_so(second: bytes) -> None:
    """Providers name and spell times differently; each of these has one meaning only."""
    found, details = count(b'\xef\xbb\xbf{"@timestamp":"2026-01-01T00:00:00Z"}\r\n\r\n' + second)
    assert (found, details["count"], span(details)) == ("json-lines", 2, (FIRST, LAST))
    assert "assumed" not in details


def test_a_time_without_zone_counts_only_where_a_zone_was_stated() -> None:
    """The same line means two moments in two countries: nobody but the one who signs can say which."""
    raw = b'{"time":"2026-01-01 08:00:00"}\n{"time":"2026-11-21 20:23:00"}\n'
    assert count(raw)[1] == {"count": 2, "undated": 2}
    _, details = count(raw, stated(SINGAPORE))
    assert (span(details), details["assumed"]) == ((FIRST, LAST), 2)


@pytest.mark.parametrize("moment", ["2026-10-25 02:30:00", "2026-03-29 02:30:00"], ids=["repeated", "skipped"])
def test_an_hour_that_the_clock_repeats_or_skips_is_not_guessed(moment: str) -> None:
    """Half past two was twice that night, or never."""
    raw = f'{{"time":"{moment}"}}\n{{"time":"2026-06-01 12:00:00"}}\n'.encode()
    _, details = count(raw, stated(ZoneInfo("Europe/Paris")))
    assert (details["undated"], details["assumed"]) == (1, 1)
    assert span(details) == ("2026-06-01T10:00:00Z",) * 2


@pytest.mark.parametrize(
    "value",
    [
        '"11/12/2026 10:00"',
        '"2026-02-30T00:00:00Z"',
        '"now"',
        "5",
        "true",
        "-1795263780",
        '"99999999999999999"',
        "{}",
    ],
)
def test_what_is_no_clear_time_is_none(value: str) -> None:
    """Day and month can be exchanged, and a number of odd length may be anything."""
    assert count(f'{{"time":{value}}}\n{{"time":""}}'.encode(), stated(SINGAPORE))[1]["undated"] == 2


def test_lines_that_are_no_objects_are_counted_apart() -> None:
    """What is not understood is said, never dropped."""
    deep = b"[" * 100_000
    raw = b"\n".join([b'{"a":1}', b'{"b":2}', b"[1]", b"{", deep, b'{"c":' + deep, b"\xff", b'{"d":NaN}'])
    assert count(raw)[1] == {"count": 2, "undated": 2, "unread": 6}


def test_a_line_without_end_costs_no_memory() -> None:
    """A hostile line of many megabytes is passed over, and the next one is read."""
    raw = b'{"a":1}\n{"b":"' + b"x" * (3 << 20) + b'"}\n{"c":3}\n'
    assert count(raw)[1] == {"count": 2, "undated": 2, "unread": 1}


def test_rows_of_a_table_are_counted_below_its_header() -> None:
    """A cell may hold line ends; a row of another number of cells is not one of the table."""
    raw = b'id;Date (UTC);text\r\n1;2026-01-01 00:00;"a\nb;c"\r\n2;2026-11-21 12:23:00;x\r\n3;4\r\n'
    found, details = count(raw, name=b"export.CSV")
    assert (found, details["count"], details["unread"], span(details)) == ("csv", 2, 1, (FIRST, LAST))


def test_day_and_clock_may_stand_in_two_columns() -> None:
    """Call records are written so."""
    raw = b"number,Time,Date\n1,08:00:00,2026-01-01\n2,20:23:00,2026-11-21\n"
    _, details = count(raw, stated(SINGAPORE), name=b"calls.csv")
    assert (span(details), details["assumed"]) == ((FIRST, LAST), 2)


@pytest.mark.parametrize("header", [b"start time,end time,created,timestamp,datetime", b"a,b,c,d,e"])
def test_with_several_times_in_a_row_none_is_chosen(header: bytes) -> None:
    """Which one would be the time of the record is for a person to say."""
    raw = header + b"\n" + b",".join([b"2026-01-01T00:00:00Z"] * 5) + b"\n"
    assert count(raw, name=b"x.csv")[1] == {"count": 1, "undated": 1}


@pytest.mark.parametrize("raw", [b'a,b\n"', b'a,b\n"1"x,2\n', b"a,b\n" + b'"' + b"x\n" * 200_000, b'a,"b'])
def test_broken_tables_end_in_numbers(raw: bytes) -> None:
    """A quotation mark that nobody closes must not swallow the memory, nor stop the registration."""
    assert "unread" in count(raw, name=b"x.csv")[1] or count(raw, name=b"x.csv")[1]["count"] == 1


def test_new_syslog_has_its_zone() -> None:
    """RFC 5424 section 6.2.3; a dash says that there is no time."""
    raw = (
        b"<34>1 2026-01-01T08:00:00.003+08:00 host app 1 ID47 - text\n"
        b'<165>1 2026-11-21T12:23:00Z host app - - [a@1 b="c"] text\n'
        b"<165>1 - host app - - - text\n<192>1 2026-11-21T12:23:00Z host app - - - priority\nstray\n"
    )
    found, details = count(raw)
    assert (found, span(details)) == ("syslog-5424", (FIRST, LAST))
    assert (details["count"], details["undated"], details["unread"]) == (3, 1, 2)


def test_old_syslog_has_neither_year_nor_zone() -> None:
    """RFC 3164 section 4.1.2: without a stated zone and period nobody knows when that was."""
    raw = b"<34>Jan  1 08:00:00 host app[1]: text\nNov 21 20:23:00 host app: text\n"
    assert count(raw) == ("syslog-3164", {"count": 2, "undated": 2})
    assert count(raw, stated(SINGAPORE))[1]["undated"] == 2
    _, details = count(raw, stated(SINGAPORE, "2025-12-01", "2026-11-30"))
    assert (span(details), details["assumed"]) == ((FIRST, LAST), 2)


def test_a_day_that_occurs_twice_in_the_period_has_no_year() -> None:
    """A period of two years holds most days twice."""
    raw = b"Feb 29 08:00:00 host app: x\nNov 21 20:23:00 host app: x\n"
    _, details = count(raw, stated(SINGAPORE, "2023-06-01", "2025-12-31"))
    assert (details["undated"], span(details)) == (1, ("2024-02-29T00:00:00Z",) * 2)


def test_syslog_of_new_systems() -> None:
    """What rsyslog writes into files today: RFC 3339, host, tag."""
    raw = b"2026-01-01T08:00:00.003124+08:00 host kernel: x\n2026-11-21T12:23:00Z host cron[7]: x\n"
    assert count(raw)[0] == "syslog-iso"
    assert span(count(raw)[1]) == (FIRST, LAST)


@pytest.mark.parametrize(
    "lines",
    [
        ["01/01/2026, 08:00 - A: x", "21/11/2026, 20:23 - A: y\nmore of it"],
        ["1/1/26, 8:00\u202fAM - A: x", "11/21/26, 8:23\u202fPM - A: y"],
        ["\u200e[01.01.26, 08:00:00] A: x", "\u200e[21.11.26, 20:23:00] A: y"],
        ["2026-01-01, 08:00 - A: x", "2026-11-21, 20:23 - A: y"],
    ],
)
def test_whatsapp_is_read_in_the_order_that_the_file_proves(lines: list[str]) -> None:
    """The phone's language decides which number is the day; a number above 12 gives it away."""
    raw = "\n".join(lines).encode()
    found, details = count(raw, stated(SINGAPORE))
    assert (found, span(details), details["assumed"]) == ("whatsapp-text", (FIRST, LAST), 2)
    assert count(raw)[1] == {"count": 2, "undated": 2}


@pytest.mark.parametrize(
    "dates", [("01/02/2026", "03/04/2026"), ("21/11/2026", "11/21/2026")], ids=["either order", "neither"]
)
def test_whatsapp_dates_that_prove_nothing_stay_unknown(dates: tuple[str, str]) -> None:
    """February or January: a guess would stand in a signed record."""
    raw = "\n".join(f"{date}, 20:23 - A: x" for date in dates).encode()
    assert count(raw, stated(SINGAPORE))[1] == {"count": 2, "undated": 2}


def test_access_logs_of_web_servers_are_counted() -> None:
    """What most hosting providers hand out; a user's name may hold a space."""
    raw = (
        b'203.0.113.7 - - [01/Jan/2026:08:00:00 +0800] "GET / HTTP/1.1" 200 512\n'
        b'host.example - user 77 [21/Nov/2026:07:23:00 -0500] "GET /a HTTP/2" 404 - "-" "agent"\n'
        b'203.0.113.7 - - [31/Feb/2026:08:00:00 +0800] "GET / HTTP/1.1" 200 512\nstray\n'
    )
    found, details = count(raw)
    assert (found, details["count"], details["undated"], details["unread"]) == ("access-log", 3, 1, 1)
    assert span(details) == (FIRST, LAST)


def _telegram(*messages: object) -> bytes:
    chats = {"list": [{"name": "c", "messages": list(messages[:1])}, {"messages": list(messages[1:])}]}
    return json.dumps({"about": 'a "messages": [', "chats": chats}, indent=1).encode()


def test_telegram_is_counted_wherever_its_messages_lie() -> None:
    """A whole account's export has many chats; a reply inside a message is no message of its own."""
    one = {"id": 1, "date": "x", "date_unixtime": "1767225600", "text_entities": [{"date": "1"}], "text": "\u2028}]\\"}
    two = {"id": 2, "date_unixtime": "1795263780", "reply": {"date_unixtime": "0"}, "from_id": "a" * 300}
    old = {"id": 3, "type": "message", "date": "2026-06-01T00:00:00"}
    found, details = count(_telegram(one, two, old))
    assert (found, details["count"], span(details)) == ("telegram-json", 3, (FIRST, LAST))
    assert details["undated"] == 1
    assert count(_telegram(one, two, old), stated(SINGAPORE))[1]["assumed"] == 1


def test_a_long_telegram_export_is_cut_into_pieces_without_loss() -> None:
    """Strings and numbers lie across the pieces in which the file is read."""
    messages = [{"id": n, "date_unixtime": str(1767225600 + n), "text": 'é"\\' * 50} for n in range(12_000)]
    raw = _telegram(*messages)
    assert len(raw) > 3 << 20
    assert count(raw)[1]["count"] == 12_000


@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw: raw[:-30],
        lambda raw: raw.replace(b"]", b"}", 1),
        lambda raw: raw + b'"',
        lambda raw: raw[:-2] + b',"x":' + b"[" * 10_000,
        lambda raw: raw[:-2] + b',"x":"' + b"y" * (6 << 20),
    ],
    ids=["cut", "brackets", "trailing", "deep", "long"],
)
def test_a_broken_telegram_export_is_counted_as_far_as_it_goes(spoil: object) -> None:
    """Broken evidence is evidence; that it is broken is said."""
    assert callable(spoil)
    details = count(spoil(_telegram({"date_unixtime": "1767225600"}, {"id": 2})))[1]
    assert details["unread"] == 1


MAIL = b"From: a@x.example\nTo: b@x.example\nSubject: s\nDate: %s\n\nDate: body\n\nFrom here\n"


def test_mail_is_dated_by_its_header() -> None:
    """A line of the body that looks like a field is none; a folded field goes on."""
    raw = (
        b"From a@x Mon\n" + MAIL % b"Thu, 1 Jan 2026\n 08:00:00 +0800 (SGT)" + b"\nFrom b@x Tue\n"
        b"" + MAIL % b"21 Nov 2026 12:23:00 -0000" + b"\n"
    )
    found, details = count(raw)
    # "From here" after an empty line begins a message in every mbox reader: writers must quote it.
    assert (found, details["count"], details["undated"], span(details)) == ("mbox", 4, 2, (FIRST, LAST))


@pytest.mark.parametrize(
    ("date", "moment"),
    [
        (b"Sat, 21 Nov 2026 12:23:00 GMT", LAST),
        (b"Sat, 21 Nov 2026 07:23:00 EST", LAST),
        (b"Sat, 21 Nov 2026 20:23:00", None),
        (b"Sat, 21 Nov 2026 20:23:00 CET", None),
        (b"yesterday", None),
        (b"Sat, 21 Nov 2026 12:23:00 GMT\nDate: Sat, 21 Nov 2026 12:23:00 GMT", None),
    ],
)
def test_a_message_without_a_clear_date_has_none(date: bytes, moment: str | None) -> None:
    """RFC 5322 section 4.3 defines few zones of letters; the others mean several things."""
    found, details = count(MAIL % date)
    assert found == "eml"
    assert details.get("first_at") == moment


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0" * 100,
        b"Dear Sir, hello",
        b"{",
        b"{}",
        b"From me",
        b"a,b\n1,2\n",
        b"<34>x",
        b"\x1f\x8b\x08",
        b"Note: x\n",
    ],
)
def test_other_files_are_of_no_format(raw: bytes) -> None:
    """What only resembles a format is left alone: a count of nonsense would look like a fact."""
    assert format_of(raw, b"notes.txt") is None
