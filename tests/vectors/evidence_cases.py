"""Steps 9 and 10: evidence that is encrypted, erased, cut into pieces, or an image."""

from __future__ import annotations

import base64
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from custody.ledger.compose import Anchor, Composed, fill_record
from schemas import canonical, layout
from schemas.bundle import Bundle, BundledDocument, BundledFile, Ciphertext, Disclosures, Withheld
from schemas.content import FileRecord, Pieces, content_of
from schemas.event import Link
from schemas.merkle import hash_leaf, root_of
from schemas.trust import ChainPin
from tests.vectors.forge import Members, pack
from tests.vectors.posts import Post, trust_in
from tests.vectors.setting import CASE, CASES, FILES, Setting, Vector

SECRET = b"room 4\n"
"""The file that is encrypted; `CIPHERTEXT` is an age file of it, for a key that nobody keeps."""
CIPHERTEXT = base64.b64decode(
    "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBSbERhSkJGT3NxY3hYOElhakEyRGdISSs0TklaYmZFQU1ZckNXRDZNQXk0"
    "CnljeUlMa0dUUGtqbGs3UHpCOUlTWkdZVDk5Z2xHSlg1Z3FDUVY5VktKUFkKLT4gWTRHTC1ncmVhc2UgVzdMdiAxJCAkcmRUR0l+"
    "VwpLUzF6dnlQQnFTOVN0akgrUnVvNzJSaExjYkNKaTBLRytmZGZabVozYlVic3dVL0RqRUtDNGhuenhTcXV1YTNvCmxKY3h3RFR4"
    "VVBTOW5jQlkwQXZYYlF3Ci0tLSBnelBWMVpYbC9zSVE0dURqK2FJQndFWHA4Nm9ZbFU0VnhhN1drdExDOUZVChUG2d85MsMCO5aO"
    "DfFMqvDALyEhlTdfSraB4mIblOcHp80h23q+og=="
)
DIGEST = sha256(SECRET).hexdigest()
PHOTO = b"photo of the seal\n"
PHOTO_CIPHERTEXT = base64.b64decode(
    "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBFZGt5UHJybDFQTVViZGVqNGc1dkVRNjh1TDhMYVhJTHNRVHdyYjF3SFJV"
    "CjNJbGZSYUY1TWxVTWloQWxnUnhJelh4eTZHaU5UYjBoOEU4S2Y2Mkk0ZlkKLT4gd0JOSidTNC1ncmVhc2UgcjEsIFkze347Xwpu"
    "WmZ4ZUhjZ0RjWnFQK1lMbkpBbm9peTNITWZ4L0JwY3Fic1RzbGVJTkNtV3QrWU96aE5zT0hFbVlmTQotLS0gZFpNVXlSamNMZFRq"
    "T1ZZbzIyd2NDM3VkWE5xR0Qvb2ZYbHlyRll4TlpjUQpovNHt+IoASRuYicUJDZC2bPYq9FO6HPjkGH5qRgded4JyLxCjIfiEJCc3"
    "zNYq5k+Feg=="
)
"""The same of a document."""
Made = Callable[[Post], Members]


def enter(
    name: str, comment: str, verdict: str, step: int | None, code: str, build: Made, *,
    files: dict[str, bytes] | None = None, pins: tuple[ChainPin, ...] = (),
) -> None:  # fmt: skip
    """Enter a case of one ledger, whose reader believes it, pins blocks, and may have files."""

    def vector(setting: Setting) -> Vector:
        post = Post(setting.forge.folder, "a", {"b": "XB"})
        raw = pack(build(post))
        return Vector(verdict, raw, step, code, trust=trust_in(post, pins=pins), files=files or {})

    assert name not in CASES, f"two cases named {name}"
    CASES[name] = (comment, vector)


# Encrypted


