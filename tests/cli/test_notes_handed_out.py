"""Checkpoints that leave a home: what somebody wrote into its rows without a key goes nowhere."""

from __future__ import annotations

import pytest

from custody.cli.exits import Exit
from keys.note import NoteSignature, UnverifiedNote, format_note, parse_note
from keys.private.signer import Ed25519Signer
from keys.verifier_key import KeyType, format_verifier_key, verifier_key
from tests.audit.tampering import run
from tests.cli.machine import CASE, Machine
from tests.cli.script import Stage

_STRANGER = Ed25519Signer(agent="stranger", seed=b"5" * 32)
OTHER = "CAST(replace(CAST(note AS TEXT), 'a.example', 'b.example') AS BLOB)"
OLDER = "SELECT note FROM checkpoint WHERE size = 2"
ASKED = (
    "status", "checkpoint", "checkpoint -o c", "trust export --with-checkpoint -o t.json", "prove 1 -o p",
    "prove 5 -o p --inside --as exam-07",
)  # fmt: skip


@pytest.fixture
def machine(stage: Stage) -> Machine:
    """A ledger with one exhibit."""
    machine = Machine(stage)
    (stage.folder / "a.txt").write_bytes(b"a")
    machine.do(f"register a.txt --case {CASE} --exhibit EX-1 --as exam-07")
    return machine


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (f"UPDATE checkpoint SET note = {OTHER} WHERE size = ?", "note."),
        (f"UPDATE checkpoint SET note = ({OLDER}) WHERE size = ?", "status.checkpoint"),
        ("DELETE FROM checkpoint WHERE size = ?", "status.checkpoint"),
    ],
)
def test_a_note_that_was_changed_or_is_not_the_newest_is_not_handed_out(
    machine: Machine, change: str, code: str
) -> None:
    """Kept by an auditor, it would later speak against an honest ledger."""
    size = len(machine.entries())
    run(machine.home, change, size)
    for line in ASKED:
        ran = machine.stage.custody(line)
        assert (ran.exit, f"[{code}" in ran.stderr) == (Exit.FAILED, True), ran
    assert not any((machine.stage.folder / name).exists() for name in ("c", "t.json", "p"))
    assert len(machine.entries()) == size, "nothing is recorded either"


def test_a_note_under_a_key_that_entries_do_not_name_is_not_handed_out(machine: Machine) -> None:
    """Whoever can write a note into the rows can write a key of his own beside it."""
    size = len(machine.entries())
    note = parse_note(machine.do("checkpoint").stdout.encode())
    key = verifier_key(name=note.signatures[0].name, type=KeyType.LOG, key=_STRANGER.public_key)
    forged = format_note(UnverifiedNote(note.text, (NoteSignature(key.name, key.id, _STRANGER.sign(note.text)),)))
    run(machine.home, "UPDATE checkpoint SET note = ? WHERE size = ?", forged, size)
    line = format_verifier_key(key)
    run(machine.home, "UPDATE ledger SET record = json_set(record, '$.log_keys[0].key', ?)", line)
    for asked in ASKED:
        ran = machine.stage.custody(asked)
        assert (ran.exit, "[ledger.unreadable" in ran.stderr) == (Exit.REFUSED, True), ran


def test_an_older_one_is_looked_at_too(machine: Machine) -> None:
    """Whoever asks for it by its size wants to hold it against the ledger."""
    assert machine.json("checkpoint --size 2")["size"] == 2
    run(machine.home, "UPDATE checkpoint SET note = (SELECT note FROM checkpoint WHERE size = ?) WHERE size = 2", 3)
    machine.fail("checkpoint --size 2", Exit.FAILED, "status.checkpoint")
