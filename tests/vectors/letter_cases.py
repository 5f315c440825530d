"""Steps 9, 11 and 12: consents that rest on another ledger's letter, and receipts that rest on its proof."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from custody.ledger.prove import TileNodes, prove_inclusion
from schemas import layout
from schemas.entry import parse_entry
from schemas.merkle import hash_leaf, root_of
from schemas.receipt import format_receipt
from schemas.tlog_proof import TlogProof, format_tlog_proof
from tests.vectors.forge import Members, pack
from tests.vectors.posts import CONSENT, PAPER, TRANSFER, Post, trust_in
from tests.vectors.request_cases import DRAFT, SENT
from tests.vectors.setting import CASE, CASES, FILES, Setting, Vector
from tests.vectors.transfer_cases import RECALLED, RECEIPT, Road

GRANT: dict[str, Any] = {"exhibits": [{"case": CASE, "exhibit": "EX-1"}], "onward": "with-consent", "to_country": "XA"}
ANSWER: dict[str, Any] = {"answered_at": "2026-11-21T09:00:00Z", "outcome": "granted", "request": "req-9"}
CAME_FROM: dict[str, Any] = {
    "case": CASE, "exhibit": "EX-1", "head": "ab" * 32, "ledger": "b.example/main", "manifest": "ab" * 32,
    "root": "ab" * 32, "size": 9,
}  # fmt: skip


def _enter(name: str, comment: str, tell: Callable[[Setting], Vector]) -> None:
    assert name not in CASES, f"two cases named {name}"
    CASES[name] = (comment, tell)


# Letters


@dataclass
class Letter:
    """The first ledger asks the second one for its consent to show what came from there, and reads it in a letter."""

    answers: list[Mapping[str, Any]] = field(default_factory=lambda: [{"grant": GRANT}])
    asked_by: str = "a-police"
    written_to: str = "a-police"
    origin: Mapping[str, Any] = field(default_factory=dict)
    consent: Mapping[str, Any] = field(default_factory=dict)
    edit: Callable[[bytes], bytes] = lambda raw: raw
    is_there: bool = True
    exported: Sequence[str] = ("req-1",)
    is_twice: bool = False
    """Whether the newest answer is chained once more, which the rules don't take."""
    times: int = 1
    """How many consents rest on it."""
    gate: str | None = None
    their_gate: str | None = None
    first: Callable[[Post], object] = lambda _: None
    """What the ledger that asks enters before all else."""
    then: Callable[[Post, str], Members] | None = None
    """Makes the bundle, given the digest of the letter."""

    def tell(self, setting: Setting) -> tuple[Members, Post, Post]:
        """Return the bundle that rests on it, for the ministry, and both ledgers."""
        folder = setting.forge.folder
        a = Post(folder, "a", {"b": "XB", "c": "XC"}, is_holding=False, gate=self.gate)
        b = Post(folder, "b", {"a": "XA", "c": "XC"}, is_holding=False, gate=self.their_gate)
        self.first(a)
        a.event("request.drafted", DRAFT)
        a.event("request.sent", SENT)
        asked = {"fields": DRAFT["fields"], "from": self.asked_by, "kind": "mla", "paper": "ab" * 32}
        b.event("request.received", {**asked, "received_at": "2026-11-21T08:50:00Z", "request": "req-9"})
        said = [b.event("request.answered", {**ANSWER, **answer}) for answer in self.answers]
        if self.is_twice:
            b.forge.add(parse_entry(b.forge.raws[-1]).entry.envelope)
        letter = b.bundle(requests=["req-9"], to=self.written_to)
        raw = self.edit(pack(letter))
        digest = sha256(raw).hexdigest()
        if self.is_there:
            a.forge.documents[digest] = raw
        origin = {
            "document": digest, "event": said[0], "ledger": b.world.origin,
            "manifest": sha256(letter[layout.MANIFEST]).hexdigest(), "request": "req-9",
            "root": root_of(hash_leaf(item) for item in b.forge.raws).hex(), "size": len(b.forge.raws), **self.origin,
        }  # fmt: skip
        composed = a.world.registration(
            CASE, "EX-2", actor="examiner-1", files=FILES, foreign=CAME_FROM, obtained="foreign-assistance"
        )
        a.forge.add(a.world.sign(composed))
        given = {
            **CONSENT, "authority": "b-police", "manner": "letter", "origin": origin, "recipient": "ministry",
            "request": "req-1", **self.consent,
        }  # fmt: skip
        for _ in range(self.times):
            a.annotate("consent.recorded", given, "EX-2", actor="official-1")
        made = self.then(a, digest) if self.then else a.bundle("EX-2", to="ministry", requests=self.exported)
        return made, a, b


