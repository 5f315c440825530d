"""What the ledger recorded about an asset, as far as it is disclosed: what a proof must be about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from custody.onchain.caip import Account, Asset, Chain, parse_account, parse_asset
from schemas.errors import VerificationError
from schemas.report import Severity

Part = Literal["account", "asset", "balance", "former", "test_transaction", "transaction", "wallet"]


@dataclass(frozen=True, slots=True)
class Held:
    """In words what a recorded account held of the asset, with the ``amount`` in its smallest unit."""

    text: str
    is_wallet: bool
    amount: int


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that came out of a proof, and what was held by it; ``at`` is the block's own date, as records write
    times, empty for one beyond all reason. ``rests_on`` says who vouches for the block.
    """

    severity: Severity
    code: str
    text: str
    at: str = ""
    held: Held | None = None
    rests_on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """The recorded values as texts; one that isn't recorded or not disclosed is None, the latter in ``withheld``.

    ``balance`` is in the smallest unit, seen at block ``height``, in the account or (``balance_of``) the wallet.
    ``former`` are custody wallets from which it went to ``wallet``. ``is_later`` says that this is no registration:
    that nobody on record holds it any more is a finding then, and contradicts nothing.
    """

    account: str | None = None
    asset: str | None = None
    balance: str | None = None
    balance_of: str = "account"
    former: tuple[str, ...] = ()
    height: int | None = None
    is_later: bool = False
    test_transaction: str | None = None
    transaction: str | None = None
    wallet: str | None = None
    withheld: frozenset[Part] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Claims:
    """The recorded values, read. ``account`` is the target's, ``wallet`` the agency's."""

    recorded: Recorded
    account: Account | None
    asset: Asset | None
    wallet: Account | None
    former: tuple[Account, ...] = ()

    def named(self) -> Iterator[tuple[str, Account]]:
        """Yield the accounts that are known, each with what a person calls it."""
        if self.account is not None:
            yield "the recorded account", self.account
        if self.wallet is not None:
            yield "the custody wallet", self.wallet

    def hides(self, *parts: Part) -> bool:
        """Tell whether one of ``parts`` is recorded and withheld."""
        return not self.recorded.withheld.isdisjoint(parts)

    def has_left(self, code: str, text: str) -> Said:
        """Return the finding that nobody on record holds the asset any more.

        Raises:
            VerificationError: ``code``, at a registration.
        """
        if not self.recorded.is_later:
            raise VerificationError(code, text)
        return Said(Severity.DEFECT, "asset.left", text)


def read_claims(recorded: Recorded, chain: Chain) -> Claims:
    """Return what is recorded, having made sure that all of it is on ``chain``.

    Raises:
        RecordError: ``asset.account``, ``asset.asset``, ``asset.chain``, ``asset.address``.
        VerificationError: ``asset.other-chain``.
    """
    account = None if recorded.account is None else parse_account(recorded.account)
    asset = None if recorded.asset is None else parse_asset(recorded.asset)
    wallet = None if recorded.wallet is None else parse_account(recorded.wallet)
    former = tuple(map(parse_account, recorded.former))
    for found in (account, asset, wallet, *former):
        if found is not None and found.chain != chain:
            text = f"expected a proof on {found.chain.text}, found one on {chain.text}"
            raise VerificationError("asset.other-chain", text)
    return Claims(recorded, account, asset, wallet, former)


def unbound(text: str) -> VerificationError:
    """Return the error for a proof that is about something else than what is recorded."""
    return VerificationError("asset.unbound", text)


def withheld(what: str) -> Said:
    """Return the note that a proof could not be compared with the record."""
    text = f"{what} is withheld, so whether the proof is about the recorded asset was not compared"
    return Said(Severity.NOTE, "asset.withheld", text)
