"""What an account or a word of storage says about a recorded asset: a balance, the owner of a token.

A contract's storage has no names: that a word is the owner of a token follows from where the contract keeps its
owners (layout and slot), which is somebody's word and is said beside what is proven.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from custody.onchain.addresses import checksummed
from custody.onchain.caip import Account, Asset
from custody.onchain.claims import Claims, Held, Said, unbound, withheld
from custody.onchain.ethereum import AccountState, balance_key, owner_key, token_balance_key
from schemas.asset_proof import StorageProof
from schemas.errors import VerificationError
from schemas.report import Severity
from schemas.types import is_set

Word = tuple[StorageProof, int]
"""A word of storage that was proven, with what it holds."""
_ACCOUNT_END = 1 << 160
_BURNED = 224


def bind_account(address: bytes, state: AccountState, height: int, claims: Claims) -> Iterator[Held | str | Said]:
    """Yield in words what an account held, given that it is a recorded one.

    Raises:
        VerificationError: ``asset.unbound`` for another account, ``asset.balance`` for another balance than recorded at
            this block.
    """
    name = next((name for name, account in claims.named() if account.address.raw == address), None)
    text = checksummed(address, _reference(claims))
    holds = f"holds {state.balance} wei, with nonce {state.nonce}" if state.exists else "holds nothing: it isn't there"
    if name is None and not claims.hides("account", "wallet"):
        raise unbound(f"expected a proof of a recorded account, found one of {text}")
    told = f"{name or 'account'} {text} {holds}"
    if name is None or _is_token(claims.asset) or claims.hides("asset"):
        yield told
    else:
        yield _held(told, name, state.balance, height, claims)
    if name is None:
        yield withheld("the account")


def bind_storage(address: bytes, words: Sequence[Word], height: int, claims: Claims) -> Iterator[Held | str | Said]:
    """Yield in words what a contract's storage says about the recorded token.

    Raises:
        VerificationError: ``asset.unbound`` for another contract or token, ``asset.not-held`` where neither the
            recorded account nor the custody wallet holds it when it is registered (later it has left them, which is
            told where an owner is proven or all recorded balances are), ``asset.balance`` as `bind_account`.
    """
    text = checksummed(address, _reference(claims))
    if claims.asset is None and claims.hides("asset"):
        for storage, value in words:
            yield f"word {storage.key} of contract {text} is {value:064x}"
        yield withheld("the asset")
        return
    asset = claims.asset
    if asset is None or asset.contract is None or asset.contract.raw != address:
        raise unbound(f"expected a proof of the recorded asset's contract, found one of {text}")
    is_held, is_told, shown = False, False, set[bool]()
    for storage, value in words:
        if not is_set(storage.layout):
            yield f"word {storage.key} of contract {text} is {value:064x}"
            continue
        is_told = True
        holder, told = _tell(storage, value, asset, claims, height)
        is_held |= holder
        shown |= {told.is_wallet} if isinstance(told, Held) else {True, False}
        yield told
    if not is_told:
        note = "no layout explains these words, so whether they are about the recorded asset is not shown"
        yield Said(Severity.NOTE, "asset.unexplained", note)
    elif not is_held:
        if not claims.hides("account", "wallet"):
            text = f"expected {asset.text} with the recorded account or the custody wallet, found it with neither"
            known = {account is claims.wallet for _, account in claims.named()}
            if not claims.recorded.is_later or known <= shown:
                yield claims.has_left("asset.not-held", text)
            return
        yield withheld("the account")


def _tell(storage: StorageProof, value: int, asset: Asset, claims: Claims, height: int) -> tuple[bool, Held | str]:
    """Return whether a recorded account holds the token by this word, and the word in words."""
    slot = bytes.fromhex(str(storage.slot))
    key = bytes.fromhex(storage.key)
    basis = f"if its contract keeps them in slot {int.from_bytes(slot, 'big')} ({storage.layout})"
    if storage.layout in ("erc721-owner", "erc721a-owner"):
        if asset.kind != "erc721" or asset.token is None or owner_key(int(asset.token), slot) != key:
            raise unbound(f"expected the word of the owner of {asset.text}, found {storage.key}")
        owner = value if storage.layout == "erc721-owner" else _unpacked(value)
        return _tell_owner(owner, asset, claims, basis)
    for name, account in claims.named():
        if _balance_key(asset, account, str(storage.layout), slot) == key:
            told = f"{name} {account.address.text} holds {value} of {asset.text}, {basis}"
            return value > 0, _held(told, name, value, height, claims)
    if claims.hides("account", "wallet"):
        return False, f"an account holds {value} by word {storage.key}, {basis}"
    raise unbound(f"expected the word of a recorded account's balance of {asset.text}, found {storage.key}")


def _unpacked(value: int) -> int:
    """Return the owner in a word of ERC-721A: the lowest 160 bits, nobody where the bit says that it was burned."""
    return 0 if value >> _BURNED & 1 else value % _ACCOUNT_END


def _tell_owner(value: int, asset: Asset, claims: Claims, basis: str) -> tuple[bool, str]:
    if value >= _ACCOUNT_END:
        raise unbound(f"expected an account of 20 bytes as owner of {asset.text}, found {value:064x}")
    owner = value.to_bytes(20, "big")
    name = next((name for name, account in claims.named() if account.address.raw == owner), None)
    shown = checksummed(owner, asset.chain.reference) if value else "nobody"
    return name is not None, f"{asset.text} belongs to {f'{name} ' if name else ''}{shown}, {basis}"


def _balance_key(asset: Asset, account: Account, layout: str, slot: bytes) -> bytes | None:
    if layout == "erc20-balance" and asset.kind == "erc20":
        return balance_key(account.address.raw, slot)
    if layout == "erc1155-balance" and asset.kind == "erc1155" and asset.token is not None:
        return token_balance_key(int(asset.token), account.address.raw, slot)
    return None


def _held(text: str, name: str, found: int, height: int, claims: Claims) -> Held:
    recorded, is_wallet = claims.recorded, name != "the recorded account"
    is_recorded = recorded.balance is not None and recorded.height == height
    if is_recorded and is_wallet == (recorded.balance_of == "wallet") and recorded.balance != str(found):
        text = f"expected the recorded balance {recorded.balance} at block {height}, found {found}"
        raise VerificationError("asset.balance", text)
    return Held(text, is_wallet, found)


def _is_token(asset: Asset | None) -> bool:
    return asset is not None and asset.contract is not None


def _reference(claims: Claims) -> str:
    known = claims.asset or claims.account or claims.wallet
    return "1" if known is None else known.chain.reference
