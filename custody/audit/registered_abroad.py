"""Files of an exhibit that somebody abroad registered as a find of his own: with one file more, or while it was away.

Where he registers nothing but what is here, the gate refuses (`custody.verify.gate.destination`). Whoever adds a file,
or waits until the exhibit is on its way, gets past that; that all its files came along a whole ledger alone can tell.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from custody.audit.bound_content import held_files
from custody.ledger.bound_content import NO_LISTS, FileLists
from custody.verify.fold.fold import Placed
from custody.verify.fold.state import State
from custody.verify.rules.on_record import is_abroad
from custody.verify.rules.view import Exhibit
from schemas.details.exhibit import ExhibitRegistered
from schemas.entry import ParsedEntry
from schemas.report import Findings, Severity
from schemas.types import UNSET

STEP: Final = 11


class RegisteredAbroad:
    """What an audit remembers of finds that were made abroad. Mutable: lives as long as one audit."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[int, str]] = {}

    def add(self, parsed: ParsedEntry, placed: Placed, state: State) -> None:
        """Take in an entry that the rules took."""
        details, ledger, signer = parsed.event.details, state.ledger(), parsed.event.event.signers[0]
        if type(details) is not ExhibitRegistered or ledger is None or not ledger.is_strict:
            return
        if details.derived_from is details.foreign is details.same_object_as is UNSET:
            abroad = [name for name in (signer.party, signer.agent) if is_abroad(state.agent(name), ledger)]
            if abroad:
                self._found[parsed.event.hash] = placed.index, abroad[0]

    def check(self, state: State, findings: Findings, lists: FileLists = NO_LISTS) -> None:
        """Say whose finds hold all that somebody here was the first to register with an exhibit.

        Finding: ``release.registered-abroad`` (defect), once for each find.
        """
        if not self._found:
            return
        held = ((item.registration, digests) for item, digests in held_files(state, lists))
        mine = {name: digests for name, digests in held if name in self._found}
        theirs = frozenset[str]().union(*mine.values())
        first, brought = dict[str, Exhibit](), defaultdict[str, set[str]](set)
        for item, digests in held_files(state, lists):
            for digest in digests if digests & theirs else ():
                brought[first.setdefault(digest, item).registration].add(digest)
        refused = {item.subject for item in findings.items if item.code == "release.holder-abroad"}
        for name, digests in mine.items():
            index, agent = self._found[name]
            others = {first[digest].registration: first[digest] for digest in sorted(digests)}
            whole = [item for key, item in others.items() if key not in mine and brought[key] <= digests]
            if whole and f"entry {index}" not in refused:
                other = whole[0].name
                text = f"{agent}, who is abroad, registered as a find all files that first came with {other}"
                findings.add(STEP, Severity.DEFECT, "release.registered-abroad", f"entry {index}", text)
