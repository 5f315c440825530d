"""Private values of acts that were never recorded: told of, and destroyed on request, with nothing else."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from custody.cli.erasure import strays
from custody.cli.erasure.strays import destroy_strays
from custody.storage.home import open_home
from custody.storage.home_layout import DISCLOSURES_FILE
from custody.storage.ledger_store import SqliteStore
from custody.storage.reading import Reader
from schemas.errors import StorageError
from schemas.private import Disclosure, make_disclosure
from tests.cli.machine import Machine
from tests.cli.script import Stage

SECRET = "in the flat of somebody"


@pytest.fixture
def machine(stage: Stage) -> Machine:
    """A ledger with one exhibit, and two values that a killed command left."""
    machine = Machine(stage)
    (stage.folder / "few").write_bytes(b"few")
    machine.register("few", "--description letters --place vault")
    with open_home(machine.home, random=bytes) as home:
        home.store.disclosures.put(_stray(number) for number in range(2))
    return machine


def _stray(number: int) -> Disclosure:
    return make_disclosure(salt=bytes([number]) * 16, path="/details/place", value=f"{SECRET} {number}")


def _lies_there(home: Path) -> bool:
    needles = [_stray(number).text.encode() for number in range(2)]
    raw = b"".join(path.read_bytes() for path in home.glob(f"{DISCLOSURES_FILE}*"))
    return any(needle in raw for needle in needles)


def _told(machine: Machine) -> list[dict[str, object]]:
    return [item for item in machine.json("status")["attention"] if item["code"] == "disclosures.uncommitted"]


def test_status_and_audit_tell_of_them_and_name_the_way_out(machine: Machine) -> None:
    """They lie there for good, with names in them, and no order could ever speak of them."""
    (told,) = _told(machine)
    assert (told["is_due"], told["next"]) == (False, "custody erase --finish")
    assert str(told["text"]).startswith("hold 2 that belong to no entry")
    ran = machine.do("audit")
    assert "2 private values belong to no entry" in ran.stdout
    assert "custody erase --finish" in ran.stdout


@pytest.mark.parametrize("line", ["status", "status --check"])
def test_a_look_at_a_large_ledger_costs_what_one_at_a_small_ledger_does(
    machine: Machine, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Status is typed many times a day: the daily check alone looks at every value, and nothing at every signature."""
    looked: list[int] = []
    look = Reader.commitment_indexes

    def counted(self: Reader, commitments: Sequence[str]) -> Mapping[str, int]:
        looked.append(len(commitments))
        return look(self, commitments)

    with open_home(machine.home, random=bytes) as home:
        values = len(list(home.store.disclosures.commitments()))
    monkeypatch.setattr(strays, "_AT_ONCE", 3)
    monkeypatch.setattr(Reader, "commitment_indexes", counted)
    monkeypatch.delattr(Reader, "signings")
    ran = machine.do(line)
    assert sum(looked) == (values if "--check" in line else 3)
    assert "hold 2 that belong to no entry" in ran.stdout


def test_finishing_an_erasure_destroys_them_alone(machine: Machine) -> None:
    """What entries speak of stays to the last value, and the database keeps no trace of the others."""
    with open_home(machine.home, random=bytes) as home:
        before = {item.commitment for item in home.store.disclosures.all()}
    assert _lies_there(machine.home)
    ran = machine.do("erase --finish")
    assert "2 values that belonged to no entry" in ran.stdout
    assert not _lies_there(machine.home)
    assert _told(machine) == []
    assert "belong to no entry" not in machine.do("audit").stdout
    with open_home(machine.home, random=bytes) as home:
        after = {item.commitment for item in home.store.disclosures.all()}
    assert after == before - {_stray(0).commitment, _stray(1).commitment}
    assert machine.json("erase --finish")["destroyed"]["stray"] == 0


def test_what_is_about_to_be_recorded_is_no_stray(machine: Machine) -> None:
    """Between its values and its entry a command holds the ledger's lock; who sweeps waits for it, or says so."""
    with open_home(machine.home, random=bytes) as home, home.store.write():
        with SqliteStore(machine.home, patience=0.05) as impatient, pytest.raises(StorageError) as caught:
            destroy_strays(impatient)
        assert caught.value.code == "ledger.busy"
    assert _lies_there(machine.home)
