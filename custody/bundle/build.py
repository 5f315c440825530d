"""Building a bundle: payload first, then the exporting entry that commits to it, then the proofs as of that entry.

Nothing is promised before it is true: the payload is on the disk and read back before the export is signed, and the
finished file is verified as its recipient will verify it before it gets its name. A failure after the export leaves an
entry that says something was exported and no bundle; that is said, and a new export can be made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from custody.bundle.closure import LedgerClosure, find_closure
from custody.bundle.container import Container, open_container
from custody.bundle.disclose import Choice
from custody.bundle.encrypt import encryption_beside
from custody.bundle.payload import Parts, Payload, make_payload
from custody.bundle.proofs import earlier_exports, make_proof
from custody.bundle.source import BundleSource
from custody.bundle.vault import Vault
from custody.bundle.withheld import Kept
from custody.bundle.zip_write import ContainerWriter, Written, write_container
from custody.ledger.agreement import check_entries
from custody.ledger.appending import Receipt
from custody.ledger.store import INDEX_HINT, LedgerReader, LedgerStore
from custody.ledger.submission import Submission, parse_submission
from custody.verify.record.source import FoundFile
from custody.verify.verify import Trusted, verify
from schemas import bag, layout
from schemas.errors import StorageError, UsageError
from schemas.event import About
from schemas.private import Disclosure
from schemas.proof import format_proof
from schemas.report import Severity
from schemas.types import UNSET


@dataclass(frozen=True, slots=True)
class Export:
    """What the exporting event has to say: the exhibits by the event hashes of their registrations, or for a letter the
    requests, and the digest of the payload manifest. The caller composes and signs the event.
    """

    about: tuple[About, ...]
    manifest: str
    lists: tuple[bytes, ...] = ()
    """What was packed, as lists that it commits to: `Payload.lists`."""
    disclosed: tuple[str, ...] = ()
    """Commitments whose values it shows: who keeps a record of what left keeps it before the export is on record."""
    kept: tuple[Kept, ...] = ()
    absent: tuple[str, ...] = ()
    """Digests of documents that would go along and are not here."""


@dataclass(frozen=True, slots=True)
class Order:
    """Which exhibits go, or for a letter which requests, and how much of them.

    ``requests`` are listed in the bundle: those that a letter is about, or the one that the exhibits answer. ``acts``
    are recorded just before the export, in the same transaction, and told in the bundle; ``stated`` are the values of
    the exporting event itself that the recipient is to see.
    """

    exhibits: tuple[tuple[str, str], ...]
    nonce: str
    choice: Choice
    requests: tuple[str, ...] = ()
    acts: tuple[Submission, ...] = ()
    stated: tuple[Disclosure, ...] = ()
    is_detached: bool = False
    recipients: tuple[str, ...] = ()
    """Age keys (age1...) to which files and documents are encrypted; none: they travel in clear."""
    earlier: tuple[int, ...] = ()
    """Sizes of checkpoints that the recipient has from earlier exports."""


@dataclass(frozen=True, slots=True)
class Built:
    """The finished bundle: receipts of acts and export, commitments disclosed, number of entries and bytes."""

    path: Path
    receipts: tuple[Receipt, ...]
    disclosed: tuple[str, ...]
    entries: int
    bytes: int
    kept: tuple[Kept, ...] = ()
    """Values that the recipient doesn't get, and why."""
    absent: tuple[str, ...] = ()
    """Digests of documents that entries name, and that could not go along."""

    @property
    def receipt(self) -> Receipt:
        """The receipt of the export."""
        return self.receipts[-1]


def build_bundle(
    store: LedgerStore,
    vault: Vault,
    order: Order,
    *,
    target: Path,
    sign: Callable[[Export], Submission],
    clock: Callable[[], datetime],
    record: Callable[[Sequence[Submission]], Sequence[Receipt]],
) -> Built:
    """Write a bundle to ``target``, which must not exist; ``record`` its exporting entry on the way.

    ``clock`` gives aware times: packing a disk image takes an hour, and the export is recorded after it. ``record`` is
    how this ledger takes a batch from anybody (`custody.ledger.append.append`, with what it asks beside the ledger).

    Raises:
        UsageError: ``bundle.exhibit``, ``bundle.exhibits``, ``bundle.exists``.
        StorageError: ``bundle.file-missing``, ``bundle.manifest-missing``, ``bundle.unsound``, ``storage.*``,
            ``ledger.unreadable`` where the rows beside the entries don't fit them.
        RuleViolation, RefusedError: where the ledger refuses the export; then nothing is left behind.
    """
    exhibits = sorted(set(order.exhibits))
    if not exhibits and not order.requests:
        raise UsageError("bundle.exhibits", "expected an exhibit to export, found none")
    with store.read() as reader:
        size = reader.head().size
        closure = find_closure(reader, exhibits, order.requests, size=size, to=order.choice.to, is_planned=True)
        parts, about = _parts(reader, closure, exhibits, order), _about(reader, exhibits, order)
    with write_container(target) as writer:
        with encryption_beside(target, order.recipients) as encryption:
            payload = make_payload(parts, vault, store.disclosures, order.choice, encryption=encryption)
            _write_payload(writer, payload)
        lists = payload.lists
        export = Export(about, sha256(lists[0]).hexdigest(), lists, payload.disclosed, payload.kept, payload.absent)
        submission = sign(export)
        receipts = tuple(record([*order.acts, submission]))
        receipt = receipts[-1]
        with store.read() as reader:
            to = getattr(parse_submission(submission).event.details, "to", UNSET)
            closure = find_closure(reader, exhibits, order.requests, size=receipt.index + 1, to=to or None)
            _write_records(writer, reader, closure, {*order.earlier, *payload.within})
        written = writer.written
    _check_own(target, written, clock())
    size = target.stat().st_size
    return Built(target, receipts, payload.disclosed, len(closure.entries), size, payload.kept, payload.absent)


