"""`custody trust add`: a fingerprint covers the beginning of a ledger, and nobody is believed unseen beyond that."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from custody.cli.exits import Exit
from custody.verify.record.trusting import parse_trust
from schemas import canonical
from schemas.text import format_base64
from schemas.trust import LogKey, SeenCheckpoint, TrustedLedger
from tests.cli.script import Stage
from tests.report.stories import full_story
from tests.world import World

MINE = Path("mine.json")


@pytest.fixture
def known(stage: Stage) -> TrustedLedger:
    """A ledger that is believed, by its fingerprint."""
    trust = full_story().trust
    ledger = replace(trust.ledgers[0], seen=())
    _write(ledger)
    ran = stage.custody(f"trust add told.json --trust mine.json --fingerprint {ledger.genesis}")
    assert ran.exit is Exit.DONE
    assert ledger.log_keys[0].key in ran.stdout, "what is believed is said"
    return ledger


def _write(ledger: TrustedLedger) -> None:
    trust = full_story().trust
    Path("told.json").write_bytes(canonical.encode(replace(trust, ledgers=(ledger,))))


def _changed(ledger: TrustedLedger, what: str) -> TrustedLedger:
    other = World(seed="another ledger", origin=ledger.origin).log_key
    match what:
        case "country":
            return replace(ledger, country="ZZ")
        case "authority":
            return replace(ledger, authority="Somebody")
        case "keys":
            return replace(ledger, log_keys=(LogKey(first=0, key=other),))
        case _:
            return replace(ledger, log_keys=(*ledger.log_keys, LogKey(first=1, key=other)))


@pytest.mark.parametrize("what", ["country", "authority", "keys", "key"])
def test_what_changes_is_asked_about(stage: Stage, known: TrustedLedger, what: str) -> None:
    """The fingerprint is public: with it anybody's file could turn honest bundles into FAILED ones."""
    before = MINE.read_bytes()
    _write(_changed(known, what))
    line = f"trust add told.json --trust mine.json --fingerprint {known.genesis}"
    ran = stage.custody(line)
    assert (ran.exit, MINE.read_bytes()) == (Exit.REFUSED, before)
    assert "[trust.changed]" in ran.stderr
    assert f"CHANGES the {what}" in ran.stderr
    assert stage.custody(f"{line} --yes").exit is Exit.DONE
    assert parse_trust(MINE.read_bytes()).ledgers == (_changed(known, what),)


def test_what_stays_is_not_asked_about(stage: Stage, known: TrustedLedger) -> None:
    """Who adds a file twice has nothing to decide."""
    assert stage.custody(f"trust add told.json --trust mine.json --fingerprint {known.genesis}").exit is Exit.DONE


def test_a_checkpoint_that_nobody_signed_is_not_taken_over(stage: Stage, known: TrustedLedger) -> None:
    """It would make every honest bundle FAILED as the proof of a fork."""
    before = MINE.read_bytes()
    _write(replace(known, seen=(SeenCheckpoint(note=format_base64(b"garbage"), root="01" * 32, size=5),)))
    ran = stage.custody(f"trust add told.json --trust mine.json --fingerprint {known.genesis} --yes")
    assert (ran.exit, MINE.read_bytes()) == (Exit.USAGE, before)
    assert "[trust.seen]" in ran.stderr
    MINE.write_bytes(Path("told.json").read_bytes())
    Path("bundle.zip").write_bytes(full_story().bundle)
    assert stage.custody("verify bundle.zip --trust mine.json").exit is Exit.USAGE, "nor by whoever verifies"


def test_a_key_that_is_revoked_for_the_past_takes_along_what_it_signed(stage: Stage, known: TrustedLedger) -> None:
    """Who could not take in that a key was stolen, since he saw what it signed, would believe the thief for ever."""
    Path("bundle.zip").write_bytes(full_story().bundle)
    assert stage.custody("trust seen bundle.zip --trust mine.json").exit is Exit.DONE
    ((seen,),) = (ledger.seen for ledger in parse_trust(MINE.read_bytes()).ledgers)
    line = f"trust add told.json --trust mine.json --fingerprint {known.genesis}"
    other = World(seed="another ledger", origin=known.origin).log_key
    keys = (replace(known.log_keys[0], last=seen.size - 2), LogKey(first=seen.size - 1, key=other))
    _write(replace(known, log_keys=keys))
    ran = stage.custody(line)
    assert ran.exit is Exit.REFUSED
    assert f"no more seen is its checkpoint of {seen.size} entries" in ran.stderr
    assert stage.custody(f"{line} --yes").exit is Exit.DONE
    (ledger,) = parse_trust(MINE.read_bytes()).ledgers
    assert (ledger.log_keys, ledger.seen) == (keys, ())
