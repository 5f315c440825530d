"""The small ledger from which every example in docs/spec is taken: seven entries, one exhibit, one bundle.

Keys, salts and nonces are counted instead of drawn, so the pages hold the same bytes wherever they are made.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256

import msgspec
from nacl.signing import SigningKey

from custody.bundle.zip_layout import Member, format_central, format_end, format_local
from custody.ledger.prove import LeafNodes, prove_multi
from custody.ledger.trie import SubjectTrie
from keys.note import NoteSignature, UnverifiedNote, cosigned_message, format_note
from keys.verifier_key import KeyType, VerifierKey, format_verifier_key, verifier_key
from schemas import bag, canonical, content, enrol, layout, merkle, text
from schemas.bundle import Bundle, BundledExhibit, BundledFile, Disclosures
from schemas.checkpoint import Checkpoint, format_checkpoint
from schemas.content import Digests, FileRecord
from schemas.details.case import CaseOpened, Offence
from schemas.details.custody import HandedOver
from schemas.details.exhibit import ExhibitRegistered
from schemas.details.ledger import AgentEnrolled, AgentKind, LedgerOpened, PublicKey
from schemas.details.record import BundleExported
from schemas.entry import Entry, ParsedEntry, parse_entry
from schemas.envelope import ENROL_PAYLOAD_TYPE, Envelope, Signature, key_id, pae
from schemas.event import PAYLOAD_TYPE, About, Event, Link, ParsedEvent, Signer, encode_event
from schemas.private import Disclosure, make_disclosure
from schemas.proof import Proof, SubjectProof
from schemas.subject import Subject, SubjectValue, encode_subject, subject_key
from schemas.trust import LogKey, Recipient, Trust, TrustedLedger
from schemas.types import UNSET, Private, Record, Role, SignsAs

ORIGIN = "evidence.police.example/main"
CASE, NUMBER = "2026-0417", "EX-1"
FILE = b"hello"
PEOPLE = ("exam-07", "exam-11", "reg-01", "reg-02", "system")
DAY = "2026-11-21T"


def signing_key(number: int) -> SigningKey:
    """Return the key whose seed is 32 times the byte ``number``."""
    return SigningKey(bytes([number]) * 32)


def person_key(agent: str) -> SigningKey:
    """Return an agent's key: seed 0x01 for the first of PEOPLE, 0x02 for the next."""
    return signing_key(PEOPLE.index(agent) + 1)


def log_key() -> tuple[SigningKey, VerifierKey]:
    """Return the ledger's key, whose seed is of bytes 0x0a."""
    key = signing_key(10)
    return key, verifier_key(name=ORIGIN, type=KeyType.LOG, key=bytes(key.verify_key))


def cosigner_key() -> tuple[SigningKey, VerifierKey]:
    """Return a cosigner's key, whose seed is of bytes 0x0b."""
    key = signing_key(11)
    return key, verifier_key(name="cosigner.example/1", type=KeyType.COSIGNER, key=bytes(key.verify_key))


def public_key(agent: str) -> PublicKey:
    """Return an agent's key as it enters the ledger, with its proof of possession."""
    key, nonce = person_key(agent), bytes([PEOPLE.index(agent) + 1]) * 16
    unproven = PublicKey(
        algorithm="ed25519",
        key=text.format_base64(bytes(key.verify_key)),
        nonce=nonce.hex(),
        proof=text.format_base64(bytes(64)),
    )
    message = pae(ENROL_PAYLOAD_TYPE, enrol.enrolment_payload(agent=agent, key=unproven))
    return PublicKey(
        algorithm="ed25519", key=unproven.key, nonce=unproven.nonce,
        proof=text.format_base64(key.sign(message).signature),
    )  # fmt: skip


def enrolled(agent: str, role: Role) -> AgentEnrolled:
    """Return the details that enrol an agent with one role and one key."""
    kind: AgentKind = "system" if agent == "system" else "person"
    return AgentEnrolled(agent=agent, keys=(public_key(agent),), kind=kind, roles=(role,))


