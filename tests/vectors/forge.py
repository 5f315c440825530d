"""A forger: a ledger without rules, and bundles made of it with the real keys.

Whatever is put in is chained, hashed, proven and signed. That is what somebody who runs the ledger could do, so each
fault is alone in its bundle, and only the check that is meant for it can find it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

from custody.bundle.closure import LedgerClosure, find_closure
from custody.bundle.disclose import Choice
from custody.bundle.payload import Parts, Payload, make_payload
from custody.bundle.payload_member import PayloadMember
from custody.bundle.proofs import make_proof
from custody.cli.demo.forgery import Members, pack, remanifest, retag
from custody.ledger.compose import Anchor
from custody.ledger.log_key import sign_checkpoint
from custody.ledger.store import Head, Tally
from custody.ledger.submission import Submission
from custody.ledger.tiles import append_leaves
from custody.ledger.trie import SubjectTrie
from custody.verify.fold.fold import Fold
from custody.verify.fold.state import State
from custody.verify.rules.view import Ledger, LogKey
from keys.private.signer import Ed25519Signer
from schemas import bag, canonical, layout, text
from schemas.checkpoint import Checkpoint
from schemas.entry import Entry, ParsedEntry, parse_entry
from schemas.envelope import Envelope
from schemas.errors import CustodyError
from schemas.event import About
from schemas.merkle import Frontier, hash_leaf, root_of
from schemas.private import Disclosure
from schemas.proof import Proof, format_proof
from schemas.report import Findings
from schemas.subject import Subject, subject_key
from schemas.types import UNSET
from tests.memory_store import MemoryTiles
from tests.world import REGISTRARS, World

__all__ = ["Forge", "Members", "pack", "remanifest", "retag"]
NONCE = "0f" * 16
PAGE = PayloadMember.of_bytes(
    layout.README, b"For those who write verifiers: docs/spec tells what is to be found here.\n"
)
"""Stands for the page for people, which nobody checks, so that hundreds of vectors don't each hold it."""


@dataclass
class ForgedReader:
    """The forged entries behind the reader that closure and proofs ask; entries that don't parse have no subjects, nor
    have those that are ``hidden``.
    """

    raws: Sequence[bytes]
    hidden: frozenset[int] = frozenset()
    is_whole = True
    parsed: dict[int, ParsedEntry] = field(default_factory=dict)
    subjects: dict[Subject, list[int]] = field(default_factory=dict)
    state: State = field(default_factory=lambda: State(is_whole=True))

    def __post_init__(self) -> None:
        fold = Fold(Findings(), is_whole=True)
        for index, raw in enumerate(self.raws):
            if index in self.hidden:
                continue
            try:
                self.parsed[index] = parse_entry(raw)
            except CustodyError:
                continue
            placed, _ = fold.add(self.parsed[index])
            for subject in placed.subjects:
                self.subjects.setdefault(subject, []).append(index)
        self.state = fold.state

    def head(self) -> Head:
        """The end of the forged ledger."""
        return Head(len(self.raws), hash_leaf(self.raws[-1]), "")

    def entry(self, index: int) -> bytes:
        """The bytes of an entry."""
        return self.raws[index]

    def entries(self, first: int, last: int) -> Iterator[bytes]:
        """The bytes of some entries that parse."""
        return (self.raws[index] for index in range(first, last) if index in self.parsed)

    def leaves(self, indexes: Sequence[int]) -> list[bytes]:
        """Leaf hashes."""
        return [hash_leaf(self.raws[index]) for index in indexes]

    def tiles(self) -> MemoryTiles:
        """The tiles of the forged tree."""
        tiles = MemoryTiles()
        append_leaves(tiles, size=0, leaves=[hash_leaf(raw) for raw in self.raws])
        return tiles

    def view(self) -> State:
        """The state, as far as the rules took the entries."""
        return self.state

    def tallies(self) -> Iterator[Tally]:
        """All subjects."""
        for subject, indexes in self.subjects.items():
            frontier = Frontier()
            for leaf in self.leaves(indexes):
                frontier.append(leaf)
            yield Tally(subject_key(subject), subject, frontier.size, frontier.to_bytes())

    def subject_entries(self, subject: Subject) -> tuple[int, ...]:
        """The indexes of a subject's entries."""
        return tuple(self.subjects.get(subject, ()))

    def event_indexes(self, hashes: Sequence[str]) -> Mapping[str, int]:
        """Where events stand."""
        places = {entry.event.hash: index for index, entry in self.parsed.items()}
        return {item: places[item] for item in hashes if item in places}


