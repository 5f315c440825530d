"""Assets that are looked at again, in bundles: what was seen over time, and bytes that say what can't be."""

from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from custody.report.text_lines import WIDTH
from custody.report.text_report import text_lines
from custody.verify.assets.asset_history import FORMER, Custody, captures_of
from schemas import canonical
from schemas.asset_proof import AssetProof
from schemas.content import content_of
from schemas.details.observation import AssetObserved
from schemas.entry import parse_entry
from schemas.errors import CustodyError, RecordError
from schemas.report import Finding, Severity, Verdict
from schemas.trust import ChainPin
from tests.onchain.forging import ETHEREUM, Account, EthereumBlock, log
from tests.onchain.scenes import (
    CONTRACT,
    OWNER_KEY,
    STRANGER,
    TARGET,
    TRANSFER,
    WALLET,
    account,
    account_proof,
    asset,
    balance_key,
    moved,
    owner_proof,
    receipt_proof,
    receipts_block,
    storage_word,
    word,
)
from tests.report.stories import document_of, verified
from tests.vectors.evidence_cases import register
from tests.vectors.forge import pack
from tests.vectors.posts import Post, trust_in

LATER = 8_000_000
"""A block after all that these ledgers say of themselves."""
BEFORE, AFTER = "2026-11-20T00:00:00Z", "2026-11-29T00:00:00Z"


class Watching:
    """A ledger that holds an asset, EX-2, and looks at it."""

    def __init__(self, folder: Path, **recorded: Any) -> None:
        self.post = Post(folder, "a", {"b": "XB"})
        values = {"account": account(TARGET), "custody": "self-hosted", **recorded}
        register(self.post, asset=values, content=content_of([]), kind="token", nature="asset")
        self.post.world.at += timedelta(days=14)

    def see(self, *proofs: AssetProof, balance: str | None = None, at: str = AFTER, **details: Any) -> int:
        """Chain an observation with proofs, or a balance that somebody saw; return its entry."""
        for proof in proofs:
            raw = canonical.encode(proof)
            self.post.forge.documents[sha256(raw).hexdigest()] = raw
        told = [{"document": sha256(canonical.encode(proof)).hexdigest()} for proof in proofs]
        state = {} if balance is None else {"balance_of": "account", "state": {"balance": balance, "observed_at": at}}
        self.post.annotate("asset.observed", {**({"proofs": told} if told else {}), **state, **details}, "EX-2")
        return len(self.post.forge.raws) - 1

    def hide(self, *paths: str) -> None:
        """Disclose no values of these places."""
        kept = [item for item in self.post.forge.disclosures if item.path not in paths]
        self.post.forge.disclosures = kept

    def packed(self, **options: Any) -> bytes:
        """The bundle about it."""
        return pack(self.post.bundle("EX-2", to="ministry", **options))

    def found(self, *pins: ChainPin, **options: Any) -> list[Finding]:
        """What a verification says about assets and rules."""
        outcome = verified(self.packed(**options), trust_in(self.post, pins=pins))
        self.outcome = outcome.report
        return [item for item in outcome.report.findings if item.code.partition(".")[0] in ("asset", "rule", "trie")]


@pytest.fixture
def watching(tmp_path: Path) -> Watching:
    """Give an asset of an account."""
    return Watching(tmp_path)


def _codes(found: list[Finding]) -> list[str]:
    return [item.code for item in found]


def _account(amount: int, at: int = LATER, raw: bytes = TARGET) -> AssetProof:
    block = EthereumBlock(at, accounts={raw: Account(1, amount), STRANGER: Account(1, 1)})
    return account_proof(block, raw)


def _word(amount: int, at: int, holder: bytes = TARGET) -> AssetProof:
    storage = {balance_key(holder): amount, word(5): 5} if amount else {word(5): 5}
    block = EthereumBlock(at, accounts={CONTRACT: Account(1, storage=storage)})
    return account_proof(block, CONTRACT, storage_word(block, balance_key(holder), "erc1155-balance"))


def _owner(owner: bytes, at: int) -> AssetProof:
    block = EthereumBlock(at, accounts={CONTRACT: Account(1, storage={OWNER_KEY: int.from_bytes(owner, "big")})})
    return owner_proof(block)


def test_each_capture_is_proven_under_the_readers_own_pins(watching: Watching) -> None:
    """The subject is the entry, so that it stands beside the act in the story."""
    proof = _account(5)
    entry = watching.see(proof)
    block = EthereumBlock(LATER, accounts={TARGET: Account(1, 5), STRANGER: Account(1, 1)})
    (found,) = watching.found(ChainPin(chain=ETHEREUM, hash=block.hash.hex(), height=LATER))
    assert (found.code, found.subject, found.step) == ("asset.proven", f"entry {entry}", 9)
    assert watching.outcome.verdict is Verdict.PASSED
    (found,) = watching.found(ChainPin(chain=ETHEREUM, hash="cd" * 32, height=LATER))
    assert (found.code, watching.outcome.verdict) == ("asset.pin-contradicted", Verdict.FAILED)


