"""Step 4: every entry is canonical, at its place in chain and tree, and the last one commits to the payload.

Each entry gives two known leaves: its own at its index, and its ``previous`` at the index before. So chain and tree are
held against each other at every entry, and no stretch between two ends goes unchecked.
"""

from __future__ import annotations

from hashlib import sha256

from custody.verify.record.opened import Opened, fail
from custody.verify.record.tree import check_multiproof
from schemas.details.record import BundleExported
from schemas.entry import ParsedEntry, parse_entry
from schemas.errors import CustodyError, UnknownVersionError, VerificationError
from schemas.merkle import hash_leaf
from schemas.proof import parse_nodes
from schemas.report import Findings, Severity
from schemas.text import ZERO_HASH


def check_entries(opened: Opened, findings: Findings) -> dict[int, ParsedEntry]:
    """Return the entries that parse, by index, having checked their places.

    Findings: ``record.*`` and others of the parsers, ``entries.index``, ``entries.origin``, ``entries.chain``,
    ``entries.genesis``, ``entries.export``, ``entries.manifest``, ``tree.multiproof``.
    """
    findings.asked.add(4)
    parsed: dict[int, ParsedEntry] = {}
    newer: set[int] = set()
    for index, raw in opened.entries.items():
        try:
            entry = parse_entry(raw)
            _check_place(entry, index, opened)
        except CustodyError as error:
            fail(findings, 4, error, f"entry {index}")
            newer.update({index} if isinstance(error, UnknownVersionError) else ())
            continue
        parsed[index] = entry
    _check_tree(opened, parsed, newer, findings)
    _check_export(opened, parsed, findings)
    return parsed


def _check_place(entry: ParsedEntry, index: int, opened: Opened) -> None:
    if entry.entry.index != index:
        raise VerificationError("entries.index", f"expected index {index}, found {entry.entry.index}")
    if opened.checkpoint is not None and entry.entry.ledger != opened.checkpoint.origin:
        text = f"expected an entry of {opened.checkpoint.origin}, found one of {entry.entry.ledger}"
        raise VerificationError("entries.origin", text)
    if index == 0 and entry.entry.previous != ZERO_HASH:
        raise VerificationError("entries.genesis", f"expected entry 0 to link to nothing, found {entry.entry.previous}")


def _check_tree(opened: Opened, parsed: dict[int, ParsedEntry], newer: set[int], findings: Findings) -> None:
    known = {index: hash_leaf(raw) for index, raw in opened.entries.items()}
    for index, entry in parsed.items():
        if index == 0:
            continue
        previous = bytes.fromhex(entry.entry.previous)
        if known.setdefault(index - 1, previous) != previous:
            text = f"expected entry {index} to link to {known[index - 1].hex()}, found {previous.hex()}"
            findings.add(4, Severity.FAILED, "entries.chain", f"entry {index}", text)
    if opened.checkpoint is None or opened.proof is None:
        return
    try:
        nodes = parse_nodes(opened.proof.nodes)
        check_multiproof(size=opened.checkpoint.size, known=known, nodes=nodes, root=opened.checkpoint.root)
    except VerificationError as error:
        # The leaf before an entry that can't be read may be one that the proof counts as known.
        is_unread = any(index and index - 1 not in known for index in newer)
        fail(findings, 4, UnknownVersionError(error.code, error.text) if is_unread else error, "checkpoint")


def _check_export(opened: Opened, parsed: dict[int, ParsedEntry], findings: Findings) -> None:
    """The entry at size - 1 is the export, and commits to the payload manifest: a bundle can't be mixed from two."""
    if opened.checkpoint is None:
        return
    last = opened.checkpoint.size - 1
    entry = parsed.get(last)
    if entry is None:
        if last not in opened.entries:
            text = f"expected entry {last}, the newest of the checkpoint, found none"
            findings.add(4, Severity.FAILED, "entries.export", f"entry {last}", text)
    elif not isinstance(entry.event.details, BundleExported):
        text = f"expected bundle.exported as the newest entry, found {entry.event.type}"
        findings.add(4, Severity.FAILED, "entries.export", f"entry {last}", text)
    elif opened.manifest_raw is not None and entry.event.details.manifest != sha256(opened.manifest_raw).hexdigest():
        text = f"expected a payload manifest of SHA-256 {entry.event.details.manifest}, found another"
        findings.add(4, Severity.FAILED, "entries.manifest", "manifest-sha256.txt", text)
