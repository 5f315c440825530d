"""`custody trust pin`: believe that a block is on its chain, so that proofs about assets lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import click
import msgspec

from custody.cli.checking.trust_file import open_for_change, write_trust
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.files import given_values
from custody.cli.options import trust_option
from custody.cli.output import emit
from custody.cli.results import Result
from custody.onchain.caip import parse_chain
from custody.report.safe_text import show_path
from schemas import limits
from schemas.errors import RefusedError, UsageError
from schemas.trust import ChainPin

_HASH = re.compile(r"(?:0x)?([0-9a-fA-F]{64})\Z", re.ASCII)


class ChainPinned(Result, frozen=True, kw_only=True, tag="custody-chain-pinned/v1"):
    """A block that is believed from now on."""

    chain: str
    hash: str
    height: int
    path: str


@command(
    example="""
    custody trust pin eip155:1 17000000 0x96cfa0fb5e50b0a3f6cc76f3299cfbf48f17e8b41798d1394474e67ec8a97e9f
    custody trust pin bip122:000000000019d6689c085ae165831e93 0 \\
        000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f --trust court.trust.json
    """,
    result=ChainPinned,
)
@click.argument("chain")
@click.argument("height", type=click.IntRange(min=0, max=limits.TREE_SIZE))
@click.argument("hash", metavar="HASH")
@trust_option
@pass_custody
def trust_pin(context: Context, chain: str, height: int, hash: str, trust_path: Path | None) -> None:
    """Believe that the block HASH stands at HEIGHT of CHAIN (CAIP-2), such as eip155:1.

    Ask more than one source, over more than one channel: whoever chooses the pin chooses which past is proven. A block
    at or after that of a proof is wanted, or for Bitcoin one before it with the headers that follow.
    """
    with given_values():
        name = parse_chain(chain).text
    found = _HASH.match(hash)
    if found is None:
        raise UsageError("usage.hash", f"expected 64 hex digits as HASH, found {hash!r}")
    pin = ChainPin(chain=name, hash=found[1].lower(), height=height)
    target = open_for_change(context, trust_path)
    pins = target.trust.chain_pins if isinstance(target.trust.chain_pins, tuple) else ()
    known = {(item.chain, item.height): item for item in pins}
    before = known.setdefault((name, height), pin)
    if before != pin:
        text = f"expected {before.hash} that is pinned at {height} of {name}, found {pin.hash}"
        raise RefusedError("trust.pin", text, hint="one of them is on no chain; nothing was changed")
    ordered = tuple(known[place] for place in sorted(known))
    write_trust(target, msgspec.structs.replace(target.trust, chain_pins=ordered))
    emit(
        context.settings,
        ChainPinned(chain=name, hash=pin.hash, height=height, path=str(target.path)),
        [f"pinned: block {height} of {name}", f"  hash:       {pin.hash}", f"  trust file: {show_path(target.path)}"],
    )
