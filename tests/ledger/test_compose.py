"""Events out of plain values: every private value becomes a commitment, and nothing is invented."""

from datetime import UTC, datetime
from typing import Any

import pytest

from custody.ledger.compose import Anchor, compose, link_after
from custody.verify.evidence.places import places_of
from custody.verify.fold.fold import commitments_in
from keys.private.signing import join_signatures
from schemas import canonical
from schemas.content import content_of
from schemas.errors import RecordError, UsageError
from schemas.event import Signer
from schemas.private import parse_disclosure
from tests.world import ORIGIN, START, World, settled


def _registration(world: World, **details: Any) -> Any:
    return world.registration("2026-0417", "EX-1", actor="examiner-1", **details)


def test_no_private_value_stands_in_the_event() -> None:
    """A name in a signed record can't be taken back, by any court's order."""
    secrets = ["Müller", "third drawer", "IMEI 35-209900"]
    composed = _registration(
        World(),
        seized_from=secrets[0],
        place=secrets[1],
        identifiers=secrets[2],
        files={"Müller's diary.txt": b"x"},
        acquisition={"method": "logical", "tool": "third drawer", "version": "1"},
    )
    raw = composed.event.raw.decode()
    assert not any(secret in raw for secret in [*secrets, "diary"])
    assert sum(secret in str(item.value) for item in composed.disclosures for secret in secrets) == 5


def test_every_commitment_has_a_disclosure_at_its_own_place() -> None:
    """A value without its place would be claimed for another field."""
    composed = _registration(World(), files={"a": b"1", "b": b"2"}, place="room 4")
    places = places_of(composed.event)
    assert {item.commitment: item.path for item in composed.disclosures} == places
    assert sorted(places.values()) == ["/details/description", "/details/place", "/path", "/path"]
    assert len(places) == len(commitments_in(composed.event.raw))


def test_salts_and_nonces_are_fresh() -> None:
    """Equal values under equal salts would show that they are equal."""
    world = World()
    first, second = _registration(world), _registration(world)
    assert first.event.hash != second.event.hash
    assert {item.text for item in first.disclosures}.isdisjoint(item.text for item in second.disclosures)


def test_disclosures_read_back_as_they_were_given() -> None:
    """The form of the value is part of what is committed to."""
    composed = _registration(World(), identifiers=["a", {"b": 1, "c": True}])
    values = {item.path: parse_disclosure(item.text).value for item in composed.disclosures}
    assert values["/details/identifiers"] == ["a", {"b": 1, "c": True}]


def test_a_record_that_is_made_already_is_taken_over() -> None:
    """The intake hashes and discloses a million files by itself."""
    content = content_of([])
    composed = _registration(World(), content=content, nature="data", kind="directory")
    assert composed.event.details.content == content


@pytest.mark.parametrize(
    ("details", "kind", "code"),
    [
        ({"descripton": "typo"}, UsageError, "compose.field"),
        ({"acquisition": {"method": "logical", "tool": "t", "version": "1", "os": "x"}}, UsageError, "compose.field"),
        ({"kind": "spaceship"}, RecordError, "record.malformed"),
        ({"description": 1.5}, RecordError, "record.subset"),
        ({"attestations": "none"}, RecordError, "record.malformed"),
        ({"nature": "data"}, RecordError, "record.malformed"),
    ],
)
def test_what_does_not_fit_is_refused(details: dict[str, Any], kind: type[Exception], code: str) -> None:
    """A misspelt field that was dropped in silence would be missing in court."""
    with pytest.raises(kind) as caught:
        _registration(World(), **details)
    assert caught.value.code == code  # type: ignore[attr-defined]


def test_an_event_needs_an_actor() -> None:
    """Nobody's act proves nothing."""
    with pytest.raises(UsageError, match="actor"):
        compose(
            "case.opened", ledger=ORIGIN, signers=(), details={}, occurred_at=START, utc_offset="+00:00",
            random=bytes, anchor=Anchor(case="c"),
        )  # fmt: skip


def test_times_are_cut_to_seconds_in_utc() -> None:
    """One moment has one spelling."""
    local = datetime(2026, 11, 21, 20, 23, 0, 999_999, tzinfo=UTC)
    composed = compose(
        "case.closed", ledger=ORIGIN, signers=(Signer(agent="a", as_="actor"),), details={"outcome": "other"},
        occurred_at=local, utc_offset="-03:30", random=bytes, anchor=Anchor(case="c"), not_after=local,
    )  # fmt: skip
    assert (composed.event.event.occurred_at, composed.event.event.not_after) == ("2026-11-21T20:23:00Z",) * 2


def test_an_envelope_holds_its_signatures_in_order() -> None:
    """One envelope has one spelling, whoever signed first."""
    world = World()
    world.init()
    world.enrol("examiner-1")
    composed = world.registration("c", "1", actor="examiner-1", second="registrar-1")
    envelope = world.sign(composed).envelope
    assert envelope == join_signatures(composed.event, reversed(envelope.signatures))
    assert canonical.encode(envelope) == canonical.encode(join_signatures(composed.event, envelope.signatures))


def test_links_follow_the_exhibit() -> None:
    """The people who sign commit to the order of custody themselves."""
    world = settled(World())
    assert link_after(None).sequence == 0
    receipt = world.register("2026-0417", "EX-1", actor="examiner-1")
    link = link_after(world.exhibit("2026-0417", "EX-1"))
    assert (link.sequence, link.previous) == (1, receipt.event_hash)