@dataclass
class Story:
    """The ledger as it grows."""

    entries: list[ParsedEntry] = field(default_factory=list)
    disclosures: list[Disclosure] = field(default_factory=list)
    subjects: dict[Subject, list[bytes]] = field(default_factory=dict)

    def private(self, path: str, value: object) -> Private:
        """Return a private value whose salt is the number of the disclosure."""
        salt = (len(self.disclosures) + 1).to_bytes(16, "big")
        self.disclosures.append(make_disclosure(salt=salt, path=path, value=value))
        return self.disclosures[-1].private

    def event(
        self,
        kind: str,
        details: Record,
        signers: Sequence[tuple[str, SignsAs]],
        *,
        case: str = "",
        link: Link | None = None,
        about: tuple[About, ...] = (),
    ) -> ParsedEvent:
        """Return the next event; its nonce is its index, its time one hour after the one before."""
        index = len(self.entries)
        return encode_event(
            Event(
                about=about or UNSET,
                actor=signers[0][0],
                case=case or UNSET,
                details=msgspec.Raw(canonical.encode(details)),
                exhibit=NUMBER if link else UNSET,
                ledger=ORIGIN,
                link=link or UNSET,
                nonce=index.to_bytes(16, "big").hex(),
                occurred_at=f"{DAY}{8 + index:02d}:00:00Z",
                schema="custody-event/v1",
                signers=tuple(Signer(agent=agent, as_=office) for agent, office in signers),
                type=kind,
                utc_offset="+08:00",
            )
        )

    def append(self, event: ParsedEvent, *subjects: Subject, index_root: str = "") -> ParsedEntry:
        """Sign the event, make it the next entry, and give it to its subjects."""
        index = len(self.entries)
        made = Entry(
            envelope=envelope(event),
            index=index,
            index_root=index_root or UNSET,
            ledger=ORIGIN,
            previous=self.entries[-1].leaf.hex() if index else text.ZERO_HASH,
            recorded_at=f"{DAY}{8 + index:02d}:00:30Z",
            schema="custody-entry/v1",
        )
        entry = parse_entry(canonical.encode(made))
        self.entries.append(entry)
        for subject in subjects:
            self.subjects.setdefault(subject, []).append(entry.leaf)
        return entry

    @property
    def leaves(self) -> list[bytes]:
        """Leaf hashes of all entries."""
        return [entry.leaf for entry in self.entries]

    def value(self, subject: Subject) -> SubjectValue:
        """Return what the index says about a subject."""
        leaves = self.subjects[subject]
        return SubjectValue(len(leaves), merkle.root_of(leaves))

    def trie(self) -> SubjectTrie:
        """Return the index over all entries so far."""
        trie = SubjectTrie()
        for subject in self.subjects:
            trie.put(subject_key(subject), self.value(subject))
        return trie


def envelope(event: ParsedEvent) -> Envelope:
    """Return the event with the signature of every named signer."""
    signatures = []
    for signer in event.event.signers:
        key = person_key(signer.agent)
        signature = text.format_base64(key.sign(pae(PAYLOAD_TYPE, event.raw)).signature)
        signatures.append(Signature(keyid=key_id("ed25519", bytes(key.verify_key)), sig=signature))
    ordered = tuple(sorted(signatures, key=lambda item: item.keyid))
    return Envelope(payload=text.format_base64(event.raw), payloadType=PAYLOAD_TYPE, signatures=ordered)


@cache
def story() -> Story:
    """Return the ledger before the bundle: entries 0 to 5."""
    made = Story()
    opened = LedgerOpened(
        agents=(enrolled("reg-01", "registrar"), enrolled("reg-02", "registrar"), enrolled("system", "system")),
        authority=made.private("/details/authority", "Example Police"),
        country="XA",
        log_keys=(format_verifier_key(log_key()[1]),),
    )
    both: list[tuple[str, SignsAs]] = [("reg-01", "actor"), ("reg-02", "registrar")]
    agents: list[Subject] = [("agent", agent) for agent in ("reg-01", "reg-02", "system")]
    made.append(made.event("ledger.opened", opened, both), ("ledger",), *agents)
    roles: dict[str, Role] = {"exam-07": "examiner", "exam-11": "custodian"}
    for agent, role in roles.items():
        event = made.event("agent.enrolled", enrolled(agent, role), [("reg-01", "actor")])
        made.append(event, ("agent", agent))
    case = CaseOpened(
        authority=made.private("/details/authority", "Prosecutor 4"),
        legal_basis=made.private("/details/legal_basis", "Warrant 12/2026"),
        offences=(Offence(country="XA", iccs="0903", text=made.private("/details/offences/0/text", "fraud")),),
    )
    made.append(made.event("case.opened", case, [("reg-01", "actor")], case=CASE), ("case", CASE))
    made.append(_registered(made), ("exhibit", CASE, NUMBER), ("case-exhibits", CASE))
    handover = HandedOver(purpose=made.private("/details/purpose", "storage"))
    link = Link(previous=made.entries[4].event.hash, sequence=1)
    people: list[tuple[str, SignsAs]] = [("exam-07", "actor"), ("exam-11", "to")]
    event = made.event("custody.handed-over", handover, people, case=CASE, link=link)
    made.append(event, ("exhibit", CASE, NUMBER))
    return made


def _registered(made: Story) -> ParsedEvent:
    record = FileRecord(
        digests=Digests(sha256=sha256(FILE).hexdigest()),
        path=made.private("/path", "chat/hello.txt"),
        size=len(FILE),
        type="file",
    )
    details = ExhibitRegistered(
        content=content.content_of([record]),
        description=made.private("/details/description", "a chat export"),
        kind="chat",
        nature="data",
        obtained="seizure",
    )
    return made.event("exhibit.registered", details, [("exam-07", "actor")], case=CASE, link=Link(sequence=0))


