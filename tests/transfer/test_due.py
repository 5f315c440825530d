"""What is due: every request's clocks by the profile, and alarms that no single clock shows."""

import pytest
from msgspec.structs import replace

from custody.transfer.deadlines import ClockState
from custody.transfer.due import by_request, dues_of, open_dues, rules_for
from custody.transfer.law_files import PROFILES, deadlines, shipped_profile
from schemas.text import format_time, parse_time
from tests.transfer.asking import Asking

LAW = deadlines()


def test_the_profile_says_which_clocks_run() -> None:
    """Eight hours and ten days are for different kinds of order."""
    emergency = Asking("emergency").received("2026-03-02T10:00:00Z").story("incoming", "received")
    keys = [rule.key for rule in rules_for(emergency, (shipped_profile("eu"),), LAW)]
    assert keys == ["eu.epoc.emergency", "eu.epoc.objection.emergency", "generic.respond-by"]


def test_a_request_may_name_a_deadline_itself() -> None:
    """A treaty of its own may set the term of one request."""
    story = Asking(deadlines=("coe.p2.art7",)).received("2026-03-02T10:00:00Z").story("incoming", "received")
    assert "coe.p2.art7" in {rule.key for rule in rules_for(story, (shipped_profile("generic"),), LAW)}


def test_the_first_to_end_is_listed_first() -> None:
    """Who looks at the list in the morning reads its first line."""
    late = Asking(request="r-9").received("2026-03-01T10:00:00Z").story("incoming", "received")
    soon = Asking("emergency", "r-5").received("2026-03-02T10:00:00Z").story("incoming", "received")
    found = dues_of([late, soon], (shipped_profile("eu"),), LAW, at=parse_time("2026-03-02T11:00:00Z"), country="FR")
    assert found[0].story.state.id == "r-5"
    assert set(by_request(found)) == {"r-5", "r-9"}


def test_preserved_data_that_nobody_asked_for_raise_an_alarm() -> None:
    """Law row B2: sixty days are there so that the request can be sent; afterwards the data are gone."""
    kept = Asking("preservation", "p-1", case="2026-1").drafted("2026-03-01T10:00:00Z").sent("2026-03-02T10:00:00Z")
    at = parse_time("2026-04-25T00:00:00Z")
    profile = (shipped_profile("coe"),)
    (alone,) = dues_of([kept.story()], profile, LAW, at=at, country="AL")
    assert alone.wants_attention
    assert alone.alarm == "no request for the preserved data has been sent"
    asked = Asking("mla", "m-1", case="2026-1").drafted("2026-04-01T10:00:00Z").sent("2026-04-02T10:00:00Z")
    (due,) = dues_of([kept.story(), asked.story()], profile, LAW, at=at, country="AL")
    assert due.alarm == ""


def test_a_draft_that_was_never_sent_does_not_silence_the_alarm() -> None:
    """A letter in a drawer keeps no data."""
    kept = Asking("preservation", "p-1", case="2026-1").drafted("2026-03-01T10:00:00Z").sent("2026-03-02T10:00:00Z")
    drawer = Asking("mla", "m-1", case="2026-1").drafted("2026-04-01T10:00:00Z").story(status="drafted")
    found = dues_of(
        [kept.story(), drawer], (shipped_profile("coe"),), LAW, at=parse_time("2026-04-25T00:00:00Z"), country="AL"
    )
    assert [due.alarm != "" for due in found] == [True]


def test_a_renewed_preservation_is_not_called_expired() -> None:
    """The renewal has its own clock; the old one would cry wolf for ever."""
    old = Asking("preservation", "p-1").drafted("2026-01-01T10:00:00Z").sent("2026-01-02T10:00:00Z")
    new = Asking("preservation", "p-2", renewal_of="p-1").drafted("2026-02-20T10:00:00Z").sent("2026-02-21T10:00:00Z")
    found = dues_of(
        [old.story(), new.story()], (shipped_profile("coe"),), LAW, at=parse_time("2026-04-01T00:00:00Z"), country="AL"
    )
    assert [(due.story.state.id, due.clock.state) for due in found] == [("p-2", ClockState.RUNNING)]


