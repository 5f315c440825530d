"""Step 9: proofs about assets on public chains, which hold, don't hold, or are about something else."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

from custody.onchain.claims import Recorded
from schemas import canonical
from schemas.asset_proof import AssetProof
from schemas.content import content_of
from schemas.trust import ChainPin
from tests.onchain import scenes
from tests.onchain.forging import ETHEREUM, REGTEST, log, proof
from tests.onchain.scenes import COIN_RECORD, CONTRACT, STRANGER, TARGET, TOKEN_RECORD, TRANSFER, WALLET, word
from tests.vectors.evidence_cases import enter, register
from tests.vectors.forge import Members
from tests.vectors.posts import Post

BLOCK = scenes.state_block()
PIN = ChainPin(chain=ETHEREUM, hash=BLOCK.hash.hex(), height=scenes.HEIGHT)
COINS = scenes.bitcoin_proof()
PAID = ChainPin(chain=REGTEST, hash=scenes.header_hash(COINS.headers[-1]), height=scenes.HEIGHT + 2)
STOLEN = scenes.owner_proof(scenes.state_block(scenes.STRANGER))
RECEIPT = scenes.receipt_proof(scenes.receipts_block(scenes.moved()))
OWNER = scenes.owner_proof(BLOCK)
MAIN_CHAIN = "bip122:000000000019d6689c085ae165831e93"
GENESIS = (
    "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc81bc3"
    "888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c"
)
BLOCK_1 = (
    "010000006fe28c0ab6f1b372c1a6a246ae63f74f931e8365e15a089c68d6190000000000982051fd1e4ba744bbbe680e1fee14677ba1a3c3"
    "540bf7b1cdb606e857233e0e61bc6649ffff001d01e36299"
)
COINBASE = (
    "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff0704ffff001d0104ffffffff0100f2"
    "052a0100000043410496b538e853519c726a2c91e61ec11600ae1390813a627c66fb8be7947be63c52da7589379515d4e0a604f8141781e6"
    "2294721166bf621e73a82cbf2342c858eeac00000000"
)
"""The first two headers of Bitcoin's main chain, and what is in the second one."""
PAID_FIRST = "0e3e2357e806b6cdb1f70b54c3a3a17b6714ee1f0e68bebb44a74b1efd512098"
SOMEBODY = f"{MAIN_CHAIN}:1BoatSLRHtKNngkdXEeobR76b53LETtpyT"
Made = Callable[[Post], Members]


def asset_bundle(
    proof: AssetProof | bytes,
    recorded: Recorded,
    *,
    withheld: Sequence[str] = (),
    is_there: bool = True,
    **changes: Any,
) -> Made:
    """Register an asset as ``recorded`` with a proof; ``withheld`` are places in it, ``changes`` fields."""

    def build(post: Post) -> Members:
        raw = proof if isinstance(proof, bytes) else canonical.encode(proof)
        digest = sha256(raw).hexdigest()
        if is_there:
            post.forge.documents[digest] = raw
        asset: dict[str, Any] = {"custody": "self-hosted", "proofs": [{"document": digest}]}
        asset |= {name: value for name in ("account", "asset") if (value := getattr(recorded, name))}
        moved = {name: getattr(recorded, name) for name in ("transaction", "wallet")}
        if moved["wallet"]:
            asset["transfer"] = {name: value for name, value in moved.items() if value}
        register(post, asset={**asset, **changes}, content=content_of([]), kind="token", nature="asset")
        places = {f"/details/asset/{name}" for name in withheld}
        post.forge.disclosures = [item for item in post.forge.disclosures if item.path not in places]
        return post.bundle("EX-2", to="ministry")

    return build


def _fails(name: str, comment: str, code: str, proof: AssetProof | bytes, recorded: Recorded, **said: Any) -> None:
    enter(f"asset-{name}", comment, "FAILED", 9, code, asset_bundle(proof, recorded, **said))


def _says(name: str, comment: str, code: str, proof: AssetProof, recorded: Recorded, **more: Any) -> None:
    enter(f"asset-{name}", comment, "PASSED", None, code, asset_bundle(proof, recorded, **more))


def _edited(proof: AssetProof, *path: Any, to: Any) -> bytes:
    """A proof with one value changed."""
    changed: Any = json.loads(canonical.encode(proof))
    place = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = to(place[path[-1]]) if callable(to) else to
    return canonical.encode(changed)


def _moved(**changes: Any) -> AssetProof:
    return scenes.receipt_proof(scenes.receipts_block(scenes.moved(**changes), count=3, at=1), index=1)


def _logged(*logs: Any, **options: Any) -> AssetProof:
    return scenes.receipt_proof(scenes.receipts_block(*logs, count=3, at=1, **options), index=1)


enter("asset-owner-proven", "The owner of a token in a pinned block.", "PASSED", None, "asset.proven",
      asset_bundle(OWNER, TOKEN_RECORD), pins=(PIN,))  # fmt: skip
