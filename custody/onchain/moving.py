"""What a receipt says about a recorded token: that it went to the custody wallet, or to the recorded account."""

from __future__ import annotations

from collections.abc import Iterator

from custody.onchain.addresses import checksummed
from custody.onchain.claims import Claims, Said, unbound, withheld
from custody.onchain.transfers import Log, Moved, moves_of
from schemas.errors import VerificationError
from schemas.report import Severity


def bind_log(log: Log, index: int, claims: Claims) -> Iterator[str | Said]:
    """Yield in words what a log of the transaction at place ``index`` moved.

    Raises:
        VerificationError: ``asset.log`` where it moved nothing, ``asset.unbound`` for another contract or token,
            ``asset.other-transfer`` where neither custody wallet nor recorded account received it, unless one of them
            gave it away after it was registered.
    """
    moves = moves_of(log)
    asset = claims.asset
    if asset is None:
        if not claims.hides("asset"):
            raise unbound("expected a recorded asset of which this is a transfer, found none")
        for move in moves[:16]:
            yield _told(move, log.address, index, "1")
        yield withheld("the asset")
        return
    if asset.contract is None or asset.contract.raw != log.address:
        text = f"expected a transfer by the recorded asset's contract, found one by {checksummed(log.address)}"
        raise unbound(text)
    wanted = None if asset.token is None else int(asset.token)
    own = [move for move in moves if move.standard == asset.kind and move.token == wanted]
    if not own:
        raise unbound(f"expected a transfer of {asset.text}, found one of another token")
    ends = {account.address.raw: name for name, account in claims.named()}
    known = [move for move in own if move.receiver in ends and move.amount]
    for move in known or own:
        yield _told(move, log.address, index, asset.chain.reference)
    if known:
        yield from _check_sender(known[0], claims)
        return
    if not claims.hides("wallet", "account"):
        text = f"expected {asset.text} to go to the custody wallet or the recorded account, found {_ends(own[0])}"
        if own[0].sender not in ends:
            raise VerificationError("asset.other-transfer", text)
        yield claims.has_left("asset.other-transfer", text)
        return
    yield withheld("the custody wallet or the account")


def _check_sender(move: Moved, claims: Claims) -> Iterator[Said]:
    wallet, account = claims.wallet, claims.account
    is_seizure = wallet is not None and wallet.address.raw == move.receiver
    senders = {found.address.raw for found in (account, *claims.former) if found is not None}
    if is_seizure and account is not None and move.sender not in senders and not claims.hides("former"):
        text = f"the custody wallet received it from {checksummed(move.sender)}, which isn't the recorded account"
        yield Said(Severity.DEFECT, "asset.other-sender", text)


def _told(move: Moved, contract: bytes, index: int, reference: str) -> str:
    token = "" if move.token is None else f"token {move.token} of "
    ends = _ends(move, reference)
    return f"transaction {index} of the block moved {move.amount} of {token}{checksummed(contract, reference)} {ends}"


def _ends(move: Moved, reference: str = "1") -> str:
    return f"from {checksummed(move.sender, reference)} to {checksummed(move.receiver, reference)}"