def _encrypted(raw: bytes = CIPHERTEXT, *, said: int | None = None, later: bytes | None = None) -> Made:
    """A ciphertext stands for a file; ``said`` is another size of it, ``later`` what is there after the export."""

    def edit(members: Members) -> None:
        del members[layout.FILES + DIGEST]
        digest = sha256(raw).hexdigest()
        members[f"{layout.ENCRYPTED}{digest}.age"] = raw
        bundle = canonical.decode(members[layout.BUNDLE], Bundle, maximum=1 << 20)
        cipher = Ciphertext(sha256=digest, size=said or len(raw))
        files = tuple(
            BundledFile(encrypted=cipher, sha256=item.sha256, size=item.size) if item.sha256 == DIGEST else item
            for item in bundle.files
        )
        changed = Bundle(
            documents=bundle.documents, exhibits=bundle.exhibits, files=files, ledger=bundle.ledger,
            nonce=bundle.nonce, schema=bundle.schema,
        )  # fmt: skip
        members[layout.BUNDLE] = canonical.encode(changed)

    def build(post: Post) -> Members:
        members = post.bundle("EX-1", to="ministry", edit_payload=edit)
        if later is not None:
            members[f"{layout.ENCRYPTED}{sha256(raw).hexdigest()}.age"] = later
        return members

    return build


def _encrypted_document(post: Post) -> Members:
    """A photo of the seal, encrypted."""
    post.act("exhibit.sealed", {"photos": [sha256(PHOTO).hexdigest()], "seal": "A-1"})

    def edit(members: Members) -> None:
        digest = sha256(PHOTO_CIPHERTEXT).hexdigest()
        members[f"{layout.ENCRYPTED}{digest}.age"] = PHOTO_CIPHERTEXT
        bundle = canonical.decode(members[layout.BUNDLE], Bundle, maximum=1 << 20)
        cipher = Ciphertext(sha256=digest, size=len(PHOTO_CIPHERTEXT))
        item = BundledDocument(encrypted=cipher, sha256=sha256(PHOTO).hexdigest(), size=len(PHOTO))
        changed = Bundle(
            documents=(item,), exhibits=bundle.exhibits, files=bundle.files, ledger=bundle.ledger, nonce=bundle.nonce,
            schema=bundle.schema,
        )  # fmt: skip
        members[layout.BUNDLE] = canonical.encode(changed)

    return post.bundle("EX-1", to="ministry", edit_payload=edit)


enter("encrypted", "A file is encrypted for somebody else.", "INDETERMINATE", 9, "content.encrypted", _encrypted())
enter("encrypted-and-given", "The plain file is given apart.", "PASSED", None, "", _encrypted(),
      files={DIGEST: SECRET})  # fmt: skip
enter("encrypted-and-changed", "Another plain file is given apart.", "FAILED", 9, "content.mismatch", _encrypted(),
      files={DIGEST: b"room 5\n"})  # fmt: skip
enter("encrypted-damaged", "The ciphertext was changed.", "FAILED", 1, "bag.digest",
      _encrypted(later=CIPHERTEXT[:-1] + b"\0"), files={DIGEST: SECRET})  # fmt: skip
enter("encrypted-of-another-size", "bundle.json says another size of a ciphertext.", "FAILED", 9, "content.size",
      _encrypted(said=7), files={DIGEST: SECRET})  # fmt: skip
enter("encrypted-document", "A document is encrypted for somebody else.", "INDETERMINATE", 9, "content.encrypted",
      _encrypted_document)  # fmt: skip
enter("encrypted-document-and-given", "An encrypted document is given apart.", "PASSED", None, "",
      _encrypted_document, files={sha256(PHOTO).hexdigest(): PHOTO})  # fmt: skip
enter("encrypted-document-and-changed", "Another document is given apart.", "FAILED", 9, "content.mismatch",
      _encrypted_document, files={sha256(PHOTO).hexdigest(): b"another photo\n"})  # fmt: skip


# Erased, withheld


def _erasure(post: Post, *, about: str = "EX-1", registrar: str | None = "registrar-1", **erased: Any) -> None:
    details = {"authority": "court", "commitments": [], "order": "7", **erased}
    post.annotate("disclosure.erased", details, about, registrar=registrar)


def _erased(*, is_gone: bool = True, about: str = "EX-1", **what: Any) -> Made:
    def build(post: Post) -> Members:
        if about != "EX-1":
            composed = post.world.registration(CASE, about, actor="examiner-1", files=FILES)
            post.forge.add(post.world.sign(composed))
        _erasure(post, about=about, **(what or {"files": [DIGEST]}))
        names = ("EX-1",) if about == "EX-1" else ("EX-1", about)
        members = post.bundle(*names, to="ministry", edit_payload=None if is_gone else _put_back)
        if is_gone:
            members.pop(layout.FILES + DIGEST, None)
        return members

    return build