def back_home(post: Post) -> Members:
    """The exhibit goes back to where it came from, under consents that rest on no letter."""
    post.consent("EX-2")
    post.consent("EX-2", authority="b-police", **PAPER)
    return post.bundle("EX-2", to="b-police")


def letter_case(name: str, comment: str, verdict: str, step: int | None, code: str, **changes: Any) -> None:
    """Enter a case of a consent by letter."""

    def tell(setting: Setting) -> Vector:
        members, a, b = Letter(**changes).tell(setting)
        return Vector(verdict, pack(members), step, code, trust=trust_in(a, b))

    _enter(f"letter-{name}", comment, tell)


def wrong_letter(name: str, comment: str, code: str, **changes: Any) -> None:
    """Enter a case of one that speaks against its record."""
    letter_case(name, comment, "FAILED", 11, f"letter.{code}", **changes)


OPEN = {name: value for name, value in GRANT.items() if name != "exhibits"}
BAR = {"before": True, "code": "speciality"}
letter_case("consent", "A consent that another ledger's letter grants.", "PASSED", None, "")
letter_case("consent-to-a-bundle-of-its-own", "The bundle says nothing of the granted request, which is our own.",
            "PASSED", None, "", exported=())  # fmt: skip
letter_case("consent-unspecific", "The letter grants, and doesn't say what: a defect.", "PASSED", None,
            "letter.unspecific", answers=[{}])  # fmt: skip
letter_case("consent-to-whatever-is-sent", "The letter grants terms, and names no exhibits: a defect.", "PASSED", None,
            "letter.unspecific", answers=[{"grant": OPEN}])  # fmt: skip
letter_case("consent-to-whatever-is-sent-elsewhere", "The same, and the terms name another country.", "FAILED", 11,
            "letter.terms", answers=[{"grant": {**OPEN, "to_country": "XC"}}])  # fmt: skip
letter_case("two-consents", "Two consents rest on one letter.", "PASSED", None, "", times=2)
letter_case("consent-that-stands-twice", "The answer stands twice in the other ledger, which is its fault alone.",
            "FAILED", 7, "rule.event-twice", is_twice=True)  # fmt: skip
letter_case("not-there", "The letter isn't among the documents.", "INDETERMINATE", 11, "letter.absent", is_there=False)
letter_case("not-named", "The record doesn't say which document the letter is.", "INDETERMINATE", 11, "letter.absent",
            origin={"document": None})  # fmt: skip
