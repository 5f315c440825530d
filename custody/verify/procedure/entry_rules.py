"""The checks of step 12 that one entry answers by itself (docs/spec/procedure.md). Each yields what is missing.

They look at the record and nowhere else: whether a witness was in the room, nobody can tell from here. What they find
can be cured, and each says how.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec

from custody.verify.rules.view import View
from schemas.content import Content
from schemas.details.asset import Asset, Freeze, FreezeChanged
from schemas.details.custody import Moved
from schemas.details.exhibit import (
    Acquisition,
    ExhibitCopied,
    ExhibitExamined,
    ExhibitRegistered,
    ExhibitSealed,
)  # fmt: skip
from schemas.details.record import BundleExported
from schemas.details.request import RequestAnswered
from schemas.details.seizure import DeviceState, Identity
from schemas.details.source import Source, missing_of
from schemas.details.transfer import TransferDispatched
from schemas.event import ParsedEvent
from schemas.types import UNSET, Role, is_set

COLLECTED: Final = frozenset({"found", "online-capture", "seizure", "voluntary"})
"""How an exhibit was obtained where investigators collected it themselves."""
FROM_SOMEBODY: Final = frozenset({"found", "seizure", "voluntary"})
POLICE: Final[frozenset[Role]] = frozenset({"custodian", "examiner", "registrar", "system"})
"""Who may not be a witness (law row C3): police and their staff."""
HOLDERS: Final = frozenset({"occupant", "owner", "provider", "suspect", "victim"})
_SIGNED: Final = frozenset({"paper", "recording", "stylus"})
_POWERED: Final = frozenset({"computer", "device", "phone"})
_THREE_OFFICES: Final = frozenset({"consular-authentication", "ministry-authentication", "notarisation"})


class Missing(msgspec.Struct, frozen=True):
    """What the record lacks, and how that can be cured."""

    what: str
    cure: str


Found = Iterator[Missing]
EntryRule = Callable[[View, ParsedEvent, Any], Found]
"""Given a view, an event, and its details, which are of the types beside the rule in `ENTRY_RULES`."""


def is_foreign(view: View, details: ExhibitRegistered) -> bool:
    """Tell whether an exhibit comes from abroad, as its registration says."""
    ledger = view.ledger()
    abroad = is_set(details.data_country) and ledger is not None and details.data_country != ledger.country
    return details.obtained == "foreign-assistance" or abroad


def two_investigators(view: View, parsed: ParsedEvent, details: ExhibitRegistered) -> Found:
    """Law row C1."""
    count = sum(signer.as_ in ("actor", "second") for signer in parsed.event.signers)
    if details.obtained in COLLECTED and count < 2:
        yield Missing(
            "collected by one investigator, as far as signatures show",
            "a statement of the second investigator, or the reason why there was none",
        )


def holder_or_witness(view: View, parsed: ParsedEvent, details: ExhibitRegistered) -> Found:
    """Law rows C2 and C3: the holder signs, else a witness, else a recording and the reason."""
    attested = details.attestations or ()
    if details.obtained not in FROM_SOMEBODY or any(
        item.role in HOLDERS and item.manner in _SIGNED for item in attested
    ):
        return
    refused = any(item.role in HOLDERS and is_set(item.reason) for item in attested)
    on_paper = any(item.role == "witness" and item.manner in _SIGNED for item in attested)
    if on_paper or any(signer.as_ == "witness" for signer in parsed.event.signers):
        if not refused:
            yield Missing("the holder did not sign, and no reason is on record", "the reason, in writing")
    elif not refused or not any(item.manner == "recording" and is_set(item.document) for item in attested):
        yield Missing(
            "neither the holder nor a witness signed, and no recording stands for them",
            "a signature on paper; or the reason why there is none, with a recording of the whole collection",
        )


def witness_eligible(view: View, parsed: ParsedEvent, details: ExhibitRegistered) -> Found:
    """Law row C3: police and their staff are no witnesses, nor is who was found not eligible."""
    if details.obtained not in COLLECTED:
        return
    if any(item.role == "witness" and item.eligible is False for item in details.attestations or ()):
        yield Missing("a witness who is not eligible, as was found", "another witness, or a recording and the reason")
    for signer in parsed.event.signers:
        agent = view.agent(signer.agent) if signer.as_ == "witness" else None
        roles = sorted({role for role, _ in agent.roles} & POLICE) if agent is not None else []
        if roles:
            yield Missing(
                f"the witness {signer.agent} is {' and '.join(roles)} of this ledger",
                "another witness's statement, or the reason why none was there, with a recording",
            )


def witness_identity(view: View, parsed: ParsedEvent, details: ExhibitRegistered) -> Found:
    """Law row C3: a court knows each witness by an identity document, and how to reach him."""
    if details.obtained not in COLLECTED:
        return
    attested = details.attestations or ()
    known = [item for item in attested if isinstance(item.identity, Identity) and is_set(item.identity.contact)]
    unknown = sum(item not in known for item in attested if item.role == "witness" and item.manner in _SIGNED)
    by_key = [signer.agent for signer in parsed.event.signers if signer.as_ == "witness"]
    # Where several sign, one that names none of them could be about any.
    alone = by_key[0] if len(by_key) == 1 else UNSET
    named = {item.agent or alone for item in known if item.role == "witness" and item.manner == "key"}
    unknown += sum(agent not in named for agent in by_key)
    if unknown:
        what = f"who the witness is, and how a court reaches him, is not on record of {unknown}"
        yield Missing(what, "kind and number of the identity document, and the contact, in an explanation")


def device_state(view: View, parsed: ParsedEvent, details: ExhibitRegistered) -> Found:
    """Law row R9: how a device was found, and that one which is on can't be reached from afar."""
    if details.obtained not in COLLECTED or details.nature != "object" or details.kind not in _POWERED:
        return
    state, cure = details.device_state, "a statement of who seized it"
    if not isinstance(state, DeviceState):
        yield Missing("whether the device was on, and how it was isolated, is not on record", cure)
    elif (state.left or state.power) != "off" and set(state.isolation or ()) <= {"none"}:
        yield Missing("a device that may be on is not isolated, as far as the record says", cure)


