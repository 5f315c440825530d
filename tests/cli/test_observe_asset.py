"""Assets that are looked at again at the prompt: later proofs, balances over time, control that came later."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from custody.cli.exits import Exit
from custody.verify.assets.asset_history import FORMER
from schemas.details.observation import AssetObserved
from schemas.types import is_set
from tests.cli.machine import CASE, Machine
from tests.cli.script import Stage
from tests.evidence.assets.node import answer, get_block, get_proof, get_receipts, owner_answers
from tests.onchain.forging import Account, EthereumBlock
from tests.onchain.scenes import (
    CONTRACT,
    OWNER_KEY,
    STRANGER,
    TARGET,
    TOKEN,
    WALLET,
    account,
    address,
    asset,
    moved,
    receipts_block,
    word,
)

SEEN = 8_000_000
"""A block some days after the ledger of these tests was opened."""
OBSERVE = f"observe-asset {CASE}/EX-1 --clock-is-right --as exam-07"
FURTHER = b"\xb7" * 20


@pytest.fixture
def machine(stage: Stage) -> Machine:
    """Give a ledger that is ready for evidence, and a court that may receive it."""
    made = Machine(stage)
    made.do("agent enrol court-1 --kind organisation --country FR --as reg-1")
    return made


def _balances(at: int, **held: int) -> str:
    """Write a node's answers about what accounts hold in a block, and return the options that give them."""
    named = {"target": TARGET, "wallet": WALLET}
    block = EthereumBlock(at, accounts={named[name]: Account(1, amount) for name, amount in held.items()})
    Path(f"{at}.json").write_bytes(answer(get_block(block), *(get_proof(block, named[name]) for name in held)))
    return f"--proof {at}.json"


def _owner(at: int, owner: bytes) -> str:
    storage = {OWNER_KEY: int.from_bytes(owner, "big"), word(9): 7}
    block = EthereumBlock(at, accounts={CONTRACT: Account(1, storage=storage), TARGET: Account(1, 5)})
    Path(f"{at}.json").write_bytes(owner_answers(block, OWNER_KEY))
    return f"--proof {at}.json"


def _register(machine: Machine, options: str, *, wait: bool = True) -> None:
    """Register an asset, and wait for the blocks in which it is seen later."""
    machine.do(f"register-asset --case {CASE} --exhibit next --as exam-07 {options}")
    if wait:
        machine.stage.now += timedelta(days=10)


def _observed(machine: Machine) -> AssetObserved:
    details = machine.entries()[-1].event.details
    assert isinstance(details, AssetObserved)
    return details


def _found(machine: Machine, exit: Exit = Exit.DONE, *, actor: str = "exam-07") -> dict[str, list[dict[str, Any]]]:
    """Bundle the exhibit and verify it; return the findings by code."""
    Path("b.zip").unlink(missing_ok=True)
    machine.do(f"bundle {CASE}/EX-1 --to court-1 -o b.zip --as {actor}")
    machine.do("trust export -o t.json --force")
    found: dict[str, list[dict[str, Any]]] = {}
    for item in machine.json("verify b.zip --trust t.json", exit)["findings"]:
        found.setdefault(item["code"], []).append(item)
    return found


def test_a_later_capture_is_recorded_with_what_it_proves(machine: Machine) -> None:
    """Balance, block and time come out of the proof; nothing of it stands in clear."""
    _register(machine, f"--account {account(TARGET)}")
    before = machine.json("show EX-1")["events"]
    machine.do(f"{OBSERVE} {_balances(SEEN, target=5)}")
    found = _observed(machine)
    assert found.balance_of == "account"
    assert (found.state.height, found.state.observed_at) == (SEEN, "2026-11-30T00:53:20Z")  # type: ignore[union-attr]
    assert account(TARGET).encode() not in machine.entries()[-1].event.raw
    assert not is_set(machine.entries()[-1].event.event.link)
    assert len(machine.json("show EX-1")["events"]) == len(before) + 1
    machine.do(f"move EX-1 --place {CASE} --as exam-07")
    findings = _found(machine)
    assert [item["subject"] for item in findings["asset.stated"]] == [f"entry {machine.entries()[-3].entry.index}"]
    assert "asset.balance-dropped" not in findings


