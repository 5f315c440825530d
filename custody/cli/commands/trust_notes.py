"""What the trust file notes beside ledgers: `custody trust seen`, `trust pin` and `trust recipient`."""

from __future__ import annotations

import re
from pathlib import Path

import click
import msgspec

from custody.bundle.container import open_container
from custody.bundle.source import verify_container
from custody.cli.checking.opening import check_is_bundle, check_steps
from custody.cli.checking.trust_file import open_for_change, read_trust_file, replace_ledger, with_seen, write_trust
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.files import given_values
from custody.cli.options import FILE, trust_option
from custody.cli.output import emit
from custody.cli.parameters import AGE_KEY, COUNTRY, ORIGIN
from custody.cli.results import Result
from custody.onchain.caip import parse_chain
from custody.report.safe_text import show, show_path
from schemas import layout, limits
from schemas.errors import RefusedError, UsageError, VerificationError
from schemas.report import LedgerReport
from schemas.text import format_base64
from schemas.trust import ChainPin, Correspondent, Recipient, SeenCheckpoint, TrustedLedger
from schemas.types import UNSET

WANTED_STEPS = (0, 2, 4)


class Remembered(Result, frozen=True, kw_only=True, tag="custody-seen/v1"):
    """A checkpoint that is held against every later bundle of the ledger."""

    origin: str
    root: str
    size: int


@command(example="custody trust seen bundle.zip", result=Remembered)
@click.argument("bundle", type=FILE)
@click.option("--trust", "trust_path", type=FILE, help="The trust file to change.")
@pass_custody
def trust_seen(context: Context, bundle: Path, trust_path: Path | None) -> None:
    """Remember the checkpoint of BUNDLE, after its container, checkpoint and entries have PASSED.

    From then on a ledger that shows another history is found.
    """
    file = read_trust_file(context, trust_path)
    check_is_bundle(bundle)
    with open_container(bundle) as container:
        verified = verify_container(container, trusted=file.trusted, at=context.now())
        check_steps(verified.report, WANTED_STEPS, bundle)
        raw = container.read(layout.CHECKPOINT, maximum=limits.NOTE_BYTES)
    ledger = verified.report.ledger
    assert isinstance(ledger, LedgerReport), "step 2 passed, so there is a checkpoint"
    seen = SeenCheckpoint(note=format_base64(raw), root=ledger.root, size=ledger.size)

    def add(known: TrustedLedger | None) -> TrustedLedger:
        if known is None:
            raise VerificationError("trust.unknown", f"expected a ledger that is believed, found {ledger.origin}")
        return with_seen(known, seen)

    write_trust(file, replace_ledger(file.trust, ledger.origin, add))
    emit(
        context.settings,
        Remembered(origin=ledger.origin, root=ledger.root, size=ledger.size),
        (f"remembered: {ledger.origin} at {ledger.size} entries, {ledger.root}",),
    )


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
    pins = target.trust.chain_pins or ()
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


class RecipientNoted(Result, frozen=True, kw_only=True, tag="custody-trust-recipient/v1"):
    """The trust file, and the name and key that it has now; without a key the name is gone from it.

    ``country`` and ``ledger`` are those of the reader himself.
    """

    name: str
    path: str
    age_key: str | None = None
    country: str | None = None
    ledger: str | None = None


@command(
    example="""
    custody trust recipient justice-cn --age-key age1f5rtlauqsyyt9arnlq792jp0qhhufpmz6cnh477u5aavyg6cz9gsnze35f
    custody trust recipient justice-cn --remove
    custody trust recipient court-7 --self --ledger evidence.court.example/main --country DE
    """,
    result=RecipientNoted,
)
@click.argument("name")
@click.option("--age-key", type=AGE_KEY, metavar="AGE1...", help="The key, compared over another channel.")
@click.option("--self", "is_self", is_flag=True, help="The name and what is told of it are your own.")
@click.option("--ledger", type=ORIGIN, help="Your own ledger: a bundle for another one is not for you (with --self).")
@click.option("--country", type=COUNTRY, help="Your own country, two letters (with --self).")
@click.option("--remove", is_flag=True, help="Forget the key; with --self all that is told of you.")
@click.option("--trust", "trust_path", type=FILE, help="The trust file to change.")
@pass_custody
def trust_recipient(
    context: Context,
    name: str,
    age_key: str | None,
    is_self: bool,
    ledger: str | None,
    country: str | None,
    remove: bool,
    trust_path: Path | None,
) -> None:
    """Note in the trust file to which key evidence for NAME is encrypted (custody bundle --to NAME --encrypt).

    A key on record in the ledger goes before it. Compare the key with its owner: whoever can exchange it reads along.

    With --self it notes who you are. custody verify then says of a bundle that was made for another ledger, or for
    somebody in another country, that it isn't for you.
    """
    own = {"age_key": age_key, "country": country, "ledger": ledger}
    if not is_self and (ledger or country):
        raise UsageError("usage.recipient", "expected --ledger and --country with --self only, found them without")
    if any(own.values()) == remove:
        what = "--age-key, --ledger or --country" if is_self else "--age-key"
        raise UsageError("usage.recipient", f"expected either {what} or --remove, found both or neither")
    target = open_for_change(context, trust_path)
    trust = target.trust
    if is_self:
        before = trust.recipient if isinstance(trust.recipient, Recipient) else Recipient(name=name)
        told = {field: value for field, value in own.items() if value is not None}
        if remove:
            before, told = Recipient(name=name), {}
        noted = msgspec.structs.replace(before, name=name, **told)
        trust = msgspec.structs.replace(trust, recipient=noted)
    else:
        known = {item.name: item for item in trust.recipients} if isinstance(trust.recipients, tuple) else {}
        if remove and name not in known:
            raise UsageError("usage.recipient", f"expected a name with a key, found {show(name)} without one")
        known.pop(name, None)
        if age_key is not None:
            known[name] = Correspondent(age_key=age_key, name=name)
        ordered = tuple(known[item] for item in sorted(known))
        trust = msgspec.structs.replace(trust, recipients=ordered or UNSET)
    write_trust(target, trust)
    what = ", ".join(value for value in own.values() if value) or "forgotten"
    lines = (f"{show(name)}: {what}", f"  trust file: {show_path(target.path)}")
    emit(context.settings, RecipientNoted(name=name, path=str(target.path), **own), lines)
