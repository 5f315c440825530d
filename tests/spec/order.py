"""What is asked of each event type, in the order in which it is asked: by-type.md.

What every type with an anchor is asked comes from the table of the rules; what one type alone is asked stands here, and
is held against the reducer and against everything that is found in the vectors (``test_order``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from custody.verify.rules.reducer import _ABOUT_ONE
from custody.verify.rules.requests import _SIDE
from custody.verify.rules.table import RULES
from schemas.registry import DETAILS

WHOLE = " (whole)"
"""Behind a code of the reducer that a bundle can't show."""
EVERY = (
    "rule.opened", "rule.ledger", "rule.seen", "rule.event-twice", "rule.unknown-agent", "rule.agent-left",
    "rule.not-a-member", "rule.role", "rule.signers",
)  # fmt: skip
"""Asked of every event at step 7, before all that its type is asked."""
_NEW_AGENT = f"rule.unknown-agent{WHOLE}"
_NEW_REQUEST = f"rule.request-unknown{WHOLE}"
_REGISTRATION = (
    "rule.exhibit-exists", "rule.case-open", "rule.link", _NEW_AGENT, "rule.parent", f"rule.parent{WHOLE}", "rule.bound"
)  # fmt: skip
_DECISION = ("rule.transfer-other", "rule.transfer-sender")
_OPENS = ("rule.request-exists", _NEW_REQUEST, _NEW_AGENT)
_LETTER = ("letter.absent", "letter.erased", "letter.origin", "letter.recipient", "letter.sender", "letter.request")
OWN: Mapping[str, Sequence[str]] = {
    "access.logged": (_NEW_AGENT, "rule.access"),
    "agent.changed": ("rule.unknown-agent", "rule.agent-left", "rule.enrolment", _NEW_AGENT),
    "agent.enrolled": ("rule.enrolment", _NEW_AGENT),
    "agent.key-added": ("rule.unknown-agent", "rule.recovery", "rule.enrolment"),
    "agent.key-revoked": ("rule.revocation",),
    "bundle.exported": (_NEW_AGENT, _NEW_REQUEST, "rule.transfer-export"),
    "case.changed": ("rule.case-open",),
    "case.closed": ("rule.case-open",),
    "case.opened": ("rule.case-exists",),
    "consent.conditions-met": (
        f"rule.consent-event{WHOLE}", "rule.consent-exhibits", "rule.consent-revoked", "rule.consent-condition"
    ),
    "consent.recorded": (
        "rule.unknown-agent", "rule.consent-authority", "rule.agent-left", _NEW_REQUEST, "rule.consent-signer"
    ),
    "consent.revoked": (
        f"rule.consent-event{WHOLE}", "rule.consent-exhibits", "rule.consent-revoked", "rule.consent-signer"
    ),
    "custody.handed-over": ("rule.same-party",),
    "custody.taken-over": ("rule.same-party",),
    "exhibit.registered": _REGISTRATION,
    "exhibit.voided": ("rule.bound",),
    "ledger.key-added": ("rule.log-key", "rule.enrolment", "rule.signers"),
    "ledger.key-revoked": ("rule.revocation", "rule.signers"),
    "ledger.opened": ("rule.enrolment", "rule.opened", "rule.log-key"),
    "record.affirmed": ("rule.affirmed",),
    "release.refused": (_NEW_AGENT,),
    "request.answer-received": ("rule.request-peer", _NEW_AGENT),
    "request.answered": (_NEW_AGENT,),
    "request.drafted": _OPENS,
    "request.received": _OPENS,
    "transfer.accepted": (*_REGISTRATION, _NEW_AGENT, "rule.transfer-origin", "rule.transfer-twice"),
    "transfer.dispatched": (_NEW_AGENT, "rule.transfer-to", "rule.transfer-item", _NEW_REQUEST),
    "transfer.lost": _DECISION,
    "transfer.recalled": _DECISION,
    "transfer.receipt": _DECISION,
    "transfer.refused": (_NEW_AGENT, "rule.transfer-twice"),
    "transfer.returned": (
        "rule.state", "rule.transfer-other", "rule.transfer-sender", _NEW_AGENT, "rule.transfer-origin",
        "rule.transfer-twice",
    ),
}  # fmt: skip
"""By type, the codes of step 7 that come after those of its anchor."""
_CONSENTS = "a release"
"""What is asked of a release, in one word; `RELEASE` are its codes."""
RELEASE = (
    "release.recipient-unknown", "release.request-ended", "release.not-granted", "release.consent-missing",
    "release.consent-recipient", "release.consent-key", "release.consent-revoked", "release.consent-request",
    "release.consent-early", "release.consent-expired", "release.consent-conditions", "release.consent-terms",
    "release.terms-untold", "lawfulness.country",
)  # fmt: skip
_ABROAD = ("release.holder-abroad", "lawfulness.country")
_GOING = ("release.destination-unnamed", _CONSENTS)
LAW: Mapping[str, Sequence[str]] = {
    "access.logged": (_CONSENTS,),
    "agent.changed": ("release.holder-abroad",),
    "bundle.exported": (
        "release.recipient-unnamed", "release.request-peer", _CONSENTS, "lawfulness.recipient", "release.enclosed"
    ),
    "consent.conditions-met": (*_LETTER, "letter.grant", "letter.terms"),
    "consent.recorded": (
        "lawfulness.country", *_LETTER, "letter.grant", "letter.terms", "release.condition-unseen"
    ),
    **dict.fromkeys(
        ("custody.handed-over", "custody.moved", "custody.taken-over", "exhibit.disposed", "exhibit.released"), _GOING
    ),
    "exhibit.registered": (*_ABROAD, "release.registered-abroad", "release.bound-content"),
    "exhibit.returned": ("release.holder-abroad",),
    "ledger.opened": ("lawfulness.country",),
    "request.answered": (_CONSENTS,),
    "request.sent": (_CONSENTS,),
    "transfer.accepted": (
        *_ABROAD, "inherited.conditions", "inherited.condition-unseen", "inherited.recipient", "inherited.country",
        "inherited.reservations",
    ),
    "transfer.dispatched": ("release.request-peer", _CONSENTS, "release.condition-unseen"),
    "transfer.recalled": ("release.holder-abroad",),
    "transfer.receipt": ("release.holder-abroad",),
    "transfer.returned": _ABROAD,
}  # fmt: skip
"""By type, what step 11 asks at its entry."""
_ARRIVAL = ("inherited.exhibit", "inherited.head", "inherited.content")
_SAID = ("letter.said",)
_SEALS = ("defect.seal-other", "defect.seal-broken")
CONTENT: Mapping[str, Sequence[str]] = {
    "asset.freeze-changed": ("asset.none", "asset.freeze-state"),
    "asset.observed": ("asset.none", "asset.*"),
    "custody.handed-over": ("content.recorded-mismatch",),
    "exhibit.checked": ("content.recorded-mismatch",),
    "exhibit.registered": ("image.*", "hash-list.*", "asset.*"),
    "request.answer-received": (*_LETTER, *_SAID),
    "request.closed": (*_LETTER, *_SAID),
    "request.completed": (*_LETTER, *_SAID),
    "request.extended": (*_LETTER, *_SAID),
    "request.received": (*_LETTER, *_SAID),
    "request.withdrawn": (*_LETTER, *_SAID),
    "transfer.accepted": (
        "content.recorded-mismatch", "image.*", "hash-list.*", "asset.*", "inherited.absent", *_ARRIVAL,
        "inherited.sent-at",
    ),
    "transfer.receipt": (
        "receipt.absent", "receipt.erased", "receipt.*", "tlog-proof.*", "tree.inclusion", "note.unsigned",
        "note.signature", "checkpoint.fork",
    ),
    "transfer.returned": ("content.recorded-mismatch", "inherited.away", *_ARRIVAL),
}  # fmt: skip
"""By type, what step 9 finds at its entry; letters of requests in an audit only."""
DEFECTS: Mapping[str, Sequence[str]] = {
    "agent.changed": ("defect.single-registrar", "defect.agent-moved", "defect.agent-apart"),
    "agent.enrolled": ("defect.single-registrar", "defect.agent-apart"),
    "asset.observed": ("defect.shared-wallet",),
    "bundle.exported": ("defect.recorded-ahead",),
    "consent.conditions-met": ("letter.unspecific",),
    "consent.recorded": ("defect.paper-alone", "defect.consent-key", "letter.unspecific"),
    "custody.handed-over": _SEALS,
    "custody.taken-over": ("defect.taken-over",),
    "exhibit.registered": ("defect.web-capture", "defect.sovereignty", "defect.shared-wallet"),
    "exhibit.unsealed": _SEALS,
    "ledger.key-added": ("defect.single-registrar",),
    "ledger.key-revoked": ("defect.single-registrar",),
    "request.answered": ("defect.grant-country",),
    "transfer.accepted": (
        "defect.seal-broken", "inherited.names", "inherited.seal", "inherited.corrected", "inherited.unseen",
        "inherited.kind", "inherited.times",
    ),
    "transfer.contested": ("defect.receipt-contested",),
    "transfer.dispatched": ("defect.not-sealed", "defect.seal-other"),
    "transfer.lost": ("defect.transfer-lost",),
    "transfer.receipt": ("defect.paper-alone", "defect.receipt-early"),
    "transfer.returned": (
        "defect.paper-alone", "defect.returned-after-recall", "defect.returned-by-another", "defect.seal-unsaid",
        "defect.seal-broken", "inherited.seal", "inherited.corrected", "inherited.unseen",
    ),
}  # fmt: skip
"""By type, the defects of step 12 that it can have, `defect.time-backward` of acts aside."""
_PAGES = (
    ("case.", "events.md#rules-for-cases"), ("consent.", "requests.md#rules-for-consent"),
    ("custody.", "events.md#rules-for-custody-acts"),
    ("exhibit.registered", "events.md#rules-for-exhibitregistered"),
    ("ledger.key-", "events.md#rules-for-ledgerkey-added-ledgerkey-revoked"),
    ("request.", "requests.md#rules-for-request"),
    ("transfer.", "transfers.md#rules"), ("exhibit.", "events.md#rules-for-custody-acts"),
)  # fmt: skip


