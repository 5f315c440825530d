"""Steps 9 and 10: lists of files of another root, what registrations say themselves, values that open nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import md5, sha256
from typing import Any

from msgspec.structs import replace

from custody.ledger.compose import Anchor, Composed, fill_record
from schemas import canonical, layout
from schemas.bundle import Disclosures
from schemas.content import Content, FileRecord, ManifestLine, content_of
from schemas.event import Link, parse_event
from schemas.private import make_disclosure
from schemas.text import format_base64url
from schemas.types import UNSET
from tests.vectors.evidence_cases import IMAGE, register
from tests.vectors.forge import Members
from tests.vectors.posts import Post
from tests.vectors.request_cases import border_case
from tests.vectors.setting import CASE

Made = Callable[[Post], Members]
DIRECTORY = {"path": "a", "type": "directory"}
UNREADABLE = {"error": "a bad sector", "path": "a", "type": "file"}


def make_list(post: Post, *files: Mapping[str, Any], shown: tuple[str, ...] = ()) -> tuple[Content, bytes, list[Any]]:
    """Return what a registration says of some file records, a list of them apart, and their disclosures.

    ``shown`` are more disclosures in the first line.
    """
    made = [fill_record(FileRecord, values, random=post.world.random) for values in files]
    records = [record for record, _ in made if isinstance(record, FileRecord)]
    texts = [[item.text for item in disclosures] for _, disclosures in made]
    texts[0] += shown
    raw = b"".join(
        canonical.encode(ManifestLine(disclosures=tuple(lines) or UNSET, record=record)) + b"\n"
        for record, lines in zip(records, texts, strict=True)
    )
    return content_of(records), raw, [item for _, disclosures in made for item in disclosures]


def _listing(
    *files: dict[str, Any],
    edit: Callable[[bytes], bytes | None] = lambda raw: raw,
    shown: tuple[str, ...] = (),
    is_inside: bool = False,
    **said: Any,
) -> Made:
    """Register EX-2 with some file records, in its event or in a list apart, and say ``said`` of its content.

    ``edit`` is made to the list before the export commits to it; ``shown`` are more disclosures in its first line.
    """

    def build(post: Post) -> Members:
        content, raw, disclosures = make_list(post, *files, shown=shown)
        content = replace(content, **({} if is_inside else {"files": UNSET}), **said)
        _register(post, content, disclosures if is_inside else [])
        post.forge.manifests[content.root] = raw
        return post.bundle("EX-2", to="ministry", edit_payload=lambda members: _edit(members, content, edit))

    return build


def _edit(members: Members, content: Content, edit: Callable[[bytes], bytes | None]) -> None:
    name = f"{layout.MANIFESTS}{content.root}.jsonl"
    if name in members and (raw := edit(members.pop(name))) is not None:
        members[name] = raw


def _register(post: Post, content: Content, inside: list[Any], **details: Any) -> None:
    told = {"content": content, "description": "d", "kind": "directory", "nature": "data", "obtained": "seizure"}
    anchor = Anchor(case=CASE, exhibit="EX-2", link=Link(sequence=0))
    composed = post.world.event("exhibit.registered", {**told, **details}, actor="examiner-1", anchor=anchor)
    post.forge.add(post.world.sign(Composed(composed.event, (*composed.disclosures, *inside))))


def _fails(name: str, comment: str, code: str, build: Made, step: int = 9) -> None:
    border_case(name, comment, "FAILED", step, code, build)


def _passes(name: str, comment: str, code: str, build: Made) -> None:
    border_case(name, comment, "PASSED", None, code, build)


SECOND = {**DIRECTORY, "path": "b"}
LINE = b'{"record":{"path":{"commitment":"' + b"ab" * 32 + b'"},"type":"directory"}}\n'
STRAY = make_disclosure(salt=bytes(16), path="/target", value="nowhere").text
_passes("list-apart", "A list of two records, where they could stand in the event.", "", _listing(DIRECTORY, SECOND))
_passes("list-with-unreadable", "A file that couldn't be read at registration: a note.", "content.unreadable",
        _listing(UNREADABLE))  # fmt: skip
_fails("list-absent", "The list of files is missing.", "content.manifest-absent",
       _listing(DIRECTORY, edit=lambda _: None))  # fmt: skip
_fails("list-without-end", "The last line of a list doesn't end.", "container.line",
       _listing(DIRECTORY, edit=lambda raw: raw[:-1]))  # fmt: skip
_fails("list-with-a-long-line", "A line of a list is too long.", "container.line",
       _listing(DIRECTORY, edit=lambda raw: b"x" * 65_536 + b"\n" + raw))  # fmt: skip
_fails("list-with-a-space", "A line of a list isn't canonical.", "record.not-canonical",
       _listing(DIRECTORY, edit=lambda raw: raw.replace(b":", b": ", 1)))  # fmt: skip
_fails("list-with-a-line-more", "A list with a line that the root doesn't cover.", "content.root",
       _listing(DIRECTORY, edit=lambda raw: raw + LINE))  # fmt: skip
_fails("list-with-a-stray-value", "A line shows a value that its record doesn't have.", "disclosures.stray",
       _listing(DIRECTORY, shown=(STRAY,)))  # fmt: skip
_fails("list-out-of-order", "Paths of a list stand out of order.", "content.order", _listing(SECOND, DIRECTORY))
_fails("files-out-of-order", "Paths in an event stand out of order.", "content.order",
       _listing(SECOND, DIRECTORY, is_inside=True))  # fmt: skip
_fails("path-that-climbs", "A path leads out of the exhibit.", "content.path",
       _listing({**DIRECTORY, "path": "../a"}, is_inside=True))  # fmt: skip
_fails("path-in-two-spellings", "A path in base64 that is UTF-8.", "content.path",
       _listing({**DIRECTORY, "path": {"base64": "YQ=="}}))  # fmt: skip
_passes("path-of-odd-bytes", "A path that isn't UTF-8, and a link that leads elsewhere.", "",
        _listing({"path": {"base64": "/w=="}, "target": {"base64": "/g=="}, "type": "symlink"}))  # fmt: skip
_fails("path-of-a-number", "A path in base64 that is a number.", "content.path",
       _listing({**DIRECTORY, "path": {"base64": 7}}))  # fmt: skip
_fails("path-of-no-base64", "A path in what isn't base64.", "text.base64",
       _listing({**DIRECTORY, "path": {"base64": "?"}}))  # fmt: skip
_fails("target-of-two", "Where a link leads, said with another field.", "content.path",
       _listing({"path": "a", "target": {"base64": "/g==", "text": "b"}, "type": "symlink"}))  # fmt: skip
_fails("content-of-another-root", "The registration gives another root than its records.", "content.root",
       _listing(DIRECTORY, is_inside=True, root="ab" * 32))  # fmt: skip
_fails("content-of-another-count", "The registration counts a record more.", "content.count",
       _listing(DIRECTORY, is_inside=True, count=2))  # fmt: skip
_fails("content-of-other-bytes", "The registration counts a byte more.", "content.count",
       _listing(DIRECTORY, is_inside=True, bytes=1))  # fmt: skip


def _digested(other: bytes, *, size: int | None = None) -> Made:
    """Register a file with an MD5 of some bytes beside its SHA-256."""

    def build(post: Post) -> Members:
        raw = b"hello"
        digest = sha256(raw).hexdigest()
        post.world.contents[digest] = raw
        digests = {"md5": md5(other, usedforsecurity=False).hexdigest(), "sha256": digest}
        register(post, {"digests": digests, "path": "a", "size": size or len(raw), "type": "file"})
        return post.bundle("EX-2", to="ministry")

    return build


_passes("digest-beside", "A file has the MD5 that was registered beside its SHA-256.", "", _digested(b"hello"))
_fails("digest-beside-of-other-bytes", "A file has another MD5 than was registered beside its SHA-256.",
       "content.mismatch", _digested(b"hullo"))  # fmt: skip


# What was recorded of an exhibit


def _checked(**details: Any) -> Made:
    def build(post: Post) -> Members:
        told = {"bytes": 7, "checked": 2, "matching": 2, "root": "cd" * 32, **details}
        post.annotate("exhibit.checked", told)
        return post.bundle("EX-1", to="ministry")

    return build


def _rehashed(post: Post) -> Members:
    details = {"purpose": "trial", "rehash_before": {"match": False, "root": "cd" * 32}}
    post.act("custody.handed-over", details, to="registrar-1")
    return post.bundle("EX-1", to="ministry")


_passes("check-of-another-root", "A check on record found another root: a defect.", "content.recorded-mismatch",
        _checked())  # fmt: skip
_passes("handed-over-and-different", "A handover at which the files were others: a defect.",
        "content.recorded-mismatch", _rehashed)  # fmt: skip

DAMAGE = ["container-checksum", "container-structure", "medium-short", "pointer-file", "segment-missing",
          "segment-order", "stored-hash", "truncated", "zero-bytes"]  # fmt: skip


def _image(**image: Any) -> Made:
    def build(post: Post) -> Members:
        _register(post, content_of([]), [], image=image)
        return post.bundle("EX-2", to="ministry")

    return build


_passes(
    "image-with-every-damage", "An image with everything that may be wrong: defects.", "image.stored-hash",
    _image(container="raw", damage=DAMAGE, medium={"digests": {"md5": "ab" * 16, "sha256": "ab" * 32}, "size": 0},
           segments={"count": 1}, stored=[{"algorithm": "md5", "match": False, "value": "cd" * 16}]),
)  # fmt: skip
_passes(
    "image-with-bad-sectors", "Sectors that could not be read at acquisition: a note.", "image.unreadable",
    _image(**IMAGE, unreadable={"count": 1, "first": [{"length": 8, "start": 64}], "total": 8}),
)  # fmt: skip


# Disclosures


def _shown(*texts: str) -> Made:
    """Put texts among the disclosures."""

    def build(post: Post) -> Members:
        def edit(members: Members) -> None:
            found = canonical.decode(members[layout.DISCLOSURES], Disclosures, maximum=1 << 20)
            changed = tuple(sorted((*found.disclosures, *texts)))
            members[layout.DISCLOSURES] = canonical.encode(replace(found, disclosures=changed))

        return post.bundle("EX-1", to="ministry", edit_payload=edit)

    return build


def _misplaced(post: Post) -> Members:
    """The commitment of a seal is that of a value for a reason."""
    composed = post.world.custody_act("exhibit.sealed", CASE, "EX-1", {"seal": "A-1"}, actor="examiner-1")
    (right,) = composed.disclosures
    wrong = make_disclosure(salt=bytes(16), path="/details/reason", value="A-1")
    raw = composed.event.raw.replace(right.commitment.encode(), wrong.commitment.encode())
    post.forge.add(post.world.sign(Composed(parse_event(raw), (wrong,))))
    return post.bundle("EX-1", to="ministry")


def _erased(*, is_shown: bool) -> Made:
    def build(post: Post) -> Members:
        composed = post.world.custody_act("exhibit.sealed", CASE, "EX-1", {"seal": "A-1"}, actor="examiner-1")
        submission = post.world.sign(composed)
        post.forge.add(submission if is_shown else submission.envelope)
        order = {"authority": "court", "commitments": [composed.disclosures[0].commitment], "order": "7"}
        post.annotate("disclosure.erased", order, registrar="registrar-1")
        return post.bundle("EX-1", to="ministry")

    return build


def _text(*parts: Any) -> str:
    return format_base64url(canonical.encode(list(parts)))


_passes("value-erased", "A value was erased by order: a note.", "disclosures.erased", _erased(is_shown=False))
_passes("value-erased-and-shown", "A value that was to be erased is shown: a defect.", "disclosures.erased-shown",
        _erased(is_shown=True))  # fmt: skip
_fails("disclosure-of-another-place", "The value of one field is shown as another's.", "disclosures.path",
       _misplaced, 10)  # fmt: skip
_fails("disclosure-of-two-parts", "A disclosure without a value.", "private.disclosure",
       _shown(_text("A" * 22, "/details/place")), 10)  # fmt: skip
_fails("disclosure-with-a-short-salt", "A salt of 15 bytes.", "private.salt",
       _shown(_text("A" * 20, "/details/place", "x")), 10)  # fmt: skip
_fails("disclosure-with-a-salt-of-7", "A salt that is a number.", "private.disclosure",
       _shown(_text(7, "/details/place", "x")), 10)  # fmt: skip
_fails("disclosure-in-two-spellings", "A disclosure with bits too many in its last letter.", "text.base64url",
       _shown("AB"), 10)  # fmt: skip
_fails(
    "disclosure-too-long", "A disclosure of more than 65,536 characters.", "record.malformed", _shown("A" * 65_537), 10
)
_fails("disclosure-of-null", "A disclosure whose value is null.", "record.subset",
       _shown(format_base64url(b'["AAAAAAAAAAAAAAAAAAAAAA","/details/place",null]')), 10)  # fmt: skip
_fails("disclosure-too-deep", "A disclosure of 17 levels.", "record.nesting",
       _shown(format_base64url(b'["AAAAAAAAAAAAAAAAAAAAAA","/x",' + b"[" * 16 + b"]" * 17)), 10)  # fmt: skip
_fails("disclosure-misspelled", "A disclosure that is no base64url.", "text.base64url", _shown("A"), 10)
