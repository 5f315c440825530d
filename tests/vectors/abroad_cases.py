"""Steps 7, 11 and 12 under the gate: who is elsewhere by now, or belongs there, and what leaves by hand or on paper."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from schemas.text import parse_time
from tests.vectors.forge import Members
from tests.vectors.gate_cases import enrol
from tests.vectors.posts import DISPATCH, PAPER, Post
from tests.vectors.telling import Tell, change, enter, home
from tests.vectors.transfer_cases import LOST, RECALLED, RECEIPT

APART, MOVED, HOLDER, UNTOLD, ALONE = (
    "defect.agent-apart", "defect.agent-moved", "release.holder-abroad", "release.terms-untold", "defect.paper-alone",
)  # fmt: skip
HERE: dict[str, Any] = {"country": "XA", "roles": ("examiner",)}
ORGANISATION: dict[str, Any] = {"kind": "organisation", "roles": ()}


def _hand(post: Post, to: str, *, actor: str = "examiner-1", country: str = "XA", **offices: Any) -> None:
    post.act("custody.handed-over", {"purpose": "keeping", "to_country": country}, actor=actor, to=to, **offices)


# Who belongs to somebody abroad


def _belonging(person: Mapping[str, Any], *, later: bool = False, above: Mapping[str, Any] = {"country": "XB"}) -> Tell:
    """An expert of an institute gets EX-1; he is said to be of it when he is enrolled, or later."""

    def tell(post: Post) -> Members:
        enrol(post, "institute", {**ORGANISATION, **above})
        of_it = {"organisation": "institute"}
        enrol(post, "expert", {**HERE, **person, **({} if later else of_it)})
        if later:
            change(post, "expert", **of_it)
        _hand(post, "expert")
        return home(post)

    return tell


def _joining(post: Post) -> Members:
    """He is of this country, and becomes a member of an institute abroad, to which the bundle goes."""
    enrol(post, "expert", HERE)
    enrol(post, "institute", {**ORGANISATION, "country": "XB"})
    change(post, "institute", members_added=["expert"])
    _hand(post, "expert")
    post.consent(recipient="institute")
    return post.bundle("EX-1", to="institute")


def _moving(post: Post) -> Members:
    """He is of this country and a member of an institute that is said to be abroad since, and changes its name then."""
    enrol(post, "expert", HERE)
    enrol(post, "institute", {**ORGANISATION, "country": "XA", "members": ["expert"]})
    change(post, "institute", country="XB")
    change(post, "institute", name="institute of b")
    _hand(post, "expert")
    post.consent(recipient="institute")
    return post.bundle("EX-1", to="institute")


def _of_itself(post: Post) -> Members:
    enrol(post, "institute", {**ORGANISATION, "country": "XB"})
    change(post, "institute", country="XA", organisation="institute")
    return post.bundle("EX-1", to="institute")


def _of_what_moved(post: Post) -> Members:
    """A unit keeps it, of an organisation that is said to be abroad since."""
    enrol(post, "office", ORGANISATION)
    enrol(post, "keeper", HERE)
    enrol(post, "depot", {"kind": "unit", "members": ["keeper"], "organisation": "office", "roles": ()})
    _hand(post, "keeper", on_behalf_of={"keeper": "depot"})
    change(post, "office", country="XB")
    return home(post)


enter("agent-apart", "Somebody on record here gets it, of an institute abroad: a defect.", APART, _belonging({}))
enter("agent-apart-by-its-ledger", "The institute has no country, and another ledger.", APART,
       _belonging({}, above={"ledger": "b.example/main"}))  # fmt: skip
enter("agent-apart-said-later", "That he is of the institute is said later.", APART, _belonging({}, later=True))
enter("agent-apart-of-this-country", "The institute is of this country.", "", _belonging({}, above={"country": "XA"}))
enter("agent-apart-of-nowhere", "Of the institute nothing is on record.", "", _belonging({}, above={}))
enter("agent-apart-as-a-member", "The institute takes him in: a defect.", APART, _joining)
enter("agent-apart-as-its-institute-moved", "The institute of which he is a member is abroad since: a defect.",
       APART, _moving)  # fmt: skip
enter("agent-apart-of-itself", "What was abroad is said to be here, and to belong to itself.", MOVED, _of_itself)
enter("agent-apart-before", "A ledger from before asked nothing of that.", "", _belonging({}), gate="v1")
enter("organisation-moved", "The organisation of the unit that has it is abroad since: a defect.", MOVED,
       _of_what_moved)  # fmt: skip
enter("organisation-moved-before", "A ledger from before asked that of nobody who had no country.", "", _of_what_moved,
       gate="v1")  # fmt: skip


def _unit_of(country: str) -> Tell:
    """It is handed over for a unit of no country, whose organisation is abroad, and whose member is here."""

    def tell(post: Post) -> Members:
        enrol(post, "office", {**ORGANISATION, "country": country})
        enrol(post, "keeper", HERE)
        enrol(post, "depot", {"kind": "unit", "members": ["keeper"], "organisation": "office", "roles": ()})
        _hand(post, "keeper", on_behalf_of={"keeper": "depot"})
        return home(post)

    return tell


enter("gate-handed-to-a-unit-of-who-is-abroad", "It is handed to a unit whose organisation is abroad.",
       "release.consent-missing", _unit_of("XB"), step=11)  # fmt: skip
enter("gate-handed-to-a-unit-of-who-is-here", "It is handed to a unit whose organisation is here.", "",
       _unit_of("XA"))  # fmt: skip
enter("gate-v1-handed-to-a-unit-of-who-is-abroad", "In a ledger from before a unit has no country but its own.", "",
       _unit_of("XB"), gate="v1")  # fmt: skip


# Who sent something, and is abroad by now


def _sent(*acts: tuple[str, Mapping[str, Any]], actor: str = "keeper", then: Callable[[Post], object] | None = None,
          was_abroad: bool = False) -> Tell:  # fmt: skip
    """Somebody sends it to the ministry and is abroad by then or later; then acts of somebody follow."""

    def tell(post: Post) -> Members:
        enrol(post, "keeper", {**HERE, "country": "XB"} if was_abroad else HERE)
        if was_abroad:
            post.consent(recipient="keeper")
        _hand(post, "keeper")
        post.act("transfer.dispatched", {**DISPATCH, "to": "ministry"}, actor="keeper")
        if not was_abroad:
            change(post, "keeper", country="XB")
        for type, details in acts:
            post.act(type, details, actor=actor)
        if then:
            then(post)
        return home(post)

    return tell


RECALL, REFUSAL, ARRIVED = (
    ("transfer.recalled", RECALLED), ("transfer.receipt", {**RECEIPT, "outcome": "refused"}),
    ("transfer.receipt", RECEIPT),
)  # fmt: skip
enter("gate-recalled-by-who-moved", "Who sent it recalls it, and is abroad by then.", HOLDER, _sent(RECALL), step=11)
enter("gate-refused-to-who-moved", "It was refused, and who sent it and says so is abroad by then.", HOLDER,
       _sent(REFUSAL), step=11)  # fmt: skip
enter("gate-arrived-for-who-moved", "It has arrived, and who sent it and says so is abroad by then.", MOVED,
       _sent(ARRIVED))  # fmt: skip
enter("gate-recalled-for-who-moved", "A registrar here recalls it, and hands it on: he has it.", MOVED,
       _sent(RECALL, actor="registrar-1",
             then=lambda post: post.act("custody.moved", {"place": "Room 5", "to_country": "XA"},
                                        actor="registrar-1")))  # fmt: skip
enter("rule-recalled-for-who-moved", "Who sent it doesn't have it after that.", "rule.holder",
       _sent(RECALL, actor="registrar-1", then=lambda post: _hand(post, "examiner-1", actor="keeper")),
       step=7)  # fmt: skip
enter("rule-v1-recalled-for-who-moved", "In a ledger from before he has it again, and not the registrar.",
       "rule.holder",
       _sent(RECALL, actor="registrar-1", then=lambda post: _hand(post, "examiner-1", actor="registrar-1")), gate="v1",
       step=7)  # fmt: skip
enter("gate-recalled-by-who-was-abroad", "Who sent it was abroad when he did, and recalls it.", "",
       _sent(RECALL, was_abroad=True))  # fmt: skip
enter("gate-v1-recalled-by-who-moved", "A ledger from before asked nothing of that.", MOVED, _sent(RECALL), gate="v1")


def _given(**to: Any) -> Tell:
    """Somebody gives it away for good, is abroad since, and gets it back."""

    def tell(post: Post) -> Members:
        enrol(post, "keeper", HERE)
        _hand(post, "keeper")
        post.consent()
        details = {"reason": "end", "terms": "for-good", "to": "whoever", **to}
        post.act("exhibit.released", details, actor="keeper")
        change(post, "keeper", country="XB")
        post.act("exhibit.returned", {}, actor="keeper")
        return home(post)

    return tell


enter("gate-given-back-to-who-moved", "Who gave it away for good gets it back, and is abroad by then.", HOLDER,
       _given(to_country="XA"), step=11)  # fmt: skip
enter("gate-given-back-from-abroad", "It had gone abroad, and comes back to him there.", MOVED,
       _given(to_agent="b-police"))  # fmt: skip


# What leaves under conditions that its act can't carry


LIMITED = [{"before": False, "code": "use-limited"}]


def _under(*consents: list[dict[str, Any]] | None, is_print: bool = False) -> Tell:
    """It is given into a hand abroad, or a print of it is, under consents with conditions or without."""

    def tell(post: Post) -> Members:
        enrol(post, "keeper", {**HERE, "country": "XB"})
        for conditions in consents:
            post.consent(recipient="keeper", conditions=conditions)
        if is_print:
            post.annotate("access.logged", {"action": "exported", "agent": "keeper"}, actor="system")
        else:
            _hand(post, "keeper", country="XB")
        return home(post)

    return tell


enter("terms-untold", "It goes into a hand abroad, under a condition that no record puts to him: a defect.", UNTOLD,
       _under(LIMITED))  # fmt: skip
enter("terms-untold-of-a-print", "So does a print of it.", UNTOLD, _under(LIMITED, is_print=True))
enter("terms-untold-of-all-consents", "Each of two consents makes conditions.", UNTOLD, _under(LIMITED, LIMITED))
enter("terms-untold-of-one-consent", "One of two consents makes none, and one is enough.", "", _under(LIMITED, None))
enter("terms-untold-before", "A ledger from before asked nothing of that.", "", _under(LIMITED), gate="v1")


# What rests on paper, though a ledger could say so


def _on_paper(**authority: Any) -> Tell:
    def tell(post: Post) -> Members:
        enrol(post, "body", {**ORGANISATION, **authority})
        post.consent(authority="body", recipient="ministry", **PAPER)
        return home(post)

    return tell


enter("consent-on-paper-alone", "An authority abroad that keeps a ledger consents on paper: a defect.", ALONE,
       _on_paper(country="XB", ledger="b.example/main"))  # fmt: skip
enter("consent-on-paper-of-another-ledger", "So does one of which no country is on record.", ALONE,
       _on_paper(ledger="b.example/main"))  # fmt: skip
enter("consent-on-paper-of-no-ledger", "An authority abroad without a ledger can do no more.", "",
       _on_paper(country="XB"))  # fmt: skip
enter("consent-on-paper-of-this-country", "An authority here that keeps another ledger consents on paper.", "",
       _on_paper(country="XA", ledger="b.example/main"))  # fmt: skip
enter("consent-on-paper-alone-before", "In a ledger from before the gate that is a defect as well.", ALONE,
       _on_paper(country="XB", ledger="b.example/main"), gate=None)  # fmt: skip


# Clocks


def _decided(at: str, *acts: tuple[str, Mapping[str, Any]]) -> Tell:
    def tell(post: Post) -> Members:
        post.act("transfer.dispatched", {**DISPATCH, "to": "ministry"})
        for type, details in (*acts, ("transfer.receipt", {**RECEIPT, "decided_at": at})):
            post.act(type, details)
        return home(post)

    return tell


def _recorded(at: str) -> Tell:
    def tell(post: Post) -> Members:
        post.world.at = parse_time(at)
        return home(post)

    return tell


AHEAD, EARLY = "defect.recorded-ahead", "defect.receipt-early"
enter("receipt-early", "A receipt of a decision a year before the dispatch: of another parcel, a defect.", EARLY,
       _decided("2025-11-21T13:00:00Z"))  # fmt: skip
enter("receipt-early-after-a-loss", "It was reported lost in between: a defect all the same.", EARLY,
       _decided("2025-11-21T13:00:00Z", ("transfer.lost", LOST)))  # fmt: skip
enter("receipt-after-a-loss", "It was received before it was reported lost.", "defect.transfer-lost",
       _decided("2026-11-21T08:12:00Z", ("transfer.lost", LOST)))  # fmt: skip
enter("receipt-early-before", "In a ledger from before nothing is compared.", "", _decided("2025-11-21T13:00:00Z"),
       gate="v1")  # fmt: skip
enter("receipt-ahead", "A receipt of a decision later than it was recorded: a defect.", "defect.time-ahead",
       _decided("2027-11-21T13:00:00Z"))  # fmt: skip
enter("recorded-ahead", "Its newest entry was recorded two days after it is read: a defect.", AHEAD,
       _recorded("2026-12-03T00:00:00Z"))  # fmt: skip
enter("recorded-ahead-by-a-day", "Its newest entry was recorded less than a day after it is read.", "",
       _recorded("2026-12-01T23:00:00Z"))  # fmt: skip
