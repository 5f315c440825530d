"""The files of a verified bundle's exhibits: each record with the names that this recipient may see, and its bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BufferedReader
from typing import Any, BinaryIO

from custody.bundle.container import CHUNK, Container
from custody.bundle.decrypt import BundleDecryption
from custody.bundle.source import Folders
from custody.bundle.unpack import Named, OpenContent
from custody.verify.record.opened import member_of
from custody.verify.verify import Verified
from schemas import canonical, layout, limits
from schemas.bundle import Bundle, BundledDocument, BundledFile, Ciphertext
from schemas.content import Content, ManifestLine, path_bytes
from schemas.details.exhibit import ExhibitRegistered
from schemas.private import Disclosure, parse_disclosure
from schemas.types import Private


def exhibit_files(container: Container, verified: Verified) -> Iterator[Named]:
    """Yield the file records of every exhibit that the bundle is about, below the folders ``case/exhibit``.

    The bundle must have been verified and not FAILED: order, names and disclosures are taken as checked.

    Raises:
        RecordError, VerificationError: where it was not.
    """
    for exhibit in verified.report.exhibits:
        registrations = (verified.entries[index].event.details for index in exhibit.entries)
        details = next((item for item in registrations if isinstance(item, ExhibitRegistered)), None)
        if details is None or not isinstance(details.content, Content):
            continue
        folder = (exhibit.case, exhibit.exhibit)
        for line, disclosed in _lines(container, details.content, verified.values.disclosed):
            path = _opened(line.record.path, disclosed)
            error = disclosed.get(line.record.error.commitment) if isinstance(line.record.error, Private) else None
            told = "" if error is None else str(error.value)
            yield Named(folder, line.record, path, _opened(line.record.target, disclosed, otherwise=b""), told)


def without_files(verified: Verified) -> Iterator[tuple[str, ...]]:
    """Yield the folders, as `exhibit_files` has them, of exhibits without any record: things, empty folders."""
    for exhibit in verified.report.exhibits:
        found = (verified.entries[index].event.details for index in exhibit.entries)
        details = next((item for item in found if isinstance(item, ExhibitRegistered)), None)
        if details is not None and not (isinstance(details.content, Content) and details.content.count):
            yield exhibit.case, exhibit.exhibit


def content_opener(container: Container, elsewhere: Folders, decryption: BundleDecryption | None = None) -> OpenContent:
    """Return what gives the bytes of a file or document by SHA-256: from the bundle, decrypted if ``decryption`` can,
    else from the folders; nothing where in neither.
    """
    ciphertexts = ciphertexts_of(container) if decryption is not None else {}

    def open_content(sha256: str) -> BinaryIO | None:
        for folder in (layout.FILES, layout.DOCUMENTS):
            if folder + sha256 in container.members:
                return BufferedReader(container.open(folder + sha256), CHUNK)
        if decryption is not None and sha256 in ciphertexts:
            found = decryption.open(ciphertexts[sha256])
            if found is not None:
                return found
        return elsewhere.open(sha256)

    return open_content


def documents_of(container: Container) -> dict[str, int]:
    """Return the sizes in bytes of the documents of a bundle by SHA-256.

    Raises:
        RecordError, VerificationError: where the bundle was not verified.
    """
    return {item.sha256: item.size for item in _read_bundle(container).documents}


def _read_bundle(container: Container) -> Bundle:
    raw = container.read(layout.BUNDLE, maximum=limits.JSON_BYTES)
    return canonical.decode(raw, Bundle, maximum=limits.JSON_BYTES)


def ciphertexts_of(container: Container) -> dict[str, str]:
    """Return the names of encrypted members by the SHA-256 of the files and documents that they stand for.

    Raises:
        RecordError, VerificationError: where the bundle was not verified.
    """
    bundle = _read_bundle(container)
    holders: tuple[BundledFile | BundledDocument, ...] = (*bundle.files, *bundle.documents)
    return {item.sha256: member_of(item) for item in holders if isinstance(item.encrypted, Ciphertext)}


def _lines(
    container: Container, content: Content, disclosed: Mapping[str, Disclosure]
) -> Iterator[tuple[ManifestLine, Mapping[str, Disclosure]]]:
    """Yield each record with the disclosures that may belong to it."""
    if isinstance(content.files, tuple):
        yield from ((ManifestLine(record=record), disclosed) for record in content.files)
        return
    if not content.count:
        return
    for raw in container.lines(f"{layout.MANIFESTS}{content.root}.jsonl", maximum=limits.MANIFEST_LINE):
        line = canonical.decode(raw, ManifestLine, maximum=limits.MANIFEST_LINE)
        texts = line.disclosures or ()
        mine = (parse_disclosure(text) for text in texts)
        yield line, {disclosure.commitment: disclosure for disclosure in mine}


def _opened(private: Any, disclosed: Mapping[str, Disclosure], *, otherwise: bytes | None = None) -> bytes | None:
    """Return the raw bytes behind a private name, nothing where it is withheld, ``otherwise`` where there is none."""
    if not isinstance(private, Private):
        return otherwise
    found = disclosed.get(private.commitment)
    return None if found is None else path_bytes(found.value)
