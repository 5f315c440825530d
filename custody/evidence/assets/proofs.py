"""From captured answers to canonical proofs, each checked by itself before it is kept."""

from __future__ import annotations

from collections.abc import Sequence

from custody.evidence.assets.answers import Answers
from custody.evidence.assets.bitcoin_proofs import bitcoin_proofs
from custody.evidence.assets.ethereum_proofs import Subject, ethereum_proofs
from custody.onchain.caip import Chain
from custody.onchain.check import check_proof, parse_proof
from custody.onchain.claims import Recorded, Said
from schemas import canonical
from schemas.errors import RecordError

Made = tuple[bytes, tuple[Said, ...]]
"""The canonical bytes of a proof, and what it says about what is to be recorded."""


def make_proofs(files: Sequence[bytes], chain: Chain, subject: Subject, recorded: Recorded) -> tuple[Made, ...]:
    """Return the proofs that captured answers give, each as it will be read by a stranger; no block is believed here.

    Raises:
        RecordError: ``asset.answer``, ``asset.answer-missing``, ``asset.unexplained``, or what doesn't fit the record.
        VerificationError: ``asset.*``: what is proven doesn't hold, or is about something else than is recorded.
    """
    answers = Answers()
    for raw in files:
        answers.take(raw)
    match chain.namespace:
        case "bip122":
            proofs = bitcoin_proofs(answers, chain.text)
        case "eip155":
            proofs = ethereum_proofs(answers, chain.text, subject)
        case _:
            raise RecordError("asset.kind", f"expected a chain of bip122 or eip155 for a proof, found {chain.text}")
    if not proofs:
        hint = "a transaction and gettxoutproof; eth_getProof, or eth_getBlockReceipts, and the block"
        raise RecordError("asset.answer-missing", f"expected answers about {chain.text}, found none", hint=hint)
    encoded = (canonical.encode(proof) for proof in proofs)
    made = tuple((raw, check_proof(parse_proof(raw), recorded, ())) for raw in encoded)
    if any(said.code == "asset.unexplained" for _, found in made for said in found):
        hint = "--slot names a slot above 255; or prove a transfer by eth_getBlockReceipts"
        text = "expected words of storage about the recorded token and accounts, found others"
        raise RecordError("asset.unexplained", text, hint=hint)
    return made
