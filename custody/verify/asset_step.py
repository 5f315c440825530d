"""Within step 9: the proofs about an asset on a public chain, of each listed exhibit that has some.

What the proofs must be about are the recorded identifiers, as far as the bundle discloses them; which blocks the reader
believes is in the trust file. The checks themselves are `custody.onchain`, loaded only where there is such a proof.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from custody.verify.document_bytes import read_document
from custody.verify.opened import Opened, fail
from custody.verify.source import Decryption, Source
from schemas import limits
from schemas.details.asset import Asset
from schemas.details.exhibit import ExhibitRegistered
from schemas.entry import ParsedEntry
from schemas.errors import CustodyError, RecordError
from schemas.private import Disclosure
from schemas.report import Findings, Severity
from schemas.trust import Trust
from schemas.types import UNSET, Private

if TYPE_CHECKING:
    from custody.onchain.claims import Recorded


def check_assets(
    opened: Opened,
    source: Source,
    findings: Findings,
    registered: Mapping[tuple[str, str], ParsedEntry],
    disclosed: Mapping[str, Disclosure],
    trust: Trust | None,
    decryption: Decryption | None = None,
) -> None:
    """Check each proof about each listed asset.

    Findings: ``asset.*`` failed where a proof doesn't hold or is about something else; ``asset.pin-not-reached``,
    ``asset.shallow`` (undecided); ``asset.other-sender``, and ``defect.shared-wallet`` at step 12 (defects);
    ``asset.proven``, ``asset.stated``, ``asset.not-pinned``, ``asset.withheld``, ``asset.proof-absent`` (notes).
    """
    served: dict[str, tuple[str, str]] = {}
    for (case, number), entry in registered.items():
        details = entry.event.details
        if not isinstance(details, ExhibitRegistered) or not isinstance(details.asset, Asset):
            continue
        subject, asset = f"{case}/{number}", details.asset
        if asset.transfer is not UNSET:
            wallet, target = _shown(asset.transfer.wallet, disclosed), _shown(asset.account, disclosed) or subject
            first = served.setdefault(wallet, (case, target)) if wallet else (case, target)
            if asset.transfer.shared is True or first != (case, target):
                text = "the custody wallet serves another target wallet or case as well"
                findings.add(12, Severity.DEFECT, "defect.shared-wallet", subject, text)
        for place, proof in enumerate(asset.proofs if isinstance(asset.proofs, tuple) else (), start=1):
            where = f"{subject}, asset proof {place}"
            try:
                raw = read_document(proof.document, opened, source, decryption, maximum=limits.ASSET_PROOF_BYTES)
                if raw is None:
                    text = f"the proof {proof.document} is not at hand, so it was not checked"
                    findings.add(9, Severity.NOTE, "asset.proof-absent", where, text)
                    continue
                _check(raw, asset, disclosed, trust, findings, where)
            except CustodyError as error:
                fail(findings, 9, error, where)


def _check(
    raw: bytes, asset: Asset, disclosed: Mapping[str, Disclosure], trust: Trust | None, findings: Findings, where: str
) -> None:
    # The libraries behind it take a while to load, and few bundles have such a proof.
    from custody.onchain.check import check_proof, parse_proof

    pins = trust.chain_pins if trust is not None and isinstance(trust.chain_pins, tuple) else ()
    for said in check_proof(parse_proof(raw), recorded_of(asset, disclosed), pins):
        findings.add(9, said.severity, said.code, where, said.text)


def recorded_of(asset: Asset, disclosed: Mapping[str, Disclosure]) -> Recorded:
    """Return what is recorded about an asset, as far as it is disclosed.

    Raises:
        RecordError: ``asset.value`` for a disclosed value that isn't a text.
    """
    from custody.onchain.claims import Recorded

    transfer, state = asset.transfer, asset.state
    fields: dict[str, object] = {"account": asset.account, "asset": asset.asset}
    if transfer is not UNSET:
        fields |= {"test_transaction": transfer.test_transaction, "transaction": transfer.transaction}
        fields["wallet"] = transfer.wallet
    if state is not UNSET:
        fields["balance"] = state.balance
    values: dict[str, Any] = {name: _value(field, disclosed) for name, field in fields.items()}
    hidden = (name for name, field in fields.items() if isinstance(field, Private) and values[name] is None)
    height = state.height if state is not UNSET and isinstance(state.height, int) else None
    return Recorded(**values, height=height, withheld=frozenset(hidden))  # type: ignore[arg-type]


def _shown(field: object, disclosed: Mapping[str, Disclosure]) -> str:
    """Return a disclosed text, or an empty one."""
    found = disclosed.get(field.commitment) if isinstance(field, Private) else None
    return found.value if found is not None and isinstance(found.value, str) else ""


def _value(field: object, disclosed: Mapping[str, Disclosure]) -> str | None:
    found = disclosed.get(field.commitment) if isinstance(field, Private) else None
    if found is None:
        return None
    if not isinstance(found.value, str):
        raise RecordError("asset.value", "expected a text as a recorded value of an asset, found another")
    return found.value
