"""Which law a request falls under: a treaty binds its members among each other, a country's own law whoever asks."""

from __future__ import annotations

import pytest

from custody.transfer.forum import forum_of, wanted_of
from custody.transfer.requests import names_of
from tests.world import World, settled


@pytest.mark.parametrize(
    ("country", "other", "name"),
    [
        ("FR", "DE", "eu"),
        ("FR", "CN", "generic"),
        ("CN", "FR", "cn"),
        ("US", "CN", "us"),
        ("CH", "TR", "coe"),
        ("CH", "US", "generic"),
        ("FR", None, "generic"),
        ("CN", None, "cn"),
        ("XA", "XB", "generic"),
    ],
)
def test_a_shared_law_holds_between_those_who_share_it(country: str, other: str | None, name: str) -> None:
    """A European order says nothing to a Chinese court, and Chinese law holds in China for everybody."""
    assert forum_of(country, other).name == name


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
