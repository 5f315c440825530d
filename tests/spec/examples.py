"""The examples of docs/spec, cut from the story's ledger: ``examples()`` names them, `fenced` makes a page's block."""

from collections.abc import Callable
from functools import cache
from hashlib import sha256

from blake3 import blake3

from custody.ledger.prove import LeafNodes, prove_consistency, prove_inclusion, prove_multi
from keys.verifier_key import format_verifier_key
from schemas import canonical, layout, limits, merkle
from schemas.certificate import Certificate, CertifiedFile, CertifiedRequest, certified_content
from schemas.content import Content, Digests, FileRecord, ManifestLine
from schemas.details.exhibit import ExhibitRegistered
from schemas.draft import Draft, DraftEvent
from schemas.enrol import enrolment_payload, format_enrolment
from schemas.envelope import ENROL_PAYLOAD_TYPE, pae
from schemas.event import PAYLOAD_TYPE
from schemas.pieces import commit_to, format_list
from schemas.proof import Consistency, format_consistency
from schemas.subject import digest_value, encode_subject, leaf_of, subject_key
from schemas.text import parse_base64url
from schemas.tlog_proof import TlogProof, format_tlog_proof
from tests.onchain.scenes import page_proof
from tests.spec import story
from tests.spec.reading import verified
from tests.spec.story import CASE, NUMBER, ORIGIN, bundled, cosigner_key, log_key, public_key

EXHIBIT = ("exhibit", CASE, NUMBER)


def _event() -> bytes:
    return bundled().story.entries[4].event.raw


def _disclosures() -> str:
    lines = []
    for item in bundled().story.disclosures[4:6]:
        plain = canonical.encode([_salt(item.text), item.path, item.value]).decode()
        lines += [plain, item.text, item.commitment]
    return "\n".join(lines)


def _salt(line: str) -> str:
    return str(canonical.decode_plain(parse_base64url(line), maximum=4096)[0])


def _pae_start() -> str:
    message = pae(PAYLOAD_TYPE, _event())
    return f"{message[:72].decode()}\nSHA-256 of the whole: {sha256(message).hexdigest()} ({len(message)} bytes)"


def _key() -> str:
    key = public_key("exam-07")
    return "\n".join(
        (
            enrolment_payload(agent="exam-07", key=key).decode(),
            pae(ENROL_PAYLOAD_TYPE, enrolment_payload(agent="exam-07", key=key)).decode(),
        )
    )


def _file_record() -> FileRecord:
    details = bundled().story.entries[4].event.details
    assert isinstance(details, ExhibitRegistered)
    assert isinstance(details.content, Content)
    assert isinstance(details.content.files, tuple)
    return details.content.files[0]


def _certified_file() -> CertifiedFile:
    raw = b"hello"
    digests = Digests(blake3=blake3(raw).hexdigest(), sha256=sha256(raw).hexdigest())
    return CertifiedFile(digests=digests, name="logs/2026-06.csv", size=len(raw))


def _certificate() -> Certificate:
    answers = CertifiedRequest(ledger=ORIGIN, manifest="ab" * 32, request="req-7", sha256="cd" * 32)
    return Certificate(
        answers=answers, content=certified_content([_certified_file()]), issued_at="2026-11-21T12:00:00Z",
        kind="production", method="SHA-256 and BLAKE3 of each file", nonce="00" * 16, provider="provider-1",
        schema="custody-certificate/v1", seal="Example Platform, unit 3",
    )  # fmt: skip


def _manifest_line() -> str:
    seen = next(item.text for item in bundled().story.disclosures if item.path == "/path")
    return canonical.encode(ManifestLine(disclosures=(seen,), record=_file_record())).decode()


@cache
def _pieces() -> bytes:
    """Digests of the two pieces of a file of zeros that is one byte larger than one piece."""
    return blake3(bytes(limits.PIECE_BYTES)).digest() + blake3(b"\0").digest()


def _tree() -> str:
    leaves = bundled().story.leaves
    lines = [f"leaf {index}  {leaf.hex()}" for index, leaf in enumerate(leaves)]
    return "\n".join([*lines, f"root {len(leaves)}  {merkle.root_of(leaves).hex()}"])


def _inclusion() -> str:
    made = bundled().story
    nodes = tuple(prove_inclusion(LeafNodes(made.leaves), 4, 7))
    return format_tlog_proof(TlogProof(4, nodes, story.note(made))).decode()


def _consistency() -> str:
    nodes = prove_consistency(LeafNodes(bundled().story.leaves), 4, 7)
    proof = Consistency(
        first=4, nodes=tuple(node.hex() for node in nodes), origin=ORIGIN, schema="custody-consistency/v1", second=7
    )
    return format_consistency(proof).decode()