def _parts(reader: LedgerReader, closure: LedgerClosure, exhibits: list[tuple[str, str]], order: Order) -> Parts:
    ledger = reader.view().ledger()
    assert ledger is not None, "an exhibit was found, so the ledger is open"
    carried = dict(sorted(closure.entries.items()))
    check_entries(reader.view(), carried, exhibits)
    entries = list(carried.values())
    registered = [
        (case, number, closure.entries[closure.indexes["exhibit", case, number][0]]) for case, number in exhibits
    ]
    acts = [parse_submission(act) for act in order.acts]
    events = [*(entry.event for entry in entries), *(act.event for act in acts)]
    made = tuple(value for act in order.acts for value in act.disclosures)
    return Parts(
        ledger.origin, order.nonce, registered, events, requests=order.requests, made=made, stated=order.stated,
        is_detached=order.is_detached, bare=frozenset(closure.entries[index].event.hash for index in closure.bare),
    )  # fmt: skip


def _about(reader: LedgerReader, exhibits: list[tuple[str, str]], order: Order) -> tuple[About, ...]:
    if not exhibits:
        return tuple(About(request=request) for request in sorted(set(order.requests)))
    found = [reader.view().exhibit(case, number) for case, number in exhibits]
    return tuple(About(exhibit=exhibit.registration) for exhibit in found if exhibit is not None)


def _write_payload(writer: ContainerWriter, payload: Payload) -> None:
    """Write everything up to the payload manifest, and read it back from the disk."""
    writer.add(layout.BAGIT, bag.DECLARATION)
    writer.add(layout.BAG_INFO, payload.bag_info)
    for member in payload.members:
        if member.is_inside:
            with member.open() as stream:
                writer.add_stream(member.name, stream, size=member.size, sha256_hex=member.sha256)
            if member.is_passing and member.path is not None:
                member.path.unlink()
    writer.add(layout.MANIFEST, payload.manifest)
    writer.check_written()


def _write_records(writer: ContainerWriter, reader: LedgerReader, closure: LedgerClosure, sizes: Iterable[int]) -> None:
    """Write checkpoint, entries and proofs, also from the ``sizes`` that are known elsewhere, in order of name."""
    earlier = (*sizes, *earlier_exports(list(closure.entries.values())))
    members = {layout.CHECKPOINT: reader.checkpoint(closure.size)}
    members |= {layout.entry_name(index): entry.raw for index, entry in closure.entries.items()}
    members[layout.PROOF] = format_proof(make_proof(reader, closure, earlier=earlier))
    for name in sorted(members):
        writer.add(name, members[name])
    writer.add_tag_manifest()


class _OwnSource(BundleSource):
    """The bundle as its recipient reads it, except that evidence is not hashed a third time: it was read back."""

    def __init__(self, container: Container, written: Mapping[str, Written]) -> None:
        super().__init__(container)
        self._written = written

    def measure(self, name: str) -> FoundFile:
        """Return the digest that was measured when the member was written and read back."""
        item = self._written[name]
        return FoundFile(item.sha256, item.member.size)


def _check_own(target: Path, written: Mapping[str, Written], at: datetime) -> None:
    """Verify the finished file as its recipient will; one that does not hold is a fault here and is taken away."""
    with open_container(target) as container:
        report = verify(_OwnSource(container, written), trusted=Trusted(), at=at).report
    wrong = [finding for finding in report.findings if finding.severity is Severity.FAILED]
    if wrong:
        target.unlink()
        text = f"expected a bundle that verifies, found step {wrong[0].step}: {wrong[0].subject}: {wrong[0].text}"
        raise StorageError("bundle.unsound", text, hint=INDEX_HINT)
