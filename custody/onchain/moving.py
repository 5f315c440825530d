"""What a receipt says about a recorded token: that it went to the custody wallet, or to the recorded account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Final

from custody.onchain.addresses import checksummed
from custody.onchain.claims import Claims, Said, unbound, withheld
from custody.onchain.transfers import Log, Moved, moves_of
from schemas.errors import VerificationError
from schemas.report import Severity

TOLD: Final = 16
"""Moves of one log that are told one by one: a batch may have tens of thousands."""
Moves = Mapping[tuple[str, int | None], Sequence[Moved]]
"""What one log moved between two accounts, by standard and token, those of some amount first."""


def sort_moves(log: Log) -> Moves:
    """Return what a log moved.

    Raises:
        VerificationError: ``asset.log`` where it moved nothing.
    """
    found = defaultdict[tuple[str, int | None], list[Moved]](list)
    for move in sorted(moves_of(log), key=lambda item: not item.amount):
        found[move.standard, move.token].append(move)
    return found


def bind_moves(contract: bytes, moves: Moves, index: int, claims: Claims) -> Iterator[str | Said]:
    """Yield in words what a log of the transaction at place ``index`` moved, by a ``contract`` of 20 bytes.

    Raises:
        VerificationError: ``asset.unbound`` for another contract or token, ``asset.other-transfer`` where neither
            custody wallet nor recorded account received it, unless one of them gave it away after it was registered.
    """
    asset = claims.asset
    if asset is None:
        if not claims.hides("asset"):
            raise unbound("expected a recorded asset of which this is a transfer, found none")
        for move in islice(chain.from_iterable(moves.values()), TOLD):
            yield _told(move, contract, index, "1")
        yield withheld("the asset")
        return
    if asset.contract is None or asset.contract.raw != contract:
        text = f"expected a transfer by the recorded asset's contract, found one by {checksummed(contract)}"
        raise unbound(text)
    wanted = None if asset.token is None else int(asset.token)
    own = moves.get((asset.kind, wanted))
    if not own:
        raise unbound(f"expected a transfer of {asset.text}, found one of another token")
    ends = {account.address.raw: name for name, account in claims.named()}
    first = own[0]
    is_known = first.receiver in ends and first.amount > 0
    for move in own[:TOLD]:
        if move.amount or not is_known:
            yield _told(move, contract, index, asset.chain.reference)
    if len(own) > TOLD:
        yield f"transaction {index} of the block moved more of it, {len(own) - TOLD} times in the same log"
    if is_known:
        yield from _check_sender(first, claims)
        return
    if not claims.hides("wallet", "account"):
        text = f"expected {asset.text} to go to the custody wallet or the recorded account, found {_ends(first)}"
        if first.sender not in ends:
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
