"""Steps 7, 9 and 12: assets that were looked at again, and what they held over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

from schemas import canonical
from schemas.asset_proof import AssetProof
from schemas.content import content_of
from tests.onchain import scenes
from tests.onchain.forging import ETHEREUM, Account, EthereumBlock
from tests.onchain.scenes import STRANGER, TARGET, WALLET
from tests.vectors.evidence_cases import enter, register
from tests.vectors.forge import Members
from tests.vectors.posts import Post

Details = Mapping[str, Any]
COIN: Details = {"account": scenes.account(TARGET), "custody": "self-hosted"}
TOKEN: Details = {**COIN, "asset": scenes.asset(), "transfer": {"wallet": scenes.account(WALLET)}}
IN_CUSTODY, BEFORE = 8_000_000, 100
"""Blocks of a date after the registration, and before it."""
FIRST, SECOND, THIRD = "2026-11-21T08:07:00Z", "2026-11-21T08:08:00Z", "2026-11-21T08:09:00Z"
"""Times of the registration and after it, which a clock may show that is ahead of the ledger's by a little."""
FREEZE, UNREAD = "asset.freeze-changed", "asset.balance-unread"
GONE = {"authority": "court", "manner": "destroyed"}


def _seen(amount: str, at: str, of: str | None = "account", **state: Any) -> dict[str, Any]:
    """A state that was seen; of a registration it isn't said whose the balance is."""
    return {"state": {"balance": amount, "observed_at": at, **state}, **({"balance_of": of} if of else {})}


def _at(number: int, owner: bytes = TARGET, *, held: int = 5) -> EthereumBlock:
    """A block at some height, in which the target holds so much."""
    block = replace(scenes.state_block(owner), number=number)
    return replace(block, accounts={**block.accounts, TARGET: Account(7, held)})


def _observed(
    name: str, comment: str, code: str, *later: Details, asset: Details = COIN, verdict: str = "PASSED",
    step: int | None = None, proofs: Sequence[AssetProof] = (), registered: Details | None = None,
    hidden: Sequence[str] = (), about: Sequence[str] = ("EX-2",),
) -> None:  # fmt: skip
    """Enter a case of an asset, and of what came later."""
    _told(f"observed-{name}", comment, code, *later, asset=asset, verdict=verdict, step=step, proofs=proofs,
          registered=registered, hidden=hidden, about=about)  # fmt: skip


def _told(
    name: str, comment: str, code: str, *later: Details, asset: Details = COIN, verdict: str = "PASSED",
    step: int | None = None, proofs: Sequence[AssetProof] = (), registered: Details | None = None,
    hidden: Sequence[str] = (), about: Sequence[str] = ("EX-2",),
) -> None:  # fmt: skip
    """Enter a case: what came later is an observation, or something else by its type."""

    def build(post: Post) -> Members:
        named = []
        for proof in proofs:
            raw = canonical.encode(proof)
            named.append({"document": sha256(raw).hexdigest()})
            post.forge.documents[named[-1]["document"]] = raw
        told = {"asset": {**asset, **(registered or {})}, "kind": "token", "nature": "asset"}
        register(post, content=content_of([]), **(told if asset else {"kind": "image", "nature": "data"}))
        for number, details in enumerate(later):
            what = {key: value for key, value in details.items() if key != "type"}
            if details.get("type") == FREEZE:
                post.annotate(FREEZE, {"decided_at": FIRST, **what}, *about)
            elif "type" in details:
                post.act(details["type"], what, exhibit="EX-2", registrar="registrar-1")
            else:
                mine = {"proofs": named[number : number + 1]} if number < len(named) else {}
                post.annotate("asset.observed", {**details, **mine}, *about)
        post.forge.disclosures = [item for item in post.forge.disclosures if item.path not in hidden]
        return post.bundle("EX-2", to="ministry")

    enter(f"asset-{name}", comment, verdict, step, code, build)


# What was recorded of it

_observed("as-before", "An asset is seen again, and holds the same.", "", _seen("5", SECOND),
          registered=_seen("5", FIRST, None))  # fmt: skip
_observed("with-less", "It holds less than at its registration: a defect.", "asset.balance-dropped",
          _seen("4", SECOND), registered=_seen("5", FIRST, None))  # fmt: skip
_observed("with-less-earlier", "An earlier state is recorded later, and was the larger one: a defect.",
          "asset.balance-dropped", _seen("5", FIRST), registered=_seen("4", SECOND, None))  # fmt: skip
_observed("with-less-by-a-transfer", "It holds less, since it went to a custody wallet.", "",
          {**_seen("4", SECOND), "transfer": {"wallet": scenes.account(WALLET)}},
          registered=_seen("5", FIRST, None))  # fmt: skip