def test_what_is_only_asked_for_is_not_called_preserved() -> None:
    """Until the other side confirms it, nobody may rely on the date that the request names."""
    asked = Asking("preservation", "p-1", until="2026-12-05T00:00:00Z").drafted("2026-11-01T10:00:00Z")
    asked.sent("2026-11-02T10:00:00Z")
    at, profile = parse_time("2026-11-23T00:00:00Z"), (shipped_profile("generic"),)
    (due,) = dues_of([asked.story()], profile, LAW, at=at, country="AL")
    assert due.unconfirmed == "asked for, not confirmed"
    asked.answer_received("2026-11-10T10:00:00Z", "preserved", until="2026-12-05T00:00:00Z")
    (due,) = dues_of([asked.story(status="answered")], profile, LAW, at=at, country="AL")
    assert due.unconfirmed == ""
    asked.extended("2026-11-20T10:00:00Z", "2027-03-01T00:00:00Z")
    (due,) = dues_of([asked.story(status="answered")], profile, LAW, at=at, country="AL")
    assert format_time(due.clock.due) == "2027-03-01T00:00:00Z"
    assert due.unconfirmed == "asked for, not confirmed; confirmed until 2026-12-05T00:00:00Z"


def test_what_was_confirmed_is_watched_until_its_renewal_is_confirmed() -> None:
    """A renewal that nobody answered keeps no data: what counts is still the old date."""
    old = Asking("preservation", "p-1", until="2027-05-01T00:00:00Z").drafted("2026-01-01T10:00:00Z")
    old.sent("2026-01-02T10:00:00Z").answer_received("2026-01-10T10:00:00Z", "preserved", until="2027-05-01T00:00:00Z")
    new = Asking("preservation", "p-2", renewal_of="p-1", until="2027-08-01T00:00:00Z").drafted("2026-02-20T10:00:00Z")
    new.sent("2026-02-21T10:00:00Z")
    at, profile = parse_time("2026-04-01T00:00:00Z"), (shipped_profile("generic"),)
    found = dues_of([old.story(status="answered"), new.story()], profile, LAW, at=at, country="AL")
    assert [(due.story.state.id, bool(due.unconfirmed)) for due in found] == [("p-1", False), ("p-2", True)]
    new.answer_received("2026-03-01T10:00:00Z", "preserved", until="2027-08-01T00:00:00Z")
    found = dues_of([old.story(status="answered"), new.story(status="answered")], profile, LAW, at=at, country="AL")
    assert [(due.story.state.id, due.unconfirmed) for due in found] == [("p-2", "")]


def test_a_renewal_in_a_drawer_silences_nothing() -> None:
    """Whoever drafted it and went home has renewed nothing."""
    old = Asking("preservation", "p-1").drafted("2026-01-01T10:00:00Z").sent("2026-01-02T10:00:00Z")
    new = Asking("preservation", "p-2", renewal_of="p-1").drafted("2026-02-20T10:00:00Z")
    stories = [old.story(), new.story(status="drafted")]
    found = dues_of(stories, (shipped_profile("coe"),), LAW, at=parse_time("2026-04-01T00:00:00Z"), country="AL")
    assert [(due.story.state.id, due.clock.state) for due in found] == [("p-1", ClockState.EXPIRED)]


def epocpr(*extensions: tuple[str, str]) -> Asking:
    """A European Preservation Order that was received on 2 March, and prolonged at and until these times."""
    kept = Asking("preservation", "p-1", deadlines=("eu.epocpr",)).received("2026-03-02T10:00:00Z")
    for at, until in extensions:
        kept.extended(at, until)
    return kept


def test_an_order_is_prolonged_by_thirty_days_and_no_further() -> None:
    """Law row E2: whoever prolongs it to September has no data in July, and reads in the list why."""
    at, profile = parse_time("2026-05-20T00:00:00Z"), (shipped_profile("generic"),)
    short, long, most = "2026-05-15T00:00:00Z", "2026-09-01T00:00:00Z", "2026-06-01T00:00:00Z"
    for until, end in ((short, short), (long, most)):
        story = epocpr(("2026-04-20T10:00:00Z", until)).story("incoming", "received")
        due = dues_of([story], profile, LAW, at=at, country="FR")[0]
        assert (due.clock.rule.key, format_time(due.clock.due)) == ("eu.epocpr", end)
        assert (long in due.note) == (end < until)
    confirmed = epocpr(("2026-04-20T10:00:00Z", "2026-09-01T00:00:00Z"))
    confirmed.answered("2026-04-21T10:00:00Z", "preserved", until="2026-09-01T00:00:00Z")
    due = dues_of([confirmed.story("incoming", "answered")], profile, LAW, at=at, country="FR")[0]
    assert (format_time(due.clock.due), due.note) == ("2026-09-01T00:00:00Z", "")


