"""A parcel of which no record can be read is refused on record, under the number that its letter gives it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from custody.bundle.container import open_container
from custody.bundle.zip_write import write_container
from custody.cli.exits import Exit
from schemas import layout
from schemas.details.transfer import TransferRefused
from tests.cli.machine import Machine
from tests.cli.script import Stage


@pytest.fixture
def machine(stage: Stage) -> Machine:
    """A receiver who knows police-b, and a parcel that police-b has sent to somebody."""
    made = Machine(stage)
    made.do("agent enrol police-b --kind organisation --country DE --ledger a.example/x --as reg-1")
    made.do("trust export -o trust.json")
    made.do("agent enrol court --kind organisation --country FR --as reg-1")
    (stage.folder / "disk.dd").write_bytes(b"bytes of a disk")
    made.register(stage.folder / "disk.dd")
    made.do('dispatch EX-1 --original --to court --purpose trial --not-sealed "a file" -o whole.zip --as exam-07')
    return made


def spoil(folder: Path, *, entries: bytes | None) -> None:
    """Write the parcel anew, every entry replaced by ``entries``."""
    with open_container(folder / "whole.zip") as container, write_container(folder / "spoilt.zip") as writer:
        for name in container.members:
            raw = container.read(name, maximum=1 << 24)
            raw = entries if entries is not None and name.startswith(layout.ENTRIES) else raw
            writer.add_stream(name, io.BytesIO(raw), size=len(raw))


REFUSE = "receive spoilt.zip --refuse-all does-not-verify --as exam-07"
NUMBER = "0f" * 16


def test_a_parcel_whose_records_cannot_be_read_is_refused_on_record(machine: Machine) -> None:
    """Its bundle.json still says from which ledger it claims to be; the number comes from the letter beside it."""
    spoil(machine.stage.folder, entries=b"{}")
    # Not that something wasn't dispatched: of a damaged parcel nobody can say that.
    machine.fail("receive spoilt.zip --case C --as exam-07", Exit.FAILED, "receive.failed")
    machine.fail(REFUSE, Exit.USAGE, "receive.transfer")
    done = machine.json(f"{REFUSE} --transfer {NUMBER}")
    assert (done["verdict"], done["transfer"], done["refused"]) == ("FAILED", NUMBER, [])
    details = machine.entries()[-1].event.details
    assert isinstance(details, TransferRefused)
    assert (details.ledger, details.transfer, details.from_) == ("a.example/x", NUMBER, "police-b")
    assert "PASSED" in machine.do("audit").stdout


def test_the_same_file_is_refused_once(machine: Machine) -> None:
    """A repeat says nothing new; another file under this number is another parcel."""
    spoil(machine.stage.folder, entries=b"{}")
    machine.do(f"{REFUSE} --transfer {NUMBER}")
    machine.fail(f"{REFUSE} --transfer {NUMBER} --receipt second.json", Exit.REFUSED, "transfer.decided")
    (machine.stage.folder / "spoilt.zip").write_bytes(b"no zip at all")
    machine.do(f"{REFUSE} --transfer {NUMBER} --from police-b --receipt second.json")


def test_time_and_passphrase_of_a_receipt_are_those_of_who_signs_it(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bundle is verified as of now; ``--at`` says when it came, and the passphrase is that of who signs."""
    spoil(machine.stage.folder, entries=b"{}")
    monkeypatch.delenv("CUSTODY_PASSPHRASE_FILE")
    machine.do(f"{REFUSE} --transfer {NUMBER} --passphrase-file passphrase --at 2026-11-20T08:00:00Z")
    assert machine.entries()[-1].event.event.occurred_at == "2026-11-20T08:00:00Z"
