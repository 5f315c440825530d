"""Evidence that may have left as a document of something else: a photo of one exhibit that is a file of another.

A bundle carries the documents that its entries name, or leaves them out; which of the two, the lists say that a home
keeps of what it packed. The writer asks the gate of such a file before it goes, and records that it went (law row C10):
where that record is wanting, only a whole ledger can tell.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Final, NamedTuple

from custody.audit.packed import packed_documents
from custody.evidence.store import EvidenceStore
from custody.ledger.bound_content import NO_LISTS, FileLists
from custody.verify.fold.fold import Placed
from custody.verify.fold.state import State
from custody.verify.gate.contents import DOCUMENT_FIELDS, own_documents
from custody.verify.rules.view import Exhibit
from schemas.details.exhibit import ExhibitRegistered, Parent
from schemas.details.record import AccessLogged, BundleExported
from schemas.entry import ParsedEntry
from schemas.event import ParsedEvent
from schemas.report import Findings, Severity
from schemas.subject import Subject
from schemas.types import is_set

STEP: Final = 11
_CARRYING: Final = frozenset({"agent", "case", "exhibit", "ledger"})
_FIELDS: Final = re.compile(f'"(?:{"|".join(sorted(DOCUMENT_FIELDS))})":'.encode())


class _Export(NamedTuple):
    entry: int
    to: str
    manifest: str
    exhibits: tuple[Subject, ...]


class Enclosed:
    """What an audit remembers of documents, exports and accesses. Mutable: lives as long as one audit."""

    def __init__(self) -> None:
        self._named: dict[Subject, dict[str, int]] = defaultdict(dict)
        self._exports: list[_Export] = []
        self._told: set[tuple[Subject, str]] = set()
        self._made_from: dict[Subject, tuple[Parent, ...]] = {}

    def add(self, parsed: ParsedEntry, placed: Placed) -> None:
        """Take in an entry that the rules took."""
        event = parsed.event
        match event.details:
            case BundleExported(to=to, manifest=manifest) if is_set(to) and (exhibits := _exhibits(placed)):
                self._exports.append(_Export(placed.index, str(to), manifest, exhibits))
                self._told.update((item, str(to)) for item in exhibits)
            case AccessLogged(action="exported", agent=agent) if is_set(agent):
                self._told.update((item, str(agent)) for item in _exhibits(placed))
            case details:
                if isinstance(details, ExhibitRegistered) and is_set(details.derived_from):
                    self._made_from[_exhibits(placed)[0]] = details.derived_from or ()
                # Asked of each entry of a replay, and true of few: details alone are much shorter than the event.
                if _FIELDS.search(event.event.details):
                    self._name(event, placed)

    def _name(self, event: ParsedEvent, placed: Placed) -> None:
        """Remember the documents of an entry, by the subjects with which it is carried; the gate asks of requests."""
        for digest in own_documents(event):
            for item in placed.subjects:
                if item[0] in _CARRYING:
                    self._named[item].setdefault(digest, placed.index)

    def check(
        self,
        state: State,
        findings: Findings,
        lists: FileLists = NO_LISTS,
        kept: EvidenceStore | None = None,
    ) -> None:
        """Look for exports abroad that carry entries which name a file of an exhibit that never went there. ``kept``
        are the documents of the home, where the lists of bundles lie.

        Finding: ``release.enclosed`` (defect), once for each export and exhibit.
        """
        ledger, documents = state.ledger(), {digest for named in self._named.values() for digest in named}
        if ledger is None or not documents:
            return
        holders: dict[str, list[tuple[int, Exhibit]]] = defaultdict(list)
        for registration, (root, *digests) in state.files():
            exhibit, place = state.registered(registration), state.event(registration)
            if exhibit is None or place is None:
                continue
            for digest in documents.intersection((*digests, *lists.digests(root))):
                holders[digest].append((place.index, exhibit))
        # Looked for once: there may be as many exports as exhibits.
        always = tuple(item for item in self._named if item[0] in {"agent", "ledger"})
        for export in self._exports:
            to = state.agent(export.to)
            if to is None or to.country == ledger.country or not holders:
                continue
            carried = self._carried(state, export) | dict.fromkeys(always, export.entry)
            silent = self._silent(carried, export, holders)
            packed = packed_documents(kept, export.manifest) if silent and kept is not None else None
            for name in sorted({name for digest, name in silent if packed is None or digest in packed}):
                what = "may have carried" if packed is None else "carried"
                text = f"{what} a file of {name}, as a document; that it went to {export.to}, nothing says"
                findings.add(STEP, Severity.DEFECT, "release.enclosed", f"entry {export.entry}", text)

    def _carried(self, state: State, export: _Export) -> dict[Subject, int]:
        """Return the subjects whose documents may go with an export, each with the entry up to which they do: its
        exhibits, what these were made from, and the cases of all.
        """
        carried, waiting = dict.fromkeys(export.exhibits, export.entry), list(export.exhibits)
        while waiting:
            for parent in self._made_from.get(waiting.pop(), ()):
                place, subject = state.event(parent.event), ("exhibit", parent.case, parent.exhibit)
                if place is not None and place.index > carried.get(subject, -1):
                    carried[subject] = place.index
                    waiting.append(subject)
        return carried | {("case", item[1]): export.entry for item in carried}

    def _silent(
        self, carried: Mapping[Subject, int], export: _Export, holders: Mapping[str, list[tuple[int, Exhibit]]]
    ) -> set[tuple[str, str]]:
        """Return the files that an export may have carried, and whose they are, where no record says that they went
        there. What became evidence later was none when it left.
        """
        found = set[tuple[str, str]]()
        for item, last in carried.items():
            for digest, entry in self._named.get(item, {}).items():
                known = [holder for index, holder in holders.get(digest, ()) if index < export.entry]
                names = [("exhibit", holder.case, holder.number) for holder in known]
                if entry <= last and names and not any((name, export.to) in self._told for name in names):
                    found.add((digest, "/".join(names[0][1:])))
        return found


def _exhibits(placed: Placed) -> tuple[Subject, ...]:
    return tuple(item for item in placed.subjects if item[0] == "exhibit")
