"""The bytes on the pages, read back with the code: what a foreign implementer tries first is true."""

import re
from hashlib import sha256

import pytest

from custody.evidence.piece_digests import PieceDigests
from custody.verify.fold.disputes import find_disputes
from custody.verify.record.tree import check_consistency, check_inclusion, check_multiproof
from custody.verify.record.trie import check_subject
from custody.verify.record.trusting import parse_trust
from keys.dsse import check_envelope_signature, open_enrolment
from keys.note import open_note
from keys.verifier_key import KeyType, parse_verifier_key
from schemas import bag, canonical, layout, limits, merkle, text
from schemas.bundle import Bundle, Disclosures
from schemas.checkpoint import parse_checkpoint
from schemas.content import Content, FileRecord, ManifestLine, Pieces, content_of
from schemas.details.exhibit import ExhibitRegistered
from schemas.draft import Draft
from schemas.entry import parse_entry
from schemas.envelope import Envelope, pae
from schemas.errors import RecordError
from schemas.event import PAYLOAD_TYPE, parse_event
from schemas.pieces import commit_to, parse_list
from schemas.private import parse_disclosure
from schemas.proof import parse_consistency, parse_nodes, parse_proof
from schemas.report import Report, Verdict
from schemas.subject import SubjectValue, parse_subject
from schemas.tlog_proof import parse_tlog_proof
from schemas.types import Record
from tests.spec.reading import verified
from tests.spec.story import bundled, person_key
from tests.spec.tables import SPEC

_EXAMPLE = re.compile(r"<!-- generated: example (\S+) -->\n```\w+\n(.*?)\n```\n<!-- end -->", re.DOTALL)
_TAGGED = re.compile(r"```json (canonical|refused)\n(.*?)\n```", re.DOTALL)


class Sizes(Record, frozen=True, kw_only=True):
    """The record of the first page's example."""

    bytes: int
    count: int
    root: str


@pytest.fixture(scope="module")
def page() -> dict[str, str]:
    """Every example as it stands on its page."""
    return {name: body for path in SPEC.glob("*.md") for name, body in _EXAMPLE.findall(path.read_text("utf-8"))}


def test_one_spelling_is_canonical_and_the_others_are_refused() -> None:
    """Two spellings of one record would be two records to one reader and one to another."""
    blocks = dict(_TAGGED.findall((SPEC / "canonical-json.md").read_text("utf-8")))
    assert canonical.decode(blocks["canonical"].encode(), Sizes, maximum=4096).bytes == 5
    lines = blocks["refused"].split("\n")
    assert len(lines) == 6
    for line in lines:
        with pytest.raises(RecordError):
            canonical.decode(line.encode(), Sizes, maximum=4096)


def test_the_event_hashes_to_what_the_page_says_and_the_next_act_names_it(page: dict[str, str]) -> None:
    """The chain of an exhibit is made of these hashes."""
    event = parse_event(page["event"].encode())
    assert event.hash == page["event-hash"]
    link = parse_event(page["handover"].encode()).event.link
    assert not isinstance(link, type(event.event.not_after))
    assert link.previous == page["event-hash"]  # type: ignore[union-attr]


def test_a_disclosure_is_its_array_and_hashes_to_its_commitment(page: dict[str, str]) -> None:
    """Whoever opens a commitment must know which bytes are hashed."""
    lines = page["disclosures"].split("\n")
    for plain, line, commitment in zip(lines[::3], lines[1::3], lines[2::3], strict=True):
        assert text.format_base64url(plain.encode()) == line
        assert sha256(line.encode("ascii")).hexdigest() == commitment == parse_disclosure(line).commitment
        assert commitment in page["event"]


def test_the_envelope_signs_the_event_of_its_page(page: dict[str, str]) -> None:
    """The PAE is where implementations differ first: lengths in bytes, payload not in base64."""
    envelope = canonical.decode(page["envelope"].encode(), Envelope, maximum=limits.ENTRY_BYTES)
    payload = text.parse_base64(envelope.payload)
    assert payload.decode() == page["event"]
    message = pae(PAYLOAD_TYPE, payload)
    start, digest = page["pae"].split("\n")
    assert message.startswith(start.encode())
    assert sha256(message).hexdigest() in digest
    key = bytes(person_key("exam-07").verify_key)
    check_envelope_signature(message=message, signature=envelope.signatures[0], key=key)


def test_the_request_to_enrol_proves_possession(page: dict[str, str]) -> None:
    """The proof is over the payload of the page, and nothing else."""
    proven = open_enrolment(page["enrol-file"].encode())
    payload, message = page["key"].split("\n")
    assert message == f"DSSEv1 37 application/vnd.custody.enrol.v1+json {len(payload)} {payload}"
    assert proven.agent == "exam-07"
    assert proven.key_id in page["envelope"]


def test_the_draft_is_one(page: dict[str, str]) -> None:
    """A draft travels between people whose programs differ."""
    draft = canonical.decode(page["draft"].encode(), Draft, maximum=limits.DRAFT_BYTES)
    assert text.parse_base64(draft.events[0].payload).decode() == page["handover"]


def test_the_entry_is_leaf_4_of_the_tree(page: dict[str, str]) -> None:
    """One hash serves chain and tree."""
    leaves = _leaves(page)
    entry = parse_entry(page["entry"].encode())
    assert entry.leaf == leaves[4]
    assert entry.entry.previous == leaves[3].hex()
    assert merkle.root_of(leaves).hex() == page["tree"].split()[-1]
    assert parse_event(page["entry-0"].encode()).type == "ledger.opened"


