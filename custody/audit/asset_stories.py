"""Assets in an audit: every proof that was captured of them is read again, and balances are compared over time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final

from custody.bundle.disk import disk_errors
from custody.storage.disclosures import Disclosures
from custody.verify.assets.asset_step import Proofs, check_captures
from custody.verify.evidence.places import places_of
from custody.verify.fold.fold import Placed
from schemas import limits
from schemas.details.asset import FreezeChanged
from schemas.details.exhibit import ExhibitRegistered
from schemas.details.observation import AssetObserved
from schemas.entry import ParsedEntry
from schemas.errors import StorageError, VerificationError
from schemas.private import Disclosure
from schemas.report import Findings, Severity
from schemas.trust import Trust

_LATER: Final = (AssetObserved, FreezeChanged)
STORIED: Final = (ExhibitRegistered, *_LATER)
"""With what a story may begin: others need not be shown before there is one."""


@dataclass(slots=True)
class AssetStories:
    """The entries about each asset, by case and number, its registration first. What is no asset, and is looked at or
    frozen like one, is told as well: of that ``registration`` finds the first entry. Mutable, for one audit.
    """

    registration: Callable[[str, str], ParsedEntry | None]
    stories: dict[tuple[str, str], list[ParsedEntry]] = field(default_factory=dict)

    def add(self, parsed: ParsedEntry, placed: Placed) -> None:
        """Look at an entry that the rules took."""
        details = parsed.event.details
        is_asset = isinstance(details, ExhibitRegistered) and details.nature == "asset"
        is_late = isinstance(details, _LATER)
        for kind, *name in placed.subjects if self.stories or is_asset or is_late else ():
            if kind != "exhibit":
                continue
            case, number = name
            if is_asset or (is_late and (case, number) not in self.stories):
                first = None if is_asset else self.registration(case, number)
                self.stories[case, number] = [] if first is None else [first]
            if (case, number) in self.stories:
                self.stories[case, number].append(parsed)

    def observed(self) -> dict[int, int]:
        """Return the entry of the registration to which each observation belongs."""
        return {
            entry.entry.index: story[0].entry.index
            for story in self.stories.values()
            for entry in story
            if isinstance(entry.event.details, AssetObserved)
        }

    def check(
        self,
        values: Disclosures,
        document: Callable[[str], Path | None],
        trust: Trust | None,
        findings: Findings,
    ) -> None:
        """Read every proof again that the home keeps, and hold it against the private values that it has.

        Findings: those of `check_captures`; ``content.documents`` (failed); ``storage.denied``, ``storage.io``
        (undecided) for a document that this machine doesn't let us read.
        """

        def read(digest: str) -> bytes | None:
            path = document(digest)
            if path is None:
                return None
            try:
                with disk_errors(f"reading the document {digest}"), path.open("rb") as file:
                    raw = file.read(limits.ASSET_PROOF_BYTES + 1)
            except StorageError as error:
                findings.add(9, Severity.INDETERMINATE, error.code, f"document {digest}", error.text)
                return None
            if len(raw) <= limits.ASSET_PROOF_BYTES and sha256(raw).hexdigest() != digest:
                text = f"expected the document with the SHA-256 {digest}, found another in its place"
                raise VerificationError("content.documents", text)
            return raw

        proofs = Proofs(read, trust)
        for (case, number), story in self.stories.items():
            check_captures(f"{case}/{number}", story, proofs, findings, _values(values, story))


def _values(values: Disclosures, story: list[ParsedEntry]) -> Mapping[str, Disclosure]:
    """Return the values at hand; one that is damaged has been found at step 10, and is none."""
    found: dict[str, Disclosure] = {}
    for commitment in (
        place
        for entry in story
        if isinstance(entry.event.details, ExhibitRegistered | AssetObserved)
        for place in places_of(entry.event)
    ):
        try:
            found |= values.get([commitment])
        except StorageError as error:
            if error.code != "disclosures.damaged":
                raise
    return found
