"""Digital assets at the prompt: names, proofs, custody wallets, pins; and secrets that stay out of everything."""

import base64
import json
import re
from hashlib import sha256
from pathlib import Path

import pytest

from custody.cli.exits import Exit
from schemas.details.asset import Asset
from schemas.details.exhibit import ExhibitRegistered
from tests.cli.machine import CASE, Machine
from tests.cli.script import Stage
from tests.evidence.assets.node import answer, get_block, get_header, get_receipts, merkle_block, owner_answers
from tests.onchain.forging import REGTEST, EthereumBlock, bitcoin_chain, branch_of, double
from tests.onchain.scenes import (
    HEIGHT,
    OWNER_KEY,
    PAYMENT,
    PAYMENT_ID,
    STRANGER,
    TARGET,
    TOKEN,
    WALLET,
    account,
    address,
    asset,
    moved,
    receipts_block,
    state_block,
)

REGISTER = f"register-asset --case {CASE} --exhibit next --as exam-07"
TOKEN_OPTIONS = f"--asset {asset()} --account {account(TARGET)} --custody-wallet {account(WALLET)}"
PHRASE = "legal winner thank year wave sausage worth useful legal winner thank yellow"


@pytest.fixture
def machine(stage: Stage) -> Machine:
    """Give a ledger that is ready for evidence, and a court that may receive it."""
    made = Machine(stage)
    made.do("agent enrol court-1 --kind organisation --country FR --as reg-1")
    return made


def _asset(machine: Machine) -> Asset:
    details = machine.entries()[-1].event.details
    assert isinstance(details, ExhibitRegistered)
    assert isinstance(details.asset, Asset)
    assert details.nature == "asset"
    return details.asset


def _verify(machine: Machine, exit: Exit, trust: str = "t.json") -> list[tuple[str, str, int]]:
    Path("bundle.zip").unlink(missing_ok=True)
    machine.do(f"bundle {CASE}/EX-1 --to court-1 -o bundle.zip --as exam-07")
    report = machine.json(f"verify bundle.zip --trust {trust}", exit)
    return [(item["code"], item["severity"], item["step"]) for item in report["findings"]]


def _write(name: str, raw: bytes) -> str:
    Path(name).write_bytes(raw)
    return name


def _owner_file(block: EthereumBlock | None = None) -> str:
    return _write("owner.json", owner_answers(block or state_block(), OWNER_KEY))


def test_a_token_travels_with_its_proof(machine: Machine) -> None:
    """From captured answers to a verdict that names the block, pinned and not."""
    block = state_block()
    Path("cat.png").write_bytes(b"meow")
    Path("cat.json").write_bytes(b"{}")
    ran = machine.do(
        f"{REGISTER} {TOKEN_OPTIONS} --media cat.png --metadata cat.json --token-uri ipfs://x --approvals 1 "
        f"--proof {_owner_file(block)} --characterised property --characterised data"
    )
    assert "belongs to the recorded account" in ran.stderr
    found = _asset(machine)
    assert len(found.proofs) == 1  # type: ignore[arg-type]
    machine.do("trust export -o t.json")
    assert ("asset.not-pinned", "note", 9) in _verify(machine, Exit.DONE)
    assert "chains" in machine.do("verify bundle.zip --trust t.json").stdout.splitlines()[-1]
    machine.do(f"trust pin eip155:1 {HEIGHT} 0x{block.hash.hex().upper()} --trust t.json")
    assert ("asset.proven", "note", 9) in _verify(machine, Exit.DONE)
    told = " ".join(machine.do("verify bundle.zip --trust t.json").stdout.split())
    for part in (f"block {HEIGHT} of eip155:1", "which is pinned", "can't be seen offline", f"/{TOKEN} belongs to"):
        assert part in told


def test_a_pin_that_is_not_reached_leaves_it_undecided_and_another_block_fails_it(machine: Machine) -> None:
    """Exit 4, and exit 3."""
    machine.do(f"{REGISTER} {TOKEN_OPTIONS} --proof {_owner_file()}")
    machine.do("trust export -o t.json")
    machine.do(f"trust pin eip155:1 {HEIGHT + 5} {'ab' * 32} --trust t.json")
    assert ("asset.pin-not-reached", "indeterminate", 9) in _verify(machine, Exit.INDETERMINATE)
    machine.do(f"trust pin eip155:1 {HEIGHT} {'ab' * 32} --trust t.json")
    assert ("asset.pin-contradicted", "failed", 9) in _verify(machine, Exit.FAILED)
    machine.fail(f"trust pin eip155:1 {HEIGHT} {'cd' * 32} --trust t.json", Exit.REFUSED, "trust.pin")
    machine.fail("trust pin eip155:1 5 abc --trust t.json", Exit.USAGE, "usage.hash")
    machine.fail(f"trust pin nothing 5 {'ab' * 32} --trust t.json", Exit.USAGE, "asset.chain")


