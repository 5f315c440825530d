"""Within step 9: the proofs about an asset on a public chain, of each listed exhibit that has some, and of each time
that it was looked at again.

What the proofs must be about are the recorded identifiers, as far as the bundle discloses them; which blocks the reader
believes is in the trust file. The checks themselves are `custody.onchain`, loaded only where there is such a proof.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from custody.verify.assets.asset_history import (
    Balance,
    Capture,
    Custody,
    Story,
    captures_of,
    check_balances,
    check_dates,
    check_drops,
    recorded_balances,
    shown,
)
from custody.verify.assets.freezes import check_freezes
from custody.verify.record.opened import fail
from schemas.details.asset import Asset, AssetTransfer
from schemas.details.observation import AssetObserved
from schemas.errors import CustodyError, RecordError, VerificationError
from schemas.private import Disclosure
from schemas.report import Findings, Severity
from schemas.trust import Trust
from schemas.types import UNSET, Private

if TYPE_CHECKING:
    from custody.onchain.check import Proven
    from custody.onchain.claims import Part, Recorded, Said

Read = Callable[[str], bytes | None]
"""Gives the bytes of a document by digest, one more than a proof may have at most; nothing where it isn't at hand."""


def check_assets(
    stories: Mapping[tuple[str, str], Story],
    read: Read,
    findings: Findings,
    disclosed: Mapping[str, Disclosure],
    trust: Trust | None,
) -> None:
    """Check each proof about each listed asset, and whether a custody wallet serves several.

    Findings: those of `check_captures`; ``defect.shared-wallet`` at step 12 (defect).
    """
    served, proofs = dict[str, tuple[str, str]](), Proofs(read, trust)
    for (case, number), story in stories.items():
        subject, captures = f"{case}/{number}", captures_of(story)
        for capture in captures:
            asset, transfer = captures[0].part, capture.part.transfer
            if isinstance(asset, Asset) and isinstance(transfer, AssetTransfer):
                wallet, target = shown(transfer.wallet, disclosed), shown(asset.account, disclosed) or subject
                first = served.setdefault(wallet, (case, target)) if wallet else (case, target)
                if transfer.shared is True or first != (case, target):
                    where = subject if capture.part is asset else f"entry {capture.index}"
                    text = "the custody wallet serves another target wallet or case as well"
                    findings.add(12, Severity.DEFECT, "defect.shared-wallet", where, text)
        check_captures(subject, story, proofs, findings, disclosed)


def check_captures(
    subject: str, story: Story, proofs: Proofs, findings: Findings, disclosed: Mapping[str, Disclosure]
) -> None:
    """Check each proof of an exhibit's registration and later observations, what was held over time, and its freezes.

    Findings: ``asset.*`` failed where a proof doesn't hold or is about something else; ``asset.pin-not-reached``,
    ``asset.shallow`` (undecided); ``asset.other-sender``, ``asset.left``, ``asset.balance-dropped``, ``asset.none``,
    ``asset.freeze-state``, ``asset.observed-ahead``, ``asset.balance-unread`` (defects); ``asset.proven``,
    ``asset.stated``, ``asset.not-pinned``, ``asset.withheld``, ``asset.proof-absent`` (notes).
    """
    check_freezes(subject, story, findings)
    check_dates(story, findings)
    captures = captures_of(story)
    asset = captures[0].part if captures else UNSET
    if not isinstance(asset, Asset):
        for item in captures:
            text = "expected an asset that is looked at, found an exhibit that was registered as none"
            findings.add(9, Severity.DEFECT, "asset.none", f"entry {item.index}", text)
        return
    check_balances(captures, disclosed, findings)
    balances, custody = list(recorded_balances(asset, captures, disclosed)), Custody(story)
    for item in captures:
        for place, proof in enumerate(item.part.proofs or (), start=1):
            where = f"{subject}, asset proof {place}" if item.part is asset else f"entry {item.index}"
            try:
                proven = proofs.get(proof.document)
                if proven is None:
                    text = f"the proof {proof.document} is not at hand, so it was not checked"
                    findings.add(9, Severity.NOTE, "asset.proof-absent", where, text)
                    continue
                for said in _bind(proven, recorded_of(asset, item, disclosed)):
                    if said.code != "asset.left":
                        findings.add(9, said.severity, said.code, where, said.text)
                    elif custody.at(said.at):
                        findings.add(9, said.severity, said.code, where, f"{said.text}, in {said.rests_on}")
                    if said.held is not None:
                        wallet = said.held.is_wallet
                        account = item.account(asset, disclosed, is_wallet=wallet)
                        balances.append(Balance(said.at, item.index, account, wallet, said.held.amount, said.rests_on))
            except CustodyError as error:
                fail(findings, 9, error, where)
    check_drops(custody, captures, balances, disclosed, findings)