def test_completeness_covers_it(watching: Watching) -> None:
    """Whoever leaves the capture out that shows the drop is found out."""
    watching.see(_account(5))
    entry = watching.see(_account(4, LATER + 1))
    assert "asset.balance-dropped" in _codes(watching.found())
    outcome = verified(watching.packed(omit=[entry]), trust_in(watching.post))
    assert outcome.report.steps[8].verdict is Verdict.FAILED
    assert outcome.report.verdict is Verdict.FAILED


@pytest.mark.parametrize("hidden", [(), ("/details/asset/account",)])
def test_a_drop_is_told_by_whatever_shows_it(watching: Watching, hidden: tuple[str, ...]) -> None:
    """Two records, though the account's name is withheld; the defect stands at the later entry."""
    watching.see(balance="7")
    entry = watching.see(balance="6", at="2026-11-29T00:00:01Z")
    watching.hide(*hidden)
    (found,) = watching.found()
    assert (found.code, found.severity, found.subject) == (
        "asset.balance-dropped", Severity.DEFECT, f"entry {entry}"
    )  # fmt: skip
    assert watching.outcome.verdict is Verdict.PASSED
    assert "expected 7 or more" in found.text


def test_a_record_and_a_proof_are_one_series(watching: Watching) -> None:
    """What was seen, and what a block shows."""
    watching.see(balance="7")
    watching.see(_account(6))
    assert "asset.balance-dropped" in _codes(watching.found())


@pytest.mark.parametrize(
    "second",
    [
        {"balance": "7"},
        {"balance": "8"},
        {"balance": "6", "at": BEFORE},
        {"balance": "6", "at": "2026-11-28T23:59:59Z"},
        {"balance": "-6"},
        {"balance": "6.0"},
        {"balance": " 6"},
        {"balance": "1_0"},
        {"balance": "٦"},
        {"balance": ""},
        {"balance": "9" * 5000},
        {"balance": "6", "balance_of": "wallet"},
    ],
)
def test_what_is_no_drop_is_none(watching: Watching, second: dict[str, Any]) -> None:
    """More, the same, earlier, no number, somebody else's; none of it raises."""
    watching.see(balance="7")
    watching.see(**second)
    assert "asset.balance-dropped" not in _codes(watching.found())


def test_a_withheld_balance_is_compared_with_nothing(watching: Watching) -> None:
    """A hole in the series is no zero."""
    watching.see(balance="7")
    watching.see(balance="6")
    watching.hide("/details/state/balance")
    found = watching.found()
    assert {(item.code, item.severity) for item in found} == {("asset.balance-unread", Severity.NOTE)}
    assert len(found) == 2


@pytest.mark.parametrize("balance", ["0.0", "0x0", "0 ", "-5", "1e2", "\uff10", "0" * 79, ""])
def test_a_balance_that_is_no_number_is_told(watching: Watching, balance: str) -> None:
    """Whoever writes it so that nothing compares it has not hidden that the account is empty."""
    watching.see(balance="7")
    entry = watching.see(balance=balance)
    (found,) = watching.found()
    assert (found.code, found.severity, found.subject) == ("asset.balance-unread", Severity.DEFECT, f"entry {entry}")
    assert watching.outcome.verdict is Verdict.PASSED


def test_one_withheld_balance_alone_needs_no_word(watching: Watching) -> None:
    """There is nothing with which it could be compared."""
    watching.see(balance="7")
    watching.hide("/details/state/balance")
    assert watching.found() == []


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_transfer_on_record_explains_one_drop(watching: Watching, place: int) -> None:
    """With either of the two captures or between them; the next drop stands alone again."""
    transfer: dict[str, Any] = {"transfer": {"wallet": account(WALLET)}}
    acts: list[dict[str, Any]] = [{"balance": "7"}, {}, {"balance": "6", "at": "2026-11-29T00:00:01Z"}]
    for number, act in enumerate(acts):
        more = transfer if number == place else {}
        if act or more:
            watching.see(**act, **more)
    assert "asset.balance-dropped" not in _codes(watching.found())
    watching.see(balance="5", at="2026-11-29T00:00:02Z")
    assert _codes(watching.found()).count("asset.balance-dropped") == 1


