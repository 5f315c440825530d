"""Two ledgers and a road between them, for tests: consents, dispatches, bundles within bundles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from custody.bundle.build import Built, Export, Order, build_bundle
from custody.bundle.container import open_container
from custody.bundle.disclose import Choice
from custody.bundle.source import verify_bundle
from custody.bundle.strip import write_stripped
from custody.ledger.append import append
from custody.ledger.compose import Anchor, Composed, link_after
from custody.ledger.submission import Submission
from custody.transfer.arrivals import Arrival, delivery_of
from custody.verify.verify import Trusted, Verified
from schemas.event import Link
from schemas.merkle import hash_leaf
from schemas.trust import LogKey, Recipient, Trust, TrustedLedger
from schemas.types import UNSET, is_set
from tests.world import World, settled

CASE = "2026-0417"
FILES = {"chat.txt": b"hello\n", "notes.txt": b"room 4\n"}
NONCE = "0f" * 16


def country_of(name: str) -> str:
    """Return the invented country of a side: a is XA, b is XB."""
    return f"X{name[0].upper()}"


class Side:
    """One country: a settled world, an official, the other side as an organisation, and a place for bundles."""

    def __init__(self, folder: Path, name: str, *, peers: Mapping[str, str], gate: str | None = None) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        world = World(origin=f"{name}.example/main", seed=name, country=country_of(name))
        self.world = settled(world, gate=gate)
        self.inherited: dict[str, Path] = {}
        self.world.enrol("official-1", ("authority",))
        self.world.enrol(
            "ministry", ("authority",), kind="organisation", members=["official-1"], country=country_of(name)
        )
        for peer, country in peers.items():
            self.world.enrol(f"{peer}-police", (), kind="organisation", country=country, ledger=f"{peer}.example/main")

    # The vault of this side.
    def file(self, sha256: str) -> Path | None:
        """Return a file of evidence."""
        raw = self.world.contents.get(sha256)
        if raw is None:
            return None
        path = self.folder / sha256
        path.write_bytes(raw)
        return path

    def document(self, sha256: str) -> Path | None:
        """Return no document."""
        return None

    def manifest(self, root: str) -> Path | None:
        """Return no list."""
        return None

    def pieces(self, root: str) -> Path | None:
        """Return no list of pieces."""
        return None

    def inherited_bundle(self, manifest: str) -> Path | None:
        """Return the bundle of another ledger."""
        return self.inherited.get(manifest)

    def consent(self, exhibit: str, recipient: str, *, authority: str = "ministry", **details: Any) -> str:
        """Record a consent to an exhibit, and return its event hash."""
        given = {
            "authority": authority, "issued_at": "2026-11-21T08:00:00Z", "manner": "key", "onward": "with-consent",
            "purpose": "case B", "recipient": recipient, "valid_from": "2026-11-21T00:00:00Z", **details,
        }  # fmt: skip
        receipt = self.world.annotate("consent.recorded", self.world.about(CASE, exhibit), given, actor="official-1")
        return receipt.event_hash

    def dispatch(self, number: str, to: str, *, transfer: str = NONCE, **details: Any) -> Composed:
        """Return a dispatch of an exhibit, not recorded yet."""
        given = {
            "item": "original", "not_sealed": "data", "onward": "with-consent", "purpose": "case B", "to": to,
            "transfer": transfer, **details,
        }  # fmt: skip
        exhibit = self.world.exhibit(CASE, number)
        anchor = Anchor(case=CASE, exhibit=number, link=link_after(exhibit))
        return self.world.event("transfer.dispatched", given, actor="examiner-1", anchor=anchor)

    def build(
        self,
        name: str,
        *numbers: str,
        to: str | None,
        acts: Sequence[Composed] = (),
        recipients: tuple[str, ...] = (),
        choice: Choice | None = None,
        **stated: Any,
    ) -> Built:
        """Build a bundle of exhibits for an agent on record, with acts recorded just before the export.

        Files and documents are encrypted to ``recipients``.
        """

        def sign(export: Export) -> Submission:
            details = {"manifest": export.manifest, "recipient": to or "somebody", "to": to, **stated}
            anchor = Anchor(about=export.about)
            return self.world.sign(self.world.event("bundle.exported", details, actor="examiner-1", anchor=anchor))

        order = Order(
            tuple((CASE, number) for number in numbers), NONCE, choice or Choice(),
            acts=tuple(self.world.sign(act) for act in acts), recipients=recipients,
        )  # fmt: skip
        return build_bundle(
            self.world.store, _Vault(self), order, target=self.folder / name, sign=sign, clock=self._clock,
            record=lambda items: append(
                self.world.store, items, at=self._clock(), log_signers=[self.world.log_signer]
            ),
        )  # fmt: skip

    def _clock(self) -> datetime:
        return self.world.at

    def trusted(self) -> TrustedLedger:
        """Return this ledger as somebody who believes it."""
        return TrustedLedger(
            authority="police", country=self.world.country, genesis=hash_leaf(self.world.entries()[0]).hex(),
            log_keys=(LogKey(first=0, key=self.world.log_key),), origin=self.world.origin, seen=(),
        )  # fmt: skip

    def accept(
        self, bundle: Path, verified: Verified, sender: str, *, number: str | None = None, **changes: Any
    ) -> str:
        """Accept what a bundle delivers, under its own number or ``number``; keep the bundle, return the event hash."""
        delivery = delivery_of(verified)
        (arrival,) = delivery.arrivals
        self._keep(bundle, arrival)
        conditions = arrival.sent.conditions
        self.world.contents.update({sha256(raw).hexdigest(): raw for raw in FILES.values()})
        details: dict[str, Any] = {
            "accepted_at": "2026-11-21T12:00:00Z",
            "conditions": [{"before": c.before, "code": c.code} for c in conditions] if is_set(conditions) else None,  # type: ignore[union-attr]
            "content": arrival.registered.content if is_set(arrival.registered.content) else None,
            "description": "from abroad", "foreign": arrival.foreign, "from": sender,
            "kind": arrival.registered.kind, "nature": arrival.registered.nature, "obtained": "foreign-assistance",
            "onward": arrival.sent.onward,
            "sent_at": arrival.dispatch.event.occurred_at, "transfer": delivery.transfer, **changes,
        }  # fmt: skip
        anchor = Anchor(case=CASE, exhibit=number or arrival.number, link=Link(sequence=0))
        composed = self.world.event("transfer.accepted", details, actor="examiner-1", anchor=anchor)
        return self.world.append(self.world.sign(composed)).event_hash

    def take_back(self, bundle: Path, verified: Verified, sender: str, **changes: Any) -> str:
        """Take back what a bundle brings home, keep the bundle, and return the event hash."""
        delivery = delivery_of(verified)
        (arrival,) = delivery.arrivals
        home = arrival.comes_home_to(self.world.origin)
        assert home is not None, "it left from here"
        self._keep(bundle, arrival)
        exhibit = self.world.exhibit(home.left.case, home.left.exhibit)
        assert exhibit is not None
        sent = exhibit.dispatch.transfer if exhibit.dispatch is not None else (exhibit.recalled or ("",))[-1]
        details = {"foreign": arrival.foreign, "from": sender, "sent": sent, "transfer": delivery.transfer, **changes}
        anchor = Anchor(case=exhibit.case, exhibit=exhibit.number, link=link_after(exhibit))
        composed = self.world.event("transfer.returned", details, actor="examiner-1", anchor=anchor)
        return self.world.append(self.world.sign(composed)).event_hash

    def _keep(self, bundle: Path, arrival: Arrival) -> None:
        stripped = self.folder / f"{arrival.foreign.manifest}.zip"
        if not stripped.exists():
            with open_container(bundle) as container:
                write_stripped(container, stripped)
        self.inherited[arrival.foreign.manifest] = stripped


class _Vault:
    """`Side` as a bundle looks into it."""

    def __init__(self, side: Side) -> None:
        self.file, self.document, self.manifest = side.file, side.document, side.manifest
        self.pieces, self.inherited = side.pieces, side.inherited_bundle


def trust(*sides: Side, ledger: str | None = None, country: str | None = None) -> Trusted:
    """Return what somebody believes who trusts some ledgers; ``ledger`` and ``country`` are his own."""
    own = {name: value for name, value in (("ledger", ledger), ("country", country)) if value is not None}
    recipient = Recipient(**own, name="the reader") if own else UNSET
    ledgers = tuple(sorted((side.trusted() for side in sides), key=lambda item: item.origin))
    return Trusted(Trust(ledgers=ledgers, recipient=recipient, schema="custody-trust/v1"), "00" * 32)


def read(bundle: Path, trusted: Trusted, at: datetime) -> Verified:
    """Verify a bundle that can be opened."""
    verified = verify_bundle(bundle, trusted=trusted, at=at).verified
    assert verified is not None
    return verified


def codes(verified: Verified) -> set[str]:
    """Return the codes of all findings."""
    return {item.code for item in verified.report.findings}


def register(side: Side, number: str = "EX-1") -> None:
    """Register an exhibit of two files."""
    side.world.register(CASE, number, actor="examiner-1", files=FILES)
