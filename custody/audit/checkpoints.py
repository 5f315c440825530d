"""Every checkpoint that the ledger ever signed, compared with the entries as they are now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from custody.audit.growing_tree import GrowingTree
from custody.audit.table_rows import TableRows
from custody.ledger.signature_cores import SignatureCores
from custody.verify.record.opened import fail
from custody.verify.rules.view import LogKey
from keys.ed25519 import SIGNATURE_BYTES
from keys.note import UnverifiedNote, parse_note
from keys.verifier_key import VerifierKey, parse_verifier_key
from schemas.checkpoint import Checkpoint, parse_checkpoint
from schemas.errors import CustodyError, VerificationError
from schemas.report import Findings, Severity
from schemas.trust import LogKey as TrustedLogKey
from schemas.trust import TrustedLedger

STEP: Final = 2


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A log key and the sizes of checkpoints for which it counts: entries [first, last] are sizes [first+1, last+1]."""

    key: VerifierKey
    first: int
    last: int | None

    def is_valid_at(self, size: int) -> bool:
        """Tell whether a checkpoint of ``size`` may be signed with it."""
        return self.first < size and (self.last is None or size <= self.last + 1)


def known_keys(declared: Iterable[LogKey], believed: TrustedLedger | None) -> tuple[KnownKey, ...]:
    """Return the log keys that the ledger's own entries declare; of those that are believed, where somebody says so.

    What is believed can only narrow what the ledger declares, and the other way round.
    """
    known = [KnownKey(parse_verifier_key(key.key), key.first, key.last) for key in declared]
    if believed is None:
        return tuple(known)
    ranges = {parse_verifier_key(key.key): key for key in believed.log_keys}
    return tuple(_narrowed(item, ranges[item.key]) for item in known if item.key in ranges)


def _narrowed(known: KnownKey, believed: TrustedLogKey) -> KnownKey:
    lasts = [last for last in (known.last, believed.last) if isinstance(last, int)]
    return KnownKey(known.key, max(known.first, believed.first), min(lasts, default=None))


class StoredCheckpoints:
    """One pass over the stored checkpoints. Mutable: lives as long as one audit."""

    def __init__(
        self, tree: GrowingTree, keys: Sequence[KnownKey], *, origin: str, cores: SignatureCores, findings: Findings
    ) -> None:
        self._tree = tree
        self._keys = {(known.key.name, known.key.id): known for known in keys}
        self._origin = origin
        self._cores = cores
        self._findings = findings
        self.sizes: set[int] = set()
        self.newest: bytes | None = None

    def check(self, rows: TableRows, *, checked_before: int, exports: Iterable[int]) -> None:
        """Check them all; signatures of those up to size ``checked_before`` were checked by an earlier audit.

        Findings: ``note.*``, ``checkpoint.*``, ``audit.checkpoint-size``, ``audit.checkpoint-root``,
        ``audit.truncated``, ``audit.checkpoint-missing``.

        Raises:
            Unreadable: at a damaged page.
        """
        for size, raw in rows.scan("checkpoint", "size", "note", by="size"):
            self.sizes.add(size)
            if size == self._tree.size:
                self.newest = raw
            try:
                note = parse_note(bytes(raw))
                self._check_root(size, parse_checkpoint(note.text))
                self._check_signatures(size, note, is_new=size > checked_before)
            except CustodyError as error:
                fail(self._findings, STEP, error, f"checkpoint {size}")
        if self._tree.size and self._tree.size not in self.sizes:
            self._miss(self._tree.size, "over all entries")
        for index in exports:
            if index + 1 not in self.sizes:
                self._miss(index + 1, f"that ends with the export in entry {index}")

    def _check_root(self, size: int, checkpoint: Checkpoint) -> None:
        if checkpoint.size != size or checkpoint.origin != self._origin:
            text = f"expected a checkpoint of {self._origin} at size {size}, found one at size {checkpoint.size}"
            raise VerificationError("audit.checkpoint-size", text)
        if size > self._tree.size:
            text = f"expected {size} entries, as a checkpoint says that is stored, found {self._tree.size}"
            self._findings.add(STEP, Severity.FAILED, "audit.truncated", f"entry {self._tree.size}", text)
            return
        found = self._tree.root(size)
        if checkpoint.root != found:
            text = f"expected the root {checkpoint.root.hex()} at size {size}, found {found.hex()} over the entries"
            raise VerificationError("audit.checkpoint-root", text)

    def _check_signatures(self, size: int, note: UnverifiedNote, *, is_new: bool) -> None:
        """A checkpoint by a key that didn't count any more is no fault unless it's the newest one.

        A revocation may reach back; the checkpoints in between stay where they are and count for nothing.
        """
        signed = [(line, known) for line in note.signatures if (known := self._keys.get((line.name, line.id)))]
        if not signed:
            raise VerificationError("note.unsigned", "expected the signature of a key of this ledger, found none")
        if not any(known.is_valid_at(size) for _, known in signed):
            severity = Severity.FAILED if size >= self._tree.size else Severity.NOTE
            text = f"expected a log key that counts at size {size}, found one that didn't"
            self._findings.add(STEP, severity, "audit.checkpoint-key", f"checkpoint {size}", text)
        for line, known in signed:
            if len(line.body) != SIGNATURE_BYTES:
                raise VerificationError("note.signature", f"expected 64 bytes of signature, found {len(line.body)}")
            if is_new:
                # Below zero: the number of an entry is never that, so the two can't be mixed up.
                self._cores.add([(-size, known.key.key, note.text, line.body)])

    def _miss(self, size: int, which: str) -> None:
        text = f"expected a checkpoint of {size} entries, {which}, found none"
        self._findings.add(STEP, Severity.FAILED, "audit.checkpoint-missing", f"checkpoint {size}", text)
