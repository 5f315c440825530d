"""Proofs about assets within step 9: whatever stands in a document is a finding, and none of it raises."""

from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from custody.verify.assets.asset_step import check_assets
from schemas import canonical
from schemas.content import content_of
from schemas.private import Disclosure
from schemas.report import Finding, Findings
from schemas.trust import ChainPin, Trust
from tests.onchain.forging import ETHEREUM
from tests.onchain.scenes import STRANGER, TARGET, WALLET, account, asset, owner_proof, state_block
from tests.verify.test_asset_history import Watching
from tests.world import World

GOOD = canonical.encode(owner_proof())
PIN = ChainPin(chain=ETHEREUM, hash=state_block().hash.hex(), height=100)


def _registered(raw: bytes, number: str = "EX-1", **changes: Any) -> tuple[Any, list[Disclosure]]:
    world = World(seed=number)
    values = {
        "account": account(TARGET),
        "asset": asset(),
        "custody": "unknown",
        "proofs": [{"document": sha256(raw).hexdigest()}],
        "transfer": {"wallet": account(WALLET)},
    }
    details: dict[str, Any] = {
        "asset": {**values, **changes},
        "content": content_of([]),
        "nature": "asset",
        "kind": "collectible",
    }
    made = world.registration("C", number, actor="examiner-1", **details)
    return SimpleNamespace(event=made.event, entry=SimpleNamespace(index=1, recorded_at="2026-11-22T00:00:00Z")), list(
        made.disclosures
    )


def _check(raw: bytes, *, is_there: bool = True, **changes: Any) -> list[Finding]:
    entry, disclosures = _registered(raw, **changes)
    findings, kept = Findings(), {sha256(raw).hexdigest(): raw} if is_there else {}
    trust = Trust(ledgers=(), schema="custody-trust/v1", chain_pins=(PIN,))
    disclosed = {item.commitment: item for item in disclosures}
    check_assets({("C", "EX-1"): [entry]}, kept.get, findings, disclosed, trust)
    return findings.items


def test_a_proof_that_holds_is_told_at_step_9() -> None:
    """With the exhibit and the number of the proof."""
    (found,) = _check(GOOD)
    assert (found.step, found.code, found.subject) == (9, "asset.proven", "C/EX-1, asset proof 1")


@pytest.mark.parametrize(
    ("raw", "code", "severity"),
    [
        (b"", "record.malformed", "failed"),
        (b"\xff" * 100, "record.malformed", "failed"),
        (b"[" * 10_000, "record.malformed", "failed"),
        (GOOD + b"\n", "record.not-canonical", "failed"),
        (GOOD.replace(b'"height":100', b'"height":100,"more":1'), "record.malformed", "failed"),
        (GOOD.replace(b"asset-proof/v1", b"asset-proof/v2"), "record.version", "indeterminate"),
        (GOOD.replace(b'"chain":"eip155:1"', b'"chain":"eip155:2"'), "asset.other-chain", "failed"),
        (b" " * (9 << 20), "record.size", "failed"),
    ],
)
def test_what_is_no_proof_is_a_finding(raw: bytes, code: str, severity: str) -> None:
    """The sender must supply it well formed; a newer version is undecided."""
    (found,) = _check(raw)
    assert (found.code, found.severity.value, found.step) == (code, severity, 9)


@given(some.integers(0, len(GOOD) - 1), some.binary(min_size=1, max_size=3))
def test_no_bytes_of_a_proof_raise(place: int, raw: bytes) -> None:
    """Changed anywhere, by anything."""
    changed = GOOD[:place] + raw + GOOD[place + len(raw) :]
    assert all(item.code != "asset.proven" for item in _check(changed)) or changed == GOOD


def test_a_proof_that_is_not_there_is_said() -> None:
    """Withheld documents are no fault."""
    (found,) = _check(GOOD, is_there=False)
    assert (found.code, found.severity.value) == ("asset.proof-absent", "note")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"account": 5}, "asset.value"),
        ({"account": ["x"]}, "asset.value"),
        ({"asset": "nothing"}, "asset.asset"),
        ({"account": account(STRANGER), "transfer": {"wallet": account(STRANGER)}}, "asset.not-held"),
    ],
)
def test_recorded_values_that_make_no_sense_are_findings(changes: dict[str, Any], code: str) -> None:
    """What was signed may be anything."""
    assert code in {item.code for item in _check(GOOD, **changes)}


@pytest.mark.parametrize(("raw", "code"), [(GOOD, "asset.stated"), (b"", "record.malformed")])
def test_a_proof_is_read_once_and_told_wherever_it_is_named(raw: bytes, code: str) -> None:
    """Reading takes long; what is wrong with the proof is a finding of each record that rests on it."""
    first, one = _registered(raw)
    second, other = _registered(raw, "EX-2")
    asked, findings = list[str](), Findings()

    def read(digest: str) -> bytes:
        asked.append(digest)
        return raw

    disclosed = {item.commitment: item for item in (*one, *other)}
    check_assets({("C", "EX-1"): [first], ("C", "EX-2"): [second]}, read, findings, disclosed, None)
    assert len(asked) == 1
    told = [item.subject for item in findings.items if item.code == code]
    assert told == ["C/EX-1, asset proof 1", "C/EX-2, asset proof 1"]


def test_a_wallet_that_two_listed_assets_share_is_a_defect() -> None:
    """Seen where both are disclosed, recorded or not."""
    first, one = _registered(GOOD, account=account(TARGET))
    second, other = _registered(GOOD, "EX-2", account=account(STRANGER))
    findings = Findings()
    stories: Any = {("C", "EX-1"): [first], ("C", "EX-2"): [second]}
    disclosed = {item.commitment: item for item in (*one, *other)}
    check_assets(stories, lambda _: None, findings, disclosed, None)
    assert [item.subject for item in findings.items if item.code == "defect.shared-wallet"] == ["C/EX-2"]


def test_two_accounts_whose_names_are_withheld_are_two(tmp_path: Path) -> None:
    """Their commitments tell them apart: that less is in the wallet than was in the account is no drop."""
    watching = Watching(tmp_path)
    watching.see(balance="7")
    transfer = {"wallet": account(WALLET)}
    watching.see(balance="6", at="2026-11-29T00:00:01Z", balance_of="wallet", transfer=transfer)
    watching.hide("/details/asset/account", "/details/transfer/wallet")
    assert "asset.balance-dropped" not in [item.code for item in watching.found()]
