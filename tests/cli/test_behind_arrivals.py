"""An acceptance rests on the bundle that came, whoever composes it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from custody.bundle.container import open_container
from custody.bundle.source import verify_container
from custody.bundle.strip import write_stripped
from custody.cli.exits import Exit
from custody.transfer.arrivals import delivery_of
from custody.verify.verify import Trusted
from schemas.content import Content
from schemas.private import Disclosure
from tests.cli.behind import Sides, refused, sides

__all__ = ["sides"]


def _arriving(sides: Sides) -> tuple[dict[str, Any], Path, tuple[Disclosure, ...]]:
    """Let b send EX-1; return details of an acceptance that no command made, where its bundle lies, and its names."""
    sides.send()
    sides.at("l")
    with open_container(Path("parcel.zip")) as container:
        verified = verify_container(container, trusted=Trusted(), at=sides.stage.now)
        delivery = delivery_of(verified)
        (arrival,) = delivery.arrivals
        path = sides.a.home / "inherited" / f"{arrival.foreign.manifest}.zip"
        path.parent.mkdir(exist_ok=True)
        write_stripped(container, path)
    details = {
        "accepted_at": f"{sides.stage.now:%Y-%m-%dT%H:%M:%SZ}", "content": arrival.registered.content,
        "description": "x", "foreign": arrival.foreign, "from": "peer", "item": "original",
        "kind": arrival.registered.kind, "nature": arrival.registered.nature, "obtained": "foreign-assistance",
        "onward": arrival.sent.onward, "sent_at": arrival.dispatch.event.occurred_at, "transfer": delivery.transfer,
    }  # fmt: skip
    content = arrival.registered.content
    assert isinstance(content, Content)
    assert isinstance(content.files, tuple)
    names = tuple(verified.values.disclosed[item.path.commitment] for item in content.files)
    return details, path, names


def test_a_draft_accepts_what_the_command_would(sides: Sides) -> None:
    """Nothing of a bundle that FAILED, or that isn't kept; and what is dated or bound otherwise than sent, neither."""
    details, path, names = _arriving(sides)
    raw, mode = path.read_bytes(), path.stat().st_mode

    def put(changed: bytes) -> None:
        path.unlink()
        path.write_bytes(changed)
        path.chmod(mode)

    for place in range(500, len(raw), len(raw) // 6):
        put(raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :])
        ran = sides.forge("transfer.accepted", details, signer="exam-07", shown=names)
        assert ran.exit is Exit.REFUSED, f"byte {place}: {ran}"
    path.unlink()
    refused(sides.forge("transfer.accepted", details, signer="exam-07", shown=names), "inherited.absent")
    path.write_bytes(raw)
    for changes, code in (
        ({"sent_at": "2026-11-20T00:00:00Z"}, "inherited.sent-at"),
        ({"onward": "allowed"}, "inherited.conditions"),
        ({"transfer": "ab" * 16}, "inherited.head"),
    ):
        refused(sides.forge("transfer.accepted", {**details, **changes}, signer="exam-07", shown=names), code)
    ran = sides.forge("transfer.accepted", details, signer="exam-07", shown=names)
    assert ran.exit is Exit.DONE, ran


def test_a_draft_accepts_what_is_undecided_with_its_reservations_only(sides: Sides) -> None:
    """A ledger that nobody here believes calls for checkpoint-unknown, in a draft as at the prompt."""
    details, _, names = _arriving(sides)
    Path("trust.json").unlink()
    sides.do("trust add a.json --yes --trust trust.json")
    refused(sides.forge("transfer.accepted", details, signer="exam-07", shown=names), "receive.undecided")
    ran = sides.forge(
        "transfer.accepted", {**details, "reservations": ["checkpoint-unknown"]}, signer="exam-07", shown=names
    )
    assert ran.exit is Exit.DONE, ran