def _leaves(page: dict[str, str]) -> list[bytes]:
    return [bytes.fromhex(line.split()[-1]) for line in page["tree"].split("\n") if line.startswith("leaf")]


def test_the_content_root_is_made_of_the_file_record(page: dict[str, str]) -> None:
    """An expert must be able to compute the root by hand."""
    record = canonical.decode(page["content-record"].encode(), FileRecord, maximum=4096)
    details = parse_event(page["event"].encode()).details
    assert isinstance(details, ExhibitRegistered)
    assert isinstance(details.content, Content)
    assert content_of([record]) == details.content
    line = canonical.decode(page["manifest-line"].encode(), ManifestLine, maximum=limits.MANIFEST_LINE)
    assert line.record == record
    assert isinstance(line.disclosures, tuple)
    assert parse_disclosure(line.disclosures[0]).private == record.path


def test_the_list_of_pieces_is_that_of_the_file_on_the_page(page: dict[str, str]) -> None:
    """Damage is told to the byte by somebody else's program too, from this page alone."""
    committed = canonical.decode(page["pieces"].encode(), Pieces, maximum=4096)
    found = parse_list(page["pieces-list"].encode().split(b"\n"), pieces=committed)
    running = PieceDigests()
    running.update(memoryview(bytes(16_777_217)))
    assert running.finish() == found
    assert committed == commit_to(found)


def test_the_checkpoint_is_signed_by_log_and_cosigner(page: dict[str, str]) -> None:
    """A cosignature signs other bytes than a log's signature does."""
    log, cosigner = map(parse_verifier_key, page["verifier-keys"].split("\n"))
    assert (log.type, cosigner.type) == (KeyType.LOG, KeyType.COSIGNER)
    note = open_note(f"{page['checkpoint']}\n".encode(), (log, cosigner))
    assert [signature.time for signature in note.verified] == [None, 1795478400]
    checkpoint = parse_checkpoint(note.text)
    assert checkpoint.root == merkle.root_of(_leaves(page))


def test_the_proofs_hold(page: dict[str, str]) -> None:
    """Inclusion, consistency and multiproof of the page lead to the page's root."""
    leaves = _leaves(page)
    root = merkle.root_of(leaves)
    proof = parse_tlog_proof(f"{page['tlog-proof']}\n".encode())
    check_inclusion(index=proof.index, size=7, leaf=leaves[proof.index], nodes=proof.nodes, root=root)
    link = parse_consistency(page["consistency"].encode())
    first_root = merkle.root_of(leaves[: link.first])
    check_consistency(
        first=link.first, second=link.second, first_root=first_root, second_root=root, nodes=parse_nodes(link.nodes)
    )
    nodes = parse_nodes(page["multiproof"].split("\n"))
    check_multiproof(size=7, known={3: leaves[3], 4: leaves[4]}, nodes=nodes, root=root)


def test_the_subject_stands_in_the_index(page: dict[str, str]) -> None:
    """The export of the same example commits to this index."""
    lines = [line.split(maxsplit=1) for line in page["subject"].split("\n") if not line.startswith("sibling")]
    said = {name: rest.strip() for name, rest in lines}
    siblings = [line.split()[-1] for line in page["subject"].split("\n") if line.startswith("sibling")]
    value = canonical.decode_plain(said["value"].encode(), maximum=4096)
    check_subject(
        subject=parse_subject(canonical.decode_plain(said["subject"].encode(), maximum=4096)),
        value=SubjectValue(value["count"], bytes.fromhex(value["root"])),
        siblings=parse_nodes(siblings),
        root=bytes.fromhex(said["index_root"]),
    )
    assert bundled().story.entries[6].entry.index_root == said["index_root"]
    assert value["root"] == merkle.root_of(_leaves(page)[4:6]).hex()


def test_the_members_on_the_pages_are_those_of_the_bundle(page: dict[str, str]) -> None:
    """Each of them is shown where its form is explained."""
    members = bundled().members
    assert [line.split()[-1] for line in page["members"].split("\n")] == list(members)
    assert sorted(members, key=layout.place_of) == list(members)
    assert canonical.decode(page["bundle-json"].encode(), Bundle, maximum=limits.JSON_BYTES).exhibits
    shown = canonical.decode(page["disclosures-json"].encode(), Disclosures, maximum=limits.JSON_BYTES)
    assert {parse_disclosure(line).path for line in shown.disclosures} >= {"/path", "/details/description"}
    assert len(parse_proof(page["proof-json"].encode()).subjects) == 7
    manifest = bag.parse_manifest(f"{page['manifest']}\n".encode())
    assert dict(manifest)[layout.BUNDLE] == sha256(page["bundle-json"].encode()).hexdigest()
    assert bundled().raw.hex(" ").startswith(page["zip-start"].replace("\n", " "))
    assert bundled().raw.hex(" ").endswith(page["zip-end"])
    bag.check_declaration("\n".join([*page["bag"].split("\n")[:2], ""]).encode())


def test_the_bundle_of_the_pages_verifies(page: dict[str, str]) -> None:
    """All pages together describe one bundle that PASSES, under the trust file of its own page."""
    assert parse_trust(page["trust"].encode()).ledgers[0].genesis == _leaves(page)[0].hex()
    report = canonical.decode(page["report"].encode(), Report, maximum=limits.JSON_BYTES)
    assert report == verified().report
    assert report.verdict is Verdict.PASSED


def test_nothing_is_in_dispute_in_the_example() -> None:
    """A ledger without revocations has no disputes, so the report of the page shows none."""
    assert find_disputes([], {}).disputed == {}