_observed("with-less-twice-by-a-transfer", "It holds less twice, and one transfer explains one of them: a defect.",
          "asset.balance-dropped", {**_seen("4", SECOND), "transfer": {"wallet": scenes.account(WALLET)}},
          _seen("3", THIRD), registered=_seen("5", FIRST, None))  # fmt: skip
_observed("with-less-by-a-transfer-to-itself", "It holds less after a transfer to itself: a defect.",
          "asset.balance-dropped", {**_seen("4", SECOND), "transfer": {"wallet": scenes.account(TARGET)}},
          registered=_seen("5", FIRST, None))  # fmt: skip
_observed("with-less-after-its-end", "It holds less after its disposal.", "", {**GONE, "type": "exhibit.disposed"},
          _seen("4", THIRD), registered=_seen("5", FIRST, None))  # fmt: skip
_observed("with-less-in-the-wallet", "The custody wallet holds less than it did: a defect.", "asset.balance-dropped",
          {**_seen("5", FIRST, "wallet"), "transfer": {"wallet": scenes.account(WALLET)}},
          _seen("4", SECOND, "wallet"))  # fmt: skip
_observed("with-less-in-another-wallet", "The wallet holds less than the account did, which is no drop.", "",
          {"transfer": {"wallet": scenes.account(WALLET)}}, _seen("4", SECOND, "wallet"),
          registered=_seen("5", FIRST, None))  # fmt: skip
_observed("with-less-undisclosed", "It holds less, and how much it held isn't shown: a note.", UNREAD,
          _seen("4", SECOND),
          registered=_seen("5", FIRST, None), hidden=("/details/asset/state/balance",))  # fmt: skip
_observed("undisclosed-alone", "A balance isn't shown, and there is no other.", "", registered=_seen("5", FIRST, None),
          hidden=("/details/asset/state/balance",))  # fmt: skip
_observed("in-hex", "A balance in another spelling is compared with nothing: a defect.", UNREAD,
          registered=_seen("0x5", FIRST, None))  # fmt: skip
_observed("in-words", "A balance that is no number is compared with nothing: a defect.", UNREAD, _seen("none", SECOND),
          registered=_seen("5", FIRST, None))  # fmt: skip
_observed("that-is-none", "An exhibit that is no asset is looked at like one: a defect.", "asset.none",
          _seen("5", SECOND), asset={})  # fmt: skip
_observed("in-a-shared-wallet", "It goes to a custody wallet that serves others too: a defect.", "defect.shared-wallet",
          {"transfer": {"shared": True, "wallet": scenes.account(WALLET)}})  # fmt: skip
_observed("of-two", "One observation of two exhibits.", "rule.about", _seen("5", SECOND), verdict="FAILED", step=7,
          about=("EX-1", "EX-2"))  # fmt: skip

_observed("ahead", "It was seen more than five minutes after that was recorded: a defect.", "asset.observed-ahead",
          _seen("5", "2026-11-21T08:14:01Z"))  # fmt: skip
_observed("ahead-of-a-clock", "It was seen five minutes after that was recorded, which clocks may differ by.", "",
          _seen("5", "2026-11-21T08:14:00Z"))  # fmt: skip
_observed("ahead-of-its-registration", "What was seen is dated after the registration that tells of it: a defect.",
          "asset.observed-ahead", registered=_seen("5", "2026-11-22T08:00:00Z", None))  # fmt: skip
_observed("ahead-and-with-less", "A state of a day to come counts all the same: a defect.", "asset.balance-dropped",
          _seen("4", "2026-11-22T08:00:00Z"), registered=_seen("5", FIRST, None))  # fmt: skip

# Its freeze


def _frozen(name: str, comment: str, code: str, *changes: str, **options: Any) -> None:
    more: Details = {"prolonged": {"ends_at": "2026-12-21T08:00:00Z"}, "lifted": {"notified_at": SECOND}}
    later = [{"type": FREEZE, "change": change, **more.get(change, {})} for change in changes]
    _told(f"freeze-{name}", comment, code, *later, **options)


STANDS: Details = {"freeze": {"provider": "exchange"}}
_frozen("that-goes-on", "A freeze is prolonged, lifted, and placed again.", "", "prolonged", "lifted", "placed",
        registered=STANDS)  # fmt: skip
_frozen("placed-and-lifted", "A freeze is placed after the registration, and lifted.", "", "placed", "lifted")
_frozen("lifted-that-never-was", "What was never frozen is freed: a defect.", "asset.freeze-state", "lifted")
_frozen("prolonged-that-never-was", "A freeze that never was goes on: a defect.", "asset.freeze-state", "prolonged")
_frozen("placed-twice", "What is frozen is frozen again: a defect.", "asset.freeze-state", "placed", registered=STANDS)
_frozen("lifted-twice", "A freeze is lifted twice: a defect.", "asset.freeze-state", "lifted", "lifted",
        registered=STANDS)  # fmt: skip
