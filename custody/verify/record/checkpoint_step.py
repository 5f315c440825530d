"""Step 2: the checkpoint. Is it this ledger's, signed by a key that counts, and one with what was seen before?

With a trust file, the log keys come from it, narrowed by what the ledger's own entries say. Without one, only the
ledger's own keys can be held against the note: that finds damage and never makes trust.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from custody.verify.record.bundled import Bundled
from custody.verify.record.opened import attempt
from custody.verify.record.tree import check_consistency
from custody.verify.record.trusting import check_cosigned, keys_at
from keys.note import open_note
from keys.verifier_key import format_verifier_key
from schemas.checkpoint import Checkpoint
from schemas.proof import Consistency, parse_nodes
from schemas.report import Severity
from schemas.trust import TrustedLedger

NOTE = "checkpoint"


def check_checkpoint(bundled: Bundled, consistency: tuple[Consistency, ...]) -> str | None:
    """Check the note against trust, genesis and what was seen; ``consistency`` are proofs from elsewhere. Return who
    signed it: the origin of a ledger that is believed, else the first of its own keys that did; nothing if nobody did.

    Findings: ``checkpoint.no-trust``, ``checkpoint.unknown-origin``, ``checkpoint.not-linked``, ``checkpoint.quorum``
    (undecided); ``checkpoint.genesis``, ``checkpoint.fork``, ``note.*``, ``tree.consistency`` (failed);
    ``checkpoint.first-contact`` (note).
    """
    findings, trust, genesis, ledger = bundled.findings, bundled.trust, bundled.genesis, bundled.state.ledger()
    checkpoint, raw = bundled.opened.checkpoint, bundled.opened.note_raw
    findings.asked.add(2)
    if checkpoint is None or raw is None:
        return None
    believed = trust.ledger(checkpoint.origin) if trust else None
    declared = keys_at(checkpoint.size, ledger.log_keys) if ledger else []
    if trust is None or believed is None:
        text = f"the trust file says nothing about {checkpoint.origin}" if trust else "no trust file was given"
        code = "checkpoint.unknown-origin" if trust else "checkpoint.no-trust"
        findings.add(2, Severity.INDETERMINATE, code, NOTE, text)
        note = attempt(findings, 2, NOTE, partial(open_note, raw, declared))
        return None if note is None else min(format_verifier_key(item.key) for item in note.verified)
    narrowed = [key for key in keys_at(checkpoint.size, believed.log_keys) if key in declared]
    note = attempt(findings, 2, NOTE, partial(open_note, raw, narrowed))
    if genesis is None or genesis.hex() != believed.genesis:
        text = f"expected entry 0 to hash to {believed.genesis}, found {genesis.hex() if genesis else 'none'}"
        findings.add(2, Severity.FAILED, "checkpoint.genesis", NOTE, text)
    attempt(findings, 2, NOTE, partial(check_cosigned, raw, narrowed, trust, code="checkpoint.quorum"))
    _check_seen(bundled, checkpoint, believed, consistency)
    return None if note is None else checkpoint.origin


def _check_seen(
    bundled: Bundled, checkpoint: Checkpoint, believed: TrustedLedger, consistency: tuple[Consistency, ...]
) -> None:
    """Link the checkpoint with the newest one seen: with a later one if there is one, else with the latest before it.

    The seen ones are consistent among themselves, since each was linked before it was added.
    """
    findings = bundled.findings
    if not believed.seen:
        text = "no checkpoint of this ledger was seen before"
        findings.add(2, Severity.NOTE, "checkpoint.first-contact", NOTE, text)
        return
    same = next((seen for seen in believed.seen if seen.size == checkpoint.size), None)
    if same is not None:
        if same.root != checkpoint.root.hex():
            text = f"expected root {same.root} at size {same.size} as seen before, found {checkpoint.root.hex()}"
            findings.add(2, Severity.FAILED, "checkpoint.fork", NOTE, text)
        return
    later = [seen for seen in believed.seen if seen.size > checkpoint.size]
    wanted = later or [max(believed.seen, key=lambda seen: seen.size)]
    if not any(_is_linked(bundled, seen.size, seen.root, consistency) for seen in wanted):
        sizes = " or ".join(str(seen.size) for seen in wanted)
        text = f"no proof leads from the checkpoint of size {sizes}, seen before, to this one of size {checkpoint.size}"
        findings.add(2, Severity.INDETERMINATE, "checkpoint.not-linked", NOTE, text)


def check_continued(bundled: Bundled, roots: Mapping[int, str], consistency: tuple[Consistency, ...]) -> None:
    """Link the checkpoint with others of the same ledger that came with the bundle, by size, each of them.

    Findings: ``tree.consistency`` (failed), ``checkpoint.not-linked`` (undecided).
    """
    own = bundled.opened.checkpoint
    apart = [
        size
        for size, root in sorted(roots.items())
        if own is not None and size != own.size and not _is_linked(bundled, size, root, consistency)
    ]
    if own is not None and apart:
        text = (
            f"no proof leads from the checkpoint of size {apart[0]}, which lies within, to this one of size {own.size}"
        )
        bundled.findings.add(2, Severity.INDETERMINATE, "checkpoint.not-linked", NOTE, text)


def _is_linked(bundled: Bundled, size: int, root: str, consistency: tuple[Consistency, ...]) -> bool:
    """Tell whether there is a proof between the checkpoint and another one; one that doesn't hold is a finding."""
    own = bundled.opened.checkpoint
    assert own is not None, "what is linked was read"
    carried = bundled.opened.proof.consistency if bundled.opened.proof else ()
    proofs = {(item.first, own.size): item.nodes for item in carried}
    proofs |= {(item.first, item.second): item.nodes for item in consistency if item.origin == own.origin}
    (first, first_root), (second, second_root) = sorted(((size, bytes.fromhex(root)), (own.size, own.root)))
    if (first, second) not in proofs:
        return False
    attempt(bundled.findings, 2, NOTE, partial(
        check_consistency, first=first, second=second, first_root=first_root, second_root=second_root,
        nodes=parse_nodes(proofs[first, second]),
    ))  # fmt: skip
    return True
