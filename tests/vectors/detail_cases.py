"""Step 4: details whose fields contradict each other, in events that are signed as they should be."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from custody.ledger.compose import Anchor
from schemas.envelope import Envelope, Signature, pae
from schemas.event import PAYLOAD_TYPE, Link, ParsedEvent
from schemas.text import format_base64
from tests.vectors.setting import CASE, CASES, Setting, Vector, plain_bundle
from tests.vectors.transfer_cases import RECEIPT
from tests.world import World

HASH, OTHER, PRIVATE = "ab" * 32, "cd" * 32, {"commitment": "ab" * 32}
EARLY, TIME, LATE = "2026-11-20T08:00:00Z", "2026-11-21T08:00:00Z", "2026-11-22T08:00:00Z"
Details = Mapping[str, Any]
Table = Sequence[tuple[Any, ...]]


def enter(name: str, comment: str, type: str, details: Details, wrong: Details, *, anchor: str = "about") -> None:
    """Enter a case: ``details`` are right, and ``wrong`` is put into them, nothing being taken out."""

    def tell(setting: Setting) -> Vector:
        world = setting.world
        anchors = {
            "about": Anchor(about=(setting.about(),)),
            "link": Anchor(case=CASE, exhibit="EX-9", link=Link(sequence=0)),
            "none": Anchor(),
        }
        composed = world.event(type, details, actor="examiner-1", anchor=anchors[anchor])
        index = setting.forge.add(_spoil(world, composed.event, wrong))
        setting.act("exhibit.sealed", {"seal": "A-1"}, actor="custodian-1")
        return setting.failed(plain_bundle(setting, extra=[index]), 4, "record.malformed")

    assert name not in CASES, f"two cases named {name}"
    CASES[name] = (comment, tell)


def _spoil(world: World, event: ParsedEvent, wrong: Details) -> Envelope:
    """Return the event with something put into its details, signed anew."""
    record = json.loads(event.raw)
    record["details"] |= wrong
    record["details"] = {name: value for name, value in record["details"].items() if value is not None}
    raw = json.dumps(record, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    key = world.signers["examiner-1"][-1]
    signature = Signature(keyid=key.key_id, sig=format_base64(key.sign(pae(PAYLOAD_TYPE, raw))))
    return Envelope(payload=format_base64(raw), payloadType=PAYLOAD_TYPE, signatures=(signature,))


# Consents and their like

CONSENT: Details = {
    "authority": "examiner-2", "issued_at": TIME, "manner": "key", "onward": "allowed", "purpose": "x",
    "recipient": "examiner-1", "valid_from": TIME,
}  # fmt: skip
BARRING, LATER = {"before": True, "code": "return"}, {"before": False, "code": "other"}
CONSENTS: Table = (
    ("by-a-letter-without-origin", "A consent by letter that doesn't say by which.", {"manner": "letter"}),
    ("on-paper-without-a-number", "A consent on paper that has no number.", {"documents": [HASH], "manner": "paper"}),
    ("that-ends-before-it-begins", "A consent that is over before it begins.", {"valid_until": EARLY}),
    ("with-conditions-out-of-order", "Conditions that don't stand in order.", {"conditions": [BARRING, LATER]}),
    ("with-a-condition-twice", "A condition that stands twice.", {"conditions": [LATER, LATER]}),
)  # fmt: skip
for _name, _comment, _wrong in CONSENTS:
    enter(f"consent-{_name}", _comment, "consent.recorded", CONSENT, _wrong)
enter("consent-revoked-without-paper", "A revocation on paper without the paper.", "consent.revoked",
       {"manner": "key", "reason": "x"}, {"manner": "paper"})  # fmt: skip
enter("conditions-met-by-nothing", "Conditions that were met, neither by a document nor by a letter.",
       "consent.conditions-met", {"conditions": ["return"], "document": HASH}, {"document": None})  # fmt: skip
enter("breaches-out-of-order", "What stood against a release, out of order.", "release.refused",
       {"breaches": ["a"], "to": "examiner-2", "tried": "export", "tried_by": "examiner-1"},
       {"breaches": ["b", "a"]})  # fmt: skip
enter("explained-with-a-code-twice", "An explanation that names a code twice.", "record.explained",
       {"statement": "x"}, {"cures": ["a", "a"]})  # fmt: skip
enter("erased-without-anything", "An order that erases nothing.", "disclosure.erased",
       {"authority": "x", "commitments": [HASH], "order": "x"}, {"commitments": []})  # fmt: skip
enter("export-of-a-transfer-to-nobody", "An export for a transfer that goes to nobody on record.", "bundle.exported",
       {"manifest": HASH, "recipient": "x", "to": "examiner-2", "transfer": "0f" * 16}, {"to": None})  # fmt: skip

# The freeze of an asset

FREEZE: Details = {"change": "placed", "decided_at": TIME}
FREEZES: Table = (
    ("prolonged-without-end", "A freeze that is prolonged, and nobody says until when.", {"change": "prolonged"}),
    ("lifted-with-an-end", "A freeze that is lifted, and ends later.", {"change": "lifted", "ends_at": LATE}),
    ("told-though-not-lifted", "A provider is told that it is lifted, which it isn't.", {"notified_at": TIME}),
    ("ended-before-decided", "A freeze that ends before it is decided on.", {"ends_at": EARLY}),
)  # fmt: skip
for _name, _comment, _wrong in FREEZES:
    enter(f"freeze-{_name}", _comment, "asset.freeze-changed", FREEZE, _wrong)

# Assets that were looked at again

STATE = {"observed_at": TIME}
OBSERVED: Table = (
    ("of-nothing", "An observation in which nothing was seen.", {"state": None}),
    ("whose-without-balance", "An observation says whose balance it is, and gives none.", {"balance_of": "account"}),
    ("balance-of-nobody", "An observation of a balance that doesn't say whose it is.",
     {"state": {**STATE, "balance": PRIVATE}}),
)  # fmt: skip
for _name, _comment, _wrong in OBSERVED:
    enter(f"observed-{_name}", _comment, "asset.observed", {"state": STATE}, _wrong)

# Requests

FACTS, PURPOSE = {"name": "facts", "value": PRIVATE}, {"name": "purpose", "value": PRIVATE}
DRAFT: Details = {"fields": [], "kind": "mla", "request": "req-1", "to": "examiner-2"}
RECEIVED: Details = {
    "fields": [], "from": "examiner-2", "kind": "mla", "paper": HASH, "received_at": TIME, "request": "req-1",
}  # fmt: skip
ANSWER: Details = {"answered_at": TIME, "outcome": "granted", "request": "req-1"}
ANSWERED: Details = {**ANSWER, "from": "examiner-2", "paper": HASH, "received_at": TIME}
LETTER = {
    "event": HASH, "ledger": "b.example/main", "manifest": HASH, "request": "req-9", "root": HASH, "size": 9,
}  # fmt: skip
NAMES = [{"case": "a", "exhibit": "1"}, {"case": "b", "exhibit": "1"}]
GRANT = {"exhibits": NAMES, "onward": "allowed", "to_country": "XB"}
REQUESTS: Table = (
    ("fields-out-of-order", "Fields of a request out of order.", "drafted", DRAFT, {"fields": [PURPOSE, FACTS]}),
    ("period-backward", "A period that ends before it begins.", "drafted", DRAFT,
     {"period": {"first": TIME, "last": EARLY}}),
    ("from-nowhere", "A request that came neither on paper nor in a letter.", "received", RECEIVED, {"paper": None}),
    ("from-two-places", "A request that came on paper and in a letter.", "received", RECEIVED, {"origin": LETTER}),
    ("refused-without-ground", "A refusal without ground.", "answered", ANSWER,
     {"outcome": "refused", "reasons": PRIVATE}),
    ("granted-with-a-ground", "A ground for refusal, and no refusal.", "answered", ANSWER, {"ground": "other"}),
    ("postponed-without-reasons", "A postponement without reasons.", "answered", ANSWER, {"outcome": "postponed"}),
    ("granted-and-wanting", "More is wanted of what is granted.", "answered", ANSWER, {"wanted": ["facts"]}),
    ("grant-of-nothing", "A grant in an answer that grants nothing.", "answered", ANSWER,
     {"grant": GRANT, "outcome": "nothing-found"}),
    ("grant-out-of-order", "A grant whose exhibits stand out of order.", "answered", ANSWER,
     {"grant": {**GRANT, "exhibits": NAMES[::-1]}}),
    ("leads-nowhere", "A lead to neither a provider nor a country.", "answered", ANSWER, {"leads_to": [{}]}),
    ("answered-in-two-places", "An answer that came on paper and in a letter.", "answer-received", ANSWERED,
     {"origin": LETTER}),
    ("accepts-out-of-order", "Conditions that are accepted, out of order.", "completed",
     {"fields": [], "request": "req-1"}, {"accepts": ["return", "other"]}),
    ("extended-in-two-places", "A term that is prolonged on paper and in a letter.", "extended",
     {"document": HASH, "request": "req-1", "until": LATE}, {"origin": LETTER}),
    ("closed-in-two-places", "A request that is closed on paper and in a letter.", "closed",
     {"document": HASH, "outcome": "executed", "request": "req-1"}, {"origin": LETTER}),
)  # fmt: skip
for _name, _comment, _type, _right, _wrong in REQUESTS:
    enter(f"request-{_name}", _comment, f"request.{_type}", _right, _wrong, anchor="none")

# Registrations

OBJECT: Details = {"description": "x", "kind": "phone", "nature": "object", "obtained": "seizure"}
EMPTY = {"bytes": 0, "count": 0, "root": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}
DATA: Details = {**OBJECT, "content": EMPTY, "kind": "image", "nature": "data"}
MEDIUM = {"digests": {"md5": "ab" * 16, "sha256": HASH}, "size": 3}
IMAGE = {"container": "raw", "medium": MEDIUM, "segments": {"count": 1}}
STORED = {"algorithm": "md5", "match": True, "value": "ab" * 16}
APOSTILLE, TRANSLATION = {"document": HASH, "role": "apostille"}, {"document": HASH, "role": "translation"}
WALLET: Details = {**DATA, "asset": {"account": "x", "custody": "unknown"}, "kind": "wallet", "nature": "asset"}
ROWS = {"count": 1, "files": 1, "format": "csv"}
REGISTRATIONS: Table = (
    ("object-of-files", "A thing that consists of files.", OBJECT, {"content": EMPTY}),
    ("data-of-nothing", "Data that consist of no files.", DATA, {"content": None}),
    ("object-of-value", "A thing with the fields of an asset.", OBJECT,
     {"asset": {"account": PRIVATE, "custody": "unknown"}}),
    ("asset-of-no-name", "An asset without account, name or platform.", WALLET, {"asset": {"custody": "unknown"}}),
    ("asset-freed-before-frozen", "A freeze that ends before it begins.", WALLET,
     {"asset": {"account": PRIVATE, "custody": "platform",
                "freeze": {"ends_at": EARLY, "frozen_at": TIME, "provider": PRIVATE}}}),
    ("image-of-no-content", "An image of a thing without content.", OBJECT, {"image": IMAGE}),
    ("certified-by-without-certificate", "A provider who certified, and no certificate.", OBJECT,
     {"certified_by": "examiner-2"}),
    ("image-further", "A further image where there is no first one.", DATA, {"further_images": [IMAGE]}),
    ("image-read-and-not", "An image that was read, and wasn't.", DATA, {"image": {**IMAGE, "not_read": "damaged"}}),
    ("image-match-unsaid", "A stored digest of which it isn't said whether it is the medium's.", DATA,
     {"image": {**IMAGE, "stored": [{"algorithm": "md5", "value": "ab" * 16}]}}),
    ("image-match-hidden", "A stored digest is another, and that isn't among the damage.", DATA,
     {"image": {**IMAGE, "stored": [{**STORED, "match": False, "value": "cd" * 16}]}}),
    ("handling-out-of-order", "Words about handling out of order.", OBJECT, {"handling": ["secret", "csam"]}),
    ("lost-in-two-ways", "Lost bytes that are told twice.", DATA,
     {"lost": {"bytes": 1, "document": HASH, "ranges": [{"file": HASH, "offset": 0, "size": 1}]}}),
    ("rows-of-half-a-time", "Records with a first time, and no last one.", DATA,
     {"source": {"records": [{**ROWS, "first_at": TIME}], "type": "log"}}),
    ("rows-out-of-order", "Records out of order of format.", DATA,
     {"source": {"records": [{**ROWS, "format": "mbox"}, ROWS], "type": "log"}}),
    ("device-state-of-data", "Data with the state of a device.", DATA, {"device_state": {"power": "on"}}),
    ("device-isolated-and-not", "A device that was isolated, and wasn't.", OBJECT,
     {"device_state": {"isolation": ["faraday", "none"], "power": "on"}}),
    ("attested-on-paper-by-a-signer", "Who attests on paper is said to be a signer.", OBJECT,
     {"attestations": [{"agent": "examiner-2", "manner": "paper", "person": PRIVATE, "role": "witness"}]}),
    ("papers-out-of-order", "Legal papers out of order.", OBJECT, {"legal_papers": [TRANSLATION, APOSTILLE]}),
    ("paper-about-itself", "A legal paper about itself.", OBJECT, {"legal_papers": [{**APOSTILLE, "of": HASH}]}),
)  # fmt: skip
for _name, _comment, _right, _wrong in REGISTRATIONS:
    enter(f"registered-{_name}", _comment, "exhibit.registered", _right, _wrong, anchor="link")

# Transfers

FOREIGN = {
    "case": "c", "exhibit": "e", "head": HASH, "ledger": "b.example/main", "manifest": HASH, "root": HASH, "size": 9,
}  # fmt: skip
ACCEPTED: Details = {
    **OBJECT, "accepted_at": TIME, "foreign": FOREIGN, "from": "examiner-2", "obtained": "foreign-assistance",
    "onward": "allowed", "sent_at": TIME, "transfer": "0f" * 16,
}  # fmt: skip
REFUSED: Details = {
    "exhibits": [{"case": "b", "exhibit": "1", "head": HASH}], "from": "examiner-2", "ledger": "b.example/main",
    "reasons": ["other"], "refused_at": TIME, "transfer": "0f" * 16, "verdict": "PASSED",
}  # fmt: skip
TRANSFERS: Table = (
    ("accepted-from-nowhere", "An acceptance that doesn't say what it accepts.", "accepted", ACCEPTED,
     {"foreign": None}, "link"),
    ("accepted-as-seized", "An acceptance of what was seized here.", "accepted", ACCEPTED, {"obtained": "seizure"},
     "link"),
    ("refused-and-unreadable", "A refusal of exhibits, and of a parcel that can't be read.", "refused", REFUSED,
     {"parcel": OTHER, "verdict": "FAILED"}, "none"),
    ("unreadable-and-passed", "A parcel that can't be read, and passed.", "refused", REFUSED,
     {"exhibits": None, "parcel": OTHER}, "none"),
    ("refused-out-of-order", "Exhibits that are refused, out of order.", "refused", REFUSED,
     {"exhibits": [{"case": "b", "exhibit": "1", "head": HASH}, {"case": "a", "exhibit": "1", "head": OTHER}]}, "none"),
    ("proven-without-origin", "A receipt by proof that doesn't say of what.", "receipt",
     {**RECEIPT, "document": HASH, "manner": "paper"}, {"manner": "proof"}, "link"),
    ("returned-from-nowhere", "A return with neither a bundle nor a paper.", "returned",
     {"document": HASH, "from": "examiner-2", "transfer": "0f" * 16}, {"document": None}, "link"),
)  # fmt: skip
for _name, _comment, _type, _right, _wrong, _anchor in TRANSFERS:
    enter(f"transfer-{_name}", _comment, f"transfer.{_type}", _right, _wrong, anchor=_anchor)