_frozen("prolonged-after-its-end", "A freeze that was lifted goes on: a defect.", "asset.freeze-state", "lifted",
        "prolonged", registered=STANDS)  # fmt: skip
_frozen("of-files", "A freeze of files, which are no asset: a defect.", "asset.none", "placed", asset={})

# What is proven of it

_observed("and-proven", "A later proof that the target still holds the token.", "asset.not-pinned", {}, asset=TOKEN,
          proofs=[scenes.owner_proof(_at(IN_CUSTODY))])  # fmt: skip
_observed("and-left", "A later proof shows the token with a stranger, while it was in custody: a defect.", "asset.left",
          {}, asset=TOKEN, proofs=[scenes.owner_proof(_at(IN_CUSTODY, STRANGER))])  # fmt: skip
_observed("and-not-here-yet", "A proof of a block before the registration shows it with a stranger.", "", {},
          asset=TOKEN, proofs=[scenes.owner_proof(_at(BEFORE, STRANGER))])  # fmt: skip
_observed("and-left-by-a-transfer", "A receipt shows that the wallet gave the token away: a defect.", "asset.left", {},
          asset=TOKEN, proofs=[scenes.receipt_proof(replace(
              scenes.receipts_block(scenes.moved(WALLET, STRANGER)), number=IN_CUSTODY))])  # fmt: skip
_observed("and-moved-among-strangers", "A receipt shows that strangers moved the token.", "asset.other-transfer", {},
          asset=TOKEN, verdict="FAILED", step=9, proofs=[scenes.receipt_proof(replace(
              scenes.receipts_block(scenes.moved(STRANGER, b"\x05" * 20)), number=IN_CUSTODY))])  # fmt: skip
MOVED_ON = scenes.receipt_proof(replace(scenes.receipts_block(scenes.moved(WALLET, b"\x05" * 20)), number=IN_CUSTODY))
_observed("and-moved-to-another-wallet", "The first custody wallet sends it to the second one.", "asset.stated",
          {"transfer": {"wallet": f"{ETHEREUM}:0x" + "05" * 20}}, asset=TOKEN, proofs=[MOVED_ON])  # fmt: skip
_observed("and-moved-from-nowhere", "The second custody wallet receives it from a stranger: a defect.",
          "asset.other-sender", {"transfer": {"wallet": f"{ETHEREUM}:0x" + "05" * 20}}, asset=TOKEN,
          proofs=[scenes.receipt_proof(replace(
              scenes.receipts_block(scenes.moved(STRANGER, b"\x05" * 20)), number=IN_CUSTODY))])  # fmt: skip
_observed("and-moved-from-a-hidden-wallet", "Whose wallet it came from isn't shown, so nothing is said of it.",
          "asset.stated", {"transfer": {"wallet": f"{ETHEREUM}:0x" + "05" * 20}}, asset=TOKEN, proofs=[MOVED_ON],
          hidden=("/details/asset/transfer/wallet",))  # fmt: skip
_observed("and-of-another-balance", "A proof shows another balance than is recorded at this block.", "asset.balance",
          _seen("6", SECOND, height=IN_CUSTODY), verdict="FAILED", step=9,
          proofs=[scenes.account_proof(_at(IN_CUSTODY), TARGET)])  # fmt: skip
_observed("and-of-the-wallet-s-balance", "The recorded balance is the wallet's, and a proof shows the account's.",
          "asset.not-pinned", {**_seen("6", SECOND, "wallet", height=IN_CUSTODY),
                               "transfer": {"wallet": scenes.account(WALLET)}},
          proofs=[scenes.account_proof(_at(IN_CUSTODY), TARGET)])  # fmt: skip
_observed("and-emptied", "Two proofs show that an account was emptied in custody: a defect.", "asset.balance-dropped",
          {}, {}, proofs=[scenes.account_proof(_at(IN_CUSTODY, held=5), TARGET),
                          scenes.account_proof(_at(IN_CUSTODY + 1, held=4), TARGET)])  # fmt: skip
_observed("and-emptied-out-of-order", "The later block is recorded first: a defect all the same.",
          "asset.balance-dropped", {}, {},
          proofs=[scenes.account_proof(_at(IN_CUSTODY + 1, held=4), TARGET),
                  scenes.account_proof(_at(IN_CUSTODY, held=5), TARGET)])  # fmt: skip
