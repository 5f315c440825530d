"""Step 9: the evidence. File records against the content root, files against their digests.

Only the listed exhibits are looked at; what an ancestor consisted of is not asked. A file that the bundle lists and
does not hold is looked for elsewhere, and leaves the step undecided where it is not found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec

from custody.verify.evidence.disclosures_step import check_place
from custody.verify.evidence.erasures import erasures_of
from custody.verify.evidence.file_bytes import FileBytes
from custody.verify.evidence.piece_lists import PieceLists
from custody.verify.gate.contents import documents_of
from custody.verify.record.bundled import Bundled
from custody.verify.record.opened import fail, member_of
from custody.verify.record.source import Elsewhere
from schemas import canonical, layout, limits
from schemas.bundle import Ciphertext
from schemas.content import Content, Digests, FileRecord, ManifestLine, check_path, path_bytes
from schemas.details.exhibit import ExhibitRegistered
from schemas.errors import CustodyError, VerificationError
from schemas.merkle import Frontier, hash_leaf
from schemas.private import Disclosure, parse_disclosure
from schemas.report import Severity
from schemas.types import Private, is_set


class Listed(msgspec.Struct, frozen=True):
    """A file record with its disclosed values; ``path`` is None where it is withheld."""

    record: FileRecord
    path: bytes | None


Codes = Counter[tuple[str, Severity]]
_NOTHING: Final[Codes] = Counter()


@dataclass(slots=True)
class Walked:
    """What a list of files gave for the exhibit that named it first: root (none where it couldn't be read to its end),
    records, bytes, and how often what was ``found`` where no order destroys single files. Mutable while it is read.

    ``ordered`` are those files, by digest, that an order about any exhibit destroys: what of that is due to them, and
    what is found of them where they are destroyed.
    """

    subject: str
    root: str | None = None
    count: int = 0
    bytes: int = 0
    found: Codes = field(default_factory=Counter)
    ordered: dict[str, tuple[Codes, Codes]] = field(default_factory=dict)


class ContentCheck:
    """Checks the content of the listed exhibits; lives as long as one verification."""

    def __init__(self, bundled: Bundled, elsewhere: Elsewhere) -> None:
        self._bundled = bundled
        self._opened, self._source, self._findings = bundled.opened, bundled.source, bundled.findings
        self._present = frozenset(bundled.source.names())
        self._pieces = PieceLists(bundled.source, self._present, bundled.findings)
        self.files = FileBytes(bundled, self._present, self._pieces, elsewhere)
        self._named: set[str] = set()
        self._walked: dict[tuple[str, bool], Walked] = {}
        self._erasures = erasures_of(bundled.entries)

    def check(self, disclosed: Mapping[str, Disclosure]) -> None:
        """Check each listed exhibit, given its registration, and that the bundle holds nothing beside them but the
        documents that the carried entries name.

        Findings: ``content.manifest-absent``, ``content.manifest-unknown``, ``content.root``, ``content.count``,
        ``content.order``, ``content.path``, ``content.unlisted``, ``content.size``, ``content.mismatch``,
        ``content.damaged``, ``content.pieces``, ``content.ciphertext``, ``content.plaintext``, ``content.documents``,
        ``content.unnamed`` (failed); ``content.absent``, ``content.encrypted``, ``content.identity`` (undecided);
        ``content.erased-shown`` (defect); ``content.erased``, ``content.names-erased``, ``content.unreadable``,
        ``content.pieces-absent``, ``content.digest-unchecked`` (notes).
        """
        self._findings.asked.add(9)
        roots: set[str] = set()
        for (case, number), entry in self._bundled.registered.items():
            details = entry.event.details
            if isinstance(details, ExhibitRegistered) and isinstance(details.content, Content):
                if not isinstance(details.content.files, tuple) and details.content.count:
                    roots.add(details.content.root)
                self._check_exhibit(f"{case}/{number}", entry.event.hash, details.content, disclosed)
        self._check_documents()
        self._check_leftovers(roots)

    def _fail(self, code: str, subject: str, text: str) -> None:
        self._findings.add(9, Severity.FAILED, code, subject, text)

    def _check_exhibit(
        self, subject: str, registration: str, content: Content, disclosed: Mapping[str, Disclosure]
    ) -> None:
        is_apart = not isinstance(content.files, tuple)
        name = content.root, (registration, content.root) in self._erasures.contents
        walked = self._walked.get(name) if is_apart else None
        if walked is None:
            walked = self._walk(subject, registration, content, disclosed)
            if is_apart and content.count:
                self._walked[name] = walked
        else:
            self._tell_again(subject, registration, walked)
        if walked.root is None:
            return
        if walked.root != content.root:
            self._fail("content.root", subject, f"expected file records of root {content.root}, found {walked.root}")
        if (walked.count, walked.bytes) != (content.count, content.bytes):
            text = f"expected {content.count} records of {content.bytes} bytes, found {walked.count} of {walked.bytes}"
            self._fail("content.count", subject, text)

    def _tell_again(self, subject: str, registration: str, walked: Walked) -> None:
        """A list of a million files is not read once for each exhibit that names it, whatever orders are about that."""
        found = walked.found.copy()
        for digest in sorted(self._erasures.orders.get(registration, frozenset()) & walked.ordered.keys()):
            due, gone = walked.ordered[digest]
            found.subtract(due)
            for code, severity in sorted(gone):
                text = f"the file {digest}, of the list of files that {walked.subject} names too"
                self._findings.add(9, severity, code, subject, text)
        for code, severity in sorted(+found):
            text = f"as with {walked.subject}, which names the same list of files"
            self._findings.add(9, severity, code, subject, text)

    def _walk(self, subject: str, registration: str, content: Content, disclosed: Mapping[str, Disclosure]) -> Walked:
        tree, previous, walked = Frontier(), b"", Walked(subject)
        nameless: dict[int, int] = {}
        try:
            for listed in self._records(content, disclosed):
                tree.append(hash_leaf(canonical.encode(listed.record)))
                walked.bytes += listed.record.size if isinstance(listed.record.size, int) else 0
                if listed.path is not None:
                    if listed.path <= previous:
                        raise VerificationError("content.order", f"expected paths in order, found {listed.path[:80]!r}")
                    previous = listed.path
                elif (order := self._erasures.name(content.root, listed.record.path.commitment)) is not None:
                    nameless[order] = nameless.get(order, 0) + 1
                self._check_listed(walked, listed, registration, content)
            walked.root = tree.root().hex()
        except CustodyError as error:
            fail(self._findings, 9, error, subject)
            walked.found[error.code, Severity.FAILED] += 1
        walked.count = tree.size
        for order, count in sorted(nameless.items()):
            text = f"names of files erased by order, entry {order}: {count}"
            self._findings.add(9, Severity.NOTE, "content.names-erased", subject, text)
            walked.found["content.names-erased", Severity.NOTE] += 1
        return walked

    def _check_listed(self, walked: Walked, listed: Listed, registration: str, content: Content) -> None:
        """Check a file of a list, and what would be found of it by the orders about another exhibit that names this."""
        order = self._erasures.record(registration, content, listed.record)
        found = self._check_file(walked.subject, listed, order)
        digest = listed.record.digests.sha256 if isinstance(listed.record.digests, Digests) else ""
        if digest not in self._erasures.named or (registration, content.root) in self._erasures.contents:
            walked.found.update(found)
            return
        start = len(self._findings.items)
        other = self._check_file(walked.subject, listed, -1 if order is None else None)
        del self._findings.items[start:]
        found, gone = (found, other) if order is None else (other, found)
        for codes, more in zip(walked.ordered.setdefault(digest, (Counter(), Counter())), (found, gone), strict=True):
            codes.update(more)
        walked.found.update(found)

    def _records(self, content: Content, disclosed: Mapping[str, Disclosure]) -> Iterator[Listed]:
        if isinstance(content.files, tuple):
            for record in content.files:
                if isinstance(record.target, Private) and (target := disclosed.get(record.target.commitment)):
                    path_bytes(target.value)
                yield Listed(record, _path(disclosed.get(record.path.commitment)))
            return
        name = f"{layout.MANIFESTS}{content.root}.jsonl"
        if not content.count:
            return
        if name not in self._present:
            raise VerificationError("content.manifest-absent", f"expected {name}, found none")
        for raw in self._source.lines(name, limits.MANIFEST_LINE):
            line = canonical.decode(raw, ManifestLine, maximum=limits.MANIFEST_LINE)
            yield Listed(line.record, _open_line(line))

    def _check_file(self, subject: str, listed: Listed, erased_by: int | None) -> Codes:
        """Check a file, and return what was found."""
        items, start = self._findings.items, len(self._findings.items)
        self._check_bundled(subject, listed, erased_by)
        return Counter((item.code, item.severity) for item in items[start:]) if len(items) > start else _NOTHING

    def _check_bundled(self, subject: str, listed: Listed, erased_by: int | None) -> None:
        record = listed.record
        where = f"{subject}: {_shown(listed)}"
        if record.type != "file":
            return
        if not isinstance(record.digests, Digests):
            text = "could not be read when it was registered; its content was never recorded"
            self._findings.add(9, Severity.NOTE, "content.unreadable", where, text)
            return
        self._named.add(record.digests.sha256)
        bundled = self._opened.files.get(record.digests.sha256)
        if bundled is None:
            self._fail("content.unlisted", where, f"expected {record.digests.sha256} in bundle.json, found none")
            return
        if bundled.size != record.size:
            self._fail("content.size", where, f"expected {record.size} bytes, found {bundled.size} in bundle.json")
        encrypted, found = bundled.encrypted, self._opened.measured.get(member_of(bundled))
        if isinstance(encrypted, Ciphertext) and found is not None and found.size != encrypted.size:
            self._fail("content.size", where, f"expected a ciphertext of {encrypted.size} bytes, found {found.size}")
        self.files.check(where, record, bundled, erased_by=erased_by)

    def _check_documents(self) -> None:
        """A document that nobody who signed has named would be the exporter's word only."""
        documents, entries = self._opened.documents, self._bundled.entries if self._opened.documents else {}
        named = {digest for entry in entries.values() for digest in documents_of(entry.event)}
        for document in documents.values():
            name = member_of(document)
            found, size = self._opened.measured.get(name), (document.encrypted or document).size
            if found is not None and found.size != size:
                self._fail("content.documents", name, f"expected {size} bytes, found {found.size}")
            if is_set(document.encrypted):
                self.files.check_document(document)
            if document.sha256 not in named:
                self._fail("content.unnamed", name, "expected a document that an entry names, found another")

    def _check_leftovers(self, roots: set[str]) -> None:
        """Nothing stands in the bundle that no exhibit calls for, and nothing in bundle.json is missing above."""
        payload = {name for name, _ in self._opened.manifest or ()}
        wanted = {f"{layout.MANIFESTS}{root}.jsonl" for root in roots}
        for file in self._opened.files.values():
            name = member_of(file)
            wanted.add(name)
            if file.sha256 not in self._named:
                self._fail("content.unnamed", name, "expected a file that a listed exhibit consists of, found another")
        wanted.update(map(member_of, self._opened.documents.values()))
        wanted |= self._pieces.named & payload
        for name in sorted(payload - wanted - {layout.README, layout.BUNDLE, layout.DISCLOSURES}):
            if name.startswith(layout.INHERITED):
                continue  # custody.verify.border.inherited says which of these a carried exhibit calls for
            self._fail("content.unnamed", name, "expected a payload file that bundle.json or an exhibit calls for")
        for name in sorted(wanted - payload):
            self._fail("content.documents", name, "expected it in the payload manifest, found it only in bundle.json")


def _open_line(line: ManifestLine) -> bytes | None:
    """Match a manifest line's disclosures with its own commitments; return the path if it is among them."""
    places = {line.record.path.commitment: "/path"}
    for name in ("error", "target"):
        private = getattr(line.record, name)
        if hasattr(private, "commitment"):
            places[private.commitment] = f"/{name}"
    path = None
    for text in line.disclosures or ():
        disclosure = parse_disclosure(text)
        check_place(disclosure, places)
        if disclosure.path == "/path":
            path = _path(disclosure)
        elif disclosure.path == "/target":
            path_bytes(disclosure.value)
    return path


def _path(disclosure: Disclosure | None) -> bytes | None:
    if disclosure is None:
        return None
    raw = path_bytes(disclosure.value)
    check_path(raw)
    return raw


def _shown(listed: Listed) -> str:
    return "name withheld" if listed.path is None else listed.path.decode("utf-8", "backslashreplace")