def test_what_is_cut_short_says_as_well_what_is_not_known_of_its_days_of_rest() -> None:
    """Both are why the end may be another one; neither takes the other's place."""
    (rule,) = (rule for rule in LAW.deadlines if rule.key == "eu.epocpr")
    rolling = replace(rule, counting=replace(rule.counting, rest_days="next-working-day"))
    law = replace(LAW, deadlines=tuple(rolling if it is rule else it for it in LAW.deadlines))
    story = epocpr(("2026-04-20T10:00:00Z", "2026-09-01T00:00:00Z")).story("incoming", "received")
    at, profile = parse_time("2026-05-20T00:00:00Z"), (shipped_profile("generic"),)
    due = dues_of([story], profile, law, at=at, country="FR")[0]
    assert "prolonged until 2026-09-01" in due.note
    assert "public holidays of" in due.note


def test_an_order_whose_data_were_asked_for_is_kept_as_long_as_that_takes() -> None:
    """Law row E2: with a request for the data on record, the date to which it was prolonged is the one that counts."""
    kept = epocpr(("2026-04-20T10:00:00Z", "2026-09-01T00:00:00Z")).story("incoming", "received")
    asked = Asking("production", "r-2", follows="p-1").received("2026-04-20T10:00:00Z").story("incoming", "received")
    at, profile = parse_time("2026-05-20T00:00:00Z"), (shipped_profile("generic"),)
    due = dues_of([kept, asked], profile, LAW, at=at, country="FR")[0]
    assert (format_time(due.clock.due), due.note) == ("2026-09-01T00:00:00Z", "")


def test_a_request_that_follows_a_preservation_silences_its_alarm() -> None:
    """Law row B6: it says itself which preserved data it asks for, whoever has them."""
    kept = Asking("preservation", "p-1").drafted("2026-03-01T10:00:00Z").sent("2026-03-02T10:00:00Z").story()
    asked = Asking("mla", "m-1", follows="p-1").drafted("2026-04-01T10:00:00Z").sent("2026-04-02T10:00:00Z").story()
    at, profile = parse_time("2026-04-25T00:00:00Z"), (shipped_profile("coe"),)
    assert [due.alarm for due in dues_of([kept, asked], profile, LAW, at=at, country="AL")] == [""]


@pytest.mark.parametrize("name", PROFILES)
def test_the_date_that_a_preservation_names_is_watched_under_every_law(name: str) -> None:
    """Asked for until 5 December, it ends then, though a treaty would have kept it for sixty days."""
    kept = Asking("preservation", "p-1", until="2026-12-05T00:00:00Z").drafted("2026-11-01T10:00:00Z")
    story = kept.sent("2026-11-22T10:00:00Z").story()
    found = dues_of([story], (shipped_profile(name),), LAW, at=parse_time("2026-11-23T00:00:00Z"), country="AL")
    assert format_time(found[0].clock.due) == "2026-12-05T00:00:00Z"
    assert found[0].wants_attention


def test_seizing_is_asked_for_again_before_it_expires() -> None:
    """Law row C17: fifteen days before the end the list says so."""
    frozen = Asking("preservation", "f-1", until="2026-06-30T00:00:00Z").received("2026-03-02T10:00:00Z")
    story = frozen.story("incoming", "received")
    for at, wanted in (("2026-06-01T00:00:00Z", False), ("2026-06-20T00:00:00Z", True)):
        (due,) = dues_of([story], (shipped_profile("cn"),), LAW, at=parse_time(at), country="CN")
        assert due.wants_attention is wanted


def test_the_notice_that_a_freezing_is_lifted_is_due_in_three_days() -> None:
    """Law row C18: the clock starts with the withdrawal, and a closed request ends it."""
    frozen = Asking("preservation", "f-1").received("2026-03-01T00:00:00Z").withdrawn("2026-03-02T10:00:00Z")
    story = frozen.story("incoming", "withdrawn")
    (due,) = dues_of([story], (shipped_profile("cn"),), LAW, at=parse_time("2026-03-08T00:00:00Z"), country="CN")
    assert (due.clock.rule.key, due.clock.state) == ("cn.unfreeze", ClockState.OVERDUE)
    closed = frozen.closed("2026-03-03T10:00:00Z").story("incoming", "closed")
    dues = dues_of([closed], (shipped_profile("cn"),), LAW, at=parse_time("2026-03-08T00:00:00Z"), country="CN")
    assert open_dues(dues) == ()
    assert [due.clock.state for due in dues] == [ClockState.MET]
