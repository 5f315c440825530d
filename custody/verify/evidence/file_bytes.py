"""The bytes of evidence and documents, wherever they are: in the bundle, encrypted in it, or apart from it."""

from __future__ import annotations

from custody.verify.evidence.piece_lists import PieceLists
from custody.verify.record.bundled import Bundled
from custody.verify.record.opened import member_of
from custody.verify.record.source import Elsewhere, FoundFile
from schemas import layout
from schemas.bundle import BundledDocument, BundledFile, Ciphertext
from schemas.content import Digests, FileRecord
from schemas.errors import VerificationError
from schemas.report import Severity


class FileBytes:
    """Finds the bytes that bundle.json names and compares them with what was registered; each is measured once."""

    def __init__(self, bundled: Bundled, present: frozenset[str], pieces: PieceLists, elsewhere: Elsewhere) -> None:
        self._opened, self._decryption, self._findings = bundled.opened, bundled.decryption, bundled.findings
        self._present = present
        self._elsewhere = elsewhere
        self._pieces = pieces
        self._unchecked: set[str] = set()
        self._found: dict[str, FoundFile | None] = {}
        self._decrypted: set[str] = set()
        self._not_for_us: set[str] = set()
        self._not_decrypted: dict[str, str] = {}

    def find(self, sha256: str, /, *, size: int | None = None) -> FoundFile | None:
        """Return what a file measures by its plain digest, as this bundle holds it or the reader gave it: to the
        bundles within this one it is an `Elsewhere`.
        """
        item, plain = self._opened.files.get(sha256), self._opened.measured.get(layout.FILES + sha256)
        return plain or (self._elsewhere.find(sha256, size=size) if item is None else self._find(item))

    def check(self, where: str, record: FileRecord, bundled: BundledFile, *, erased_by: int | None) -> None:
        """Compare the bytes of a registered file with its record; ``erased_by`` is the entry that ordered them away."""
        assert isinstance(record.digests, Digests), "a record without digests names no bytes"
        sha256 = record.digests.sha256
        listed = self._pieces.check(where, record)
        if self._is_damaged(bundled):
            is_plain = not isinstance(bundled.encrypted, Ciphertext)
            damage = self._pieces.damage(listed, member_of(bundled), record) if is_plain else ""
            text = f"expected bytes of SHA-256 {sha256}, found bytes that don't read back{damage}"
            self._findings.add(9, Severity.FAILED, "content.damaged", where, text)
            return
        found = self._find(bundled)
        if erased_by is not None:
            self._report_erased(where, bundled, erased_by)
        wanted = {**_digests(record.digests), "sha256": sha256, "size": str(record.size)}
        damage = "" if found is None else self._pieces.damage(listed, found, record)
        self._judge(where, wanted, bundled, is_erased=erased_by is not None, damage=damage)
        if found is not None and found.sha256 == sha256:
            self._pieces.differ(where, listed, found)

    def check_document(self, document: BundledDocument) -> None:
        """Compare an encrypted document with bundle.json; one in clear was compared with its name at step 1."""
        if not self._is_damaged(document):
            self._judge(member_of(document), {"sha256": document.sha256, "size": str(document.size)}, document)

    def _is_damaged(self, item: BundledFile | BundledDocument) -> bool:
        return member_of(item) in self._present and member_of(item) not in self._opened.measured

    def _find(self, item: BundledFile | BundledDocument) -> FoundFile | None:
        if member_of(item) not in self._found:
            inside = self._opened.measured.get(member_of(item))
            if isinstance(item.encrypted, Ciphertext):
                inside = self._decrypt(item) if inside is not None else None
            self._found[member_of(item)] = inside or self._elsewhere.find(item.sha256, size=item.size)
        return self._found[member_of(item)]

    def _decrypt(self, item: BundledFile | BundledDocument) -> FoundFile | None:
        if self._decryption is None:
            return None
        try:
            found = self._decryption.measure(member_of(item))
        except VerificationError as error:
            self._not_decrypted[member_of(item)] = error.text
            return None
        (self._not_for_us if found is None else self._decrypted).add(member_of(item))
        return found

    def _judge(
        self, where: str, wanted: dict[str, str], item: BundledFile | BundledDocument, *,
        is_erased: bool = False, damage: str = "",
    ) -> None:  # fmt: skip
        found, error = self._find(item), self._not_decrypted.get(member_of(item))
        if error is not None:
            # Whatever lies elsewhere: these are the bytes that the sender supplied.
            self._findings.add(9, Severity.FAILED, "content.ciphertext", where, error)
        if found is not None:
            self._compare(where, wanted, found, damage, is_decrypted=member_of(item) in self._decrypted)
        elif error is None and not is_erased:
            self._report_absent(where, item)

    def _report_erased(self, where: str, bundled: BundledFile, entry: int) -> None:
        if member_of(bundled) in self._present:
            text = f"the file {bundled.sha256} was ordered to be erased in entry {entry} and is shown here"
            self._findings.add(9, Severity.DEFECT, "content.erased-shown", where, text)
        else:
            text = f"the file {bundled.sha256} was erased by order, entry {entry}"
            self._findings.add(9, Severity.NOTE, "content.erased", where, text)

    def _report_absent(self, where: str, item: BundledFile | BundledDocument) -> None:
        if member_of(item) in self._not_for_us:
            code, text = "content.identity", "encrypted, and not for the identity that was given"
        elif isinstance(item.encrypted, Ciphertext):
            code, text = "content.encrypted", "encrypted for the recipient; give his identity, or the plain file"
        else:
            code, text = "content.absent", f"the file {item.sha256} is neither in the bundle nor among the files given"
        self._findings.add(9, Severity.INDETERMINATE, code, where, text)

    def _compare(
        self, where: str, wanted: dict[str, str], found: FoundFile, damage: str, *, is_decrypted: bool
    ) -> None:
        measured = {**found.digests, "sha256": found.sha256, "size": str(found.size)}
        if not found.sha256 and measured["size"] != wanted["size"]:
            wanted = {"size": wanted["size"]}
        code, what = ("content.plaintext", "decrypted bytes") if is_decrypted else ("content.mismatch", "bytes")
        for name in sorted(wanted.keys() - measured.keys() - self._unchecked):
            self._unchecked.add(name)
            text = "was not computed here, where its library may be missing; SHA-256 was compared"
            self._findings.add(9, Severity.NOTE, "content.digest-unchecked", name, text)
        for name in sorted(wanted.keys() & measured.keys()):
            if wanted[name] != measured[name]:
                self._findings.add(
                    9, Severity.FAILED, code, where,
                    f"the {what} of this file are not the registered ones ({name}){damage}",
                    expected=wanted[name], found=measured[name],
                )  # fmt: skip
                return


def _digests(digests: Digests) -> dict[str, str]:
    names = ("blake3", "md5", "sha1", "sha3_256", "sha512", "sm3")
    return {name: value for name in names if isinstance(value := getattr(digests, name), str)}
