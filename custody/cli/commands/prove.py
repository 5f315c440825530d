"""`custody prove`: that one entry is in the ledger, or that the ledger only grew."""

from __future__ import annotations

from pathlib import Path

import click

from custody.cli.border.release_gate import SYSTEM, check_exhibits_gate, record_view
from custody.cli.checking.newest import checked_note
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.files import check_free, write_file
from custody.cli.keyring.keyring import default_agent
from custody.cli.options import FILE, force_option
from custody.cli.output import emit
from custody.cli.parameters import AGENT
from custody.cli.results import Result
from custody.ledger.prove import TileNodes, prove_consistency, prove_inclusion
from custody.report.safe_text import show_path
from custody.verify.rules.subjects import subjects_of
from schemas.entry import parse_entry
from schemas.errors import UsageError
from schemas.proof import Consistency, format_consistency
from schemas.tlog_proof import TlogProof, format_tlog_proof


class Proven(Result, frozen=True, kw_only=True, tag="custody-proven/v1"):
    """A proof that was written; ``kind`` is inclusion of entry ``first``, or consistency from ``first``."""

    first: int
    kind: str
    path: str
    size: int


@command(
    example="""
    custody prove 41 --for police-b -o 41.tlog-proof
    custody prove 41 --inside --as exam-07
    custody prove --from 812 --to 1030 -o growth.json
    """,
    result=Proven,
)
@click.argument("index", type=click.IntRange(min=0), required=False)
@click.option("--from", "first", type=click.IntRange(min=1), help="Size of the older checkpoint.")
@click.option("--to", "second", type=click.IntRange(min=1), help="Size of the newer one (the newest).")
@click.option("--for", "recipient", metavar="AGENT", help="Who gets it, as enrolled.")
@click.option("--inside", is_flag=True, help="Nobody outside gets it; noted with the exhibit that it was made.")
@click.option("--as", "actor", type=AGENT, help="Who makes it (CUSTODY_AS; else the one key at hand).")
@click.option("-o", "--out", type=FILE, help="The file to write (INDEX.tlog-proof, S-N.consistency.json).")
@force_option
@pass_custody
def prove(
    context: Context,
    index: int | None,
    first: int | None,
    second: int | None,
    recipient: str | None,
    inside: bool,
    actor: str | None,
    out: Path | None,
    force: bool,
) -> None:
    """Prove that entry INDEX is in the ledger (c2sp.org/tlog-proof), or that it only grew from one size to another.

    Of an entry about exhibits it says for whom it is: --for somebody, who needs the consent abroad that a bundle needs,
    or --inside, for use in this authority. Both are put on record.
    """
    if (index is None) == (first is None):
        raise UsageError("usage.prove", "expected either INDEX or --from, found both or neither")
    if index is not None:
        path = out or Path(f"{index}.tlog-proof")
        if recipient is not None and inside:
            raise UsageError("usage.prove", "expected --for or --inside, found both")
        # Said before the gate: an export that is recorded should be one that is made.
        check_free(path, force=force)
        _ask_gate(context, index, recipient, inside=inside, actor=actor)
        raw, size = _inclusion(context, index)
        kind, start = "inclusion", index
    else:
        start = first or 1
        raw, size = _consistency(context, start, second)
        path, kind = out or Path(f"{start}-{size}.consistency.json"), "consistency"
    write_file(path, raw, force=force)
    words = f"entry {start} is in the ledger of {size} entries" if kind == "inclusion" else f"{start} grew to {size}"
    emit(
        context.settings,
        Proven(first=start, kind=kind, path=str(path), size=size),
        (f"proof that {words}: {show_path(path)}",),
    )


def _ask_gate(context: Context, index: int, recipient: str | None, *, inside: bool, actor: str | None) -> None:
    """Ask the consent gate about the exhibits that an entry is about; what may leave is recorded as an access, and so
    is what stays inside.

    Raises:
        UsageError: ``release.recipient``; ``prove.for`` where nobody says for whom it is.
        RefusedError: ``release.*``.
        VerificationError: as `checked_note`.
    """
    with context.ledger().read() as reader:
        # Said before anything is recorded.
        checked_note(reader)
        if index >= reader.head().size:
            return  # said below, with the size
        subjects = subjects_of(reader.view(), parse_entry(reader.entry(index)).event)
        found = [reader.view().exhibit(*subject[1:]) for subject in subjects if subject[0] == "exhibit"]
    exhibits = [exhibit for exhibit in found if exhibit is not None]
    if not exhibits:
        return
    if recipient is not None:
        by = SYSTEM if actor is None else _enrolled(context, actor)
        check_exhibits_gate(context, exhibits, to=recipient, tried="prove", by=by)
    elif inside:
        record_view(context, exhibits, by=_enrolled(context, default_agent(context, actor)))
    else:
        text = f"expected --for AGENT or --inside, as entry {index} is about an exhibit, found neither"
        raise UsageError("prove.for", text)


def _enrolled(context: Context, agent: str) -> str:
    """Return an agent who is on record.

    Raises:
        UsageError: ``usage.who``.
    """
    with context.ledger().read() as reader:
        if reader.view().agent(agent) is None:
            raise UsageError("usage.who", f"expected somebody enrolled here to act, found {agent}")
    return agent


def _inclusion(context: Context, index: int) -> tuple[bytes, int]:
    with context.ledger().read() as reader:
        note, checkpoint = checked_note(reader)
        size = checkpoint.size
        if index >= size:
            raise UsageError("usage.prove", f"expected an entry below {size}, found {index}")
        nodes = prove_inclusion(TileNodes(reader.tiles(), size), index, size)
    return format_tlog_proof(TlogProof(index, tuple(nodes), note)), size


def _consistency(context: Context, first: int, second: int | None) -> tuple[bytes, int]:
    access = context.ledger()
    with access.read() as reader:
        size = reader.head().size
        last = second or size
        if not first <= last <= size:
            raise UsageError("usage.prove", f"expected sizes in order up to {size}, found {first} and {last}")
        nodes = prove_consistency(TileNodes(reader.tiles(), last), first, last)
    proof = Consistency(
        first=first,
        nodes=tuple(node.hex() for node in nodes),
        origin=access.ledger().origin,
        schema="custody-consistency/v1",
        second=last,
    )
    return format_consistency(proof), last