class Named:
    """The forged reader, for whom an exhibit is registered if it was tried, whatever the rules said to it."""

    def __init__(self, reader: ForgedReader) -> None:
        self._reader = reader

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reader if hasattr(self._reader, name) else self._reader.state, name)

    def view(self) -> Named:
        """Itself, which knows what closures ask a view for."""
        return self

    def exhibit(self, case: str, number: str) -> Any:
        """Something, where an entry names the exhibit."""
        return ("exhibit", case, number) in self._reader.subjects or None

    def request(self, id: str) -> Any:
        """Something, where an entry names the request."""
        return ("request", id) in self._reader.subjects or None


class Values:
    """The disclosures of the forged ledger."""

    def __init__(self, disclosures: Iterable[Disclosure]) -> None:
        self._known = {item.commitment: item for item in disclosures}

    def put(self, disclosures: Iterable[Disclosure]) -> None:
        """Keep more."""
        self._known.update({item.commitment: item for item in disclosures})

    def get(self, commitments: Sequence[str]) -> Mapping[str, Disclosure]:
        """Return those asked for."""
        return {item: self._known[item] for item in commitments if item in self._known}


@dataclass(frozen=True)
class Vault:
    """Evidence and manifests in a folder, named by digest."""

    folder: Path
    contents: Mapping[str, bytes]
    manifests: Mapping[str, bytes] = field(default_factory=dict)
    documents: Mapping[str, bytes] = field(default_factory=dict)
    lists: Mapping[str, bytes] = field(default_factory=dict)
    arrived: Mapping[str, bytes] = field(default_factory=dict)

    def file(self, sha256: str) -> Path | None:
        """Return the file with that digest."""
        return self._keep(sha256, self.contents)

    def document(self, sha256: str) -> Path | None:
        """Return the document with that digest."""
        return self._keep(sha256, self.documents)

    def manifest(self, root: str) -> Path | None:
        """Return the manifest of that root."""
        return self._keep(root, self.manifests)

    def pieces(self, root: str) -> Path | None:
        """Return the list of pieces of that root."""
        return self._keep(root, self.lists)

    def inherited(self, manifest: str) -> Path | None:
        """Return the bundle of another ledger by the digest of its payload manifest."""
        return self._keep(manifest, self.arrived)

    def _keep(self, name: str, known: Mapping[str, bytes]) -> Path | None:
        if name not in known:
            return None
        path = self.folder / name
        path.write_bytes(known[name])
        return path


