"""A bundle whose entries were read and folded: what the steps after that look at, and where they put what they find."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from custody.verify.fold.fold import Fold, Placed
from custody.verify.fold.state import State
from custody.verify.record.opened import Opened, member_of
from custody.verify.record.source import Decryption, Source
from schemas import layout
from schemas.bundle import Ciphertext
from schemas.entry import ParsedEntry
from schemas.errors import VerificationError
from schemas.report import Findings
from schemas.trust import Trust


@dataclass(frozen=True)
class Bundled:
    """``trust`` is what the reader believes, ``decryption`` his own key, if he gives them; ``listed`` are the exhibits
    for which the bundle was made, by case and number.
    """

    opened: Opened
    source: Source
    findings: Findings
    trust: Trust | None
    decryption: Decryption | None
    listed: Sequence[tuple[str, str]]
    entries: Mapping[int, ParsedEntry]
    fold: Fold
    placed: Mapping[int, Placed]

    @property
    def state(self) -> State:
        """The state after all entries."""
        return self.fold.state

    @property
    def genesis(self) -> bytes | None:
        """The leaf hash of entry 0, if it could be read."""
        return self.entries[0].leaf if 0 in self.entries else None

    @property
    def newest(self) -> ParsedEntry | None:
        """The last entry under the checkpoint, which should be the export; nothing where it couldn't be read."""
        return self.entries.get(self.opened.checkpoint.size - 1) if self.opened.checkpoint is not None else None

    @cached_property
    def registered(self) -> Mapping[tuple[str, str], ParsedEntry]:
        """The first entry of each listed exhibit that is carried, in the order of the list."""
        known = {name: self.state.exhibit(*name) for name in self.listed}
        places = {name: self.state.event(item.registration) for name, item in known.items() if item is not None}
        return {name: self.entries[place.index] for name, place in places.items() if place is not None}

    def document(self, digest: str, maximum: int) -> bytes | None:
        """Return the bytes of a document, at most one more than ``maximum``; nothing where they are not at hand.

        Raises:
            VerificationError: ``content.ciphertext``, ``content.plaintext``.
        """
        if layout.DOCUMENTS + digest in self.opened.measured:
            return self.source.read(layout.DOCUMENTS + digest, maximum)
        document = self.opened.documents.get(digest)
        if document is None or self.decryption is None or not isinstance(document.encrypted, Ciphertext):
            return None
        raw = self.decryption.read(member_of(document), maximum)
        if raw is not None and len(raw) <= maximum and sha256(raw).hexdigest() != digest:
            text = f"expected the document {digest}, found another encrypted in its place"
            raise VerificationError("content.plaintext", text)
        return raw
