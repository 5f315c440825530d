"""Steps 0 to 10: a member of each kind that is damaged or missing, what nobody calls for, and what is too large."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from hashlib import sha256
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from schemas import canonical, layout
from tests.vectors.forge import Members, pack, retag
from tests.vectors.letter_cases import Letter
from tests.vectors.posts import Post, trust_in
from tests.vectors.setting import CASES, HANDED_OVER, Setting, Vector, plain_bundle
from tests.vectors.transfer_cases import Road

PHOTO = b"a photo of the exhibit"


def _enter(name: str, comment: str, tell: Callable[[Setting], Vector]) -> None:
    assert name not in CASES, f"two cases named {name}"
    CASES[name] = (comment, tell)


# A byte of a member is another one, and the container still says its CRC


def _with_a_photo(setting: Setting) -> Members:
    digest = sha256(PHOTO).hexdigest()
    setting.forge.documents[digest] = PHOTO
    setting.act("exhibit.sealed", {"photos": [digest], "seal": "A-1"}, actor="custodian-1")
    return plain_bundle(setting)


def _flip(members: Members, name: str) -> bytes:
    """Return the container with the last letter or digit of a member changed."""
    raw = pack(members)
    with ZipFile(BytesIO(raw)) as archive:
        item = archive.getinfo(name)
        head = item.header_offset
    start = head + 30 + int.from_bytes(raw[head + 26 : head + 28], "little")
    start += int.from_bytes(raw[head + 28 : head + 30], "little")
    at = next(place for place in reversed(range(start, start + item.file_size)) if chr(raw[place]).isalnum())
    return raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]


def _damaged(kind: str, find: Callable[[Members], str]) -> None:
    def tell(setting: Setting) -> Vector:
        members = _with_a_photo(setting)
        return setting.failed(_flip(members, find(members)), 0, "container.crc")

    _enter(f"damaged-{kind}", f"One bit is another: {kind}.", tell)


def _named(name: str) -> Callable[[Members], str]:
    return lambda members: next(item for item in members if item.startswith(name))


KINDS = {
    "declaration": layout.BAGIT, "bag-info": layout.BAG_INFO, "manifest": layout.MANIFEST, "record": layout.BUNDLE,
    "tag-manifest": layout.TAG_MANIFEST, "page": layout.README, "disclosures": layout.DISCLOSURES,
    "document": layout.DOCUMENTS, "checkpoint": layout.CHECKPOINT, "proof": layout.PROOF,
    "entry": layout.entry_name(HANDED_OVER),
}  # fmt: skip
for _kind, _name in KINDS.items():
    _damaged(_kind, _named(_name))


def _inner_damaged(setting: Setting) -> Vector:
    road = Road(setting)
    road.b.accept(road.a, road.parcel)
    members = road.onward()
    raw = _flip(members, _named(layout.INHERITED)(members))
    return Vector("FAILED", raw, 0, "container.crc", trust=trust_in(road.a, road.b))


_enter("damaged-bundle-within", "One bit of a bundle within is another.", _inner_damaged)


def _missing(kind: str) -> None:
    def tell(setting: Setting) -> Vector:
        members = plain_bundle(setting)
        del members[KINDS[kind]]
        return setting.failed(members, 0, "container.member-missing")

    _enter(f"missing-{kind}", f"A member that must be there is missing: {kind}.", tell)


for _kind in ("manifest", "disclosures", "checkpoint", "proof"):
    _missing(_kind)


def _too_large(setting: Setting) -> Vector:
    """An entry that no reader reads: it is above the cap of its member."""
    index = setting.act("exhibit.sealed", {"seal": "A-1"}, actor="custodian-1")
    raw = setting.forge.raws[index]
    setting.forge.raws[index] = raw[:-1] + b',"x":"' + b"x" * 65_536 + b'"}'
    setting.act("exhibit.examined", {"purpose": "x"}, actor="custodian-1")
    return setting.failed(plain_bundle(setting, extra=[index]), 0, "container.member-size")


def _no_newest(setting: Setting) -> Vector:
    """The checkpoint's newest entry is left out: nothing commits to the payload."""
    members = plain_bundle(setting)
    del members[layout.entry_name(len(setting.forge.raws) - 1)]
    return setting.failed(retag(members), 4, "entries.export")