@pytest.mark.parametrize("command", ["observe", "register"])
def test_what_is_yet_to_be_seen_is_not_recorded(machine: Machine, command: str) -> None:
    """A capture of tomorrow, typed or read out of a block that says so, as an act of tomorrow is refused."""
    _register(machine, f"--account {account(TARGET)}", wait=False)
    size = len(machine.entries())
    another = f"register-asset --case {CASE} --exhibit next --as exam-07 --account {account(WALLET)}"
    line = OBSERVE if command == "observe" else another
    machine.fail(f"{line} --observed-at 2026-11-22", Exit.REFUSED, "event.future")
    if command == "observe":
        machine.fail(f"{OBSERVE} {_balances(SEEN, target=5)}", Exit.REFUSED, "event.future")
    assert len(machine.entries()) == size


def test_a_balance_that_drops_in_custody_is_told_to_everybody(machine: Machine) -> None:
    """By the command, show, audit and verify, and by the explanation that somebody gave."""
    _register(machine, f"--account {account(TARGET)} {_balances(100, target=9)}")
    machine.do(f"{OBSERVE} {_balances(SEEN, target=9)}")
    ran = machine.do(f"{OBSERVE} {_balances(SEEN + 5, target=4)}")
    assert "[asset.balance-dropped]" in ran.stderr
    assert "expected 9 or more" in ran.stderr
    entry = machine.entries()[-1].entry.index
    told = machine.do("show EX-1").stdout
    assert f"2026-11-30 00:54:20 UTC: the account held 4 (-5), entry {entry}" in told
    assert "DEFECT: " in told
    balances = machine.json("show EX-1")["balances"]
    assert [(item["amount"], item["holder"]) for item in balances] == [("9", "the account")] * 2 + [
        ("4", "the account")
    ]
    (due,) = machine.json("status --check", Exit.ATTENTION)["attention"]
    assert (due["code"], due["subject"]) == ("asset.balance-dropped", f"exhibit {CASE}/EX-1")
    assert f"(entry {entry})" in due["text"]
    machine.do(f'explain {entry} --statement "another matter" --cures freeze --as exam-07')
    assert machine.stage.custody("status --check").exit is Exit.ATTENTION
    machine.do(f'explain {entry} --statement "fees of the provider" --cures asset.balance-dropped --as exam-07')
    machine.do("status --check")
    (dropped,) = _found(machine)["asset.balance-dropped"]
    assert (dropped["severity"], dropped["step"], dropped["subject"]) == ("defect", 9, f"entry {entry}")
    assert "explained in entry" in dropped["text"]
    (again,) = [item for item in machine.json("audit")["findings"] if item["code"] == "asset.balance-dropped"]
    assert again["subject"] == f"entry {entry}"


def test_a_drop_by_a_recorded_transfer_is_none(machine: Machine) -> None:
    """What left the target's account for the custody wallet is in custody; what leaves the wallet then is told."""
    _register(machine, f"--account {account(TARGET)}")
    machine.do(f"{OBSERVE} {_balances(SEEN, target=9)}")
    machine.do(f"{OBSERVE} --custody-wallet {account(WALLET)} --seizure-tx {'ab' * 32} {_balances(SEEN + 1, wallet=8)}")
    assert _observed(machine).balance_of == "wallet"
    ran = machine.do(f"{OBSERVE} {_balances(SEEN + 2, target=0, wallet=8)}")
    assert "dropped" not in ran.stderr
    assert "asset.balance-dropped" not in _found(machine)
    machine.do("status --check")
    machine.do(f"{OBSERVE} {_balances(SEEN + 3, wallet=7)}")
    (dropped,) = _found(machine)["asset.balance-dropped"]
    assert "custody wallet" in dropped["text"]


def test_what_is_captured_late_disturbs_no_order(machine: Machine) -> None:
    """Balances are compared by the dates of blocks, and only while the exhibit is in custody."""
    _register(machine, f"--account {account(TARGET)}")
    machine.do(f"{OBSERVE} {_balances(100, target=90)}")
    machine.do(f"{OBSERVE} {_balances(101, target=20)}")
    machine.do(f"{OBSERVE} {_balances(SEEN, target=30)}")
    machine.do(f"{OBSERVE} {_balances(90, target=40)}")
    assert "asset.balance-dropped" not in _found(machine)


def test_it_stays_possible_after_disposal_and_a_drop_is_none_then(machine: Machine) -> None:
    """An annotation takes no place among the acts; what was forfeited may be sold."""
    _register(machine, f"--account {account(TARGET)} --observed-at 2026-11-20 --balance 7", wait=False)
    machine.do("dispose EX-1 --manner forfeited --authority court --to-agent court-1 --as exam-07 --registrar reg-1")
    machine.stage.now += timedelta(days=10)
    ran = machine.do(f"{OBSERVE} {_balances(SEEN, target=0)}")
    assert "dropped" not in ran.stderr
    assert "asset.balance-dropped" not in {item["code"] for item in machine.json("audit")["findings"]}


