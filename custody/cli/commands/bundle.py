"""`custody bundle`: exhibits with their story and all proofs in one file, for somebody abroad."""

from __future__ import annotations

from pathlib import Path

import click

from custody.bundle.build import Built
from custody.bundle.disclose import Choice
from custody.cli.acting.exhibit_selection import Selection, select, selecting
from custody.cli.border.disclosing import choosing_of_exhibits
from custody.cli.border.encryption import Encrypting, encrypting, find_age_key
from custody.cli.border.exporting import Outgoing, export
from custody.cli.border.sent_records import WithheldLine, tell_withheld, withheld_lines
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.options import FILE, Signing, When, signed_at_once, timed
from custody.cli.output import emit, note
from custody.cli.results import Result
from custody.report.counts import count_bytes
from custody.report.safe_text import show_path
from custody.report.shell_words import shell_word


class BundleResult(Result, frozen=True, kw_only=True, tag="custody-bundled/v1"):
    """The file, the entry that records the export, and how much went along; ``absent`` are the digests of documents
    that entries name and that are not here.
    """

    absent: tuple[str, ...]
    bytes: int
    disclosed: int
    entries: int
    entry: int
    encrypted_to: tuple[str, ...]
    path: str
    size: int
    withheld: tuple[WithheldLine, ...]


@command(
    example="""
    custody bundle 2026-0417/EX-1 --to court-of-elsewhere -o bundle.zip --as exam-07
    custody bundle 2026-0417/EX-1 --to court-of-elsewhere -o bundle.zip --encrypt --as exam-07
    custody bundle --case 2026-0417 --all --to court -o bundle.zip --detached --withhold "*:/details/place" --as reg-1
    """,
    result=BundleResult,
)
@selecting
@click.option("--to", required=True, metavar="RECIPIENT", help="Who gets it, as enrolled, with a country.")
@click.option("--out", "-o", "target", type=FILE, required=True, help="The file to write.")
@click.option("--purpose", help="What for (kept private).")
@click.option("--request", metavar="REQUEST", help="The assistance request on record that it answers.")
@click.option("--detached", is_flag=True, help="Leave the evidence out; it travels apart, named by its digest.")
@encrypting
@choosing_of_exhibits
@signed_at_once
@timed
@pass_custody
def bundle(
    context: Context,
    *,
    selection: Selection,
    to: str,
    target: Path,
    purpose: str | None,
    request: str | None,
    detached: bool,
    encrypting: Encrypting,
    choice: Choice,
    who: Signing,
    when: When,
) -> None:
    """Pack exhibits into one file: evidence, their whole story, and the proofs that nothing is missing from it.

    What goes to another country needs a consent on record that covers every exhibit (custody consent record). What
    names other people stays here unless --disclose says otherwise; the proofs hold all the same. The export is
    recorded in the ledger, and the finished file is verified before you get it.

    With --encrypt only the recipient's age key opens evidence and documents. Anybody who has the file still sees the
    records, digests, sizes, and the names and texts that are shown.
    """
    outgoing = Outgoing(
        to=to,
        target=target,
        exhibits=tuple(select(context, selection).exhibits),
        request=request,
        purpose=purpose,
        choice=choice,
        is_detached=detached,
        recipients=encrypting.recipients(context, to=to, is_detached=detached),
    )
    _emit(context, export(context, outgoing, who=who, when=when), outgoing.recipients)
    if not outgoing.recipients and not detached and find_age_key(context, to) is not None:
        note(context.settings, f"  not encrypted, though {to} has an age key: --encrypt")


def _emit(context: Context, built: Built, encrypted_to: tuple[str, ...]) -> None:
    withheld = withheld_lines(built.kept)
    result = BundleResult(
        absent=built.absent,
        bytes=built.bytes,
        disclosed=len(built.disclosed),
        entries=built.entries,
        entry=built.receipt.index,
        encrypted_to=encrypted_to,
        path=str(built.path),
        size=built.receipt.size,
        withheld=withheld,
    )
    lines = [
        f"bundle: {show_path(built.path)}, {count_bytes(built.bytes)}",
        f"  {built.entries} entries, {len(built.disclosed)} private values shown",
        *(f"  evidence and documents encrypted to {key}" for key in encrypted_to),
        *tell_withheld(withheld),
        f"  export recorded as entry {built.receipt.index}",
    ]
    emit(context.settings, result, lines)
    note(context.settings, f"  check it: custody verify {shell_word(built.path)}")