def asked(name: str) -> tuple[str, ...]:
    """Return the codes of step 7 that a type is asked after those of every event, in order."""
    return tuple(dict.fromkeys([*_of_anchor(name), *OWN.get(name, ())]))


def _of_anchor(name: str) -> Iterator[str]:
    rule, anchor = RULES[name], DETAILS[name].anchor
    if name.startswith("request.") and name not in {"request.drafted", "request.received"}:
        yield from ("rule.request-unknown", "rule.request-state")
        if name in _SIDE:
            yield "rule.request-side"
    if anchor == "about":
        yield "rule.about"
        yield f"rule.about-unknown{WHOLE}"
        yield "rule.about-event"
    if anchor == "link" and rule.states:
        yield from ("rule.unknown-exhibit", "rule.link", "rule.state")
        if rule.sealed is not None:
            yield "rule.seal"
        if rule.holder:
            yield "rule.holder"


def defects(name: str) -> tuple[str, ...]:
    """Return the defects of step 12 that a type can have, those of every event aside."""
    is_act = DETAILS[name].anchor == "link" and bool(RULES[name].states)
    return (*DEFECTS.get(name, ()), *(("defect.time-backward",) if is_act else ()))


def _page(name: str) -> str:
    if DETAILS[name].anchor == "about" and not name.startswith("consent."):
        return "events.md#rules-for-annotations"
    own = f"events.md#rules-for-{name.replace('.', '')}"
    return next((page for start, page in _PAGES if name.startswith(start)), own)


