"""`custody bundle`: exhibits with their story and all proofs in one file, for somebody abroad."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from custody.bundle.build import Built, Export, Order, build_bundle
from custody.bundle.disclose import parse_choice
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.exhibit_selection import Selection, select, selecting
from custody.cli.options import FILE, Signing, When, signed_at_once, timed
from custody.cli.output import emit, note
from custody.cli.results import Result
from custody.cli.signing import confirm, is_at_hand, load_signers, named_signers, show_events
from custody.cli.vault import open_vault
from custody.ledger.compose import Anchor, Composed
from custody.ledger.submission import Submission
from custody.report.counts import count_bytes
from custody.report.safe_text import show_path
from custody.report.words import tell
from custody.storage.disclosures import Receiving
from keys.private.signer import Signer as KeySigner
from keys.private.signing import join_signatures, sign_for
from schemas.errors import SigningKeyError
from schemas.event import Signer

if TYPE_CHECKING:
    from collections.abc import Mapping


class BundleResult(Result, frozen=True, kw_only=True, tag="custody-bundled/v1"):
    """The file, the entry that records the export, and how much went along."""

    bytes: int
    disclosed: int
    entries: int
    entry: int
    path: str
    size: int


@command(
    example="""
    custody bundle 2026-0417/EX-1 --to "District Court of Elsewhere" -o bundle.zip --as exam-07
    custody bundle --case 2026-0417 --all --to "Court" -o bundle.zip --detached --withhold "*:/details/place" --as reg-1
    """,
    result=BundleResult,
)
@selecting
@click.option("--to", "recipient", required=True, metavar="RECIPIENT", help="Who gets it (kept private).")
@click.option("--out", "-o", "target", type=FILE, required=True, help="The file to write.")
@click.option("--purpose", help="What for (kept private).")
@click.option("--detached", is_flag=True, help="Leave the evidence out; it travels apart, named by its digest.")
@click.option("--withhold", multiple=True, metavar="TYPE:/FIELD", help="Keep values back, such as *:/details/place.")
@click.option("--disclose", multiple=True, metavar="TYPE:/FIELD", help="Show values that stay here by rule.")
@signed_at_once
@timed
@pass_custody
def bundle(
    context: Context,
    *,
    selection: Selection,
    recipient: str,
    target: Path,
    purpose: str | None,
    detached: bool,
    withhold: tuple[str, ...],
    disclose: tuple[str, ...],
    who: Signing,
    when: When,
) -> None:
    """Pack exhibits into one file: evidence, their whole story, and the proofs that nothing is missing from it.

    What names other people stays here unless --disclose says otherwise; the proofs hold all the same. The export is
    recorded in the ledger, and the finished file is verified before you get it.
    """
    choice = parse_choice(withhold=withhold, disclose=disclose)
    exhibits = select(context, selection).exhibits
    access = context.ledger()
    signers = named_signers(context, who)
    keys = _open_keys(context, who, signers)

    def compose(export: Export) -> Composed:
        details = {"manifest": export.manifest, "purpose": purpose, "recipient": recipient}
        return access.compose(
            "bundle.exported", signers=signers, details=details, when=when, anchor=Anchor(about=export.about)
        )

    exported: list[Composed] = []

    def sign(export: Export) -> Submission:
        composed = compose(export)
        exported.append(composed)
        disclosures = {item.commitment: item for item in composed.disclosures}
        show_events(context, [tell(composed.event, disclosures, name_of=access.name_of)], tuple(keys))
        signatures = [sign_for(composed.event, key) for key in keys.values()]
        return Submission(join_signatures(composed.event, signatures), composed.disclosures)

    store = access.home.store
    order = Order(
        exhibits=tuple((item.case, item.number) for item in exhibits),
        nonce=context.random(16).hex(),
        choice=choice,
        is_detached=detached,
        earlier=_earlier(context, recipient),
    )
    built = build_bundle(
        store, open_vault(context, exhibits), order, target=target, sign=sign, clock=context.now,
        log_signers=access.home.log_signers(),
    )  # fmt: skip
    received_at = context.now()
    store.disclosures.note_recipients(
        Receiving(commitment, recipient, received_at, exported[0].event.hash) for commitment in built.disclosed
    )
    _emit(context, built)


def _open_keys(context: Context, who: Signing, signers: tuple[Signer, ...]) -> Mapping[str, KeySigner]:
    """Open every key before any work: an export can't wait for a signature, because its proofs are made with it.

    Raises:
        SigningKeyError: ``key.absent``.
    """
    agents = [signer.agent for signer in signers]
    for agent in agents:
        if not is_at_hand(context, agent):
            text = f"expected a key of {agent} here, found none"
            raise SigningKeyError("key.absent", text, hint="an export needs all its signers at one place")
    confirm(context, who, agents)
    alive = context.ledger().alive_keys()
    return load_signers(context, agents, who.passphrase_file, alive=alive)


def _earlier(context: Context, recipient: str) -> tuple[int, ...]:
    """Return the checkpoint sizes that the recipient has from earlier exports, so that he can link this one."""
    access = context.ledger()
    events = access.home.store.disclosures.exports_to(recipient)
    with access.read() as reader:
        return tuple(index + 1 for index in reader.event_indexes(events).values())


def _emit(context: Context, built: Built) -> None:
    result = BundleResult(
        bytes=built.bytes,
        disclosed=len(built.disclosed),
        entries=built.entries,
        entry=built.receipt.index,
        path=str(built.path),
        size=built.receipt.size,
    )
    lines = [
        f"bundle: {show_path(built.path)}, {count_bytes(built.bytes)}",
        f"  {built.entries} entries, {len(built.disclosed)} private values shown",
        f"  export recorded as entry {built.receipt.index}",
    ]
    emit(context.settings, result, lines)
    note(context.settings, f"  check it: custody verify {show_path(built.path)}")