@dataclass
class Forge:
    """A chain of entries that grows with whatever is added."""

    world: World
    folder: Path
    raws: list[bytes] = field(default_factory=list)
    disclosures: list[Disclosure] = field(default_factory=list)
    manifests: dict[str, bytes] = field(default_factory=dict)
    documents: dict[str, bytes] = field(default_factory=dict)
    lists: dict[str, bytes] = field(default_factory=dict)
    arrived: dict[str, bytes] = field(default_factory=dict)
    log_signer: Ed25519Signer | None = None
    hidden: frozenset[int] = frozenset()
    """Entries that stand in the tree, and that the index and every bundle are silent about."""

    @classmethod
    def of(cls, world: World, folder: Path) -> Forge:
        """Start from everything that a genuine world holds."""
        return cls(world, folder, world.entries(), list(world.disclosed))

    def add(self, submission: Submission | Envelope, **changes: Any) -> int:
        """Chain an event; ``changes`` replace fields of its entry. Return its index."""
        envelope = submission.envelope if isinstance(submission, Submission) else submission
        self.disclosures += submission.disclosures if isinstance(submission, Submission) else ()
        previous = hash_leaf(self.raws[-1]).hex() if self.raws else text.ZERO_HASH
        values: dict[str, Any] = {
            "envelope": envelope,
            "index": len(self.raws),
            "index_root": UNSET,
            "ledger": self.world.origin,
            "previous": previous,
            "recorded_at": text.format_time(self.world.tick()),
            "schema": "custody-entry/v1",
        }
        return self.add_raw(canonical.encode(Entry(**{**values, **changes})))

    def add_raw(self, raw: bytes) -> int:
        """Put bytes at the end of the ledger, whatever they are."""
        self.raws.append(raw)
        return len(self.raws) - 1

    def reader(self) -> ForgedReader:
        """Return the ledger as it is now."""
        return ForgedReader(tuple(self.raws), self.hidden)

    def index_root(self) -> str:
        """Return the root over the subjects of all entries so far."""
        trie = SubjectTrie()
        for tally in self.reader().tallies():
            trie.put(tally.key, tally.value)
        return trie.root().hex()

    def payload(
        self, exhibits: Sequence[tuple[str, str]], requests: Sequence[str] = (), *, to: str | None = None, **parts: Any
    ) -> Payload:
        """Return what goes below ``data/``."""
        reader = self.reader()
        closure = find_closure(Named(reader), list(exhibits), requests, size=len(self.raws), to=to)
        registered = [
            (case, number, closure.entries[closure.indexes["exhibit", case, number][0]]) for case, number in exhibits
        ]
        wanted = {index for indexes in closure.indexes.values() for index in indexes}
        events = [closure.entries[index].event for index in sorted(wanted)]
        bare = frozenset(closure.entries[index].event.hash for index in closure.bare)
        made = Parts(self.world.origin, NONCE, registered, events, requests=requests, bare=bare, **parts)
        vault = Vault(
            self.folder, self.world.contents, self.manifests, self.documents, self.lists, self.arrived
        )  # fmt: skip
        payload = make_payload(made, vault, Values(self.disclosures), Choice())
        members = (PAGE if member.name == PAGE.name else member for member in payload.members)
        return replace(payload, members=tuple(members))

    def export(
        self,
        exhibits: Sequence[tuple[str, str]],
        payload: Mapping[str, bytes],
        *,
        about: Sequence[About] | None = None,
        actor: str = "examiner-1",
        stated: Mapping[str, Any] = MappingProxyType({}),
        **changes: Any,
    ) -> int:
        """Add the exporting entry for a payload's manifest; ``stated`` are details that it says besides."""
        known = [self.reader().view().exhibit(*name) for name in exhibits]
        items = about or [About(exhibit=item.registration) for item in known if item is not None]
        manifest = sha256(payload[layout.MANIFEST]).hexdigest()
        details = {"manifest": manifest, "recipient": "court of Elsewhere", "to": REGISTRARS[0], **stated}
        composed = self.world.event("bundle.exported", details, actor=actor, anchor=Anchor(about=tuple(items)))
        return self.add(self.world.sign(composed), **{"index_root": self.index_root(), **changes})

    def checkpoint(self, *, root: bytes | None = None, size: int | None = None, origin: str | None = None) -> bytes:
        """Sign a checkpoint over everything, or over what is said instead."""
        signer = self.log_signer or self.world.log_signer
        count = len(self.raws) if size is None else size
        tree = root_of(hash_leaf(raw) for raw in self.raws[:count]) if root is None else root
        name = origin or self.world.origin
        ledger = Ledger(name, "XA", (LogKey(World.log_key_of(name, signer), 0),), ())
        return sign_checkpoint(ledger, Checkpoint(name, count, tree), (signer,))

    def bundle(
        self,
        exhibits: Sequence[tuple[str, str]],
        *,
        omit: Iterable[int] = (),
        extra: Iterable[int] = (),
        edit_payload: Callable[[Members], None] | None = None,
        edit_proof: Callable[[Proof], Proof] | None = None,
        export: Mapping[str, Any] | None = None,
        earlier: Sequence[int] = (),
        after: Callable[[Forge], None] | None = None,
        requests: Sequence[str] = (),
        **parts: Any,
    ) -> Members:
        """Return the members of a bundle that is consistent in all that is not edited on purpose.

        ``omit`` and ``extra`` change which entries are carried; the multiproof is made for those that are. ``after``
        runs when the export stands, so that it may not be the newest entry.
        """
        to = {"to": REGISTRARS[0], **(export or {}).get("stated", {})}["to"]
        payload = self.payload(exhibits, requests, to=to, **parts)
        members = payload_members(payload)
        if edit_payload:
            edit_payload(members)
            remanifest(members)
        self.export(exhibits, members, **(export or {}))
        if after:
            after(self)
        reader = self.reader()
        closure = find_closure(Named(reader), list(exhibits), requests, size=len(self.raws), to=to)
        proof = self._prove(reader, closure, set(omit), set(extra), (*earlier, *payload.within))
        members[layout.CHECKPOINT] = self.checkpoint()
        for index in sorted(closure.entries):
            members[layout.entry_name(index)] = self.raws[index]
        members[layout.PROOF] = format_proof(edit_proof(proof) if edit_proof else proof)
        return retag(members)

    def _prove(
        self, reader: ForgedReader, closure: LedgerClosure, omit: set[int], extra: set[int], earlier: Sequence[int]
    ) -> Proof:
        for subject in [name for name, indexes in closure.indexes.items() if not indexes]:
            del closure.wanted[subject]  # who never was enrolled has no value
        for index in omit:
            closure.entries.pop(index)
        for index in extra:
            # What doesn't parse is carried all the same: only its index counts here.
            closure.entries[index] = reader.parsed.get(index)  # type: ignore[assignment]
        return make_proof(reader, closure, earlier=earlier)  # type: ignore[arg-type]


def payload_members(payload: Payload) -> Members:
    """Return everything up to the payload manifest."""
    members: Members = {layout.BAGIT: bag.DECLARATION, layout.BAG_INFO: payload.bag_info}
    for member in payload.members:
        if member.is_inside:
            with member.open() as stream:
                members[member.name] = stream.read()
    members[layout.MANIFEST] = payload.manifest
    return members