def freeze(view: View, parsed: ParsedEvent, details: ExhibitRegistered | FreezeChanged) -> Found:
    """Law rows C17 and C18: a freeze has an end, and who holds the asset is told when it is lifted."""
    asset = details.asset if isinstance(details, ExhibitRegistered) else UNSET
    placed = asset.freeze if isinstance(asset, Asset) else details
    if isinstance(details, FreezeChanged) and details.change == "lifted":
        if not is_set(details.notified_at) and not is_set(details.origin):
            what = "a freeze was lifted, and that its provider was told is not on record"
            yield Missing(what, "the notice to the provider")
    elif isinstance(placed, Freeze | FreezeChanged) and not is_set(placed.ends_at):
        yield Missing("until when the asset is frozen is not on record", "the order or the receipt, which says it")


def protected(view: View, parsed: ParsedEvent, details: ExhibitRegistered) -> Found:
    """Law row C4: data have a check value from the start; here nothing is left to ask but that they were all read."""
    if isinstance(details.content, Content) and is_set(details.unreadable):
        what = f"no check value for {details.unreadable} files that could not be read"
        yield Missing(what, "reading them again from the medium, as an exhibit of their own")


def reproducible(
    view: View, parsed: ParsedEvent, details: ExhibitRegistered | ExhibitCopied | ExhibitExamined
) -> Found:
    """Law rows C7 and R4: another one can repeat it and get the same."""
    cure = "the tool, its version and arguments, in a correction"
    if isinstance(details, ExhibitRegistered):
        if details.obtained in COLLECTED and details.nature == "data" and not is_set(details.acquisition):
            yield Missing("how the data were taken is not on record", cure)
    elif not (is_set(details.tool) and is_set(details.version)):
        yield Missing("the tool or its version is not on record", cure)


def write_blocker(view: View, parsed: ParsedEvent, details: ExhibitRegistered) -> Found:
    """Law row R4, principle 1."""
    taken = details.acquisition
    if isinstance(taken, Acquisition) and taken.method == "physical" and not is_set(taken.write_blocker):
        yield Missing("no write blocker is named", "how writing was kept out, in a correction")


def competence(view: View, parsed: ParsedEvent, details: ExhibitExamined) -> Found:
    """Law row R4, principle 2."""
    if is_set(details.alteration) and not is_set(details.competence):
        yield Missing("the original was altered, and by what competence is not said", "the examiner's qualification")


def purpose(view: View, parsed: ParsedEvent, details: BundleExported | Moved) -> Found:
    """Law row R1."""
    if isinstance(details, BundleExported) and not is_set(details.purpose):
        yield Missing("an export without a purpose", "a statement of the purpose")
    if isinstance(details, Moved) and not is_set(details.reason):
        yield Missing("a move without a reason", "a statement of the reason")


def seal_photos(view: View, parsed: ParsedEvent, details: ExhibitSealed) -> Found:
    """Law row C21: before it was sealed, and sealed."""
    if not is_set(details.photos):
        yield Missing("no photo shows the seal", "photos from all sides with the seal in sight")
    if not is_set(details.photos_before):
        yield Missing("no photo shows it before it was sealed", "photos from all sides, if some were taken then")


