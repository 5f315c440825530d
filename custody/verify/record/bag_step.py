"""Step 1: the bag. Every member is listed with its digest, and everything listed is there (RFC 8493)."""

from __future__ import annotations

from functools import partial

from custody.verify.record.opened import Opened, member_of
from schemas import layout
from schemas.bundle import BundledDocument, BundledFile, Ciphertext
from schemas.report import Findings, Severity


def check_bag(opened: Opened, findings: Findings) -> None:
    """Compare payload manifest, tag manifest and Payload-Oxum with what was measured.

    Findings: ``bag.digest``, ``bag.name``, ``bag.unlisted``, ``bag.absent``, ``bag.path``, ``bag.oxum``, and those of
    the parsers.
    """
    findings.asked.add(1)
    failed = partial(findings.add, 1, Severity.FAILED)
    listed = dict(opened.manifest or ())
    tags = dict(opened.tag_manifest or ())
    for name, found in opened.measured.items():
        expected = (listed if name.startswith("data/") else tags).get(name)
        if expected is None and name != layout.TAG_MANIFEST:
            failed("bag.unlisted", name, f"expected {name} in a manifest, found it in none")
        elif expected is not None and expected != found.sha256:
            failed("bag.digest", name, f"expected {name} to have SHA-256 {expected}, found {found.sha256}")
    for name in (*listed, *tags):
        if name not in opened.measured and not layout.is_detachable(name):
            failed("bag.absent", name, f"expected {name}, found it only in the manifest")
    for name in listed:
        if not layout.is_payload(name):
            failed("bag.path", name, "expected a payload file of the layout")
    for name, digest in (*listed.items(), *tags.items()):
        named = layout.digest_in(name)
        if named is not None and named != digest:
            failed("bag.name", name, f"expected {name} to have the SHA-256 of its name, found {digest}")
    for name in tags:
        if name.startswith("data/") or name == layout.TAG_MANIFEST:
            failed("bag.path", name, "expected a tag file of the layout")
    _check_oxum(opened, listed, findings)


def _check_oxum(opened: Opened, listed: dict[str, str], findings: Findings) -> None:
    """Payload-Oxum counts every payload file listed, also those that travel apart; bundle.json knows their sizes."""
    if opened.oxum is None or opened.bundle is None or opened.manifest is None:
        return
    apart = {layout.FILES + file.sha256: file.size for file in opened.bundle.files}
    items: tuple[BundledFile | BundledDocument, ...] = (*opened.bundle.files, *opened.bundle.documents)
    for item in items:
        if isinstance(item.encrypted, Ciphertext):
            apart[member_of(item)] = item.encrypted.size
    apart |= {name: found.size for name, found in opened.measured.items()}
    total = sum(apart.get(name, 0) for name in listed)
    if (opened.oxum.bytes, opened.oxum.count) != (total, len(listed)):
        text = f"expected Payload-Oxum {total}.{len(listed)}, found {opened.oxum.bytes}.{opened.oxum.count}"
        findings.add(1, Severity.FAILED, "bag.oxum", layout.BAG_INFO, text)
