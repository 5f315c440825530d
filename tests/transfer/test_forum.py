"""Which law a request falls under: a treaty binds its members among each other, a country's own law whoever asks."""

from __future__ import annotations

from typing import Any

import pytest

from custody.transfer.forum import apostille_between, forums_of, shared_by, wanted_of
from custody.transfer.law_files import PROFILES, memberships, shipped_profile
from custody.transfer.requests import names_of
from schemas import canonical
from schemas.errors import RecordError
from schemas.law import Memberships, cite
from schemas.types import is_set
from tests.world import World, settled


@pytest.mark.parametrize(
    ("country", "other", "names"),
    [
        ("FR", "DE", ("eu",)),
        ("FR", "GB", ("coe",)),
        ("GB", "FR", ("coe",)),
        ("FR", "DK", ("coe",)),
        ("CH", "TR", ("coe",)),
        ("CH", "US", ("coe",)),
        ("FR", "CN", ("generic",)),
        ("CN", "FR", ("cn",)),
        ("US", "FR", ("us", "coe")),
        ("US", "CN", ("us",)),
        ("JP", "RS", ("coe",)),
        ("AZ", "QA", ("generic",)),
        ("FR", "FR", ("generic",)),
        ("FR", None, ("generic",)),
        ("CN", None, ("cn",)),
        ("XA", "XB", ("generic",)),
    ],
)
def test_a_shared_law_holds_between_those_who_share_it(country: str, other: str | None, names: tuple[str, ...]) -> None:
    """The closest instrument in force that binds both, beside a country's own law, which holds for whoever asks."""
    found = forums_of(country, other)
    assert tuple(forum.profile.name for forum in found) == names
    assert [forum.is_fallback for forum in found] == [name == "generic" for name in names]


def test_where_no_law_is_known_it_is_said() -> None:
    """Standards look like law to whoever doesn't know better."""
    (forum,) = forums_of("FR", "CN")
    assert forum.text == "generic: no law of FR and CN is known here; standards are applied, which bind nobody"
    (forum,) = forums_of("FR", None)
    assert "a country that is not on record" in forum.text


def test_a_membership_is_cited_with_the_worse_known_side() -> None:
    """France was read in a list, Senegal in none: the pair is as well known as Senegal is."""
    (known,), (unknown,) = forums_of("FR", "JP"), forums_of("FR", "SN")
    assert "by a secondary source (row B1)" in known.text
    assert "unconfirmed, to be checked before it is relied on" in unknown.text


def test_what_is_not_in_force_is_named_and_not_applied() -> None:
    """Rows B7 and U1: Japan and Serbia ratified a protocol that needs five."""
    shared = [(instrument.key, instrument.in_force) for instrument, _ in shared_by("JP", "RS")]
    assert shared == [("cets-224", False), ("ets-185", True), ("apostille", True)]
    assert [(instrument.key, instrument.in_force) for instrument, _ in shared_by("AZ", "QA")] == [("un-2024", False)]


def test_an_apostille_counts_between_parties_and_says_nothing_of_requests() -> None:
    """Row C9: China is a party, so that law is named; by which law a request is looked at doesn't change."""
    assert [instrument.key for instrument, _ in shared_by("FR", "CN")] == ["apostille"]
    assert apostille_between("CN", "FR") is not None
    assert (apostille_between("AF", "FR"), apostille_between("FR", "FR")) == (None, None)
    assert "not between China and India" in getattr(apostille_between("IN", "CN"), "text", "")


def test_every_instrument_names_a_profile_that_is_shipped_and_every_member_a_source() -> None:
    """A list of parties without a source is hearsay."""
    for instrument in memberships().instruments:
        assert not is_set(instrument.profile) or instrument.profile in PROFILES
        assert cite(instrument.source)
        assert all(group.countries and group.source.row for group in instrument.members)