enter("asset-not-pinned", "The reader pins no block of the chain.", "PASSED", None, "asset.not-pinned",
      asset_bundle(OWNER, TOKEN_RECORD))  # fmt: skip
enter("asset-other-block", "The pinned block of that height is another one.", "FAILED", 9, "asset.pin-contradicted",
      asset_bundle(OWNER, TOKEN_RECORD),
      pins=(ChainPin(chain=ETHEREUM, hash="cd" * 32, height=scenes.HEIGHT),))  # fmt: skip
enter("asset-pin-not-reached", "The headers lead to no pinned block.", "INDETERMINATE", 9, "asset.pin-not-reached",
      asset_bundle(OWNER, TOKEN_RECORD),
      pins=(ChainPin(chain=ETHEREUM, hash="cd" * 32, height=7),))  # fmt: skip
enter("asset-of-somebody-else", "The token belongs to neither of those who should have it.", "FAILED", 9,
      "asset.not-held", asset_bundle(STOLEN, TOKEN_RECORD))  # fmt: skip
enter("asset-paid", "A transaction pays the custody wallet.", "PASSED", None, "asset.proven",
      asset_bundle(COINS, COIN_RECORD), pins=(PAID,))  # fmt: skip
enter("asset-other-branch", "A branch that leads to another root.", "FAILED", 9, "asset.branch",
      asset_bundle(scenes.bitcoin_proof(place=1), COIN_RECORD), pins=(PAID,))  # fmt: skip
enter("asset-received", "A receipt shows that the token went to the custody wallet.", "PASSED", None, "asset.stated",
      asset_bundle(RECEIPT, TOKEN_RECORD))  # fmt: skip
enter("asset-in-a-shared-wallet", "The custody wallet serves another target too: a defect.", "PASSED", None,
      "defect.shared-wallet",
      asset_bundle(RECEIPT, TOKEN_RECORD,
             transfer={"shared": True, "wallet": TOKEN_RECORD.wallet}))  # fmt: skip
enter("asset-behind-too-little-work", "A block after the pinned one, with next to no work on it.", "INDETERMINATE", 9,
      "asset.shallow",
      asset_bundle(
          proof(chain=MAIN_CHAIN, headers=[GENESIS, BLOCK_1], height=0, place=1,
                       transaction={"branch": [], "index": 0, "raw": COINBASE}),
          Recorded(account=SOMEBODY, transaction=PAID_FIRST, wallet=SOMEBODY), withheld=("transfer/wallet",)),
      pins=(ChainPin(chain=MAIN_CHAIN, hash=scenes.header_hash(GENESIS), height=0),))  # fmt: skip


# Names and values that are none

_fails("account-misspelled", "A disclosed account that is none.", "asset.account", OWNER,
       replace(TOKEN_RECORD, account="somebody"))  # fmt: skip
_fails("address-misspelled", "An address of another length.", "asset.address", OWNER,
       replace(TOKEN_RECORD, account=f"{ETHEREUM}:0x12"))  # fmt: skip
_fails("address-with-a-slip", "An address whose checksum doesn't hold.", "asset.address", OWNER,
       replace(TOKEN_RECORD, account=f"{ETHEREUM}:0x06012c8cf97BEaD5deAe237070F9587f8E7A266D"))  # fmt: skip
_fails("misspelled", "A disclosed asset that is none.", "asset.asset", OWNER, replace(TOKEN_RECORD, asset="a token"))
_fails("chain-misspelled", "An asset of a chain that is none.", "asset.chain", OWNER,
       replace(TOKEN_RECORD, asset="e:1/erc721:0x1/1"))  # fmt: skip
_fails("on-another-chain", "The proof is of another chain than the asset.", "asset.other-chain", OWNER,
       replace(TOKEN_RECORD, account="eip155:137:0x" + "a1" * 20))  # fmt: skip
_fails("of-an-unknown-kind", "A proof of a transaction on a chain that has none such.", "asset.kind",
       _edited(COINS, "chain", to=ETHEREUM), Recorded(account=scenes.account(TARGET)))  # fmt: skip

# Headers, tries and transactions

_fails("header-cut", "A Bitcoin header of 79 bytes.", "asset.header",
       _edited(COINS, "headers", 0, to=lambda raw: raw[:-2]), COIN_RECORD)  # fmt: skip
_fails("headers-swapped", "Headers that don't follow each other.", "asset.headers",
       _edited(COINS, "headers", to=lambda items: [items[0], items[2], items[1]]), COIN_RECORD)  # fmt: skip
_fails("header-of-another-height", "A header of another height than the proof says.", "asset.headers",
       _edited(OWNER, "height", to=99), TOKEN_RECORD)  # fmt: skip
_fails("header-without-work", "A header of Bitcoin's main chain at the ease of a test chain.", "asset.work",
       _edited(COINS, "chain", to=MAIN_CHAIN),
       Recorded(account=SOMEBODY))  # fmt: skip