def _listed_elsewhere(setting: Setting) -> Vector:
    """The payload manifest lists what the layout has no place for."""
    members = plain_bundle(setting)
    line = b"%s  data/notes.txt\n" % (b"ab" * 32)
    lines: list[bytes] = [*members[layout.MANIFEST].splitlines(keepends=True), line]
    lines.sort(key=_path)
    members[layout.MANIFEST] = b"".join(lines)
    return setting.failed(retag(members), 1, "bag.path")


def _path(line: bytes) -> bytes:
    return line.split(b"  ", 1)[1]


_enter("entry-too-large", "An entry above the cap of its member.", _too_large)
_enter("entries-without-the-newest", "The newest entry, which commits to the payload, is left out.", _no_newest)
_enter("manifest-of-another-place", "The payload manifest lists a file where none may be.", _listed_elsewhere)

# Proofs


def _proven(name: str, comment: str, step: int, code: str, edit: Callable[[list[dict[str, Any]]], object]) -> None:
    """Enter a case of a ``proof.json`` with other subjects."""

    def tell(setting: Setting) -> Vector:
        members = plain_bundle(setting)
        proof = json.loads(members[layout.PROOF])
        edit(proof["subjects"])
        members[layout.PROOF] = canonical.encode(proof)
        return setting.failed(retag(members), step, code)

    _enter(name, comment, tell)


def _too_many(subjects: list[dict[str, Any]]) -> None:
    """A proof of somebody for whom nothing calls: that of another agent, under his name."""
    last = max(place for place, item in enumerate(subjects) if item["subject"][0] == "agent")
    subjects.insert(last + 1, {**subjects[last], "subject": ["agent", "zz"]})


_proven("subject-without-call", "A subject is proven for which nothing calls.", 8, "completeness.subjects", _too_many)
_proven("subject-proven-twice", "A subject is proven twice.", 4, "record.malformed",
        lambda subjects: subjects.insert(0, subjects[0]))  # fmt: skip
_proven("subjects-out-of-order", "Subjects that are proven, out of order.", 4, "record.malformed",
        lambda subjects: subjects.reverse())  # fmt: skip
_proven("subject-of-no-kind", "A subject of no kind that there is.", 4, "record.malformed",
        lambda subjects: subjects[0]["subject"].__setitem__(0, "person"))  # fmt: skip
_proven("subject-of-too-many-parts", "A subject with a part too many.", 4, "record.malformed",
        lambda subjects: subjects[0]["subject"].append("x"))  # fmt: skip


# Records that stand out of order