def test_withheld_names_leave_a_proof_unbound_and_a_proof_can_be_missing(machine: Machine) -> None:
    """What was not compared is said."""
    machine.do(f"{REGISTER} {TOKEN_OPTIONS} --proof {_owner_file()}")
    machine.do("trust export -o t.json")
    machine.do(f"trust pin eip155:1 {HEIGHT} {state_block().hash.hex()} --trust t.json")
    machine.do(f"bundle {CASE}/EX-1 --to court-1 -o b.zip --withhold *:/details/asset/asset --as exam-07")
    codes = {item["code"] for item in machine.json("verify b.zip --trust t.json")["findings"]}
    assert {"asset.withheld", "asset.stated"} <= codes
    assert "asset.proven" not in codes
    for path in (machine.home / "documents").rglob("*"):
        if path.is_file():
            path.unlink()
    assert ("asset.proof-absent", "note", 9) in _verify(machine, Exit.DONE)


def test_a_transfer_is_proven_by_receipts(machine: Machine) -> None:
    """ERC-721 to the custody wallet."""
    block = receipts_block(moved())
    _write("receipts.json", answer(get_receipts(block, 130, [moved()])))
    _write("block.json", answer(get_block(block)))
    ran = machine.do(f"{REGISTER} {TOKEN_OPTIONS} --proof receipts.json --proof block.json")
    assert "transaction 130 of the block moved 1 of token" in ran.stderr


def test_a_payment_is_proven_to_the_custody_wallet(machine: Machine) -> None:
    """Bitcoin, on its regression test chain."""
    leaves = [double(PAYMENT)]
    headers = bitcoin_chain(branch_of(leaves, 0)[0], 0, 2)
    place = [PAYMENT.hex(), merkle_block(headers[0], leaves, 0), get_header(headers[0], HEIGHT), headers[1].hex()]
    file = _write("payment.json", answer(*place))
    machine.do(
        f"{REGISTER} --account {address(TARGET)} --custody-wallet {address(WALLET)} --seizure-tx {PAYMENT_ID.upper()} "
        f"--confirmations 2 --amount 1.5 --proof {file} --envelope E-1 --envelope-seal S-2 --present suspect "
        "--witnesses 2"
    )
    machine.do("trust export -o t.json")
    machine.do(f"trust pin {REGTEST} {HEIGHT + 1} {double(headers[1])[::-1].hex()} --trust t.json")
    assert ("asset.proven", "note", 9) in _verify(machine, Exit.DONE)


