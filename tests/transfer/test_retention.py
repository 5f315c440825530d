"""How long logs stay: a last safe date where the law names one, and no comfort where it doesn't."""

from custody.transfer.law_files import retention
from custody.transfer.retention import last_safe_date, warn_retention
from schemas.text import format_time, parse_time

FROM = parse_time("2026-01-31T10:00:00Z")


def _warn(country: str, type: str, at: str) -> str:
    (found,) = warn_retention(retention(), country=country, type=type, data_from=FROM, at=parse_time(at))
    return f"{'gone' if found.is_gone else 'there'}: {found.text}"


def test_the_last_safe_date_is_the_earliest_reading() -> None:
    """Law row C23: six months from 31 January are over on 30 July by the strictest count, at the hour."""
    (row,) = [item for item in retention().rows if (item.country, item.type) == ("CN", "log")]
    found = last_safe_date(row, FROM)
    assert found is not None
    assert format_time(found) == "2026-07-30T10:00:00Z"


def test_logs_that_are_about_to_go_are_counted_in_days() -> None:
    """Who asks has to know how long the letter may take."""
    text = _warn("CN", "log", "2026-07-20T10:00:00Z")
    assert text.startswith(
        "there: data of the type 'log' in CN: kept until 2026-07-30 at the least, 10 days from now; Cybersecurity Law"
    )
    assert "(row C23)" in text


def test_logs_past_their_time_may_be_gone() -> None:
    """The first records go first."""
    assert _warn("CN", "log", "2026-08-01T00:00:00Z").startswith(
        "gone: data of the type 'log' in CN: the oldest records may have been gone"
    )


def test_an_unconfirmed_row_says_that_it_is() -> None:
    """A number from general knowledge must never read like the law."""
    assert "unconfirmed, to be checked before it is relied on" in _warn("US", "log", "2026-03-01T00:00:00Z")


def test_what_a_duty_hangs_on_is_told_beside_its_date() -> None:
    """In France traffic data stay for a year only while a decree orders it: a date alone would lull."""
    for at in ("2026-03-01T00:00:00Z", "2027-03-01T00:00:00Z"):
        assert "only while a decree, renewed each year, orders it; French code" in _warn("FR", "traffic", at)


def test_where_nothing_is_known_nothing_is_assumed() -> None:
    """No duty to keep means: ask at once."""
    for country, type in (("XA", "log"), ("US", "log"), ("GB", "traffic")):
        assert _warn(country, type, "2026-02-01T00:00:00Z").startswith("gone: ")
