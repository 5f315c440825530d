"""The example on the page about assets is a proof that holds, as the page says."""

import re
from pathlib import Path

from custody.onchain.check import check_proof, parse_proof
from custody.onchain.claims import Recorded
from schemas.trust import ChainPin

PAGE = (Path(__file__).parents[2] / "docs" / "spec" / "assets.md").read_text("utf-8")


def test_the_example_shows_what_the_page_says() -> None:
    """An implementer begins with these bytes."""
    (raw,) = re.findall(r"```json\n(.+)\n```", PAGE)
    wallet, pinned = re.findall(r"`(m[A-Za-z0-9]{33}|[0-9a-f]{64})`", PAGE)[:2]
    proof = parse_proof(raw.encode("ascii"))
    recorded = Recorded(wallet=f"{proof.chain}:{wallet}")
    (said,) = check_proof(proof, recorded, (ChainPin(chain=proof.chain, hash=pinned, height=100),))
    assert said.code == "asset.proven"
    assert "pays 1.50000000 bitcoin to the custody wallet" in said.text