def seal_travels(view: View, parsed: ParsedEvent, details: TransferDispatched) -> Found:
    """Law row C5: an original travels sealed, or it is said why not and where the medium is."""
    if details.item != "original" or is_set(details.seal):
        return
    if not is_set(details.not_sealed):
        yield Missing("an original left without a seal number, and no reason is on record", "the reason, in writing")
    elif not is_set(details.medium_place):
        yield Missing("where the unsealed medium is kept is not on record", "a statement of the place")


def backup_copy(view: View, parsed: ParsedEvent, details: TransferDispatched) -> Found:
    """Law row C5: a backup copy travels too; where a copy travels, the original is what stays."""
    if details.item == "original" and not is_set(details.backup):
        yield Missing("no backup copy travels with the original", "a backup copy, sent after it with its check value")


def foreign_origin(view: View, parsed: ParsedEvent, details: ExhibitRegistered) -> Found:
    """Law row C8: source, provider, extractor and time of extraction."""
    if not is_foreign(view, details) or is_set(details.foreign):
        return  # the ledger that it came from tells all four
    source, taken = details.source, details.acquisition
    is_timed = isinstance(taken, Acquisition) and (is_set(taken.started_at) or is_set(taken.ended_at))
    stated = {
        "source": is_set(details.place) or is_set(details.data_country),
        "provider": is_set(details.seized_from) or (isinstance(source, Source) and is_set(source.provider)),
        "extractor": isinstance(taken, Acquisition),
        "time of extraction": is_timed,
    }
    lacking = ", ".join(name for name, is_stated in stated.items() if not is_stated)
    if lacking:
        yield Missing(f"from abroad, without its {lacking}", "a statement of the authority that sent it")


def legalisation(view: View, parsed: ParsedEvent, details: ExhibitRegistered) -> Found:
    """Law row C9: what a party brings from abroad is legalised."""
    roles = {item.role for item in details.legal_papers or ()}
    is_legalised = bool(roles & {"apostille", "treaty-channel"}) or roles >= _THREE_OFFICES
    if details.obtained == "voluntary" and is_foreign(view, details) and not is_legalised:
        yield Missing(
            "brought from abroad by a party, without papers that legalise it",
            "notarisation and authentication, an apostille, or the way that a treaty opens",
        )


def online_capture(view: View, parsed: ParsedEvent, details: ExhibitRegistered) -> Found:
    """Law row R6, for what was captured online and not registered as a web capture, which the rules look at."""
    capture = details.source.capture if isinstance(details.source, Source) else UNSET
    if details.obtained == "online-capture" and details.kind != "web-capture" and not is_set(capture):
        yield Missing(f"captured online, without {', '.join(missing_of(capture))}", "a capture with all four")


def decision(view: View, parsed: ParsedEvent, details: RequestAnswered) -> Found:
    """Law row C24: one organ forwards a request, another decides on it."""
    told = {"forwarded it": details.forwarded_by, "decided on it": details.decided_by}
    lacking = " and who ".join(words for words, value in told.items() if not is_set(value))
    if lacking:
        yield Missing(f"an answer that doesn't say who {lacking}", "a statement of that organ")


# What another ledger sent was collected there.
_COLLECTED: Final = frozenset({"exhibit.registered"})
_REGISTERED: Final = _COLLECTED | {"transfer.accepted"}
_WORKED: Final = frozenset({"exhibit.copied", "exhibit.examined"})
_DISPATCHED: Final = frozenset({"transfer.dispatched"})
ENTRY_RULES: Final[dict[str, tuple[EntryRule, frozenset[str]]]] = {
    "procedure.backup-copy": (backup_copy, _DISPATCHED),
    "procedure.competence": (competence, frozenset({"exhibit.examined"})),
    "procedure.decision": (decision, frozenset({"request.answered"})),
    "procedure.device-state": (device_state, _COLLECTED),
    "procedure.foreign-origin": (foreign_origin, _REGISTERED),
    "procedure.freeze": (freeze, _REGISTERED | {"asset.freeze-changed"}),
    "procedure.holder-or-witness": (holder_or_witness, _COLLECTED),
    "procedure.legalisation": (legalisation, _REGISTERED),
    "procedure.online-capture": (online_capture, _REGISTERED),
    "procedure.protected": (protected, _REGISTERED),
    "procedure.purpose": (purpose, frozenset({"bundle.exported", "custody.moved"})),
    "procedure.reproducible": (reproducible, _COLLECTED | _WORKED),
    "procedure.seal-photos": (seal_photos, frozenset({"exhibit.sealed"})),
    "procedure.seal-travels": (seal_travels, _DISPATCHED),
    "procedure.two-investigators": (two_investigators, _COLLECTED),
    "procedure.witness-eligible": (witness_eligible, _COLLECTED),
    "procedure.witness-identity": (witness_identity, _COLLECTED),
    "procedure.write-blocker": (write_blocker, _REGISTERED),
}
"""The finding's code, what looks for it, and the types of event that it looks at."""