def _put_back(members: Members) -> None:
    members[layout.FILES + DIGEST] = SECRET


def _withheld(**lists: Callable[[Post, Members], list[str]]) -> Made:
    def build(post: Post) -> Members:
        def edit(members: Members) -> None:
            found = canonical.decode(members[layout.DISCLOSURES], Disclosures, maximum=1 << 20)
            told = {name: tuple(sorted(pick(post, members))) for name, pick in lists.items()}
            changed = Disclosures(disclosures=found.disclosures, schema=found.schema, withheld=Withheld(**told))
            members[layout.DISCLOSURES] = canonical.encode(changed)

        return post.bundle("EX-1", to="ministry", edit_payload=edit)

    return build


def _shown(_: Post, members: Members) -> list[str]:
    found = canonical.decode(members[layout.DISCLOSURES], Disclosures, maximum=1 << 20)
    return [sha256(found.disclosures[0].encode()).hexdigest()]


def _names_erased(post: Post) -> Members:
    content = post.forge.reader().parsed[post.forge.reader().subjects["exhibit", CASE, "EX-1"][0]].event.details
    paths = [item.path.commitment for item in content.content.files]  # type: ignore[attr-defined]
    post.forge.disclosures = [item for item in post.forge.disclosures if item.commitment not in paths]
    _erasure(post, names=[content.content.root])  # type: ignore[attr-defined]
    return post.bundle("EX-1", to="ministry")


enter("file-erased", "A file that was erased by order isn't missing.", "PASSED", None, "content.erased", _erased())
enter("file-erased-of-another-exhibit", "An order about another exhibit excuses nothing here.", "INDETERMINATE", 9,
      "content.absent", _erased(about="EX-2"))  # fmt: skip
enter("file-erased-by-one-who-may-not", "The order breaks a rule, and tells all the same why it's gone.", "FAILED", 7,
      "content.erased", _erased(files=[DIGEST], registrar=None))  # fmt: skip
enter("file-erased-and-shown", "A file that was to be erased is there: a defect.", "PASSED", None,
      "content.erased-shown", _erased(is_gone=False))  # fmt: skip
enter("names-erased", "The names in a list of files were erased by order.", "PASSED", None, "content.names-erased",
      _names_erased)  # fmt: skip
enter("withheld-and-shown", "A value is said to be withheld, and shown.", "FAILED", 10, "disclosures.list",
      _withheld(hand=_shown))  # fmt: skip
enter("withheld-and-not-carried", "A value is said to be withheld that nothing has.", "FAILED", 10,
      "disclosures.list", _withheld(rule=lambda *_: ["ab" * 32]))  # fmt: skip


# Pieces: a file of more than 16 MiB, which travels apart

LARGE = (
    bytes.fromhex("b4834959bc889fed1abf3c45d5da0e384134386a4b2786cc5dbb9fe8fa853bbb"),
    bytes.fromhex("2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213"),
)
"""BLAKE3 digests of the two pieces of a file of 16,777,217 zero bytes (content.md)."""


def _large(*, given: tuple[bytes, ...] | None = LARGE, size: int = 16_777_216, count: int = 2) -> Made:
    def build(post: Post) -> Members:
        root = root_of(hash_leaf(item) for item in LARGE).hex()
        digest = sha256(bytes(16_777_217)).hexdigest()
        values = {
            "digests": {"sha256": digest}, "path": "disk.img", "pieces": Pieces(count=count, root=root, size=size),
            "size": 16_777_217, "type": "file",
        }  # fmt: skip
        register(post, values)
        if given is not None:
            post.forge.lists[root] = b"".join(item.hex().encode() + b"\n" for item in given)
        return post.bundle("EX-2", to="ministry", is_detached=True)

    return build


def register(post: Post, *files: dict[str, Any], **details: Any) -> None:
    """Register EX-2 with file records of one's own, or other details."""
    world = post.world
    made = [fill_record(FileRecord, values, random=world.random) for values in files]
    told = {"content": content_of([record for record, _ in made]), "kind": "image", "nature": "data", **details}  # type: ignore[misc]
    composed = world.event(
        "exhibit.registered",
        {"description": "a disk", "obtained": "seizure", **told},
        actor="examiner-1",
        anchor=Anchor(case=CASE, exhibit="EX-2", link=Link(sequence=0)),
    )
    inside = [item for _, disclosures in made for item in disclosures]
    post.forge.add(world.sign(Composed(composed.event, (*composed.disclosures, *inside))))