@dataclass(frozen=True)
class Bundled:
    """The ledger after the export, and the bundle."""

    story: Story
    members: Mapping[str, bytes]
    raw: bytes
    trust: bytes


@cache
def bundled() -> Bundled:
    """Return the bundle of the exhibit, whose export is entry 6."""
    before = story()
    made = Story(list(before.entries), list(before.disclosures), {k: list(v) for k, v in before.subjects.items()})
    payload = _payload(made)
    manifest = bag.format_manifest((name, sha256(raw).hexdigest()) for name, raw in payload.items())
    export = BundleExported(
        manifest=sha256(manifest).hexdigest(), recipient=made.private("/details/recipient", "Court 3")
    )
    about = (About(exhibit=made.entries[4].event.hash),)
    trie = made.trie()
    event = made.event("bundle.exported", export, [("exam-11", "actor")], about=about)
    made.append(event, ("exhibit", CASE, NUMBER), index_root=trie.root().hex())
    members = {
        layout.BAGIT: bag.DECLARATION,
        layout.BAG_INFO: bag.format_bag_info(total_bytes=sum(map(len, payload.values())), count=len(payload)),
        **payload,
        layout.MANIFEST: manifest,
        layout.CHECKPOINT: note(made),
        layout.PROOF: _proof(before, made, trie),
        **{layout.entry_name(entry.entry.index): entry.raw for entry in made.entries},
    }
    tags = ((name, sha256(raw).hexdigest()) for name, raw in members.items() if not layout.is_payload(name))
    members[layout.TAG_MANIFEST] = bag.format_manifest(tags)
    members = dict(sorted(members.items(), key=lambda item: layout.place_of(item[0])))
    return Bundled(made, members, _zip(members), _trust(made))


def _payload(made: Story) -> dict[str, bytes]:
    bundle = Bundle(
        documents=(),
        exhibits=(BundledExhibit(case=CASE, exhibit=NUMBER),),
        files=(BundledFile(sha256=sha256(FILE).hexdigest(), size=len(FILE)),),
        ledger=ORIGIN,
        nonce=bytes([7]).hex() * 16,
        schema="custody-bundle/v1",
    )
    seen = tuple(sorted(item.text for item in made.disclosures))
    return {
        layout.README: b"See docs/spec/bundle.md.\n",
        layout.BUNDLE: canonical.encode(bundle),
        layout.DISCLOSURES: canonical.encode(Disclosures(disclosures=seen, schema="custody-disclosures/v1")),
        layout.FILES + sha256(FILE).hexdigest(): FILE,
    }


def note(made: Story, *, cosigned_at: int | None = None) -> bytes:
    """Return the signed checkpoint over all entries, with a cosignature if a time is given."""
    key, verifier = log_key()
    body = format_checkpoint(Checkpoint(ORIGIN, len(made.entries), merkle.root_of(made.leaves)))
    lines = [NoteSignature(verifier.name, verifier.id, key.sign(body).signature)]
    if cosigned_at is not None:
        key, verifier = cosigner_key()
        signature = key.sign(cosigned_message(body, time=cosigned_at)).signature
        lines.append(NoteSignature(verifier.name, verifier.id, cosigned_at.to_bytes(8, "big") + signature))
    return format_note(UnverifiedNote(body, tuple(lines)))


def _proof(before: Story, made: Story, trie: SubjectTrie) -> bytes:
    size = len(made.entries)
    names: list[Subject] = [("ledger",), ("case", CASE), ("exhibit", CASE, NUMBER)]
    names += [("agent", agent) for agent in PEOPLE if agent != "system"]
    subjects = (
        SubjectProof(
            count=before.value(name).count,
            root=before.value(name).root.hex(),
            siblings=tuple(item.hex() for item in trie.prove(subject_key(name))),
            subject=name,
        )
        for name in sorted(names, key=encode_subject)
    )
    nodes = prove_multi(LeafNodes(made.leaves), range(size), size)
    return canonical.encode(
        Proof(
            consistency=(),
            nodes=tuple(node.hex() for node in nodes),
            schema="custody-proof/v1",
            subjects=tuple(subjects),
        )
    )


def _zip(members: Mapping[str, bytes]) -> bytes:
    raw, placed = b"", []
    for name, item in members.items():
        member = Member(name=name, size=len(item), crc=zlib.crc32(item), offset=len(raw))
        placed.append(member)
        raw += format_local(member) + item
    directory = b"".join(map(format_central, placed))
    return raw + directory + format_end(count=len(placed), size=len(directory), offset=len(raw))


def _trust(made: Story) -> bytes:
    ledger = TrustedLedger(
        authority="Example Police",
        country="XA",
        genesis=made.entries[0].leaf.hex(),
        log_keys=(LogKey(first=0, key=format_verifier_key(log_key()[1])),),
        origin=ORIGIN,
        seen=(),
    )
    return canonical.encode(Trust(ledgers=(ledger,), recipient=Recipient(name="Court 3"), schema="custody-trust/v1"))
