"""Proofs about an asset out of captured answers, as they are made at its registration and whenever it is observed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from custody.cli.context import Context
from custody.cli.files import given_values, read_file
from custody.cli.intake.asset_names import Names
from custody.cli.output import note
from custody.onchain.claims import Recorded
from custody.report.safe_text import show
from schemas.errors import UsageError

if TYPE_CHECKING:
    from custody.onchain.claims import Said


@dataclass(frozen=True, slots=True)
class Proven:
    """The canonical bytes of a proof, and what it says."""

    raw: bytes
    said: tuple[Said, ...]


def prove(context: Context, given: Mapping[str, Any], names: Names, recorded: Recorded) -> list[Proven]:
    """Return the proofs that the given files make, each checked against what is recorded; what they say is noted.

    Raises:
        UsageError: answers that are none, or prove nothing of it.
        VerificationError: ``asset.*``: a proof that doesn't hold, or is about something else.
    """
    # Most registrations have no proof, and don't need what makes them.
    from custody.evidence.assets.answers import ANSWER_BYTES
    from custody.evidence.assets.ethereum_proofs import Subject
    from custody.evidence.assets.proofs import make_proofs

    files: Sequence[Path] = given["proof_files"]
    if names.chain is None:
        raise UsageError("usage.asset", "expected --asset or --account on a public chain beside --proof, found none")
    accounts = tuple(found for found in (names.account, names.wallet) if found is not None)
    transaction = (recorded.transaction or "").removeprefix("0x") or None
    subject = Subject(names.asset, accounts, transaction, given["slots"])
    with given_values():
        answers = [read_file(path, maximum=ANSWER_BYTES) for path in files]
        made = make_proofs(answers, names.chain, subject, recorded)
    for _, said in made:
        for item in said:
            if item.code != "asset.not-pinned":
                note(context.settings, f"proof: {show(item.text)} [{item.code}]")
    return [Proven(*item) for item in made]