enter("pieces", "A large file travels apart, the list of its pieces is there.", "INDETERMINATE", 9, "content.absent",
      _large())  # fmt: skip
enter("pieces-damaged", "A large file is cut short, and by its pieces it can be told where.", "FAILED", 9,
      "content.mismatch", _large(), files={sha256(bytes(16_777_217)).hexdigest(): bytes(7)})  # fmt: skip
enter("pieces-absent-and-damaged", "The same without the list: nobody can say where.", "FAILED", 9,
      "content.pieces-absent", _large(given=None),
      files={sha256(bytes(16_777_217)).hexdigest(): bytes(7)})  # fmt: skip
enter("pieces-absent", "The list of a large file's pieces is missing: a note.", "INDETERMINATE", 9,
      "content.pieces-absent", _large(given=None))  # fmt: skip
enter("pieces-of-another-file", "A list of pieces of another root.", "FAILED", 9, "content.pieces",
      _large(given=LARGE[::-1]))  # fmt: skip
enter("pieces-cut", "A list with a piece too few.", "FAILED", 9, "content.pieces", _large(given=LARGE[:1]))
enter("pieces-of-another-size", "Pieces of a size that no writer uses.", "FAILED", 9, "content.pieces",
      _large(given=None, size=8_388_608, count=3))  # fmt: skip


# Images, lists of digests, captures: what a registration says itself


def _stating(**details: Any) -> Made:
    def build(post: Post) -> Members:
        register(post, **{"content": content_of([]), **details})
        return post.bundle("EX-2", to="ministry")

    return build


IMAGE = {"container": "ewf-e01", "not_read": "damaged", "segments": {"count": 1}}
LIST = {
    "absent": 1, "differing": 1, "document": "ab" * 32, "kind": "sums", "matching": 1, "unchecked": 0,
    "unknown_lines": 1, "unlisted": 0,
}  # fmt: skip
enter("image-damaged", "An image that came damaged: a defect.", "PASSED", None, "image.container-checksum",
      _stating(image={**IMAGE, "damage": ["container-checksum", "truncated"]}))  # fmt: skip
enter("hash-list-differs", "A list of digests that differs: a defect.", "PASSED", None, "hash-list.mismatch",
      _stating(hash_lists=[{**LIST, "faults": ["duplicate"]}]))  # fmt: skip
enter("web-capture-without-image", "A web capture below the least that courts want: a defect.", "PASSED", None,
      "defect.web-capture", _stating(kind="web-capture"))  # fmt: skip
enter("taken-online-from-abroad", "Data of another country were taken online: a defect.", "PASSED", None,
      "defect.sovereignty", _stating(data_country="XB", obtained="online-capture"))  # fmt: skip
enter("attested-by-a-signer", "Who the witness is that signs himself.", "PASSED", None, "",
      _stating(attestations=[{"agent": "examiner-1", "manner": "key", "person": "n", "role": "witness"}]))  # fmt: skip


def _translated(post: Post, *, is_listed: bool = True) -> Members:
    """A seizure order and its translation, of which the record says which is which."""
    order, translation = b"order\n", b"translation\n"
    names = [sha256(raw).hexdigest() for raw in (order, translation)]
    post.forge.documents.update(zip(names, (order, translation), strict=True))
    papers = ({"document": names[1], "of": names[0], "role": "translation"},)
    register(post, content=content_of([]), legal_papers=papers)
    lost = layout.DOCUMENTS + names[0]
    return post.bundle("EX-2", to="ministry", edit_payload=None if is_listed else lambda members: members.pop(lost))


enter("document-that-is-translated", "A translation, and the document that it is of.", "PASSED", None, "",
      _translated)  # fmt: skip
enter("document-unlisted", "A document of bundle.json isn't there, and stands in no manifest.", "FAILED", 9,
      "content.documents", lambda post: _translated(post, is_listed=False))  # fmt: skip
