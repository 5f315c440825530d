"""What the law of a seizure asks for travels in a bundle: photos and papers go along, who a witness is stays here."""

from __future__ import annotations

import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from tests.cli.machine import CASE, Machine
from tests.cli.script import Stage

SEIZED = (
    '--kind phone --power on --isolation faraday --attest "witness:paper:A. Passer" '
    '--identity "A. Passer:passport:P123456:+00 99" --attest-document "A. Passer:signed.pdf" '
    "--legal-paper certified-copy,of=order.pdf:copy.pdf"
)
PAPERS = ("signed.pdf", "order.pdf", "copy.pdf", "front.jpg", "sealed.jpg", "inside.jpg")


@pytest.fixture
def machine(stage: Stage) -> Machine:
    made = Machine(stage)
    for name in PAPERS:
        Path(name).write_text(f"bytes of {name}")
    made.do("trust export -o t.json")
    made.do("agent enrol court-1 --kind organisation --country FR --as reg-1")
    made.do(f"register --case {CASE} --exhibit EX-1 {SEIZED} --as exam-07")
    made.do("seal EX-1 --seal S-1 --photo-before front.jpg --photo sealed.jpg --as exam-07")
    made.do("unseal EX-1 --seal S-1 --seal-intact --reason r --photo-after inside.jpg --as exam-07")
    return made


def test_every_paper_and_photo_goes_along(machine: Machine) -> None:
    """A court that gets digests without the papers can look at none of them, nor compare a copy with its original."""
    machine.do(f"bundle {CASE}/EX-1 --to court-1 -o b.zip --as exam-07")
    with zipfile.ZipFile("b.zip") as bundle:
        carried = {name.rpartition("/")[2] for name in bundle.namelist() if "data/documents/" in name}
    digests = {name: sha256(Path(name).read_bytes()).hexdigest() for name in PAPERS}
    assert {name for name, digest in digests.items() if digest in carried} == set(PAPERS)
    machine.do("verify b.zip --trust t.json")


def test_who_a_witness_is_stays_here_unless_it_is_disclosed(machine: Machine) -> None:
    """Row C3 and the tension of 1.3: the court of this case needs the number of his passport, nobody else does."""
    for options, is_shown in (("", False), (" --disclose '*:/details/attestations/*/identity/*'", True)):
        Path("b.zip").unlink(missing_ok=True)
        machine.do(f"bundle {CASE}/EX-1 --to court-1 -o b.zip{options} --as exam-07")
        told = machine.stage.custody("verify b.zip --trust t.json").stdout
        assert ("P123456" in told) is is_shown
        assert "passport" in told


def test_whether_an_apostille_counts_between_two_countries_is_told(machine: Machine) -> None:
    """Row C9: between two countries of which one is no party it legalises nothing, and a court finds that out late."""
    entry = machine.json("log --type exhibit.registered")["entries"][0]["entry"]
    explain = f'explain {entry} --statement "it came later" --as exam-07 --legal-paper apostille'
    known = machine.do(f"{explain},country=IT:order.pdf").stderr
    assert "note: IT and FR are both on the list of parties to the Convention" in known
    assert "objected to the other isn't compared" in known
    assert "not between China and India" in machine.stage.custody("profile --between CN IN").stdout
    unknown = machine.do(f"{explain},country=AF:order.pdf").stderr
    assert "note: nothing here says that an apostille of AF counts in FR" in unknown
    assert "apostille of" not in machine.do(f"{explain}:order.pdf").stderr
    assert "unconfirmed" in machine.do(f"{explain},country=SE:order.pdf").stderr


def test_who_sends_a_sealed_original_is_asked_for_the_seal(machine: Machine) -> None:
    """Row C5: a court reads the number on the dispatch, and that it is sealed on record doesn't say with which seal."""
    machine.do("agent enrol lab-2 --kind organisation --country FR --ledger lab.example/x --as reg-1")
    machine.do("seal EX-1 --seal S-2 --as exam-07")
    send = "dispatch EX-1 --original --to lab-2 --purpose p --as exam-07"
    told = machine.do(f"{send} -o one.zip").stderr
    assert f"under which seal it travels was not said: {CASE}/EX-1; --seal NUMBER says it" in told
    machine.do(f"register --case {CASE} --exhibit EX-2 --kind phone --seal S-3 --as exam-07")
    told = machine.do(f"{send.replace('EX-1', 'EX-2')} --seal S-3 -o two.zip").stderr
    assert "under which seal" not in told


def test_an_examiner_of_a_list_says_of_each_device_whether_it_was_on(machine: Machine) -> None:
    """Row R9 for forty phones at once."""
    Path("list.csv").write_text(
        "exhibit,kind,description,obtained,power,left,isolation\n"
        "EX-2,phone,black,seizure,on,standby,faraday;airplane-mode\nEX-3,phone,white,seizure,off,,\n"
    )
    machine.do(f"register --case {CASE} --list list.csv --as exam-07")
    black, white = (entry.event.details.device_state for entry in machine.entries()[-2:])  # type: ignore[attr-defined]
    assert (black.power, black.left, black.isolation) == ("on", "standby", ("airplane-mode", "faraday"))
    assert (white.power, white.isolation) == ("off", white.left)