def order_table(home: Mapping[str, str]) -> str:
    """Return what is asked at step 7; ``home`` says on which page, and under which heading, a type's fields stand."""
    lines = ["| type | step 7, in order |", "|---|---|"]
    for name in sorted(DETAILS):
        codes = _short(asked(name), _ANCHORS)
        codes = [
            f"{code} with one element" if name in _ABOUT_ONE and code == "an annotation" else code for code in codes
        ]
        told = f" [rules]({_page(name)}): {', '.join(codes)}" if codes else ""
        lines.append(f"| [`{name}`]({home[name]}) |{told} |")
    return "\n".join(lines) + "\n"


def found_table() -> str:
    """Return what the other steps find at an entry, for each type of which they find something."""
    lines = ["| type | step 9 | step 11 | step 12 |", "|---|---|---|---|"]
    for name in sorted(DETAILS):
        parts = [_short(codes.get(name, ()), _LETTERS) for codes in (CONTENT, LAW, DEFECTS)]
        if any(parts):
            lines.append(f"| `{name}` | {' | '.join(', '.join(part) for part in parts)} |")
    return "\n".join(lines) + "\n"


_ANCHORS: Mapping[str, Sequence[str]] = {
    "an annotation": ("rule.about", f"rule.about-unknown{WHOLE}", "rule.about-event"),
    "an act": ("rule.unknown-exhibit", "rule.link", "rule.state"),
}
_LETTERS: Mapping[str, Sequence[str]] = {"a letter": _LETTER}
"""What the page says in a word of its own: by-type.md, "Words"."""


def _short(codes: Sequence[str], words: Mapping[str, Sequence[str]]) -> list[str]:
    """Return codes as the page spells them, those that a word stands for as that word."""
    found = list(codes)
    for word, meant in words.items():
        start = next((at for at in range(len(found)) if found[at : at + len(meant)] == list(meant)), None)
        if start is not None:
            found[start : start + len(meant)] = [word]
    plain = {_CONSENTS, *words}
    return [
        code if code in plain else f"`{code.removesuffix(WHOLE)}`{WHOLE if WHOLE in code else ''}" for code in found
    ]