def _record(name: str, comment: str, member: str, step: int, edit: Callable[[Any], object]) -> None:
    """Enter a case of a small member with a record that isn't well formed."""

    def tell(setting: Setting) -> Vector:
        def change(members: Members) -> None:
            record = json.loads(members[member])
            edit(record)
            members[member] = json.dumps(record, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()

        return setting.failed(plain_bundle(setting, edit_payload=change), step, "record.malformed")

    _enter(name, comment, tell)


BUNDLED: Sequence[tuple[str, str, Callable[[Any], object]]] = (
    ("files-out-of-order", "Files stand out of order.", lambda record: record["files"].reverse()),
    ("a-file-twice", "A file stands twice.", lambda record: record["files"].insert(0, record["files"][0])),
    ("an-exhibit-twice", "An exhibit stands twice.", lambda record: record["exhibits"].append(record["exhibits"][0])),
    ("a-request-twice", "A request stands twice.", lambda record: record.update(requests=["req-1", "req-1"])),
)
for _kind, _comment, _edit in BUNDLED:
    # without bundle.json nobody knows what should be there
    _record(f"bundle-with-{_kind}", _comment, layout.BUNDLE, 8, _edit)
_record("disclosures-out-of-order", "Values that are shown, out of order.", layout.DISCLOSURES, 10,
        lambda record: record["disclosures"].reverse())  # fmt: skip
_record("disclosures-twice", "A value is shown twice.", layout.DISCLOSURES, 10,
        lambda record: record["disclosures"].insert(0, record["disclosures"][0]))  # fmt: skip


def _signatures(name: str, comment: str, edit: Callable[[list[Any]], object]) -> None:
    """Enter a case of a handover whose envelope holds its signatures otherwise."""

    def tell(setting: Setting) -> Vector:
        index = setting.act("custody.handed-over", {"purpose": "x"}, actor="custodian-1", to="examiner-2")
        record = json.loads(setting.forge.raws[index])
        edit(record["envelope"]["signatures"])
        setting.forge.raws[index] = canonical.encode(record)
        setting.act("exhibit.sealed", {"seal": "A-1"}, actor="custodian-1")
        return setting.failed(plain_bundle(setting, extra=[index]), 4, "record.malformed")

    _enter(name, comment, tell)


_signatures("signatures-out-of-order", "Signatures stand out of order.", lambda items: items.reverse())
_signatures("signatures-twice", "A signature stands twice.", lambda items: items.insert(0, items[0]))
_signatures("signatures-of-no-algorithm", "A signature by a key of an algorithm that there isn't.",
            lambda items: items[0].update(keyid="ed448:" + "ab" * 16))  # fmt: skip
_signatures("signatures-too-short", "A signature of three characters.", lambda items: items[0].update(sig="abc"))
_signatures("signatures-none", "There is no signature at all.", lambda items: items.clear())

# What is undecided


def _undecided(setting: Setting) -> Vector:
    """A letter isn't there, and the bundle goes to nobody on record."""

    def then(post: Post, _: str) -> Members:
        return post.bundle("EX-2", requests=["req-1"], stated={"to": None})

    members, a, b = Letter(is_there=False, then=then).tell(setting)
    return Vector("INDETERMINATE", pack(members), 11, "letter.absent", trust=trust_in(a, b))


_enter("letter-not-there-for-nobody", "A letter isn't there, and the bundle is made for nobody.", _undecided)


def _malformed_beside_newer(setting: Setting) -> Vector:
    """What failed without the newer record stays failed."""
    index = setting.act("exhibit.sealed", {"seal": "A-1"}, actor="custodian-1")
    raw = setting.forge.raws[index]
    setting.forge.raws[index] = raw.replace(b'"custody-entry/v1"', b'"custody-entry/v2"')

    setting.act("exhibit.examined", {"purpose": "x"}, actor="custodian-1")

    def edit(members: Members) -> None:
        members[layout.DISCLOSURES] = members[layout.DISCLOSURES].replace(b'"schema"', b' "schema"')

    members = plain_bundle(setting, extra=[index], edit_payload=edit)
    return setting.failed(members, 2, "record.not-canonical")  # which stays undecided


_enter("entry-newer-beside-malformed", "A newer entry, and disclosures that can't be read.", _malformed_beside_newer)


def _behind(setting: Setting) -> Vector:
    """An act breaks a rule, and the next one lets the exhibit out."""
    post = Post(setting.forge.folder, "a", {"b": "XB"}, gate="v2")
    post.act("exhibit.unsealed", {"intact": True, "reason": "x", "seal": "A-1"})
    post.act("custody.moved", {"place": "port", "to_agent": "b-police"})
    return Vector("FAILED", pack(post.bundle("EX-1", to="ministry")), 7, "release.consent-missing",
                  trust=trust_in(post))  # fmt: skip


_enter("gate-behind-a-broken-rule", "It leaves without consent by an act behind one that broke a rule.", _behind)
