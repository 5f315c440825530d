"""Documents that entries name (warrants, photos, letters), in an audit: those that lie here are all hashed again, and
it is told which don't. One that was named by its digest alone looks the same as one that was taken away without an
order, so that is a note.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

from custody.evidence.hashing import Hasher
from custody.evidence.store import EvidenceStore
from custody.verify.border.behind_step import is_proven
from custody.verify.gate.contents import DOCUMENT_FIELDS, documents_of, own_documents
from schemas.errors import StorageError, VerificationError
from schemas.event import ParsedEvent
from schemas.report import Findings, Severity
from schemas.types import Record

STEP: Final = 9
_PAPERS: Final = frozenset({"agreement", "paper"})
"""Fields of details, beside `DOCUMENT_FIELDS`, that name a document which never leaves with the entry."""
_FIELDS: Final = re.compile(f'"(?:{"|".join(sorted(DOCUMENT_FIELDS | _PAPERS))})":'.encode())


class DocumentsAudited(Record, frozen=True, kw_only=True):
    """What became of the documents that entries name: ``checked`` were hashed again, of which ``matching`` are what
    the entries name, of ``bytes`` together. ``erased`` are gone by order, ``absent`` not here for another reason.
    """

    absent: int
    bytes: int
    checked: int
    erased: int
    matching: int


class KeptDocuments:
    """What an audit remembers of documents: the first entry that names each, and which are expected in this home.
    Mutable: lives as long as one audit.
    """

    def __init__(self) -> None:
        self._named: dict[str, int] = {}
        self._own: set[str] = set()

    def add(self, index: int, event: ParsedEvent) -> None:
        """Take in an entry that the rules took."""
        # Asked of each entry of a replay, and true of few: details alone are much shorter than the event.
        if not _FIELDS.search(event.event.details):
            return
        papers = tuple(_papers(event))
        for digest in (*documents_of(event), *papers):
            self._named.setdefault(digest, index)
        # What a letter names lies with who wrote it; a letter or receipt itself is looked for where it bears something.
        if not is_proven(event):
            self._own.update(own_documents(event), papers)

    def check(self, store: EvidenceStore, ordered: Collection[str], findings: Findings) -> DocumentsAudited:
        """Hash what lies in the store, and return what was found; ``ordered`` are destroyed by order.

        Findings: ``audit.document`` (failed), ``audit.document-absent`` (note), and as `EvidenceStore.check` raises for
        a disk that can't be read (undecided).
        """
        absent = size = checked = erased = matching = 0
        with Hasher() as hasher:
            for digest, index in self._named.items():
                checked += 1
                try:
                    size += store.check(digest, hasher=hasher).size
                    matching += 1
                except VerificationError as error:
                    findings.add(STEP, Severity.FAILED, "audit.document", f"entry {index}", error.text)
                except StorageError as error:
                    if error.code != "store.absent":
                        findings.add(STEP, Severity.INDETERMINATE, error.code, f"entry {index}", error.text)
                        continue
                    checked -= 1
                    erased += digest in ordered
                    if digest in self._own and digest not in ordered:
                        absent += 1
                        text = f"entry {index} names {digest}"
                        findings.add(STEP, Severity.NOTE, "audit.document-absent", "documents", text)
        return DocumentsAudited(absent=absent, bytes=size, checked=checked, erased=erased, matching=matching)


def _papers(event: ParsedEvent) -> Iterator[str]:
    return (value for name in _PAPERS if isinstance(value := getattr(event.details, name, None), str))