@pytest.mark.parametrize(
    "change",
    [
        {"members": [{"countries": ["FR", "DE"], "source": {"mark": "M", "row": "B1", "text": "x"}}]},
        {"members": [{"countries": ["FR"], "source": {"mark": "M", "row": "B1", "text": "x"}}] * 2},
        {"members": []},
        {"members": [{"countries": ["France"], "source": {"mark": "M", "row": "B1", "text": "x"}}]},
        {"members": [{"countries": ["FR"]}]},
        {"since": "2026-08-18"},
        {"profile": "No Token"},
    ],
)
def test_a_list_of_members_that_is_wrong_is_refused(change: dict[str, Any]) -> None:
    """Out of order, twice, nobody, no country, no source, a field too many."""
    source = {"mark": "M", "row": "B1", "text": "x"}
    plain = {
        "in_force": True, "key": "x", "members": [{"countries": ["DE", "FR"], "source": source}], "source": source,
        "title": "x",
    }  # fmt: skip
    schema = {"schema": "custody-memberships/v1"}
    good = canonical.encode({"instruments": [plain], **schema})
    assert canonical.decode(good, Memberships, maximum=10_000).instruments[0].source_of("FR") is not None
    with pytest.raises(RecordError, match=r"record\.malformed"):
        canonical.decode(canonical.encode({"instruments": [plain | change], **schema}), Memberships, maximum=10_000)
    with pytest.raises(RecordError, match=r"record\.malformed"):
        canonical.decode(canonical.encode({"instruments": [plain, plain], **schema}), Memberships, maximum=10_000)


@pytest.fixture
def world() -> World:
    """A ledger of a country without a profile, and an authority in China."""
    made = settled(World())
    made.enrol("justice-cn", (), kind="organisation", country="CN")
    made.enrol("nowhere", (), kind="organisation")
    return made


def test_what_goes_out_is_read_where_it_arrives(world: World) -> None:
    """A request to China states what China wants, and what this side wants of itself."""
    with world.store.read() as reader:
        view = reader.view()
        outgoing = wanted_of(view, frozenset(), kind="mla", direction="outgoing", peer="justice-cn")
        incoming = wanted_of(view, frozenset(), kind="mla", direction="incoming", peer="justice-cn")
    assert {"connection", "translation", "reciprocity", "legal-basis"} <= {item.name for item in outgoing}
    assert {"connection", "translation"}.isdisjoint({item.name for item in incoming})


@pytest.mark.parametrize("kind", ["mla", "production"])
def test_what_goes_out_is_translated_where_the_own_law_says_so(kind: str) -> None:
    """Judicial Assistance Law of the PRC art. 10: a request of China comes with one in the language of the asked."""
    asked = shipped_profile("cn").required(kind, "outgoing")
    assert [item.source.text[-7:] for item in asked if item.name == "translation"] == ["art. 10"]


def test_the_better_known_law_is_named(world: World) -> None:
    """Of two laws that want the purpose, the one whose text was read is told."""
    with world.store.read() as reader:
        found = wanted_of(reader.view(), frozenset(), kind="mla", direction="outgoing", peer="justice-cn")
    purpose = next(item for item in found if item.name == "purpose")
    assert (purpose.source.mark, purpose.source.row) == ("T", "C13")


def test_an_authority_without_a_country_adds_nothing(world: World) -> None:
    """Nobody knows which law it reads a request by."""
    with world.store.read() as reader:
        found = wanted_of(reader.view(), frozenset(), kind="mla", direction="outgoing", peer="nowhere")
    assert {item.name for item in found} == {"authority", "facts", "legal-basis", "offence", "purpose"}


def test_a_statement_counts_wherever_it_stands() -> None:
    """The period, the offence, the wished deadline and the papers have places of their own."""
    details = {
        "documents": ["ab" * 32], "fields": [{"name": "facts", "value": "x"}], "offences": [{"country": "XA"}],
        "period": {"first": "a", "last": "b"}, "respond_by": None,
    }  # fmt: skip
    assert names_of(details) == {"facts", "legal-documents", "offence", "period"}