letter_case("cut", "The letter is cut in half.", "FAILED", 11, "container.truncated",
            edit=lambda raw: raw[: len(raw) // 2])  # fmt: skip
letter_case("cut-under-two-consents", "Two consents rest on a letter that is cut in half.", "FAILED", 11,
            "container.truncated", edit=lambda raw: raw[: len(raw) // 2], times=2)  # fmt: skip
letter_case("damaged", "A bit of the letter is flipped.", "FAILED", 0, "container.crc",
            edit=lambda raw: raw.replace(b'"ledger":"b.example/main"', b'"ledger":"b.exanple/main"', 1))  # fmt: skip
wrong_letter("of-another-size", "Read under another checkpoint than the letter's.", "origin", origin={"size": 3})
wrong_letter("about-another-event", "The letter has no such event.", "origin", origin={"event": "cd" * 32})
wrong_letter("of-another-request", "The event is about another request there.", "origin", origin={"request": "req-8"})
wrong_letter("to-another", "The letter was written to a third ledger.", "recipient", written_to="c-police")
wrong_letter("to-another-asker", "It answers a request of a third ledger.", "request", asked_by="c-police")
wrong_letter("without-a-request", "The consent names no request.", "request", consent={"request": None})
wrong_letter("by-another", "The consent is said to be a third ledger's.", "sender", consent={"authority": "c-police"})
wrong_letter("that-refuses", "The letter refuses.", "grant",
       answers=[{"ground": "political", "outcome": "refused", "reasons": "politics"}])  # fmt: skip
wrong_letter("that-was-overtaken", "A later answer in the letter grants less.", "grant",
       answers=[{"grant": GRANT}, {"grant": GRANT, "outcome": "granted-in-part"}])  # fmt: skip
REST: dict[str, Any] = {"ground": "other", "outcome": "refused", "reasons": "not ours"}
letter_case("that-refuses-the-rest", "The letter grants one exhibit, and refuses the rest.", "PASSED", None, "",
            answers=[{"grant": GRANT, "outcome": "granted-in-part"}, REST], their_gate="v2")  # fmt: skip
wrong_letter("that-refuses-it-later", "The letter grants all, with a list, and refuses that later.", "grant",
       answers=[{"grant": GRANT}, REST], their_gate="v2")  # fmt: skip
wrong_letter("that-refuses-the-rest-before", "In a ledger from before the newest answer counts.", "grant",
       answers=[{"grant": GRANT}, REST])  # fmt: skip
wrong_letter("for-another-country", "The letter grants it to another country.", "terms",
       answers=[{"grant": {**GRANT, "to_country": "XC"}}])  # fmt: skip
wrong_letter("for-another-ledger", "The letter grants it to another ledger.", "terms",
       answers=[{"grant": {**GRANT, "to_ledger": "c.example/main"}}])  # fmt: skip
wrong_letter("for-another-exhibit", "The letter grants another exhibit.", "terms",
       answers=[{"grant": {**GRANT, "exhibits": [{"case": CASE, "exhibit": "EX-7"}]}}])  # fmt: skip
wrong_letter("on-stricter-terms", "The letter forbids to hand it on.", "terms",
       answers=[{"grant": {**GRANT, "onward": "forbidden"}}])  # fmt: skip
wrong_letter("with-a-condition", "The letter has a condition that the consent lacks.", "terms",
       answers=[{"grant": {**GRANT, "conditions": [{"before": False, "code": "return"}]}}])  # fmt: skip
wrong_letter("with-a-bar", "A condition of the letter bars the release, and the consent's doesn't.", "terms",
       answers=[{"grant": {**GRANT, "conditions": [BAR]}}],
       consent={"conditions": [{**BAR, "before": False}]})  # fmt: skip


def _moved(**changes: Any) -> Callable[[Post, str], Members]:
    """On record, who may have it is elsewhere since the consent."""

    def then(post: Post, _: str) -> Members:
        post.event("agent.changed", {"agent": "c-police", **changes}, actor="registrar-1")
        return back_home(post)

    return then


letter_case("before-the-recipient-moved", "Who may have it is in another country since the consent.", "PASSED", None,
            "", answers=[{"grant": {**GRANT, "to_country": "XC"}}], consent={"recipient": "c-police"},
            then=_moved(country="XD"))  # fmt: skip
letter_case("before-the-recipient-changed", "Who may have it keeps another ledger since the consent.", "PASSED", None,
            "", answers=[{"grant": {**GRANT, "to_country": "XC", "to_ledger": "c.example/main"}}],
            consent={"recipient": "c-police"}, then=_moved(ledger="d.example/main"))  # fmt: skip
wrong_letter("for-whoever-moved-since", "Who may have it was elsewhere when the consent was recorded.", "terms",
       answers=[{"grant": {**GRANT, "to_country": "XD"}}], consent={"recipient": "c-police"},
       then=_moved(country="XD"))  # fmt: skip
wrong_letter("to-another-country", "The letter was written to somebody of another country, who keeps no ledger.",
       "recipient", written_to="ministry")  # fmt: skip
wrong_letter("that-ends", "The letter's grant ends, and the consent doesn't.", "terms",
       answers=[{"grant": {**GRANT, "valid_until": "2026-12-01T00:00:00Z"}}])  # fmt: skip

# What a condition says


def _hide(post: Post, _: str) -> Members:
    post.forge.disclosures = [item for item in post.forge.disclosures if not item.path.endswith("/text")]
    return post.bundle("EX-2", to="ministry", requests=["req-1"])


def _says(text: str | None) -> dict[str, Any]:
    return {"before": False, "code": "other", **({} if text is None else {"text": text})}


def _worded(
    name: str, comment: str, granted: str | None, kept: str | None, code: str = "", gate: str = "v2", **options: Any
) -> None:
    letter_case(f"condition-{name}", comment, "FAILED" if code else "PASSED", 11 if code else None, code, gate=gate,
                answers=[{"grant": {**GRANT, "conditions": [_says(granted)]}}],
                consent={"conditions": [_says(kept)]}, **options)  # fmt: skip


_worded("in-the-same-words", "A condition is recorded in the words of the letter.", "no use in tax", "no use in tax")
_worded("in-other-words", "A condition is recorded in other words than the letter's.", "no use in tax", "no use",
        "letter.terms")  # fmt: skip
_worded("without-its-words", "Of a condition the words of the letter are left out.", "no use in tax", None,
        "letter.terms")  # fmt: skip
_worded("with-words-of-our-own", "A condition gets words that the letter hasn't.", None, "no use", "letter.terms")
_worded("in-hidden-words", "The words of a condition aren't shown here.", "no use in tax", "no use", then=_hide)
_worded("in-other-words-before", "A ledger from before asked nothing of the words.", "no use in tax", "no use",
        gate="v1")  # fmt: skip


# Receipts


def _proof(post: Post, index: int, *, origin: str | None = None) -> bytes:
    """The proof that an entry stands in a ledger as it is now."""
    size = len(post.forge.raws)
    nodes = tuple(prove_inclusion(TileNodes(post.forge.reader().tiles(), size), index, size))
    return format_tlog_proof(TlogProof(index=index, nodes=nodes, note=post.forge.checkpoint(origin=origin)))


Made = Callable[[Road, int], bytes]


def _right(road: Road, index: int) -> bytes:
    return format_receipt([(road.b.forge.raws[index], _proof(road.b, index))])


def receipt_case(
    name: str, comment: str, verdict: str, step: int | None, code: str, made: Made = _right, *,
    known: str = "ab", is_there: bool = True, kind: str = "transfer.accepted", to: str = "b-police",
    said: Mapping[str, Any] | None = None, accepted: Mapping[str, Any] | None = None,
    then: Callable[[Post, str], None] = lambda *_: None,
) -> None:  # fmt: skip
    """The first ledger sends, the second decides, and its receipt moves custody there."""

    def tell(setting: Setting) -> Vector:
        road = Road(setting, to=to) if to == "b-police" else _misdirected(setting, to)
        road.b.accept(road.a, road.parcel, **(accepted or {}))
        reader = road.b.forge.reader()
        index = next(place for place, item in sorted(reader.parsed.items()) if item.event.type == kind)
        raw = made(road, index)
        digest = sha256(raw).hexdigest()
        if is_there:
            road.a.forge.documents[digest] = raw
        decided = getattr(reader.parsed[index].event.details, "accepted_at", RECEIPT["decided_at"])
        origin = {
            "event": reader.parsed[index].event.hash, "index": index, "ledger": road.b.world.origin,
            "root": root_of(hash_leaf(item) for item in road.b.forge.raws).hex(), "size": len(road.b.forge.raws),
        }  # fmt: skip
        details = {**RECEIPT, "decided_at": decided, "document": digest, "manner": "proof", "origin": origin}
        road.a.act("transfer.receipt", {**details, **(said or {})})
        then(road.a, digest)
        raw = pack(road.a.bundle("EX-1", to="ministry"))
        trust = trust_in(*(post for post in (road.a, road.b) if post.name in known))
        return Vector(verdict, raw, step, code, trust=trust)

    _enter(f"receipt-{name}", comment, tell)


def _misdirected(setting: Setting, to: str) -> Road:
    """It is sent to one ledger, and another one accepts it."""
    road = Road(setting)
    road.a = Post(setting.forge.folder / "b", "a", {"b": "XB", "c": "XC"})
    road.a.consent(recipient=to)
    road.a.dispatch(to=to)
    road.parcel = road.a.bundle("EX-1", to=to, stated={"transfer": TRANSFER})
    return road


def _shifted(road: Road, index: int) -> bytes:
    return format_receipt([(road.b.forge.raws[index], _proof(road.b, index - 1))])


def _unproven(road: Road, index: int) -> bytes:
    """The proof has one hash of another tree."""
    lines = _proof(road.b, index).split(b"\n")
    lines[2] = b"q" * 42 + b"o="
    return format_receipt([(road.b.forge.raws[index], b"\n".join(lines))])


def _by_a_stranger(road: Road, index: int) -> bytes:
    road.b.forge.log_signer = road.b.world.new_key("stranger")
    return _right(road, index)


def _of_another_origin(road: Road, index: int) -> bytes:
    return format_receipt([(road.b.forge.raws[index], _proof(road.b, index, origin="c.example/main"))])


def _edited(old: bytes, new: bytes) -> Made:
    """The proof with some bytes changed, once."""

    def made(road: Road, index: int) -> bytes:
        proof = _proof(road.b, index)
        assert old in proof, "the fault must change something"
        return format_receipt([(road.b.forge.raws[index], proof.replace(old, new, 1))])

    return made


for _code, _comment, _old, _new in (
    ("malformed", "A proof that begins with a letter outside of ASCII.", b"c2sp", "ç2sp".encode()),
    ("header", "A proof of another version.", b"@v1", b"@v2"),
    ("extra", "A proof with more that is no base64.", b"\nindex", b"\nextra ?\nindex"),
    ("index", "An index with a leading zero.", b"index ", b"index 0"),
    ("index", "An index behind another word.", b"index ", b"an index "),
    ("extra", "More that is glued to its word.", b"\nindex", b"\nextraAAA\nindex"),
    ("nodes", "A hash of three bytes.", b"\n\n", b"\nAQID\n\n"),
    ("note", "A signature line that is none.", "\u2014".encode(), b"-"),
):
    _name = f"with-a-wrong-{_code}" + ("-word" if "word" in _comment else "")
    receipt_case(_name, _comment, "FAILED", 9, f"tlog-proof.{_code}", _edited(_old, _new))
receipt_case("proven", "The receiver's ledger proves that it accepted.", "PASSED", None, "")
receipt_case("proven-with-reservations", "It accepted with a reservation.", "PASSED", None, "",
             accepted={"reservations": ["other"]}, said={"outcome": "accepted-with-reservations"})  # fmt: skip
receipt_case("not-there", "The proof isn't among the documents.", "INDETERMINATE", 9, "receipt.absent", is_there=False)
receipt_case("of-an-unknown-ledger", "The reader doesn't know the receiver's ledger.", "INDETERMINATE", 9,
             "receipt.unknown-ledger", known="a")  # fmt: skip
receipt_case("that-is-none", "A scan in place of a proof.", "FAILED", 9, "record.malformed", lambda *_: b"%PDF")
receipt_case("of-a-case", "It proves that a case was opened.", "FAILED", 9, "receipt.kind", kind="case.opened")
receipt_case("of-another-index", "The proof is of the entry before.", "FAILED", 9, "receipt.index", _shifted)
receipt_case(
    "that-leads-nowhere", "The proof doesn't lead to its checkpoint.", "FAILED", 9, "tree.inclusion", _unproven
)
receipt_case("by-a-stranger", "Another key than the ledger's signed the checkpoint.", "FAILED", 9, "note.unsigned",
             _by_a_stranger)  # fmt: skip
receipt_case("of-another-origin", "Checkpoint and entry name two ledgers.", "FAILED", 9, "receipt.origin",
             _of_another_origin)  # fmt: skip
receipt_case("of-another-outcome", "The record says reservations, the proof none.", "FAILED", 9, "receipt.other",
             said={"outcome": "accepted-with-reservations"})  # fmt: skip
receipt_case("of-another-transfer", "It was accepted in another transfer.", "FAILED", 9, "receipt.other",
             accepted={"transfer": "4f" * 16})  # fmt: skip
receipt_case("of-another-exhibit", "Another dispatch was accepted.", "FAILED", 9, "receipt.other",
             accepted={"foreign": {"head": "cd" * 32}})  # fmt: skip
receipt_case("of-another-ledger", "Another ledger accepted it than the one that it was sent to.", "FAILED", 9,
             "receipt.other-ledger", to="c-police")  # fmt: skip


def _exported_otherwise(setting: Setting) -> Vector:
    """An export that says it goes with another transfer than the exhibit."""
    post = Post(setting.forge.folder, "a", {"b": "XB"})
    post.consent()
    post.dispatch()
    raw = pack(post.bundle("EX-1", stated={"transfer": "4f" * 16}))
    return Vector("FAILED", raw, 7, "rule.transfer-export", trust=trust_in(post))


_enter("rule-transfer-of-another-export", "An export names another transfer than its exhibit's.", _exported_otherwise)


def _of_a_recalled_dispatch(setting: Setting) -> Vector:
    """It was recalled, accepted all the same, and sent to a third country under the old number."""
    road = _misdirected(setting, "b-police")
    road.b.accept(road.a, road.parcel)
    road.a.act("transfer.recalled", RECALLED)
    road.a.act("custody.moved", {"place": "Room 5"})
    road.a.consent(recipient="c-police")
    road.a.dispatch(to="c-police")
    reader = road.b.forge.reader()
    index = next(place for place, item in reader.parsed.items() if item.event.type == "transfer.accepted")
    raw = _right(road, index)
    digest = sha256(raw).hexdigest()
    road.a.forge.documents[digest] = raw
    proven = reader.parsed[index].event
    origin = {
        "event": proven.hash, "index": index, "ledger": road.b.world.origin,
        "root": root_of(hash_leaf(item) for item in road.b.forge.raws).hex(), "size": len(road.b.forge.raws),
    }  # fmt: skip
    decided = getattr(proven.details, "accepted_at", "")
    said = {**RECEIPT, "decided_at": decided, "document": digest, "manner": "proof", "origin": origin}
    road.a.act("transfer.receipt", said)
    raw = pack(road.a.bundle("EX-1", to="ministry"))
    return Vector("FAILED", raw, 9, "receipt.other", trust=trust_in(road.a, road.b))


_enter("receipt-of-a-recalled-dispatch", "It proves what became of an earlier dispatch, not of the one that it ends.",
       _of_a_recalled_dispatch)  # fmt: skip