class Proofs:
    """The proofs about assets that a bundle or a home has, each read and checked once. Mutable: keeps what it found."""

    def __init__(self, read: Read, trust: Trust | None) -> None:
        self._read = read
        self._pins = (trust.chain_pins or ()) if trust is not None else ()
        self._found: dict[str, Proven | CustodyError | None] = {}

    def get(self, digest: str) -> Proven | None:
        """Return what a proof shows, nothing where it isn't at hand.

        Raises:
            CustodyError: of its document, or as `prove`; the same each time.
        """
        if digest not in self._found:
            try:
                self._found[digest] = self._prove(digest)
            except (RecordError, VerificationError) as error:
                self._found[digest] = error
        found = self._found[digest]
        if isinstance(found, CustodyError):
            raise found.with_traceback(None)
        return found

    def _prove(self, digest: str) -> Proven | None:
        # The libraries behind it take a while to load, and few bundles have such a proof.
        from custody.onchain.check import parse_proof, prove

        raw = self._read(digest)
        return None if raw is None else prove(parse_proof(raw), self._pins)


def _bind(proven: Proven, recorded: Recorded) -> tuple[Said, ...]:
    from custody.onchain.check import bind_proof

    return bind_proof(proven, recorded)


def recorded_of(asset: Asset, capture: Capture, disclosed: Mapping[str, Disclosure]) -> Recorded:
    """Return what was recorded about an asset by a capture, as far as it is disclosed.

    Raises:
        RecordError: ``asset.value`` for a disclosed value that isn't a text.
    """
    from custody.onchain.claims import Recorded

    state, part = capture.part.state, capture.part
    fields: dict[Part, object] = {"account": asset.account, "asset": asset.asset}
    if capture.transfers:
        transfer = capture.transfers[-1]
        fields |= {"test_transaction": transfer.test_transaction, "transaction": transfer.transaction}
        fields["wallet"] = transfer.wallet
    if state is not UNSET:
        fields["balance"] = state.balance
    values: dict[str, Any] = {name: _value(field, disclosed) for name, field in fields.items()}
    former = [_value(transfer.wallet, disclosed) for transfer in capture.transfers[:-1]]
    hidden: set[Part] = {name for name, field in fields.items() if isinstance(field, Private) and values[name] is None}
    if isinstance(part, AssetObserved):
        values |= {"balance_of": part.balance_of or "account", "is_later": True}
    return Recorded(
        **values,
        former=tuple(filter(None, former)),
        height=state.height if state is not UNSET and isinstance(state.height, int) else None,
        withheld=frozenset(hidden | ({"former"} if None in former else set())),
    )


def _value(field: object, disclosed: Mapping[str, Disclosure]) -> str | None:
    found = disclosed.get(field.commitment) if isinstance(field, Private) else None
    if found is None:
        return None
    if not isinstance(found.value, str):
        raise RecordError("asset.value", "expected a text as a recorded value of an asset, found another")
    return found.value
