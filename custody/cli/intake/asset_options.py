"""What may be said of a digital asset when it is registered."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import click

from custody.cli.acting.act_options import FILE
from custody.cli.option_groups import several
from schemas.details.asset import Characterisation, Custody

_PATH = click.Path(exists=True, dir_okay=False, path_type=Path)
KINDS = ("account", "collectible", "media", "other", "token", "wallet")

name_options = several(
    click.option("--asset", metavar="CAIP-19", help="What it is, such as eip155:1/erc721:0x.../42 (kept private)."),
    click.option("--account", metavar="CAIP-10", help="Whose account held it, such as eip155:1:0x... (kept private)."),
    click.option("--amount", metavar="DECIMAL", help="How much, in the unit that people use (kept private)."),
    click.option("--custody", "custody_kind", type=click.Choice(get_args(Custody)), help="Who held the keys."),
    click.option("--kind", type=click.Choice(KINDS), help="What it is called among exhibits."),
    click.option("--description", help="What a colleague would call it (kept private)."),
    click.option("--characterised", multiple=True, type=click.Choice(get_args(Characterisation)),
                 help="As property, as data, or both: the law may be disputed."),
)  # fmt: skip
token_options = several(
    click.option("--media", type=_PATH, help="The token's media, a file; becomes part of the exhibit."),
    click.option("--metadata", type=_PATH, help="The token's metadata, a file; becomes part of the exhibit."),
    click.option("--token-uri", help="Where its metadata are said to be (kept private)."),
    click.option("--content-id", help="The CID of its media or metadata (kept private)."),
    click.option("--gateway", help="Through which gateway they were fetched (kept private)."),
    click.option("--approvals", type=click.IntRange(min=0), help="Approvals outstanding on it."),
)
platform_options = several(
    click.option("--platform", help="A platform without a public chain (kept private)."),
    click.option("--collection", help="Its number or name of the collection (kept private)."),
    click.option("--item", help="The item's number in it (kept private)."),
    click.option("--holder-account", help="The platform's account that held it (kept private)."),
    click.option("--certificate", type=FILE, help="The provider's certification document."),
    click.option("--certificate-hash", help="The hash or number that the platform's certificate names (kept private)."),
)
transfer_options = several(
    click.option("--custody-wallet", metavar="CAIP-10", help="The agency's wallet that received it (kept private)."),
    click.option("--seizure-tx", metavar="ID", help="The transaction that moved it there (kept private)."),
    click.option("--test-tx", metavar="ID", help="The test transfer made first (kept private)."),
    click.option("--confirmations", type=click.IntRange(min=0), help="Its confirmations when it was recorded."),
    click.option("--accept-comingling", is_flag=True, help="Record a custody wallet that serves another target too."),
)
state_options = several(
    click.option("--observed-at", metavar="TIME", help="When its chain was looked at."),
    click.option("--block-height", type=click.IntRange(min=0), help="The block that was the newest then."),
    click.option("--block-hash", help="Its hash (kept private)."),
    click.option("--balance", metavar="INTEGER", help="Seen then, in wei or satoshi (kept private)."),
    click.option("--nonce", type=click.IntRange(min=0), help="Transactions that the account had sent."),
    click.option("--observed-with", help="The node or site that was asked (kept private)."),
    click.option("--screenshot", "screenshots", multiple=True, type=FILE, help="A screenshot of it."),
)
value_options = several(
    click.option("--value", metavar="DECIMAL", help="What it was worth (kept private)."),
    click.option("--currency", metavar="CODE", help="In which currency, three letters."),
    click.option("--rate-source", help="By whose rate (kept private)."),
    click.option("--valued-at", metavar="TIME", help="When."),
)
holding_options = several(
    click.option("--provider", help="The provider that holds and froze it (kept private)."),
    click.option("--freeze-order", help="The order to it (kept private)."),
    click.option("--freeze-receipt", type=FILE, help="Its receipt, a document."),
    click.option("--freeze-approved-by", help="Who approved the order (kept private)."),
    click.option("--frozen-from", metavar="TIME", help="Since when it is frozen."),
    click.option("--frozen-until", metavar="TIME", help="When the freeze ends."),
    click.option("--envelope", help="Number of the envelope in which its secret is sealed (kept private)."),
    click.option("--envelope-seal", help="The envelope's seal number (kept private)."),
    click.option("--envelope-place", help="Where the envelope is kept (kept private)."),
    click.option("--envelope-with-device", is_flag=True, help="The secret is not sealed apart from its device."),
    click.option("--present", "presences", multiple=True, type=click.Choice(["lawyer", "suspect", "video"]),
                 help="Who was there; that it was filmed."),
    click.option("--witnesses", "witness_count", type=click.IntRange(min=0), help="How many witnesses were there."),
)  # fmt: skip
proof_options = several(
    click.option("--proof", "proof_files", multiple=True, type=_PATH,
                 help="A node's captured answers (JSON-RPC); they become a proof that is checked offline."),
    click.option("--slot", "slots", multiple=True, type=click.IntRange(min=0),
                 help="A slot above 255 in which the contract keeps its owners or balances."),
)  # fmt: skip
asset_options = several(
    name_options, token_options, platform_options, transfer_options, state_options, value_options, holding_options,
    proof_options,
)  # fmt: skip
"""All options of an asset."""
