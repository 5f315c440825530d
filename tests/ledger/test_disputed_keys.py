"""A stolen key, noticed late: what it signed stays in dispute, and what it brought in signs no more."""

import pytest

from schemas.errors import CustodyError
from schemas.event import About
from tests.world import World

CASE = "2026-0417"


def revoke(world: World, key_id: str, *, last: int) -> None:
    """Let two registrars revoke a key of examiner-1 back to an earlier index."""
    details = {"agent": "examiner-1", "key_id": key_id, "last_valid_index": last, "reason": "compromised"}
    composed = world.event("agent.key-revoked", details, actor="registrar-1", registrar="registrar-2")
    world.append(world.sign(composed))


def add_key(world: World) -> str:
    """Let examiner-1 enrol a second key with his first, as a thief of the first would; return its event hash."""
    first = world.signers["examiner-1"][0]
    key = world.new_key("examiner-1")
    details = {"agent": "examiner-1", "key": world.public_key(key), "recovery": False}
    composed = world.event("agent.key-added", details, actor="examiner-1")
    world.append(world.sign(composed, keys={"examiner-1": first}))
    return composed.event.hash


def code_of(world: World, exhibit: str) -> str:
    """Return the code with which the next registration by examiner-1 is refused."""
    before = world.entries()
    with pytest.raises(CustodyError) as caught:
        world.register(CASE, exhibit, actor="examiner-1")
    assert world.entries() == before
    return caught.value.code


def test_a_thief_cannot_go_on_with_a_key_that_he_added(world: World) -> None:
    """Else whoever steals a key adds a second one, and the revocation of the first changes nothing."""
    last = len(world.entries()) - 1
    add_key(world)
    world.register(CASE, "EX-1", actor="examiner-1")
    revoke(world, world.signers["examiner-1"][0].key_id, last=last)
    assert code_of(world, "EX-2") == "keys.disputed"


def test_the_revoked_key_itself_signs_no_more(world: World) -> None:
    """At or after the revocation a signature of the key is no signature."""
    last = len(world.entries()) - 1
    revoke(world, world.signers["examiner-1"][0].key_id, last=last)
    assert code_of(world, "EX-1") == "keys.revoked"


def test_affirmation_by_two_registrars_lets_the_key_sign_again(world: World) -> None:
    """It was the owner after all: undisputed keys vouch for the entry that brought the key in."""
    last = len(world.entries()) - 1
    event = add_key(world)
    revoke(world, world.signers["examiner-1"][0].key_id, last=last)
    about = About(agent="examiner-1", event=event)
    world.annotate("record.affirmed", about, {}, actor="registrar-1", registrar="registrar-2")
    world.register(CASE, "EX-1", actor="examiner-1")


def test_a_thief_cannot_affirm_himself(world: World) -> None:
    """An affirmation rests on keys that are not in dispute, or it is worth nothing."""
    last = len(world.entries()) - 1
    event = add_key(world)
    revoke(world, world.signers["examiner-1"][0].key_id, last=last)
    before = world.entries()
    with pytest.raises(CustodyError) as caught:
        world.annotate("record.affirmed", About(agent="examiner-1", event=event), {}, actor="examiner-1")
    assert caught.value.code == "keys.disputed"
    assert world.entries() == before


def test_others_go_on_as_before(world: World) -> None:
    """One stolen key must not stop an agency."""
    last = len(world.entries()) - 1
    add_key(world)
    revoke(world, world.signers["examiner-1"][0].key_id, last=last)
    world.register(CASE, "EX-1", actor="examiner-2")


def test_revocation_and_use_in_one_batch_are_seen_together(world: World) -> None:
    """The order within a batch is the order of the ledger."""
    last = len(world.entries()) - 1
    add_key(world)
    first = world.signers["examiner-1"][0].key_id
    details = {"agent": "examiner-1", "key_id": first, "last_valid_index": last, "reason": "compromised"}
    revocation = world.event("agent.key-revoked", details, actor="registrar-1", registrar="registrar-2")
    use = world.registration(CASE, "EX-1", actor="examiner-1")
    with pytest.raises(CustodyError) as caught:
        world.append(world.sign(revocation), world.sign(use))
    assert caught.value.code == "keys.disputed"