def _multiproof() -> str:
    return "\n".join(node.hex() for node in prove_multi(LeafNodes(bundled().story.leaves), [3, 4], 7))


def _subject() -> str:
    before = story.story()
    key, value = subject_key(EXHIBIT), before.value(EXHIBIT)
    siblings = before.trie().prove(key)
    return "\n".join(
        (
            f"subject     {encode_subject(EXHIBIT).decode()}",
            f"key         {key.hex()}",
            f'value       {{"count":{value.count},"root":"{value.root.hex()}"}}',
            f"digest      {digest_value(value).hex()}",
            f"leaf        {leaf_of(key, value).hex()}",
            *(f"sibling {depth}   {sibling.hex()}" for depth, sibling in enumerate(siblings)),
            f"index_root  {before.trie().root().hex()}",
        )
    )


def _draft() -> str:
    made = bundled().story
    envelope = made.entries[5].entry.envelope
    purpose = next(item.text for item in made.disclosures if item.path == "/details/purpose")
    event = DraftEvent(payload=envelope.payload, signatures=envelope.signatures[:1])
    return canonical.encode(
        Draft(disclosures=(purpose,), events=(event,), ledger=ORIGIN, schema="custody-draft/v1")
    ).decode()


def _members() -> str:
    members = bundled().members
    return "\n".join(f"{len(raw):6}  {sha256(raw).hexdigest()[:16]}…  {name}" for name, raw in members.items())


def _zip_start() -> str:
    raw = bundled().raw
    start = raw[:48]
    return "\n".join(start[at : at + 16].hex(" ") for at in range(0, len(start), 16))


def _zip_end() -> str:
    raw = bundled().raw
    return raw[-22:].hex(" ")


@cache
def examples() -> dict[str, tuple[str, Callable[[], str]]]:
    """Return every example by name: the language of its block, and what makes it."""
    made, members = bundled().story, bundled().members
    return {
        "content-record": ("json", lambda: canonical.encode(_file_record()).decode()),
        "manifest-line": ("json", _manifest_line),
        "pieces": ("json", lambda: canonical.encode(commit_to(_pieces())).decode()),
        "pieces-list": ("text", lambda: b"".join(format_list(_pieces())).decode().removesuffix("\n")),
        "event": ("json", lambda: _event().decode()),
        "event-hash": ("text", lambda: sha256(_event()).hexdigest()),
        "handover": ("json", lambda: made.entries[5].event.raw.decode()),
        "disclosures": ("text", _disclosures),
        "envelope": ("json", lambda: canonical.encode(made.entries[4].entry.envelope).decode()),
        "pae": ("text", _pae_start),
        "key": ("text", _key),
        "enrol-file": ("json", lambda: format_enrolment(agent="exam-07", key=public_key("exam-07")).decode()),
        "draft": ("json", _draft),
        "entry": ("json", lambda: made.entries[4].raw.decode()),
        "entry-0": ("json", lambda: made.entries[0].event.raw.decode()),
        "tree": ("text", _tree),
        "checkpoint": ("text", lambda: story.note(made, cosigned_at=1795478400).decode()),
        "verifier-keys": ("text", lambda: "\n".join(format_verifier_key(k) for _, k in (log_key(), cosigner_key()))),
        "tlog-proof": ("text", _inclusion),
        "consistency": ("json", _consistency),
        "multiproof": ("text", _multiproof),
        "subject": ("text", _subject),
        "members": ("text", _members),
        "bundle-json": ("json", lambda: members[layout.BUNDLE].decode()),
        "disclosures-json": ("json", lambda: members[layout.DISCLOSURES].decode()),
        "proof-json": ("json", lambda: members[layout.PROOF].decode()),
        "manifest": ("text", lambda: members[layout.MANIFEST].decode()),
        "bag": ("text", lambda: (members[layout.BAGIT] + members[layout.BAG_INFO]).decode()),
        "zip-start": ("text", _zip_start),
        "zip-end": ("text", _zip_end),
        "report": ("json", lambda: canonical.encode(verified().report).decode()),
        "asset-proof": ("json", lambda: canonical.encode(page_proof()).decode()),
        "certificate": ("json", lambda: canonical.encode(_certificate()).decode()),
        "certified-file": ("json", lambda: canonical.encode(_certified_file()).decode()),
        "trust": ("json", lambda: bundled().trust.decode()),
    }


def fenced(name: str) -> str:
    """Return an example as the fenced block that stands in the page."""
    language, make = examples()[name]
    return f"```{language}\n{make().rstrip(chr(10))}\n```\n"