@pytest.mark.parametrize(
    ("at", "is_ahead"),
    [
        ("2026-11-20T00:00:00Z", False),
        ("2026-12-05T08:00:00Z", False),
        ("2026-12-05T08:20:00Z", True),
        ("9999-12-31T23:59:59Z", True),
    ],
)
def test_what_was_recorded_before_it_was_seen_is_questioned(watching: Watching, at: str, is_ahead: bool) -> None:
    """A writer refuses it; whoever writes around it says by his own dates what can't be. Clocks may differ by 300 s."""
    entry = watching.see(balance="7", at=at)
    said = [(item.code, item.severity, item.subject) for item in watching.found()]
    assert said == ([("asset.observed-ahead", Severity.DEFECT, f"entry {entry}")] if is_ahead else [])
    assert watching.outcome.verdict is Verdict.PASSED


def test_a_registration_is_asked_for_its_dates_as_well(tmp_path: Path) -> None:
    """What was seen when an asset was taken in is a capture too."""
    watching = Watching(tmp_path, state={"observed_at": "2026-11-22T00:00:00Z"})
    assert _codes(watching.found()) == ["asset.observed-ahead"]


def test_what_left_custody_may_drop_and_what_came_back_may_not(watching: Watching) -> None:
    """By the times of the acts themselves."""
    watching.see(balance="7")
    watching.post.act("exhibit.released", {"reason": "trial", "terms": "lent", "to": "the owner"}, exhibit="EX-2")
    watching.post.world.at += timedelta(days=2)
    watching.see(balance="6", at="2026-12-06T00:00:00Z")
    assert "asset.balance-dropped" not in _codes(watching.found())
    watching.post.act("exhibit.returned", {"returned_by": "the owner"}, exhibit="EX-2")
    watching.post.world.at += timedelta(days=2)
    watching.see(balance="5", at="2026-12-08T00:00:00Z")
    assert "asset.balance-dropped" in _codes(watching.found())


def test_proofs_are_held_against_the_newest_state_and_wallet(tmp_path: Path) -> None:
    """Another balance at the same block fails; a wallet that is not the newest is nobody's."""
    watching = Watching(tmp_path, transfer={"wallet": account(WALLET)})
    state = {"balance": "9", "height": LATER, "observed_at": AFTER}
    watching.see(_account(5, raw=WALLET), balance_of="wallet", state=state)
    assert "asset.balance" in _codes(watching.found())
    assert watching.outcome.verdict is Verdict.FAILED


def test_a_former_wallet_proves_nothing_any_more(tmp_path: Path) -> None:
    """The newest transfer says whose the asset is."""
    watching = Watching(tmp_path, transfer={"wallet": account(WALLET)})
    watching.see(_account(5, raw=WALLET), transfer={"wallet": account(b"\xb7" * 20)})
    assert "asset.unbound" in _codes(watching.found())


def test_a_token_that_left_is_a_defect_only_in_custody(tmp_path: Path) -> None:
    """Before the registration it shows history; a transfer that nobody on record made is about something else."""
    watching = Watching(tmp_path, asset=asset())
    watching.see(_owner(STRANGER, 100))
    assert "asset.left" not in _codes(watching.found())
    entry = watching.see(_owner(STRANGER, LATER))
    (left,) = [item for item in watching.found() if item.code == "asset.left"]
    assert (left.severity, left.subject) == (Severity.DEFECT, f"entry {entry}")
    gone = receipts_block(moved(TARGET, STRANGER), count=3, at=1)
    watching.see(receipt_proof(EthereumBlock(LATER + 1, receipts=gone.receipts), index=1))
    assert _codes(watching.found()).count("asset.left") == 2
    other = receipts_block(log(CONTRACT, [TRANSFER, word(STRANGER), word(CONTRACT), word(771769)]), count=3, at=1)
    watching.see(receipt_proof(EthereumBlock(LATER + 2, receipts=other.receipts), index=1))
    assert "asset.other-transfer" in _codes(watching.found())
    assert watching.outcome.verdict is Verdict.FAILED


def test_what_rests_on_a_block_says_who_vouches_for_it(tmp_path: Path) -> None:
    """Anybody can make up a block: a drop or a leaving that it shows must not sound like more than its word."""
    watching = Watching(tmp_path, asset=asset("erc1155"))
    block = EthereumBlock(LATER + 1, accounts={CONTRACT: Account(1, storage={word(5): 5})})
    watching.see(_word(3, LATER))
    watching.see(_word(0, LATER + 1))
    elsewhere = ChainPin(chain=ETHEREUM, hash="cd" * 32, height=LATER + 9)
    vouching = ChainPin(chain=ETHEREUM, hash=block.hash.hex(), height=LATER + 1)
    for pins, told in (
        ((), "in a block that nobody vouches for"),
        ((elsewhere,), "in a block that no pinned block vouches for"),
        ((vouching,), "in a block which is pinned"),
    ):
        texts = {item.code: item.text for item in watching.found(*pins)}
        assert told in texts["asset.left"]
        assert told in texts["asset.balance-dropped"]


