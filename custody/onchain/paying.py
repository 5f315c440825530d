"""What a Bitcoin transaction says about a recorded asset: that it paid the custody wallet, or the recorded account."""

from __future__ import annotations

from collections.abc import Iterator

from custody.onchain.bitcoin import Transaction, reversed_hex
from custody.onchain.caip import Account
from custody.onchain.claims import Claims, Said, unbound, withheld
from schemas.errors import VerificationError


def bind_transaction(transaction: Transaction, claims: Claims) -> Iterator[str | Said]:
    """Yield in words what ``transaction`` shows about what is recorded, and notes on what was withheld.

    Raises:
        VerificationError: ``asset.unbound`` for another transaction than the recorded one, ``asset.not-paid`` where it
            doesn't pay the custody wallet.
    """
    found, recorded = reversed_hex(transaction.id), claims.recorded
    is_recorded = found in {recorded.transaction, recorded.test_transaction}
    if is_recorded and claims.wallet is not None:
        if not transaction.paid_to(claims.wallet.address.script):
            text = f"expected transaction {found} to pay the custody wallet {claims.wallet.address.text}, found nothing"
            raise VerificationError("asset.not-paid", text)
        yield _paid(found, transaction, "the custody wallet", claims.wallet)
        return
    if is_recorded:
        yield f"transaction {found} is in it"
        if claims.hides("wallet"):
            yield withheld("the custody wallet")
        return
    if claims.hides("transaction", "test_transaction", "wallet", "account"):
        yield f"transaction {found} is in it"
        yield withheld("the transaction, the custody wallet or the account")
        return
    # A proof may also be of the payment by which the asset came into the account; a transfer must be the recorded one.
    known = [claims.account] if recorded.transaction else [claims.wallet, claims.account]
    paid = [account for account in known if account and transaction.paid_to(account.address.script)]
    if not paid:
        raise unbound(f"expected a transaction that is recorded, or pays the recorded account, found {found}")
    name = "the recorded account" if paid[0] is claims.account else "the custody wallet"
    yield _paid(found, transaction, name, paid[0])


def _paid(found: str, transaction: Transaction, name: str, account: Account) -> str:
    satoshi = transaction.paid_to(account.address.script)
    amount = f"{satoshi // 100_000_000}.{satoshi % 100_000_000:08d}"
    return f"transaction {found} pays {amount} bitcoin to {name} {account.address.text}"