@pytest.mark.parametrize(
    ("options", "exit", "code"),
    [
        ("", Exit.USAGE, "usage.asset"),
        ("--asset eip155:1", Exit.USAGE, "asset.asset"),
        ("--account eip155:1:0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD", Exit.USAGE, "asset.address"),
        (f"--account {account(TARGET)} --custody-wallet {address(WALLET)}", Exit.USAGE, "asset.other-chain"),
        (f"--account {account(TARGET)} --custody-wallet {account(TARGET)}", Exit.USAGE, "asset.own-wallet"),
        (f"--account {account(TARGET)} --seizure-tx {PAYMENT_ID}", Exit.USAGE, "usage.asset"),
        (f"--account {account(TARGET)} --custody-wallet {account(WALLET)} --seizure-tx 5", Exit.USAGE, "usage.asset"),
        (f"--account {account(TARGET)} --amount 1,5", Exit.USAGE, "usage.asset"),
        (f"--account {account(TARGET)} --balance 5", Exit.USAGE, "usage.asset"),
        (f"--account {account(TARGET)} --observed-at now --balance 5", Exit.USAGE, "usage.time"),
        (f"--account {account(TARGET)} --value 5 --currency EUR", Exit.USAGE, "usage.asset"),
        ("--platform P --collection 5", Exit.USAGE, "usage.asset"),
        (f"--account {account(TARGET)} --proof nowhere.json", Exit.USAGE, "usage.command"),
        (f"--account {account(TARGET)} --proof passphrase", Exit.USAGE, "asset.answer"),
        ("--platform P --collection 5 --item 7 --proof passphrase", Exit.USAGE, "usage.asset"),
        ("--account cosmos:cosmoshub-3:cosmos1t2uflqwqe0fsj0shcfkrvpukewcw40yjj6hdc0 --proof owner.json", Exit.USAGE,
         "asset.kind"),
        (f"--asset {asset(token=5)} --account {account(TARGET)} --proof owner.json", Exit.USAGE, "asset.unexplained"),
        (f"--asset {asset()} --account {account(STRANGER)} --proof owner.json", Exit.FAILED, "asset.not-held"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_and_nothing_is_recorded(
    machine: Machine, options: str, exit: Exit, code: str
) -> None:
    """Another chain's address, a part alone, a number that is none, a wallet that never held the token."""
    _owner_file()
    before = len(machine.entries())
    machine.fail(f"{REGISTER} {options}", exit, code)
    assert len(machine.entries()) == before
    assert [path for path in (machine.home / "documents").rglob("*") if path.is_file()] == []


def test_a_content_identifier_must_be_that_of_the_file(machine: Machine) -> None:
    """Of a file in one block it is the digest, spelled otherwise; other kinds are kept as they are."""
    Path("cat.png").write_bytes(b"meow")
    right = base64.b32encode(bytes.fromhex("01551220") + sha256(b"meow").digest()).decode().lower().rstrip("=")
    wrong = base64.b32encode(bytes.fromhex("01551220") + sha256(b"woof").digest()).decode().lower().rstrip("=")
    options = f"{REGISTER} --asset {asset()} --media cat.png --content-id"
    machine.fail(f"{options} b{wrong}", Exit.USAGE, "asset.content-id")
    for other in (
        f"b{right}",
        f"ipfs://b{right}",
        "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG",
        f"B{wrong.upper()}",
    ):
        machine.do(f"{options} {other}")


def test_an_asset_without_files_lives_like_every_exhibit(machine: Machine) -> None:
    """It is handed over, checked, shown, bundled and unpacked, though there is nothing to hash."""
    machine.do(f"{REGISTER} --account {account(TARGET)}")
    machine.do("handover EX-1 --from exam-07 --to cust-02 --purpose keeping --yes")
    machine.do("show EX-1")
    machine.do("audit --files")
    machine.do(f"bundle {CASE}/EX-1 --to court-1 -o b.zip --as cust-02")
    machine.do("trust export -o t.json")
    machine.do("verify b.zip --trust t.json")
    machine.do("unpack b.zip --to out --trust t.json")


def test_what_is_only_syntax_is_said(machine: Machine) -> None:
    """Names of unknown chains are taken, and small letters have no checksum."""
    ran = machine.do(f"{REGISTER} --account polkadot:b0a8d493285c2df73290dfb7e61f870f:5hmuyxw9xdgb")
    assert "only its syntax was" in ran.stderr
    ran = machine.do(f"{REGISTER} --account {account(TARGET).lower()} --asset eip155:1/slip44:60")
    assert "note: the account has no checksum" in ran.stderr
    assert "note: the asset" not in ran.stderr


def test_an_item_of_a_platform_comes_with_its_certificate(machine: Machine) -> None:
    """No public chain: the provider's document and its words."""
    Path("certificate.pdf").write_bytes(b"%PDF certified")
    ran = machine.do(
        f'{REGISTER} --platform "Example Art" --collection 7 --item 42 --certificate certificate.pdf '
        f"--certificate-hash {'5a' * 32} --provider P --freeze-order O --frozen-until 2027-01-31 --value 5 "
        "--currency CNY --rate-source S --valued-at 2026-11-20"
    )
    assert "64 hex digits" not in ran.stderr
    found = _asset(machine)
    assert found.custody == "platform"
    kept = {path.name for path in (machine.home / "documents").rglob("*")}
    assert str(found.platform.certificate) in kept  # type: ignore[union-attr]
    assert b"Example Art" not in b"".join(entry.event.raw for entry in machine.entries())


def test_one_custody_wallet_serves_one_target_wallet_of_one_case(machine: Machine) -> None:
    """A second use is refused, or recorded and shown everywhere."""
    first = f"--account {account(TARGET)} --custody-wallet {account(WALLET)}"
    other = f"--account {account(STRANGER)} --custody-wallet {account(WALLET).lower().replace('0X', '0x')}"
    machine.do(f"{REGISTER} {first}")
    machine.do(f"{REGISTER} {first} --asset eip155:1/slip44:60")
    assert "shared-wallet" not in machine.do("status --check").stdout
    ran = machine.fail(f"{REGISTER} {other}", Exit.REFUSED, "asset.shared-wallet")
    assert f"{CASE}/EX-1" in ran.stderr
    machine.do("case open 2027-1 --authority A --legal-basis B --as reg-1")
    elsewhere = f"register-asset --case 2027-1 --exhibit 1 --as exam-07 {first}"
    machine.fail(elsewhere, Exit.REFUSED, "asset.shared-wallet")
    machine.do(f"{REGISTER} {other} --accept-comingling")
    assert _asset(machine).transfer.shared is True  # type: ignore[union-attr]
    assert "[asset.shared-wallet]" in machine.stage.custody("status --check").stdout
    assert "defect.shared-wallet" in machine.stage.custody("audit").stdout
    machine.do("trust export -o t.json")
    machine.do(f"bundle {CASE}/EX-3 --to court-1 -o b.zip --as exam-07")
    findings = machine.json("verify b.zip --trust t.json")["findings"]
    assert ("defect.shared-wallet", "defect", 12) in {
        (item["code"], item["severity"], item["step"]) for item in findings
    }
    machine.do(f"void {CASE}/EX-3 --reason mistyped --as exam-07 --registrar reg-1")
    assert "shared-wallet" not in machine.do("status --check").stdout


@pytest.mark.parametrize(
    "line",
    [
        f'{REGISTER} --account {account(TARGET)} --envelope "{PHRASE}"',
        f'register --case {CASE} --exhibit next --kind phone --description "found: {PHRASE.upper()}" --as exam-07',
        f"move EX-1 --place {PHRASE} --as exam-07",
        f'move EX-1 --plaec "{PHRASE}"',
        f"{PHRASE.replace(' ', '-')}",
        f'case open X --authority "{PHRASE}" --legal-basis B --as reg-1 --json',
        f"register --list items.csv --case {CASE} --as exam-07",
        "handover --list rows.txt --from exam-07 --to cust-02 --purpose p",
        f"register --case {CASE} --exhibit next --kind phone --description d --document note.txt --as exam-07",
        f'register --case {CASE} --exhibit next --kind phone --attest "{PHRASE}" --as exam-07',
        "register --case C --exhibit 1 --description xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3j"
        "PPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi --as exam-07",
        "register --case C --exhibit 1 --kind 5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ --as exam-07",
    ],
)
def test_a_secret_never_gets_in(machine: Machine, line: str, capfd: pytest.CaptureFixture[str]) -> None:
    """Whatever the command, however it is typed: refused before anything reads it, and quoted nowhere."""
    Path("items.csv").write_text(f'exhibit,kind,description,obtained\nnext,phone,"{PHRASE}",seizure\n')
    Path("rows.txt").write_text(f"{PHRASE}\n")
    Path("note.txt").write_text(f"the suspect wrote:\n{PHRASE}\n")
    before = len(machine.entries())
    ran = machine.fail(line, Exit.USAGE, "secret.refused") if "--json" not in line else machine.stage.custody(line)
    assert ran.exit is Exit.USAGE
    said = f"{ran.stdout}{ran.stderr}{''.join(capfd.readouterr())}".lower()
    assert "secret.refused" in said
    assert not any(word in said for word in ("sausage", "xprv9s", "5huecgu"))
    assert len(machine.entries()) == before
    kept = [path.read_bytes() for path in machine.home.rglob("*") if path.is_file()]
    assert not any(b"sausage" in raw or b"xprv9s" in raw for raw in kept)


def test_64_hex_digits_in_free_text_are_warned_about(machine: Machine) -> None:
    """Once, by place, without the text; ids of transactions are what is wanted."""
    ran = machine.do(f"register --case {CASE} --exhibit next --kind phone --description {'ab' * 32} --as exam-07")
    assert ran.stderr.count("warning: /details/description holds 64 hex digits") == 1
    asked = f"--account {account(TARGET)} --custody-wallet {account(WALLET)} --seizure-tx 0x{'ab' * 32}"
    assert "64 hex digits" not in machine.do(f"{REGISTER} {asked}").stderr


def test_a_proof_in_json_says_where_it_is(machine: Machine) -> None:
    """A program finds the registration as that of every exhibit."""
    found = machine.json(f"{REGISTER} {TOKEN_OPTIONS} --proof {_owner_file()}")
    assert found["entries"][0]["exhibit"] == "EX-1"
    shown = json.dumps(machine.json(f"show {CASE}/EX-1"))
    assert str(TOKEN) in shown


def test_an_encrypted_proof_is_checked_by_whom_it_is_for(machine: Machine) -> None:
    """What is encrypted on the road is opened by the reader's own key, and is one proof like others."""
    machine.do(f"{REGISTER} {TOKEN_OPTIONS} --proof {_owner_file()}")
    machine.do("trust export -o t.json")
    machine.do(f"trust pin eip155:1 {HEIGHT} {state_block().hash.hex()} --trust t.json")
    assert "is pinned" in machine.do("trust list --trust t.json").stdout
    made = machine.do("key age-new court-1").stdout
    (key,) = re.findall("age1[0-9a-z]{58}", made)
    machine.do(f"trust recipient court-1 --age-key {key}")
    machine.do(f"bundle {CASE}/EX-1 --to court-1 -o b.zip --encrypt --as exam-07")
    closed = machine.json("verify b.zip --trust t.json", Exit.INDETERMINATE)
    assert "asset.proof-absent" in {item["code"] for item in closed["findings"]}
    opened = machine.json("verify b.zip --trust t.json --identity keys/court-1.age")
    assert "asset.proven" in {item["code"] for item in opened["findings"]}