def test_a_token_that_went_elsewhere_is_a_finding_and_no_contradiction(machine: Machine) -> None:
    """By its owner's word and by the transfer; a block before the registration shows only history."""
    _register(machine, f"--asset {asset()} --account {account(TARGET)}")
    machine.do(f"{OBSERVE} {_owner(100, STRANGER)}")
    assert "asset.left" not in _found(machine)
    machine.do(f"{OBSERVE} {_owner(SEEN, TARGET)}")
    assert "asset.left" not in _found(machine)
    ran = machine.do(f"{OBSERVE} {_owner(SEEN + 1, STRANGER)}")
    assert "[asset.left]" in ran.stderr
    block = EthereumBlock(SEEN + 2, receipts=receipts_block(moved(TARGET, STRANGER)).receipts)
    Path("left.json").write_bytes(answer(get_receipts(block, 130, [moved(TARGET, STRANGER)]), get_block(block)))
    assert [item["severity"] for item in _found(machine)["asset.left"]] == ["defect"]


def test_control_that_came_later_is_proven_by_the_transfer(machine: Machine) -> None:
    """To the custody wallet, and from it to a further one; by somebody else it is a defect."""
    _register(machine, f"--asset {asset()} --account {account(TARGET)}")
    for number, (sender, receiver) in enumerate(((TARGET, WALLET), (WALLET, FURTHER), (STRANGER, b"\xb8" * 20))):
        log = moved(sender, receiver)
        block = EthereumBlock(SEEN + number, receipts=receipts_block(log).receipts)
        Path("r.json").write_bytes(answer(get_receipts(block, 130, [log]), get_block(block)))
        ran = machine.do(f"{OBSERVE} --custody-wallet {account(receiver)} --proof r.json")
        assert "moved 1 of token" in ran.stderr
        assert ("[asset.other-sender]" in ran.stderr) == (sender == STRANGER)
    assert len(_found(machine)["asset.other-sender"]) == 1


def test_a_custody_wallet_of_another_target_is_refused_whenever_it_is_named(machine: Machine) -> None:
    """Wallets of observations count among those in use, here and in an audit."""
    _register(machine, f"--account {account(TARGET)}", wait=False)
    _register(machine, f"--account {account(STRANGER)} --custody-wallet {account(FURTHER)}", wait=False)
    machine.fail(f"{OBSERVE} --custody-wallet {account(FURTHER)}", Exit.REFUSED, "asset.shared-wallet")
    machine.do(f"{OBSERVE} --custody-wallet {account(WALLET)}")
    machine.do(f"{OBSERVE} --custody-wallet {account(WALLET)} --seizure-tx {'ab' * 32}")
    assert "shared-wallet" not in machine.do("status --check").stdout
    other = f"register-asset --case {CASE} --exhibit next --as exam-07 --account {account(CONTRACT)}"
    machine.fail(f"{other} --custody-wallet {account(WALLET)}", Exit.REFUSED, "asset.shared-wallet")
    machine.do(f"{OBSERVE} --custody-wallet {account(FURTHER)} --accept-comingling")
    assert "asset.shared-wallet" in machine.stage.custody("status --check").stdout
    codes = [item for item in machine.json("audit")["findings"] if item["code"] == "defect.shared-wallet"]
    assert len(codes) == 2
    assert len(_found(machine)["defect.shared-wallet"]) == 1


def test_a_wallet_that_was_used_long_ago_is_not_free_again(machine: Machine) -> None:
    """However often the coins went on since: what was mixed once is mixed."""
    _register(machine, f"--account {account(TARGET)} --custody-wallet {account(WALLET)}", wait=False)
    for number in range(FORMER + 2):
        machine.do(f"{OBSERVE} --custody-wallet {account(bytes([number + 1]) * 20)}")
    other = f"register-asset --case {CASE} --exhibit next --as exam-07 --account {account(CONTRACT)}"
    machine.fail(f"{other} --custody-wallet {account(WALLET)}", Exit.REFUSED, "asset.shared-wallet")
    machine.do(f"{other} --custody-wallet {account(WALLET)} --accept-comingling")
    assert "asset.shared-wallet" in machine.stage.custody("status --check").stdout


