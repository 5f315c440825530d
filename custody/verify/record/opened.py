"""A bundle's small members, read and parsed once; every step looks here. Nothing in it is verified.

What can't be read is recorded at the step that owns it and left out, so that later steps run as far as they can.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import msgspec

from custody.verify.record.source import FoundFile, Source
from keys.note import UnverifiedNote, parse_note
from schemas import bag, canonical, layout, limits
from schemas.bundle import Bundle, BundledDocument, BundledFile, Ciphertext, Disclosures
from schemas.checkpoint import Checkpoint, parse_checkpoint
from schemas.errors import CustodyError, UndecidedError, UnknownVersionError, VerificationError
from schemas.proof import Proof, parse_proof
from schemas.report import Findings, Severity

T = TypeVar("T")
INFO_BYTES = 4096


class Opened(msgspec.Struct, frozen=True):
    """The unverified parts of a bundle; a missing or malformed one is None."""

    measured: dict[str, FoundFile]
    manifest_raw: bytes | None
    manifest: tuple[tuple[str, str], ...] | None
    tag_manifest: tuple[tuple[str, str], ...] | None
    oxum: bag.Oxum | None
    note_raw: bytes | None
    note: UnverifiedNote | None
    checkpoint: Checkpoint | None
    proof: Proof | None
    bundle: Bundle | None
    disclosures: Disclosures | None
    entries: dict[int, bytes]
    documents: Mapping[str, BundledDocument]
    files: Mapping[str, BundledFile]
    """What bundle.json says of each document and file, by its SHA-256."""


def member_of(item: BundledFile | BundledDocument) -> str:
    """Return the name of the member that holds a file or document: under its own digest, or that of its ciphertext."""
    if isinstance(item.encrypted, Ciphertext):
        return f"{layout.ENCRYPTED}{item.encrypted.sha256}.age"
    return (layout.DOCUMENTS if isinstance(item, BundledDocument) else layout.FILES) + item.sha256


def fail(findings: Findings, step: int, error: CustodyError, subject: str) -> None:
    """Record ``error`` at ``step``: undecided for a newer schema version and for what nobody is believed about, failed
    for everything else.
    """
    is_open = isinstance(error, UndecidedError | UnknownVersionError)
    findings.add(step, Severity.INDETERMINATE if is_open else Severity.FAILED, error.code, subject, error.text)


def attempt(findings: Findings, step: int, subject: str, work: Callable[[], T]) -> T | None:
    """Return what ``work`` returns, or record its error at ``step`` and return nothing."""
    try:
        return work()
    except CustodyError as error:
        fail(findings, 0 if error.code.startswith("container.") else step, error, subject)
        return None


def open_parts(source: Source, findings: Findings) -> Opened:
    """Read every member once: digests of all, contents of the small ones."""
    names = set(source.names())
    for name in layout.REQUIRED:
        if name not in names:
            error = VerificationError("container.member-missing", f"expected a member {name}, found none")
            fail(findings, 0, error, name)

    def read(step: int, name: str, maximum: int, parse: Callable[[bytes], T]) -> T | None:
        if name not in names:
            return None
        return attempt(findings, step, name, lambda: parse(source.read(name, maximum)))

    measured = {name: attempt(findings, 0, name, lambda name=name: source.measure(name)) for name in sorted(names)}  # type: ignore[misc]
    manifest_raw = read(1, layout.MANIFEST, limits.JSON_BYTES * 4, bytes)
    note_raw = read(2, layout.CHECKPOINT, limits.NOTE_BYTES, bytes)
    note = None if note_raw is None else attempt(findings, 2, layout.CHECKPOINT, lambda: parse_note(note_raw))
    body = None if note is None else note.text
    most = limits.JSON_BYTES
    bundle = read(9, layout.BUNDLE, most, lambda raw: canonical.decode(raw, Bundle, maximum=most))
    read(1, layout.BAGIT, INFO_BYTES, bag.check_declaration)
    return Opened(
        measured={name: found for name, found in measured.items() if found is not None},
        manifest_raw=manifest_raw,
        manifest=read(1, layout.MANIFEST, limits.JSON_BYTES * 4, bag.parse_manifest),
        tag_manifest=read(1, layout.TAG_MANIFEST, limits.JSON_BYTES * 4, bag.parse_manifest),
        oxum=read(1, layout.BAG_INFO, INFO_BYTES, bag.parse_bag_info),
        note_raw=note_raw,
        note=note,
        checkpoint=None if body is None else attempt(findings, 2, layout.CHECKPOINT, lambda: parse_checkpoint(body)),
        proof=read(4, layout.PROOF, most, parse_proof),
        bundle=bundle,
        disclosures=read(10, layout.DISCLOSURES, most, lambda raw: canonical.decode(raw, Disclosures, maximum=most)),
        entries=_read_entries(source, names, findings),
        documents={item.sha256: item for item in bundle.documents} if bundle is not None else {},
        files={item.sha256: item for item in bundle.files} if bundle is not None else {},
    )


def _read_entries(source: Source, names: set[str], findings: Findings) -> dict[int, bytes]:
    indexes = sorted(layout.parse_entry_name(name) for name in names if name.startswith(layout.ENTRIES))
    if len(indexes) > limits.ENTRIES:
        fail(findings, 4, VerificationError("entries.too-many", f"expected at most {limits.ENTRIES} entries"), "bundle")
        return {}
    entries = {}
    for index in indexes:
        name = layout.entry_name(index)
        raw = attempt(findings, 4, f"entry {index}", lambda name=name: source.read(name, limits.ENTRY_BYTES))  # type: ignore[misc]
        if raw is not None:
            entries[index] = raw
    return entries
