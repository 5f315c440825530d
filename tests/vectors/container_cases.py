"""Steps 0 and 1: containers and bags that are not what they should be."""

from __future__ import annotations

import io
import zipfile
from hashlib import sha256

from schemas import layout
from tests.vectors.forge import pack, remanifest, retag
from tests.vectors.setting import Setting, Vector, case, plain_bundle

NOTES = layout.FILES + sha256(b"room 4\n").hexdigest()


def _repacked(bundle: bytes, **options: int) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(bundle)) as source, zipfile.ZipFile(target, "w", **options) as copy:  # type: ignore[call-overload]
        for item in source.infolist():
            copy.writestr(zipfile.ZipInfo(item.filename, (2026, 11, 21, 8, 0, 0)), source.read(item))
    return target.getvalue()


@case
def whole(setting: Setting) -> Vector:
    """A bundle without fault, under a trust file that has seen nothing yet."""
    return setting.vector("PASSED", plain_bundle(setting), None, "checkpoint.first-contact")


@case
def no_trust(setting: Setting) -> Vector:
    """The same bundle without a trust file: nothing vouches for the ledger."""
    return setting.vector("INDETERMINATE", plain_bundle(setting), 2, "checkpoint.no-trust", trust=None)


@case
def not_a_zip(setting: Setting) -> Vector:
    """Bytes that are no zip at all."""
    return setting.failed(b"%PDF-1.7 everything is in order\n", 0, "container.not-a-zip")


@case
def empty_file(setting: Setting) -> Vector:
    """No bytes."""
    return setting.failed(b"", 0, "container.not-a-zip")


@case
def repacked_stored(setting: Setting) -> Vector:
    """Packed again by another zip tool, without compression: every member is the same."""
    return setting.failed(_repacked(pack(plain_bundle(setting))), 0, "container.repacked")


@case
def repacked_deflated(setting: Setting) -> Vector:
    """Packed again by another zip tool, compressed."""
    bundle = _repacked(pack(plain_bundle(setting)), compression=zipfile.ZIP_DEFLATED)
    return setting.failed(bundle, 0, "container.repacked")


@case
def trailing_byte(setting: Setting) -> Vector:
    """One byte after the end of the zip."""
    return setting.failed(pack(plain_bundle(setting)) + b"\x00", 0, "container.trailing-bytes")


@case
def leading_bytes(setting: Setting) -> Vector:
    """A program stub in front of the zip, which most zip tools skip."""
    return setting.failed(b"#!/bin/sh\n" + pack(plain_bundle(setting)), 0, "container.repacked")


@case
def cut_in_half(setting: Setting) -> Vector:
    """The second half of the file is missing."""
    bundle = pack(plain_bundle(setting))
    return setting.failed(bundle[: len(bundle) // 2], 0, "container.truncated")


@case
def evidence_byte_flipped(setting: Setting) -> Vector:
    """One bit of a file of evidence, with the zip's CRC as it was."""
    bundle = pack(plain_bundle(setting)).replace(b"room 4\n", b"room 5\n")
    return setting.failed(bundle, 0, "container.crc")


@case
def evidence_replaced(setting: Setting) -> Vector:
    """A file of evidence replaced, and the zip made anew around it."""
    members = plain_bundle(setting)
    members[NOTES] = b"room 5\n"
    return setting.failed(members, 1, "content.mismatch")


@case
def evidence_replaced_and_listed(setting: Setting) -> Vector:
    """A file of evidence replaced and every manifest made anew: its name still says what it should be."""
    members = plain_bundle(setting)
    members[NOTES] = b"room 5\n"
    return setting.failed(retag(remanifest(members)), 1, "bag.name")


@case
def member_unlisted(setting: Setting) -> Vector:
    """A document that no manifest lists."""
    members = plain_bundle(setting)
    members[layout.DOCUMENTS + "ab" * 32] = b"see, it is in the bundle"
    return setting.failed(members, 1, "bag.unlisted")


@case
def member_added_and_listed(setting: Setting) -> Vector:
    """A document added, and every manifest made anew."""
    members = plain_bundle(setting)
    raw = b"see, it is in the bundle"
    members[layout.DOCUMENTS + sha256(raw).hexdigest()] = raw
    return setting.failed(retag(remanifest(members)), 4, "entries.manifest")


@case
def readme_absent(setting: Setting) -> Vector:
    """A required member is missing."""
    members = plain_bundle(setting)
    del members[layout.README]
    return setting.failed(members, 0, "container.member-missing")


@case
def manifest_of_content_absent(setting: Setting) -> Vector:
    """A listed payload file other than evidence is missing."""
    name = layout.DOCUMENTS + "cd" * 32

    def add(members: dict[str, bytes]) -> None:
        members[name] = b"warrant"

    members = plain_bundle(setting, edit_payload=add)
    del members[name]
    return setting.failed(members, 1, "bag.absent")


@case
def tag_manifest_wrong(setting: Setting) -> Vector:
    """The tag manifest gives another digest for the checkpoint."""
    members = plain_bundle(setting)
    tags = members[layout.TAG_MANIFEST]
    members[layout.TAG_MANIFEST] = b"0" * 64 + tags[64:]
    return setting.failed(members, 1, "bag.digest")


@case
def bag_info_wrong(setting: Setting) -> Vector:
    """Payload-Oxum counts one byte too few."""
    members = plain_bundle(setting)
    total, count = members[layout.BAG_INFO].decode().removeprefix("Payload-Oxum: ").strip().split(".")
    members[layout.BAG_INFO] = f"Payload-Oxum: {int(total) - 1}.{count}\n".encode()
    return setting.failed(retag(members), 1, "bag.oxum")


@case
def bag_manifest_crlf(setting: Setting) -> Vector:
    """The tag manifest has CRLF line ends."""
    members = plain_bundle(setting)
    members[layout.TAG_MANIFEST] = members[layout.TAG_MANIFEST].replace(b"\n", b"\r\n")
    return setting.failed(members, 1, "bag.manifest")


@case
def bagit_declaration(setting: Setting) -> Vector:
    """bagit.txt declares another version."""
    members = plain_bundle(setting)
    members[layout.BAGIT] = members[layout.BAGIT].replace(b"1.0", b"0.97")
    return setting.failed(retag(members), 1, "bag.declaration")
