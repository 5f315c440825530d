"""Two homes on one machine, and drafts that no command made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from custody.cli.acting.draft_files import draft_of, write_draft
from custody.cli.exits import Exit
from custody.evidence.hashing import Hasher
from custody.evidence.store import EvidenceStore
from custody.ledger.compose import NOWHERE, Anchor, compose, link_after
from custody.storage.home import open_home
from schemas.event import About, Link, Signer
from schemas.private import Disclosure
from tests.cli.machine import CASE, Machine
from tests.cli.script import Ran, Stage


@dataclass(slots=True)
class Sides:
    """Two homes on one machine: a.example/x asked b.example/y, which granted; both believe each other."""

    stage: Stage
    a: Machine

    def at(self, home: str) -> None:
        """Go to a home."""
        self.stage.patch.setenv("CUSTODY_HOME", str(self.stage.folder / home))

    def do(self, *lines: str) -> None:
        """Run commands that must succeed."""
        for line in lines:
            self.a.do(line)

    def send(self, what: str = "x.txt") -> None:
        """Go to b, register EX-1 there, and send it to a as parcel.zip, with the consent that this takes."""
        self.at("b")
        self.do(
            "key new exam-2",
            "agent enrol exam-2.enrol --role examiner --as reg-1",
            "case open D --authority B --legal-basis B --as reg-1",
            "agent enrol ministry --kind organisation --country DE --as reg-1",
            "agent change ministry --add auth-2 --as reg-1",
            f"register {what} --case D --exhibit EX-1 --as exam-2",
            "consent record D/EX-1 --authority ministry --recipient asker --purpose p --as auth-2",
            "dispatch D/EX-1 --to asker --purpose p --original --not-sealed data -o parcel.zip --as exam-2",
        )

    def forge(
        self,
        type: str,
        details: Mapping[str, Any],
        *,
        signer: str = "auth-1",
        number: str = "EX-1",
        shown: tuple[Disclosure, ...] = (),
    ) -> Ran:
        """Sign a draft that no command made, and submit it; a custody act where the type is one."""
        with open_home(self.a.home, random=bytes) as home, home.store.read() as reader:
            exhibit = reader.view().exhibit(CASE, number)
            assert exhibit is not None
            anchor = Anchor(about=(About(exhibit=exhibit.registration),))
            if type.startswith(("custody.", "exhibit.", "transfer.")):
                anchor = Anchor(case=CASE, exhibit=number, link=link_after(exhibit))
            if type.startswith("request."):
                anchor = NOWHERE
            if type == "transfer.accepted":
                anchor = Anchor(case=CASE, exhibit="EX-9", link=Link(sequence=0))
        composed = compose(
            type, ledger="a.example/x", signers=(Signer(agent=signer, as_="actor"),), details=details, anchor=anchor,
            occurred_at=self.stage.now, utc_offset="+00:00", random=lambda size: b"\7" * (size - 4) + self._salt(),
        )  # fmt: skip
        path = self.stage.folder / "forged.draft"
        write_draft(path, draft_of([replace(composed, disclosures=(*composed.disclosures, *shown))], {}), force=True)
        self.do(f"sign {path} --as {signer} --no-submit")
        return self.stage.custody(f"submit {path}")

    def _salt(self) -> bytes:
        self.stage.kept["salt"] = str(int(self.stage.kept.get("salt", "0")) + 1)
        return int(self.stage.kept["salt"]).to_bytes(4, "big")

    def keep(self, raw: bytes) -> str:
        """Put a document into the home of a as any user of it could, and return its digest."""
        path = self.stage.folder / "kept"
        path.write_bytes(raw)
        store = EvidenceStore(self.a.home / "documents")
        with store.begin() as batch, Hasher() as hasher:
            digest = store.add_file(path, batch=batch, hasher=hasher).sha256
            batch.commit()
        return digest


@pytest.fixture
def sides(stage: Stage) -> Sides:
    """EX-1 is in a; b granted req-1 in grant.zip, and refused req-2 in refusal.zip."""
    a = Machine(stage)
    found = Sides(stage, a)
    Path("x.txt").write_text("x")
    found.do(
        "key new auth-1",
        "agent enrol auth-1.enrol --role authority --as reg-1",
        "agent enrol peer --kind organisation --country DE --ledger b.example/y --as reg-1",
        "agent enrol third --kind organisation --country IT --ledger c.example/z --as reg-1",
        f"register x.txt --case {CASE} --exhibit EX-1 --as exam-07",
        f"register x.txt --case {CASE} --exhibit EX-2 --as exam-07",
        "trust export -o a.json",
    )
    for number in (1, 2):
        found.do(
            f"request draft req-{number} --kind mla --to peer --field facts=f --as auth-1",
            f"request send req-{number} --incomplete -o r{number}.zip --as auth-1",
        )
    found.do("init b --origin b.example/y --authority B --country DE --registrar reg-1 --registrar reg-2")
    found.at("b")
    found.do(
        "key new auth-2",
        "agent enrol auth-2.enrol --role authority --as reg-1",
        "agent enrol asker --kind organisation --country FR --ledger a.example/x --as reg-1",
        "trust export -o b.json",
        "trust add a.json --yes --trust trust.json",
        "trust add b.json --yes --trust trust.json",
        "request receive r1.zip --as auth-2",
        "request receive r2.zip --as auth-2",
        "request answer in-req-1 --outcome granted --to-country IT -o grant.zip --as auth-2",
        "request answer in-req-2 --outcome refused --ground other --reasons no -o refusal.zip --as auth-2",
    )
    found.at("l")
    return found


def refused(ran: Ran, code: str) -> None:
    """Want a draft kept for this reason."""
    assert ran.exit is Exit.REFUSED, ran
    assert f"[{code}]" in ran.stdout, ran
