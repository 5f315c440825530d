"""`custody trust list` and `custody trust export`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import msgspec

from custody.cli.checking.own_ledger import describe_ledger
from custody.cli.checking.trust_file import EMPTY, format_trust, read_trust_file
from custody.cli.command import command
from custody.cli.commands.trust_add import trust_lines
from custody.cli.context import Context, pass_custody
from custody.cli.files import write_file
from custody.cli.options import FILE, force_option, trust_option
from custody.cli.output import emit
from custody.cli.results import Result
from custody.report.safe_text import show, show_path
from schemas.trust import Recipient, Trust


class TrustList(Result, frozen=True, kw_only=True, tag="custody-trust-list/v1"):
    """What is believed; ``trust`` is the trust file itself (custody-trust/v1)."""

    path: str
    trust: dict[str, Any]


class TrustExported(Result, frozen=True, kw_only=True, tag="custody-trust-exported/v1"):
    """A file for others; its fingerprint is told over another channel."""

    fingerprint: str
    origin: str
    path: str


@command(
    example="""
    custody trust list
    custody trust list --trust court.trust.json
    """,
    result=TrustList,
)
@trust_option
@pass_custody
def trust_list(context: Context, trust_path: Path | None) -> None:
    """List whose ledgers are believed, with which keys, and how far they were seen."""
    file = read_trust_file(context, trust_path)
    result = TrustList(path=str(file.path), trust=msgspec.to_builtins(file.trust))
    none = ("nobody is believed yet", "next: custody trust add FILE")
    pins = file.trust.chain_pins or ()
    pinned = [f"block {pin.height} of {pin.chain} is pinned: {pin.hash}" for pin in pins]
    emit(
        context.settings,
        result,
        (*(trust_lines(file.trust.ledgers) if file.trust.ledgers else none), *pinned, *_recipient_lines(file.trust)),
    )


def _recipient_lines(trust: Trust) -> Iterator[str]:
    """Yield to whose keys evidence is encrypted, and the owner's own."""
    own = trust.recipient
    if isinstance(own, Recipient) and isinstance(own.age_key, str):
        yield f"your own age key, as {show(own.name)}: {show(own.age_key)}"
    if isinstance(own, Recipient) and (
        told := [show(item) for item in (own.ledger, own.country) if isinstance(item, str)]
    ):
        yield f"you are {show(own.name)}: {', '.join(told)}; a bundle for somebody else is said to be"
    for item in trust.recipients or ():
        yield f"encrypt to {show(item.name)}: {item.age_key}"


@command(
    example="""
    custody trust export -o police-example.trust.json
    custody trust export -o police-example.trust.json --with-checkpoint
    """,
    result=TrustExported,
)
@click.option("-o", "--out", required=True, type=FILE, help="The file to write.")
@click.option("--with-checkpoint", is_flag=True, help="Name the checkpoint of today as seen.")
@force_option
@pass_custody
def trust_export(context: Context, out: Path, with_checkpoint: bool, force: bool) -> None:
    """Write what others need to believe this ledger: its name, fingerprint and verifier keys.

    Tell them the fingerprint over another channel. With today's checkpoint named, they will want each later bundle to
    prove that it continues from there.
    """
    ledger = describe_ledger(context.ledger().home, with_checkpoint=with_checkpoint)
    trust = msgspec.structs.replace(EMPTY, ledgers=(ledger,))
    write_file(out, format_trust(trust), force=force)
    emit(
        context.settings,
        TrustExported(fingerprint=ledger.genesis, origin=ledger.origin, path=str(out)),
        (*trust_lines((ledger,)), f"  written to:  {show_path(out)}"),
    )
