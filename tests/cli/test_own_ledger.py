"""A home believes its own ledger: never where it is damaged, was changed in a copy, or the reader says otherwise."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from custody.cli.checking.own_ledger import describe_ledger, trusting_own
from custody.cli.checking.trust_file import EMPTY, with_ledger
from custody.cli.exits import Exit
from custody.storage.home import open_home
from custody.verify.record.trusting import parse_trust
from custody.verify.verify import Trusted
from schemas.trust import LogKey
from tests.cli.machine import CASE, Machine

STRANGER = "a.example/x+0b1d7c5c+AfrXHI5kHBe/PDnRgHoTXpnvSEXDfPxUlSBUD6Ih4mpB"


@pytest.fixture
def machine(stage: object) -> Machine:
    """A ledger with an exhibit, and a trust file that knows another ledger only."""
    machine = Machine(stage)  # type: ignore[arg-type]
    Path("y.txt").write_text("y")
    machine.register("y.txt")
    machine.do("init other --origin b.example/y --authority B --country DE --registrar reg-9")
    machine.do("trust export --home other -o b.json")
    return machine


def run(*statements: str) -> Callable[[Path], None]:
    """Return a damage that runs statements on the ledger, whatever its own triggers say."""

    def damage(home: Path) -> None:
        connection = sqlite3.connect(home / "ledger.db")
        for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        connection.close()

    return damage


def _zero_disclosures(home: Path) -> None:
    path = home / "disclosures.db"
    path.write_bytes(bytes(path.stat().st_size))


DAMAGES = {
    "no ledger row": run("DELETE FROM ledger"),
    "a ledger row cut": run("UPDATE ledger SET record = substr(record, 1, 40)"),
    "a ledger row of another shape": run("""UPDATE ledger SET record = '{"origin":1}'"""),
    "no entry 0": run("DELETE FROM entry WHERE entry_index = 0"),
    "no entries": run("DELETE FROM entry"),
    "entry 0 spoilt": run("UPDATE entry SET raw = x'7b7d' WHERE entry_index = 0"),
    "entry 0 another entry": run(
        "UPDATE entry SET raw = (SELECT raw FROM entry WHERE entry_index = 3) WHERE entry_index = 0"
    ),
    "no checkpoints": run("DELETE FROM checkpoint"),
    "no disclosures": _zero_disclosures,
}


@pytest.mark.parametrize("trust", ["", "--trust b.trust.json"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_home_is_audited_to_a_verdict(machine: Machine, damage: str, trust: str) -> None:
    """Whom its user believes is asked after what the ledger is: no trust file may cost the report."""
    machine.do("trust add b.json --trust b.trust.json --yes")
    DAMAGES[damage](machine.home)
    ran = machine.stage.custody(f"audit --home l {trust}")
    assert (ran.exit, "VERDICT: FAILED" in ran.stdout) == (Exit.FAILED, True), ran


def test_a_log_key_put_into_a_copy_is_believed_by_nobody(machine: Machine) -> None:
    """Whoever gives away a stick may put his own key into a row of it: what was seen in the home is what counts."""
    parcel = _parcel(machine)
    assert "of this home" in machine.do(f"verify {parcel}").stdout
    shutil.copytree(machine.home, "copy")
    machine.stage.patch.setenv("CUSTODY_HOME", "copy")
    assert "of this home" in machine.do(f"verify {parcel}").stdout
    added = f"""'$.log_keys[#]', json('{{"first":0,"key":"{STRANGER}"}}')"""
    run(f"UPDATE ledger SET record = json_insert(record, {added})")(Path("copy"))
    assert "of this home" not in machine.stage.custody(f"verify {parcel}").stdout


def test_a_log_key_put_into_the_rows_is_handed_to_nobody(machine: Machine) -> None:
    """Who can write the database and sign nothing would else have courts believe what he signs."""
    key = f'{{"first":0,"key":"{STRANGER}","last":null}}'
    run(f"""UPDATE ledger SET record = replace(record, '"log_keys":[', '"log_keys":[{key},')""")(machine.home)
    machine.fail("trust export -o x.json", Exit.REFUSED, "ledger.unreadable")
    assert not Path("x.json").exists()


def test_the_end_of_a_log_key_put_off_in_a_copy_is_believed_by_nobody(machine: Machine) -> None:
    """A key that was revoked signs nothing more, whatever a copy says of it."""
    machine.do("ledger key-add --as reg-1 --registrar reg-2")
    machine.do(f"ledger key-revoke {_keys(machine)[0]} --reason superseded --as reg-1 --registrar reg-2")
    parcel = _parcel(machine)
    assert "of this home" in machine.do(f"verify {parcel}").stdout
    run("UPDATE ledger SET record = json_set(record, '$.log_keys[0].last', NULL)")(machine.home)
    assert "of this home" not in machine.stage.custody(f"verify {parcel}").stdout


def test_another_beginning_put_into_a_copy_is_believed_by_nobody(machine: Machine) -> None:
    """Entry 0 says whose ledger it is."""
    parcel = _parcel(machine)
    machine.stage.patch.setenv("CUSTODY_KEYS", "keys-of-a-stranger")
    machine.do("init anew --origin a.example/x --authority Z --country DE --registrar reg-1")
    machine.stage.patch.setenv("CUSTODY_KEYS", str(machine.stage.folder / "keys"))
    run(
        "ATTACH 'anew/ledger.db' AS anew",
        "UPDATE entry SET raw = (SELECT raw FROM anew.entry WHERE entry_index = 0) WHERE entry_index = 0",
    )(machine.home)
    assert "of this home" not in machine.stage.custody(f"verify {parcel}").stdout


def test_what_the_reader_says_of_his_ledger_stays(machine: Machine) -> None:
    """Who ended a key in his trust file doesn't want it back because the home still counts it."""
    machine.do("trust export -o a.json")
    trust = parse_trust(Path("a.json").read_bytes())
    (own,) = trust.ledgers
    key = own.log_keys[0]
    narrowed = with_ledger(EMPTY, type(own)(
        authority=own.authority, country=own.country, genesis=own.genesis, origin=own.origin, seen=(),
        log_keys=(LogKey(first=key.first, key=key.key, last=5),),
    ))  # fmt: skip
    with open_home(machine.home, random=bytes) as home:
        assert trusting_own(Trusted(narrowed, "ab" * 32), home) == Trusted(narrowed, "ab" * 32)


