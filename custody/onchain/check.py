"""One proof about an asset, checked whole: bytes, what is recorded, and pinned blocks in; what it shows out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from custody.onchain import bitcoin, ethereum, spv
from custody.onchain.anchoring import Block, anchor
from custody.onchain.caip import Chain, parse_chain
from custody.onchain.claims import Claims, Held, Recorded, Said, read_claims
from custody.onchain.holding import bind_account, bind_storage
from custody.onchain.moving import bind_moves, sort_moves
from custody.onchain.paying import bind_transaction
from custody.onchain.transfers import receipt_at
from schemas import canonical, limits
from schemas.asset_proof import AccountProof, AssetProof, ReceiptProof, TransactionProof
from schemas.errors import CustodyError, VerificationError
from schemas.report import Severity
from schemas.trust import ChainPin

Found = TypeVar("Found")
Bind = Callable[[Claims], Iterable[Held | str | Said]]
"""Says in words what the proven data show about what is recorded; the errors are those of the rooms that bind."""
LATER = "what happened after that block can't be seen offline"


def parse_proof(raw: bytes) -> AssetProof:
    """Return the proof of which ``raw`` is the canonical spelling.

    Raises:
        RecordError: ``record.*``.
        UnknownVersionError: ``record.version``.
    """
    return canonical.decode(raw, AssetProof, maximum=limits.ASSET_PROOF_BYTES)


def check_proof(proof: AssetProof, recorded: Recorded, pins: Sequence[ChainPin]) -> tuple[Said, ...]:
    """Return what ``proof`` shows about what is recorded, and to which block it holds, as `bind_proof`.

    Raises:
        RecordError: ``asset.chain``, or a recorded name that is none.
        VerificationError: ``asset.*``: it doesn't hold, or is about something else.
    """
    return bind_proof(prove(proof, pins), recorded)


@dataclass(frozen=True, slots=True)
class Proven:
    """What a proof shows, whatever it is held against; ``vouched`` for its block is what `anchor` returns.

    Either may be the error that is raised in its place whenever something is held against the proof.
    """

    chain: Chain
    shown: tuple[Block, Bind] | CustodyError
    vouched: tuple[str, Said | None] | CustodyError


def prove(proof: AssetProof, pins: Sequence[ChainPin]) -> Proven:
    """Return what ``proof`` shows. This is what takes long: it is done once, however many records name the proof.

    Raises:
        RecordError: ``asset.chain``.
    """
    chain = parse_chain(proof.chain)
    try:
        shown = (_check_bitcoin if chain.namespace == "bip122" else _check_ethereum)(proof, chain)
    except CustodyError as error:
        return Proven(chain, error, error)
    # Of thousands of headers one is told about from here on.
    block, at = shown[0], proof.place
    told = replace(block, first=proof.height + at, hashes=block.hashes[at : at + 1], place=0)
    try:
        return Proven(chain, (told, shown[1]), anchor(block, pins))
    except CustodyError as error:
        return Proven(chain, (told, shown[1]), error)


def _kept(found: Found | CustodyError) -> Found:
    if isinstance(found, CustodyError):
        # It is raised again and again, and would gather where.
        raise found.with_traceback(None)
    return found


def bind_proof(proven: Proven, recorded: Recorded) -> tuple[Said, ...]:
    """Return what a proof shows about what is recorded, and to which block it holds.

    Raises:
        RecordError: a recorded name that is none.
        VerificationError: ``asset.*``: it doesn't hold, or is about something else.
    """
    claims = read_claims(recorded, proven.chain)
    block, bind = _kept(proven.shown)
    parts = list(bind(claims))
    vouched, problem = _kept(proven.vouched)
    notes = [part for part in parts if isinstance(part, Said)]
    is_bound = not any(note.code in {"asset.unexplained", "asset.withheld"} for note in notes)
    code = "asset.proven" if problem is None and is_bound else "asset.stated"
    where = f"in {block.text}{f', {vouched}' if vouched else ''}"
    # What is read out of a block that nobody vouches for may be anybody's invention, and must not sound like more.
    rests_on = f"a block {vouched}" if problem is None else vouched or "a block that no pinned block vouches for"
    said = [
        Said(Severity.NOTE, code, f"{where}: {part.text}; {LATER}", block.date, part, rests_on)
        if isinstance(part, Held)
        else Said(Severity.NOTE, code, f"{where}: {part}; {LATER}", block.date)
        for part in parts
        if not isinstance(part, Said)
    ]
    dated = [replace(note, at=block.date, rests_on=rests_on) for note in notes]
    return (*said, *dated, *(() if problem is None else (problem,)))


def _check_bitcoin(proof: AssetProof, chain: Chain) -> tuple[Block, Bind]:
    rules = spv.RULES.get(chain.text)
    if rules is None or not isinstance(proof.transaction, TransactionProof):
        raise _unsupported("a transaction of Bitcoin or one of its test chains", chain)
    headers = [bitcoin.parse_header(bytes.fromhex(raw)) for raw in proof.headers]
    spv.check_headers(headers, proof.height, rules)
    part = proof.transaction
    branch = [bytes.fromhex(sibling) for sibling in part.branch]
    transaction = spv.check_inclusion(bytes.fromhex(part.raw), branch, part.index, headers[proof.place])
    block = Block(
        chain=chain.text,
        hashes=[bitcoin.reversed_hex(header.hash) for header in headers],
        first=proof.height,
        place=proof.place,
        time=headers[proof.place].time,
        work=spv.work_of(headers[proof.place :]) if rules.has_periods else 0,
    )
    return block, partial(bind_transaction, transaction)


def _check_ethereum(proof: AssetProof, chain: Chain) -> tuple[Block, Bind]:
    if chain.namespace != "eip155" or isinstance(proof.transaction, TransactionProof):
        raise _unsupported("an account or a receipt of a chain of namespace eip155", chain)
    headers = [ethereum.parse_header(bytes.fromhex(raw)) for raw in proof.headers]
    ethereum.check_headers(headers, proof.height)
    block = Block(
        chain=chain.text,
        hashes=[header.hash.hex() for header in headers],
        first=proof.height,
        place=proof.place,
        time=headers[proof.place].time,
    )
    return block, _shown_by(proof, headers[proof.place])


def _shown_by(proof: AssetProof, header: ethereum.Header) -> Bind:
    if isinstance(proof.receipt, ReceiptProof):
        receipt = proof.receipt
        logs = receipt_at(header.receipts_root, receipt.index, _nodes(receipt.nodes))
        if receipt.log >= len(logs):
            text = f"expected a receipt with more than {receipt.log} logs, found {len(logs)}"
            raise VerificationError("asset.receipt", text)
        log = logs[receipt.log]
        return partial(bind_moves, log.address, sort_moves(log), receipt.index)
    assert isinstance(proof.account, AccountProof), "the record has one of three kinds, and Bitcoin's is done"
    part = proof.account
    address = bytes.fromhex(part.address)
    state = ethereum.account_at(header.state_root, address, _nodes(part.nodes))
    if not isinstance(part.storage, tuple):
        return partial(bind_account, address, state, header.number)
    words = [
        (storage, ethereum.word_at(state.storage_root, bytes.fromhex(storage.key), _nodes(storage.nodes)))
        for storage in part.storage
    ]
    return partial(bind_storage, address, words, header.number)


def _nodes(nodes: Sequence[str]) -> list[bytes]:
    return [bytes.fromhex(node) for node in nodes]


def _unsupported(expected: str, chain: Chain) -> VerificationError:
    return VerificationError("asset.kind", f"expected a proof of {expected}, found another on {chain.text}")
