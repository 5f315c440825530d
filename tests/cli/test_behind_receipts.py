"""What a receipt rests on is read again: at the write path and by an audit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from custody.cli.exits import Exit
from custody.storage.home import open_home
from schemas.details.transfer import TransferReceipt
from tests.cli.behind import Sides, refused, sides
from tests.cli.machine import CASE

__all__ = ["sides"]


def _sent(sides: Sides) -> TransferReceipt:
    """Send EX-1 to b, which accepts; return the receipt as the command recorded it."""
    sides.do(
        "agent enrol ministry --kind organisation --country FR --as reg-1",
        "agent change ministry --add auth-1 --as reg-1",
        "copy EX-1 --kind working --purpose p --as exam-07",
        f"register x.txt --case {CASE} --exhibit EX-3 --derived-from {CASE}/EX-1 --kind copy --as exam-07",
        "consent record EX-2 EX-3 --authority ministry --recipient peer --purpose p --as auth-1",
        "dispatch EX-3 --to peer --purpose p -o parcel.zip --as exam-07",
    )
    sides.at("b")
    sides.do(
        "key new exam-2",
        "agent enrol exam-2.enrol --role examiner --as reg-1",
        "case open D --authority B --legal-basis B --as reg-1",
        "receive parcel.zip --case D --receipt back.json --as exam-2",
        "audit",
    )
    sides.at("l")
    sides.do("receipt import back.json --as exam-07")
    details = sides.a.entries()[-1].event.details
    assert isinstance(details, TransferReceipt)
    return details


def test_an_invented_receipt_moves_nothing(sides: Sides) -> None:
    """A proof of another transfer, of other bytes or of none leaves the exhibit on its way."""
    real = _sent(sides)
    sides.do(
        "copy EX-2 --kind working --purpose p --as exam-07",
        f"register x.txt --case {CASE} --exhibit EX-4 --derived-from {CASE}/EX-2 --kind copy --as exam-07",
        "consent record EX-4 --authority ministry --recipient peer --purpose p --as auth-1",
        "dispatch EX-4 --to peer --purpose p -o second.zip --as exam-07",
    )
    sent = sides.a.entries()[-2].event.details
    details: dict[str, Any] = {
        "decided_at": real.decided_at, "document": real.document, "manner": "proof", "origin": real.origin,
        "outcome": "accepted", "transfer": sent.transfer,  # type: ignore[attr-defined]
    }  # fmt: skip
    raw = Path("back.json").read_bytes()
    flipped = sides.keep(raw.replace(b"index", b"inbex", 1))
    for changes, code in (
        ({}, "receipt.other"),
        ({"document": "ab" * 32}, "receipt.absent"),
        ({"document": flipped}, "tlog-proof.index"),
    ):
        ran = sides.forge("transfer.receipt", {**details, **changes}, signer="exam-07", number="EX-4")
        refused(ran, code)
    with open_home(sides.a.home, random=bytes) as home, home.store.read() as reader:
        exhibit = reader.view().exhibit(CASE, "EX-4")
    assert exhibit is not None
    assert exhibit.status == "dispatched"


def test_an_audit_reads_receipts_and_inherited_bundles_again(sides: Sides) -> None:
    """Both ends of a crossing hold; a bundle that was changed in the home doesn't, and one that is gone is told."""
    _sent(sides)
    assert sides.stage.custody("audit").exit is Exit.DONE
    sides.at("b")
    (path,) = (sides.stage.folder / "b" / "inherited").iterdir()
    raw = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(raw[:2000] + bytes([raw[2000] ^ 1]) + raw[2001:])
    assert sides.stage.custody("audit").exit is Exit.FAILED
    path.unlink()
    ran = sides.stage.custody("audit")
    assert (ran.exit, "inherited.absent" in ran.stdout) == (Exit.INDETERMINATE, True), ran