for _name, _comment, _bits in (
    ("no-target", "A header whose bits give a target of zero.", "00000000"),
    ("a-negative-target", "A header whose bits give a negative target.", "ffff8020"),
    ("a-target-too-large", "A header whose bits give a target of more than 256 bits.", "ffffff21"),
    ("an-easier-target", "A header whose bits are easier than the chain allows.", "ffff0021"),
    ("a-harder-target", "A header whose hash is above its own target.", "ffff001d"),
):
    _fails(f"header-with-{_name}", _comment, "asset.work",
           _edited(COINS, "headers", 2, to=lambda raw, bits=_bits: raw[:144] + bits + raw[152:]),
           COIN_RECORD)  # fmt: skip
_fails("header-misspelled", "A header with a byte behind it.", "asset.rlp",
       _edited(OWNER, "headers", 0, to=lambda raw: raw + "00"), TOKEN_RECORD)  # fmt: skip
_fails("node-missing", "A trie proof without its last node.", "asset.trie",
       _edited(OWNER, "account", "nodes", to=lambda items: items[:-1]), TOKEN_RECORD)  # fmt: skip
_fails("node-too-many", "A trie proof with a node too many.", "asset.trie",
       _edited(OWNER, "account", "nodes", to=lambda items: [*items, items[-1]]), TOKEN_RECORD)  # fmt: skip
_fails("transaction-cut", "A transaction that ends too early.", "asset.transaction",
       _edited(COINS, "transaction", "raw", to=lambda raw: raw[:-2]), COIN_RECORD)  # fmt: skip
_fails("transaction-of-64-bytes", "64 bytes, which may be an inner node.", "asset.transaction",
       _edited(COINS, "transaction", "raw", to="01" * 64), COIN_RECORD)  # fmt: skip

# About something else

_fails("not-paid", "The transaction pays another wallet.", "asset.not-paid", COINS,
       replace(COIN_RECORD, wallet=scenes.address(TARGET)))  # fmt: skip
_fails("of-another-transaction", "A transaction that nobody recorded, and that pays no account.", "asset.unbound",
       COINS, replace(COIN_RECORD, transaction="00" * 32))  # fmt: skip
_fails("of-another-token", "The word of another token.", "asset.unbound", OWNER,
       replace(TOKEN_RECORD, asset=scenes.asset(token=1)))  # fmt: skip
_fails("of-another-contract", "The storage of another contract.", "asset.unbound", OWNER,
       replace(TOKEN_RECORD, asset=scenes.asset(contract=STRANGER)))  # fmt: skip
_fails(
    "moved-elsewhere", "The token went to a stranger.", "asset.other-transfer", _moved(receiver=STRANGER), TOKEN_RECORD
)
_fails("of-no-transfer", "A log with more data than a transfer has.", "asset.log",
       _logged(log(CONTRACT, [TRANSFER, word(TARGET), word(WALLET), word(scenes.TOKEN)], b"more")),
       TOKEN_RECORD)  # fmt: skip
_fails("of-a-failed-transaction", "The receipt of a transaction that failed.", "asset.receipt",
       _logged(scenes.moved(), status=b""), TOKEN_RECORD)  # fmt: skip
_fails("of-no-log", "A log that the receipt doesn't have.", "asset.receipt",
       _edited(_moved(), "receipt", "log", to=2), TOKEN_RECORD)  # fmt: skip
_fails("of-another-balance", "The account holds another balance than was recorded.", "asset.balance",
       scenes.account_proof(BLOCK, TARGET), Recorded(account=scenes.account(TARGET)),
       state={"balance": "5", "height": scenes.HEIGHT, "observed_at": "2026-11-21T08:00:00Z"})  # fmt: skip
_fails("of-a-number", "The account is disclosed as a number.", "asset.value", OWNER,
       replace(TOKEN_RECORD, account=7))  # type: ignore[arg-type]  # fmt: skip
_fails("not-a-proof", "A document that is no proof.", "record.malformed", b"%PDF", TOKEN_RECORD)

# What a proof says besides

_says("moved-by-another", "It was a stranger who sent it to the custody wallet: a defect.", "asset.other-sender",
      _moved(sender=STRANGER), TOKEN_RECORD)  # fmt: skip
_says("unexplained", "A word of storage without a layout: a note.", "asset.unexplained",
      scenes.account_proof(BLOCK, CONTRACT, scenes.storage_word(BLOCK, word(99))), TOKEN_RECORD)  # fmt: skip
_says("withheld", "What it must be about is withheld: a note.", "asset.withheld", OWNER, TOKEN_RECORD,
      withheld=("asset",))  # fmt: skip
_says("proof-absent", "The proof isn't among the documents: a note.", "asset.proof-absent", OWNER, TOKEN_RECORD,
      is_there=False)  # fmt: skip