def test_whether_it_was_in_custody_is_what_its_acts_say() -> None:
    """Of the acts up to a time the last on record counts, as one looks back through all of them."""
    shuffled = Random(7)
    times = [f"2026-11-{day:02d}T00:00:00Z" for day in range(10, 30)]
    acts = [
        SimpleNamespace(type=kind, details=None, event=SimpleNamespace(occurred_at=shuffled.choice(times)))
        for kind in shuffled.choices(
            ["exhibit.registered", "exhibit.released", "exhibit.returned", "custody.moved"], k=60
        )
    ]
    custody = Custody([SimpleNamespace(event=act) for act in acts])  # type: ignore[misc]
    for at in ["", *times, "9"]:
        told = [act.type for act in acts if act.event.occurred_at <= at and act.type != "custody.moved"]
        assert custody.at(at) == (bool(told) and told[-1] != "exhibit.released")


def test_tokens_by_number_drop_as_coins_do(tmp_path: Path) -> None:
    """ERC-1155: to nothing is a drop and a leaving, unless the wallet's balance wasn't shown."""
    watching = Watching(tmp_path, asset=asset("erc1155"))
    watching.see(_word(3, LATER))
    watching.see(_word(2, LATER + 1))
    assert _codes(watching.found()).count("asset.balance-dropped") == 1
    watching.see(_word(0, LATER + 2))
    codes = _codes(watching.found())
    assert (codes.count("asset.balance-dropped"), codes.count("asset.left")) == (2, 1)
    watching.see(_word(0, LATER + 3), transfer={"wallet": account(WALLET)})
    assert _codes(watching.found()).count("asset.left") == 1


def test_what_is_no_asset_is_observed_in_vain(tmp_path: Path) -> None:
    """A defect, and none of its proofs is believed."""
    watching = Watching(tmp_path)
    watching.post.annotate("asset.observed", {"state": {"observed_at": AFTER}}, "EX-1")
    outcome = verified(pack(watching.post.bundle("EX-1", to="ministry")), trust_in(watching.post))
    (found,) = [item for item in outcome.report.findings if item.code.startswith("asset.")]
    assert (found.code, found.severity, outcome.report.verdict) == ("asset.none", Severity.DEFECT, Verdict.PASSED)


def test_an_observation_is_about_one_exhibit(watching: Watching) -> None:
    """Else nobody could say whose balance it is."""
    watching.post.annotate("asset.observed", {"state": {"observed_at": AFTER}}, "EX-1", "EX-2")
    assert "rule.about" in _codes(watching.found())
    assert watching.outcome.verdict is Verdict.FAILED


@pytest.mark.parametrize(
    "details",
    [
        {},
        {"balance_of": "account"},
        {"balance_of": "account", "state": {"observed_at": AFTER}},
        {"state": {"balance": "5", "observed_at": AFTER}},
        {"balance_of": "both", "state": {"balance": "5", "observed_at": AFTER}},
        {"proofs": []},
        {"proofs": [{"document": "ab" * 32}] * 17},
        {"state": {"observed_at": "2026-02-30T00:00:00Z"}},
        {"state": {"observed_at": AFTER}, "account": "x"},
    ],
)
def test_an_observation_of_nothing_or_of_nobody_is_no_record(watching: Watching, details: dict[str, Any]) -> None:
    """Refused before it is signed."""
    with pytest.raises((CustodyError, RecordError)):
        watching.post.annotate("asset.observed", details, "EX-2")


def test_the_report_lists_balances_in_order_of_time(watching: Watching) -> None:
    """Each with what changed, whatever the order in which they were recorded."""
    entries = [watching.see(balance=amount, at=at) for amount, at in (("7000", AFTER), ("9000", BEFORE))]
    document = document_of(watching.packed(), trust_in(watching.post))
    lines = [line.strip() for line in text_lines(document)]
    first = lines.index("What it held, in its smallest unit, as was recorded")
    assert lines[first + 1 : first + 3] == [
        f"2026-11-20 00:00:00 UTC: the account held 9,000, entry {entries[1]}",
        f"2026-11-29 00:00:00 UTC: the account held 7,000 (-2,000), entry {entries[0]}",
    ]
    assert max(map(len, lines[first : first + 3])) <= WIDTH


def test_many_captures_cost_as_many_looks(watching: Watching) -> None:
    """Ten times the captures are no hundred times the work: each keeps a few wallets and is compared once."""
    for number in range(40):
        at = f"2026-11-29T00:{number:02d}:00Z"
        watching.see(balance=str(100 - number), at=at, transfer={"wallet": account(bytes([number]) * 20)})
    assert "asset.balance-dropped" not in _codes(watching.found())
    story = [parse_entry(raw) for raw in watching.post.forge.raws]
    captures = captures_of([entry for entry in story if isinstance(entry.event.details, AssetObserved)])
    assert max(len(item.transfers) for item in captures) == FORMER + 1