@pytest.mark.parametrize(
    ("options", "exit", "code"),
    [
        ("", Exit.USAGE, "usage.asset"),
        ("--seizure-tx " + "ab" * 32, Exit.USAGE, "usage.asset"),
        ("--balance 5", Exit.USAGE, "usage.asset"),
        ("--balance-of wallet --balance 5 --observed-at 2026-11-20", Exit.USAGE, "usage.asset"),
        ("--balance-of account --observed-at 2026-11-20", Exit.USAGE, "usage.asset"),
        (f"--custody-wallet {account(WALLET)} --balance 5 --observed-at 2026-11-20", Exit.USAGE, "usage.asset"),
        (f"--custody-wallet {account(TARGET)}", Exit.USAGE, "asset.own-wallet"),
        (f"--custody-wallet {address(WALLET)}", Exit.USAGE, "asset.other-chain"),
        (f"--observed-at 2026-11-20 --balance 6 --block-height {SEEN} --proof right.json", Exit.FAILED,
         "asset.balance"),
        ("--proof other.json", Exit.FAILED, "asset.unbound"),
        ("--proof cut.json", Exit.FAILED, "asset.trie"),
        ("--proof passphrase", Exit.USAGE, "asset.answer"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_and_nothing_is_recorded(
    machine: Machine, options: str, exit: Exit, code: str
) -> None:
    """Also what contradicts the record: another balance, another account, a proof with a node missing."""
    _register(machine, f"--account {account(TARGET)}")
    block = EthereumBlock(
        SEEN, accounts={bytes([n]) * 20: Account(1, n) for n in range(1, 60)} | {TARGET: Account(1, 5)}
    )
    right, other = get_proof(block, TARGET), get_proof(block, b"\x05" * 20)
    cut = {**right, "accountProof": right["accountProof"][:-1]}
    for name, told in (("right", right), ("other", other), ("cut", cut)):
        Path(f"{name}.json").write_bytes(answer(get_block(block), told))
    before = len(machine.entries())
    machine.fail(f"{OBSERVE} {options}", exit, code)
    assert len(machine.entries()) == before
    assert [path for path in (machine.home / "documents").rglob("*") if path.is_file()] == []


def test_only_an_asset_is_observed(machine: Machine) -> None:
    """A phone has no balance."""
    machine.do(f"register --case {CASE} --exhibit next --kind phone --description d --as exam-07")
    machine.fail(f"{OBSERVE} --observed-at 2026-11-20", Exit.REFUSED, "asset.none")
    machine.fail("observe-asset EX-7 --as exam-07 --observed-at 2026-11-20", Exit.USAGE, "usage.exhibit")


def test_an_audit_reads_every_proof_again(machine: Machine) -> None:
    """A document that was exchanged on the disk, or is gone, is told of the entry that names it."""
    _register(machine, f"--asset {asset()} --account {account(TARGET)} {_owner(100, TARGET)}")
    machine.do(f"{OBSERVE} {_owner(SEEN, TARGET)}")
    proofs = [item for item in machine.json("audit")["findings"] if item["code"] == "asset.stated"]
    assert [item["subject"] for item in proofs] == [
        f"{CASE}/EX-1, asset proof 1",
        "entry 7",
    ]
    digest = _observed(machine).proofs[0].document  # type: ignore[index]
    path = machine.home / "documents" / digest[:2] / digest
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace(b'"height":8', b'"height":7'))
    found = machine.json("audit", Exit.FAILED)["findings"]
    assert ("content.documents", "failed") in {(item["code"], item["severity"]) for item in found}
    path.unlink()
    assert "asset.proof-absent" in {item["code"] for item in machine.json("audit")["findings"]}
    assert str(TOKEN) not in path.name


def test_papers_and_other_forms_tell_it(machine: Machine) -> None:
    """The list of what was seized has the balances, the Chinese one in its own words; CASE has the act."""
    Path("cat.png").write_bytes(b"meow")
    _register(machine, f"cat.png --account {account(TARGET)} --observed-at 2026-11-20 --balance 7")
    machine.do(f"{OBSERVE} {_balances(SEEN, target=7)}")
    for paper, word_ in (("seizure-list", "Balance (smallest unit)"), ("cn-list", "涉案账户")):
        machine.do(f"print {paper} {CASE}/EX-1 -o {paper}.html")
        text = Path(f"{paper}.html").read_text("utf-8")
        assert word_ in text
        assert "2026-11-30 00:53:20 UTC" in text
    machine.do(f"export-case {CASE}/EX-1 -o case.jsonld")
    assert "asset.observed" in Path("case.jsonld").read_text("utf-8")
    assert "was looked at on its chain by exam-07" in machine.do("log").stdout
    _found(machine)
    machine.do("verify b.zip --trust t.json --report r.html")
    assert "What it held" in Path("r.html").read_text("utf-8")