def test_who_has_no_trust_file_yet_believes_where_he_records(machine: Machine) -> None:
    """What comes home carries what left from here, on the first day as well."""
    with open_home(machine.home, random=bytes) as home:
        trusted = trusting_own(Trusted(), home)
        assert trusted.trust is not None
        assert trusted.trust.ledgers == (describe_ledger(home),)
        assert trusting_own(trusted, home) == trusted


def _keys(machine: Machine) -> list[str]:
    with open_home(machine.home, random=bytes) as home:
        return [key.key for key in describe_ledger(home).log_keys]


def _parcel(machine: Machine) -> str:
    machine.do("agent enrol court-1 --kind organisation --country FR --as reg-1")
    machine.do(f"bundle {CASE}/EX-1 --to court-1 --purpose p -o parcel.zip --as exam-07")
    machine.do("trust add b.json --yes")
    assert json.loads(Path("trust.json").read_bytes())["ledgers"][0]["origin"] == "b.example/y"
    return "parcel.zip"


def test_which_of_several_keys_is_which_is_said(machine: Machine) -> None:
    """A registrar has a key and one on paper, both since entry 0: `key list` says which of them is the one at hand."""
    (machine.stage.folder / "few").write_bytes(b"few")
    machine.register("few")
    machine.do("agent enrol court-01 --kind organisation --country FR --as reg-1")
    machine.do("bundle EX-1 --to court-01 -o keys.zip --as exam-07")
    machine.do("trust export -o trust.json")
    told = " ".join(machine.do("verify keys.zip").stdout.split())
    found = re.search(r"enrolled in entry 0; keys: (ed25519:\w+) since entry 0; (ed25519:\w+) since", told)
    assert found is not None, told
    (mine,) = (item["key_id"] for item in machine.json("key list")["keys"] if item["agent"] == "reg-1")
    one, other = found.groups()
    assert one != other
    assert sum(mine.startswith(item) for item in (one, other)) == 1
