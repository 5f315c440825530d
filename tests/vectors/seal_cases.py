"""Steps 7 and 12: seals that were seen, against those that were put on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.vectors.forge import Members, pack
from tests.vectors.posts import Post, trust_in
from tests.vectors.setting import CASES, Setting, Vector
from tests.vectors.transfer_cases import BACK, RECEIPT, Road

BROKEN, OTHER = "defect.seal-broken", "defect.seal-other"
Act = tuple[str, Mapping[str, Any]]
SEALED: Act = ("exhibit.sealed", {"seal": "A-1"})
INCIDENT: Act = (
    "exhibit.incident", {"description": "torn", "discovered_at": "2026-11-21T08:00:00Z", "kind": "seal-broken"},
)  # fmt: skip


def _open(seal: str, *, intact: bool = True) -> Act:
    return "exhibit.unsealed", {"intact": intact, "reason": "search", "seal": seal}


def _hand(seal: str, *, intact: bool = True, country: str = "XA") -> Act:
    seen = {"intact": intact, "seal": seal}
    return "custody.handed-over", {"purpose": "keeping", "seal": seen, "to_country": country}


def _enter(
    name: str, comment: str, code: str, *acts: Act, gate: str = "v2", hidden: Sequence[str] = (), step: int = 7
) -> None:
    """Enter a case of what happened to EX-1; it is held by turns."""

    def vector(setting: Setting) -> Vector:
        post, holders = Post(setting.forge.folder, "a", {"b": "XB"}, gate=gate), ["examiner-1", "official-1"]
        for type, details in acts:
            if type == "custody.handed-over":
                post.act(type, details, actor=holders[0], to=holders[1])
                holders.reverse()
            else:
                post.act(type, details, actor=holders[0])
        post.forge.disclosures = [item for item in post.forge.disclosures if item.path not in hidden]
        raw, is_failed = pack(post.bundle("EX-1", to="ministry")), code.startswith("rule.")
        verdict = "FAILED" if is_failed else "PASSED"
        return Vector(verdict, raw, step if is_failed else None, code, trust=trust_in(post))

    assert name not in CASES, f"two cases named {name}"
    CASES[name] = (comment, vector)


_enter(
    "seal-as-put-on", "It is sealed, handed over under its seal, and opened.", "", SEALED, _hand("A-1"), _open("A-1")
)
_enter("seal-broken-when-opened", "The seal was not intact when it was opened: a defect.", BROKEN, SEALED,
       _open("A-1", intact=False))  # fmt: skip
_enter("seal-broken-when-handed-over", "The seal was not intact when it was handed over: a defect.", BROKEN, SEALED,
       _hand("A-1", intact=False))  # fmt: skip
_enter("seal-other-when-opened", "Another seal was opened than was put on: a defect.", OTHER, SEALED, _open("B-2"))
_enter("seal-other-when-handed-over", "It was handed over under another seal: a defect.", OTHER, SEALED, _hand("B-2"))
_enter("seal-other-in-hidden-words", "Which seal was put on isn't shown.", "", SEALED, _hand("B-2"),
       hidden=("/details/seal",))  # fmt: skip
_enter("seal-other-after-opening", "It was opened before, so that no seal is on record.", "", SEALED, _open("A-1"),
       _hand("B-2"))  # fmt: skip
_enter("seal-other-after-breaking", "Its seal broke before, so that none is on record.", "", SEALED, INCIDENT,
       _hand("B-2"))  # fmt: skip
_enter("seal-seen-and-opened", "A seal that was seen in a handover is none that was put on.", OTHER, SEALED,
       _hand("B-2"), _open("A-1"))  # fmt: skip
_enter("rule-seal-broken-and-opened", "Its seal was broken when it was handed over: it is sealed no more.", "rule.seal",
       SEALED, _hand("A-1", intact=False), _open("A-1"))  # fmt: skip
_enter("seal-broken-and-opened-before", "In a ledger from before it is opened all the same: a defect.", BROKEN, SEALED,
       _hand("A-1", intact=False), _open("A-1"), gate="v1")  # fmt: skip


def _arrived(name: str, comment: str, code: str, seal: Mapping[str, Any], *acts: Act) -> None:
    """Enter a case of what came from another ledger under a seal."""

    def vector(setting: Setting) -> Vector:
        road = Road(setting)
        road.b.accept(road.a, road.parcel, seal=seal)
        for type, details in acts:
            road.b.act(type, details, **({"to": "official-1"} if type == "custody.handed-over" else {}))
        members: Members = road.onward()
        return Vector("PASSED", pack(members), None, code, trust=trust_in(road.a, road.b))

    assert name not in CASES, f"two cases named {name}"
    CASES[name] = (comment, vector)


_arrived("seal-broken-on-arrival", "It came with a broken seal: a defect.", BROKEN, {"intact": False, "seal": "A-1"})
_arrived("seal-other-since-arrival", "It was handed over under another seal than it came with: a defect.", OTHER,
         {"intact": True, "seal": "A-1"}, _hand("B-2", country="XB"))  # fmt: skip
_arrived("seal-as-on-arrival", "It was handed over under the seal with which it came.", "",
         {"intact": True, "seal": "A-1"}, _hand("A-1", country="XB"))  # fmt: skip


def _came_back(name: str, comment: str, code: str, *acts: Act, gate: str = "v2", **seen: Any) -> None:
    """Enter a case of EX-1, which was sent to another ledger and came back."""

    def vector(setting: Setting) -> Vector:
        post = Post(setting.forge.folder, "a", {"b": "XB"}, gate=gate)
        for type, details in acts:
            post.act(type, details)
        post.consent()
        post.dispatch()
        post.act("transfer.receipt", RECEIPT)
        post.act("transfer.returned", {**BACK, **seen})
        return Vector("PASSED", pack(post.bundle("EX-1", to="registrar-1")), None, code, trust=trust_in(post))

    assert name not in CASES, f"two cases named {name}"
    CASES[name] = (comment, vector)


UNSAID = "defect.seal-unsaid"
_came_back("seal-unsaid-when-back", "It left sealed, and nothing is said of its seal when it is back: a defect.",
           UNSAID, SEALED)  # fmt: skip
_came_back("seal-said-when-back", "It came back under its seal.", "", SEALED, seal={"intact": True, "seal": "A-1"})
_came_back("seal-broken-when-back", "It came back with a broken seal: that is said.", BROKEN, SEALED,
           seal={"intact": False, "seal": "A-1"})  # fmt: skip
_came_back("seal-none-when-back", "It left unsealed, so that nothing is to be said.", "")
_came_back("seal-unsaid-when-back-before", "A ledger from before asked nothing of it.", "", SEALED, gate="v1")
